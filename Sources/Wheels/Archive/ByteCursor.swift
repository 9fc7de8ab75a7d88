/// A position in immutable bytes that reads little-endian numbers and never runs past the end.
struct ByteCursor {
    let bytes: [UInt8]
    private(set) var offset: Int
    let end: Int

    /// A cursor over `range` of `bytes`, or `nil` when the range does not lie inside.
    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        self.bytes = bytes
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    var remaining: Int { end - offset }

    mutating func unsigned(_ width: Int) -> UInt64? {
        guard remaining >= width else { return nil }
        var value: UInt64 = 0
        for index in 0..<width {
            value |= UInt64(bytes[offset + index]) << UInt64(8 * index)
        }
        offset += width
        return value
    }

    mutating func u16() -> Int? { unsigned(2).map { Int($0) } }
    mutating func u32() -> Int? { unsigned(4).map { Int($0) } }

    /// A 64-bit number that fits a file offset; `nil` past `Int.max`, which no archive in memory can hold.
    mutating func u64() -> Int? { unsigned(8).flatMap { Int(exactly: $0) } }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, remaining >= count else { return nil }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }
}
