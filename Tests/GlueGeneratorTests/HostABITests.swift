import Foundation
import GlueGenerator
import Support
import Templates
import TestSupport
import Testing

@Suite("The host ABI")
struct HostABITests {
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let templates = Templates(folder: repository.appendingPathComponent("Templates"))

    @Test("The table is sorted, without doubles, and complete in every line")
    func table() throws {
        let abi = try HostABI(templates: Self.templates)
        let names = abi.imports.map { [$0.module, $0.name] }
        for (one, next) in zip(names, names.dropFirst()) {
            let order = one[0] == next[0] ? one[1].utf8.lexicographicallyPrecedes(next[1].utf8) : one[0] < next[0]
            #expect(order, "\(one) must come before \(next)")
        }
        for entry in abi.imports {
            #expect(["env", "frond", "wasi_snapshot_preview1"].contains(entry.module), "\(entry.fullName)")
            let unknown = Set(entry.params + entry.results).subtracting(["i32", "i64", "f32", "f64"])
            #expect(unknown.isEmpty, "\(entry.fullName)")
            #expect(["kernel", "glue"].contains(entry.by), "\(entry.fullName)")
            #expect(entry.errno == entry.errno.sorted(), "errno of \(entry.fullName)")
            let isOneLine = !entry.does.isEmpty && !entry.does.contains("\n") && !entry.does.hasSuffix(".")
            #expect(isOneLine, "\(entry.fullName)")
        }
    }

    @Test("Only the switch suspends")
    func suspending() throws {
        let abi = try HostABI(templates: Self.templates)
        #expect(abi.imports.filter(\.suspends).map(\.fullName) == ["frond.switch"])
    }

    @Test("docs/host-abi.md is printed from the table")
    func page() throws {
        let abi = try HostABI(templates: Self.templates)
        try expectSnapshot(
            abi.markdown(), named: "docs/host-abi.md", file: Self.repository.appendingPathComponent("docs/host-abi.md"))
    }

    @Test("A broken table is a readable error")
    func broken() {
        let error = #expect(throws: Diagnostic.self) { try HostABI(json: Array("{}".utf8)) }
        #expect(error?.identifier == "host-abi-unreadable")
        #expect(throws: Diagnostic.self) { try HostABI(json: Array(#"{"version":2,"imports":[]}"#.utf8)) }
    }
}
