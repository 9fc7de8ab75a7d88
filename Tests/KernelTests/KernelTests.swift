import Foundation
import Testing

/// The kernel's own tests are JavaScript, one file per kind of descriptor, and need no Python: each makes its system calls
/// through a guest that is an array of bytes. This runs them all.
@Suite("The kernel's JavaScript")
struct KernelTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "JavaScript")

    @Test("Every test passes in Node", .timeLimit(.minutes(5)))
    func node() throws {
        let node = try #require(Self.node(), "Node 24 or newer is needed: name it in FROND_NODE, or put it on PATH")
        let tests = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path(percentEncoded: false))
            .filter { $0.hasSuffix(".test.mjs") }
            .sorted()
        #expect(tests.count >= 7)
        let process = Process()
        process.executableURL = node
        process.arguments = ["--test", "--test-reporter=spec"] + tests
        process.currentDirectoryURL = Self.folder
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: text, as: UTF8.self))")
    }

    /// What FROND_NODE or NODE names, else the first on PATH.
    private static func node() -> URL? {
        let environment = ProcessInfo.processInfo.environment
        for name in ["FROND_NODE", "NODE"] {
            if let path = environment[name], !path.isEmpty { return URL(filePath: path) }
        }
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let path = "\(folder)/node"
            if FileManager.default.isExecutableFile(atPath: path) { return URL(filePath: path) }
        }
        return nil
    }
}
