/// The read-only files of the machine that Python sees: standard library, packages and app, in one file.
///
/// Model: a sorted table of contents in front, the bytes of all files behind it, so that the kernel parses one short JSON
/// text and then serves every read as a view of the downloaded buffer; nothing is unpacked.
///
///     0   "FRONDIMG"
///     8   version, u32 little-endian: 1
///     12  length of the index in bytes, u32 little-endian
///     16  index, UTF-8 JSON:
///           {"mtime":1767225600,
///            "files":[["/app/main.py",0,18],["/usr/bin/python3",18,0,493]],     path, offset, size, mode unless 0644
///            "links":[["/usr/bin/python","python3"]],                           path, target
///            "directories":["/app/data"],                                       only what no file implies
///            "rest":18}                                                         see below; only when there is one
///     …   zero bytes up to a multiple of 8, then the data; offsets count from there
///
/// An image may be sent in two parts, cut at the offset `rest` of the data: in front is what a program reads when it starts,
/// behind is what can come later. The first part alone can be mounted by a kernel that has a way to get the other.
///
/// Paths are absolute and normalised, each list is sorted by the bytes of the paths, files with equal contents share
/// their bytes. So an image depends on its contents only, never on the order in which they were found.
public struct FilesImage: Sendable, Equatable {
    /// A file: its bytes, and its mode when that is not 0644.
    public struct File: Sendable, Equatable {
        /// The contents.
        public var bytes: [UInt8]
        /// The permission bits.
        public var mode: Int

        /// Makes a file.
        public init(_ bytes: [UInt8], mode: Int = 0o644) {
            self.bytes = bytes
            self.mode = mode
        }
    }

    /// The first eight bytes of every image.
    package static let magic: [UInt8] = Array("FRONDIMG".utf8)
    /// The version of the layout that this code writes and reads.
    package static let version: UInt32 = 1
    /// The time that all files of an image have by default: the start of 2026, because outputs do not depend on clocks.
    public static let defaultTime = 1_767_225_600

    /// The modification time of everything in it, in seconds since the epoch.
    public var time: Int
    /// Regular files by absolute path.
    public var files: [String: File] = [:]
    /// Symbolic links: absolute path to target.
    public var links: [String: String] = [:]
    /// Directories that exist even though nothing is in them.
    public var directories: Set<String> = []

    /// Makes an empty image.
    public init(time: Int = FilesImage.defaultTime) { self.time = time }

    /// The image as bytes.
    ///
    /// - Throws: `FilesImageError` when a path is not absolute and normalised, or when two entries contradict each other.
    public func encoded() throws(FilesImageError) -> [UInt8] {
        try encoded { _ in true }.first
    }

    /// The image in two parts, which joined are the image.
    ///
    /// - Parameter isFirst: whether the first part must have the contents of a file, by its path.
    package func encoded(isFirst: (String) -> Bool) throws(FilesImageError) -> (first: [UInt8], rest: [UInt8]) {
        try validate()
        let paths = files.keys.sorted(by: bytewise)
        var data: [UInt8] = []
        data.reserveCapacity(files.values.reduce(0) { $0 + $1.bytes.count })
        var offsets: [String: Int] = [:]
        // By length: to compare those few that have the same one costs less than a hash of every byte.
        var stored: [Int: [(bytes: [UInt8], offset: Int)]] = [:]
        func store(_ paths: [String]) {
            for path in paths where offsets[path] == nil {
                guard let bytes = files[path]?.bytes else { continue }
                if let equal = stored[bytes.count]?.first(where: { $0.bytes == bytes }) {
                    offsets[path] = equal.offset
                } else {
                    let offset = bytes.isEmpty ? 0 : data.count
                    stored[bytes.count, default: []].append((bytes, offset))
                    offsets[path] = offset
                    data += bytes
                }
            }
        }
        store(paths.filter(isFirst))
        let cut = data.count
        store(paths)
        var rows: [String] = []
        for path in paths {
            guard let file = files[path], let offset = offsets[path] else { continue }
            let mode = file.mode == 0o644 ? "" : ",\(file.mode)"
            rows.append("[\(JSONText.string(path)),\(offset),\(file.bytes.count)\(mode)]")
        }
        let targets = links.keys.sorted(by: bytewise)
            .map { "[\(JSONText.string($0)),\(JSONText.string(links[$0] ?? ""))]" }
        let empty = directories.sorted(by: bytewise).map(JSONText.string)
        let index =
            "{\"mtime\":\(time),\"files\":[\(rows.joined(separator: ","))],"
            + "\"links\":[\(targets.joined(separator: ","))],\"directories\":[\(empty.joined(separator: ","))]"
            + (cut < data.count ? ",\"rest\":\(cut)}" : "}")

        let indexBytes = Array(index.utf8)
        guard data.count <= Int(UInt32.max), indexBytes.count <= Int(UInt32.max) else { throw .tooLarge }
        var image = Self.magic
        image.append(littleEndian: Self.version)
        image.append(littleEndian: UInt32(indexBytes.count))
        image += indexBytes
        image += Array(repeating: 0, count: FilesImage.padding(after: image.count))
        image += data[..<cut]
        return (image, Array(data[cut...]))
    }

    /// Zero bytes between the end of the index at `end` and the data.
    static func padding(after end: Int) -> Int { (8 - end % 8) % 8 }

    /// Checks what makes an image one that the kernel can mount: good paths, and no path with two meanings.
    package func validate() throws(FilesImageError) {
        for path in [files.keys.map(\.self), links.keys.map(\.self), Array(directories)].joined() {
            guard FilesImage.isNormalised(path) else { throw .badPath(path) }
            let kinds =
                (files[path] != nil ? 1 : 0) + (links[path] != nil ? 1 : 0) + (directories.contains(path) ? 1 : 0)
            guard kinds == 1 else { throw .conflict(path) }
            var parent = path[...]
            while let slash = parent.lastIndex(of: "/"), slash != parent.startIndex {
                parent = parent[..<slash]
                let name = String(parent)
                if files[name] != nil || links[name] != nil { throw .conflict(name) }
            }
        }
        for (path, target) in links where target.isEmpty || target.utf8.contains(0) { throw .badPath(path) }
    }

    /// Whether a path is absolute, has no empty, `.` or `..` part, no NUL, and is not the root itself.
    static func isNormalised(_ path: String) -> Bool {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { return false }
        return path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }
}

/// What is wrong with an image.
public enum FilesImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A path that is not absolute and normalised, or a link without a target.
    case badPath(String)
    /// A path that is two things at once, or a file with something below it.
    case conflict(String)
    /// More than 4 GiB.
    case tooLarge
    /// Bytes that are not an image, with the offset of what is wrong.
    case malformed(String, offset: Int)

    /// A sentence without a full stop.
    public var description: String {
        switch self {
        case .badPath(let path): "the path \(JSONText.string(path)) can't be in a files image"
        case .conflict(let path): "\(JSONText.string(path)) is in the files image as more than one kind of thing"
        case .tooLarge: "the files image would be larger than 4 GiB"
        case .malformed(let what, let offset): "not a files image: \(what) at byte \(offset)"
        }
    }
}

/// The order of the lists in an image: by UTF-8 bytes, which is also how JavaScript's kernel and the reference runtime sort.
func bytewise(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}

extension [UInt8] {
    mutating func append(littleEndian value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
