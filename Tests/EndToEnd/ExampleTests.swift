import Foundation
import Support
import Testing

extension EndToEnd {
    /// The examples as visitors use them, from the package index to the page in a real browser.
    @Suite(.serialized, .timeLimit(.minutes(10))) struct ExampleTests {
        @Test(
            arguments: [
                ("fastapi-sqlalchemy", "herbarium.mjs"), ("asyncio-chat", "chat.mjs"), ("flask-notes", "notes.mjs"),
                ("django-polls", "polls.mjs"), ("gevent-jobs", "jobs.mjs"),
            ], Browser.allCases)
        func isUsedInABrowser(example: (name: String, script: String), browser: Browser) async throws {
            let app = Workshop.package.appending(path: "Examples/\(example.name)")
            let site = try await Sites.shared.site(app)
            let result = try await Visitor.visit(site, script: example.script, in: browser, picture: example.name)
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }

        /// An example's own tests, as its README says to run them natively.
        @Test(arguments: [
            ("asyncio-chat", ["-m", "unittest", "discover", "-s", "tests"]), ("flask-notes", ["-m", "unittest"]),
            ("django-polls", ["-m", "tests"]), ("gevent-jobs", ["-m", "unittest"]),
        ])
        func passesItsOwnTestsInNode(example: (name: String, command: [String])) async throws {
            let app = Workshop.package.appending(path: "Examples/\(example.name)")
            let result = try await Workshop.frond(["run", "--app", app.path] + example.command)
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.errorText.contains("\nOK\n"), "\(result.errorText)")
        }
    }
}
