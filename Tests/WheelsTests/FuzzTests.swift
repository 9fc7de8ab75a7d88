import Foundation
import Support
import Testing
import Wheels

/// Damaged archives, wheels and locks: every one must be read or refused, never crash, never take much memory or time.
///
/// `FROND_FUZZ_SECONDS` says how long each of the two runs (3 by default), `FROND_FUZZ_SEED` where to start. After a crash the file
/// `frond-fuzz-wheels` (or `-locks`) in the temporary folder holds the number of the iteration; `FROND_FUZZ_SEED=<it>`
/// runs that one first.
@Suite(.serialized) struct FuzzTests {
    /// The largest growth of the resident size that is accepted, in bytes.
    static let memoryBound = 512 << 20
    /// What the archives of this test may hold in all, in bytes; the readers must keep to it.
    static let limits = ZipArchive.Limits(totalSize: 8 << 20, entries: 1000)

    @Test(.timeLimit(.minutes(60)))
    func damagedArchives() throws {
        let seeds = Self.archives()
        let outcome = try fuzz("wheels") { random in
            let bytes = random.damage(seeds[random.below(seeds.count)], marks: Self.signatures)
            if let archive = try? ZipArchive(bytes, name: "fuzz.whl", limits: Self.limits) {
                var total = 0
                for entry in archive.entries {
                    guard let contents = try? archive.contents(of: entry) else { continue }
                    #expect(contents.count == entry.size)
                    #expect(!entry.name.hasPrefix("/") && !entry.name.split(separator: "/").contains(".."))
                    total += contents.count
                }
                #expect(total <= Self.limits.totalSize)
            }
            guard
                let wheel = try? Wheel(bytes, filename: WheelTests.filename, limits: Self.limits),
                let installed = try? Installation(wheel)
            else { return false }
            #expect(installed.files.allSatisfy { $0.path.hasPrefix("/usr/") && !$0.path.contains("/../") })
            return true
        }
        #expect(outcome.accepted > 0 && outcome.refused > 0)
    }

    @Test(.timeLimit(.minutes(60)))
    func damagedLocks() throws {
        let seed = Array(LockFileTests.lock().text.utf8)
        let outcome = try fuzz("locks") { random in
            let text = String(decoding: random.damage(seed, marks: Self.tokens), as: UTF8.self)
            do throws(Diagnostic) {
                let read = try LockFile(parsing: text, name: "pylock.toml")
                // What was understood can be written, and means the same.
                #expect(try LockFile(parsing: read.text, name: "pylock.toml") == read)
                return true
            } catch {
                return false
            }
        }
        #expect(outcome.accepted > 0 && outcome.refused > 0)
    }

    // MARK: The loop

    private func fuzz(
        _ name: String, _ accepts: (inout Damage) throws -> Bool
    ) throws -> (accepted: Int, refused: Int) {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["FROND_FUZZ_SECONDS"].flatMap(Double.init) ?? 3
        let first = environment["FROND_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        let log = FileManager.default.temporaryDirectory.appending(path: "frond-fuzz-\(name)")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let handle = try FileHandle(forWritingTo: log)
        // The peak counts from here on: other tests in this process may have taken more.
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        let (start, memory) = (Date(), Self.residentMemory("VmRSS"))
        var (iteration, accepted, refused, slowest) = (first, 0, 0, 0.0)
        while Date().timeIntervalSince(start) < seconds {
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data("\(iteration)\n".utf8))
            var damage = Damage(seed: iteration)
            let before = Date()
            if try accepts(&damage) { accepted += 1 } else { refused += 1 }
            slowest = max(slowest, Date().timeIntervalSince(before))
            iteration += 1
        }
        let growth = Self.residentMemory("VmHWM") - memory
        print(
            "FuzzTests: \(accepted) \(name) accepted, \(refused) refused, slowest \(Int(slowest * 1000)) ms, "
                + "\(growth >> 20) MiB of memory more than before")
        // TOMLKit does not free what it has parsed: some 2 KiB a lock, which only a fuzzer ever notices.
        #expect(growth < Self.memoryBound + (accepted + refused) * (name == "locks" ? 4096 : 0))
        #expect(slowest < 10)
        return (accepted, refused)
    }

    private static func residentMemory(_ field: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
            let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        else { return 0 }
        return kilobytes * 1024
    }

    // MARK: What is damaged

    /// Where a ZIP archive's structures begin.
    private static let signatures: [[UInt8]] = [
        [0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x01, 0x02], [0x50, 0x4b, 0x05, 0x06], [0x50, 0x4b, 0x06, 0x06],
        [0x50, 0x4b, 0x06, 0x07],
    ]
    private static let tokens = ["[[", "]]", "= ", "\"", "{", "\n", "packages", "hashes"].map { Array($0.utf8) }

    private static func archives() -> [[UInt8]] {
        let text = Array(String(repeating: "print('greenlets')\n", count: 200).utf8)
        let plain: [ZipBuilder.Entry] = [
            .init(name: "demo/__init__.py", contents: text, deflated: true), .init(name: "demo/", mode: 0o040755),
            .init(name: "demo/data.bin", contents: Array(0...255)), .init(name: "empty"),
        ]
        let wheel = WheelTests.wheel(files: [
            "demo/__init__.py": "x = 1\n", "demo_pkg-1.0.data/scripts/tool": "#!python\nprint()\n",
            "demo_pkg-1.0.data/data/share/d.txt": "d",
            "\(WheelTests.info)/entry_points.txt": "[console_scripts]\nrun-demo = demo.cli:App.main [extra]\n",
        ])
        return [
            ZipBuilder(entries: plain).bytes(), wheel,
            ZipBuilder(entries: plain.map { with($0) { $0.zip64 = true } }, zip64End: true).bytes(),
            ZipBuilder(
                entries: [.init(name: "zeros", contents: .init(repeating: 0, count: 1 << 20), deflated: true)]
            ).bytes(), ZipBuilder(entries: []).bytes(),
        ]
    }

    private static func with(_ entry: ZipBuilder.Entry, _ change: (inout ZipBuilder.Entry) -> Void)
        -> ZipBuilder.Entry
    {
        var entry = entry
        change(&entry)
        return entry
    }
}

/// Changes bytes at random, but reproducibly; half of the changes fall just behind one of `marks`, where structure is.
struct Damage {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func below(_ bound: Int) -> Int {
        // xorshift64*
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(bound, 1)
    }

    private static let numbers: [[UInt8]] = [
        [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0xff, 0xff], [0, 0], [0xfe, 0xff, 0xff, 0x7f], [1, 0, 0, 0],
    ]

    mutating func damage(_ seed: [UInt8], marks: [[UInt8]]) -> [UInt8] {
        var bytes = seed
        let places = Self.places(of: marks, in: bytes)
        for _ in 0...below(4) where !bytes.isEmpty {
            var at = below(bytes.count)
            if !places.isEmpty, below(2) == 0 { at = min(bytes.count - 1, places[below(places.count)] + below(48)) }
            switch below(7) {
            case 0: bytes[at] ^= 1 << UInt8(below(8))
            case 1: bytes[at] = UInt8(below(256))
            case 2:
                for (offset, byte) in Self.numbers[below(Self.numbers.count)].enumerated()
                where at + offset < bytes.count { bytes[at + offset] = byte }
            case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + below(40)))
            case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + below(80))], at: at)
            case 5: bytes.removeLast(min(bytes.count, 1 + below(32)))
            default: bytes.insert(contentsOf: marks[below(marks.count)], at: at)
            }
        }
        return bytes
    }

    private static func places(of marks: [[UInt8]], in bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { at in marks.contains { bytes[at...].starts(with: $0) } }
    }
}
