import Foundation
import Support
import Templates

/// Finds out which files of its image an app reads when it starts, and what it compiles of strings, by starting it
/// (`Templates/verify/start-files.mjs`).
///
/// The start is played in a world without clock and chance, so that the answer depends on the app alone. It is kept under the
/// hash of everything that went in (cache: `starts/`).
struct StartFiles {
    /// What a start does.
    struct Answer: Decodable {
        /// The paths of the files that it reads, in the order in which it does.
        var files: [String]
        /// What the strings that it compiles compile to, as the context shim keeps it (`compiled_strings.c`).
        var strings: Data
    }

    let shelf: CacheShelf
    let run: HeadlessRunner

    /// Seconds that a start may take; those of large frameworks take five.
    private static let limit = 120

    /// What the start of an app does; nothing when this machine can't tell.
    ///
    /// - Parameters:
    ///   - snapshot: a file of `StartSnapshot` to begin from, named by its contents; `nil` for a start from the beginning.
    ///   - warnings: gets why not.
    /// - Throws: `Diagnostic` when FROND_NODE names something wrong.
    func answer(
        of app: AppDescription, _ assembled: AssembledApp, from snapshot: URL? = nil, warnings: inout [Diagnostic]
    ) async throws -> Answer? {
        let start = try HeadlessStart(
            app, assembled,
            scripts: [
                "verify/start-files", "verify/command-line", "verify/play", "verify/world", "site/snapshots",
                "glue/compiled-strings", "glue/string-cache", "glue/write-all",
            ])
        var options = app.isServer ? ["--serves", "\(app.port ?? 0)"] : []
        if let snapshot { options += ["--snapshot", snapshot.path] }
        let program = start.program(options: options, limit: Self.limit)
        let key = start.key(program, version: "start 4")
        let answer: [UInt8]
        if let known = shelf.read(key) {
            answer = known
        } else {
            guard let output = try await output(of: program, &warnings) else { return nil }
            answer = output
            try shelf.write(answer, as: key)
        }
        return try? JSONDecoder().decode(Answer.self, from: Data(answer))
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
