import Foundation

/// The files that Frond puts into sites, or makes files of sites from: `glue/`, `kernel/`, `site/`, `python/` and
/// `host-abi.json`, addressed by their path in this folder.
///
/// They are resources of the package, found at run time, in this order:
///
/// 1. the folder that the environment variable `FROND_TEMPLATES` names, for working on them;
/// 2. `frond_Templates.resources` beside the executable, symbolic links resolved: a build folder, or an installation that
///    copied both;
/// 3. `../share/frond/templates` seen from the executable: an installation with a `bin` folder.
public struct Templates: Sendable {
    /// The folder in which the files are.
    public let folder: URL

    /// Templates in a folder that is known.
    public init(folder: URL) {
        self.folder = folder
    }

    /// Finds the templates of this executable.
    /// - Throws: a ``TemplatesError`` that says where they were looked for.
    public static func find() throws(TemplatesError) -> Templates {
        if let override = ProcessInfo.processInfo.environment["FROND_TEMPLATES"], !override.isEmpty {
            let folder = URL(fileURLWithPath: override, isDirectory: true)
            guard isTemplates(folder) else { throw TemplatesError(.overrideIsWrong, folder: folder.path) }
            return Templates(folder: folder)
        }
        let executable = (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments.first ?? "frond"))
            .resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates = [
            executable.appendingPathComponent("frond_Templates.resources", isDirectory: true),
            executable.appendingPathComponent("../share/frond/templates", isDirectory: true).standardizedFileURL,
        ]
        if let folder = candidates.first(where: isTemplates) { return Templates(folder: folder) }
        // A package that has this one's sources under another name.
        let siblings = (try? FileManager.default.contentsOfDirectory(atPath: executable.path)) ?? []
        for name in siblings.sorted() where name.hasSuffix("_Templates.resources") {
            let folder = executable.appendingPathComponent(name, isDirectory: true)
            if isTemplates(folder) { return Templates(folder: folder) }
        }
        throw TemplatesError(.notFound(candidates.map(\.path)), folder: executable.path)
    }

    private static func isTemplates(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("host-abi.json").path)
    }

    /// The bytes of a file.
    /// - Parameter path: as in `glue/boot.mjs`.
    public func bytes(_ path: String) throws(TemplatesError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
        } catch {
            throw TemplatesError(.unreadable(path, error.localizedDescription), folder: folder.path)
        }
    }

    /// The text of a file, which must be UTF-8.
    /// - Parameter path: as in `glue/boot.mjs`.
    public func text(_ path: String) throws(TemplatesError) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw TemplatesError(.unreadable(path, "it is not UTF-8"), folder: folder.path)
        }
        return text
    }

    /// The names of the files in a folder, sorted by their bytes; not those of folders in it.
    /// - Parameter path: as in `kernel`.
    public func names(in path: String) throws(TemplatesError) -> [String] {
        let directory = folder.appendingPathComponent(path, isDirectory: true)
        do {
            return try FileManager.default
                .contentsOfDirectory(at: directory, includingPropertiesForKeys: [.isRegularFileKey])
                .filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
                .map(\.lastPathComponent)
                .filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw TemplatesError(.unreadable(path, error.localizedDescription), folder: folder.path)
        }
    }

    /// Finds the templates and reads one, as bytes.
    public static func bytes(_ path: String) throws(TemplatesError) -> [UInt8] { try find().bytes(path) }

    /// Finds the templates and reads one, as text.
    public static func text(_ path: String) throws(TemplatesError) -> String { try find().text(path) }

    /// Finds the templates and lists the files of one folder.
    public static func names(in path: String) throws(TemplatesError) -> [String] { try find().names(in: path) }
}

/// Why a template can't be had.
public struct TemplatesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Reason: Sendable, Hashable {
        /// There are no templates at any of these places.
        case notFound([String])
        /// `FROND_TEMPLATES` names a folder without them.
        case overrideIsWrong
        /// One file or folder, and why.
        case unreadable(String, String)
    }

    /// What went wrong.
    public var reason: Reason
    /// The folder of the templates; when there are none, that of the executable.
    public var folder: String

    init(_ reason: Reason, folder: String) {
        self.reason = reason
        self.folder = folder
    }

    /// One sentence without a full stop.
    public var description: String {
        switch reason {
        case .notFound(let places):
            "Frond's templates are not where its executable expects them: looked for \(places.joined(separator: " and "));"
                + " keep them together, or set FROND_TEMPLATES to the folder that has host-abi.json"
        case .overrideIsWrong:
            "FROND_TEMPLATES is \(folder), and no host-abi.json is there"
        case .unreadable(let path, let why):
            "can't read the template \(path) in \(folder): \(why)"
        }
    }
}

extension TemplatesError: LocalizedError {
    /// The same as `description`.
    public var errorDescription: String? { description }
}
