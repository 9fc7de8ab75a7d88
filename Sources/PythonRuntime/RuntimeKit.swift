import Foundation
import Support

/// A finished runtime kit.
///
///     python.wasm  lib/python3.14/  wheels/  abi.json  licenses/  tests/  kit.json
public struct RuntimeKit: Sendable, Hashable {
    /// The kit's folder.
    public let root: URL
    /// What `kit.json` says.
    public let manifest: Manifest

    /// `kit.json`.
    public struct Manifest: Codable, Sendable, Hashable {
        /// The version of this format.
        public var format = 1
        /// The recipe's key.
        public var key: String
        /// Versions by name, `python` and `emscripten` among them.
        public var versions: [String: String]
        /// Licence expressions (SPDX) of what is inside, by the name of the source.
        public var licences: [String: String]
        /// The bytes of all files together.
        public var size: Int
        /// One hash over the paths and contents of all files: two kits with the same one are equal.
        public var contents: String
    }

    /// The name of the manifest.
    static let manifestName = "kit.json"

    /// Reads the kit in `root`.
    ///
    /// - Throws: `Diagnostic` when there is no kit, or one of another format.
    public init(root: URL) throws(Diagnostic) {
        let file = root.appending(path: Self.manifestName)
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw Diagnostic.unreadable(file, error)
        }
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data), manifest.format == 1 else {
            throw Diagnostic.input(
                "kit-damaged", "this is not a manifest of a runtime kit", at: .init(file: file.path),
                hints: ["remove the folder, and build the kit anew with `frond runtime build`"])
        }
        self.root = root
        self.manifest = manifest
    }

    /// The interpreter, a dynamic-linking main module.
    public var module: URL { root.appending(path: "python.wasm") }
    /// The folder of the wheels that the kit carries.
    public var wheels: URL { root.appending(path: "wheels") }
    /// The standard library.
    public var library: URL { root.appending(path: "lib/python3.14") }
    /// CPython's and greenlet's own tests, which no site gets.
    public var tests: URL { root.appending(path: "tests") }
    /// Facts of the ABI.
    public var abi: URL { root.appending(path: "abi.json") }
}

/// The kits in the cache.
public struct KitStore: Sendable {
    let cache: CacheDirectory

    /// The kits in `cache`.
    public init(cache: CacheDirectory) { self.cache = cache }

    /// The finished kit with `key`, found without reading more than its manifest.
    public func kit(key: String) -> RuntimeKit? {
        guard let kit = try? RuntimeKit(root: cache.kits.appending(path: key)), kit.manifest.key == key else {
            return nil
        }
        return kit
    }

    /// Every finished kit, by key.
    public func all() -> [RuntimeKit] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.kits.path)) ?? []
        return names.sorted().compactMap { kit(key: $0) }
    }

    /// Removes kits.
    ///
    /// - Parameters:
    ///   - everything: the kit of `recipe` too, and the toolchain, sources and intermediate files.
    /// - Returns: the folders removed, and the bytes that were in them.
    public func clean(keeping recipe: Recipe, everything: Bool) async throws -> (folders: [URL], bytes: Int) {
        let lock = try await FileLock.acquire(cache.folder("kit-build").appending(path: "lock"))
        return try withExtendedLifetime(lock) { () throws(Diagnostic) -> (folders: [URL], bytes: Int) in
            var folders: [URL] = []
            let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.kits.path)) ?? []
            for name in names.sorted() where everything || name != recipe.key {
                folders.append(cache.kits.appending(path: name))
            }
            if everything {
                folders += ["toolchain", "sources", "kit-build/steps", "kit-build/stamps", "kit-build/logs"].map {
                    cache.root.appending(path: $0)
                }
            }
            folders = folders.filter { FileManager.default.fileExists(atPath: $0.path) }
            var bytes = 0
            for folder in folders {
                bytes += Self.size(of: folder)
                do {
                    try FileManager.default.removeItem(at: folder)
                } catch {
                    throw Diagnostic.unwritable(folder, error)
                }
            }
            return (folders, bytes)
        }
    }

    private static func size(of folder: URL) -> Int {
        guard let enumerator = FileManager.default.enumerator(atPath: folder.path) else { return 0 }
        var bytes = 0
        while enumerator.nextObject() != nil {
            if enumerator.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
                bytes += (enumerator.fileAttributes?[.size] as? NSNumber)?.intValue ?? 0
            }
        }
        return bytes
    }

    // MARK: A new kit

    /// Puts what the steps made into the cache as the kit of `recipe`.
    func add(recipe: Recipe, toolchain: Toolchain, steps: URL) async throws -> RuntimeKit {
        let place = cache.kits.appending(path: recipe.key)
        try await AtomicDirectory.write(to: place) { staging in
            for step in recipe.steps {
                for name in step.kit {
                    try Self.collect(name, of: steps.appending(path: step.name), into: staging, step: step.name)
                }
            }
            var versions = recipe.versions
            versions["emscripten"] = toolchain.emscripten
            let licences = Dictionary(uniqueKeysWithValues: recipe.sources.map { ($0.name, $0.licence) })
            let manifest = RuntimeKit.Manifest(
                key: recipe.key, versions: versions, licences: licences, size: Self.size(of: staging),
                contents: try FolderHash.of(staging))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try AtomicFile.write(try encoder.encode(manifest), to: staging.appending(path: RuntimeKit.manifestName))
        }
        return try RuntimeKit(root: place)
    }

    /// Copies `name`, a file or a folder that a step made, into the kit; folders of several steps are merged.
    private static func collect(_ name: String, of folder: URL, into kit: URL, step: String) throws {
        let candidates = [folder.appending(path: "out/\(name)"), folder.appending(path: name)]
        guard let made = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw Diagnostic(.error, "kit-step-incomplete", "the step “\(step)” of the runtime kit made no \(name)")
        }
        try merge(made, into: kit.appending(path: name))
    }

    private static func merge(_ source: URL, into target: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder) else {
            try FileManager.default.copyItem(at: source, to: target)
            return
        }
        guard isFolder.boolValue else {
            throw Diagnostic(
                .error, "kit-step-collision", "two steps of the runtime kit made \(target.lastPathComponent)")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path).sorted() {
            try merge(source.appending(path: name), into: target.appending(path: name))
        }
    }
}
