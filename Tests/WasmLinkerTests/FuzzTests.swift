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
    /// The largest growth of the resident size that is accepted, in bytes.
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
        // The peak counts from here on: other tests in this process may have taken more.
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        let resident = Self.memory("VmRSS")
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
        let memory = Self.memory("VmHWM") - resident
        print(
            "FuzzTests: \(iteration - first) modules, \(accepted) links, \(refused) refused, slowest "
                + "\(Int(slowest * 1000)) ms, at most \(memory >> 20) MiB of memory more than before")
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

    /// A figure of this process's memory, in bytes.
    private static func memory(_ field: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
            let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        else { return 0 }
        return kilobytes * 1024
    }
}
