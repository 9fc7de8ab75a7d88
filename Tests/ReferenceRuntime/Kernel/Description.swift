/// An open file: what one or more descriptors refer to.
class Description {
    unowned let kernel: Kernel
    let inode: Inode
    var flags: Int32
    /// How many descriptors refer to it.
    var references = 0
    /// The threads that wait for it, with the events that they wait for.
    var watches: [(kernel: Kernel, thread: Int32, events: Int32)] = []
    /// The epoll sets that look at it.
    var sets: [EpollDescription] = []

    init(_ kernel: Kernel, _ inode: Inode, _ flags: Int32) {
        self.kernel = kernel
        self.inode = inode
        self.flags = flags & ~(OpenFlags.closeOnExec | OpenFlags.create | OpenFlags.exclusive | OpenFlags.truncate)
    }

    var isNonblocking: Bool { flags & OpenFlags.nonblocking != 0 }
    var canRead: Bool { flags & OpenFlags.accessMode != OpenFlags.writeOnly }
    var canWrite: Bool { flags & OpenFlags.accessMode != 0 }

    func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int { throw .EINVAL }
    func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int { throw .EINVAL }
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int { throw .ESPIPE }
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) -> Int { throw .ESPIPE }
    func seek(_ offset: Int64, _ whence: Int32) throws(Errno) -> Int64 { throw .ESPIPE }
    func truncate(_ size: Int64) throws(Errno) { throw .EINVAL }
    /// Whether writes are taken piece by piece until all is written or it would block.
    func availableBytes() -> Int? { nil }
    func control(_ request: UInt32, _ argument: UInt32) throws(Errno) -> Int32 { throw .ENOTTY }
    /// The events that hold now.
    func readyEvents() -> Int32 { PollEvents.input | PollEvents.output }
    /// The last descriptor is closed.
    func close() {}

    /// Tells who waits that something has changed.
    func changed() {
        let ready = readyEvents()
        var kept: [(kernel: Kernel, thread: Int32, events: Int32)] = []
        for watch in watches {
            if ready & (watch.events | PollEvents.always) != 0 {
                watch.kernel.wake(watch.thread)
            } else {
                kept.append(watch)
            }
        }
        watches = kept
        for set in sets { set.changed(self) }
    }
}

/// A regular file and a position in it.
final class FileDescription: Description {
    let file: FileInode
    private var position: Int64 = 0

    init(_ kernel: Kernel, _ file: FileInode, _ flags: Int32) {
        self.file = file
        super.init(kernel, file, flags)
    }

    override func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        let count = try read(buffer, at: position)
        position += Int64(count)
        return count
    }

    override func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        guard canRead else { throw .EBADF }
        guard offset >= 0 else { throw .EINVAL }
        return file.read(buffer, at: Int(offset))
    }

    override func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int {
        if flags & OpenFlags.append != 0 { position = file.size }
        let count = try write(buffer, at: position)
        position += Int64(count)
        return count
    }

    override func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        guard canWrite else { throw .EBADF }
        guard offset >= 0 else { throw .EINVAL }
        guard offset + Int64(buffer.count) < 1 << 31 else { throw .EFBIG }
        if buffer.count > 0 { file.write(buffer, at: Int(offset), kernel) }
        return buffer.count
    }

    override func seek(_ offset: Int64, _ whence: Int32) throws(Errno) -> Int64 {
        let base: Int64
        switch whence {
        case 0: base = 0
        case 1: base = position
        case 2: base = file.size
        default: throw .EINVAL
        }
        guard base + offset >= 0 else { throw .EINVAL }
        position = base + offset
        return position
    }

    override func truncate(_ size: Int64) throws(Errno) {
        guard canWrite else { throw .EINVAL }
        guard size >= 0 else { throw .EINVAL }
        guard size < 1 << 31 else { throw .EFBIG }
        file.resize(Int(size), kernel)
    }
}

/// An open directory and how far it has been read.
final class DirectoryDescription: Description {
    let directory: DirectoryInode
    /// 0: before `.`, 1: before `..`, else the order of the last entry.
    private var position = 0

    init(_ kernel: Kernel, _ directory: DirectoryInode, _ flags: Int32) {
        self.directory = directory
        super.init(kernel, directory, flags)
    }

    override func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int { throw .EISDIR }

    override func seek(_ offset: Int64, _ whence: Int32) throws(Errno) -> Int64 {
        guard whence == 0, offset >= 0 else { throw .EINVAL }
        position = Int(offset)
        return offset
    }

    /// Writes `struct dirent` records, as many as fit; 0 at the end.
    func entries(_ memory: GuestMemory, _ address: UInt32, _ count: Int) throws(Errno) -> Int {
        var written: UInt32 = 0
        var rest: [(order: Int, name: Name, inode: Inode)] = []
        if position < 1 { rest.append((1, Array(".".utf8), directory)) }
        if position < 2 { rest.append((2, Array("..".utf8), directory.parent ?? directory)) }
        rest += directory.entries.filter { $0.value.order > position }
            .map { (order: $0.value.order, name: $0.key, inode: $0.value.inode) }.sorted { $0.order < $1.order }
        for entry in rest {
            // The name starts at 19 and ends with a zero; records are multiples of 8 bytes.
            let recordSize = UInt32(19 + entry.name.count + 1 + 7) & ~7
            guard Int(written + recordSize) <= count else {
                if written == 0 { throw .EINVAL }
                break
            }
            let at = address + written
            try memory.write(entry.inode.number, at: at)
            try memory.write(Int64(entry.order), at: at + 8)
            try memory.write(UInt16(recordSize), at: at + 16)
            try memory.write(UInt8(entry.inode.type >> 12), at: at + 18)
            try memory.write(entry.name + [0], at: at + 19)
            written += recordSize
            position = entry.order
        }
        return Int(written)
    }
}

/// `/dev/null`, `/dev/zero`, `/dev/full` and the random devices.
final class PlainDevice: Description {
    enum Kind { case null, zero, full, random }

    private let kind: Kind

    init(_ kernel: Kernel, _ inode: Inode, _ flags: Int32, _ kind: Kind) {
        self.kind = kind
        super.init(kernel, inode, flags)
    }

    override func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        switch kind {
        case .null: return 0
        case .zero, .full: buffer.initializeMemory(as: UInt8.self, repeating: 0)
        case .random: kernel.random.fill(buffer)
        }
        return buffer.count
    }

    override func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int {
        if kind == .full, buffer.count > 0 { throw .ENOSPC }
        return buffer.count
    }

    override func seek(_ offset: Int64, _ whence: Int32) throws(Errno) -> Int64 { 0 }
}

/// Standard input, as a file is: there from the start, and a read may take its time (the clock does not see it).
final class InputDescription: Description {
    override func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        if buffer.count == 0 { return 0 }
        let machine = kernel.machine
        machine.fillInput()
        let count = min(buffer.count, machine.pendingInput.count)
        buffer.copyBytes(from: machine.pendingInput.prefix(count))
        machine.pendingInput.removeFirst(count)
        return count
    }

    override func availableBytes() -> Int? { kernel.machine.pendingInput.count }

    override func readyEvents() -> Int32 { PollEvents.input }
}

/// Standard output or standard error.
final class OutputDescription: Description {
    private let number: Int

    init(_ kernel: Kernel, _ inode: Inode, number: Int) {
        self.number = number
        super.init(kernel, inode, OpenFlags.writeOnly)
    }

    override func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int {
        kernel.machine.output(number, [UInt8](buffer))
        return buffer.count
    }

    override func readyEvents() -> Int32 { PollEvents.output }
}
