import Foundation
import ReferenceRuntime
import Testing

/// The host ABI table is the contract between program, glue and reference runtime.
@Suite("Host interface")
struct HostInterfaceTests {
    private struct Table: Decodable {
        struct Item: Decodable {
            var module: String
            var name: String
            var kind: String?
        }

        var imports: [Item]
    }

    @Test("the reference runtime implements every import of the table")
    func everyImport() throws {
        let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let table = folder.appendingPathComponent("Templates/host-abi.json")
        let imports = try JSONDecoder().decode(Table.self, from: Data(contentsOf: table)).imports
        let implemented = Program.implementedImports
        let missing = imports.filter { $0.kind != "tag" }.map { "\($0.module).\($0.name)" }
            .filter { !implemented.contains($0) }
        #expect(missing.isEmpty, "not implemented: \(missing.joined(separator: ", "))")
    }
}

@Suite("Trace comparison")
struct TraceComparisonTests {
    @Test func timesAndAddressesDoNotCount() {
        let first = ["create 0", "call env.emscripten_get_now() = 1.5", "call frond.fd_write(1, 70000, 1, 70008) = 0"]
        let second = ["create 0", "idle timer", "wake 0", "call frond.fd_write(1, 90000, 1, 90008) = 0"]
        #expect(TraceComparison.firstDifference(reference: first, other: second) == nil)
    }

    @Test func theFirstDifferenceIsShown() {
        let difference = TraceComparison.firstDifference(
            reference: ["create 0", "switch 0 1", "exit 0"], other: ["create 0", "switch 0 2", "exit 0"])
        #expect(difference?.event == 2)
        #expect(difference?.before == ["create 0"])
        #expect(difference?.description.contains("- switch 0 1") == true)
        #expect(difference?.description.contains("+ switch 0 2") == true)
    }

    @Test func oneTraceEnds() {
        let difference = TraceComparison.firstDifference(reference: ["create 0"], other: [])
        #expect(difference?.other == nil)
        #expect(difference?.reference == "create 0")
    }
}
