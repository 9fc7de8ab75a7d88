import Foundation
import Support
import Testing

extension EndToEnd {
    /// What is an application and no program: recognised, given a server, and asked over the kernel's network, in Node.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct ApplicationTests {
        /// Starts the app's own command in a thread, asks it for the paths, and prints what it answered.
        private static let visitor = """
            import runpy, sys, threading, time, urllib.error, urllib.request
            command, paths = sys.argv[1:3], sys.argv[3:]
            sys.argv = ["_frond_app", *command]
            threading.Thread(target=runpy.run_module, args=("_frond_app", None, "__main__"), daemon=True).start()
            def ask(path):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{command[1]}{path}", timeout=60) as answer:
                        return answer.status, answer.read().decode()
                except urllib.error.HTTPError as error:
                    return error.code, error.read().decode()
            for attempt in range(600):
                try:
                    ask("/")
                    break
                except urllib.error.URLError:
                    time.sleep(0.05)
            for path in paths:
                print(path, *ask(path))
            """

        private func answers(
            _ files: [String: String], _ target: String, _ paths: [String], says: String
        ) async throws -> String {
            try await Workshop.withFolder { folder in
                let app = folder.appending(path: "app")
                for (path, text) in files { try AtomicFile.write(text, to: app.appending(path: path)) }
                let result = try await Workshop.frond(
                    ["run", "--app", app.path, "-c", Self.visitor, target, "8000"] + paths)
                #expect(result.status == 0, "\(result.errorText)")
                #expect(result.errorText.contains(says), "\(result.errorText)")
                return result.text
            }
        }

        @Test func anObjectByASGIWithoutAServer() async throws {
            let source = """
                import asyncio
                async def application(scope, receive, send):
                    if scope["type"] == "lifespan":
                        scope["state"]["started"] = (await receive())["type"]
                        await send({"type": "lifespan.startup.complete"})
                        await receive()
                    path = scope["path"]
                    if path == "/broken":
                        raise RuntimeError("as it should be")
                    await send({"type": "http.response.start", "status": 200, "headers": []})
                    for part in path, scope["query_string"].decode(), scope["state"]["started"]:
                        await asyncio.sleep(0)
                        await send({"type": "http.response.body", "body": f"{part} ".encode(), "more_body": True})
                    await send({"type": "http.response.body", "body": b"end"})
                """
            let said = try await answers(
                ["web.py": source, "pyproject.toml": "[tool.frond]\napp = 'web:application'"], "web:application",
                ["/a%20b?c=d", "/broken"], says: "RuntimeError: as it should be")
            #expect(said == "/a%20b?c=d 200 /a b c=d lifespan.startup end\n/broken 500 Internal Server Error\n")
        }

        @Test func anObjectByWSGIWithoutAServer() async throws {
            let source = """
                def make():
                    def application(environ, start_response):
                        start_response("200 OK", [("Content-Type", "text/plain")])
                        return [environ["PATH_INFO"].encode(), b" ", environ["QUERY_STRING"].encode()]
                    return application
                """
            let said = try await answers(
                ["web.py": source, "pyproject.toml": "[tool.frond]\napp = 'web:make()'"], "web:make()", ["/x?y=1"],
                says: "Serving by WSGI with wsgiref on port 8000")
            #expect(said == "/x?y=1 200 /x y=1\n")
        }

        @Test func aFlaskObjectAsItIs() async throws {
            let source = """
                from flask import Flask, request
                app = Flask(__name__)
                @app.get("/<name>")
                def hello(name):
                    return {"hello": name, "from": request.host}
                """
            let said = try await answers(
                ["main.py": source, "pyproject.toml": "[project]\nname = 'hello'\ndependencies = ['flask']"],
                "main:app",
                ["/you", "/a/b"], says: "app in main.py is an application of Flask; it is served (app = \"main:app\")")
            #expect(
                said.hasPrefix("/you 200 {\"from\":\"127.0.0.1:8000\",\"hello\":\"you\"}\n\n/a/b 404 <!doctype html>"))
        }
    }
}
