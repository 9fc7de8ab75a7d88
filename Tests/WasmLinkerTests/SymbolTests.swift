import Testing
import WasmBinary
import WasmLinker

/// Who means what by a name.
@Suite struct SymbolTests {
    @Test func undefinedFunctionsTrapWithTheirName() throws {
        let linked = try link("unbound")
        let kinds = Dictionary(linked.warnings.map { ($0.symbol, $0.kind) }) { first, _ in first }
        #expect(
            kinds == [
                "missing": .undefinedFunction, "missing_address": .undefinedFunction,
                "javascript": .javaScriptFunction, "main_twice": .signatureMismatch,
            ])
        #expect(linked.warnings.allSatisfy { $0.file == "libunbound.so" })
        let output = try Inspection(linked)
        #expect(try output.code("undefined:missing") == ["unreachable", "end"])
        #expect(try output.code("signature_mismatch:main_twice") == ["unreachable", "end"])
        if let text = try Tool.call(linked.bytes, "frond_start") { #expect(text.contains("at undefined:javascript")) }
    }

    @Test func whatNobodyCallsIsNotMentioned() throws {
        let linked = try link("unbound")
        #expect(!linked.warnings.contains { $0.symbol == "never_called" })
    }

    @Test func hostFunctionsOfTheTable() throws {
        let missing = HostFunction(
            module: "env", name: "missing", type: FunctionType(parameters: [.i32], results: [.i32]))
        let linked = try link("unbound") { $0.hostFunctions = [missing] }
        #expect(linked.imports == [missing])
        #expect(!linked.warnings.contains { $0.symbol == "missing" })
        let wrong = HostFunction(module: "env", name: "missing", type: FunctionType(parameters: [], results: []))
        let mismatched = try link("unbound") { $0.hostFunctions = [wrong] }
        #expect(mismatched.imports.isEmpty)
        #expect(mismatched.warnings.contains { $0.symbol == "missing" && $0.kind == .signatureMismatch })
    }

    @Test func mainMustAgreeWithTheHost() throws {
        var main = Module()
        main.types = [DefinedType(.function(FunctionType(parameters: [.i32], results: [])))]
        main.imports = [Import(module: "frond", name: "watch", type: .function(0))]
        main.memories = [MemoryType(limits: Limits(minimum: 1))]
        main.exports = [Export(name: "frond_start", kind: .function, index: 0)]
        let input = LinkInput(name: "main", bytes: main.write())
        var options = LinkOptions()
        options.hostFunctions = []
        #expect(throws: LinkError.self) { try WasmLinker.link(main: input, options: options) }
        options.hostFunctions = [
            HostFunction(module: "frond", name: "watch", type: FunctionType(parameters: [.i64], results: []))
        ]
        let error = try #require(throws: LinkError.self) { try WasmLinker.link(main: input, options: options) }
        #expect(error.message.contains("frond.watch as (i32) -> ()"))
    }

    @Test func tagsAreShared() throws {
        // Both import the main module's tag; `private_tag` is made once for all who import it.
        let module = try Inspection(try link("legacy")).module
        #expect(module.tags.count == 2)
    }

    @Test func exportsOfLibrariesOnRequest() throws {
        let linked = try link("a", keep: ["a_add", "a_data", "main_data"])
        let output = try Inspection(linked)
        #expect(output.constant("a_data") == 4096)
        #expect(output.constant("main_data") == 1024)
        #expect(linked.exports.contains { $0.name == "a_add" && $0.kind == .function })
    }
}
