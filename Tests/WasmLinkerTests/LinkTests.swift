import Testing
import WasmBinary
import WasmLinker

/// What the output does when it runs, and that it is the same every time.
@Suite struct LinkTests {
    @Test func librariesRunInNode() throws {
        // a: 5 + 42 + 3 · 20 + 11 + 1 constructor + 0 weak; b: 5 + 1000. b is given first, but needs a.
        let linked = try link("b", "a", keep: ["sbrk_start"])
        if let output = try Tool.call(linked.bytes, "frond_start") { #expect(output == "1124") }
        if let output = try Tool.call(linked.bytes, "sbrk_start") { #expect(output == "\(linked.map.heapBase)") }
    }

    @Test func withoutLibraries() throws {
        let linked = try link()
        #expect(linked.warnings.isEmpty)
        #expect(try Inspection(linked).word(1040) == 0)
        if let output = try Tool.call(linked.bytes, "frond_start") { #expect(output == "-1") }
    }

    @Test func exceptionsOfBothKinds() throws {
        for (name, result) in [("legacy", "11"), ("standard", "12")] {
            if let output = try Tool.call(try link(name).bytes, "frond_start") { #expect(output == result) }
        }
    }

    @Test func passiveSegments() throws {
        // 11 from the start function, 22 at run time, counter 6, increment(10) = 11, other = 100
        let linked = try link("passive")
        #expect(linked.warnings.isEmpty)
        if let output = try Tool.call(linked.bytes, "frond_start") { #expect(output == "150") }
    }

    @Test func everyKindOfIndex() throws {
        let linked = try link("a", "everything")
        let module = try Inspection(linked).module
        // Types are merged: (i32) -> (i32) exists once, and nothing is left that nothing uses.
        #expect(module.types.filter { $0.function == FunctionType(parameters: [.i32], results: [.i32]) }.count == 1)
        #expect(!module.types.contains { $0.function?.parameters == [.f64, .f64, .f64] })
        #expect(module.recursionGroups.count == 1)
    }

    @Test func sameBytesEveryTime() throws {
        let first = try link("b", "a", "passive", "unbound")
        for threads in [1, 2, 7] {
            let again = try link("b", "a", "passive", "unbound") { $0.threads = threads }
            #expect(again.bytes == first.bytes)
            #expect(again.map.text() == first.map.text())
        }
    }

    @Test func linkingTheOutputAgainChangesNothing() throws {
        let names = Set(try Inspection(link("a")).module.exports.map(\.name))
        let once = try WasmLinker.link(
            main: LinkInput(name: "once", bytes: try link("a").bytes), options: options(keeping: names))
        let twice = try WasmLinker.link(
            main: LinkInput(name: "twice", bytes: once.bytes), options: options(keeping: names))
        #expect(once.bytes == twice.bytes)
    }

    private func options(keeping names: Set<String>) -> LinkOptions {
        var options = LinkOptions()
        options.keepExports = names
        return options
    }

    @Test func mapTellsWhoBroughtWhat() throws {
        let linked = try link("b", "a")
        let map = linked.map
        #expect(map.files.map(\.name) == ["main.wasm", "liba.so", "libb.so"])
        #expect(map.outputSize == linked.bytes.count)
        #expect(map.files[1].memoryBase == 4096 && map.files[1].tableBase == 5)
        #expect(map.dropped.contains { $0.name == "exported_but_not_kept" && $0.file == 0 })
        // The linker's own: two constructors and the trap for a weak function that is not there.
        #expect(map.functions.filter { $0.file == nil }.count == 3)
        #expect(map.files.reduce(0) { $0 + $1.functions } + 3 == map.functions.count)
        #expect(map.text().contains("A_run  [liba.so]"))
    }
}
