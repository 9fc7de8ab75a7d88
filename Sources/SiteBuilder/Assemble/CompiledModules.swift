/// Chooses the modules of the standard library that are shipped byte-compiled besides their source.
///
/// Reading a compiled module is several times faster than compiling it, but the compiled library is the largest part of a
/// site. So what a program will probably import is shipped compiled, found by following import statements from its own
/// files and its packages; the rest of the library works all the same, from source.
package struct CompiledModules {
    /// What every interpreter imports: to start, to print a traceback, to run a module.
    private static let always = [
        "_colorize", "_weakrefset", "ast", "codecs", "collections", "collections.abc", "contextlib", "encodings",
        "encodings.aliases", "encodings.ascii", "encodings.latin_1", "encodings.utf_8", "enum", "functools",
        "importlib",
        "importlib.machinery", "importlib.util", "keyword", "linecache", "locale", "operator", "os", "re", "reprlib",
        "runpy", "signal", "site", "textwrap", "threading", "token", "tokenize", "traceback", "types", "warnings",
    ]

    /// The modules to ship compiled.
    package let modules: Set<String>

    /// Follows imports.
    ///
    /// - Parameters:
    ///   - library: the sources of the standard library by path below it: `json/decoder.py`.
    ///   - program: the sources of packages and app.
    package init(library: [String: [UInt8]], program: [(package: String, source: [UInt8])]) {
        var paths: [String: String] = [:]
        for path in library.keys { if let name = Self.moduleName(path) { paths[name] = path } }
        var reached = Set<String>()
        var waiting = Self.always
        for (package, source) in program {
            waiting += PythonImports.modules(in: source, package: package, everywhere: true)
        }
        while let name = waiting.popLast() {
            guard let path = paths[name], reached.insert(name).inserted, let source = library[path] else { continue }
            let package =
                path.hasSuffix("/__init__.py") ? name : name.split(separator: ".").dropLast().joined(separator: ".")
            waiting += PythonImports.modules(in: source, package: package, everywhere: false)
        }
        modules = reached
    }

    /// `json/decoder.py` is `json.decoder`, `json/__init__.py` is `json`.
    static func moduleName(_ path: String) -> String? {
        guard path.hasSuffix(".py") else { return nil }
        var parts = path.dropLast(3).split(separator: "/")
        if parts.last == "__init__" { parts.removeLast() }
        return parts.isEmpty ? nil : parts.joined(separator: ".")
    }

    /// Whether the compiled form at a path (`json/__pycache__/decoder.cpython-314.pyc`) is shipped.
    package func contains(compiled path: String) -> Bool {
        var parts = path.split(separator: "/")
        guard let file = parts.popLast(), parts.popLast() == "__pycache__", let stem = file.split(separator: ".").first
        else { return true }
        return Self.moduleName((parts + [stem]).joined(separator: "/") + ".py").map(modules.contains) ?? true
    }
}
