import Foundation
import Support

/// Who takes how much of a site.
///
/// Model: a tree whose leaves are runs of bytes. The Brotli size of a *file* of the site is exact: it is what is sent. Inside a
/// file nothing can be told apart exactly, because every part is compressed with the help of those before it. So each leaf is
/// compressed alone (Brotli 5), and the file's exact size is shared out in proportion; `brotli` of anything below a file is
/// such an estimate. Functions and data of a linked module are shared out by their raw size.
public struct SizeReport: Sendable, Encodable, Equatable {
    /// A part with its size in bytes; its parts add up to it.
    public struct Part: Sendable, Encodable, Equatable {
        /// What it is, as in `fastapi` or `compiled modules`.
        public var name: String
        /// The size as it is.
        public var size: Int
        /// What it takes of what is sent.
        public var brotli: Int
        /// What it consists of, the largest first; may be empty.
        public var parts: [Part]
    }

    /// The whole site.
    public var site: Part
    /// What is sent until the program has started, as Brotli.
    public var start: Int
    /// Linked module and standard library with nothing of packages and app, as Brotli: what of them is sent for the start.
    public var pythonCore: Int

    /// Sorts out what an assembled app consists of.
    ///
    /// - Parameters:
    ///   - rest: the second part of the image.
    ///   - others: further files of the site by name, with size and Brotli size.
    init(module: EncodedAsset, map: String, image: EncodedAsset, rest: EncodedAsset?, others: [Part]) throws {
        let code = Self.modulePart(module, map)
        let (files, later) = try Self.imageParts(image, rest)
        let parts = ([code, files] + [later].compactMap(\.self) + others)
            .sorted { ($0.brotli, $1.name) > ($1.brotli, $0.name) }
        site = Part(
            name: "site", size: parts.reduce(0) { $0 + $1.size }, brotli: parts.reduce(0) { $0 + $1.brotli },
            parts: parts)
        let library = files.parts.first { $0.name == "standard library" }?.brotli ?? 0
        let python = code.parts.filter { $0.name == "python.wasm" || $0.name == "sections" }.reduce(0) {
            $0 + $1.brotli
        }
        pythonCore = library + python
        start = site.brotli - (later?.brotli ?? 0)
    }

    // MARK: The module

    /// The rows of the linker's map: `code functions data dropped memory table name`, then `size section`.
    private static func modulePart(_ module: EncodedAsset, _ map: String) -> Part {
        var parts: [Part] = []
        var inFiles = false
        for line in map.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ", maxSplits: 6)
            if words.first == "code" { inFiles = true } else if line.isEmpty { if inFiles && !parts.isEmpty { break } }
            guard inFiles, words.count == 7, let code = Int(words[0]), let data = Int(words[2]) else { continue }
            parts.append(
                Part(
                    name: String(words[6]).trimmingCharacters(in: .whitespaces), size: code + data, brotli: 0,
                    parts: [
                        Part(name: "code", size: code, brotli: 0, parts: []),
                        Part(name: "data", size: data, brotli: 0, parts: []),
                    ]))
        }
        let size = module.asset.bytes.count
        let known = parts.reduce(0) { $0 + $1.size }
        parts.append(Part(name: "sections", size: max(0, size - known), brotli: 0, parts: []))
        return shared(
            Part(name: "app.wasm", size: size, brotli: module.transferSize, parts: parts), weight: { $0.size })
    }

    // MARK: The files image

    private static func imageParts(_ image: EncodedAsset, _ rest: EncodedAsset?) throws -> (Part, Part?) {
        let contents: (first: FilesImage, rest: FilesImage)
        do {
            contents = try FilesImage.contents(image.asset.bytes, rest?.asset.bytes ?? [])
        } catch {
            throw Diagnostic(.error, "size-image", "\(error)")
        }
        return (try imagePart(image, contents.first), try rest.map { try imagePart($0, contents.rest) })
    }

    private static func imagePart(_ image: EncodedAsset, _ contents: FilesImage) throws -> Part {
        // section → package → kind → bytes
        var tree: [String: [String: [String: [UInt8]]]] = [:]
        for path in contents.files.keys.sorted(by: bytewise) {
            guard let file = contents.files[path] else { continue }
            let (section, package) = place(path)
            let kind = path.hasSuffix(".pyc") ? "compiled" : path.hasSuffix(".py") ? "source" : "other files"
            tree[section, default: [:]][package, default: [:]][kind, default: []] += file.bytes
        }
        var weights: [String: Int] = [:]
        var parts: [Part] = []
        for (section, packages) in tree {
            var inner: [Part] = []
            for (package, kinds) in packages {
                var leaves: [Part] = []
                for (kind, bytes) in kinds {
                    weights["\(section)/\(package)/\(kind)"] =
                        bytes.isEmpty ? 0 : try Encoding.brotli.compress(bytes, effort: .fast).count
                    leaves.append(Part(name: kind, size: bytes.count, brotli: 0, parts: []))
                }
                inner.append(part(package, leaves.sorted { ($0.size, $1.name) > ($1.size, $0.name) }))
            }
            parts.append(part(section, inner.sorted { ($0.size, $1.name) > ($1.size, $0.name) }))
        }
        let known = parts.reduce(0) { $0 + $1.size }
        // Equal files share their bytes, so the parts may be more than the whole; then there is no index to speak of.
        parts.append(Part(name: "index", size: max(0, image.asset.bytes.count - known), brotli: 0, parts: []))
        weights["index"] = max(0, image.asset.bytes.count - known) / 4
        let whole = Part(
            name: image.asset.name, size: image.asset.bytes.count, brotli: image.transferSize, parts: parts)
        return shared(whole, path: "", weight: { part, path in weights[path] ?? part.size })
    }

    private static func part(_ name: String, _ parts: [Part]) -> Part {
        Part(name: name, size: parts.reduce(0) { $0 + $1.size }, brotli: 0, parts: parts)
    }

    private static func place(_ path: String) -> (section: String, package: String) {
        let packages = ImageContents.packagesRoot + "/"
        let library = ImageContents.libraryRoot + "/"
        func top(_ path: Substring) -> String {
            let name = path.prefix { $0 != "/" }
            if name == "__pycache__" { return String(path.dropFirst(12).prefix { $0 != "." }) }
            return name.hasSuffix(".py") ? String(name.dropLast(3)) : String(name)
        }
        if path.hasPrefix(packages) {
            let name = top(path.dropFirst(packages.count))
            // Metadata belongs to its package.
            let stem = name.hasSuffix(".dist-info") ? String(name.prefix { $0 != "-" }) : name
            return ("packages", stem.lowercased())
        }
        if path.hasPrefix(library) { return ("standard library", top(path.dropFirst(library.count))) }
        if path.hasPrefix("/app/") { return ("app", top(path.dropFirst(5))) }
        return ("packages", path == ImageContents.compiledStrings ? "compiled strings" : "commands")
    }

    // MARK: Sharing out

    private static func shared(_ part: Part, weight: (Part) -> Int) -> Part {
        shared(part, path: "", weight: { inner, _ in weight(inner) })
    }

    /// Gives every leaf its share of the whole's Brotli size, so that rounded shares still add up.
    private static func shared(_ part: Part, path: String, weight: (Part, String) -> Int) -> Part {
        func total(_ part: Part, _ path: String) -> Int {
            part.parts.isEmpty
                ? weight(part, path)
                : part.parts.reduce(0) { $0 + total($1, path.isEmpty ? $1.name : "\(path)/\($1.name)") }
        }
        let whole = max(1, total(part, path))
        var before = 0
        var given = 0
        func filled(_ part: Part, _ path: String) -> Part {
            var part = part
            if part.parts.isEmpty {
                before += weight(part, path)
                return part
            }
            part.parts = part.parts.map { inner in
                let from = before
                var inner = filled(inner, path.isEmpty ? inner.name : "\(path)/\(inner.name)")
                inner.brotli = share(before) - share(from)
                return inner
            }
            part.parts.sort { ($0.brotli, $0.size, $1.name) > ($1.brotli, $1.size, $0.name) }
            return part
        }
        func share(_ weight: Int) -> Int { Int((Double(part.brotli) * Double(weight) / Double(whole)).rounded()) }
        given = part.brotli
        var result = filled(part, path)
        result.brotli = given
        return result
    }
}
