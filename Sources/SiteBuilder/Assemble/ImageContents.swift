import Foundation
import Support
import Wheels

/// Puts the image together: interpreter placeholder, standard library, packages, app.
///
///     /usr/bin/python3                               so that sys.executable names a file
///     /usr/lib/python3.14/…                          the kit's standard library
///     /usr/lib/python3.14/site-packages/…            wheels; extension modules are empty files, linked in already
///     /app/…                                         the app, which is also the working directory
struct ImageContents {
    /// Where the app is.
    static let appRoot = "/app"
    /// Where the standard library is.
    static let libraryRoot = "/usr/lib/python3.14"

    private(set) var image = FilesImage()
    private(set) var sizes = ImageSizes()

    init(kit: KitFiles, packages: [InstalledWheel], app: AppFolder) throws {
        image.files["/usr/bin/python3"] = FilesImage.File([], mode: 0o755)
        for package in packages { try add(package) }
        for (path, file) in app.files { image.files["\(Self.appRoot)/\(path)"] = file }
        for (path, target) in app.links { image.links["\(Self.appRoot)/\(path)"] = target }
        image.directories = Set(app.directories.map { "\(Self.appRoot)/\($0)" })
        if app.files.isEmpty, app.links.isEmpty, app.directories.isEmpty { image.directories = [Self.appRoot] }
        sizes.app = app.size
        // Last, because what the program imports decides how much of it is shipped byte-compiled.
        try addStandardLibrary(kit.library)
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

    private mutating func addStandardLibrary(_ folder: URL) throws {
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
        let program = image.files.filter { $0.key.hasSuffix(".py") }
            // Relative imports lead to the program's own modules, never to the library.
            .map { (package: "", source: $0.value.bytes) }
        let compiled = CompiledModules(library: library, program: program)
        for (name, bytes) in library where !name.hasSuffix(".pyc") || compiled.contains(compiled: name) {
            image.files["\(Self.libraryRoot)/\(name)"] = FilesImage.File(bytes)
            sizes.standardLibrary += bytes.count
        }
    }
}

/// A wheel with the hash of its bytes; opened only when something has to be made from it.
struct InstalledWheel {
    let name: String
    let files: [Installation.File]

    init(_ file: WheelFile) throws(Diagnostic) {
        do {
            let wheel = try Wheel(file.bytes, filename: file.name)
            name = wheel.name
            files = try Installation(wheel).files
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
