import Testing
import WasmBinary
import WasmLinker

/// What start-up code would do is done when linking.
@Suite struct RelocationTests {
    @Test func addressesAreStoredInData() throws {
        let output = try Inspection(try link("a"))
        #expect(output.word(4096) == 5)
        #expect(output.word(4100) == 1024, "the address of main_data")
        #expect(!output.functionNames.contains("__wasm_apply_data_relocs"))
        #expect(!output.functionNames.contains("start"))
    }

    @Test func addressesOfOtherLibraries() throws {
        let output = try Inspection(try link("b", "a"))
        #expect(output.word(4160 + 4) == 4096, "the address of a_data, which is at the start of a")
    }

    @Test func addressesInCodeAreConstants() throws {
        let output = try Inspection(try link("a"))
        let code = try output.code("A_run")
        #expect(!code.contains("global.get 1"))
        #expect(code.contains("i32.const 4096"))
        // A weak symbol that nobody defines has the address 0.
        #expect(code.contains("i32.const 0"))
    }

    @Test func additionOfConstantsIsFolded() throws {
        // table base + 1 → one constant
        let code = try Inspection(try link("passive")).code("run")
        #expect(code.contains("i32.const 6"))
        #expect(!code.contains("i32.const 5, i32.const 1, i32.add"))
    }

    @Test func globalsThatNothingChangesAreFolded() throws {
        let output = try Inspection(try link("passive", keep: ["read_constant"]))
        #expect(try output.code("read_constant") == ["i32.const 77", "end"])
        // The start function of the library set one of its globals: that became a constant, too.
        #expect(try output.code("run").first == "i32.const 4104")
    }

    @Test func dataFromPassiveSegments() throws {
        #expect(try Inspection(try link("passive")).word(4096) == 11)
    }

    @Test func whatIsNotUnderstoodRunsAtStartUp() throws {
        let linked = try link("startup")
        #expect(linked.warnings.map(\.kind) == [.startUpCode])
        if let output = try Tool.call(linked.bytes, "frond_start") { #expect(output == "12") }
    }
}
