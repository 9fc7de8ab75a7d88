import Foundation
import SiteBuilder
import Support
import Wheels

/// Finds out what an APP argument means: a folder or a `.py` file, its settings, how it starts.
///
///     notes/pyproject.toml   [tool.frond] entry = "main.py"     → python main.py
///     notes/manage.py        of Django                          → migrate, runserver
///     notes/main.py          with app = Flask(…)                → a server for main:app
///     notes/main.py          (or app.py, or __main__.py)        → python main.py
///     pyproject.toml with one [project.scripts]                 → that function
///     notes/notes/__main__.py, notes/src/notes/__main__.py      → python -m notes
///     tool.py                                                   → python tool.py, nothing else of its folder
package struct Project {
    /// The scripts that are looked for in a folder that does not say what to run, in this order.
    static let customaryScripts = ["main.py", "app.py", "__main__.py"]
    /// The file that makes a folder a project.
    static let file = "pyproject.toml"

    /// The app, ready to be built; its arguments are those of its settings.
    package var app: AppDescription
    /// What the app depends on, as its author wrote it.
    package private(set) var requirements: [String] = []
    /// Whether the kit has all of that, so that nothing needs to be installed.
    package private(set) var isSelfContained = true
    /// The file that the requirements stand in, as the user would write it.
    package private(set) var origin: String
    /// Where the lock of the requirements is, or would be.
    package private(set) var lockFile: URL
    /// The checks of `frond verify`.
    package private(set) var verify = VerifySettings()
    /// `[tool.uv]` settings about where packages come from, as TOML.
    package private(set) var indexSettings = ""
    /// What was recognised without being said, for people.
    package private(set) var recognised: String?
    /// What is worth telling but stops nothing.
    package private(set) var warnings: [Diagnostic] = []

    /// Finds an app.
    ///
    /// - Parameters:
    ///   - argument: the path as the user wrote it.
    ///   - needsEntry: whether a folder without anything to run is an error.
    ///   - packages: what the runtime kit brings, name and version.
    /// - Throws: `Diagnostic` or `Diagnostics`, all about input.
    package init(_ argument: String, needsEntry: Bool = true, packages: [String: String]) throws {
        let url = URL(filePath: argument).standardizedFileURL
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
            throw Self.notFound(argument, url)
        }
        if isDirectory.boolValue {
            try self.init(folder: url, argument: argument, needsEntry: needsEntry, packages: packages)
        } else if url.lastPathComponent == Self.file {
            try self.init(
                folder: url.deletingLastPathComponent(), argument: argument, needsEntry: needsEntry, packages: packages)
        } else if url.pathExtension == "py" {
            try self.init(script: url, argument: argument, packages: packages)
        } else {
            throw Diagnostic.input(
                "app-kind", "\(argument) is neither a folder nor a .py file",
                hints: ["give the folder of a Python project, or one Python file"])
        }
    }

    private init(folder: URL, argument: String, needsEntry: Bool, packages: [String: String]) throws {
        let file = folder.appending(path: Self.file)
        let shown = argument.hasSuffix(Self.file) ? argument : Self.joined(argument, Self.file)
        var settings = FrondSettings()
        var metadata = ProjectMetadata()
        if FileManager.default.fileExists(atPath: file.path) {
            let root = try TOMLDocument(reading: file, name: shown).root
            if let section = try root.section("tool")?.section("frond") { settings = try FrondSettings(section) }
            if let section = try root.section("project") { metadata = try ProjectMetadata(section) }
            try metadata.check(packages: packages)
            if let section = try root.section("tool")?.section("uv") { indexSettings = UVSettings.toml(of: section) }
        }
        origin = shown
        let list = folder.appending(path: RequirementsFile.name)
        if metadata.requirements.isEmpty, FileManager.default.fileExists(atPath: list.path) {
            origin = argument.hasSuffix(Self.file) ? list.path : Self.joined(argument, RequirementsFile.name)
            metadata.require(try RequirementsFile(reading: list, name: origin).requirements)
        }
        requirements = metadata.requirements
        verify = settings.verify
        isSelfContained = metadata.isSatisfied(by: packages)
        lockFile = folder.appending(path: LockFile.fileName)
        let name = metadata.name ?? (folder.lastPathComponent.isEmpty ? "app" : folder.lastPathComponent)
        let start: Start
        if let entry = settings.entry {
            start = Start(entry)
        } else if settings.arguments.isEmpty, let found = WebApplication.find(in: folder) {
            start = Start(.application(found.target))
            settings.isServer = true
            recognised = Self.recognition(found)
        } else if let found = Start.find(in: folder, name: name, scripts: metadata.scripts) {
            start = found
        } else if needsEntry {
            throw Diagnostic.input(
                "app-nothing-to-run", "there is nothing to run in \(argument)",
                notes: ["looked for \(Self.customaryScripts.joined(separator: ", ")) and for what pyproject.toml says"],
                hints: ["add a main.py, or say what to run: entry = \"package.module\" under [tool.frond] in \(shown)"])
        } else {
            start = Start(.code(""))
        }
        var environment = settings.environment
        if let path = start.path, environment["PYTHONPATH"] == nil { environment["PYTHONPATH"] = path }
        app = AppDescription(
            folder: folder, name: name, title: settings.title ?? metadata.name ?? name, entry: start.entry,
            arguments: settings.arguments, environment: environment, include: settings.include,
            exclude: settings.exclude, page: settings.page, persist: settings.persist)
        app.isServer = settings.isServer
        app.port = settings.port
        app.snapshot = settings.snapshot
    }

    private init(script: URL, argument: String, packages: [String: String]) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: script)
        } catch {
            throw Diagnostic.unreadable(script, error)
        }
        var settings = FrondSettings()
        if let source = String(validating: bytes, as: UTF8.self),
            let root = try ScriptMetadata.read(source, name: argument)?.root
        {
            try root.requireKeys(among: ["dependencies", "requires-python", "tool"])
            if let section = try root.section("tool")?.section("frond") {
                settings = try FrondSettings(section)
                if settings.entry != nil {
                    throw section.invalid("entry", "a script is its own entry; remove the key")
                }
            }
            let metadata = try ProjectMetadata(script: root)
            try metadata.check(packages: packages)
            requirements = metadata.requirements
            isSelfContained = metadata.isSatisfied(by: packages)
        }
        let name = script.deletingPathExtension().lastPathComponent
        verify = settings.verify
        origin = argument
        // The standard's own form for a lock with a name; several scripts may share a folder.
        lockFile = script.deletingLastPathComponent()
            .appending(path: "pylock.\(name.replacing(".", with: "-")).toml")
        app = AppDescription(
            folder: script.deletingLastPathComponent(), name: name, title: settings.title,
            entry: .script(script.lastPathComponent), arguments: settings.arguments,
            environment: settings.environment, page: settings.page, persist: settings.persist,
            onlyFile: script.lastPathComponent)
        if settings.arguments.isEmpty, let found = WebApplication.find(inFile: script) {
            app.entry = .application(found.target)
            settings.isServer = true
            recognised = Self.recognition(found)
        }
        app.isServer = settings.isServer
        app.port = settings.port
        app.snapshot = settings.snapshot
        if !settings.include.isEmpty || !settings.exclude.isEmpty {
            warnings.append(
                Diagnostic(
                    .warning, "config-no-effect", "include and exclude have no effect on an app of one file",
                    at: .init(file: argument)))
        }
    }

    private static func recognition(_ found: WebApplication) -> String {
        "\(found.reason); it is served (app = \"\(found.target)\")"
    }

    private static func notFound(_ argument: String, _ url: URL) -> Diagnostic {
        let parent = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path))?.sorted() ?? []
        let nearest = NearestMatch.of(url.lastPathComponent, among: names.filter { !$0.hasPrefix(".") })
        return .input(
            "app-not-found", "there is no \(argument)",
            hints: nearest.map { ["did you mean \(joined((argument as NSString).deletingLastPathComponent, $0))?"] }
                ?? [])
    }

    private static func joined(_ folder: String, _ name: String) -> String {
        if folder.isEmpty || folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}

/// How an app starts, and what has to be on the module path for that.
private struct Start {
    let entry: AppDescription.Entry
    let path: String?

    init(_ entry: AppDescription.Entry, path: String? = nil) {
        self.entry = entry
        self.path = path
    }

    static func find(in folder: URL, name: String, scripts: [String: String]) -> Start? {
        let exists = { (path: String) in FileManager.default.fileExists(atPath: folder.appending(path: path).path) }
        if let script = Project.customaryScripts.first(where: exists) { return Start(.script(script)) }
        let hasSources = exists("src")
        let path = hasSources ? "/app/src" : nil
        if let function = scripts[name] ?? (scripts.count == 1 ? scripts.values.first : nil),
            let entry = FrondSettings.entry(function)
        {
            return Start(entry, path: path)
        }
        let package = Requirement.normalised(name).replacing("-", with: "_")
        if exists("\(package)/__main__.py") { return Start(.module(package)) }
        if exists("src/\(package)/__main__.py") { return Start(.module(package), path: path) }
        return nil
    }
}
