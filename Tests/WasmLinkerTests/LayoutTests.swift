import Testing
import WasmBinary
import WasmLinker

/// Addresses, table slots and the table of linked libraries.
@Suite struct LayoutTests {
    @Test func librariesFollowTheStackAndTheHeapFollowsThem() throws {
        let linked = try link("a", "b", keep: ["__heap_base"])
        let output = try Inspection(linked)
        #expect(linked.map.files[1].memoryBase == 4096)
        #expect(linked.map.files[2].memoryBase == 4160)
        let heap = linked.map.heapBase
        #expect(heap >= 4176 && heap % 16 == 0)
        #expect(output.word(1032) == heap, "the word that sbrk starts from")
        #expect(output.constant("__heap_base") == Int32(heap))
        // The stack's top is the same number as the old start of the heap, and stays.
        #expect(output.module.globals.contains { $0.type.isMutable && $0.initial == .i32(4096) })
    }

    @Test func neighbouringDataBecomesOneSegment() throws {
        // 1024: 2a 00 00 00 and 1032: 00 10 00 00 are joined; zeros at the end are left out.
        let output = try Inspection(try link())
        #expect(output.module.data.count == 1)
        #expect(output.module.data[0].contents == [0x2A, 0, 0, 0, 0, 0, 0, 0, 0, 0x10])
    }

    @Test func memoryGrowsWhenLibrariesAreLarge() throws {
        var dylink = DylinkSection()
        dylink.memorySize = 200_000
        var module = Module()
        module.customSections = [CustomSection(name: "dylink.0", contents: dylink.write(), after: .custom)]
        let library = LinkInput(path: "/lib/large.so", name: "large.so", bytes: module.write())
        let linked = try WasmLinker.link(main: try Fixture.main, libraries: [library])
        #expect(try Inspection(linked).module.memories[0].limits.minimum == 4)
    }

    @Test func oneSlotForOneFunction() throws {
        let output = try Inspection(try link("a"))
        // main_twice lies in slots 1 and 3; the last is the one that everybody gets.
        #expect(output.word(4096 + 8) == 3)
        #expect(output.slot(3) == "main_twice" || output.slot(3) == "twice")
        #expect(try output.code("A_run").contains("i32.const 3"))
        #expect(output.word(4096 + 12) == 5)
        #expect(output.slot(5) == "helper")
    }

    @Test func hostFunctionsGetSlots() throws {
        var main = Module()
        main.types = [DefinedType(.function(FunctionType(parameters: [.i32], results: [])))]
        main.types.append(DefinedType(.function(FunctionType(parameters: [], results: [.i32]))))
        let offset = GlobalType(value: .i32, isMutable: true)
        main.imports = [
            Import(module: "env", name: "log", type: .function(0)),
            Import(module: "env", name: "unused", type: .function(0)),
            Import(module: "GOT.func", name: "log", type: .global(offset)),
            Import(module: "GOT.func", name: "unused", type: .global(offset)),
        ]
        main.memories = [MemoryType(limits: Limits(minimum: 1))]
        main.tables = [Table(type: TableType(element: .function, limits: Limits(minimum: 1)))]
        main.functions = [1]
        main.code = [FunctionBody(instructions: [0x23, 0x00, 0x0B])]
        main.exports = [Export(name: "frond_start", kind: .function, index: 2)]
        let linked = try WasmLinker.link(main: LinkInput(name: "main", bytes: main.write()))
        try Tool.validate(linked.bytes)
        #expect(linked.imports.map(\.name) == ["log"])
        let output = try Inspection(linked)
        #expect(output.slot(1) == "log")
        #expect(try output.code("frond_start") == ["i32.const 1", "end"])
    }

    @Test func tableOfLinkedLibraries() throws {
        let output = try Inspection(try link("b", "a", "startup"))
        let entries = libraries(of: output)
        #expect(entries.map(\.path) == ["/lib/liba.so", "/lib/libb.so", "/lib/libstartup.so"])
        #expect(entries[0].symbols.map(\.0) == ["A_run", "a_add", "a_data"], "in the order of strcmp")
        #expect(output.slot(entries[0].symbols[0].1) == "A_run")
        #expect(entries[0].symbols[2].1 == 4096, "data is an address")
        #expect(entries[2].constructor == nil)
        // b needs a: constructing b constructs a first, and each happens once.
        #expect(try output.code(try #require(entries[1].constructor)).contains("call construct:liba.so"))
    }

    private struct Library {
        var path: String
        var constructor: String?
        var symbols: [(String, UInt32)]
    }

    private func libraries(of output: Inspection) -> [Library] {
        let table = Int(output.word(1040))
        return (0..<Int(output.word(table))).map { index in
            let library = Int(output.word(table + 4)) + 16 * index
            let symbols = (0..<Int(output.word(library + 8))).map { symbol in
                let at = Int(output.word(library + 12)) + 8 * symbol
                return (output.string(Int(output.word(at))), output.word(at + 4))
            }
            let slot = output.word(library + 4)
            return Library(
                path: output.string(Int(output.word(library))), constructor: slot == 0 ? nil : output.slot(slot),
                symbols: symbols)
        }
    }

    /// A Python extension with another export, which may import a function.
    private func extensionModule(importing name: String? = nil) -> LinkInput {
        var module = Module()
        module.types = [DefinedType(.function(FunctionType(parameters: [], results: [.i32])))]
        module.imports = name.map { [Import(module: "env", name: $0, type: .function(0))] } ?? []
        module.functions = [0, 0]
        module.code = Array(repeating: FunctionBody(instructions: [0x41, 0x00, 0x0B]), count: 2)
        let first = UInt32(module.imports.count)
        module.exports = [
            Export(name: "PyInit_x", kind: .function, index: first),
            Export(name: "helper", kind: .function, index: first + 1),
        ]
        module.customSections = [
            CustomSection(name: "dylink.0", contents: DylinkSection().write(), after: .custom)
        ]
        return LinkInput(path: "/x.so", name: "x.so", bytes: module.write())
    }

    @Test func pythonExtensionsOfferTheirInitialisersOnly() throws {
        let linked = try WasmLinker.link(main: try Fixture.main, libraries: [extensionModule()])
        #expect(linked.map.dropped.contains { $0.name == "helper" })
        #expect(linked.map.functions.contains { $0.name == "PyInit_x" })
    }

    @Test func whereFunctionsAreCalledByNameEverythingIsOffered() throws {
        let library = extensionModule(importing: "_frond_call_typed")
        let linked = try WasmLinker.link(main: try Fixture.main, libraries: [library])
        try Tool.validate(linked.bytes)
        let output = try Inspection(linked)
        let entries = libraries(of: output)
        #expect(entries.map(\.path) == ["", "/x.so"], "the main module has no path")
        #expect(entries[1].symbols.map(\.0) == ["PyInit_x", "helper"])
        let main = Dictionary(uniqueKeysWithValues: entries[0].symbols)
        #expect(output.slot(try #require(main["exported_but_not_kept"])) == "exported_but_not_kept")
        #expect(main["main_data"] == 1024, "data is an address")
        #expect(main["__wasm_call_ctors"] == nil)
    }
}
