import Foundation
import Support

/// What a build made: sizes, and what the user should hear about.
public struct BuildReport: Sendable {
    /// A file of the site.
    public struct Entry: Sendable, Equatable {
        /// The path below the site's root.
        public let path: String
        /// The size in bytes.
        public let size: Int
        /// The size that is sent where Brotli is understood.
        public let transferSize: Int
    }

    /// The site's folder.
    public let output: URL
    /// The files, without their compressed forms, sorted by path.
    public let files: [Entry]
    /// What a first visit transfers until the program has started, where Brotli is understood, in bytes.
    public let transferSize: Int
    /// What it transfers after that.
    public let laterSize: Int
    /// How many modules a start imports before the program begins, so that a later one has them from a snapshot.
    public let preloadedModules: Int
    /// Whether the site brings that snapshot along; else the browser keeps it.
    public let bringsSnapshot: Bool
    /// Why there are none.
    public let noPreload: String?
    /// What of the app's folder was left out, as pairs of path and reason.
    public let omissions: [(path: String, reason: String)]
    /// What the files image consists of.
    public let sizes: ImageSizes
    /// What the user should hear about.
    public let warnings: [Diagnostic]
    /// The linker's map.
    public let map: URL
    /// How long it took.
    public let duration: Duration

    init(output: URL, plan: SitePlan, assembled: AssembledApp, preload: PreloadedModules, duration: Duration) {
        self.output = output
        files = plan.files.map {
            Entry(path: $0.path, size: $0.content.asset.bytes.count, transferSize: $0.content.transferSize)
        }
        transferSize = plan.transferSize
        laterSize = plan.laterSize
        preloadedModules = preload.names.count
        noPreload = preload.reason
        bringsSnapshot = plan.files.contains { $0.content.asset.role == .snapshot }
        omissions = assembled.omissions
        sizes = assembled.sizes
        warnings = assembled.warnings
        map = assembled.map
        self.duration = duration
    }

    /// A table of the assets and the total, ready to print.
    public var summary: String {
        let rows = files.filter { $0.path.hasPrefix("assets/") }
            .map { ($0.path, Readable.bytes($0.size), Readable.bytes($0.transferSize)) }
        let width = rows.reduce(0) { max($0, $1.0.count) }
        let lines = rows.map { path, size, sent in
            "  " + path + String(repeating: " ", count: width - path.count) + Self.right(size, 10)
                + Self.right(sent, 10)
        }
        let packages = sizes.packages.sorted { bytewise($0.key, $1.key) }
            .map { "\($0.key) \(Readable.bytes($0.value))" }
        let parts = ["standard library \(Readable.bytes(sizes.standardLibrary))"] + packages
        let image = (parts + ["app \(Readable.bytes(sizes.app))"]).joined(separator: ", ")
        let head = "  " + String(repeating: " ", count: width) + Self.right("size", 10) + Self.right("sent", 10)
        return ([head] + lines).joined(separator: "\n")
            + "\n  files image: \(image)"
            + "\n  a first visit transfers \(Readable.bytes(transferSize))"
            + (laterSize > 0 ? " until the program has started, and \(Readable.bytes(laterSize)) after that," : "")
            + " where Brotli is understood"
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
