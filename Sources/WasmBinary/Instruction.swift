/// One decoded instruction: a plain value without references, cheap to make five million times.
///
/// Immediates of variable length (`br_table`, typed `select`, `try_table`) stay in the bytes; the instruction says how
/// many there are and where, and `InstructionReader.labels(of:)` and its kin read them.
public struct Instruction: Sendable {
    /// What it is.
    public let opcode: Opcode
    /// The kind of its immediates.
    public let immediate: Immediate
    /// The offset of its first byte.
    public let start: Int
    /// The offset after its last byte.
    public let end: Int
    /// The first index: label, function, type, local, global, table, element, data, memory or tag; the lane of a lane
    /// instruction; for `br_table`, typed `select` and `try_table`, how many labels (without the default), types or clauses.
    public let index: UInt32
    /// The second index, number or flags; for memory instructions the alignment as an exponent of two.
    public let secondIndex: UInt32
    /// A constant's bits (`i32` sign-extended), the offset of a memory instruction, or a type's code.
    public let bits: UInt64
    /// The upper half of a `v128`, the lane of a memory instruction, the second type of `br_on_cast`, or the offset in the
    /// file of labels, types or clauses.
    public let high: UInt64

    /// The constant of `i32.const`.
    public var i32: Int32 { Int32(truncatingIfNeeded: Int64(bitPattern: bits)) }
    /// The constant of `i64.const`.
    public var i64: Int64 { Int64(bitPattern: bits) }
    /// The bits of the constant of `f32.const`.
    public var f32Bits: UInt32 { UInt32(truncatingIfNeeded: bits) }
    /// The bits of the constant of `f64.const`.
    public var f64Bits: UInt64 { bits }
    /// The offset of a memory instruction; its memory is `index`, its alignment `secondIndex`.
    public var memoryOffset: UInt64 { bits }
    /// The lane of a SIMD memory instruction.
    public var lane: UInt8 { UInt8(truncatingIfNeeded: high) }

    /// The type of a block, loop, if, try or try_table.
    public var blockType: BlockType {
        // `secondIndex` is the byte of a reference type that needs a heap type, else 0.
        if secondIndex != 0 {
            guard let heapType = HeapType(code: i64) else { return .empty }
            return .value(.reference(ReferenceType(isNullable: secondIndex == 0x63, heapType: heapType)))
        }
        if i64 >= 0 { return .type(UInt32(truncatingIfNeeded: bits)) }
        guard let type = ValueType.single(UInt8(truncatingIfNeeded: i64 + 0x80)) else { return .empty }
        return .value(type)
    }

    /// The heap type of `ref.null`, `ref.test` and `ref.cast`; the first one of `br_on_cast`.
    public var heapType: HeapType { HeapType(code: i64) ?? .none }
    /// The second heap type of `br_on_cast`. (The flags in `secondIndex`: bit 0 the first is nullable, bit 1 the second.)
    public var secondHeapType: HeapType { HeapType(code: Int64(bitPattern: high)) ?? .none }
}

/// What a block takes from the stack and leaves there.
public enum BlockType: Hashable, Sendable {
    /// Nothing.
    case empty
    /// It leaves one value.
    case value(ValueType)
    /// As the function type with this index.
    case type(UInt32)
}

/// A clause of `try_table`.
public struct CatchClause: Hashable, Sendable {
    /// The tag that is caught; nil for all.
    public var tag: UInt32?
    /// Whether the exception itself is pushed, too.
    public var pushesReference: Bool
    /// Where to go on.
    public var label: UInt32

    /// A clause.
    public init(tag: UInt32?, pushesReference: Bool, label: UInt32) {
        self.tag = tag
        self.pushesReference = pushesReference
        self.label = label
    }
}

extension ByteWriter {
    /// An opcode, with its prefix if it has one.
    public mutating func opcode(_ opcode: Opcode) {
        let raw = opcode.rawValue
        switch raw {
        case ..<0x100: byte(UInt8(raw))
        case ..<0x200: prefixed(0xFB, raw - 0x100)
        case ..<0x300: prefixed(0xFC, raw - 0x200)
        case ..<0x500: prefixed(0xFD, raw - 0x300)
        default: prefixed(0xFE, raw - 0x500)
        }
    }

    private mutating func prefixed(_ prefix: UInt8, _ number: UInt16) {
        byte(prefix)
        u32(UInt32(number))
    }
}
