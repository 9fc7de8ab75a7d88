import Foundation

/// Where Frond keeps what it can make again: `$XDG_CACHE_HOME/frond`, or `~/.cache/frond`.
public struct CacheDirectory: Sendable, Hashable {
    /// The directory itself; it may not exist yet.
    public let root: URL

    /// Finds the cache from an environment. A relative `XDG_CACHE_HOME` is ignored, as the XDG specification says.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let base: URL
        if let given = environment["XDG_CACHE_HOME"], given.hasPrefix("/") {
            base = URL(filePath: given, directoryHint: .isDirectory)
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            base = URL(filePath: home, directoryHint: .isDirectory)
                .appending(path: ".cache", directoryHint: .isDirectory)
        } else {
            base = FileManager.default.homeDirectoryForCurrentUser
                .appending(path: ".cache", directoryHint: .isDirectory)
        }
        root = base.appending(path: "frond", directoryHint: .isDirectory)
    }

    /// Uses a given directory as the cache.
    public init(root: URL) { self.root = root }

    /// Finished runtime kits, one folder per key.
    public var kits: URL { folder("kit") }
    /// Tools that `make tools` installs: `bin/node`, `bin/deno`, `bin/uv`.
    public var tools: URL { folder("tools") }
    /// Linked and packed apps for `frond run`, one folder per key.
    public var runs: URL { folder("run") }
    /// Compressed assets, one file per content, encoding and level.
    public var compressed: URL { folder("compressed") }

    /// A folder of the cache by name; not created.
    public func folder(_ name: String) -> URL { root.appending(path: name, directoryHint: .isDirectory) }
}
