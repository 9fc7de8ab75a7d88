import Foundation
import SiteBuilder
import Support

/// A site on disk, as its manifest describes it.
package struct SiteFolder: Sendable {
    /// A row of the manifest.
    struct File: Decodable, Sendable {
        var path: String
        var role: String
        var size: Int
        var integrity: String
        var br: Int?
        var gz: Int?
    }

    private struct Manifest: Decodable {
        var base: String
        var command: [String]
        var files: [File]
    }

    /// What the page is told (the data block in `index.html`).
    private struct Configuration: Decodable {
        var command: [String]
        var directory: String
        var environment: [String: String]
        var port: Int?
    }

    package let root: URL
    let base: String
    let files: [File]
    let page: String
    /// How the program starts.
    package let command: [String]
    package let directory: String
    package let environment: [(name: String, value: String)]
    /// The port of a server's pages, if the app says which.
    package let port: Int?
    /// Whether the program is a server, whose answers are the site's pages: only such a site has a service worker.
    package var isServer: Bool { files.contains { $0.path == "sw.js" } }

    /// Reads the manifest and the page of a site.
    ///
    /// - Throws: `Diagnostic` when there is none, or one that can't be read.
    package init(_ root: URL, name: String) throws(Diagnostic) {
        self.root = root
        guard SiteMarker.isSite(root) else {
            throw .input(
                "not-a-site", "\(name) is neither an app nor a site that frond made",
                hints: ["give the folder that frond build wrote, or an app"])
        }
        do {
            let data = try Data(contentsOf: root.appending(path: SiteMarker.fileName))
            let manifest = try JSONDecoder().decode(Manifest.self, from: data)
            page = String(decoding: try Data(contentsOf: root.appending(path: "index.html")), as: UTF8.self)
            (base, files) = (manifest.base, manifest.files)
            guard
                let block = page.firstMatch(
                    of: /<script type="application\/json" id="frond-configuration">(.*?)<\/script>/)
            else { throw Diagnostic.input("site-broken", "index.html of \(name) has no configuration in it") }
            let configuration = try JSONDecoder().decode(Configuration.self, from: Data(block.1.utf8))
            command = configuration.command
            directory = configuration.directory
            port = configuration.port
            environment = configuration.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        } catch let problem as Diagnostic {
            throw problem
        } catch {
            throw .input("site-broken", "\(name) is a site whose frond.json or index.html can't be read: \(error)")
        }
    }

    /// Where a file of the manifest lies; nothing when its path would leave the folder.
    func place(_ path: String) -> URL? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("\0") })
        else {
            return nil
        }
        return root.appending(path: path)
    }

    /// The file of a role.
    func file(_ role: String) -> URL? { files.first { $0.role == role }.flatMap { place($0.path) } }

    /// What is played. An image in two parts is joined into one.
    ///
    /// - Parameter joined: where that may be written; it stays there.
    package func program(joined: URL) throws(Diagnostic) -> VerifiedProgram {
        guard let module = file("module"), var image = file("image"), let glue = file("glue") else {
            throw .input("site-broken", "frond.json of \(root.path) names no module, image or glue")
        }
        if let rest = file("rest") {
            let bytes: Data
            do {
                bytes = try Data(contentsOf: image) + Data(contentsOf: rest)
            } catch {
                throw .input("site-broken", "the image of \(root.path) can't be read: \(error)")
            }
            try AtomicFile.write([UInt8](bytes), to: joined)
            image = joined
        }
        return VerifiedProgram(module: module, image: image, glue: glue)
    }
}
