import Support
import Testing

@Suite struct TOMLTests {
    private let text = """
        # a comment with [brackets] and "quotes"
        [project]
        name = "notes" # after
        dependencies = [
            "greenlet>=3", # [tool.none]
            'a]b',
        ]

        [tool.frond]
        title = \"""
        three
        quotes = "no key"\"\"""
        env.MODE = "x"
        "odd key" = { inner = 1, other = [{ deep = true }] }

        [[tool.frond.page]]
        path = "/"
        [[tool.frond.page]]
        path = "/about"
        """

    @Test func readsValues() throws {
        let root = try TOMLDocument(parsing: text, name: "p.toml").root
        #expect(try root.section("project")?.string("name") == "notes")
        #expect(try root.section("project")?.strings("dependencies") == ["greenlet>=3", "a]b"])
        #expect(try root.section("tool")?.section("frond")?.stringTable("env") == ["MODE": "x"])
        #expect(try root.section("tool")?.section("nothing") == nil)
    }

    @Test(arguments: [
        (["project"], 2, 2), (["project", "name"], 3, 1), (["project", "dependencies"], 4, 1),
        (["tool", "frond"], 9, 7), (["tool", "frond", "title"], 10, 1), (["tool", "frond", "env"], 13, 1),
        (["tool", "frond", "env", "MODE"], 13, 5), (["tool", "frond", "odd key"], 14, 1),
        (["tool", "frond", "odd key", "inner"], 14, 15), (["tool", "frond", "odd key", "other", "deep"], 14, 37),
        (["tool", "frond", "page", "path"], 17, 1),
    ])
    func knowsWhereEveryKeyStands(path: [String], line: Int, column: Int) {
        let place = TOMLPositions(text)[path]
        #expect(place?.line == line)
        #expect(place?.column == column)
    }

    @Test func doesNotSeeKeysInStringsOrComments() {
        let positions = TOMLPositions(text)
        #expect(positions[["tool", "frond", "quotes"]] == nil)
        #expect(positions[["tool", "none"]] == nil)
    }

    @Test(arguments: [
        "", "[", "[[[", "a", "a =", "a = [", "a = [}", "a = {]", "= 1", "a = \"\"\"", "\u{0}", "a..b = ]",
    ])
    func endsOnWhateverItIsGiven(text: String) { _ = TOMLPositions(text) }

    @Test func saysWhereTheSyntaxIsWrong() {
        let error = #expect(throws: Diagnostic.self) {
            try TOMLDocument(parsing: "[project]\nname = \"a\nx = 1\n", name: "pyproject.toml")
        }
        #expect(error?.identifier == "config-syntax")
        #expect(error?.location?.line == 2)
        #expect(error?.location?.column != nil)
        #expect(error?.exitStatus == 2)
    }

    /// toml++ aborts the process on these.
    @Test(arguments: [
        ("[=]", 1), ("a = 1\n[[ # ]]", 2), ("[\na]", 1), ("[.a]", 1), ("a = [\n[1],\n]\n[ü]", 4), ("b = 1\na = ]", 2),
        ("a = { b = }", 1), ("a =", 1),
    ])
    func refusesWhatTheParserAbortsOn(text: String, line: Int) {
        do {
            _ = try TOMLDocument(parsing: text, name: "x.toml")
            Issue.record("accepted")
        } catch {
            #expect(error.identifier == "config-syntax")
            #expect(error.location?.line == line)
        }
    }

    @Test func refusesDeepNestingAndTheFirstOfTwoMistakes() {
        let deep = "a = " + String(repeating: "[", count: 100_000)
        #expect(throws: Diagnostic.self) { try TOMLDocument(parsing: deep, name: "x.toml") }
        do {
            _ = try TOMLDocument(parsing: "a 1\n[=]", name: "x.toml")
            Issue.record("accepted")
        } catch {
            #expect(error.location?.line == 1)
        }
    }

    @Test func countsFromTheLineOfTheScriptThatItStandsIn() throws {
        let error = #expect(throws: Diagnostic.self) {
            let root = try TOMLDocument(parsing: "\ntitle = 1", name: "s.py", firstLine: 4, firstColumn: 3).root
            _ = try root.string("title")
        }
        #expect(error?.description == "s.py:5:3: error: title must be a string, not an integer")
    }

    @Test func saysWhereATypeIsWrong() throws {
        let document = try TOMLDocument(
            parsing: "[tool.frond]\nargs = [\"a\", 1]\nenv = \"x\"\nflag = 3\nn = 9", name: "p.toml")
        let frond = try #require(try document.root.section("tool")?.section("frond"))
        func message(_ body: () throws -> Void) -> String? {
            #expect(throws: Diagnostic.self, performing: body)?.description
        }
        #expect(
            message { _ = try frond.strings("args") }
                == "p.toml:2:1: error: tool.frond.args: every element must be a string, and one is an integer")
        #expect(
            message { _ = try frond.stringTable("env") }
                == "p.toml:3:1: error: tool.frond.env must be a table, not a string")
        #expect(
            message { _ = try frond.boolean("flag") }
                == "p.toml:4:1: error: tool.frond.flag must be true or false, not an integer")
        #expect(
            message { _ = try frond.integer("n", in: 1...8) }
                == "p.toml:5:1: error: tool.frond.n: must be from 1 to 8, not 9")
    }

    @Test func refusesUnknownKeysAllAtOnceInTheOrderOfTheFile() throws {
        let document = try TOMLDocument(parsing: "zzz = 1\ntilte = 2\nentry = 3\n", name: "p.toml")
        let errors = #expect(throws: Diagnostics.self) { try document.root.requireKeys(among: ["entry", "title"]) }
        #expect(
            errors?.all.map(\.description) == [
                "p.toml:1:1: error: unknown key \"zzz\" in the top level\n  hint: known keys: entry, title",
                "p.toml:2:1: error: unknown key \"tilte\" in the top level\n  hint: did you mean \"title\"?",
            ])
    }
}
