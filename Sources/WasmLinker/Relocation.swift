import WasmBinary

// What a dynamic loader makes a library do before its constructors run: its start function clears memory and computes
// addresses, `__wasm_apply_data_relocs` stores addresses into its data. All that is straight-line code on numbers that the
// link knows, so it is interpreted here, and its effect becomes part of the data:
//
//     global.get __memory_base; i32.const 16; i32.add        data of the library at 8 (memory base 1000):
//     global.get __memory_base; i32.const 64; i32.add   ──▶  16: 00 00 00 00  becomes  16: 28 04 00 00  (1064)
//     i32.store
//
// Code that does more than that is left alone and called when the program starts; the map and a warning say so.

extension Link {
    func relocate() throws(LinkError) {
        for file in files {
            try readData(of: file)
            var steps: [(name: String, function: UInt32)] = []
            // The main module's start function stays what it is: the engine calls it.
            if !file.isMain, let start = file.module.start { steps.append(("the start function", start)) }
            if let export = file.exports["__wasm_apply_data_relocs"], export.kind == .function {
                steps.append((export.name, export.index))
            }
            for step in steps {
                guard Int(step.function) < file.functions.count else {
                    throw .badIndex("function", step.function, in: file.name)
                }
                var interpreter = StartUpInterpreter(link: self, file: file)
                if try interpreter.run(step.function) {
                    interpreter.commit()
                } else {
                    warnings.add(.startUpCode, step.name, in: file.name)
                    startUp.append(file.functions[Int(step.function)])
                }
            }
        }
    }

    /// Makes the memory image of a file out of its active data segments.
    private func readData(of file: InputFile) throws(LinkError) {
        var segments: [(address: UInt32, bytes: Bytes)] = []
        for segment in file.module.data {
            switch segment.mode {
            case .passive:
                file.data.append(UInt32(passiveData.count))
                passiveData.append(segment.contents)
            case .active(let memory, let offset):
                file.data.append(nil)
                guard memory == 0 else { throw .badIndex("memory", memory, in: file.name) }
                guard let value = constant(offset, in: file) else {
                    throw .notConstant("the place of a data segment", in: file.name)
                }
                let address = UInt32(bitPattern: value)
                let end = UInt64(address) + UInt64(segment.contents.count)
                let (low, high) = memoryRange(of: file)
                guard UInt64(address) >= low, end <= high else { throw .outside("a data segment", in: file.name) }
                segments.append((address, segment.contents))
            }
        }
        file.image = DataImage(segments)
    }

    /// The part of memory that a file may initialise.
    func memoryRange(of file: InputFile) -> (low: UInt64, high: UInt64) {
        if file.isMain { return (0, min(main.module.memories[0].limits.minimum, 65536) * 65536) }
        return (UInt64(file.memoryBase), UInt64(file.memoryBase) + UInt64(file.dylink.memorySize))
    }
}

/// Runs straight-line code of one file on its memory image. Nothing is changed in the file until `commit`.
private struct StartUpInterpreter {
    private let link: Link
    private let file: InputFile
    private var image: DataImage
    private var globals: [Int: Int32] = [:]
    private var stepsLeft = 20_000_000

    /// Code goes beyond what is understood; the reason does not matter.
    private struct NotUnderstood: Error {}

    init(link: Link, file: InputFile) {
        self.link = link
        self.file = file
        image = file.image
    }

    /// Runs a function; false if it does more than is understood.
    mutating func run(_ function: UInt32) throws(LinkError) -> Bool {
        do {
            try call(function, depth: 0)
            return true
        } catch let error as WasmError {
            throw .unreadable(error, in: file.name)
        } catch {
            return false
        }
    }

    /// Makes the effect last.
    func commit() {
        file.image = image
        for (global, value) in globals.sorted(by: { $0.key < $1.key }) {
            link.globals[global].initial = .i32(value)
        }
    }

    private mutating func call(_ index: UInt32, depth: Int) throws {
        let imported = file.importedFunctions.count
        guard depth < 8, Int(index) >= imported, Int(index) < file.functions.count,
            let type = link.types.function(link.functions.type(of: file.functions[Int(index)])),
            type.parameters.isEmpty, type.results.isEmpty
        else { throw NotUnderstood() }
        let body = file.module.code[Int(index) - imported]
        let count = body.locals.reduce(0) { $0 + Int($1.count) }
        guard count < 10000, body.locals.allSatisfy({ $0.type == .i32 || $0.type == .i64 }) else {
            throw NotUnderstood()
        }
        var frame = Frame(locals: Array(repeating: 0, count: count))
        var reader = InstructionReader(body.instructions)
        while let instruction = try reader.next() {
            stepsLeft -= 1
            if stepsLeft < 0 { throw NotUnderstood() }
            if try step(instruction, &frame, depth: depth) { return }
        }
        throw NotUnderstood()
    }

    private struct Frame {
        /// Values of both integer types; those of 32 bits sign-extended.
        var locals: [Int64]
        var stack: [Int64] = []

        mutating func pop() throws -> Int64 {
            guard let value = stack.popLast() else { throw NotUnderstood() }
            return value
        }

        mutating func pop32() throws -> Int32 { Int32(truncatingIfNeeded: try pop()) }
        mutating func push(_ value: Int32) { stack.append(Int64(value)) }

        func local(_ index: UInt32) throws -> Int {
            guard Int(index) < locals.count else { throw NotUnderstood() }
            return Int(index)
        }
    }

    /// One instruction; true at the end of the function.
    private mutating func step(_ instruction: Instruction, _ frame: inout Frame, depth: Int) throws -> Bool {
        switch instruction.opcode {
        case .i32Const, .i64Const: frame.stack.append(instruction.i64)
        case .globalGet: frame.push(try value(ofGlobal: instruction.index))
        case .globalSet: try setGlobal(instruction.index, try frame.pop32())
        case .localGet: frame.stack.append(frame.locals[try frame.local(instruction.index)])
        case .localSet: frame.locals[try frame.local(instruction.index)] = try frame.pop()
        case .localTee:
            let value = try frame.pop()
            frame.locals[try frame.local(instruction.index)] = value
            frame.stack.append(value)
        case .i32Add:
            let right = try frame.pop32()
            frame.push(try frame.pop32() &+ right)
        case .i32Sub:
            let right = try frame.pop32()
            frame.push(try frame.pop32() &- right)
        case .i32Load:
            let address = try range(try frame.pop32(), instruction.memoryOffset, 4)
            frame.push(Int32(truncatingIfNeeded: image.load(at: UInt64(address), count: 4)))
        case .i64Load:
            let address = try range(try frame.pop32(), instruction.memoryOffset, 8)
            frame.stack.append(Int64(bitPattern: image.load(at: UInt64(address), count: 8)))
        case .i32Store8, .i64Store8: try store(1, instruction, &frame)
        case .i32Store16, .i64Store16: try store(2, instruction, &frame)
        case .i32Store, .i64Store32: try store(4, instruction, &frame)
        case .i64Store: try store(8, instruction, &frame)
        case .memoryFill: try fill(&frame)
        case .memoryInit: try initialize(from: instruction.index, &frame)
        case .dataDrop, .nop: break
        case .drop: _ = try frame.pop()
        case .call: try call(instruction.index, depth: depth + 1)
        case .end, .return: return true
        default: throw NotUnderstood()
        }
        return false
    }

    private mutating func store(_ count: Int, _ instruction: Instruction, _ frame: inout Frame) throws {
        let value = UInt64(bitPattern: try frame.pop())
        let address = try range(try frame.pop32(), instruction.memoryOffset, UInt64(count))
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        // What is zero without data stays without data.
        if value == 0, image.load(at: UInt64(address), count: count) == 0 { return }
        image.store(bytes, at: address)
    }

    /// The address of an access, if it lies in the file's own memory.
    private func range(_ address: Int32, _ offset: UInt64, _ count: UInt64) throws -> UInt32 {
        let (start, overflow) = UInt64(UInt32(bitPattern: address)).addingReportingOverflow(offset)
        let (low, high) = link.memoryRange(of: file)
        guard !overflow, start >= low, start <= high, high - start >= count else { throw NotUnderstood() }
        return UInt32(start)
    }

    private mutating func fill(_ frame: inout Frame) throws {
        let count = UInt64(UInt32(bitPattern: try frame.pop32()))
        let value = try frame.pop32()
        let start = UInt64(try range(try frame.pop32(), 0, count))
        guard value == 0 else { throw NotUnderstood() }
        image.clear(start..<start + count)
    }

    private mutating func initialize(from segment: UInt32, _ frame: inout Frame) throws {
        let count = Int(UInt32(bitPattern: try frame.pop32()))
        let offset = Int(UInt32(bitPattern: try frame.pop32()))
        let start = try range(try frame.pop32(), 0, UInt64(count))
        guard Int(segment) < file.module.data.count, case .passive = file.module.data[Int(segment)].mode else {
            throw NotUnderstood()
        }
        let contents = file.module.data[Int(segment)].contents
        guard offset + count <= contents.count else { throw NotUnderstood() }
        image.store(contents[contents.startIndex + offset..<contents.startIndex + offset + count], at: start)
    }

    private func value(ofGlobal index: UInt32) throws -> Int32 {
        guard Int(index) < file.globals.count else { throw NotUnderstood() }
        switch file.globals[Int(index)] {
        case .constant(let value): return value
        case .address(let function): return Int32(bitPattern: link.layout.slot(of: function))
        case .linked(let global):
            guard let value = globals[global] else { throw NotUnderstood() }
            return value
        }
    }

    private mutating func setGlobal(_ index: UInt32, _ value: Int32) throws {
        guard Int(index) >= file.importedGlobals.count, Int(index) < file.globals.count,
            case .linked(let global) = file.globals[Int(index)], link.globals[global].type.value == .i32
        else { throw NotUnderstood() }
        globals[global] = value
    }
}
