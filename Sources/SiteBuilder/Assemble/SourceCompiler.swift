import Foundation
import Support
import Templates

/// A program out of files, for whoever can run one outside of a browser.
public struct HeadlessProgram: Sendable {
    /// The linked module.
    public var module: URL
    /// Its glue.
    public var glue: URL
    /// The files image.
    public var image: URL
    /// The interpreter's command line.
    public var arguments: [String]
    /// What carries it out: a script of the templates.
    public var script = "glue/run.mjs"
    /// Further options of that script.
    public var options: [String] = []
    /// Seconds after which it is ended, and `Diagnostic` (`command-timeout`) is thrown.
    public var limit = 600
}

/// Runs a program with nothing on standard input and gives what it wrote to standard output; nothing when this machine has
/// no engine to run it in.
public typealias HeadlessRunner = @Sendable (HeadlessProgram) async throws -> [UInt8]?

/// Byte-compiles sources with the target's own Python, and no group of sources twice.
///
///     sources ─▶ small image with Templates/python/compile.py ─▶ engine ─▶ .pyc files ─▶ canonical form
///                                                                            (cache: compiled/<hash of the group>)
struct SourceCompiler {
    /// A source and the path that it will have.
    struct Source {
        var path: String
        var bytes: [UInt8]
    }

    let kit: KitFiles
    let linked: URL
    let shelf: CacheShelf
    let run: HeadlessRunner

    /// The compiled files of a group by the path where Python looks for them; nothing when there is no engine.
    ///
    /// The result depends on the kit, the script and the sources only: see `MarshalStream`.
    func compile(_ groups: [[Source]], script: [UInt8], library: [String: [UInt8]]) async throws -> [String: [UInt8]]? {
        let keys = groups.map { group in
            Hash.sha256(
                (["compiled 1", kit.key, Hash.sha256(script)] + group.map { "\($0.path) \(Hash.sha256($0.bytes))" })
                    .joined(separator: "\n"))
        }
        var packed = keys.map { shelf.read($0) }
        let missing = groups.indices.filter { packed[$0] == nil && !groups[$0].isEmpty }
        if !missing.isEmpty {
            let sources = missing.flatMap { groups[$0] }
            guard let output = try await runScript(script, sources, library) else { return nil }
            var files = try Self.unpack(output, count: sources.count).map(Self.canonical)[...]
            for index in missing {
                let own = files.prefix(groups[index].count)
                files = files.dropFirst(own.count)
                let bytes = Self.pack(own)
                packed[index] = bytes
                try shelf.write(bytes, as: keys[index])
            }
        }
        var compiled: [String: [UInt8]] = [:]
        for (group, bytes) in zip(groups, packed) {
            guard let bytes else { continue }
            for (source, file) in zip(group, try Self.unpack(bytes, count: group.count)) where !file.isEmpty {
                compiled[Self.cachePath(source.path)] = file
            }
        }
        return compiled
    }

    /// `/app/tour/tree.py` is cached in `/app/tour/__pycache__/tree.cpython-314.pyc`.
    static func cachePath(_ path: String) -> String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return "\(path[..<slash])/__pycache__\(path[slash...].dropLast(3)).cpython-314.pyc"
    }

    /// Runs a script of `Templates/python` in the target's Python; nothing when there is no engine.
    func runScript(
        _ script: [UInt8], _ sources: [Source], _ library: [String: [UInt8]]
    ) async throws -> [UInt8]? {
        var image = FilesImage()
        image.files["/usr/bin/python3"] = FilesImage.File([], mode: 0o755)
        for (name, bytes) in library { image.files["\(ImageContents.libraryRoot)/\(name)"] = FilesImage.File(bytes) }
        image.files["/app/script.py"] = FilesImage.File(script)
        let paths = sources.map { $0.path + "\n" }.joined()
        image.files["/sources/paths.txt"] = FilesImage.File(Array(paths.utf8))
        for (number, source) in sources.enumerated() {
            image.files["/sources/\(number).py"] = FilesImage.File(source.bytes)
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "frond-compile-\(UUID().uuidString).img")
        defer { try? FileManager.default.removeItem(at: file) }
        try AtomicFile.write(try image.encoded(), to: file)
        return try await run(
            HeadlessProgram(
                module: linked.appending(path: "app.wasm"), glue: linked.appending(path: "glue.mjs"), image: file,
                arguments: ["python3", "-I", "-W", "ignore", "/app/script.py"]))
    }

    private static func canonical(_ file: [UInt8]) -> [UInt8] {
        // A stream that we don't understand is left to Python itself: the source is there.
        file.isEmpty ? file : (try? MarshalStream.canonical(file, from: 16)) ?? []
    }

    private static func pack(_ files: ArraySlice<[UInt8]>) -> [UInt8] {
        var bytes: [UInt8] = []
        for file in files {
            bytes.append(littleEndian: UInt32(file.count))
            bytes += file
        }
        return bytes
    }

    private static func unpack(_ bytes: [UInt8], count: Int) throws(Diagnostic) -> [[UInt8]] {
        var files: [[UInt8]] = []
        var rest = bytes[...]
        while files.count < count {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4 + length else {
                throw Diagnostic(
                    .error, "compile-cut-off", "byte-compiling the app's packages gave \(files.count) of \(count) files"
                )
            }
            rest = rest.dropFirst(4)
            files.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return files
    }
}
