import Testing
import WasmBinary
import WasmLinker

/// What is kept and what is not.
@Suite struct LivenessTests {
    @Test func onlyWhatCanBeReached() throws {
        let output = try Inspection(try link("a"))
        #expect(!output.functionNames.contains("dead"))
        #expect(!output.functionNames.contains("never"))
        #expect(!output.functionNames.contains("exported_but_not_kept"))
        // In the table: kept, although no code mentions it.
        #expect(output.functionNames.contains("thrice"))
        let exports = output.module.exports.map(\.name)
        #expect(!exports.contains("main_data") && !exports.contains("__stack_pointer"))
    }

    @Test func keptExportsKeepWhatTheyCall() throws {
        let output = try Inspection(try link("a", keep: ["exported_but_not_kept"]))
        #expect(output.functionNames.contains("dead"))
        #expect(try output.code("dead") == ["i32.const 7", "end"])
    }

    @Test func namesCanBeLeftOut() throws {
        let linked = try link("a") { $0.keepNames = false }
        #expect(try Inspection(linked).module.customSections.isEmpty)
    }

    @Test func deadCodeMayBeBroken() throws {
        var main = try Module.read(try Fixture.main.bytes)
        main.functions.append(0)
        main.code.append(FunctionBody(instructions: [0x10, 0xFF, 0x7F, 0x0B]))
        _ = try WasmLinker.link(main: LinkInput(name: "main", bytes: main.write()))
        main.exports.append(Export(name: "frond_bad", kind: .function, index: UInt32(main.functions.count - 1)))
        let error = try #require(throws: LinkError.self) {
            try WasmLinker.link(main: LinkInput(name: "main", bytes: main.write()))
        }
        #expect(error.message == "function 16383 does not exist")
        #expect(error.offset != nil)
    }
}
