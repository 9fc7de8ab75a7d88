import Foundation

/// An advisory lock between processes, held while the value lives.
///
/// Two `frond` commands may want to build the same kit at the same time; the second one waits and then finds it done.
/// The lock is the kernel's (`flock`), so it goes away with the process however that ends.
public final class FileLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Takes the lock at `file`, creating the file and its folder; waits while another process holds it.
    ///
    /// - Parameter onWait: called once when somebody else holds the lock.
    /// - Throws: `Diagnostic` (`file-unwritable`), or `CancellationError`.
    public static func acquire(_ file: URL, onWait: () -> Void = {}) async throws -> FileLock {
        if let lock = try attempt(file) { return lock }
        onWait()
        while true {
            try await Task.sleep(for: .milliseconds(200))
            if let lock = try attempt(file) { return lock }
        }
    }

    /// Takes the lock if nobody else has it.
    public static func attempt(_ file: URL) throws(Diagnostic) -> FileLock? {
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw .unwritable(file, error)
        }
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(file, POSIXError.current) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor: descriptor) }
        let error = POSIXError.current
        close(descriptor)
        guard error.code == .EWOULDBLOCK else { throw .unwritable(file, error) }
        return nil
    }
}

extension POSIXError {
    /// The error that `errno` says.
    static var current: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
