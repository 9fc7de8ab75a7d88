/// A position in immutable bytes, and how to read WebAssembly's primitive encodings from there.
///
/// Numbers are LEB128 as the specification has them (section 5.2.2): never longer than the type needs, unused bits of
/// the last byte zero (or the sign), but zero padding allowed within that length.
public struct ByteCursor: Sendable {
    /// What is read; keeps the memory alive.
    public let bytes: Bytes
    // Unchecked sendability: points into `bytes`, which never changes.
    @usableFromInline nonisolated(unsafe) let base: UnsafePointer<UInt8>
    /// The offset of the next byte, in the storage of `bytes`.
    public var offset: Int
    /// The offset after the last byte that may be read.
    public let end: Int

    /// A cursor at the first of some bytes.
    @inlinable
    public init(_ bytes: Bytes) {
        self.bytes = bytes
        base = UnsafePointer(bytes.storage.base)
        offset = bytes.startIndex
        end = bytes.endIndex
    }

    /// How many bytes are left.
    @inlinable
    public var remaining: Int { end - offset }

    /// Whether all bytes have been read.
    @inlinable
    public var isAtEnd: Bool { offset >= end }

    /// One byte.
    @inlinable
    public mutating func byte() throws(WasmError) -> UInt8 {
        guard offset < end else { throw endError() }
        let value = base[offset]
        offset += 1
        return value
    }

    /// The next byte, without moving on.
    @inlinable
    public func peek() throws(WasmError) -> UInt8 {
        guard offset < end else { throw endError() }
        return base[offset]
    }

    /// An unsigned number of 32 bits.
    @inlinable
    public mutating func u32() throws(WasmError) -> UInt32 {
        if offset < end, base[offset] < 0x80 {
            offset += 1
            return UInt32(base[offset - 1])
        }
        return UInt32(truncatingIfNeeded: try unsigned(bits: 32))
    }

    /// An unsigned number of 64 bits.
    @inlinable
    public mutating func u64() throws(WasmError) -> UInt64 {
        if offset < end, base[offset] < 0x80 {
            offset += 1
            return UInt64(base[offset - 1])
        }
        return try unsigned(bits: 64)
    }

    /// A signed number of 32 bits.
    @inlinable
    public mutating func s32() throws(WasmError) -> Int32 {
        Int32(truncatingIfNeeded: try signed(bits: 32))
    }

    /// A signed number of 33 bits: a type index, or a negative code (block types and heap types).
    @inlinable
    public mutating func s33() throws(WasmError) -> Int64 {
        try signed(bits: 33)
    }

    /// A signed number of 64 bits.
    @inlinable
    public mutating func s64() throws(WasmError) -> Int64 {
        try signed(bits: 64)
    }

    /// Four bytes, little-endian.
    public mutating func fixed32() throws(WasmError) -> UInt32 {
        guard remaining >= 4 else { throw endError() }
        defer { offset += 4 }
        return UInt32(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self))
    }

    /// Eight bytes, little-endian.
    public mutating func fixed64() throws(WasmError) -> UInt64 {
        guard remaining >= 8 else { throw endError() }
        defer { offset += 8 }
        return UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    /// A given number of bytes.
    public mutating func take(_ count: UInt32) throws(WasmError) -> Bytes {
        guard Int(count) <= remaining else { throw WasmError(.lengthOutOfBounds(count), at: offset) }
        defer { offset += Int(count) }
        return Bytes(storage: bytes.storage, startIndex: offset, endIndex: offset + Int(count))
    }

    /// All bytes that are left.
    public mutating func takeRest() -> Bytes {
        defer { offset = end }
        return Bytes(storage: bytes.storage, startIndex: Swift.min(offset, end), endIndex: end)
    }

    /// Bytes preceded by their length.
    public mutating func lengthPrefixed() throws(WasmError) -> Bytes {
        try take(try u32())
    }

    /// A name: UTF-8 preceded by its length in bytes.
    public mutating func name() throws(WasmError) -> String {
        let start = offset
        let text = try lengthPrefixed()
        let string = text.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        guard let string else { throw WasmError(.malformedUTF8, at: start) }
        return string
    }

    /// The length of a vector whose elements need at least `minimumSize` bytes each. A length that cannot fit into what
    /// is left is refused here, so that callers may reserve memory for it.
    public mutating func count(of what: String, minimumSize: Int = 1) throws(WasmError) -> Int {
        let start = offset
        let count = try u32()
        guard Int(count) * minimumSize <= remaining else {
            throw WasmError(.countOutOfBounds(count, of: what), at: start)
        }
        return Int(count)
    }

    /// An error at the current offset.
    func error(_ kind: WasmError.Kind) -> WasmError {
        WasmError(kind, at: offset)
    }

    @usableFromInline
    @inline(never)
    func endError() -> WasmError {
        WasmError(.unexpectedEnd, at: end)
    }

    @usableFromInline
    mutating func unsigned(bits: UInt64) throws(WasmError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < end else { throw endError() }
            let byte = UInt64(base[offset])
            offset += 1
            if shift + 7 >= bits {
                // The last byte that the type allows: it must end the number, and its unused bits must be zero.
                if byte >= 0x80 { throw WasmError(.integerTooLong, at: start) }
                if byte >> (bits - shift) != 0 { throw WasmError(.integerTooLarge, at: start) }
                return value | byte << shift
            }
            value |= (byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    @usableFromInline
    mutating func signed(bits: UInt64) throws(WasmError) -> Int64 {
        let start = offset
        var value: Int64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < end else { throw endError() }
            let byte = base[offset]
            offset += 1
            // Bit 6 of a number's last byte is its sign.
            let extended = Int64(Int8(bitPattern: byte << 1) >> 1)
            if shift + 7 >= bits {
                if byte >= 0x80 { throw WasmError(.integerTooLong, at: start) }
                // What lies above the type's own sign bit must repeat it.
                let rest = extended >> (bits - shift - 1)
                if rest != 0 && rest != -1 { throw WasmError(.integerTooLarge, at: start) }
                return value | extended << shift
            }
            if byte < 0x80 { return value | extended << shift }
            value |= Int64(byte & 0x7F) << shift
            shift += 7
        }
    }
}
