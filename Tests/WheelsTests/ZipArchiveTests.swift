import Testing
import Wheels

@Suite struct ZipArchiveTests {
    private func open(_ builder: ZipBuilder, limits: ZipArchive.Limits = .init()) throws(WheelError) -> ZipArchive {
        try ZipArchive(builder.bytes(), name: "x.whl", limits: limits)
    }

    private func kind(_ entries: [ZipBuilder.Entry], _ change: (inout ZipBuilder) -> Void = { _ in }) -> WheelError
        .Kind?
    {
        var builder = ZipBuilder(entries: entries)
        change(&builder)
        do {
            let archive = try open(builder)
            for entry in archive.entries { _ = try archive.contents(of: entry) }
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func readsStoredAndDeflatedEntries() throws {
        let text = Array(String(repeating: "greenlets ", count: 500).utf8)
        let archive = try open(
            ZipBuilder(entries: [
                .init(name: "a.txt", contents: text), .init(name: "pkg/", mode: 0o040755),
                .init(name: "pkg/b.py", contents: text, deflated: true, mode: 0o100755), .init(name: "empty"),
            ]))
        #expect(archive.entries.map(\.name) == ["a.txt", "pkg/", "pkg/b.py", "empty"])
        for name in ["a.txt", "pkg/b.py"] {
            let entry = try #require(archive.entry(name))
            #expect(try archive.contents(of: entry) == text)
        }
        #expect(archive.entry("pkg/b.py")?.permissions == 0o755)
        #expect(try archive.contents(of: #require(archive.entry("empty"))).isEmpty)
    }

    @Test func readsZip64() throws {
        let builder = ZipBuilder(entries: [.init(name: "a", contents: [1, 2, 3], zip64: true)], zip64End: true)
        let archive = try open(builder)
        #expect(try archive.contents(of: archive.entries[0]) == [1, 2, 3])
    }

    @Test(arguments: [
        "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", "a\\b", "C:/x", "a\u{0}b", "a\u{1b}[31m", "..", "",
        String(repeating: "x", count: 256),
    ])
    func refusesUnsafeNames(name: String) {
        #expect(kind([.init(name: name)]) == .unsafeName)
    }

    @Test func refusesHostileEntries() {
        let bytes: [UInt8] = Array("some contents".utf8)
        #expect(kind([.init(name: "link", contents: bytes, mode: 0o120777)]) == .symbolicLink)
        #expect(kind([.init(name: "fifo", mode: 0o010644)]) == .unsupportedFeature)
        #expect(kind([.init(name: "a", contents: bytes, flags: 0x801)]) == .unsupportedFeature)
        #expect(kind([.init(name: "a", contents: bytes, method: 12)]) == .unsupportedFeature)
        #expect(kind([.init(name: "a", contents: bytes, crc32: 7)]) == .checksumMismatch)
        #expect(kind([.init(name: "a", contents: bytes, deflated: true, size: 5)]) == .malformedArchive)
        #expect(kind([.init(name: "a", contents: bytes, deflated: true, size: 14)]) == .malformedArchive)
        #expect(kind([.init(name: "a", contents: bytes, deflated: true, size: 0x7fff_ffff)]) == .tooLarge)
        #expect(kind([.init(name: "a", contents: bytes, localName: "b")]) == .malformedArchive)
        #expect(kind([.init(name: "a", contents: bytes), .init(name: "a", contents: bytes)]) == .duplicateName)
        #expect(kind([.init(name: "a", contents: bytes), .init(name: "a/b", contents: bytes)]) == .duplicateName)
        #expect(
            kind([.init(name: "a", contents: bytes), .init(name: "a", contents: bytes, localHeader: 0)])
                == .duplicateName)
        let twice: [ZipBuilder.Entry] = [
            .init(name: "a", contents: bytes), .init(name: "b", contents: bytes, localName: "a", localHeader: 0),
        ]
        #expect(kind(twice) == .malformedArchive)
    }

    /// The data of `a` is itself a local header with data, which the directory lists as `b`.
    @Test func refusesOverlap() {
        let inner = ZipBuilder(entries: [.init(name: "b", contents: [1, 2, 3])]).bytes().prefix(30 + 1 + 3)
        let outer: [ZipBuilder.Entry] = [
            .init(name: "a", contents: Array(inner)), .init(name: "b", contents: [1, 2, 3], localHeader: 30 + 1),
        ]
        #expect(kind(outer) == .overlappingEntries)
    }

    @Test func refusesBombs() {
        let zeros = [UInt8](repeating: 0, count: 300_000)
        let builder = ZipBuilder(entries: (0..<4).map { .init(name: "z\($0)", contents: zeros, deflated: true) })
        #expect(throws: WheelError.self) { _ = try open(builder, limits: .init(totalSize: 1_000_000)) }
        #expect(throws: Never.self) { _ = try open(builder, limits: .init(totalSize: 1_200_000)) }
        #expect(throws: WheelError.self) { _ = try open(builder, limits: .init(entries: 3)) }
    }

    @Test func everyTruncationIsRefused() {
        let whole = ZipBuilder(entries: [.init(name: "a", contents: [1, 2, 3]), .init(name: "b", contents: [4])])
            .bytes()
        for length in 0..<whole.count {
            #expect(throws: WheelError.self) { _ = try ZipArchive(Array(whole[..<length]), name: "cut") }
        }
    }

    /// Flipping any bit gives either an error or an archive whose contents are those of the original.
    @Test func everyFlippedBitIsHarmless() throws {
        let text = Array("def f():\n    return 42\n".utf8)
        let builder = ZipBuilder(entries: [
            .init(name: "m.py", contents: text, deflated: true), .init(name: "n.py", contents: text, zip64: true),
        ])
        let whole = builder.bytes()
        for position in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[position] ^= 1 << UInt8(bit)
                guard let archive = try? ZipArchive(bytes, name: "flipped") else { continue }
                for entry in archive.entries where !entry.isDirectory {
                    guard let contents = try? archive.contents(of: entry) else { continue }
                    #expect(contents == text || contents.isEmpty)
                }
            }
        }
    }
}
