import SiteBuilder
import Support

/// What `[tool.frond]` says. docs/configuration.md has the same list for users.
struct FrondSettings: Equatable {
    /// The keys, in the order of the documentation.
    static let keys = [
        "title", "entry", "args", "env", "include", "exclude", "page", "serve", "app", "port", "persist", "snapshot",
        "verify",
    ]

    var title: String?
    var entry: AppDescription.Entry?
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var include: [String] = []
    var exclude: [String] = []
    var page: String?
    var verify = VerifySettings()
    var isServer = false
    /// The port of the server's web pages, when it listens on more than one.
    var port: Int?
    /// Folders whose files outlive the program: absolute paths without a slash at the end.
    var persist: [String] = []
    /// Who keeps a snapshot of the program before it begins; `nil` is for Frond to choose.
    var snapshot: AppDescription.SnapshotPlace?

    /// Settings of an app that says nothing.
    init() {}

    /// Reads the table.
    ///
    /// - Throws: `Diagnostic` or `Diagnostics` with file, line and column.
    init(_ section: TOMLDocument.Section) throws {
        try section.requireKeys(among: Self.keys)
        title = try section.string("title")
        if title?.isEmpty == true { throw section.invalid("title", "must not be empty") }
        if let text = try section.string("entry") {
            guard let parsed = Self.entry(text) else {
                throw section.invalid(
                    "entry", "\"\(text)\" is neither a script, a module nor a function",
                    hints: ["write \"main.py\", \"package.module\" or \"package.module:function\""])
            }
            entry = parsed
        }
        arguments = try section.strings("args") ?? []
        environment = try section.stringTable("env") ?? [:]
        if let name = environment.keys.sorted().first(where: { !EnvironmentRules.isName($0) }) {
            throw section.invalid("env", "\"\(name)\" can't be the name of an environment variable")
        }
        include = try section.strings("include") ?? []
        exclude = try section.strings("exclude") ?? []
        page = try section.string("page")
        if let text = try section.string("snapshot") {
            snapshot = AppDescription.SnapshotPlace(rawValue: text)
            if snapshot == nil {
                throw section.invalid(
                    "snapshot", "\"\(text)\" is no place for a snapshot",
                    hints: ["write \"browser\" (the second visit begins from it), \"site\" (the first, too) or \"off\""]
                )
            }
        }
        verify = try section.section("verify").map { try VerifySettings($0) } ?? VerifySettings()
        for text in try section.strings("persist") ?? [] {
            switch PersistedFolder.path(text, beside: persist) {
            case .success(let path): persist.append(path)
            case .failure(let problem):
                throw section.invalid(
                    "persist", "\"\(text)\" \(problem.reason)",
                    hints: ["name folders such as \"/data\" or \"instance\" (which is /app/instance)"])
            }
        }
        if let text = try section.string("serve") { try readServe(text, section) }
        if let text = try section.string("app") { try readApplication(text, section) }
        port = try section.integer("port", in: 1...65_535)
        if port != nil, !isServer {
            throw section.invalid(
                "port", "it is a server's, and nothing says how to start one",
                hints: ["add serve = \"…\" or app = \"…\""])
        }
    }

    /// `serve = "uvicorn main:app --port 8000"`: what starts the server, in place of `entry` and `args`.
    private mutating func readServe(_ text: String, _ section: TOMLDocument.Section) throws {
        for other in [("entry", entry != nil), ("args", !arguments.isEmpty)] where other.1 {
            throw section.invalid("serve", "and \(other.0) both say what runs; one of them has to go")
        }
        let line: ServeLine
        do {
            line = try ServeLine(text)
        } catch {
            throw section.invalid(
                "serve", error.description,
                hints: ["write a command as for a terminal: serve = \"uvicorn main:app --port 8000\""])
        }
        entry = line.entry
        arguments = line.arguments
        environment.merge(line.environment) { _, given in given }
        isServer = true
    }

    /// `app = "main:app"`: an object to serve, in place of a command that serves it.
    private mutating func readApplication(_ text: String, _ section: TOMLDocument.Section) throws {
        let others = [("serve", isServer), ("entry", entry != nil), ("args", !arguments.isEmpty)]
        for other in others where other.1 {
            throw section.invalid("app", "and \(other.0) both say what runs; one of them has to go")
        }
        guard WebApplication.isTarget(text) else {
            throw section.invalid(
                "app", "\"\(text)\" is not the name of an application",
                hints: ["write \"module:object\", \"module:function()\", or \"manage.py\" for a Django project"])
        }
        entry = .application(text)
        isServer = true
    }

    /// `main.py` and `tools/run.py` are scripts, `package.module` is a module, `package.module:function` a function.
    static func entry(_ text: String) -> AppDescription.Entry? {
        if text.hasSuffix(".py"), text.count > 3 { return .script(text) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isDotted = { (name: Substring) in
            name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(PythonName.isIdentifier)
        }
        switch parts.count {
        case 1 where isDotted(parts[0]): return .module(text)
        case 2 where isDotted(parts[0]) && isDotted(parts[1]):
            return .code("import sys\nfrom \(parts[0]) import \(PythonName.first(parts[1]))\nsys.exit(\(parts[1])())")
        default: return nil
        }
    }
}

/// Names as Python's grammar has them.
enum PythonName {
    static func isIdentifier(_ name: Substring) -> Bool {
        guard let first = name.first, first == "_" || first.isLetter else { return false }
        return name.allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
    }

    static func first(_ dotted: Substring) -> Substring { dotted.prefix { $0 != "." } }
}
