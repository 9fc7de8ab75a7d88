import Foundation
import Support
import Testing

/// Runs JavaScript/*.test.mjs, the tests of the page's modules that need no page, in Node (named by NODE, or on PATH).
@Suite("The page's JavaScript")
struct JavaScriptTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "JavaScript")

    static var node: URL? {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["NODE"], !named.isEmpty { return URL(filePath: named) }
        return (environment["PATH"] ?? "").split(separator: ":")
            .map { URL(filePath: String($0)).appending(path: "node") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    @Test("Every test passes in Node", .timeLimit(.minutes(2)))
    func node() async throws {
        let node = try #require(Self.node, "Node is needed: put it on PATH, or name it in NODE")
        let tests = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".test.mjs") }.sorted()
        #expect(!tests.isEmpty)
        let process = Process()
        process.executableURL = node
        process.arguments = ["--test", "--test-reporter=dot"] + tests
        process.currentDirectoryURL = Self.folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: output, as: UTF8.self))")
    }
}
