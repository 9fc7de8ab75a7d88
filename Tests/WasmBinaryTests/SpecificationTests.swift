import Foundation
import Testing
import WasmBinary

/// The specification's own test suite: valid modules survive decode → encode → decode, malformed ones are refused with an
/// offset.
@Suite struct SpecificationTests {
    @Test(.timeLimit(.minutes(2)))
    func everyModuleOfTheSuite() throws {
        guard let suite = SpecificationSuite.find() else {
            print("SpecificationTests: skipped, no suite (set FROND_WASM_TESTSUITE)")
            return
        }
        var count = Counts()
        for script in try suite.scripts() {
            for command in script.commands where command.moduleType == "binary" {
                guard let file = command.filename else { continue }
                let path = script.folder.appending(path: file)
                let bytes = Bytes([UInt8](try Data(contentsOf: path)))
                switch command.type {
                case "module", "assert_invalid", "assert_unlinkable", "assert_uninstantiable", "module_definition":
                    checkRoundTrip(bytes, path.lastPathComponent, invalid: command.type == "assert_invalid", &count)
                case "assert_malformed":
                    checkMalformed(bytes, path.lastPathComponent, command.text ?? "", &count)
                default: count.skipped += 1
                }
            }
        }
        print(
            "SpecificationTests: \(count.equal) modules decoded, encoded and decoded again (\(count.identical) of them to "
                + "the same bytes), \(count.malformed) malformed ones refused, \(count.unsupported) use features that are "
                + "refused by name, \(count.skipped) skipped")
        #expect(count.equal > 4000)
        #expect(count.malformed > 700)
    }

    struct Counts {
        var equal = 0, identical = 0, malformed = 0, unsupported = 0, skipped = 0
    }

    private func checkRoundTrip(_ bytes: Bytes, _ name: String, invalid: Bool, _ count: inout Counts) {
        do {
            let module = try Module.read(bytes)
            let written = module.write()
            let again = try Module.read(written)
            #expect(again == module, "\(name): decoding what was encoded gives another module")
            #expect(again.write() == written, "\(name): encoding is not stable")
            if written == bytes { count.identical += 1 }
            count.equal += 1
        } catch {
            if error.kind.unsupportedFeature != nil {
                count.unsupported += 1
            } else if !invalid {
                // What the suite calls invalid may be refused by the decoder already; what it calls valid may not.
                Issue.record("\(name): \(error)")
            }
        }
    }

    private func checkMalformed(_ bytes: Bytes, _ name: String, _ text: String, _ count: inout Counts) {
        do {
            _ = try Module.read(bytes)
            Issue.record("\(name): accepted, but it is malformed: \(text)")
        } catch {
            #expect(error.offset >= 0 && error.offset <= bytes.count, "\(name): offset out of range")
            count.malformed += 1
        }
    }
}

/// Where the suite lies, and its scripts as `wasm-tools json-from-wast` converted them.
struct SpecificationSuite {
    struct Script {
        var folder: URL
        var commands: [Command]
    }

    struct Command: Decodable {
        var type: String
        var line: Int?
        var filename: String?
        var moduleType: String?
        var text: String?

        enum CodingKeys: String, CodingKey {
            case type, line, filename, text
            case moduleType = "module_type"
        }
    }

    private struct File: Decodable {
        var commands: [Command]
    }

    var folder: URL

    /// `FROND_WASM_TESTSUITE`, or `shared/wasm-testsuite` beside the checkout.
    static func find() -> SpecificationSuite? {
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = checkout.deletingLastPathComponent().appending(path: "shared/wasm-testsuite")
            .resolvingSymlinksInPath()
        let folder = ProcessInfo.processInfo.environment["FROND_WASM_TESTSUITE"].map { URL(filePath: $0) } ?? beside
        guard FileManager.default.fileExists(atPath: folder.path) else { return nil }
        return SpecificationSuite(folder: folder)
    }

    func scripts() throws -> [Script] {
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        let paths = files.compactMap { $0 as? URL }.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        return try paths.map { path in
            let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: path))
            return Script(folder: path.deletingLastPathComponent(), commands: file.commands)
        }
    }
}
