import Foundation

/// Notices changes in folders by looking at the times of all files a few times a second.
///
/// Looking costs about a millisecond for a thousand files, works on every file system, and needs no descriptor for each
/// folder. Changes that come in a burst (an editor that saves, a checkout) are told once, when it has been quiet.
public struct FileWatcher: Sendable {
    /// The folders and files that are watched.
    public let roots: [URL]
    /// How often to look.
    public let interval: Duration
    /// How long it must be quiet before a change is told.
    public let quiet: Duration
    private let ignores: @Sendable (String) -> Bool

    /// Watches folders.
    ///
    /// - Parameter ignoring: paths that do not matter, asked with the absolute path; a folder that is ignored is not
    ///   entered.
    public init(
        _ roots: [URL], every interval: Duration = .milliseconds(250), quiet: Duration = .milliseconds(120),
        ignoring: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.roots = roots
        self.interval = interval
        self.quiet = quiet
        ignores = ignoring
    }

    /// The paths that changed, appeared or vanished, once for every burst, until the task is cancelled.
    public func changes() -> AsyncStream<Set<String>> {
        AsyncStream { continuation in
            let task = Task {
                var known = snapshot()
                while !Task.isCancelled {
                    guard (try? await Task.sleep(for: interval)) != nil else { break }
                    var now = snapshot()
                    guard now != known else { continue }
                    var settled = false
                    while !settled, !Task.isCancelled {
                        try? await Task.sleep(for: quiet)
                        let later = snapshot()
                        settled = later == now
                        now = later
                    }
                    let changed = Set(known.keys).union(now.keys).filter { known[$0] != now[$0] }
                    known = now
                    if !changed.isEmpty { continuation.yield(changed) }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Time and size of a file.
    private struct Stamp: Equatable {
        var seconds: Int
        var nanoseconds: Int
        var size: Int
        var node: UInt64
    }

    private func snapshot() -> [String: Stamp] {
        var stamps: [String: Stamp] = [:]
        for root in roots { add(root.path, to: &stamps, depth: 0) }
        return stamps
    }

    private func add(_ path: String, to stamps: inout [String: Stamp], depth: Int) {
        var status = stat()
        // Links are not followed: what they point to is another's business, and may be a circle.
        guard depth < 64, !ignores(path), lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            #if os(Linux)
                let time = status.st_mtim
            #else
                let time = status.st_mtimespec
            #endif
            stamps[path] = Stamp(
                seconds: time.tv_sec, nanoseconds: time.tv_nsec, size: Int(status.st_size), node: UInt64(status.st_ino))
            return
        }
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { add("\(path)/\(name)", to: &stamps, depth: depth + 1) }
        }
    }
}
