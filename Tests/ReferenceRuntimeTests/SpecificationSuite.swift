import Foundation
import ReferenceRuntime
import Testing
import WasmBinary

/// The specification's own test suite, converted to JSON and wasm binaries.
///
/// It is read from the folder in `FROND_WASM_TESTSUITE`, or from `../shared/wasm-testsuite` beside the checkout. What the
/// engine does not have is listed in `out-of-scope.json`, with the reason, and counted.
@Suite("WebAssembly specification")
struct SpecificationSuite {
    @Test("test suite", arguments: SuiteFolder.scripts)
    func script(_ script: SuiteFolder.Script) throws {
        let runner = try ScriptRunner(script)
        try runner.run()
        for failure in runner.failures.prefix(5) { Issue.record("\(failure)") }
        #expect(runner.failures.count == 0)
    }

    @Test("counts what is passed and what is out of scope")
    func counts() throws {
        var passed = 0
        var skipped: [String: Int] = [:]
        for script in SuiteFolder.scripts {
            let runner = try ScriptRunner(script)
            if script.reason == nil { passed += runner.commands.count }
            skipped.merge(runner.countOutOfScope()) { $0 + $1 }
        }
        guard !SuiteFolder.scripts.isEmpty else {
            print("The specification's test suite is not there: all of it was skipped.")
            return
        }
        let outOfScope = skipped.values.reduce(0, +)
        print("Specification suite: \(SuiteFolder.scripts.count) scripts, \(passed) commands in scope.")
        print("Out of scope: \(outOfScope) commands.")
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) { print("    \(count)  \(reason)") }
    }
}

/// Where the scripts are, and which of them are out of scope.
enum SuiteFolder {
    struct Script: Sendable, CustomTestStringConvertible {
        var name: String
        var url: URL
        /// Why the whole script is out of scope.
        var reason: String?
        /// Why single commands are, by line.
        var lines: [Int: String]

        var testDescription: String { name }
    }

    private struct Exclusion: Decodable {
        var script: String
        var reason: String
        var lines: [Int]?
    }

    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["FROND_WASM_TESTSUITE"] { return URL(fileURLWithPath: path) }
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return checkout.deletingLastPathComponent().appendingPathComponent("shared/wasm-testsuite")
    }()

    static let scripts: [Script] = {
        let list = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("out-of-scope.json")
        let exclusions =
            (try? JSONDecoder().decode([Exclusion].self, from: Data(contentsOf: list))) ?? []
        let names =
            subfolders(of: folder) + subfolders(of: folder.appendingPathComponent("legacy")).map { "legacy/\($0)" }
        return names.sorted().compactMap { name in
            let leaf = name.split(separator: "/").last ?? ""
            let url = folder.appendingPathComponent(name).appendingPathComponent("\(leaf).json")
            guard FileManager.default.fileExists(atPath: url.path) else { return nil }
            let found = exclusions.filter { $0.script == name }
            var lines: [Int: String] = [:]
            for exclusion in found { for line in exclusion.lines ?? [] { lines[line] = exclusion.reason } }
            return Script(name: name, url: url, reason: found.first { $0.lines == nil }?.reason, lines: lines)
        }
    }()

    private static func subfolders(of folder: URL) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    }
}
