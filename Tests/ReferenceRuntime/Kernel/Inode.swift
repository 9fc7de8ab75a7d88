import WasmBinary

/// A file name or path: bytes. (Strings of Swift would be equal when only their Unicode forms are.)
typealias Name = [UInt8]

/// What a name in a directory leads to.
class Inode {
    let number: Int64
    /// Type and permissions.
    var mode: UInt32
    var links: UInt32 = 0
    var uid: UInt32 = 1000
    var gid: UInt32 = 1000
    /// Nanoseconds since 1970.
    var accessed: Int64
    var modified: Int64
    var changed: Int64
    var device: UInt32 { 1 }
    var special: UInt32 { 0 }
    var size: Int64 { 0 }

    init(number: Int64, time: Int64, mode: UInt32) {
        self.number = number
        self.mode = mode
        (accessed, modified, changed) = (time, time, time)
    }

    convenience init(_ kernel: Kernel, mode: UInt32) {
        self.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: mode)
    }

    var type: UInt32 { mode & FileMode.typeMask }

    func touch(_ kernel: Kernel) {
        modified = kernel.clock.realTime
        changed = modified
    }

    /// Opens the file behind the inode.
    func open(_ kernel: Kernel, flags: Int32) throws(Errno) -> Description { throw .ENXIO }
}

/// A regular file: a slice of the image until it is changed.
final class FileInode: Inode {
    private var image: Bytes?
    private var bytes: [UInt8] = []

    init(_ kernel: Kernel, permissions: UInt32, image: Bytes? = nil) {
        super.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.regular | permissions)
        self.image = image
    }

    override var size: Int64 { Int64(image?.count ?? bytes.count) }

    private func makeWritable() {
        guard let image else { return }
        bytes = [UInt8](image)
        self.image = nil
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let available = Int(size) - offset
        let count = min(buffer.count, max(available, 0))
        guard count > 0 else { return 0 }
        if let image {
            image.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
            }
        } else {
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
            }
        }
        return count
    }

    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int, _ kernel: Kernel) {
        makeWritable()
        if offset + buffer.count > bytes.count { resize(offset + buffer.count, kernel) }
        bytes.withUnsafeMutableBytes { target in
            UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + buffer.count]).copyMemory(from: buffer)
        }
        touch(kernel)
    }

    func resize(_ size: Int, _ kernel: Kernel) {
        if size == 0 {
            image = nil
            bytes = []
        } else {
            makeWritable()
            if size < bytes.count {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
            }
        }
        touch(kernel)
    }

    override func open(_ kernel: Kernel, flags: Int32) throws(Errno) -> Description {
        if flags & OpenFlags.truncate != 0, flags & OpenFlags.accessMode != 0 { resize(0, kernel) }
        return FileDescription(kernel, self, flags)
    }
}

/// A directory. Entries keep the order in which they came, and each has a number that grows, so that reading a directory
/// goes on at the right place while it changes.
final class DirectoryInode: Inode {
    private(set) var entries: [Name: (order: Int, inode: Inode)] = [:]
    private var nextOrder = 3
    weak var parent: DirectoryInode?
    /// The name in the parent; nil once the directory is removed.
    var name: Name?

    init(_ kernel: Kernel, permissions: UInt32 = 0o755, parent: DirectoryInode?, name: Name?) {
        self.parent = parent
        self.name = name
        super.init(
            number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.directory | permissions)
        links = 2
    }

    private static let rootNumber: Int64 = 9_999

    /// The root.
    init(time: Int64) {
        super.init(number: Self.rootNumber, time: time, mode: FileMode.directory | 0o755)
        links = 2
    }

    override var size: Int64 { 4096 }

    subscript(name: Name) -> Inode? { entries[name]?.inode }

    func add(_ name: Name, _ inode: Inode) {
        entries[name] = (nextOrder, inode)
        nextOrder += 1
        inode.links += inode is DirectoryInode ? 0 : 1
        if let directory = inode as? DirectoryInode {
            directory.parent = self
            directory.name = name
            links += 1
        }
    }

    func remove(_ name: Name) {
        guard let inode = entries.removeValue(forKey: name)?.inode else { return }
        if let directory = inode as? DirectoryInode {
            links -= 1
            directory.name = nil
        } else {
            inode.links -= 1
        }
    }

    /// The absolute path; nil when the directory has been removed.
    var path: Name? {
        guard let parent else { return number == Self.rootNumber ? Array("/".utf8) : nil }
        guard let name, let above = parent.path else { return nil }
        return (above == Array("/".utf8) ? [] : above) + Array("/".utf8) + name
    }

    override func open(_ kernel: Kernel, flags: Int32) throws(Errno) -> Description {
        guard flags & OpenFlags.accessMode == 0 else { throw .EISDIR }
        return DirectoryDescription(kernel, self, flags)
    }
}

/// A symbolic link.
final class LinkInode: Inode {
    let target: Name

    init(_ kernel: Kernel, target: Name) {
        self.target = target
        super.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.link | 0o777)
    }

    override var size: Int64 { Int64(target.count) }
}

/// A character device; what it does is in its description.
final class DeviceInode: Inode {
    private let deviceNumber: UInt32
    private let make: (Kernel, DeviceInode, Int32) -> Description

    init(_ kernel: Kernel, major: UInt32, minor: UInt32, _ make: @escaping (Kernel, DeviceInode, Int32) -> Description)
    {
        deviceNumber = major << 8 | minor
        self.make = make
        super.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.character | 0o666)
    }

    /// A standard stream that is no terminal: like the pipe that it is in a shell.
    init(stream kernel: Kernel, _ make: @escaping (Kernel, DeviceInode, Int32) -> Description) {
        deviceNumber = 0
        self.make = make
        super.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.fifo | 0o620)
    }

    override var special: UInt32 { deviceNumber }

    override func open(_ kernel: Kernel, flags: Int32) throws(Errno) -> Description { make(kernel, self, flags) }
}

/// A FIFO with a name, or the inode behind a pipe or a socket.
final class PipeInode: Inode {
    let pipe: Pipe

    init(_ kernel: Kernel, permissions: UInt32 = 0o600) {
        pipe = Pipe()
        super.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.fifo | permissions)
    }

    override func open(_ kernel: Kernel, flags: Int32) throws(Errno) -> Description {
        PipeDescription(kernel, self, flags)
    }
}

/// The inode behind a socket.
final class SocketInode: Inode {
    weak var socket: Description?

    init(_ kernel: Kernel) {
        super.init(number: kernel.takeInodeNumber(), time: kernel.clock.realTime, mode: FileMode.socket | 0o777)
    }
}
