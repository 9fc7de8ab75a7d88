import Foundation
import Support

/// Makes the three files that an app runs from, and makes nothing twice.
///
/// Three results, each under the hash of everything that it depends on:
///
///     linked/<kit, extension modules, compiler>/   app.wasm, glue.mjs, glue-keeping.mjs, link.map, warnings.json
///     images/<kit, wheels, app's files>/           files.img, sizes.json
///     compiled/<kit, sources of a package>         its byte-compiled modules
///
/// Changing a line of the app therefore costs one image, which takes a fraction of a second, and never a link.
public struct AppAssembler: Sendable {
    /// Where the parts of the runtime are.
    public let kit: KitFiles
    private let compiler: AppCompiler
    private let linked: CacheShelf
    private let images: CacheShelf
    private let compiled: CacheShelf
    private let needs: CacheShelf
    private let runner: HeadlessRunner

    /// Makes an assembler that keeps its results in a cache.
    ///
    /// - Parameter runner: runs the target's Python to byte-compile packages and app; without one they stay sources.
    public init(
        kit: KitFiles, compiler: AppCompiler, cache: CacheDirectory, runner: @escaping HeadlessRunner = { _ in nil }
    ) {
        self.kit = kit
        self.compiler = compiler
        self.runner = runner
        compiled = CacheShelf(cache.folder("compiled"), limit: 512 << 20)
        needs = CacheShelf(cache.folder("needs"), limit: 1 << 20)
        linked = CacheShelf(cache.folder("linked"), limit: 512 << 20)
        images = CacheShelf(cache.folder("images"), limit: 512 << 20)
    }

    /// Assembles an app.
    ///
    /// - Parameters:
    ///   - app: the app.
    ///   - omitting: paths below the app's folder that are not the app's, with the reason.
    ///   - progress: told what takes long.
    /// - Throws: `Diagnostic` for everything that can be wrong with the app, its wheels or the kit.
    public func assemble(
        _ app: AppDescription, omitting: [String: String] = [:],
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> AssembledApp {
        let files = try appFiles(of: app, omitting: omitting)
        var wheels = try wheelFiles(of: app)
        wheels += try OptionalWheels(kit: kit, shelf: needs).wheels(for: files, app.replacement, wheels)
        let (linkedPlace, warnings) = try await link(wheels, progress: progress)
        let packed = try await pack(files, wheels, linked: linkedPlace, progress: progress)
        return AssembledApp(
            module: linkedPlace.appending(path: "app.wasm"),
            glue: linkedPlace.appending(path: app.persist.isEmpty ? "glue.mjs" : "glue-keeping.mjs"),
            image: packed.place.appending(path: "files.img"), map: linkedPlace.appending(path: "link.map"),
            warnings: files.warnings + warnings + packed.warnings,
            omissions: files.omissions.map { ($0.path, $0.reason) }, sizes: packed.sizes)
    }

    private func appFiles(of app: AppDescription, omitting: [String: String]) throws -> AppFolder {
        var folder = try ownFiles(of: app, omitting: omitting)
        if case .application = app.entry {
            let name = "\(AppDescription.applicationModule).py"
            folder.add(name, try Self.script(name))
        }
        return folder
    }

    private func ownFiles(of app: AppDescription, omitting: [String: String]) throws -> AppFolder {
        if let file = app.onlyFile { return try AppFolder(onlyFile: file, of: app.folder) }
        var omitting = omitting
        if let page = app.pageFolder { omitting[page] = "the page around the app" }
        let folder = try AppFolder(app.folder, include: app.include, exclude: app.exclude, omitting: omitting)
        if case .script(let path) = app.entry, folder.files[path] == nil, folder.links[path] == nil {
            let omission = folder.omissions.first { path == $0.path || path.hasPrefix($0.path + "/") }
            throw Diagnostic.input(
                "app-entry-missing",
                omission.map { "\(path) is to be run, but it is left out: \($0.reason)" }
                    ?? "\(path) is to be run, but there is no such file in \(app.folder.path)",
                hints: omission == nil ? [] : ["add include = [\"\(path)\"] to [tool.frond]"])
        }
        return folder
    }

    private func wheelFiles(of app: AppDescription) throws -> [WheelFile] {
        let folder = kit.wheels
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let own = names.filter { $0.hasSuffix(".whl") }.sorted(by: bytewise).map { folder.appending(path: $0) }
        var wheels: [WheelFile] = []
        for file in own + app.wheels { wheels.append(try WheelFile(file)) }
        // An app's own version of a package replaces the kit's: the later wheel of a name wins.
        var byName: [String: WheelFile] = [:]
        for wheel in wheels { byName[String(wheel.name.prefix { $0 != "-" }).lowercased()] = wheel }
        return byName.values.sorted { bytewise($0.name, $1.name) }
    }

    private func link(
        _ wheels: [WheelFile], progress: @Sendable (String) -> Void
    ) async throws -> (URL, [Diagnostic]) {
        let key = Hash.sha256(
            (["linked 3", compiler.identity, kit.key] + wheels.map(\.sha256)).joined(separator: "\n"))
        if let place = linked.find(key), let warnings = WarningsFile.read(from: place) { return (place, warnings) }
        progress("linking")
        let libraries = try wheels.flatMap { try InstalledWheel($0).libraries }
        let output = try await compiler.compile(try readFile(kit.module), libraries)
        let place = linked.place(key)
        linked.makeRoom(for: output.module.count + output.glue.count + output.map.utf8.count)
        try await AtomicDirectory.write(to: place) { folder in
            try AtomicFile.write(output.module, to: folder.appending(path: "app.wasm"))
            try AtomicFile.write(output.glue, to: folder.appending(path: "glue.mjs"))
            try AtomicFile.write(output.keepingGlue, to: folder.appending(path: "glue-keeping.mjs"))
            try AtomicFile.write(output.map, to: folder.appending(path: "link.map"))
            try WarningsFile.write(output.warnings, to: folder)
        }
        return (place, output.warnings)
    }

    private func pack(
        _ app: AppFolder, _ wheels: [WheelFile], linked: URL, progress: @Sendable (String) -> Void
    ) async throws -> (place: URL, sizes: ImageSizes, warnings: [Diagnostic]) {
        let script = try Self.script("compile.py")
        var key = Hash.sha256(
            (["image 5", compiler.identity, kit.key, Hash.sha256(script)] + wheels.map(\.sha256) + [app.contentHash])
                .joined(separator: "\n"))
        if let place = images.find(key), let sizes = readSizes(place) { return (place, sizes, []) }
        progress("packing files")
        var contents = try ImageContents(kit: kit, packages: try wheels.map { try InstalledWheel($0) }, app: app)
        var warnings: [Diagnostic] = []
        if contents.sources.contains(where: { !$0.isEmpty }) {
            progress("byte-compiling")
            let compiler = SourceCompiler(kit: kit, linked: linked, shelf: compiled, run: runner)
            if let files = try await compiler.compile(contents.sources, script: script, library: contents.library) {
                contents.add(compiled: files)
            } else {
                key += "-sources"
                warnings.append(
                    Diagnostic(
                        .warning, "compile-no-engine",
                        "packages and app are shipped as sources, so that the program starts more slowly",
                        notes: ["Byte-compiling them for the browser's Python needs Node."],
                        hints: ["run make tools in Frond's repository, or set FROND_NODE to a Node ≥ 24"]))
            }
        }
        let bytes: [UInt8]
        do {
            bytes = try contents.image.encoded()
        } catch {
            throw Diagnostic.input("image-impossible", "\(error)")
        }
        let place = images.place(key)
        images.makeRoom(for: bytes.count)
        let sizes = try JSONEncoder().encode(contents.sizes)
        try await AtomicDirectory.write(to: place) { folder in
            try AtomicFile.write(bytes, to: folder.appending(path: "files.img"))
            try AtomicFile.write(sizes, to: folder.appending(path: "sizes.json"))
        }
        return (place, contents.sizes, warnings)
    }

    private static func script(_ name: String) throws(Diagnostic) -> [UInt8] {
        do {
            return try SiteTemplates.find().bytes("python/\(name)")
        } catch let error as Diagnostic {
            throw error
        } catch {
            throw Diagnostic(.error, "templates-unusable", "\(error)")
        }
    }

    /// What of an app's own sources can't work in a browser; see `docs/check.md`.
    ///
    /// - Throws: `Diagnostic`, among them `check-no-engine` when this machine can't run the target's Python.
    public func check(_ app: AppDescription) async throws -> [CheckFinding] {
        let files = try appFiles(of: app, omitting: [:])
        let sources = files.files.filter { $0.key.hasSuffix(".py") }.sorted { bytewise($0.key, $1.key) }
            .map { SourceCompiler.Source(path: $0.key, bytes: $0.value.bytes) }
            // A name with a line break is nothing that Python could import.
            .filter { !$0.path.contains("\n") }
        if sources.isEmpty { return [] }
        var plain = app
        plain.wheels = []
        let (linked, _) = try await link(try wheelFiles(of: plain), progress: { _ in })
        let compiler = SourceCompiler(kit: kit, linked: linked, shelf: compiled, run: runner)
        let library = try ImageContents.readLibrary(kit.library)
        guard let output = try await compiler.runScript(try Self.script("check.py"), sources, library) else {
            throw Diagnostic(
                .error, "check-no-engine", "frond check reads sources with the browser's Python, which needs Node",
                hints: ["run make tools in Frond's repository, or set FROND_NODE to a Node ≥ 24"])
        }
        do {
            return try JSONDecoder().decode([CheckFinding].self, from: Data(output))
        } catch {
            throw Diagnostic(.error, "check-broken", "the checking script's answer can't be read: \(error)")
        }
    }

    private func readSizes(_ place: URL) -> ImageSizes? {
        guard let data = try? Data(contentsOf: place.appending(path: "sizes.json")) else { return nil }
        return try? JSONDecoder().decode(ImageSizes.self, from: data)
    }
}

/// The warnings of a link beside its result, so that a build from the cache says what the first one said.
private enum WarningsFile {
    private struct Warning: Codable {
        var identifier: String
        var message: String
        var notes: [String]
        var hints: [String]
    }

    static func read(from folder: URL) -> [Diagnostic]? {
        guard let data = try? Data(contentsOf: folder.appending(path: "warnings.json")),
            let warnings = try? JSONDecoder().decode([Warning].self, from: data)
        else { return nil }
        return warnings.map { Diagnostic(.warning, $0.identifier, $0.message, notes: $0.notes, hints: $0.hints) }
    }

    static func write(_ diagnostics: [Diagnostic], to folder: URL) throws {
        let warnings = diagnostics.map {
            Warning(identifier: $0.identifier, message: $0.message, notes: $0.notes, hints: $0.hints)
        }
        try AtomicFile.write(try JSONEncoder().encode(warnings), to: folder.appending(path: "warnings.json"))
    }
}
