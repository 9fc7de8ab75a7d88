/// A set of descriptors that is asked which of them are ready.
final class EpollDescription: Description {
    struct Item {
        var description: Description
        var descriptor: Int32
        var events: UInt32
        var data: UInt64
        /// One-shot items are off after they were reported once.
        var isEnabled = true
        /// For edge-triggered items: whether something has changed since the last report.
        var hasChanged = true
    }

    static let edgeTriggered: UInt32 = 1 << 31
    static let oneShot: UInt32 = 1 << 30
    static let eventMask: UInt32 = 0x3FFF

    private(set) var items: [Item] = []

    init(_ kernel: Kernel) { super.init(kernel, PipeInode(kernel), OpenFlags.readWrite) }

    func add(_ description: Description, _ descriptor: Int32, events: UInt32, data: UInt64) throws(Errno) {
        guard index(descriptor, description) == nil else { throw .EEXIST }
        guard !(description is FileDescription), !(description is DirectoryDescription) else { throw .EPERM }
        guard description !== self else { throw .EINVAL }
        items.append(Item(description: description, descriptor: descriptor, events: events, data: data))
        if !description.sets.contains(where: { $0 === self }) { description.sets.append(self) }
        super.changed()
    }

    func modify(_ description: Description, _ descriptor: Int32, events: UInt32, data: UInt64) throws(Errno) {
        guard let index = index(descriptor, description) else { throw .ENOENT }
        items[index] = Item(description: description, descriptor: descriptor, events: events, data: data)
        super.changed()
    }

    func remove(_ description: Description, _ descriptor: Int32) throws(Errno) {
        guard let index = index(descriptor, description) else { throw .ENOENT }
        items.remove(at: index)
        if !items.contains(where: { $0.description === description }) {
            description.sets.removeAll { $0 === self }
        }
    }

    func forget(_ description: Description) { items.removeAll { $0.description === description } }

    private func index(_ descriptor: Int32, _ description: Description) -> Int? {
        items.firstIndex { $0.descriptor == descriptor && $0.description === description }
    }

    private func ready(_ item: Item) -> UInt32 {
        guard item.isEnabled, item.events & Self.edgeTriggered == 0 || item.hasChanged else { return 0 }
        let wanted = Int32(bitPattern: item.events & Self.eventMask) | PollEvents.error | PollEvents.hangUp
        return UInt32(bitPattern: item.description.readyEvents() & wanted)
    }

    /// The items that are ready, at most so many.
    func collect(_ limit: Int) -> [(events: UInt32, data: UInt64)] {
        var found: [(events: UInt32, data: UInt64)] = []
        for index in items.indices where found.count < limit {
            let events = ready(items[index])
            if events == 0 { continue }
            found.append((events, items[index].data))
            items[index].hasChanged = false
            if items[index].events & Self.oneShot != 0 { items[index].isEnabled = false }
        }
        return found
    }

    override func readyEvents() -> Int32 { items.contains { ready($0) != 0 } ? PollEvents.input : 0 }

    override func changed() {
        for index in items.indices { items[index].hasChanged = true }
        super.changed()
    }

    override func close() {
        for item in items { item.description.sets.removeAll { $0 === self } }
        items = []
    }
}
