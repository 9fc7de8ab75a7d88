import Testing
import WasmBinary
import WasmLinker

/// Indirect calls of large functions, which go through thunks.
@Suite struct LargeFunctionTests {
    /// Links the library `large`, with so many `nop`s before the instructions of its functions.
    private func link(enlarging sizes: [String: Int]) throws -> Inspection {
        var library = try Fixture.library("large")
        var module = try Module.read(library.bytes)
        for (name, size) in sizes {
            let function = try #require(module.names.functions.first { $0.name == name }).index
            let index = Int(function) - module.importedFunctions.count
            module.code[index].instructions = Bytes(
                Array(repeating: 0x01, count: size) + Array(module.code[index].instructions))
        }
        library.bytes = module.write()
        let linked = try WasmLinker.link(main: try Fixture.main, libraries: [library])
        try Tool.validate(linked.bytes)
        if let output = try Tool.call(linked.bytes, "frond_start") { #expect(output == "50") }
        return try Inspection(linked)
    }

    private func indirectCalls(_ inspection: Inspection, _ function: String) throws -> Int {
        try inspection.code(function).filter { $0.hasPrefix("call_indirect") }.count
    }

    @Test func goThroughOneThunk() throws {
        let inspection = try link(enlarging: ["large": 1 << 14])
        #expect(inspection.functionNames.filter { $0 == "call_indirect" }.count == 1)
        #expect(try inspection.code("large").filter { $0 == "call call_indirect" }.count == 1)
        #expect(try indirectCalls(inspection, "large") == 0)
        // What V8 would compile into it: small functions, and what those call.
        #expect(try inspection.code("smaller").contains("call call_indirect"))
        #expect(try inspection.code("small").contains("call smaller"))
        #expect(
            try inspection.code("call_indirect").map { String($0.prefix { $0 != " " }) }
                == ["local.get", "local.get", "call_indirect", "end"])
        #expect(try indirectCalls(inspection, "unrelated") == 1)
    }

    @Test func smallFunctionsCallThemselves() throws {
        for inspection in [try link(enlarging: [:]), try link(enlarging: ["large": 1000])] {
            #expect(!inspection.functionNames.contains("call_indirect"))
            #expect(try indirectCalls(inspection, "smaller") == 1)
        }
    }

    @Test func whatIsTooLongToBeCompiledIntoACallerIsLeftAlone() throws {
        let inspection = try link(enlarging: ["large": 1 << 14, "small": 600])
        #expect(try indirectCalls(inspection, "large") == 0)
        #expect(try indirectCalls(inspection, "smaller") == 1)
    }
}
