/// A set of descriptors that is asked which of them are ready.
///
/// What becomes ready goes to the end of a queue, and a wait takes from its front, so that with few places in a wait every descriptor gets
/// its turn, in the order in which they became ready:
///
///     level     asked again; not ready any more → leaves the queue; ready → reported, and goes to the end
///     edge      reported once, leaves the queue until the next change
///     one-shot  reported once, then off until it is modified
final class EpollDescription: Description {
    /// A descriptor of the set.
    private final class Item {
        let description: Description
        let descriptor: Int32
        var events: UInt32 = 0
        var data: UInt64 = 0
        /// One-shot items are off after they were reported once.
        var isEnabled = true
        var isQueued = false

        init(_ description: Description, _ descriptor: Int32) {
            self.description = description
            self.descriptor = descriptor
        }

        /// What holds now of what was asked for.
        var readyEvents: UInt32 {
            guard isEnabled else { return 0 }
            let wanted = Int32(bitPattern: events & EpollDescription.eventMask) | PollEvents.error | PollEvents.hangUp
            return UInt32(bitPattern: description.readyEvents() & wanted)
        }
    }

    static let edgeTriggered: UInt32 = 1 << 31
    static let oneShot: UInt32 = 1 << 30
    static let eventMask: UInt32 = 0x3FFF

    private var items: [Item] = []
    private var queue: [Item] = []

    init(_ kernel: Kernel) { super.init(kernel, PipeInode(kernel), OpenFlags.readWrite) }

    func add(_ description: Description, _ descriptor: Int32, events: UInt32, data: UInt64) throws(Errno) {
        guard find(descriptor, description) == nil else { throw .EEXIST }
        guard !(description is FileDescription), !(description is DirectoryDescription) else { throw .EPERM }
        guard description !== self else { throw .EINVAL }
        let item = Item(description, descriptor)
        items.append(item)
        if !description.sets.contains(where: { $0 === self }) { description.sets.append(self) }
        set(item, events: events, data: data)
    }

    func modify(_ description: Description, _ descriptor: Int32, events: UInt32, data: UInt64) throws(Errno) {
        guard let item = find(descriptor, description) else { throw .ENOENT }
        set(item, events: events, data: data)
    }

    private func set(_ item: Item, events: UInt32, data: UInt64) {
        (item.events, item.data, item.isEnabled) = (events, data, true)
        enqueueIfReady(item)
        changed()
    }

    func remove(_ description: Description, _ descriptor: Int32) throws(Errno) {
        guard let item = find(descriptor, description) else { throw .ENOENT }
        items.removeAll { $0 === item }
        queue.removeAll { $0 === item }
        if !items.contains(where: { $0.description === description }) {
            description.sets.removeAll { $0 === self }
        }
    }

    func forget(_ description: Description) {
        items.removeAll { $0.description === description }
        queue.removeAll { $0.description === description }
    }

    private func find(_ descriptor: Int32, _ description: Description) -> Item? {
        items.first { $0.descriptor == descriptor && $0.description === description }
    }

    private func enqueueIfReady(_ item: Item) {
        guard !item.isQueued, item.readyEvents != 0 else { return }
        item.isQueued = true
        queue.append(item)
    }

    /// Something has changed for one of the descriptors.
    func changed(_ description: Description) {
        for item in items where item.description === description { enqueueIfReady(item) }
        changed()
    }

    /// The items that are ready, at most so many.
    func collect(_ limit: Int) -> [(events: UInt32, data: UInt64)] {
        var found: [(events: UInt32, data: UInt64)] = []
        var left = queue.count
        while left > 0, found.count < limit {
            left -= 1
            let item = queue.removeFirst()
            item.isQueued = false
            let events = item.readyEvents
            if events == 0 { continue }
            found.append((events, item.data))
            if item.events & Self.oneShot != 0 {
                item.isEnabled = false
            } else if item.events & Self.edgeTriggered == 0 {
                item.isQueued = true
                queue.append(item)
            }
        }
        return found
    }

    override func readyEvents() -> Int32 { queue.contains { $0.readyEvents != 0 } ? PollEvents.input : 0 }

    override func close() {
        for item in items { item.description.sets.removeAll { $0 === self } }
        items = []
        queue = []
    }
}
