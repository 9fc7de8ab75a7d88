/// Growing bytes, and how to write WebAssembly's primitive encodings: the mirror of `ByteCursor`. Numbers take their
/// shortest form.
///
/// It owns raw memory, so it is a class with a single owner; `finish` hands the memory over without a copy.
public struct ByteWriter: ~Copyable {
    private var memory: Bytes.Storage
    private var capacity: Int
    /// How many bytes have been written.
    public private(set) var count = 0

    /// An empty writer.
    public init(capacity: Int = 256) {
        self.capacity = max(capacity, 16)
        memory = Bytes.Storage(capacity: self.capacity)
    }

    /// Forgets what was written, keeps the memory.
    public mutating func removeAll() {
        count = 0
    }

    /// Goes back to an earlier `count`.
    public mutating func truncate(to count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    /// The bytes written, without a copy; the writer is used up.
    public consuming func finish() -> Bytes {
        Bytes(storage: memory, startIndex: 0, endIndex: count)
    }

    /// A look at the bytes written so far.
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        body(UnsafeRawBufferPointer(start: memory.base, count: count))
    }

    /// Makes room for `additional` more bytes.
    @inline(__always)
    public mutating func reserve(_ additional: Int) {
        if count + additional > capacity { grow(additional) }
    }

    @inline(never)
    private mutating func grow(_ additional: Int) {
        capacity = max(capacity * 2, count + additional)
        let larger = Bytes.Storage(capacity: capacity)
        larger.base.update(from: memory.base, count: count)
        memory = larger
    }

    /// One byte.
    @inline(__always)
    public mutating func byte(_ value: UInt8) {
        reserve(1)
        memory.base[count] = value
        count += 1
    }

    /// An unsigned number of 32 bits.
    @inline(__always)
    public mutating func u32(_ value: UInt32) {
        if value < 0x80 { byte(UInt8(truncatingIfNeeded: value)) } else { u64(UInt64(value)) }
    }

    /// An unsigned number of 64 bits.
    public mutating func u64(_ value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            memory.base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count += 1
            rest >>= 7
        }
        memory.base[count] = UInt8(truncatingIfNeeded: rest)
        count += 1
    }

    /// A signed number of 32 bits.
    public mutating func s32(_ value: Int32) {
        s64(Int64(value))
    }

    /// A signed number of up to 64 bits (also those of 33 bits).
    public mutating func s64(_ value: Int64) {
        reserve(10)
        var rest = value
        while true {
            let low = UInt8(truncatingIfNeeded: rest) & 0x7F
            rest >>= 7
            if rest == 0 && low & 0x40 == 0 || rest == -1 && low & 0x40 != 0 {
                memory.base[count] = low
                count += 1
                return
            }
            memory.base[count] = low | 0x80
            count += 1
        }
    }

    /// Four bytes, little-endian.
    public mutating func fixed32(_ value: UInt32) {
        reserve(4)
        UnsafeMutableRawPointer(memory.base + count).storeBytes(of: value.littleEndian, as: UInt32.self)
        count += 4
    }

    /// Eight bytes, little-endian.
    public mutating func fixed64(_ value: UInt64) {
        reserve(8)
        UnsafeMutableRawPointer(memory.base + count).storeBytes(of: value.littleEndian, as: UInt64.self)
        count += 8
    }

    /// Bytes as they are.
    public mutating func append(_ bytes: Bytes) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Bytes as they are.
    @inline(__always)
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        guard let source = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(memory.base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// What another writer holds.
    public mutating func append(_ other: borrowing ByteWriter) {
        append(UnsafeRawBufferPointer(start: other.memory.base, count: other.count))
    }

    /// Bytes preceded by their length.
    public mutating func lengthPrefixed(_ bytes: Bytes) {
        u32(UInt32(bytes.count))
        append(bytes)
    }

    /// What another writer holds, preceded by its length.
    public mutating func lengthPrefixed(_ other: borrowing ByteWriter) {
        u32(UInt32(other.count))
        append(other)
    }

    /// A name: UTF-8 preceded by its length in bytes.
    public mutating func name(_ name: String) {
        var name = name
        name.withUTF8 { text in
            u32(UInt32(text.count))
            append(UnsafeRawBufferPointer(text))
        }
    }
}
