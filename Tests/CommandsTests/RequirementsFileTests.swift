import Commands
import Support
import Testing

@Suite struct RequirementsFileTests {
    @Test func readsNamesCommentsAndContinuations() throws {
        let file = try RequirementsFile(
            """
            # what we need
            flask>=3  # the framework
            sqlalchemy[asyncio]==2.0.1 \\
                --hash=sha256:0123
            idna ; python_version > "3.9"

            """, name: "requirements.txt")
        #expect(
            file.requirements.map(\.text) == [
                "flask>=3", "sqlalchemy[asyncio]==2.0.1", "idna ; python_version > \"3.9\"",
            ])
    }

    @Test(arguments: [("flask\n-r other.txt", 2, "requirements-option"), ("\n\n???", 3, "requirements-syntax")])
    func refusesWithALine(text: String, line: Int, identifier: String) {
        let problem = #expect(throws: Diagnostic.self) { try RequirementsFile(text, name: "requirements.txt") }
        #expect(problem?.identifier == identifier)
        #expect(problem?.location?.line == line)
    }

    @Test func indexSettingsAreHandedOn() throws {
        let document = try TOMLDocument(
            parsing: """
                index-url = "https://packages.example/simple"
                dev-dependencies = ["x"]
                index = [{ name = "own", url = "https://own.example/", explicit = true }]
                """, name: "pyproject.toml")
        #expect(
            UVSettings.toml(of: document.root) == """
                index = [{ "explicit" = true, "name" = "own", "url" = "https://own.example/" }]
                index-url = "https://packages.example/simple"
                """)
    }
}
