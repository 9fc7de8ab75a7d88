import WasmBinary

/// Adds to a module a global that counts the instructions executed.
///
/// Every stretch of instructions without a branch in or out starts with code that adds its length:
///
///     block; local.get 0; br_if 0; nop; end      becomes      +3 block; +2 local.get 0; br_if 0; +2 nop; end
enum InstructionCounter {
    static let export = "instructions executed"

    static func instrument(_ module: Module) throws -> Module {
        var module = module
        let imported = module.imports.filter { if case .global = $0.type { true } else { false } }.count
        let counter = UInt32(imported + module.globals.count)
        module.globals.append(Global(type: GlobalType(value: .i64, isMutable: true), initial: .i64(0)))
        module.exports.append(Export(name: export, kind: .global, index: counter))
        for index in module.code.indices {
            module.code[index].instructions = try instrument(module.code[index].instructions, counter)
        }
        return module
    }

    private static func instrument(_ code: Bytes, _ counter: UInt32) throws -> Bytes {
        var output = ByteWriter()
        var stretch: [Instruction] = []
        func flush(_ output: inout ByteWriter) {
            guard let first = stretch.first, let last = stretch.last else { return }
            output.byte(0x23)
            output.u32(counter)
            output.byte(0x42)
            output.s64(Int64(stretch.count))
            output.byte(0x7C)
            output.byte(0x24)
            output.u32(counter)
            output.append(code[first.start..<last.end])
            stretch = []
        }
        var reader = InstructionReader(code)
        while let instruction = try reader.next() {
            switch instruction.opcode {
            case .else, .catch, .catchAll:
                flush(&output)
                // Not executed themselves when the part before them ends, and nothing may stand before them.
                output.append(code[instruction.start..<instruction.end])
            case .end, .delegate:
                flush(&output)
                output.append(code[instruction.start..<instruction.end])
            default:
                stretch.append(instruction)
                switch instruction.opcode {
                case .block, .loop, .if, .try, .tryTable, .br, .brIf, .brTable, .return, .unreachable: flush(&output)
                default: break
                }
            }
        }
        flush(&output)
        return output.finish()
    }
}
