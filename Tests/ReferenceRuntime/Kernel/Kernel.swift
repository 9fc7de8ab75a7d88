import WasmBinary

/// The system side of a program: files, descriptors, pipes, sockets, clocks, random numbers.
///
/// It is written from the host ABI table and POSIX, not from the JavaScript kernel, so that where the two agree both are
/// probably right. It never waits: a call that would block answers `EAGAIN`, and the program asks to be woken.
final class Kernel {
    let machine: Machine
    /// Set as soon as the module is instantiated; no system call comes earlier.
    var memory: GuestMemory
    var arguments: [[UInt8]] = []
    var environment: [[UInt8]] = []
    let root: DirectoryInode
    /// The working directory.
    var directory: DirectoryInode
    var umask: UInt32 = 0o022
    var hasTerminal = false
    /// Calls an export of the program on top of a context: `malloc`, `free`.
    var callProgram: (ExecutionContext, String, [Value]) -> Int32 = { _, _, _ in 0 }
    /// The queue of woken threads has become non-empty.
    var onEvent: () -> Void = {}
    /// The number of this process, and of the one that started it.
    let processNumber: Int32
    let parentNumber: Int32
    /// Those that this process has started and not waited for.
    var children: [Child] = []
    /// Threads that wait for one of them to end.
    var childWatches: [Int32] = []
    /// The signal whose default action ends the process, once that was announced.
    var deadlySignal: Int32 = 0
    /// Whether the process called exit.
    var hasExited = false
    /// The fuel when work was counted for the last time; nil once the process has ended.
    private weak var store: Store?
    private var lastFuel: Int

    /// Open files by descriptor.
    private(set) var table: [Entry?] = []
    private var events: [Int32] = []
    private static let mostDescriptors = 4096

    var clock: VirtualClock { machine.clock }
    var random: SeededRandom {
        get { machine.random }
        _modify { yield &machine.random }
    }
    var network: Network { machine.network }
    var locks: [ObjectIdentifier: [FileLock]] {
        get { machine.locks }
        _modify { yield &machine.locks }
    }

    struct Entry {
        var description: Description
        var closesOnExec = false
    }

    /// The kernel of the first process: with a tree of files, and standard streams.
    init(_ store: Store, _ memory: MemoryInstance, _ machine: Machine) {
        self.machine = machine
        self.store = store
        self.memory = GuestMemory(memory: memory)
        lastFuel = store.fuel
        processNumber = machine.takeProcessNumber()
        parentNumber = 1
        root = DirectoryInode(time: machine.clock.realTime)
        directory = root
        machine.kernels.append(self)
        makeTree()
    }

    /// The kernel of a child: it has the parent's descriptors, directory and umask.
    init(_ store: Store, _ memory: MemoryInstance, childOf parent: Kernel) {
        machine = parent.machine
        self.store = store
        self.memory = GuestMemory(memory: memory)
        lastFuel = store.fuel
        processNumber = machine.takeProcessNumber()
        parentNumber = parent.processNumber
        root = parent.root
        directory = parent.directory
        umask = parent.umask
        hasTerminal = parent.hasTerminal
        table = parent.table
        for entry in table { entry?.description.references += 1 }
        machine.kernels.append(self)
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
        addFile(
            "/etc/passwd",
            """
            root:x:0:0:root:/root:/bin/sh
            user:x:1000:1000:User:/home/user:/bin/sh
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

            """)
        addFile("/etc/group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n")
        addFile("/etc/hostname", "frond\n")
        addFile("/etc/hosts", "127.0.0.1\tlocalhost\n127.0.0.1\tfrond\n::1\tlocalhost ip6-localhost\n")
        directory(at: "/proc/self")
        for path in ["/dev", "/etc", "/proc", "/root"] { (directory(at: path).uid, directory(at: path).gid) = (0, 0) }
    }

    func takeInodeNumber() -> Int64 { machine.takeInodeNumber() }

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
            for watch in description.watches { watch.kernel.wake(watch.thread) }
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
        if descriptor == -1 {
            // A child: one that has ended need not be the one that is waited for, so never "now".
            childWatches.append(thread)
            return 0
        }
        let description = try description(descriptor)
        if description.readyEvents() & (wanted | PollEvents.always) != 0 { return 1 }
        description.watches.append((self, thread, wanted))
        return 0
    }

    func unwatch(_ thread: Int32) {
        for entry in table { entry?.description.watches.removeAll { $0.thread == thread && $0.kernel === self } }
        childWatches.removeAll { $0 == thread }
        events.removeAll { $0 == thread }
    }

    /// The time, with the work counted that was done until now.
    func now() -> VirtualClock {
        if let store {
            machine.clock.advance(work: lastFuel - store.fuel)
            lastFuel = store.fuel
        }
        return machine.clock
    }

    /// The descriptors that are open, in ascending order.
    var openDescriptors: [Int32] { table.indices.filter { table[$0] != nil }.map(Int32.init) }

    /// The process is over: it lets go of its descriptors, its watches and its memory.
    func end(_ placeholder: MemoryInstance) {
        for descriptor in openDescriptors { try? close(descriptor) }
        events = []
        childWatches = []
        memory = GuestMemory(memory: placeholder)
        (onEvent, callProgram) = ({}, { _, _, _ in 0 })
    }
}
