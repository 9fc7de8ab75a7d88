import Foundation

/// A folder of files that comes with the program: a SwiftPM resource bundle, found at run time.
///
/// SwiftPM's own accessor traps when the bundle is not there; a person who copied only the binary deserves a sentence.
/// Looked for, in this order:
///
/// 1. the folder that an environment variable names, for working on the files themselves;
/// 2. `PACKAGE_TARGET.resources/NAME` beside the executable, symbolic links resolved;
/// 3. `../share/frond/NAME` seen from the executable: an installation with a `bin` folder.
public enum ResourceFolder {
    /// Finds the folder `name` of `target`'s resources.
    ///
    /// - Parameters:
    ///   - override: the environment variable that may name the folder.
    ///   - marker: a file that is in it, by which it is known.
    /// - Throws: `Diagnostic` (`installation-incomplete`) that says where it was looked for.
    public static func find(
        _ name: String, target: String, override: String, marker: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Diagnostic) -> URL {
        func hasMarker(_ folder: URL) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: marker).path)
        }
        if let given = environment[override], !given.isEmpty {
            let folder = URL(filePath: given, directoryHint: .isDirectory)
            guard hasMarker(folder) else {
                throw Diagnostic.input(
                    "installation-override", "\(override) names \(given), which has no \(marker)",
                    hints: ["unset \(override), or let it name the right folder"])
            }
            return folder
        }
        let executable = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments.first ?? "frond"))
            .resolvingSymlinksInPath().deletingLastPathComponent()
        let suffix = "_\(target).resources"
        let siblings = ((try? FileManager.default.contentsOfDirectory(atPath: executable.path)) ?? []).sorted()
        var candidates = [executable.appending(path: "frond\(suffix)/\(name)")]
        // A package that has this one's sources under another name.
        candidates += siblings.filter { $0.hasSuffix(suffix) }.map { executable.appending(path: "\($0)/\(name)") }
        candidates.append(executable.appending(path: "../share/frond/\(name)").standardizedFileURL)
        if let folder = candidates.first(where: hasMarker) { return folder }
        throw Diagnostic(
            .error, "installation-incomplete", "the files of “\(name)” that come with frond are missing",
            notes: candidates.map { "Looked in \($0.path)." },
            hints: ["install the .resources folders beside the executable, as the build leaves them"])
    }
}
