import Foundation
import Support
import Testing

extension EndToEnd {
    /// Servers as they are published, started by the commands that one types; servers.mjs asks them and presses ^C.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct ServerTests {
        static let app = Workshop.apps.appending(path: "servers")

        /// A command line, what the server answers at `/`, the signal that is to end it (^C when not said), the exit status then or
        /// the signal that it dies of, something that it says.
        struct Server: Sendable, CustomTestStringConvertible {
            var arguments: [String]
            var answer: String
            var signal = "SIGINT"
            var status = "0"
            var words: String
            var testDescription: String { arguments.joined(separator: " ") }
        }

        // The statuses are those of the same servers in a native Python.
        static let servers = [
            Server(
                arguments: ["-m", "uvicorn", "main:app", "--port", "{port}"], answer: "hello from starlette",
                words: "the app has cleaned up"),
            Server(
                arguments: ["-m", "uvicorn", "main:app", "--port", "{port}"], answer: "hello from starlette",
                signal: "SIGTERM", status: "SIGTERM", words: "the app has cleaned up"),
            Server(
                arguments: ["-m", "flask", "--app", "app", "run", "--port", "{port}"], answer: "hello from flask",
                words: "Press CTRL+C to quit"),
            Server(
                arguments: ["-m", "waitress", "--listen", "127.0.0.1:{port}", "wsgi:app"], answer: "hello from wsgi",
                words: "Serving on"),
            Server(arguments: ["-m", "wsgi"], answer: "hello from wsgi", status: "SIGINT", words: "KeyboardInterrupt"),
            Server(arguments: ["-m", "sync_worker"], answer: "hello from wsgi", words: "the worker has ended"),
            Server(
                arguments: ["-m", "manage", "runserver", "--noreload", "{port}"], answer: "hello from django",
                words: "Quit the server with CONTROL-C"),
            // The reloader starts the server as a child.
            Server(
                arguments: ["-m", "manage", "runserver", "{port}"], answer: "hello from django",
                words: "Watching for file changes"),
        ]

        @Test(arguments: servers) func answersAndEndsOnASignal(server: Server) async throws {
            let script = Workshop.package.appending(path: "Tests/EndToEnd/servers.mjs")
            let command = [Workshop.frond.path, "run", "--app", Self.app.path, "--env", "PORT={port}"]
            let result = try await ChildProcess(
                Workshop.node,
                [script.path, server.answer, server.signal, server.status, server.words] + command + server.arguments,
                environment: ["FROND_NODE": Workshop.node]
            ).collect(timeout: .seconds(280))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }

        /// The same program in the worker of a page: a thread of its own asks it over the network inside.
        @Test(arguments: Browser.allCases) func answersInsideABrowser(browser: Browser) async throws {
            let result = try await browser.open(Self.app, [.text("inside: 200 hello from starlette")], timeout: 120)
            #expect(result.text?.contains("Uvicorn running on") == true, "\(result.text ?? "")")
        }
    }
}
