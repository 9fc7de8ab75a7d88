import CBrotli
import CZlib
import Foundation
import SiteBuilder
import TestSupport
import Testing

@Suite("Compression")
struct CompressionTests {
    static let texts: [[UInt8]] = [
        [], [0], Array("hello".utf8), Array(repeating: 7, count: 300_000),
        (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) },
    ]

    @Test("What is compressed can be decompressed", arguments: texts, CompressionEffort.allCases)
    func roundTrip(bytes: [UInt8], effort: CompressionEffort) throws {
        let brotli = try Encoding.brotli.compress(bytes, effort: effort)
        #expect(unbrotli(brotli, size: bytes.count) == bytes)
        let gzip = try Encoding.gzip.compress(bytes, effort: effort)
        #expect(gunzip(gzip, size: bytes.count) == bytes)
        // No time and no name in the header.
        #expect(gzip[3...7].allSatisfy { $0 == 0 })
    }

    @Test("Results are taken from the shelf, and only of compressible and larger files")
    func precompressor() async throws {
        let folder = try TemporaryFolder()
        let shelf = CacheShelf(folder.url, limit: 1 << 20)
        let text = Array(String(repeating: "line of text\n", count: 200).utf8)
        let assets = [
            Asset(.glue, "a.mjs", text), Asset(.attachment, "b.png", text), Asset(.shell, "c.mjs", [1, 2, 3]),
        ]
        let first = try await Precompressor(shelf: shelf, effort: .fast).encode(assets)
        #expect(first.map { $0.encodings.keys.map(\.rawValue).sorted() } == [["br", "gz"], [], []])
        #expect(try folder.contents().count == 2)
        // Whatever is on the shelf under that name is believed.
        try shelf.write([42], as: "\(first[0].sha256).br5w22")
        let second = try await Precompressor(shelf: shelf, effort: .fast).encode(assets)
        #expect(second[0].encodings[.brotli] == [42])
        let best = try await Precompressor(shelf: shelf, effort: .best).encode(assets)
        #expect(best[0].encodings[.brotli] != [42])
    }

    @Test("The shelf lets go of what was not used for longest")
    func shelf() throws {
        let folder = try TemporaryFolder()
        let shelf = CacheShelf(folder.url, limit: 25)
        for (index, name) in ["a", "b", "c"].enumerated() {
            try shelf.write(Array(repeating: 0, count: 10), as: name)
            var times = [timespec(tv_sec: 1000 + index, tv_nsec: 0), timespec(tv_sec: 1000 + index, tv_nsec: 0)]
            utimensat(AT_FDCWD, shelf.place(name).path, &times, 0)
        }
        #expect(shelf.read("b") != nil)
        #expect(shelf.read("a") == nil)
        try shelf.write(Array(repeating: 0, count: 10), as: "d")
        #expect(shelf.find("c") == nil)
        #expect(shelf.find("b") != nil)
    }

    private func unbrotli(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        var length = size + 1
        var output = [UInt8](repeating: 0, count: length)
        guard BrotliDecoderDecompress(bytes.count, bytes, &length, &output) == BROTLI_DECODER_RESULT_SUCCESS else {
            return nil
        }
        return Array(output.prefix(length))
    }

    private func gunzip(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: size + 1)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        return status == Z_STREAM_END ? Array(output.prefix(Int(stream.total_out))) : nil
    }
}
