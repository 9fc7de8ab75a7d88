/// The body of a function: its locals and its instructions.
public struct FunctionBody: Hashable, Sendable {
    /// Locals of one type that follow each other.
    public struct Locals: Hashable, Sendable {
        /// How many.
        public var count: UInt32
        /// Their type.
        public var type: ValueType

        /// Locals.
        public init(count: UInt32, type: ValueType) {
            self.count = count
            self.type = type
        }
    }

    /// The locals without the parameters, as runs.
    public var locals: [Locals]
    /// The instructions, with the `end` that closes the function; to be read with an `InstructionReader`.
    public var instructions: Bytes

    /// A body.
    public init(locals: [Locals] = [], instructions: Bytes) {
        self.locals = locals
        self.instructions = instructions
    }
}

extension ModuleReader {
    mutating func readCode(_ cursor: inout ByteCursor) throws(WasmError) {
        let start = cursor.offset
        let count = try cursor.count(of: "function bodies", minimumSize: 2)
        guard count == module.functions.count else { throw WasmError(.functionAndCodeCounts, at: start) }
        module.code.reserveCapacity(count)
        var checker = CodeChecker()
        for _ in 0..<count {
            var body = ByteCursor(try cursor.lengthPrefixed())
            let locals = try body.locals()
            let instructions = body.takeRest()
            if codeCheck == .full { try checker.check(instructions) }
            module.code.append(FunctionBody(locals: locals, instructions: instructions))
        }
        firstUseOfDataCount = checker.firstUseOfDataCount
    }
}

extension ByteCursor {
    fileprivate mutating func locals() throws(WasmError) -> [FunctionBody.Locals] {
        let count = try count(of: "locals", minimumSize: 2)
        if count == 0 { return [] }
        var locals: [FunctionBody.Locals] = []
        locals.reserveCapacity(count)
        var total: UInt64 = 0
        for _ in 0..<count {
            let start = offset
            let number = try u32()
            total += UInt64(number)
            guard total <= UInt64(UInt32.max) else { throw WasmError(.tooManyLocals, at: start) }
            locals.append(FunctionBody.Locals(count: number, type: try valueType()))
        }
        return locals
    }
}

extension ModuleWriter {
    mutating func writeCode(_ module: Module) {
        if module.code.isEmpty { return }
        section(.code) { output in
            output.reserve(module.code.reduce(0) { $0 + $1.instructions.count + 16 })
            output.u32(UInt32(module.code.count))
            var locals = ByteWriter()
            for body in module.code {
                locals.removeAll()
                locals.locals(body.locals)
                output.u32(UInt32(locals.count + body.instructions.count))
                output.append(locals)
                output.append(body.instructions)
            }
        }
    }
}

extension ByteWriter {
    /// The locals of a function body.
    public mutating func locals(_ locals: [FunctionBody.Locals]) {
        u32(UInt32(locals.count))
        for run in locals {
            u32(run.count)
            valueType(run.type)
        }
    }
}
