import DevServer
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
            try FileManager.default.createDirectory(at: Workshop.screenshots, withIntermediateDirectories: true)
            let server = DevServer(root: site, options: .init(port: 0))
            let address = try await server.start()
            let script = Workshop.package.appending(path: "Tests/EndToEnd/\(example.script)")
            let picture = Workshop.screenshots.appending(path: "\(example.name)-\(browser).png")
            let result = try? await ChildProcess(
                Workshop.node, [script.path, browser.rawValue, address.absoluteString, picture.path]
            ).collect(timeout: .seconds(280))
            await server.stop()
            #expect(result?.status == 0, "\(result?.text ?? "no result")\(result?.errorText ?? "")")
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
