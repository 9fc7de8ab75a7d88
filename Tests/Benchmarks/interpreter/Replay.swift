import WasmBinary

/// A program with its host inside: a module without imports that does what the program did when it was recorded.
///
///     import 7 (type t)     →   function 7 (type t): call the recorded calls one after the other, return the result
///     recorded call n       →   a function: memory.init for each write; the result into a global
///     frond.switch          →   frond_next() and back: there is one context only
///     try … catch … end     →   block … end: nothing is thrown at the start, and wasmkit knows no exceptions
///
/// So engines that have neither the imports nor exceptions can run it.
struct Replay {
    /// What it can't make of a module.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// The export that runs the program.
    static let start = "start"
    /// An export that does nothing.
    static let nothing = "nothing"

    private(set) var module: Module
    private let calls: [Recording.Call]
    private var counter: UInt32 = 0
    private var result: UInt32 = 0
    private var table: UInt32 = 0
    private var plainType: UInt32 = 0

    init(_ original: Module, _ recording: Recording) throws {
        module = original
        calls = recording.calls
        let imported = module.imports.filter { if case .function = $0.type { true } else { false } }
        guard imported.count == module.imports.count else {
            throw Problem(description: "it imports more than functions")
        }
        plainType = try index(of: FunctionType(parameters: [], results: []))
        counter = addGlobal(.i32, .i32(0))
        result = addGlobal(.i64, .i64(0))
        table = UInt32(module.tables.count)
        for index in module.code.indices {
            module.code[index].instructions = try Self.withoutExceptions(module.code[index].instructions)
        }
        let types = module.importedFunctions
        let bodies = try zip(imported, types).map { try body($0, type: $1) }
        // What was imported has the first numbers; so have its replacements.
        module.imports = []
        module.functions = types + module.functions
        module.code = bodies + module.code
        module.tags = []
        try addCalls()
        try addEntries()
    }

    private func index(of type: FunctionType) throws -> UInt32 {
        guard let index = module.types.firstIndex(where: { $0.function == type }) else {
            throw Problem(description: "there is no function without parameters and results")
        }
        return UInt32(index)
    }

    private mutating func addGlobal(_ type: ValueType, _ initial: ConstantExpression) -> UInt32 {
        module.globals.append(Global(type: GlobalType(value: type, isMutable: true), initial: initial))
        return UInt32(module.globals.count - 1)
    }

    private func exported(_ name: String) throws -> UInt32 {
        guard let export = module.exports.first(where: { $0.name == name && $0.kind == .function }) else {
            throw Problem(description: "it does not export \(name)")
        }
        return export.index
    }

    private func body(_ item: Import, type: UInt32) throws -> FunctionBody {
        var code = ByteWriter()
        if item.module == "frond", item.name == "switch" {
            code.byte(0x10)  // call
            code.u32(try exported("frond_next"))
            code.append([0x04, 0x40, 0x00, 0x0B, 0x41, 0x00, 0x0B])  // if unreachable end, i32.const 0, end
            return FunctionBody(instructions: code.finish())
        }
        code.byte(0x23)  // global.get
        code.u32(counter)
        code.byte(0x11)  // call_indirect
        code.u32(plainType)
        code.u32(table)
        code.byte(0x23)
        code.u32(counter)
        code.append([0x41, 0x01, 0x6A, 0x24])  // i32.const 1, i32.add, global.set
        code.u32(counter)
        let results = module.functionType(type)?.results ?? []
        if let kind = results.first {
            code.byte(0x23)
            code.u32(result)
            switch kind {
            case .i32: code.byte(0xA7)  // i32.wrap_i64
            case .f64: code.byte(0xBF)  // f64.reinterpret_i64
            case .i64: break
            default: throw Problem(description: "\(item.module).\(item.name) returns something else than a number")
            }
        }
        code.byte(0x0B)
        return FunctionBody(instructions: code.finish())
    }

    private mutating func addCalls() throws {
        let first = UInt32(module.functions.count)
        for call in calls {
            var code = ByteWriter()
            for (address, bytes) in call.writes {
                code.byte(0x41)  // i32.const
                code.s32(Int32(truncatingIfNeeded: address))
                code.append([0x41, 0x00, 0x41])
                code.s32(Int32(bytes.count))
                code.append([0xFC, 0x08])  // memory.init
                code.u32(UInt32(module.data.count))
                code.byte(0x00)
                module.data.append(DataSegment(mode: .passive, contents: Bytes(bytes)))
            }
            code.byte(0x42)  // i64.const
            code.s64(Int64(bitPattern: call.result))
            code.byte(0x24)  // global.set
            code.u32(result)
            code.byte(0x0B)
            add(FunctionBody(instructions: code.finish()))
        }
        module.dataCount = UInt32(module.data.count)
        let size = UInt64(calls.count)
        module.tables.append(Table(type: TableType(element: .function, limits: Limits(minimum: size, maximum: size))))
        module.elements.append(
            ElementSegment(
                mode: .active(table: table, offset: .i32(0)),
                items: .functions((0..<UInt32(calls.count)).map { first + $0 })))
    }

    private mutating func add(_ body: FunctionBody) {
        module.functions.append(plainType)
        module.code.append(body)
    }

    private mutating func addEntries() throws {
        var code = ByteWriter()
        code.byte(0x10)
        code.u32(try exported("__wasm_call_ctors"))
        code.byte(0x10)
        code.u32(try exported("frond_start"))
        code.append([0x1A, 0x0B])  // drop, end
        let memory = module.exports.filter { $0.kind == .memory }
        let number = UInt32(module.functions.count)
        add(FunctionBody(instructions: code.finish()))
        add(FunctionBody(instructions: [0x0B]))
        module.exports =
            memory + [
                Export(name: Self.start, kind: .function, index: number),
                Export(name: Self.nothing, kind: .function, index: number + 1),
            ]
    }

    /// The same code for when nothing is thrown.
    private static func withoutExceptions(_ code: Bytes) throws -> Bytes {
        var output = ByteWriter(capacity: code.count)
        var reader = InstructionReader(code)
        /// Blocks inside the handlers that are left out; nil outside of handlers.
        var skipped: Int?
        while let instruction = try reader.next() {
            if let depth = skipped {
                switch instruction.opcode {
                case .block, .loop, .if, .try, .tryTable: skipped = depth + 1
                case .delegate: skipped = depth - 1
                case .end where depth > 0: skipped = depth - 1
                case .end:
                    skipped = nil
                    output.byte(0x0B)
                default: break
                }
                continue
            }
            switch instruction.opcode {
            case .try:
                output.byte(0x02)
                output.append(code[instruction.start + 1..<instruction.end])
            case .catch, .catchAll: skipped = 0
            case .delegate: output.byte(0x0B)
            case .throw, .rethrow: output.byte(0x00)
            default: output.append(code[instruction.start..<instruction.end])
            }
        }
        return output.finish()
    }
}
