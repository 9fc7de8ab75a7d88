/// The table of imports that the kernel implements, by `module.name`.
struct SystemCalls {
    typealias Body = (HostCall) throws(Errno) -> HostOutcome

    let kernel: Kernel
    private(set) var bodies: [String: FunctionInstance.HostBody] = [:]

    init(_ kernel: Kernel) {
        self.kernel = kernel
        addFiles()
        addDescriptors()
        addWASI()
        addSockets()
        addTime()
        addProcess()
    }

    /// A call that answers with 0 or more, or with a negative error number.
    mutating func add(_ name: String, _ body: @escaping Body) {
        bodies[name] = Self.answering(body)
    }

    static func answering(_ body: @escaping Body) -> FunctionInstance.HostBody {
        { call in
            do throws(Errno) {
                return try body(call)
            } catch {
                return call.returns(-error.number)
            }
        }
    }

    /// A call that answers with 0 or with an error number.
    mutating func addPositive(_ name: String, _ body: @escaping Body) {
        bodies[name] = { call in
            do throws(Errno) {
                return try body(call)
            } catch {
                return call.returns(error.number)
            }
        }
    }
}

extension HostCall {
    func returns(_ count: Int) -> HostOutcome { returns(Int32(truncatingIfNeeded: count)) }
}

// MARK: - Names

extension SystemCalls {
    private static let currentDirectory: Int32 = -100

    /// The directory that a relative path starts from.
    private static func base(_ kernel: Kernel, _ descriptor: Int32, _ path: Name) throws(Errno) -> DirectoryInode {
        if path.first == UInt8(ascii: "/") || descriptor == currentDirectory { return kernel.directory }
        guard let directory = try kernel.description(descriptor).inode as? DirectoryInode else { throw .ENOTDIR }
        return directory
    }

    private static func inode(
        _ kernel: Kernel, _ descriptor: Int32, _ pointer: UInt32, _ flags: Int32
    ) throws(Errno) -> Inode {
        let path = try kernel.memory.string(pointer)
        if path.isEmpty, flags & 0x1000 != 0 {
            if descriptor == currentDirectory { return kernel.directory }
            return try kernel.description(descriptor).inode
        }
        let base = try base(kernel, descriptor, path)
        return try kernel.find(path, from: base, follow: flags & 0x100 == 0)
    }

    private static func writeStatus(_ kernel: Kernel, _ inode: Inode, _ at: UInt32) throws(Errno) {
        let memory = kernel.memory
        let size = inode.size
        try memory.write(inode.device, at: at)
        try memory.write(inode.mode, at: at + 4)
        try memory.write(inode.links, at: at + 8)
        try memory.write(inode.uid, at: at + 12)
        try memory.write(inode.gid, at: at + 16)
        try memory.write(inode.special, at: at + 20)
        try memory.write(size, at: at + 24)
        try memory.write(Int32(4096), at: at + 32)
        try memory.write(Int32((size + 511) / 512), at: at + 36)
        for (offset, time) in [(40, inode.accessed), (56, inode.modified), (72, inode.changed)] as [(UInt32, Int64)] {
            let (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
            try memory.write(seconds, at: at + offset)
            try memory.write(nanoseconds, at: at + offset + 8)
        }
        try memory.write(inode.number, at: at + 88)
    }

    private static func writeFileSystem(_ kernel: Kernel, _ size: Int32, _ at: UInt32) throws(Errno) {
        guard size >= 88 else { throw .EINVAL }
        let memory = kernel.memory
        try memory.write([UInt8](repeating: 0, count: 88), at: at)
        let blocks: Int64 = 524_288
        let free = max(0, blocks - Int64(memory.memory.count >> 12))
        try memory.write(UInt32(0x0102_1994), at: at)
        try memory.write(UInt32(4096), at: at + 4)
        try memory.write(blocks, at: at + 8)
        try memory.write(free, at: at + 16)
        try memory.write(free, at: at + 24)
        try memory.write(Int64(1_000_000), at: at + 32)
        try memory.write(Int64(900_000), at: at + 40)
        try memory.write(UInt32(255), at: at + 56)
        try memory.write(UInt32(4096), at: at + 60)
        try memory.write(UInt32(1024), at: at + 64)
    }

    private static func setTimes(_ kernel: Kernel, _ inode: Inode, _ times: UInt32) throws(Errno) {
        let now = kernel.now().realTime
        func time(_ offset: UInt32, _ old: Int64) throws(Errno) -> Int64 {
            if times == 0 { return now }
            let nanoseconds = try kernel.memory.i32(times + offset + 8)
            if nanoseconds == 0x3FFF_FFFF { return now }
            if nanoseconds == 0x3FFF_FFFE { return old }
            guard (0..<1_000_000_000).contains(nanoseconds) else { throw .EINVAL }
            let (product, overflow) = try kernel.memory.i64(times + offset).multipliedReportingOverflow(
                by: 1_000_000_000)
            guard !overflow else { throw .EINVAL }
            return product + Int64(nanoseconds)
        }
        inode.accessed = try time(0, inode.accessed)
        inode.modified = try time(16, inode.modified)
        inode.changed = now
    }

    private static func changeMode(_ kernel: Kernel, _ inode: Inode, _ mode: UInt32) throws(Errno) {
        guard inode.uid == 1000 else { throw .EPERM }
        inode.mode = inode.mode & FileMode.typeMask | mode & 0o7777
        inode.changed = kernel.clock.realTime
    }

    private static func changeOwner(_ kernel: Kernel, _ inode: Inode, _ uid: Int32, _ gid: Int32) throws(Errno) {
        guard uid == -1 || uid == 1000, gid == -1 || gid == 1000, inode.uid == 1000 else { throw .EPERM }
        inode.changed = kernel.clock.realTime
    }

    private static func changeDirectory(_ kernel: Kernel, _ inode: Inode) throws(Errno) {
        guard let directory = inode as? DirectoryInode else { throw .ENOTDIR }
        guard kernel.permits(directory, 1) else { throw .EACCES }
        kernel.directory = directory
    }

    private mutating func addFiles() {
        let kernel = kernel
        func path(_ call: HostCall, _ index: Int) throws(Errno) -> Name { try kernel.memory.string(call.u32(index)) }
        func base(_ call: HostCall, _ index: Int, _ path: Name) throws(Errno) -> DirectoryInode {
            try Self.base(kernel, call.i32(index), path)
        }
        add("env.__syscall_openat") { call throws(Errno) in
            let path = try path(call, 1)
            let flags = call.i32(2)
            let mode = flags & OpenFlags.create != 0 ? try kernel.memory.u32(call.u32(3)) : 0
            let description = try kernel.open(path, from: base(call, 0, path), flags: flags, mode: mode)
            let closes = flags & OpenFlags.closeOnExec != 0
            return call.returns(try kernel.add(description, closesOnExec: closes))
        }
        add("env.__syscall_stat64") { call throws(Errno) in
            try Self.writeStatus(kernel, Self.inode(kernel, -100, call.u32(0), 0), call.u32(1))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_lstat64") { call throws(Errno) in
            try Self.writeStatus(kernel, Self.inode(kernel, -100, call.u32(0), 0x100), call.u32(1))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fstat64") { call throws(Errno) in
            try Self.writeStatus(kernel, kernel.description(call.i32(0)).inode, call.u32(1))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_newfstatat") { call throws(Errno) in
            try Self.writeStatus(kernel, Self.inode(kernel, call.i32(0), call.u32(1), call.i32(3)), call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_statfs64") { call throws(Errno) in
            _ = try Self.inode(kernel, -100, call.u32(0), 0)
            try Self.writeFileSystem(kernel, call.i32(1), call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fstatfs64") { call throws(Errno) in
            _ = try kernel.description(call.i32(0))
            try Self.writeFileSystem(kernel, call.i32(1), call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_faccessat") { call throws(Errno) in
            let mode = call.u32(2)
            guard mode & ~7 == 0 else { throw .EINVAL }
            guard kernel.permits(try Self.inode(kernel, call.i32(0), call.u32(1), call.i32(3)), mode) else {
                throw .EACCES
            }
            return call.returns(0 as Int32)
        }
        add("env.__syscall_chdir") { call throws(Errno) in
            try Self.changeDirectory(kernel, Self.inode(kernel, -100, call.u32(0), 0))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fchdir") { call throws(Errno) in
            try Self.changeDirectory(kernel, kernel.description(call.i32(0)).inode)
            return call.returns(0 as Int32)
        }
        add("env.__syscall_getcwd") { call throws(Errno) in
            guard let path = kernel.directory.path else { throw .ENOENT }
            guard call.i32(1) != 0 else { throw .EINVAL }
            guard path.count + 1 <= Int(call.u32(1)) else { throw .ERANGE }
            try kernel.memory.write(path + [0], at: call.u32(0))
            return call.returns(path.count + 1)
        }
        add("env.__syscall_chmod") { call throws(Errno) in
            try Self.changeMode(kernel, Self.inode(kernel, -100, call.u32(0), 0), call.u32(1))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fchmod") { call throws(Errno) in
            try Self.changeMode(kernel, kernel.description(call.i32(0)).inode, call.u32(1))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fchmodat2") { call throws(Errno) in
            let inode = try Self.inode(kernel, call.i32(0), call.u32(1), call.i32(3))
            guard !(inode is LinkInode) else { throw .EOPNOTSUPP }
            try Self.changeMode(kernel, inode, call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fchown32") { call throws(Errno) in
            try Self.changeOwner(kernel, kernel.description(call.i32(0)).inode, call.i32(1), call.i32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fchownat") { call throws(Errno) in
            let inode = try Self.inode(kernel, call.i32(0), call.u32(1), call.i32(4))
            try Self.changeOwner(kernel, inode, call.i32(2), call.i32(3))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_utimensat") { call throws(Errno) in
            let inode =
                call.u32(1) == 0
                ? try kernel.description(call.i32(0)).inode
                : try Self.inode(kernel, call.i32(0), call.u32(1), call.i32(3))
            try Self.setTimes(kernel, inode, call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_umask") { call throws(Errno) in
            let old = kernel.umask
            kernel.umask = call.u32(0) & 0o777
            return call.returns(Int32(old))
        }
        add("env.__syscall_mkdirat") { call throws(Errno) in
            let path = try path(call, 1)
            try kernel.makeDirectory(path, from: base(call, 0, path), mode: call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_mknodat") { call throws(Errno) in
            let path = try path(call, 1)
            try kernel.makeNode(path, from: base(call, 0, path), mode: call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_rmdir") { call throws(Errno) in
            try kernel.removeDirectory(path(call, 0), from: kernel.directory)
            return call.returns(0 as Int32)
        }
        add("env.__syscall_unlinkat") { call throws(Errno) in
            let path = try path(call, 1)
            guard call.i32(2) & ~0x200 == 0 else { throw .EINVAL }
            let base = try base(call, 0, path)
            if call.i32(2) != 0 {
                try kernel.removeDirectory(path, from: base)
            } else {
                try kernel.unlink(path, from: base)
            }
            return call.returns(0 as Int32)
        }
        add("env.__syscall_renameat") { call throws(Errno) in
            let old = try path(call, 1)
            let new = try path(call, 3)
            try kernel.rename(old, from: base(call, 0, old), new, from: base(call, 2, new))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_linkat") { call throws(Errno) in
            let old = try path(call, 1)
            let new = try path(call, 3)
            let follow = call.i32(4) & 0x400 != 0
            try kernel.link(old, from: base(call, 0, old), new, from: base(call, 2, new), follow: follow)
            return call.returns(0 as Int32)
        }
        add("env.__syscall_symlinkat") { call throws(Errno) in
            let new = try path(call, 2)
            try kernel.makeLink(path(call, 0), new, from: base(call, 1, new))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_readlinkat") { call throws(Errno) in
            guard call.i32(3) > 0 else { throw .EINVAL }
            guard let link = try Self.inode(kernel, call.i32(0), call.u32(1), 0x100) as? LinkInode else {
                throw .EINVAL
            }
            let bytes = link.target.prefix(Int(call.i32(3)))
            try kernel.memory.write(bytes, at: call.u32(2))
            return call.returns(bytes.count)
        }
        add("env.__syscall_truncate64") { call throws(Errno) in
            let inode = try Self.inode(kernel, -100, call.u32(0), 0)
            if inode is DirectoryInode { throw .EISDIR }
            guard let file = inode as? FileInode, call.i64(1) >= 0 else { throw .EINVAL }
            guard kernel.permits(file, 2) else { throw .EACCES }
            guard call.i64(1) < 1 << 31 else { throw .EFBIG }
            file.resize(Int(call.i64(1)), kernel)
            return call.returns(0 as Int32)
        }
    }
}

// MARK: - Descriptors

extension SystemCalls {
    private static let statusFlags =
        OpenFlags.append | OpenFlags.async | OpenFlags.nonblocking | 0o40000 | 0o1000000

    private mutating func addDescriptors() {
        let kernel = kernel
        add("env.__syscall_ftruncate64") { call throws(Errno) in
            try kernel.description(call.i32(0)).truncate(call.i64(1))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fallocate") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            guard call.i32(1) == 0 else { throw .EOPNOTSUPP }
            guard call.i64(2) >= 0, call.i64(3) > 0 else { throw .EINVAL }
            guard let file = description as? FileDescription else { throw .ESPIPE }
            if call.i64(2) + call.i64(3) > file.file.size { try file.truncate(call.i64(2) + call.i64(3)) }
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fadvise64") { call throws(Errno) in
            guard try kernel.description(call.i32(0)) is FileDescription else { throw .ESPIPE }
            guard (0...5).contains(call.i32(3)) else { throw .EINVAL }
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fdatasync") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            guard description is FileDescription || description is DirectoryDescription else { throw .EINVAL }
            return call.returns(0 as Int32)
        }
        add("env.__syscall_getdents64") { call throws(Errno) in
            guard let directory = try kernel.description(call.i32(0)) as? DirectoryDescription else { throw .ENOTDIR }
            return call.returns(try directory.entries(kernel.memory, call.u32(1), Int(call.i32(2))))
        }
        add("env.__syscall_dup") { call throws(Errno) in
            call.returns(try kernel.add(kernel.description(call.i32(0))))
        }
        add("env.__syscall_dup3") { call throws(Errno) in
            guard call.i32(0) != call.i32(1), call.i32(2) & ~OpenFlags.closeOnExec == 0 else { throw .EINVAL }
            let description = try kernel.description(call.i32(0))
            try kernel.replace(call.i32(1), with: description, closesOnExec: call.i32(2) != 0)
            return call.returns(call.i32(1))
        }
        add("env.__syscall_pipe2") { call throws(Errno) in
            let flags = call.i32(1)
            guard flags & ~(OpenFlags.closeOnExec | OpenFlags.nonblocking | 0o40000) == 0 else { throw .EINVAL }
            let inode = PipeInode(kernel)
            let kept = flags & OpenFlags.nonblocking
            let closes = flags & OpenFlags.closeOnExec != 0
            let reader = try kernel.add(PipeDescription(kernel, inode, kept), closesOnExec: closes)
            let writer = try kernel.add(
                PipeDescription(kernel, inode, kept | OpenFlags.writeOnly), closesOnExec: closes)
            try kernel.memory.write(reader, at: call.u32(0))
            try kernel.memory.write(writer, at: call.u32(0) + 4)
            return call.returns(0 as Int32)
        }
        add("env.__syscall_fcntl64") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            let argument = call.u32(2) == 0 ? 0 : try kernel.memory.i32(call.u32(2))
            switch call.i32(1) {
            case 0, 1030:
                guard argument >= 0 else { throw .EINVAL }
                return call.returns(try kernel.add(description, closesOnExec: call.i32(1) == 1030, from: argument))
            case 1: return call.returns(kernel.closesOnExec(call.i32(0)) ? 1 as Int32 : 0)
            case 2:
                kernel.setClosesOnExec(call.i32(0), argument & 1 != 0)
                return call.returns(0 as Int32)
            case 3: return call.returns(description.flags | OpenFlags.largeFile)
            case 4:
                description.flags = description.flags & ~Self.statusFlags | argument & Self.statusFlags
                return call.returns(0 as Int32)
            case 12, 13, 14, 36, 37, 38:
                return call.returns(
                    try kernel.lockRange(description, call.i32(1), UInt32(bitPattern: argument)))
            case 8: return call.returns(0 as Int32)
            case 9: return call.returns(42 as Int32)
            case 1031, 1032:
                guard description is PipeDescription else { throw .EBADF }
                return call.returns(65_536 as Int32)
            default: throw .EINVAL
            }
        }
        add("env.__syscall_ioctl") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            let argument = call.u32(2) == 0 ? 0 : try kernel.memory.u32(call.u32(2))
            switch call.u32(1) {
            case 21585, 21584:
                kernel.setClosesOnExec(call.i32(0), call.u32(1) == 21585)
            case 21537:
                let isOn = try kernel.memory.i32(argument) != 0
                description.flags = description.flags & ~OpenFlags.nonblocking | (isOn ? OpenFlags.nonblocking : 0)
            case 21531:
                guard let count = description.availableBytes() else { throw .ENOTTY }
                try kernel.memory.write(Int32(count), at: argument)
            default: return call.returns(try description.control(call.u32(1), argument))
            }
            return call.returns(0 as Int32)
        }
        add("frond.flock") { call throws(Errno) in
            try kernel.lockWhole(kernel.description(call.i32(0)), call.i32(1))
            return call.returns(0 as Int32)
        }
        add("frond.is_nonblocking") { call throws(Errno) in
            call.returns(try kernel.description(call.i32(0)).isNonblocking ? 1 as Int32 : 0)
        }
        add("frond.watch") { call throws(Errno) in
            call.returns(try kernel.watch(call.i32(0), call.i32(1), call.i32(2)))
        }
        add("frond.unwatch") { call throws(Errno) in
            kernel.unwatch(call.i32(0))
            return .returned
        }
        add("frond.take_event") { call throws(Errno) in call.returns(kernel.takeEvent()) }
        add("frond.poll") { call throws(Errno) in
            var count: Int32 = 0
            for index in 0..<call.u32(1) {
                let at = call.u32(0) + index * 8
                let descriptor = try kernel.memory.i32(at)
                let wanted = Int32(try kernel.memory.u16(at + 4))
                var ready: Int32 = 0
                if descriptor >= 0 {
                    if let description = try? kernel.description(descriptor) {
                        ready = description.readyEvents() & (wanted | PollEvents.always)
                    } else {
                        ready = PollEvents.invalid
                    }
                }
                try kernel.memory.write(UInt16(truncatingIfNeeded: ready), at: at + 6)
                if ready != 0 { count += 1 }
            }
            return call.returns(count)
        }
        add("env.__syscall_epoll_create1") { call throws(Errno) in
            guard call.i32(0) & ~OpenFlags.closeOnExec == 0 else { throw .EINVAL }
            return call.returns(try kernel.add(EpollDescription(kernel), closesOnExec: call.i32(0) != 0))
        }
        add("env.__syscall_epoll_ctl") { call throws(Errno) in
            guard let set = try kernel.description(call.i32(0)) as? EpollDescription else { throw .EINVAL }
            let description = try kernel.description(call.i32(2))
            if call.i32(1) == 2 {
                try set.remove(description, call.i32(2))
                return call.returns(0 as Int32)
            }
            let events = try kernel.memory.u32(call.u32(3))
            let data = try kernel.memory.read(call.u32(3) + 8, as: UInt64.self)
            switch call.i32(1) {
            case 1: try set.add(description, call.i32(2), events: events, data: data)
            case 3: try set.modify(description, call.i32(2), events: events, data: data)
            default: throw .EINVAL
            }
            return call.returns(0 as Int32)
        }
        add("frond.epoll_wait") { call throws(Errno) in
            guard let set = try kernel.description(call.i32(0)) as? EpollDescription else { throw .EINVAL }
            guard call.i32(2) > 0 else { throw .EINVAL }
            let found = set.collect(Int(call.i32(2)))
            for (index, event) in found.enumerated() {
                try kernel.memory.write(event.events, at: call.u32(1) + UInt32(index) * 16)
                try kernel.memory.write(event.data, at: call.u32(1) + UInt32(index) * 16 + 8)
            }
            return call.returns(found.count)
        }
        add("frond.sendfile") { call throws(Errno) in
            guard let from = try kernel.description(call.i32(1)) as? FileDescription else { throw .EINVAL }
            let to = try kernel.description(call.i32(0))
            let pointer = call.u32(2)
            let offset = pointer == 0 ? try from.seek(0, 1) : try kernel.memory.i64(pointer)
            var bytes = [UInt8](repeating: 0, count: min(Int(call.u32(3)), 1 << 20))
            let count = bytes.withUnsafeMutableBytes { from.file.read($0, at: Int(offset)) }
            let sent = try Self.write(to, Array(bytes.prefix(count)))
            if pointer == 0 {
                _ = try from.seek(offset + Int64(sent), 0)
            } else {
                try kernel.memory.write(offset + Int64(sent), at: pointer)
            }
            return call.returns(sent)
        }
    }

    private static func write(_ description: Description, _ bytes: [UInt8]) throws(Errno) -> Int {
        var result = Result<Int, Errno>.success(0)
        bytes.withUnsafeBytes { buffer in
            do throws(Errno) { result = .success(try description.write(buffer)) } catch { result = .failure(error) }
        }
        return try result.get()
    }
}

// MARK: - WASI

extension SystemCalls {
    /// Reads into or writes from an `iovec` array, until a piece is short; an error counts only before the first byte.
    private static func transfer(
        _ buffers: [UnsafeMutableRawBufferPointer],
        _ body: (UnsafeMutableRawBufferPointer, Int) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        var total = 0
        for buffer in buffers {
            do throws(Errno) {
                let count = try body(buffer, total)
                total += count
                if count < buffer.count { break }
            } catch {
                if total == 0 { throw error }
                break
            }
        }
        return total
    }

    private static func read(_ kernel: Kernel, _ call: HostCall) throws(Errno) -> HostOutcome {
        let description = try kernel.description(call.i32(0))
        guard description.canRead else { throw .EBADF }
        let buffers = try kernel.memory.vectors(call.u32(1), Int(call.i32(2)))
        let count: Int
        if let socket = description as? Socket {
            count = try socket.receive(buffers, flags: 0).count
        } else {
            count = try transfer(buffers) { buffer, _ throws(Errno) in try description.read(buffer) }
        }
        try kernel.memory.write(UInt32(count), at: call.u32(3))
        return call.returns(0 as Int32)
    }

    private static func write(_ kernel: Kernel, _ call: HostCall) throws(Errno) -> HostOutcome {
        let description = try kernel.description(call.i32(0))
        guard description.canWrite else { throw .EBADF }
        let buffers = try kernel.memory.vectors(call.u32(1), Int(call.i32(2)))
        let count: Int
        if description is Socket || description is PipeDescription || description is OutputDescription {
            // One message, whatever pieces it comes in.
            count = try write(description, buffers.flatMap { [UInt8]($0) })
        } else {
            count = try transfer(buffers) { buffer, _ throws(Errno) in
                try description.write(UnsafeRawBufferPointer(buffer))
            }
        }
        try kernel.memory.write(UInt32(count), at: call.u32(3))
        return call.returns(0 as Int32)
    }

    private mutating func addWASI() {
        let kernel = kernel
        let wasi = "wasi_snapshot_preview1."
        for name in [wasi + "fd_read", "frond.fd_read"] {
            addPositive(name) { call throws(Errno) in try Self.read(kernel, call) }
        }
        for name in [wasi + "fd_write", "frond.fd_write"] {
            addPositive(name) { call throws(Errno) in try Self.write(kernel, call) }
        }
        addPositive(wasi + "fd_pread") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            guard call.i64(3) >= 0 else { throw .EINVAL }
            let buffers = try kernel.memory.vectors(call.u32(1), Int(call.i32(2)))
            let start = call.i64(3)
            let count = try Self.transfer(buffers) { buffer, done throws(Errno) in
                try description.read(buffer, at: start + Int64(done))
            }
            try kernel.memory.write(UInt32(count), at: call.u32(4))
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "fd_pwrite") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            guard call.i64(3) >= 0 else { throw .EINVAL }
            let buffers = try kernel.memory.vectors(call.u32(1), Int(call.i32(2)))
            let start = call.i64(3)
            let count = try Self.transfer(buffers) { buffer, done throws(Errno) in
                try description.write(UnsafeRawBufferPointer(buffer), at: start + Int64(done))
            }
            try kernel.memory.write(UInt32(count), at: call.u32(4))
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "fd_seek") { call throws(Errno) in
            let position = try kernel.description(call.i32(0)).seek(call.i64(1), call.i32(2))
            try kernel.memory.write(position, at: call.u32(3))
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "fd_close") { call throws(Errno) in
            try kernel.close(call.i32(0))
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "fd_sync") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            guard description is FileDescription || description is DirectoryDescription else { throw .EINVAL }
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "fd_fdstat_get") { call throws(Errno) in
            let description = try kernel.description(call.i32(0))
            let at = call.u32(1)
            try kernel.memory.write([UInt8](repeating: 0, count: 24), at: at)
            let types: [UInt32: UInt8] = [
                FileMode.character: 2, FileMode.directory: 3, FileMode.regular: 4, FileMode.link: 7, FileMode.socket: 6,
            ]
            try kernel.memory.write(types[description.inode.type] ?? 0, at: at)
            let flags: UInt16 =
                (description.flags & OpenFlags.append != 0 ? 1 : 0) | (description.isNonblocking ? 4 : 0)
            try kernel.memory.write(flags, at: at + 2)
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "random_get") { call throws(Errno) in
            kernel.random.fill(try kernel.memory.range(call.u32(0), Int(call.i32(1))))
            return call.returns(0 as Int32)
        }
        for (name, strings) in [("args", \Kernel.arguments), ("environ", \Kernel.environment)] {
            addPositive(wasi + "\(name)_sizes_get") { call throws(Errno) in
                let strings = kernel[keyPath: strings]
                try kernel.memory.write(UInt32(strings.count), at: call.u32(0))
                try kernel.memory.write(UInt32(strings.reduce(0) { $0 + $1.count + 1 }), at: call.u32(1))
                return call.returns(0 as Int32)
            }
            addPositive(wasi + "\(name)_get") { call throws(Errno) in
                var at = call.u32(1)
                for (index, string) in kernel[keyPath: strings].enumerated() {
                    try kernel.memory.write(at, at: call.u32(0) + UInt32(index) * 4)
                    try kernel.memory.write(string + [0], at: at)
                    at += UInt32(string.count) + 1
                }
                return call.returns(0 as Int32)
            }
        }
    }
}
