/// The type of a value on the stack.
public enum ValueType: Hashable, Sendable {
    /// A 32-bit integer.
    case i32
    /// A 64-bit integer.
    case i64
    /// A 32-bit float.
    case f32
    /// A 64-bit float.
    case f64
    /// 128 bits, for SIMD.
    case v128
    /// A reference.
    case reference(ReferenceType)
}

/// The type of a reference: what it points to, and whether it can be null.
public struct ReferenceType: Hashable, Sendable {
    /// Whether null belongs to the type.
    public var isNullable: Bool
    /// What it points to.
    public var heapType: HeapType

    /// A reference type.
    public init(isNullable: Bool, heapType: HeapType) {
        self.isNullable = isNullable
        self.heapType = heapType
    }

    /// `funcref`
    public static let function = ReferenceType(isNullable: true, heapType: .function)
    /// `externref`
    public static let external = ReferenceType(isNullable: true, heapType: .external)
    /// `exnref`
    public static let exception = ReferenceType(isNullable: true, heapType: .exception)
}

/// What a reference points to (specification, section 5.3.4).
public enum HeapType: Hashable, Sendable {
    /// `func`
    case function
    /// `extern`
    case external
    /// `any`
    case any
    /// `eq`
    case eq
    /// `i31`
    case i31
    /// `struct`
    case structure
    /// `array`
    case array
    /// `exn`
    case exception
    /// `none`
    case none
    /// `noextern`
    case noExternal
    /// `nofunc`
    case noFunction
    /// `noexn`
    case noException
    /// A type of the module, by index.
    case type(UInt32)

    /// The signed number that stands for the type in the binary format: the index, or a negative code.
    public var code: Int64 {
        switch self {
        case .noException: -0x0C
        case .noFunction: -0x0D
        case .noExternal: -0x0E
        case .none: -0x0F
        case .function: -0x10
        case .external: -0x11
        case .any: -0x12
        case .eq: -0x13
        case .i31: -0x14
        case .structure: -0x15
        case .array: -0x16
        case .exception: -0x17
        case .type(let index): Int64(index)
        }
    }

    /// The type for a code; nil when there is none.
    public init?(code: Int64) {
        switch code {
        case -0x0C: self = .noException
        case -0x0D: self = .noFunction
        case -0x0E: self = .noExternal
        case -0x0F: self = .none
        case -0x10: self = .function
        case -0x11: self = .external
        case -0x12: self = .any
        case -0x13: self = .eq
        case -0x14: self = .i31
        case -0x15: self = .structure
        case -0x16: self = .array
        case -0x17: self = .exception
        case 0...Int64(UInt32.max): self = .type(UInt32(code))
        default: return nil
        }
    }
}

extension ValueType {
    /// The first byte of the encoding, for types that are one byte long.
    static func single(_ code: UInt8) -> ValueType? {
        switch code {
        case 0x7F: return .i32
        case 0x7E: return .i64
        case 0x7D: return .f32
        case 0x7C: return .f64
        case 0x7B: return .v128
        default:
            guard code & 0xC0 == 0x40, let heapType = HeapType(code: Int64(code) - 0x80) else { return nil }
            return .reference(ReferenceType(isNullable: true, heapType: heapType))
        }
    }
}

extension ByteCursor {
    /// A value type.
    public mutating func valueType() throws(WasmError) -> ValueType {
        let start = offset
        let code = try byte()
        if let type = ValueType.single(code) { return type }
        if code == 0x63 || code == 0x64 {
            return .reference(ReferenceType(isNullable: code == 0x63, heapType: try heapType()))
        }
        throw WasmError(.malformedValueType(code), at: start)
    }

    /// A reference type.
    public mutating func referenceType() throws(WasmError) -> ReferenceType {
        let start = offset
        guard case .reference(let type) = try valueType() else {
            throw WasmError(.malformedReferenceType(base[start]), at: start)
        }
        return type
    }

    /// A heap type.
    public mutating func heapType() throws(WasmError) -> HeapType {
        let start = offset
        let code = try s33()
        guard let type = HeapType(code: code) else { throw WasmError(.malformedHeapType(code), at: start) }
        return type
    }
}

extension ByteWriter {
    /// A value type.
    public mutating func valueType(_ type: ValueType) {
        switch type {
        case .i32: byte(0x7F)
        case .i64: byte(0x7E)
        case .f32: byte(0x7D)
        case .f64: byte(0x7C)
        case .v128: byte(0x7B)
        case .reference(let type): referenceType(type)
        }
    }

    /// A reference type; in its short form where there is one.
    public mutating func referenceType(_ type: ReferenceType) {
        if case .type = type.heapType {
            byte(type.isNullable ? 0x63 : 0x64)
        } else if !type.isNullable {
            byte(0x64)
        }
        s64(type.heapType.code)
    }

    /// A heap type.
    public mutating func heapType(_ type: HeapType) {
        s64(type.code)
    }
}
