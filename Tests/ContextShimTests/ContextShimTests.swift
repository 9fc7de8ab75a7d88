import ContextShim
import Foundation
import TestSupport
import Testing

/// The shim compiled for this machine: the same C over ucontext, a clock of its own and descriptors that are switches.
private enum NativeShim {
    /// The program with all unit tests in it, or why there is none.
    static let program: Result<String, BuildFailure> = build()

    struct BuildFailure: Error, CustomStringConvertible {
        let description: String
    }

    static var tests: [String] {
        guard let path = try? program.get(), let run = try? execute(path, ["--list"]) else { return ["build"] }
        return run.output.split(separator: "\n").map(String.init).sorted()
    }

    private static func build() -> Result<String, BuildFailure> {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let program = FileManager.default.temporaryDirectory.appending(path: "frond-shim-\(getpid())").path
        do {
            let sources = try ContextShim.folder().path
            let run = try execute(here.appending(path: "build-native.sh").path, [program, sources])
            return run.status == 0 ? .success(program) : .failure(BuildFailure(description: run.output))
        } catch {
            return .failure(BuildFailure(description: "\(error)"))
        }
    }

    /// Runs a program with a deadline in seconds; its output, both streams, and its status.
    static func execute(
        _ program: String, _ arguments: [String], deadline: Int = 120
    ) throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "\(deadline)", program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }
}

@Suite("Context shim, natively")
struct ContextShimTests {
    @Test("The C of the shim, without an engine", arguments: NativeShim.tests)
    func native(test: String) throws {
        let program = try NativeShim.program.get()
        let run = try NativeShim.execute(program, [test])
        #expect(run.status == 0, "\(run.output)")
    }

    @Test("The sources are found: C, and the Python that one of them embeds")
    func sources() throws {
        let folder = try ContextShim.folder()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains("context.c") && names.contains("scheduler.c"))
        #expect(names.allSatisfy { $0.hasSuffix(".c") || $0.hasSuffix(".h") || $0 == "snapshot.py" })
    }
}

/// A Node with JSPI, as the other tests find it.
private let node = Engine.node.path

@Suite("Context shim, in Node")
struct ContextShimInNodeTests {
    private static let cases: [(name: String, output: String, status: Int32)] = [
        ("pipes", "ok\n", 0), ("full_pipe", "ok\n", 0), ("sockets", "ok\n", 0), ("signals", "ok\n", 0),
        ("threads", "ok\n", 0), ("many", "ok\n", 0), ("exits", "ok\n", 0),
        ("deadlock", "the other: waits for a lock or semaphore", 134),
    ]

    @Test("The shim on a real engine and kernel", .enabled(if: node != nil, "needs Node"), arguments: cases)
    func conformance(name: String, output: String, status: Int32) throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let glue = here.appending(path: "../../Templates/glue").standardizedFileURL
        let run = try NativeShim.execute(
            try #require(node),
            [
                "--experimental-wasm-jspi", glue.appending(path: "run.mjs").path,
                "--glue", glue.appending(path: "boot.mjs").path,
                "--wasm", here.appending(path: "wasm/conformance.wasm").path, "--", "conformance", name,
            ])
        #expect(run.status == status)
        #expect(run.output.contains(output), "\(run.output)")
    }
}

/// The sdist of greenlet, wherever sources for the kit are kept on this machine.
private let greenletSource: String? = {
    let name = "greenlet-3.5.6.tar.gz"
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"].map { $0 + "/frond" } ?? NSHomeDirectory() + "/.cache/frond"
    let folders = [environment["FROND_SOURCES"], cache + "/sources"].compactMap { $0 }
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
}()

@Suite("greenlet, natively")
struct GreenletNativeTests {
    @Test("Upstream's whole suite passes over ucontext", .enabled(if: greenletSource != nil, "needs greenlet's sdist"))
    func upstream() throws {
        let source = try #require(greenletSource)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "greenlet-native.sh").path
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-greenlet-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try NativeShim.execute("sh", [script, source, folder], deadline: 900)
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("Ran 172 tests"))
    }
}
