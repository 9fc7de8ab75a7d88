import Commands
import Support
import Testing

@Suite struct ScriptMetadataTests {
    @Test func readsTheBlock() throws {
        let source = """
            #!/usr/bin/env python3
            # /// script
            # requires-python = ">=3.12"
            # dependencies = [
            #   "greenlet",
            # ]
            #
            # [tool.frond]
            # title = "T"
            # ///

            # /// other
            # x = [
            # ///
            print(1)
            """
        let root = try #require(try ScriptMetadata.read(source, name: "s.py")).root
        #expect(try root.strings("dependencies") == ["greenlet"])
        #expect(try root.section("tool")?.section("frond")?.string("title") == "T")
        #expect(root.location("dependencies") == .init(file: "s.py", line: 4, column: 3))
    }

    @Test(arguments: ["", "print(1)", "# /// script", "# /// script\n# x = 1\nprint()", "#/// script\n# ///"])
    func findsNoneWhereThereIsNone(source: String) throws {
        #expect(try ScriptMetadata.read(source, name: "s.py") == nil)
    }

    @Test func refusesASecondBlock() {
        let block = "# /// script\n# x = 1\n# ///\n"
        let error = #expect(throws: Diagnostic.self) { try ScriptMetadata.read(block + "\n" + block, name: "s.py") }
        #expect(error?.location == .init(file: "s.py", line: 5, column: 1))
    }

    @Test func saysTheScriptsOwnLine() {
        let error = #expect(throws: Diagnostic.self) {
            try ScriptMetadata.read("import x\n# /// script\n# a = \n# ///\n", name: "s.py")
        }
        #expect(error?.location?.line == 3)
    }

    @Test func acceptsWindowsLines() throws {
        let document = try ScriptMetadata.read("# /// script\r\n# a = 1\r\n# ///\r\nx\r\n", name: "s.py")
        #expect(try document?.root.integer("a") == 1)
    }
}
