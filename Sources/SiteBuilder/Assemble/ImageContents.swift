import Foundation
import Support
import Wheels

/// Puts the image together: interpreter placeholder, standard library, packages, app.
///
///     /usr/bin/python3                               so that sys.executable names a file
///     /usr/lib/python3.14/…                          the kit's standard library
///     /usr/lib/python3.14/site-packages/…            wheels; extension modules are empty files, linked in already
///     /app/…                                         the app, which is also the working directory
///     /usr/lib/frond/compiled-strings                what strings compile to (`StartFiles`)
struct ImageContents {
    /// Where the app is.
    static let appRoot = "/app"
    /// Where the standard library is.
    static let libraryRoot = "/usr/lib/python3.14"

    /// Where packages are.
    static let packagesRoot = "/usr/lib/python3.14/site-packages"
    /// What the strings that a start compiles compile to; the name is in `compiled_strings.c`, too.
    static let compiledStrings = "/usr/lib/frond/compiled-strings"

    private(set) var image = FilesImage()
    private(set) var sizes = ImageSizes()
    /// The standard library, by path below it.
    let library: [String: [UInt8]]
    /// What is to be byte-compiled: one group for each package, then the app's.
    private(set) var sources: [[SourceCompiler.Source]] = []
    private let names: [String]

    init(kit: KitFiles, packages: [InstalledWheel], app: AppFolder) throws {
        let library = try Self.readLibrary(kit.library)
        let chosen = CompiledModules(
            library: library, packages: Self.sources(packages), app: app.files.mapValues(\.bytes))
        self.library = library
        names = packages.map(\.name)
        for package in packages {
            sources.append(
                chosen.packageFiles.compactMap { path in
                    let path = "\(Self.packagesRoot)/\(path)"
                    return package.byPath[path].map { SourceCompiler.Source(path: path, bytes: $0) }
                })
        }
        sources.append(
            chosen.appFiles.compactMap { path in
                app.files[path].map { SourceCompiler.Source(path: "\(Self.appRoot)/\(path)", bytes: $0.bytes) }
            })

        image.files["/usr/bin/python3"] = FilesImage.File([], mode: 0o755)
        for package in packages { try add(package) }
        for (path, file) in app.files { image.files["\(Self.appRoot)/\(path)"] = file }
        for (path, target) in app.links { image.links["\(Self.appRoot)/\(path)"] = target }
        image.directories = Set(app.directories.map { "\(Self.appRoot)/\($0)" })
        if app.files.isEmpty, app.links.isEmpty, app.directories.isEmpty { image.directories = [Self.appRoot] }
        sizes.app = app.size
        for (name, bytes) in library where !name.hasSuffix(".pyc") || chosen.contains(compiled: name) {
            let bytes = name.hasSuffix(".pyc") ? Self.withoutColumns(bytes) : bytes
            image.files["\(Self.libraryRoot)/\(name)"] = FilesImage.File(bytes)
            sizes.standardLibrary += bytes.count
        }
    }

    /// Adds compiled files beside their sources; a wheel may have brought its own.
    mutating func add(compiled files: [String: [UInt8]]) {
        for (group, name) in zip(sources, names.map(Optional.some) + [nil]) {
            for source in group {
                let path = SourceCompiler.cachePath(source.path)
                guard var bytes = files[path] else { continue }
                if name != nil { bytes = Self.withoutColumns(bytes) }
                image.files[path] = FilesImage.File(bytes)
                if let name { sizes.packages[name, default: 0] += bytes.count } else { sizes.app += bytes.count }
            }
        }
    }

    /// A compiled module of other people's code, whose columns nobody looks at; see `LineTable`.
    private static func withoutColumns(_ file: [UInt8]) -> [UInt8] {
        (try? MarshalStream.withoutColumns(file, from: 16)) ?? file
    }

    static func sources(_ packages: [InstalledWheel]) -> [String: [UInt8]] {
        var sources: [String: [UInt8]] = [:]
        let root = packagesRoot + "/"
        for package in packages {
            for (path, bytes) in package.byPath where path.hasPrefix(root) && path.hasSuffix(".py") {
                sources[String(path.dropFirst(root.count))] = bytes
            }
        }
        return sources
    }

    private mutating func add(_ package: InstalledWheel) throws {
        for file in package.files {
            guard image.files[file.path] == nil else {
                throw Diagnostic.input(
                    "wheels-overlap", "\(package.name) and another package both install \(file.path)")
            }
            let isModule = file.path.hasSuffix(".so")
            image.files[file.path] = FilesImage.File(
                isModule ? [] : file.contents, mode: file.isExecutable ? 0o755 : 0o644)
            sizes.packages[package.name, default: 0] += isModule ? 0 : file.contents.count
        }
    }

    static func readLibrary(_ folder: URL) throws -> [String: [UInt8]] {
        let root = folder.path
        guard let names = FileManager.default.enumerator(atPath: root) else {
            throw Diagnostic(.error, "kit-incomplete", "the runtime kit has no standard library at \(root)")
        }
        var library: [String: [UInt8]] = [:]
        for case let name as String in names
        where names.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
            library[name] = try readFile(folder.appending(path: name))
        }
        guard !library.isEmpty else {
            throw Diagnostic(.error, "kit-incomplete", "the runtime kit's standard library at \(root) is empty")
        }
        return library
    }
}

/// A wheel with the hash of its bytes; opened only when something has to be made from it.
struct InstalledWheel {
    let name: String
    let files: [Installation.File]
    /// The contents of its files by absolute path.
    let byPath: [String: [UInt8]]

    init(_ file: WheelFile) throws(Diagnostic) {
        do {
            let wheel = try Wheel(file.bytes, filename: file.name)
            name = wheel.name
            files = try Installation(wheel).files
            byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.contents) })
        } catch {
            throw Diagnostic.input("wheel-unusable", "\(error)")
        }
    }

    /// Its extension modules, in the order of their paths.
    var libraries: [AppCompiler.Library] {
        files.filter { $0.path.hasSuffix(".so") }.map {
            let short = $0.path.split(separator: "/").last.map(String.init) ?? $0.path
            return AppCompiler.Library(path: $0.path, name: "\(name): \(short)", bytes: $0.contents)
        }
    }
}

/// A wheel as a file.
struct WheelFile: Sendable {
    let name: String
    let bytes: [UInt8]
    let sha256: String

    init(_ file: URL) throws(Diagnostic) {
        name = file.lastPathComponent
        bytes = try readFile(file)
        sha256 = Hash.sha256(bytes)
    }
}

/// A file's bytes, or the diagnostic that says why not.
func readFile(_ file: URL) throws(Diagnostic) -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: file, options: .mappedIfSafe))
    } catch {
        throw .unreadable(file, error)
    }
}
