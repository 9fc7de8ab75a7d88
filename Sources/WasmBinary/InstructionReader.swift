/// Decodes instructions one after the other.
///
///     var reader = InstructionReader(body.instructions)
///     while let instruction = try reader.next() { … }
///
/// It is driven by one table (opcode → kind of immediates) and allocates nothing. It knows nothing of blocks: the last
/// instruction of a function body is the `end` that closes it, and `CodeChecker` makes sure that it is there.
public struct InstructionReader: Sendable {
    private var cursor: ByteCursor
    nonisolated(unsafe) private let table = OpcodeInformation.table

    /// A reader of the instructions of a function body or constant expression.
    public init(_ instructions: Bytes) {
        cursor = ByteCursor(instructions)
    }

    /// A reader that starts where a cursor is.
    init(_ cursor: ByteCursor) {
        self.cursor = cursor
    }

    /// The offset of the next instruction.
    public var offset: Int { cursor.offset }

    /// Whether all instructions have been read.
    public var isAtEnd: Bool { cursor.isAtEnd }

    /// The next instruction; nil at the end of the bytes.
    public mutating func next() throws(WasmError) -> Instruction? {
        guard cursor.offset < cursor.end else { return nil }
        let start = cursor.offset
        let first = cursor.base[start]
        cursor.offset += 1
        var information = table[Int(first)]
        if first >= 0xFB, let (base, limit) = OpcodeInformation.base(ofPrefix: first) {
            let number = try cursor.u32()
            guard Int(number) < limit, table[base + Int(number)].isDefined else {
                throw WasmError(.illegalOpcode(prefix: first, number), at: start)
            }
            information = table[base + Int(number)]
        } else if !information.isDefined {
            throw Self.undefined(first, at: start)
        }
        var index: UInt32 = 0
        var second: UInt32 = 0
        var bits: UInt64 = 0
        var high: UInt64 = 0
        switch information.immediate {
        case .none: break
        case .label, .function, .type, .local, .global, .table, .element, .data, .memory, .tag:
            index = try cursor.u32()
        case .i32:
            bits = UInt64(bitPattern: Int64(try cursor.s32()))
        case .memoryArgument:
            (index, second, bits) = try memoryArgument()
        case .blockType:
            (second, bits) = try blockType()
        case .typeTable, .typeField, .typeCount, .typeData, .typeElement, .typeType, .tableTable, .elementTable,
            .dataMemory, .memoryMemory:
            index = try cursor.u32()
            second = try cursor.u32()
        case .i64:
            bits = UInt64(bitPattern: try cursor.s64())
        case .f32:
            bits = UInt64(try cursor.fixed32())
        case .f64:
            bits = try cursor.fixed64()
        case .v128:
            bits = try cursor.fixed64()
            high = try cursor.fixed64()
        case .labels:
            (index, high) = try labels()
        case .memoryArgumentLane:
            (index, second, bits) = try memoryArgument()
            high = UInt64(try cursor.byte())
        case .lane:
            index = UInt32(try cursor.byte())
        case .heapType:
            bits = UInt64(bitPattern: try cursor.heapType().code)
        case .valueTypes:
            index = UInt32(try cursor.count(of: "types"))
            high = UInt64(cursor.offset)
            for _ in 0..<index { _ = try cursor.valueType() }
        case .tryTable:
            (second, bits) = try blockType()
            index = UInt32(try cursor.count(of: "catch clauses", minimumSize: 2))
            high = UInt64(cursor.offset)
            for _ in 0..<index { _ = try cursor.catchClause() }
        case .castBranch:
            let flags = try cursor.byte()
            guard flags <= 3 else { throw WasmError(.malformedCastFlags(flags), at: start) }
            second = UInt32(flags)
            index = try cursor.u32()
            bits = UInt64(bitPattern: try cursor.heapType().code)
            high = UInt64(bitPattern: try cursor.heapType().code)
        case .zeroByte:
            guard try cursor.byte() == 0 else { throw WasmError(.zeroByteExpected, at: start) }
        }
        return Instruction(
            opcode: information.opcode, immediate: information.immediate, start: start, end: cursor.offset,
            index: index, secondIndex: second, bits: bits, high: high)
    }

    /// The labels of a `br_table` that this reader has read, the default last.
    public func labels(of instruction: Instruction) throws(WasmError) -> [UInt32] {
        var cursor = cursor
        cursor.offset = Int(instruction.high)
        var labels: [UInt32] = []
        labels.reserveCapacity(Int(instruction.index) + 1)
        for _ in 0...instruction.index { labels.append(try cursor.u32()) }
        return labels
    }

    /// The types of a typed `select` that this reader has read.
    public func valueTypes(of instruction: Instruction) throws(WasmError) -> [ValueType] {
        var cursor = cursor
        cursor.offset = Int(instruction.high)
        var types: [ValueType] = []
        for _ in 0..<instruction.index { types.append(try cursor.valueType()) }
        return types
    }

    /// The clauses of a `try_table` that this reader has read.
    public func catchClauses(of instruction: Instruction) throws(WasmError) -> [CatchClause] {
        var cursor = cursor
        cursor.offset = Int(instruction.high)
        var clauses: [CatchClause] = []
        for _ in 0..<instruction.index { clauses.append(try cursor.catchClause()) }
        return clauses
    }

    /// Alignment, then the memory if bit 6 of the alignment says so, then the offset.
    @inline(__always)
    private mutating func memoryArgument() throws(WasmError) -> (memory: UInt32, alignment: UInt32, offset: UInt64) {
        let start = cursor.offset
        let flags = try cursor.u32()
        if flags < 0x40 { return (0, flags, try cursor.u64()) }
        guard flags < 0x80 else { throw WasmError(.malformedMemoryArgument, at: start) }
        let memory = try cursor.u32()
        return (memory, flags & 0x3F, try cursor.u64())
    }

    @inline(__always)
    private mutating func blockType() throws(WasmError) -> (form: UInt32, code: UInt64) {
        let start = cursor.offset
        let byte = try cursor.peek()
        if byte == 0x63 || byte == 0x64 {
            cursor.offset += 1
            return (UInt32(byte), UInt64(bitPattern: try cursor.heapType().code))
        }
        let code = try cursor.s33()
        guard code >= 0 || code == -0x40 || cursor.offset == start + 1 && ValueType.single(byte) != nil else {
            throw WasmError(.malformedBlockType(code), at: start)
        }
        return (0, UInt64(bitPattern: code))
    }

    private mutating func labels() throws(WasmError) -> (count: UInt32, offset: UInt64) {
        let count = try cursor.count(of: "labels")
        let offset = cursor.offset
        for _ in 0...count { _ = try cursor.u32() }
        return (UInt32(count), UInt64(offset))
    }

    private static func undefined(_ opcode: UInt8, at offset: Int) -> WasmError {
        switch opcode {
        case 0xE0...0xE6: WasmError(.unsupported("stack switching (opcode 0x\(String(opcode, radix: 16)))"), at: offset)
        default: WasmError(.illegalOpcode(opcode), at: offset)
        }
    }
}

extension ByteCursor {
    fileprivate mutating func catchClause() throws(WasmError) -> CatchClause {
        let start = offset
        let kind = try byte()
        guard kind <= 3 else { throw WasmError(.malformedCatch(kind), at: start) }
        let tag = kind < 2 ? try u32() : nil
        return CatchClause(tag: tag, pushesReference: kind & 1 != 0, label: try u32())
    }
}
