/// Chooses the modules that are shipped byte-compiled besides their source: of the standard library, the packages, the app.
///
/// Reading a compiled module is several times faster than compiling it, but compiled modules are the largest part of a
/// site. So what a program will probably import is shipped compiled, found by following import statements from the app's
/// own files; the rest works all the same, from source.
///
/// Some names are in no import statement:
///
///     import_module("pkg.backend"), (parent, ".main")      a string that is the name of a module, absolute or relative
///     import_module(f"pkg.backends._{name}")               all modules that begin so and whose name's rest is a word of
///     "pkg.dialects.%s" % name                             the app, or a module that is reached anyway
///     "sqlite+aiosqlite://"                                 a word of the app that is the name of a package
package struct CompiledModules {
    /// What every interpreter imports: to start, to print a traceback, to run a module.
    private static let always = [
        "_colorize", "_weakrefset", "ast", "codecs", "collections", "collections.abc", "contextlib", "encodings",
        "encodings.aliases", "encodings.ascii", "encodings.latin_1", "encodings.utf_8", "enum", "functools",
        "importlib",
        "importlib.machinery", "importlib.util", "keyword", "linecache", "locale", "operator", "os", "re", "reprlib",
        "runpy", "signal", "site", "textwrap", "threading", "token", "tokenize", "traceback", "types", "warnings",
    ]

    /// What other platforms import, under conditions that the text of an import does not show.
    private static let never: Set = [
        "asyncio.windows_events", "asyncio.windows_utils", "asyncio.proactor_events",
        "multiprocessing.popen_spawn_win32",
    ]

    private enum Place { case library, packages, app }

    private struct Module {
        var place: Place
        var path: String
        var source: [UInt8]
    }

    /// The modules to ship compiled, by name.
    package let modules: Set<String>
    /// The files of packages to compile, sorted.
    package let packageFiles: [String]
    /// The files of the app to compile, sorted.
    package let appFiles: [String]

    /// Follows imports.
    ///
    /// - Parameters:
    ///   - library: the sources of the standard library by path below it: `json/decoder.py`.
    ///   - packages: the sources of packages, by path below `site-packages`.
    ///   - app: the sources of the app, by path below its folder.
    package init(library: [String: [UInt8]], packages: [String: [UInt8]] = [:], app: [String: [UInt8]]) {
        var known: [String: Module] = [:]
        // As on `sys.path`: the app first, packages last.
        for (place, files) in [(Place.packages, packages), (.library, library), (.app, app)] {
            for path in files.keys.sorted(by: bytewise) {
                guard let name = Self.moduleName(path), let source = files[path] else { continue }
                known[name] = Module(place: place, path: path, source: source)
                if place == .app, name.hasPrefix("src.") {
                    known[String(name.dropFirst(4))] = Module(place: place, path: path, source: source)
                }
            }
        }
        var walk = Walk(known: known)
        walk.waiting = Self.always
        for (path, source) in app where path.hasSuffix(".py") {
            walk.words.formUnion(PythonImports.words(in: source))
            walk.read(source, of: Self.package(of: path), everywhere: true)
        }
        walk.waiting += walk.words.filter { known[$0]?.place == .packages }
        repeat { walk.follow() } while walk.guess()
        modules = walk.reached
        let found = walk.reached.compactMap { known[$0] }
        packageFiles = found.filter { $0.place == .packages }.map(\.path).sorted(by: bytewise)
        appFiles = Set(found.filter { $0.place == .app }.map(\.path)).sorted(by: bytewise)
    }

    private struct Walk {
        let known: [String: Module]
        var waiting: [String] = []
        var reached: Set<String> = []
        var words: Set<String> = []
        var beginnings: Set<String> = []

        mutating func read(_ source: [UInt8], of package: String, everywhere: Bool) {
            waiting += PythonImports.modules(in: source, package: package, everywhere: everywhere)
            guard everywhere else { return }
            let named = PythonImports.namedModules(in: source, package: package)
            waiting += named.names
            beginnings.formUnion(named.beginnings)
        }

        mutating func follow() {
            while let name = waiting.popLast() {
                guard let module = known[name], !CompiledModules.never.contains(name), reached.insert(name).inserted
                else { continue }
                // Importing a module imports the packages that it is in.
                for index in name.indices where name[index] == "." { waiting.append(String(name[..<index])) }
                // It asks for its data by a name that the platform is part of.
                if name == "sysconfig" { waiting += known.keys.filter { $0.hasPrefix("_sysconfigdata_") } }
                // Functions of the library import what few programs ever need.
                read(
                    module.source, of: CompiledModules.package(of: module.path, name: name),
                    everywhere: module.place != .library)
            }
        }

        /// Adds the modules that names put together at run time probably mean; false when there is nothing new.
        mutating func guess() -> Bool {
            for beginning in beginnings {
                for name in known.keys where name.hasPrefix(beginning) && !reached.contains(name) {
                    let rest = name.dropFirst(beginning.count).drop { $0 == "_" }
                    let word = String(rest)
                    if !word.contains("."), words.contains(word) || reached.contains(word) { waiting.append(name) }
                }
            }
            return !waiting.isEmpty
        }
    }

    /// The package that relative imports of a module start from.
    private static func package(of path: String, name: String? = nil) -> String {
        guard let name = name ?? moduleName(path) else { return "" }
        if path.hasSuffix("/__init__.py") { return name }
        return name.split(separator: ".").dropLast().joined(separator: ".")
    }

    /// `json/decoder.py` is `json.decoder`, `json/__init__.py` is `json`.
    static func moduleName(_ path: String) -> String? {
        guard path.hasSuffix(".py") else { return nil }
        var parts = path.dropLast(3).split(separator: "/")
        if parts.last == "__init__" { parts.removeLast() }
        return parts.isEmpty ? nil : parts.joined(separator: ".")
    }

    /// The same for compiled files: `json/__pycache__/decoder.cpython-314.pyc` is `json.decoder`.
    static func moduleName(compiled path: String) -> String? {
        var parts = path.split(separator: "/")
        guard let file = parts.popLast(), parts.popLast() == "__pycache__", let stem = file.split(separator: ".").first
        else { return nil }
        return moduleName((parts + [stem]).joined(separator: "/") + ".py")
    }

    /// Whether the compiled form of a module of the library is shipped.
    package func contains(compiled path: String) -> Bool {
        Self.moduleName(compiled: path).map(modules.contains) ?? true
    }
}
