/// Immutable bytes, shared and never copied: a whole file, or a slice of one.
///
/// Indices are offsets in the *storage*, as with `ArraySlice`: a slice of a file keeps the file's offsets, so
/// `slice.startIndex` is the offset that an error message should name. The storage is a class with a fixed address, so
/// that cursors can walk it with a plain pointer and keep it alive by holding a reference.
public struct Bytes: Sendable {
    /// The memory behind one or more slices.
    @usableFromInline
    final class Storage: @unchecked Sendable {
        // Unchecked: written only while it is created, read-only from then on.
        @usableFromInline let base: UnsafeMutablePointer<UInt8>

        @usableFromInline
        init(capacity: Int) {
            base = UnsafeMutablePointer<UInt8>.allocate(capacity: Swift.max(capacity, 1))
        }

        deinit {
            base.deallocate()
        }
    }

    @usableFromInline let storage: Storage
    /// Where the slice starts in its storage.
    public let startIndex: Int
    /// Where the slice ends in its storage.
    public let endIndex: Int

    @inlinable
    init(storage: Storage, startIndex: Int, endIndex: Int) {
        self.storage = storage
        self.startIndex = startIndex
        self.endIndex = endIndex
    }

    /// No bytes.
    public init() {
        self.init(storage: Storage(capacity: 0), startIndex: 0, endIndex: 0)
    }

    /// A copy of other bytes; the first has index 0.
    public init(_ source: some Collection<UInt8>) {
        let count = source.count
        self.init(unsafeCapacity: count) { buffer in
            let copied: Void? = source.withContiguousStorageIfAvailable { contents in
                if let start = contents.baseAddress { buffer.baseAddress?.update(from: start, count: count) }
            }
            if copied == nil { _ = buffer.initialize(from: source) }
            return count
        }
    }

    /// Bytes that a closure writes: it gets uninitialised memory of `unsafeCapacity` bytes and returns how many it filled.
    public init<E: Error>(
        unsafeCapacity: Int, initializingWith write: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> Int
    ) throws(E) {
        let storage = Storage(capacity: unsafeCapacity)
        let count = try write(UnsafeMutableBufferPointer(start: storage.base, count: unsafeCapacity))
        precondition(count >= 0 && count <= unsafeCapacity, "wrote past the end")
        self.init(storage: storage, startIndex: 0, endIndex: count)
    }

    /// The bytes as a buffer. The buffer starts with the byte at `startIndex` and is valid during the closure only.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(start: storage.base + startIndex, count: endIndex - startIndex))
    }
}

extension Bytes: RandomAccessCollection {
    /// The byte at an offset of the storage.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= startIndex && position < endIndex, "offset outside of the bytes")
        return storage.base[position]
    }

    /// The bytes as one buffer, for algorithms that copy them at once.
    @inlinable
    public func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(start: storage.base + startIndex, count: endIndex - startIndex))
    }

    /// A slice; it shares the storage and keeps the offsets.
    @inlinable
    public subscript(bounds: Range<Int>) -> Bytes {
        precondition(bounds.lowerBound >= startIndex && bounds.upperBound <= endIndex, "range outside of the bytes")
        return Bytes(storage: storage, startIndex: bounds.lowerBound, endIndex: bounds.upperBound)
    }
}

extension Bytes: Hashable {
    /// Whether the contents are equal, wherever they lie.
    public static func == (left: Bytes, right: Bytes) -> Bool {
        left.withUnsafeBytes { a in
            right.withUnsafeBytes { b in
                a.count == b.count && a.elementsEqual(b)
            }
        }
    }

    /// Hashes the contents.
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    /// Bytes written out.
    public init(arrayLiteral elements: UInt8...) {
        self.init(elements)
    }
}
