import Commands
import Testing

@Suite struct RequirementTests {
    @Test(arguments: [
        ("greenlet", "greenlet"), ("Green_Let>=3", "green-let"), ("a.b--c [x,y] ~= 1.2", "a-b-c"),
        ("x (>=1,<2)", "x"), ("x @ https://example.org/x.whl", "x"), ("x ; python_version < '3'", "x"),
    ])
    func readsTheName(text: String, name: String) { #expect(Requirement(text)?.name == name) }

    @Test(arguments: ["", "-x", "x-", ">=1", "x [extra", "x => 1", "x >= one", "x ==", "x 1.0"])
    func refusesWhatIsNone(text: String) { #expect(Requirement(text) == nil) }

    @Test func knowsWhatNeedsAResolver() {
        #expect(Requirement("greenlet>=3")?.isPlain == true)
        for text in ["x[y]", "x; os_name == 'nt'", "x @ file:///x"] { #expect(Requirement(text)?.isPlain == false) }
    }

    @Test(arguments: [
        (">=3.10", true), (">=3.10,<4", true), ("<3.12", false), ("==3.14.*", true), ("==3.13.*", false),
        ("~=3.10", true), ("~=3.10.1", false), ("!=3.14.7", false), ("!=3.13.*", true), ("", true), ("==3.14.7", true),
        (">3.14.7", false), ("<=3.14.7.0", true), (">= 3.15", false),
    ])
    func comparesVersions(range: String, holds: Bool) throws {
        #expect(try #require(VersionRange(range)).contains("3.14.7") == holds)
    }
}
