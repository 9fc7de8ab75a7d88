import Foundation
import Testing

/// Runs the JavaScript tests of the glue (JavaScript/*.test.mjs) in the engines that are on this machine.
///
/// Engines are looked for in the environment variables FROND_NODE, NODE, FROND_DENO and DENO, then on PATH. Node must be
/// there and be 24 or newer.
@Suite("The glue's JavaScript", .serialized)
struct GlueTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test("Every test passes in Node", .timeLimit(.minutes(5)))
    func node() throws {
        let node = try #require(
            Self.program("node"), "Node 24 or newer is needed: put it on PATH, or name it in NODE")
        let tests = try FileManager.default
            .contentsOfDirectory(atPath: Self.folder.appendingPathComponent("JavaScript").path)
            .filter { $0.hasSuffix(".test.mjs") }.sorted().map { "JavaScript/\($0)" }
        #expect(!tests.isEmpty)
        let arguments = ["--experimental-wasm-jspi", "--test", "--test-reporter=dot"]
        let result = try Self.run(node, arguments + tests)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("Contexts work over core stack switching, too", .timeLimit(.minutes(2)), .enabled(if: program("deno") != nil))
    func coreStackSwitching() throws {
        let deno = try #require(Self.program("deno"))
        let result = try Self.run(
            deno,
            [
                "test", "--no-check", "-A", "--quiet", "--v8-flags=--experimental-wasm-wasmfx",
                "JavaScript/contexts.test.mjs",
            ], environment: ["FROND_BACKEND": "wasmfx", "NO_COLOR": "1"])
        #expect(result.status == 0, "\(result.output)")
    }

    /// The program that an environment variable names (FROND_NODE, NODE), or the one on PATH.
    static func program(_ name: String) -> URL? {
        let environment = ProcessInfo.processInfo.environment
        for variable in ["FROND_\(name.uppercased())", name.uppercased()] {
            if let named = environment[variable], !named.isEmpty { return URL(fileURLWithPath: named) }
        }
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let file = URL(fileURLWithPath: String(folder)).appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: file.path) { return file }
        }
        return nil
    }

    static func run(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
