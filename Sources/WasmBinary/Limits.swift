/// How large a table or memory is at first, and how large it may become; in elements or in pages of 64 KiB.
public struct Limits: Hashable, Sendable {
    /// The size at first.
    public var minimum: UInt64
    /// The size that it may grow to.
    public var maximum: UInt64?
    /// Whether addresses or indices have 64 bits.
    public var is64Bit: Bool
    /// Whether threads share it (memories only).
    public var isShared: Bool

    /// Limits.
    public init(minimum: UInt64, maximum: UInt64? = nil, is64Bit: Bool = false, isShared: Bool = false) {
        self.minimum = minimum
        self.maximum = maximum
        self.is64Bit = is64Bit
        self.isShared = isShared
    }
}

extension ByteCursor {
    mutating func limits() throws(WasmError) -> Limits {
        let start = offset
        let flags = try byte()
        if flags & ~0x0F == 0, flags & 0x08 != 0 { throw WasmError(.unsupported("custom page sizes"), at: start) }
        guard flags & ~0x07 == 0 else { throw WasmError(.malformedLimits(flags), at: start) }
        let is64Bit = flags & 0x04 != 0
        let minimum = is64Bit ? try u64() : UInt64(try u32())
        var maximum: UInt64?
        if flags & 0x01 != 0 { maximum = is64Bit ? try u64() : UInt64(try u32()) }
        return Limits(minimum: minimum, maximum: maximum, is64Bit: is64Bit, isShared: flags & 0x02 != 0)
    }
}

extension ByteWriter {
    mutating func limits(_ limits: Limits) {
        var flags: UInt8 = limits.maximum == nil ? 0 : 0x01
        if limits.isShared { flags |= 0x02 }
        if limits.is64Bit { flags |= 0x04 }
        byte(flags)
        u64(limits.minimum)
        if let maximum = limits.maximum { u64(maximum) }
    }
}
