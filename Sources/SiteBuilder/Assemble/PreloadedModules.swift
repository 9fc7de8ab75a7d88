import Support

/// Which modules a start imports before the program, so that the browser can keep a snapshot of them for the next visit
/// (`Templates/glue/snapshot.mjs`).
///
///     files that a start reads, in their order ──▶ those of the standard library and of packages ──▶ module names
///
/// Importing a module earlier than the program does is right unless the program prepares the import: it sets an environment
/// variable that the module reads, patches what it uses, or has a module of its own in its place. So an app whose sources show
/// any of that gets no such start, unless it says where it wants a snapshot.
package struct PreloadedModules: Equatable, Sendable {
    /// The modules, in the order in which a start reads them.
    package var names: [String] = []
    /// Why there are none, for `--verbose`.
    package var reason: String? = "it is not known which modules a start reads"

    /// None.
    init() {}

    /// Names them.
    package init(names: [String], reason: String?) {
        self.names = names
        self.reason = reason
    }

    private static let library = ImageContents.libraryRoot + "/"
    private static let packages = ImageContents.packagesRoot + "/"

    /// Packages that replace parts of the standard library, which has to happen before anything else is imported.
    private static let patching: Set<String> = ["gevent", "eventlet"]

    /// Chooses modules for an app.
    ///
    /// - Parameters:
    ///   - paths: the files that a start reads, in their order.
    ///   - image: the app's files.
    package init(for app: AppDescription, reading paths: [String], image: FilesImage) {
        names = Self.modules(paths, running: app.commandLine)
        reason = Self.objection(to: names, app, image)
        if reason != nil { names = [] }
    }

    /// Why these modules should not be imported before the program.
    private static func objection(to names: [String], _ app: AppDescription, _ image: FilesImage) -> String? {
        if let place = app.snapshot { return place == .off ? "snapshot = \"off\"" : nil }
        if !app.isServer { return "the program is no server" }
        if let name = names.first(where: { patching.contains(top($0)) }) {
            return "\(top(name)) replaces parts of the standard library"
        }
        let own = image.files.keys.filter { $0.hasPrefix(ImageContents.appRoot + "/") && $0.hasSuffix(".py") }
        for path in own.sorted(by: bytewise) {
            guard let file = image.files[path] else { continue }
            if let what = preparation(in: String(decoding: file.bytes, as: UTF8.self)) { return "\(path) has \(what)" }
        }
        let others = topNames(image, below: library).union(topNames(image, below: packages))
        let shadows = topNames(image, below: ImageContents.appRoot + "/").intersection(others)
        return shadows.min().map { "the app has a module \($0) of its own" }
    }

    // MARK: Names

    /// The modules whose files these are. What runs as `__main__` is not to be imported before.
    private static func modules(_ paths: [String], running command: [String]) -> [String] {
        let compiled = Set(paths.filter { $0.hasSuffix(".pyc") }.compactMap(name(of:)))
        let main = command.count > 2 && command[1] == "-m" ? command[2] : nil
        var seen: Set<String> = []
        return paths.compactMap { path in
            guard let name = name(of: path), path.hasSuffix(".pyc") || !compiled.contains(name),
                name != main, !name.hasSuffix("__main__"), seen.insert(name).inserted
            else { return nil }
            return name
        }
    }

    /// The module of a file below the library's or the packages' folder.
    private static func name(of path: String) -> String? {
        let root = path.hasPrefix(packages) ? packages : library
        guard path.hasPrefix(root) else { return nil }
        let below = String(path.dropFirst(root.count))
        guard let name = CompiledModules.moduleName(below) ?? CompiledModules.moduleName(compiled: below),
            name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
        else { return nil }
        return name
    }

    private static func top(_ name: String) -> String { String(name.prefix { $0 != "." }) }

    /// The modules and packages right below a folder.
    private static func topNames(_ image: FilesImage, below folder: String) -> Set<String> {
        var names: Set<String> = []
        for path in image.files.keys where path.hasPrefix(folder) && path.hasSuffix(".py") {
            let rest = path.dropFirst(folder.count)
            names.insert(String(rest.prefix { $0 != "/" && $0 != "." }))
        }
        return names
    }

    // MARK: Sources

    /// What in a source may change how modules behave that are imported after it; comments count, too.
    private static func preparation(in text: String) -> String? {
        // Django reads this one when the settings are first asked for.
        let text = text.replacing(#/environ\.setdefault\(\s*["']DJANGO_SETTINGS_MODULE["']/#, with: "")
        let signs = [
            #/environ\s*\[[^\]]*\]\s*=[^=]/#, #/environ\.(?:setdefault|update|pop|clear)\s*\(/#, #/putenv/#,
            #/load_dotenv/#,
            #/monkey/#, #/sys\.(?:path|modules|meta_path|path_hooks)(?![A-Za-z0-9_])/#, #/import builtins/#,
        ]
        let found = signs.compactMap { text.firstMatch(of: $0)?.range }.min { $0.lowerBound < $1.lowerBound }
        return found.map { String(text[$0].prefix(60)) }
    }
}
