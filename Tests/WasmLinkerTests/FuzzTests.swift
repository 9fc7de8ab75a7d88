import Foundation
import Testing
import WasmBinary
import WasmLinker

/// Mutated modules through the reader and the linker: every one must give an output or an error, never a crash, never much
/// memory.
///
/// `FROND_FUZZ_SECONDS` says how long (3 by default), `FROND_FUZZ_SEED` where to start. After a crash the file
/// `frond-fuzz-iteration` in the temporary folder holds the number of the iteration; `FROND_FUZZ_SEED=<it>` runs that one
/// first.
@Suite(.serialized) struct FuzzTests {
    /// The largest resident size that is accepted, in bytes.
    static let memoryBound = 1 << 30

    @Test(.timeLimit(.minutes(60)))
    func mutatedModules() throws {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["FROND_FUZZ_SECONDS"].flatMap(Double.init) ?? 3
        let first = environment["FROND_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        let seeds = try corpus()
        let main = try Fixture.main
        let log = FileManager.default.temporaryDirectory.appending(path: "frond-fuzz-iteration")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let handle = try FileHandle(forWritingTo: log)
        let start = Date()
        var (iteration, accepted, refused) = (first, 0, 0)
        var slowest = 0.0
        while Date().timeIntervalSince(start) < seconds {
            var mutator = Mutator(seed: iteration)
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data("\(iteration)\n".utf8))
            let bytes = Bytes(mutator.mutate(seeds))
            let before = Date()
            for isMain in [false, true] {
                if run(bytes, isMain: isMain, main) { accepted += 1 } else { refused += 1 }
            }
            slowest = max(slowest, Date().timeIntervalSince(before))
            iteration += 1
        }
        let memory = Self.peakMemory()
        print(
            "FuzzTests: \(iteration - first) modules, \(accepted) links, \(refused) refused, slowest "
                + "\(Int(slowest * 1000)) ms, at most \(memory >> 20) MiB of memory")
        #expect(memory < Self.memoryBound)
        #expect(slowest < 10)
        #expect(accepted > 0 && refused > 0)
    }

    /// Reads, writes and links; false if something was refused.
    private func run(_ bytes: Bytes, isMain: Bool, _ main: LinkInput) -> Bool {
        if let module = try? Module.read(bytes) {
            let written = module.write()
            #expect((try? Module.read(written)) == module)
        }
        var options = LinkOptions()
        options.keepExports = ["run", "A_run", "B_run", "read_constant"]
        let mutant = LinkInput(path: "/lib/mutant.so", name: "mutant.so", bytes: bytes)
        do throws(LinkError) {
            let output =
                isMain
                ? try WasmLinker.link(main: mutant, options: options)
                : try WasmLinker.link(main: main, libraries: [mutant], options: options)
            // The output can always be read, even when the input made no sense to a validator.
            #expect(throws: Never.self) { try Module.read(output.bytes) }
            return true
        } catch {
            #expect((error.offset ?? 0) >= 0)
            return false
        }
    }

    private func corpus() throws -> [[UInt8]] {
        try Fixture.all.map { Array(try Fixture.bytes($0)) }
    }

    /// The largest resident size of this process so far.
    private static func peakMemory() -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") }),
            let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        else { return 0 }
        return kilobytes * 1024
    }
}

/// Changes modules at random, but reproducibly, mostly so that they still look like modules.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    private mutating func next(_ bound: Int) -> Int {
        // xorshift64*
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(bound, 1)
    }

    mutating func mutate(_ seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds[next(seeds.count)]
        for _ in 0...next(4) {
            guard bytes.count > 8 else { return bytes }
            let at = 8 + next(bytes.count - 8)
            switch next(9) {
            case 0: bytes[at] ^= 1 << UInt8(next(8))
            case 1: bytes[at] = UInt8(next(256))
            case 2: bytes[at] = [0x00, 0x01, 0x7F, 0x80, 0xFF, 0x0B, 0x40][next(7)]
            case 3: bytes.replaceSubrange(at..<at + 1, with: Self.numbers[next(Self.numbers.count)])
            case 4: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(8)))
            case 5: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + next(16))], at: at)
            case 6: bytes.removeLast(min(bytes.count - 8, next(32)))
            case 7: splice(&bytes, seeds[next(seeds.count)])
            default: changeSection(&bytes)
            }
        }
        return bytes
    }

    /// Numbers in LEB128 that tend to be too large.
    private static let numbers: [[UInt8]] = [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x00], [0xFF, 0x7F],
        [0x80, 0x80, 0x04], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0x80, 0x80, 0x80, 0x80, 0x78],
    ]

    /// Replaces one section by one of another module, or inserts it.
    private mutating func splice(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let (mine, others) = (Self.sections(bytes), Self.sections(other))
        guard !mine.isEmpty, !others.isEmpty else { return }
        let target = mine[next(mine.count)]
        let source = others[next(others.count)]
        bytes.replaceSubrange(next(2) == 0 ? target : target.lowerBound..<target.lowerBound, with: other[source])
    }

    /// Changes a byte and mends the length of the section, so that the mutation reaches what is inside.
    private mutating func changeSection(_ bytes: inout [UInt8]) {
        let sections = Self.sections(bytes)
        guard !sections.isEmpty else { return }
        let range = sections[next(sections.count)]
        var contents = Array(bytes[range].dropFirst(2))
        guard !contents.isEmpty, contents.count < 100 else { return }
        let at = next(contents.count)
        if next(2) == 0 { contents.insert(UInt8(next(256)), at: at) } else { contents.remove(at: at) }
        bytes.replaceSubrange(range, with: [bytes[range.lowerBound], UInt8(contents.count)] + contents)
    }

    /// The sections of a module, as far as they can be made out.
    private static func sections(_ bytes: [UInt8]) -> [Range<Int>] {
        var cursor = ByteCursor(Bytes(bytes))
        guard (try? cursor.take(8)) != nil else { return [] }
        var found: [Range<Int>] = []
        while !cursor.isAtEnd {
            let start = cursor.offset
            guard (try? cursor.byte()) != nil, let contents = try? cursor.lengthPrefixed() else { break }
            found.append(start..<contents.endIndex)
        }
        return found
    }
}
