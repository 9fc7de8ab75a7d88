import WasmBinary

/// A linear memory.
public final class MemoryInstance {
    /// Bytes of a page.
    public static let pageSize = 65_536

    let data: UnsafeMutablePointer<MemoryData>
    /// The largest size in pages that the type allows.
    public let maximum: Int?
    private let limit: Int

    /// A memory of some pages, all zero; nil when that is more than the store allows.
    public init?(_ store: Store, minimum: Int, maximum: Int? = nil) {
        self.maximum = maximum
        limit = min(maximum ?? 65_536, store.limits.memoryPages)
        guard minimum <= store.limits.memoryPages else { return nil }
        data = .allocate(capacity: 1)
        let size = minimum * Self.pageSize
        data.initialize(to: MemoryData(base: Self.allocate(size), size: UInt64(size)))
    }

    deinit {
        Self.release(data.pointee.base)
        data.deallocate()
    }

    /// Its size in pages.
    public var pages: Int { Int(data.pointee.size) / Self.pageSize }

    /// Its size in bytes.
    public var count: Int { Int(data.pointee.size) }

    /// The bytes; valid until the memory grows.
    public var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: data.pointee.base, count: count)
    }

    /// Adds pages; returns the size before, or nil when there is no room.
    public func grow(_ pages: Int) -> Int? {
        let old = self.pages
        guard pages <= limit - old else { return nil }
        if pages > 0 {
            let size = (old + pages) * Self.pageSize
            guard let base = Self.resize(data.pointee.base, from: count, to: size) else { return nil }
            data.pointee = MemoryData(base: base, size: UInt64(size))
        }
        return old
    }
}

/// A table of references.
public final class TableInstance {
    let data: UnsafeMutablePointer<TableData>
    let element: StackType
    /// The largest number of elements that the type allows.
    public let maximum: Int?
    private let limit: Int

    init?(_ store: Store, element: StackType, minimum: Int, maximum: Int?, initial: UInt64 = 0) {
        self.element = element
        self.maximum = maximum
        limit = min(maximum ?? Int(UInt32.max), store.limits.tableElements)
        guard minimum <= limit else { return nil }
        data = .allocate(capacity: 1)
        let elements = UnsafeMutablePointer<UInt64>.allocate(capacity: max(minimum, 1))
        elements.initialize(repeating: initial, count: minimum)
        data.initialize(to: TableData(elements: elements, count: UInt64(minimum)))
        store.own(self)
    }

    /// A table of functions, all null; nil when that is more than the store allows.
    public convenience init?(_ store: Store, minimum: Int, maximum: Int? = nil) {
        self.init(store, element: .functionReference, minimum: minimum, maximum: maximum)
    }

    deinit {
        data.pointee.elements.deallocate()
        data.deallocate()
    }

    /// How many elements it has.
    public var count: Int { Int(data.pointee.count) }

    /// An element as bits: 0 for null.
    subscript(index: Int) -> UInt64 {
        get { data.pointee.elements[index] }
        set { data.pointee.elements[index] = newValue }
    }

    /// The function that an element refers to; nil for null and beyond the end.
    public func function(at index: Int) -> FunctionInstance? {
        guard index >= 0, index < count, let data = FunctionPointer(nullableBits: self[index]) else { return nil }
        return data.pointee.object.takeUnretainedValue()
    }

    func grow(_ more: Int, filling value: UInt64) -> Int? {
        let old = count
        guard more <= limit - old else { return nil }
        let elements = UnsafeMutablePointer<UInt64>.allocate(capacity: max(old + more, 1))
        elements.update(from: data.pointee.elements, count: old)
        (elements + old).initialize(repeating: value, count: more)
        data.pointee.elements.deallocate()
        data.pointee = TableData(elements: elements, count: UInt64(old + more))
        return old
    }
}

/// A global variable.
public final class GlobalInstance {
    /// One cell, or two for a vector.
    let cell: UnsafeMutablePointer<UInt64>
    let type: StackType
    /// Whether it can be changed.
    public let isMutable: Bool

    init(_ store: Store, type: StackType, isMutable: Bool) {
        self.type = type
        self.isMutable = isMutable
        cell = .allocate(capacity: 2)
        cell.initialize(repeating: 0, count: 2)
        store.own(self)
    }

    /// A global with a value.
    public convenience init(_ store: Store, _ value: Value, isMutable: Bool) {
        self.init(store, type: value.type, isMutable: isMutable)
        value.write(to: cell)
    }

    deinit { cell.deallocate() }

    /// Its value.
    public var value: Value {
        get { Value(type, at: cell) }
        set { newValue.write(to: cell) }
    }
}

/// The tag of an exception.
public final class TagInstance {
    /// The canonical number of its function type.
    let type: UInt32
    let signature: Signature
    /// A name for messages.
    public let name: String?

    init(type: UInt32, signature: Signature, name: String? = nil) {
        self.type = type
        self.signature = signature
        self.name = name
    }

    /// A tag for exceptions that carry such values.
    public convenience init(_ store: Store, parameters: [ValueType], name: String? = nil) {
        let type = store.types.register(FunctionType(parameters: parameters, results: []))
        self.init(type: type, signature: store.types.signature(type), name: name)
    }
}
