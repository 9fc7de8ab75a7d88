import Foundation

extension FilesImage {
    /// Reads an image back; the mirror of `encoded()`.
    ///
    /// The bytes may come from anywhere: every offset is checked before it is used.
    ///
    /// - Throws: `FilesImageError.malformed` with the offset of what is wrong, or what `encoded()` throws.
    public init(reading image: [UInt8]) throws(FilesImageError) {
        guard image.starts(with: Self.magic) else { throw .malformed("the magic bytes are missing", offset: 0) }
        guard image.count >= 16 else { throw .malformed("the header is cut off", offset: image.count) }
        let version = image.littleEndian(at: 8)
        guard version == Self.version else { throw .malformed("version \(version) is unknown", offset: 8) }
        let indexLength = Int(image.littleEndian(at: 12))
        let indexEnd = 16 + indexLength
        let dataStart = indexEnd + Self.padding(after: indexEnd)
        guard dataStart <= image.count else { throw .malformed("the index is cut off", offset: 12) }

        let index: Index
        do {
            index = try JSONDecoder().decode(Index.self, from: Data(image[16..<indexEnd]))
        } catch {
            throw .malformed("the index can't be read", offset: 16)
        }
        self.init(time: index.mtime)
        let available = image.count - dataStart
        for row in index.files {
            guard row.offset >= 0, row.size >= 0, row.offset <= available, row.size <= available - row.offset else {
                throw .malformed("the contents of \(JSONText.string(row.path)) lie outside the image", offset: 16)
            }
            let start = dataStart + row.offset
            let file = File(Array(image[start..<start + row.size]), mode: row.mode)
            guard files.updateValue(file, forKey: row.path) == nil else { throw .conflict(row.path) }
        }
        for row in index.links {
            guard row.count == 2 else { throw .malformed("a link is not a pair", offset: 16) }
            guard links.updateValue(row[1], forKey: row[0]) == nil else { throw .conflict(row[0]) }
        }
        directories = Set(index.directories)
        try validate()
    }

    /// What each of the two parts of an image contains; files whose contents are stored once are in the part that has them.
    package static func contents(_ first: [UInt8], _ rest: [UInt8]) throws(FilesImageError) -> (
        first: FilesImage, rest: FilesImage
    ) {
        let whole = try FilesImage(reading: first + rest)
        guard !rest.isEmpty else { return (whole, FilesImage()) }
        let later = try laterPaths(first)
        var parts = (first: whole, rest: FilesImage(time: whole.time))
        for path in later { parts.rest.files[path] = parts.first.files.removeValue(forKey: path) }
        return parts
    }

    /// The paths of the files whose contents lie beyond the first part.
    private static func laterPaths(_ first: [UInt8]) throws(FilesImageError) -> [String] {
        let indexEnd = 16 + Int(first.littleEndian(at: 12))
        let available = first.count - indexEnd - padding(after: indexEnd)
        guard let index = try? JSONDecoder().decode(Index.self, from: Data(first[16..<indexEnd])) else {
            throw .malformed("the index can't be read", offset: 16)
        }
        return index.files.filter { $0.size > 0 && $0.offset >= available }.map(\.path)
    }

    private struct Index: Decodable {
        var mtime: Int
        var files: [Row]
        var links: [[String]]
        var directories: [String]
    }

    /// `[path, offset, size]` or `[path, offset, size, mode]`.
    private struct Row: Decodable {
        var path: String
        var offset: Int
        var size: Int
        var mode: Int

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            path = try row.decode(String.self)
            offset = try row.decode(Int.self)
            size = try row.decode(Int.self)
            mode = row.isAtEnd ? 0o644 : try row.decode(Int.self)
        }
    }
}

extension [UInt8] {
    func littleEndian(at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << (8 * UInt32($1)) }
    }
}
