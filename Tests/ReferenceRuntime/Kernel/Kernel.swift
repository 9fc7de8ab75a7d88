import WasmBinary

/// The system side of a program: files, descriptors, pipes, sockets, clocks, random numbers.
///
/// It is written from the host ABI table and POSIX, not from the JavaScript kernel, so that where the two agree both are
/// probably right. It never waits: a call that would block answers `EAGAIN`, and the program asks to be woken.
final class Kernel {
    let store: Store
    /// Set as soon as the module is instantiated; no system call comes earlier.
    var memory: GuestMemory
    var clock: VirtualClock
    var random: SeededRandom
    var arguments: [[UInt8]] = []
    var environment: [[UInt8]] = []
    private var nextInode: Int64 = 2
    let root: DirectoryInode
    /// The working directory.
    var directory: DirectoryInode
    var umask: UInt32 = 0o022
    var input: [UInt8] = []
    var inputHasEnded = true
    var hasTerminal = false
    /// Where the bytes of descriptors 1 and 2 go.
    var output: (Int, [UInt8]) -> Void = { _, _ in }
    /// Calls an export of the program on top of a context: `malloc`, `free`.
    var callProgram: (ExecutionContext, String, [Value]) -> Int32 = { _, _, _ in 0 }
    /// The queue of woken threads has become non-empty.
    var onEvent: () -> Void = {}
    let network = Network()
    var locks: [ObjectIdentifier: [FileLock]] = [:]

    /// Open files by descriptor.
    private(set) var table: [Entry?] = []
    private var events: [Int32] = []
    private static let mostDescriptors = 4096

    struct Entry {
        var description: Description
        var closesOnExec = false
    }

    init(_ store: Store, _ memory: MemoryInstance, seed: UInt64) {
        self.store = store
        self.memory = GuestMemory(memory: memory)
        clock = VirtualClock(fuel: store.fuel)
        random = SeededRandom(seed: seed)
        root = DirectoryInode(time: clock.realTime)
        directory = root
        makeTree()
    }

    private func makeTree() {
        for path in ["/home/user", "/var", "/run", "/usr", "/opt", "/mnt", "/etc", "/root"] { directory(at: path) }
        for path in ["/tmp", "/var/tmp", "/dev/shm"] { directory(at: path).mode = FileMode.directory | 0o1777 }
        let devices: [(String, UInt32, UInt32, PlainDevice.Kind)] = [
            ("null", 1, 3, .null), ("zero", 1, 5, .zero), ("full", 1, 7, .full), ("random", 1, 8, .random),
            ("urandom", 1, 9, .random),
        ]
        for (name, major, minor, kind) in devices {
            add(DeviceInode(self, major: major, minor: minor) { PlainDevice($0, $1, $2, kind) }, at: "/dev/\(name)")
        }
        let streams = [
            DeviceInode(stream: self) { InputDescription($0, $1, $2) },
            DeviceInode(stream: self) { kernel, inode, _ in OutputDescription(kernel, inode, number: 1) },
            DeviceInode(stream: self) { kernel, inode, _ in OutputDescription(kernel, inode, number: 2) },
        ]
        for (inode, name) in zip(streams, ["stdin", "stdout", "stderr"]) {
            add(inode, at: "/dev/\(name)")
            if let stream = try? inode.open(self, flags: 0) { _ = try? add(stream) }
        }
        addFile("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n")
        addFile("/etc/group", "root:x:0:\nuser:x:1000:\n")
        addFile("/etc/hostname", "localhost\n")
        addFile("/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n")
        directory(at: "/proc/self")
    }

    func takeInodeNumber() -> Int64 {
        defer { nextInode += 1 }
        return nextInode
    }

    // MARK: Descriptors

    func description(_ descriptor: Int32) throws(Errno) -> Description {
        guard descriptor >= 0, Int(descriptor) < table.count, let entry = table[Int(descriptor)] else { throw .EBADF }
        return entry.description
    }

    /// Gives an open file the lowest free descriptor from a number up.
    func add(_ description: Description, closesOnExec: Bool = false, from lowest: Int32 = 0) throws(Errno) -> Int32 {
        var number = Int(lowest)
        while number < table.count, table[number] != nil { number += 1 }
        guard number < Self.mostDescriptors else { throw .EMFILE }
        while table.count <= number { table.append(nil) }
        table[number] = Entry(description: description, closesOnExec: closesOnExec)
        description.references += 1
        return Int32(number)
    }

    func replace(_ descriptor: Int32, with description: Description, closesOnExec: Bool) throws(Errno) {
        guard descriptor >= 0, Int(descriptor) < Self.mostDescriptors else { throw .EBADF }
        description.references += 1
        if Int(descriptor) < table.count, table[Int(descriptor)] != nil { try close(descriptor) }
        while table.count <= Int(descriptor) { table.append(nil) }
        table[Int(descriptor)] = Entry(description: description, closesOnExec: closesOnExec)
    }

    func close(_ descriptor: Int32) throws(Errno) {
        let description = try description(descriptor)
        table[Int(descriptor)] = nil
        // POSIX: closing any descriptor of a file drops the process's record locks on it.
        dropLocks(description.inode, owner: nil)
        description.references -= 1
        if description.references == 0 {
            description.close()
            dropLocks(description.inode, owner: description)
            for watch in description.watches { wake(watch.thread) }
            description.watches = []
            for set in description.sets { set.forget(description) }
            description.sets = []
        }
    }

    func closesOnExec(_ descriptor: Int32) -> Bool { table[Int(descriptor)]?.closesOnExec ?? false }

    func setClosesOnExec(_ descriptor: Int32, _ value: Bool) { table[Int(descriptor)]?.closesOnExec = value }

    // MARK: Waiting

    var hasEvents: Bool { !events.isEmpty }

    func wake(_ thread: Int32) {
        guard !events.contains(thread) else { return }
        events.append(thread)
        if events.count == 1 { onEvent() }
    }

    func takeEvent() -> Int32 { events.isEmpty ? -1 : events.removeFirst() }

    /// 1 when the events hold now; else registers the thread.
    func watch(_ descriptor: Int32, _ wanted: Int32, _ thread: Int32) throws(Errno) -> Int32 {
        if descriptor == -1 { return 0 }
        let description = try description(descriptor)
        if description.readyEvents() & (wanted | PollEvents.always) != 0 { return 1 }
        description.watches.append((thread, wanted))
        return 0
    }

    func unwatch(_ thread: Int32) {
        for entry in table { entry?.description.watches.removeAll { $0.thread == thread } }
        events.removeAll { $0 == thread }
    }

    /// The time, with the work counted that was done until now.
    func now() -> VirtualClock {
        clock.advance(fuel: store.fuel)
        return clock
    }
}
