import Testing
import WasmBinary

/// Custom sections that Frond understands.
@Suite struct CustomSectionTests {
    @Test func names() throws {
        var names = NameSection()
        names.module = "m"
        names.functions = [.init(index: 0, name: "first"), .init(index: 7, name: "seventh é")]
        names.globals = [.init(index: 1, name: "g")]
        #expect(try NameSection(reading: names.write()) == names)
        // Subsections of other kinds are skipped.
        var bytes = ByteWriter()
        for byte in [2, 3, 1, 2, 3] as [UInt8] { bytes.byte(byte) }
        bytes.append(names.write())
        #expect(try NameSection(reading: bytes.finish()) == names)
    }

    @Test func namesThatMakeNoSenseAreIgnored() throws {
        var module = Module()
        module.customSections = [CustomSection(name: "name", contents: [1, 100, 0])]
        #expect(try Module.read(module.write()).names == NameSection())
    }

    @Test func dynamicLinking() throws {
        var section = DylinkSection()
        section.memorySize = 1_000_000
        section.memoryAlignment = 4
        section.tableSize = 12
        section.needed = ["liba.so", "libb.so"]
        section.exports = [.init(name: "t", flags: 0x100)]
        section.imports = [
            .init(module: "env", name: "weak", flags: 0x11), .init(module: "env", name: "f", flags: 0x10),
        ]
        section.runtimePath = ["$ORIGIN"]
        let again = try DylinkSection(reading: section.write())
        #expect(again == section)
        #expect(again.imports.map(\.isWeak) == [true, false])
        #expect(again.exports[0].isThreadLocal)
    }

    @Test func customSectionsKeepTheirPlaces() throws {
        var module = Module()
        module.types = [DefinedType(.function(FunctionType(parameters: [], results: [])))]
        module.customSections = [
            CustomSection(name: "first", contents: [1], after: .custom),
            CustomSection(name: "second", contents: [2], after: .type),
            CustomSection(name: "third", contents: [3], after: .import),
        ]
        module.emptySections = [.import]
        let again = try Module.read(module.write())
        #expect(again == module)
        #expect(again.customSection("second")?.contents == [2])
    }
}
