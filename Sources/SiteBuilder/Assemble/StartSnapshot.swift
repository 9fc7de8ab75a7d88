import Foundation
import Support
import Templates

/// Takes the snapshot that a site brings along: what an app has in memory before its program begins
/// (`Templates/verify/take-snapshot.mjs`). It is kept under the hash of everything that went in (cache: `snapshots/`).
struct StartSnapshot {
    let shelf: CacheShelf
    let run: HeadlessRunner

    /// Seconds that the first part of a start may take.
    private static let limit = 120

    /// The file; nothing when there can be none.
    ///
    /// - Parameters:
    ///   - modules: what the first part imports.
    ///   - warnings: gets why there is none.
    /// - Throws: `Diagnostic` when FROND_NODE names something wrong.
    func file(
        of app: AppDescription, _ assembled: AssembledApp, importing modules: [String], warnings: inout [Diagnostic]
    ) async throws -> URL? {
        let start = try HeadlessStart(app, assembled, scripts: ["take-snapshot", "world"])
        let program = start.program(options: ["--modules", modules.joined(separator: ",")], limit: Self.limit)
        let key = start.key(program, version: "snapshot 1")
        if let known = shelf.find(key) { return known }
        do {
            guard let output = try await run(program) else { return nil }
            shelf.makeRoom(for: output.count)
            try shelf.write(output, as: key)
            return shelf.find(key)
        } catch let error as Diagnostic where ["headless-failed", "command-timeout"].contains(error.identifier) {
            warnings.append(
                Diagnostic(
                    .warning, "snapshot-impossible", "the site has no snapshot, because none could be taken here",
                    notes: [
                        "A package that is imported before the program begins writes files, prints, starts threads or"
                            + " keeps files open, or it fails."
                    ] + error.notes))
            return nil
        }
    }
}

/// A start of an app in Node, of which something is to be found out.
struct HeadlessStart {
    private let app: AppDescription
    private let assembled: AssembledApp
    private let script: String
    private let hashes: [String]

    /// - Parameter scripts: names in `Templates/verify`: the one that runs, and what it imports.
    /// - Throws: `Diagnostic` when a template can't be read.
    init(_ app: AppDescription, _ assembled: AssembledApp, scripts: [String]) throws(Diagnostic) {
        (self.app, self.assembled) = (app, assembled)
        script = "verify/\(scripts[0]).mjs"
        do {
            let templates = try SiteTemplates.find()
            hashes = try scripts.map { Hash.sha256(try templates.bytes("verify/\($0).mjs")) }
        } catch {
            throw error as? Diagnostic ?? Diagnostic(.error, "templates-unusable", "\(error)")
        }
    }

    /// The app's program, run by the script with further options.
    func program(options more: [String], limit: Int) -> HeadlessProgram {
        var options = ["--cwd", ImageContents.appRoot]
        for (name, value) in app.environment.sorted(by: { bytewise($0.key, $1.key) }) {
            options += ["--env", "\(name)=\(value)"]
        }
        return HeadlessProgram(
            module: assembled.module, glue: assembled.glue, image: assembled.image, arguments: app.commandLine,
            script: script, options: options + more, limit: limit)
    }

    /// The hash of all that its answer depends on.
    func key(_ program: HeadlessProgram, version: String) -> String {
        // Module and image lie in folders that are named by what they were made from.
        let made = [assembled.module, assembled.image].map { $0.deletingLastPathComponent().lastPathComponent }
        return Hash.sha256(
            ([version] + made + hashes + program.options + ["--"] + program.arguments).joined(separator: "\0"))
    }
}
