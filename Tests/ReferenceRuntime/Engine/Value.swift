import WasmBinary

/// A value that goes into or comes out of WebAssembly.
public enum Value: Equatable, Sendable {
    /// A 32-bit integer.
    case i32(UInt32)
    /// A 64-bit integer.
    case i64(UInt64)
    /// The bits of a 32-bit float.
    case f32(UInt32)
    /// The bits of a 64-bit float.
    case f64(UInt64)
    /// 128 bits.
    case v128(low: UInt64, high: UInt64)
    /// A reference to a function, as bits; 0 is null.
    case function(UInt64)
    /// A reference to something of the host: a number that the host chose, never 0; 0 is null.
    case external(UInt64)
    /// A reference to an exception, as bits; 0 is null.
    case exception(UInt64)

    /// A signed 32-bit integer.
    public static func i32(_ value: Int32) -> Value { .i32(UInt32(bitPattern: value)) }

    var type: StackType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .function: .functionReference
        case .external: .externalReference
        case .exception: .exceptionReference
        }
    }

    init(_ type: StackType, at slots: UnsafePointer<UInt64>) {
        switch type {
        case .i32: self = .i32(UInt32(truncatingIfNeeded: slots[0]))
        case .i64: self = .i64(slots[0])
        case .f32: self = .f32(UInt32(truncatingIfNeeded: slots[0]))
        case .f64: self = .f64(slots[0])
        case .v128: self = .v128(low: slots[0], high: slots[1])
        default:
            switch type.heap {
            case .external, .noExternal: self = .external(slots[0])
            case .exception, .noException: self = .exception(slots[0])
            default: self = .function(slots[0])
            }
        }
    }

    func write(to slots: UnsafeMutablePointer<UInt64>) {
        switch self {
        case .i32(let bits), .f32(let bits): slots[0] = UInt64(bits)
        case .i64(let bits), .f64(let bits): slots[0] = bits
        case .v128(let low, let high):
            slots[0] = low
            slots[1] = high
        case .function(let bits), .external(let bits), .exception(let bits): slots[0] = bits
        }
    }
}
