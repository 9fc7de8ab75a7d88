import Foundation
import SiteBuilder
import Testing

@Suite("Files image")
struct FilesImageTests {
    static let example: FilesImage = {
        var image = FilesImage()
        image.files["/usr/bin/python3"] = .init([], mode: 0o755)
        image.files["/app/main.py"] = .init(Array("print('hello')\n".utf8))
        image.files["/app/ü \"quoted\"\n\u{2028}.txt"] = .init(Array("odd".utf8))
        image.files["/app/copy.py"] = .init(Array("print('hello')\n".utf8))
        image.links["/usr/bin/python"] = "python3"
        image.directories = ["/app/data"]
        return image
    }()

    @Test("What is written can be read back")
    func roundTrip() throws {
        let bytes = try Self.example.encoded()
        #expect(try FilesImage(reading: bytes) == Self.example)
    }

    @Test("The layout is the documented one, and equal contents are stored once")
    func layout() throws {
        let bytes = try Self.example.encoded()
        #expect(bytes.starts(with: Array("FRONDIMG".utf8) + [1, 0, 0, 0]))
        let length = bytes[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        let index = String(decoding: bytes[16..<16 + length], as: UTF8.self)
        #expect(
            index == #"{"mtime":1767225600,"files":[["/app/copy.py",0,15],["/app/main.py",0,15],"#
                + #"["/app/ü \"quoted\"\n\u2028.txt",15,3],["/usr/bin/python3",0,0,493]],"#
                + #""links":[["/usr/bin/python","python3"]],"directories":["/app/data"]}"#)
        let start = (16 + length + 7) / 8 * 8
        #expect(bytes[(16 + length)..<start].allSatisfy { $0 == 0 })
        #expect(Array(bytes[start...]) == Array("print('hello')\nodd".utf8))
    }

    @Test("An image in two parts: joined it is the image, and the first part has what it must")
    func parts() throws {
        let parts = try Self.example.encoded { $0 == "/app/main.py" }
        #expect(try FilesImage(reading: parts.first + parts.rest) == Self.example)
        // The copy of a file in the first part is there, too.
        #expect(String(decoding: parts.rest, as: UTF8.self) == "odd")
        #expect(String(decoding: parts.first, as: UTF8.self).contains(#""rest":15}"#))
        let contents = try FilesImage.contents(parts.first, parts.rest)
        #expect(contents.rest.files.keys.map(\.self) == ["/app/ü \"quoted\"\n\u{2028}.txt"])
        #expect(contents.first.files.count == 3)
        let whole = try Self.example.encoded { _ in true }
        #expect(whole.rest.isEmpty)
        #expect(try whole.first == Self.example.encoded())
    }

    @Test("The same contents give the same bytes, in whatever order they were put in")
    func deterministic() throws {
        var other = FilesImage()
        for path in Self.example.files.keys.sorted().reversed() { other.files[path] = Self.example.files[path] }
        other.links = Self.example.links
        other.directories = Self.example.directories
        #expect(try other.encoded() == Self.example.encoded())
    }

    @Test(
        "Paths that a kernel could not mount are refused",
        arguments: ["", "/", "app", "/a//b", "/a/", "/a/./b", "/../etc", "/a/..", "/nul\0"])
    func badPaths(path: String) {
        var image = FilesImage()
        image.files[path] = .init([])
        #expect(throws: FilesImageError.badPath(path)) { try image.encoded() }
    }

    @Test("A path is one thing only")
    func conflicts() {
        var below = FilesImage()
        below.files["/a"] = .init([])
        below.files["/a/b"] = .init([])
        #expect(throws: FilesImageError.conflict("/a")) { try below.encoded() }
        var twice = FilesImage()
        twice.links["/a"] = "b"
        twice.directories = ["/a"]
        #expect(throws: FilesImageError.conflict("/a")) { try twice.encoded() }
    }

    @Test("An image that was cut off is an error wherever it was cut")
    func truncated() throws {
        let bytes = try Self.example.encoded()
        for length in bytes.indices {
            #expect(throws: FilesImageError.self) { try FilesImage(reading: Array(bytes[..<length])) }
        }
    }

    @Test(
        "Offsets and sizes that lead outside are errors", arguments: ["-1,4", "0,-1", "0,99", "9223372036854775807,1"])
    func outside(place: String) {
        let index = #"{"mtime":0,"files":[["/a",\#(place)]],"links":[],"directories":[]}"#
        var bytes = Array("FRONDIMG".utf8) + [1, 0, 0, 0, UInt8(index.utf8.count), 0, 0, 0] + Array(index.utf8)
        while bytes.count % 8 != 0 { bytes.append(0) }
        bytes += [1, 2, 3, 4]
        #expect(throws: FilesImageError.self) { try FilesImage(reading: bytes) }
    }
}
