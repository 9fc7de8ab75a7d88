import Foundation

/// A Python app as its project describes it: what runs, with what, and what of its folder belongs to it.
public struct AppDescription: Sendable, Hashable {
    /// How the program starts.
    public enum Entry: Sendable, Hashable {
        /// `python main.py`: a path below the folder.
        case script(String)
        /// `python -m package`.
        case module(String)
        /// `python -c code`.
        case code(String)
        /// A WSGI or ASGI object, `module:attribute`, or the `manage.py` of a Django project: what is no program by
        /// itself, and is run by Frond's module `_frond_app`.
        case application(String)
    }

    /// Where a later start finds what the program had in memory before it began.
    public enum SnapshotPlace: String, Sendable, Hashable, CaseIterable {
        /// Nowhere: every start is a whole one.
        case off
        /// In the browser, from the first visit on.
        case browser
        /// In the site, for the first visit too.
        case site
    }

    /// The project's folder.
    public var folder: URL
    /// The name, for messages.
    public var name: String
    /// The title of the page.
    public var title: String
    /// How the program starts.
    public var entry: Entry
    /// The program's arguments.
    public var arguments: [String]
    /// Environment variables beyond the usual ones.
    public var environment: [String: String]
    /// Patterns (as in `.gitignore`) for files that belong to the app although they would be left out.
    public var include: [String]
    /// Patterns for files that do not belong to the app.
    public var exclude: [String]
    /// A page of the app's own instead of Frond's: a path below the folder, or an absolute one.
    public var page: String?
    /// Folders whose files outlive the program: absolute paths.
    public var persist: [String]
    /// Wheels for the target beyond those of the kit.
    public var wheels: [URL]
    /// Whether the program is a server whose pages the site shows; else its terminal is what there is to see.
    public var isServer = false
    /// The port of its web pages; `nil` for the first one on which it listens.
    public var port: Int?
    /// Who keeps a snapshot of the program as it is before it begins; `nil` for the browser, if it is a server whose sources
    /// show nothing against it. See `PreloadedModules`.
    public var snapshot: SnapshotPlace?
    /// The source of what runs this time in place of the entry (`frond run -c`, `-m`): what it imports counts, too.
    public var replacement = ""
    /// When the app is one file of the folder, its name; nothing else of the folder is taken then.
    public var onlyFile: String?

    /// Describes an app.
    public init(
        folder: URL, name: String, title: String? = nil, entry: Entry, arguments: [String] = [],
        environment: [String: String] = [:], include: [String] = [], exclude: [String] = [], page: String? = nil,
        persist: [String] = [], wheels: [URL] = [], onlyFile: String? = nil
    ) {
        self.folder = folder
        self.name = name
        self.title = title ?? name
        self.entry = entry
        self.arguments = arguments
        self.environment = environment
        self.include = include
        self.exclude = exclude
        self.page = page
        self.persist = persist
        self.wheels = wheels
        self.onlyFile = onlyFile
    }

    /// The file of the app's own page.
    var pageFile: URL? {
        page.map { $0.hasPrefix("/") ? URL(filePath: $0) : folder.appending(path: $0) }
    }

    /// The path of the page's folder below the app's, when it is a folder of its own there; it is no part of the program.
    var pageFolder: String? {
        guard let page, !page.hasPrefix("/"), let slash = page.lastIndex(of: "/") else { return nil }
        return String(page[..<slash])
    }

    /// The module that serves an application, a template; it lies beside the app's files.
    static let applicationModule = "_frond_app"
    /// The port of an application's pages when its author does not care.
    public static let applicationPort = 8000

    /// `argv` of the interpreter, itself included.
    public var commandLine: [String] {
        switch entry {
        case .script(let path): ["python3", path] + arguments
        case .module(let name): ["python3", "-m", name] + arguments
        case .code(let text): ["python3", "-c", text] + arguments
        case .application(let name):
            ["python3", "-m", Self.applicationModule, name, "\(port ?? Self.applicationPort)"] + arguments
        }
    }
}

/// Where the parts of a runtime kit are.
public struct KitFiles: Sendable, Hashable {
    /// The kit's folder.
    public var root: URL
    /// The hash of the kit's recipe: kits with the same key are the same.
    public var key: String
    /// What is in it: `["python": "3.14.7", …]`.
    public var versions: [String: String]

    /// Names a kit.
    public init(root: URL, key: String, versions: [String: String]) {
        self.root = root
        self.key = key
        self.versions = versions
    }

    /// The interpreter, before linking.
    var module: URL { root.appending(path: "python.wasm") }
    /// The standard library, a folder `python3.14` in it.
    var library: URL { root.appending(path: "lib/python3.14", directoryHint: .isDirectory) }
    /// The wheels that every app gets.
    package var wheels: URL { root.appending(path: "wheels", directoryHint: .isDirectory) }
    /// The wheels that an app gets when it depends on them, as its lock says.
    package var offeredWheels: URL { root.appending(path: "offered", directoryHint: .isDirectory) }
    /// The wheels that an app gets when it needs them; see `OptionalWheels`.
    var optionalWheels: URL { root.appending(path: "optional", directoryHint: .isDirectory) }
}
