import Foundation

/// Writes a file so that a reader sees the old one or the new one, never half of one.
public enum AtomicFile {
    /// Writes `bytes` to a temporary neighbour and renames it over `file`; makes missing parent folders.
    ///
    /// - Parameter permissions: the new file's mode, cut by the process's umask.
    /// - Throws: `Diagnostic` (`file-unwritable`). The temporary file is gone then.
    public static func write(_ bytes: some Sequence<UInt8>, to file: URL, permissions: Int = 0o644) throws(Diagnostic) {
        let parent = file.deletingLastPathComponent()
        let temporary = parent.appending(path: ".\(file.lastPathComponent).\(TemporaryName.next())")
        do {
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(permissions))
            guard descriptor >= 0 else { throw POSIXError.current }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            defer { try? handle.close() }
            try handle.write(contentsOf: Data(bytes))
            guard moved(temporary, file) else { throw POSIXError.current }
        } catch {
            unlink(temporary.path)
            throw .unwritable(file, error)
        }
    }

    /// Writes a text as UTF-8.
    public static func write(_ text: String, to file: URL, permissions: Int = 0o644) throws(Diagnostic) {
        try write(text.utf8, to: file, permissions: permissions)
    }
}

/// Fills a folder so that nobody sees half of it.
public enum AtomicDirectory {
    /// Lets `fill` write into an empty neighbour of `directory`, then puts that in its place.
    ///
    /// When `directory` exists, the two are exchanged in one step and the old one is deleted. When `fill` throws, the
    /// neighbour is deleted and `directory` is as it was.
    ///
    /// - Throws: `Diagnostic` (`file-unwritable`), or what `fill` throws.
    public static func write<Result>(
        to directory: URL, isolation: isolated (any Actor)? = #isolation, fill: (URL) async throws -> Result
    ) async throws -> Result {
        let directory = URL(filePath: directory.path, directoryHint: .isDirectory).standardizedFileURL
        let staging = directory.deletingLastPathComponent()
            .appending(
                path: ".\(directory.lastPathComponent).\(TemporaryName.next())", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        } catch {
            throw Diagnostic.unwritable(directory, error)
        }
        do {
            let result = try await fill(staging)
            try put(staging, inPlaceOf: directory)
            return result
        } catch {
            try? FileManager.default.removeItem(at: staging)
            throw error
        }
    }

    private static func put(_ staging: URL, inPlaceOf directory: URL) throws(Diagnostic) {
        switch rename(staging, directory, onlyIfFree: true) {
        case 0: return
        case EEXIST, ENOTEMPTY: break
        case EINVAL, ENOSYS: break  // a file system without these flags
        case let error: throw .unwritable(directory, POSIXError(POSIXErrorCode(rawValue: error) ?? .EIO))
        }
        if rename(staging, directory, onlyIfFree: false) != 0 {
            // No exchange here: two steps, with a moment in which nothing has the name.
            let aside = URL(filePath: staging.path + ".old")
            let hadOld = moved(directory, aside)
            guard moved(staging, directory) else {
                let error = POSIXError.current
                if hadOld { _ = moved(aside, directory) }
                throw .unwritable(directory, error)
            }
            try? FileManager.default.removeItem(at: aside)
        }
        // The old contents, if any, have the staging name now. Failing to delete them harms nobody but the disk.
        try? FileManager.default.removeItem(at: staging)
    }

    /// `renameat2`: with `RENAME_NOREPLACE`, or with `RENAME_EXCHANGE`. Returns 0 or the error number.
    private static func rename(_ old: URL, _ new: URL, onlyIfFree: Bool) -> Int32 {
        typealias Function = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
        // Looked up by hand: glibc's header declares it for _GNU_SOURCE only, which Swift's import does not define.
        guard let symbol = dlsym(nil, "renameat2") else { return ENOSYS }
        let renameat2 = unsafeBitCast(symbol, to: Function.self)
        return renameat2(AT_FDCWD, old.path, AT_FDCWD, new.path, onlyIfFree ? 1 : 2) == 0 ? 0 : errno
    }
}

/// Names for temporary neighbours: unlikely to exist, and told apart when several processes write at once.
enum TemporaryName {
    static func next() -> String {
        "frond-\(getpid())-\(String(UInt64.random(in: 0..<(1 << 40)), radix: 36))"
    }
}

/// `rename`: whether it worked; `errno` says why not.
private func moved(_ old: URL, _ new: URL) -> Bool { rename(old.path, new.path) == 0 }
