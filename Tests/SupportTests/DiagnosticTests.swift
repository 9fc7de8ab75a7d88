import Support
import Testing

@Suite struct DiagnosticTests {
    @Test func readsLikeACompilersMessage() {
        let diagnostic = Diagnostic.input(
            "config-unknown-key", "unknown key \"tilte\" in [tool.frond]",
            at: .init(file: "pyproject.toml", line: 12, column: 1), notes: ["two\nlines"],
            hints: ["did you mean \"title\"?"])
        #expect(
            diagnostic.description == """
                pyproject.toml:12:1: error: unknown key "tilte" in [tool.frond]
                  note: two
                    lines
                  hint: did you mean "title"?
                """)
    }

    @Test func saysWhereInABinaryFile() {
        let diagnostic = Diagnostic(.warning, "odd", "odd byte", at: .init(file: "a.wasm", byteOffset: 31))
        #expect(diagnostic.description == "a.wasm at byte 0x1f: warning: odd byte")
    }

    @Test func badInputEndsWithTwoAndFailureWithOne() {
        let input = Diagnostic.input("a", "a")
        let failure = Diagnostic(.error, "b", "b")
        let warning = Diagnostic(.warning, "c", "c")
        #expect(input.exitStatus == 2)
        #expect(failure.exitStatus == 1)
        #expect(Diagnostics([warning, input]).exitStatus == 2)
    }

    @Test func colourOnlyAddsEscapes() {
        let diagnostic = Diagnostic(.error, "a", "message", at: .init(file: "f"), hints: ["do"])
        let plain = diagnostic.rendered(colour: true).replacing(/\u{1b}\[[0-9;]*m/, with: "")
        #expect(plain == diagnostic.description)
        #expect(diagnostic.rendered(colour: true) != plain)
    }
}
