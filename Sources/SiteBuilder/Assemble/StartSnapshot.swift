import Foundation
import Support

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
        let start = try HeadlessStart(
            app, assembled,
            scripts: [
                "verify/take-snapshot", "verify/command-line", "verify/world", "glue/write-all",
            ])
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
