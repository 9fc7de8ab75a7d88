import Foundation
import WasmBinary

/// A read-only image of files, as `frond build` writes it: `FRONDIMG`, version, length of the index, index (JSON), data.
public struct FileImage: Sendable {
    /// Why an image could not be read.
    public struct FormatError: Error, CustomStringConvertible {
        /// What is wrong.
        public var description: String
    }

    struct Index: Decodable {
        struct File: Decodable {
            var path: String
            var offset: Int
            var size: Int
            var mode: UInt32

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                path = try container.decode(String.self)
                offset = try container.decode(Int.self)
                size = try container.decode(Int.self)
                mode = container.isAtEnd ? 0o644 : try container.decode(UInt32.self)
            }
        }

        var mtime: Int64
        var files: [File]
        var links: [[String]]?
        var directories: [String]?
    }

    let index: Index
    let data: Bytes

    /// Reads an image; the files' contents are not copied.
    public init(_ bytes: Bytes) throws {
        var cursor = ByteCursor(bytes)
        guard bytes.count >= 16, Array(try cursor.take(8)) == Array("FRONDIMG".utf8) else {
            throw FormatError(description: "not a Frond files image")
        }
        guard try cursor.fixed32() == 1 else { throw FormatError(description: "files image of an unknown version") }
        let length = try cursor.fixed32()
        index = try JSONDecoder().decode(Index.self, from: Data(try cursor.take(length)))
        let start = (16 + Int(length) + 7) & ~7
        guard start <= bytes.count else { throw FormatError(description: "files image ends in its index") }
        data = bytes[bytes.startIndex + start..<bytes.endIndex]
        for file in index.files where file.offset < 0 || file.size < 0 || file.offset + file.size > data.count {
            throw FormatError(description: "files image: \(file.path) lies outside of the image")
        }
    }

    func contents(_ file: Index.File) -> Bytes {
        data[data.startIndex + file.offset..<data.startIndex + file.offset + file.size]
    }
}
