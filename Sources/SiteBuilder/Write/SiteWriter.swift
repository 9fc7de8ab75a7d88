import Foundation
import Support

/// Puts a planned site on the disk: all of it, or nothing.
///
/// The files are written into a neighbour of the output folder, which then takes the folder's place in one step. A
/// folder is replaced only when it is empty or holds exactly what an earlier build listed in its `frond.json`; anything
/// else in it is somebody's work, and an error.
package struct SiteWriter: Sendable {
    /// The output folder.
    package let output: URL

    /// Makes a writer; a link at the end of the path is followed.
    package init(output: URL) {
        self.output = realPath(output.path).map { URL(filePath: $0, directoryHint: .isDirectory) } ?? output
    }

    /// Checks that the output folder may be replaced; cheap, so that a build can ask before it starts.
    ///
    /// - Throws: `Diagnostic` (`output-not-a-folder`, `output-not-ours`).
    package func check() throws(Diagnostic) {
        var status = stat()
        guard lstat(output.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Diagnostic.input("output-not-a-folder", "\(output.path) exists and is not a folder")
        }
        let present = try contents()
        guard !present.isEmpty else { return }
        let hint = "choose another folder with -o, or empty this one"
        guard let known = SiteMarker.paths(of: output) else {
            throw Diagnostic.input(
                "output-not-ours", "\(output.path) is not empty and was not made by frond, so it is not replaced",
                hints: [hint])
        }
        let foreign = present.filter { !known.contains($0) }.sorted(by: bytewise)
        guard let first = foreign.first else { return }
        let others = foreign.count == 1 ? "" : " and \(Readable.count(foreign.count - 1, "other file"))"
        throw Diagnostic.input(
            "output-not-ours", "\(output.path) has files that frond did not write: \(first)\(others)", hints: [hint])
    }

    /// Writes a plan.
    package func write(_ plan: SitePlan) async throws {
        try check()
        try await AtomicDirectory.write(to: output) { folder in
            for (path, bytes) in plan.outputs {
                let file = folder.appending(path: path)
                do {
                    try FileManager.default.createDirectory(
                        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try Data(bytes).write(to: file)
                } catch {
                    throw Diagnostic.unwritable(file, error)
                }
            }
        }
    }

    /// Every file in the output folder, by path below it.
    private func contents() throws(Diagnostic) -> Set<String> {
        guard let names = FileManager.default.enumerator(atPath: output.path) else {
            throw Diagnostic.input("file-unreadable", "can't read the folder \(output.path)")
        }
        var paths = Set<String>()
        for case let name as String in names
        where names.fileAttributes?[.type] as? FileAttributeType != .typeDirectory { paths.insert(name) }
        return paths
    }
}
