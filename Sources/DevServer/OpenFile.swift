import Foundation

/// A regular file below a folder, opened without ever following a symbolic link.
///
/// The folders are opened one after another, each inside the one before (`openat` with `O_NOFOLLOW`), so no name, no link
/// and no race can lead out of the root. A site has no links, so refusing them costs nothing.
final class OpenFile: Sendable {
    /// What is found at a path.
    enum Found {
        case file(OpenFile)
        case folder
        case nothing
    }

    private let descriptor: Int32
    /// The length in bytes.
    let length: Int
    /// Changes whenever the contents do: length and time of change.
    let tag: String

    private init(descriptor: Int32, status: stat) {
        self.descriptor = descriptor
        length = Int(status.st_size)
        #if os(Linux)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        let nanoseconds = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
        tag = "\(String(nanoseconds, radix: 36))-\(String(length, radix: 36))-\(String(status.st_ino, radix: 36))"
    }

    deinit { close(descriptor) }

    /// Looks up names below a folder.
    static func find(_ names: [String], below root: String) -> Found {
        var folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return .nothing }
        defer { close(folder) }
        for name in names.dropLast() {
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { return .nothing }
            close(folder)
            folder = next
        }
        guard let last = names.last, !last.isEmpty else { return .folder }
        // A named pipe would block without O_NONBLOCK.
        let descriptor = openat(folder, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return .nothing }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return .nothing
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(OpenFile(descriptor: descriptor, status: status))
        case S_IFDIR:
            close(descriptor)
            return .folder
        default:
            close(descriptor)
            return .nothing
        }
    }

    /// At most `count` bytes at an offset; fewer at the end, or when the file was cut meanwhile.
    func read(at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            if filled < 0 {
                filled = 0
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        }
    }
}
