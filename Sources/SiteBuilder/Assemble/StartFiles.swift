import Foundation
import Support
import Templates

/// Finds out which files of its image an app reads when it starts, by starting it (`Templates/verify/start-files.mjs`).
///
/// The start is played in a world without clock and chance, so that the answer depends on the app alone. It is kept under the
/// hash of everything that went in (cache: `starts/`).
struct StartFiles {
    let shelf: CacheShelf
    let run: HeadlessRunner

    /// Seconds that a start may take; those of large frameworks take five.
    private static let limit = 120

    /// The paths of the files that an app reads, in the order in which it does; nothing when this machine can't tell.
    ///
    /// - Parameter warnings: gets why not.
    /// - Throws: `Diagnostic` when FROND_NODE names something wrong.
    func paths(
        of app: AppDescription, _ assembled: AssembledApp, warnings: inout [Diagnostic]
    ) async throws -> [String]? {
        let scripts: [[UInt8]]
        do {
            let templates = try SiteTemplates.find()
            scripts = try ["start-files", "play", "world"].map { try templates.bytes("verify/\($0).mjs") }
        } catch {
            throw error as? Diagnostic ?? Diagnostic(.error, "templates-unusable", "\(error)")
        }
        var options = ["--cwd", ImageContents.appRoot]
        for (name, value) in app.environment.sorted(by: { bytewise($0.key, $1.key) }) {
            options += ["--env", "\(name)=\(value)"]
        }
        if app.isServer { options += ["--serves", "\(app.port ?? 0)"] }
        let program = HeadlessProgram(
            module: assembled.module, glue: assembled.glue, image: assembled.image, arguments: app.commandLine,
            script: "verify/start-files.mjs", options: options, limit: Self.limit)
        // Module and image lie in folders that are named by what they were made from.
        let made = [assembled.module, assembled.image].map { $0.deletingLastPathComponent().lastPathComponent }
        let key = Hash.sha256(
            (["start 2"] + made + scripts.map(Hash.sha256) + options + ["--"] + app.commandLine).joined(separator: "\0")
        )
        let answer: [UInt8]
        if let known = shelf.read(key) {
            answer = known
        } else {
            guard let output = try await output(of: program, &warnings) else { return nil }
            answer = output
            try shelf.write(answer, as: key)
        }
        return (try? JSONDecoder().decode([String].self, from: Data(answer)))
    }

    /// An app that can't even be started here gets no dry run; it will say why in the browser.
    private func output(of program: HeadlessProgram, _ warnings: inout [Diagnostic]) async throws -> [UInt8]? {
        do {
            return try await run(program)
        } catch let error as Diagnostic where ["headless-failed", "command-timeout"].contains(error.identifier) {
            warnings.append(
                Diagnostic(
                    .warning, "start-unknown",
                    "the site sends all files at once, because the app could not be started here to see which it reads",
                    notes: [error.message] + error.notes))
            return nil
        }
    }
}
