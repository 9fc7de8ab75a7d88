import Foundation
import Support
import TestSupport
import Testing

extension EndToEnd {
    /// `frond verify` on sites and apps, and `frond run --runtime reference`.
    @Suite(.serialized, .timeLimit(.minutes(10))) struct VerifyTests {
        private static let probe = Workshop.package.appending(path: "Tests/Verify/probe")

        @Test(arguments: ["node", "chromium", "firefox"])
        func engineAgreesWithTheReference(engine: String) async throws {
            let result = try await Workshop.frond(
                ["verify", Self.probe.path, "--engine", "reference,\(engine)"], timeout: .seconds(300))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
            #expect(result.text.contains("network: \(engine): "))
            #expect(result.text.contains("the same as in reference"))
        }

        @Test func aServerAnswers() async throws {
            let result = try await Workshop.frond(
                ["verify", Workshop.package.appending(path: "Tests/Verify/server").path, "--engine", "reference,node"],
                timeout: .seconds(300))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
            #expect(result.text.contains("requests: node: "))
        }

        /// Without checks of its own, a server is asked for a page, and does not run for ever.
        @Test func aServerWithoutChecksIsAskedForItsFirstPage() async throws {
            try await Workshop.withFolder { folder in
                try Data(
                    """
                    [project]
                    name = "files"
                    version = "1"
                    [tool.frond]
                    serve = "python -m http.server 8000"
                    """.utf8
                ).write(to: folder.appending(path: "pyproject.toml"))
                let result = try await Workshop.frond(["verify", folder.path], timeout: .seconds(120))
                #expect(result.status == 0, "\(result.text)\(result.errorText)")
                #expect(result.text.contains("requests: reference: "), "\(result.text)")
            }
        }

        /// The examples' own checks: a whole server in every engine, byte for byte the same.
        @Test(arguments: [
            ("asyncio-chat", ["reference", "node", "chromium", "firefox"]),
            ("fastapi-sqlalchemy", ["reference", "node"]),
        ])
        func examplesAnswer(name: String, engines: [String]) async throws {
            let result = try await Workshop.frond(
                [
                    "verify", Workshop.package.appending(path: "Examples/\(name)").path, "--engine",
                    engines.joined(separator: ","),
                ], timeout: .seconds(500))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
            for engine in engines { #expect(result.text.contains("requests: \(engine): "), "\(result.text)") }
        }

        /// Two runs of a program with threads, greenlets, random numbers and time give the same trace, byte for byte.
        @Test func tracesAreTheSameEveryTime() async throws {
            try await Workshop.withFolder { folder in
                let traces = [folder.appending(path: "one"), folder.appending(path: "two")]
                for trace in traces {
                    let result = try await Workshop.frond(
                        [
                            "run", "--runtime", "reference", "--trace", trace.path, Self.probe.path, "contexts",
                            "threads",
                        ],
                        timeout: .seconds(200))
                    #expect(result.status == 0, "\(result.errorText)")
                }
                let first = try Data(contentsOf: traces[0])
                #expect(first.count > 100_000)
                #expect(try first == Data(contentsOf: traces[1]))
            }
        }

        /// Each of these changes a site in one place; the finding that has to fail is named.
        @Test func brokenSitesAreSeen() async throws {
            let site = try await Sites.shared.site(Workshop.greenlets)
            let names = try FileManager.default.contentsOfDirectory(atPath: site.appending(path: "assets").path)
            let glue = try #require(names.first { $0.hasPrefix("glue.") && $0.hasSuffix(".mjs") })
            let module = try #require(names.first { $0.hasPrefix("app.") && $0.hasSuffix(".wasm") })
            func change(_ path: String, _ body: @escaping (inout Data) -> Void) -> (URL) throws -> Void {
                { folder in
                    let file = folder.appending(path: path)
                    var data = try Data(contentsOf: file)
                    body(&data)
                    try data.write(to: file)
                }
            }
            func replace(_ old: String, _ new: String) -> (inout Data) -> Void {
                { $0 = Data(String(decoding: $0, as: UTF8.self).replacing(old, with: new).utf8) }
            }
            let cases: [(String, (URL) throws -> Void)] = [
                ("files", change("index.html") { $0.append(UInt8(ascii: " ")) }),
                ("files", { try Data("x".utf8).write(to: $0.appending(path: "assets/extra.js")) }),
                ("files", { try FileManager.default.removeItem(at: $0.appending(path: "assets/\(glue)")) }),
                ("compressed files", change("assets/\(glue).br") { $0[$0.count / 2] ^= 0xFF }),
                ("compressed files", change("assets/\(glue).gz") { $0.removeLast(3) }),
                ("names", change("assets/\(glue)") { $0.append(UInt8(ascii: "\n")) }),
                ("module", change("assets/\(module)") { $0[8] = 0x7F }),  // a section that there is not
                ("glue", change("assets/\(glue)", replace("suspending:['frond.switch']", "suspending:[]"))),
                ("pages", change("index.html", replace("<head>", "<head><script>alert(1)</script>"))),
                ("pages", change("index.html", replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"))),
                ("pages", change("404.html", replace("integrity=\"sha384-", "integrity=\"sha384-A"))),
                ("pages", change("index.html", replace("src=\"/assets", "src=\"https://elsewhere.example/assets"))),
                ("headers", change("_headers", replace("script-src", "script-src *"))),
            ]
            for (name, breakIt) in cases {
                try await Workshop.withFolder { folder in
                    let copy = folder.appending(path: "site")
                    try FileManager.default.copyItem(at: site, to: copy)
                    try breakIt(copy)
                    let result = try await Workshop.frond(
                        ["verify", copy.path, "--format", "json"], timeout: .seconds(200))
                    #expect(result.status == 1, "\(name)")
                    let report = try JSONDecoder().decode(Report.self, from: Data(result.output))
                    #expect(
                        report.findings.contains { $0.group == "site" && $0.name == name && $0.outcome == "failed" },
                        "\(name): \(result.text)")
                }
            }
        }

        private struct Report: Decodable {
            struct Finding: Decodable {
                var group: String
                var name: String
                var outcome: String
            }
            var findings: [Finding]
        }

        @Test func badInputIsStatusTwo() async throws {
            for arguments in [["verify", "/nowhere"], ["verify", "--engine", "nodejs", Self.probe.path]] {
                let result = try await Workshop.frond(arguments)
                #expect(result.status == 2)
                #expect(result.output.isEmpty)
            }
        }

        @Test func aFailedExpectationIsSaid() async throws {
            try await Workshop.withFolder { folder in
                let settings = """
                    [[tool.frond.verify.commands]]
                    name = "greets"
                    stdout = "hello\\nyou\\n"

                    """
                try AtomicFile.write("print('hello')\nprint('world')\n", to: folder.appending(path: "main.py"))
                try AtomicFile.write(settings, to: folder.appending(path: "pyproject.toml"))
                let text = try await Workshop.frond(["verify", folder.path])
                #expect(text.status == 1)
                #expect(text.text.contains("stdout differs in line 2"), "\(text.text)")
                let junit = try await Workshop.frond(["verify", folder.path, "--format", "junit"])
                #expect(junit.text.contains("<failure message=\"stdout differs in line 2:\">"), "\(junit.text)")
                let github = try await Workshop.frond(["verify", folder.path, "--format", "github"])
                #expect(github.text.hasPrefix("::error title=greets%3A reference::stdout differs"), "\(github.text)")
            }
        }

        @Test func runsInTheReferenceRuntime() async throws {
            let code = "import sys; print(input(), sys.stdin.read().split()); sys.exit(7)"
            try await Workshop.withFolder { folder in
                let trace = folder.appending(path: "trace")
                let result = try await Workshop.frond(
                    ["run", "--runtime", "reference", "--trace", trace.path, "-c", code], input: "one\ntwo three\n",
                    in: folder, environment: ["PATH": "/nowhere", "FROND_NODE": "/nowhere/node"])
                #expect(result.text == "one ['two', 'three']\n")
                #expect(result.status == 7, "\(result.errorText)")
                let lines = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
                #expect(lines.last == "exit 7")
            }
        }

        @Test func tracesBecomePictures() async throws {
            try await Workshop.withFolder { folder in
                let page = folder.appending(path: "out.html")
                let made = try await Workshop.frond(["trace", "--html", Workshop.greenlets.path, "-o", page.path])
                #expect(made.status == 0, "\(made.errorText)")
                let html = try String(contentsOf: page, encoding: .utf8)
                #expect(html.contains("\"switch 0 1\""))
                #expect(!html.contains("{{"))
                #expect(!html.contains("src="), "the page loads something")
                let none = try await Workshop.frond(["trace", "--html", page.path, "-o", page.path])
                #expect(none.status == 2)
            }
        }

        /// The page says what each wait is for, as a browser draws it.
        @Test func waitsHaveLabels() async throws {
            let program = """
                import os, socket, select, threading, time
                lock, (reading, writing), (one, other) = threading.Lock(), os.pipe(), socket.socketpair()
                def holds():
                    with lock: time.sleep(0.02)
                def wants():
                    with lock: os.write(writing, b'x')
                def selects(): select.select([one], [], [], 0.005)
                threads = [threading.Thread(target=t) for t in (holds, wants, lambda: os.read(reading, 1), selects)]
                for thread in threads: thread.start()
                threads[0].join()
                """
            try await Workshop.withFolder { folder in
                let source = folder.appending(path: "waits.py")
                let page = folder.appending(path: "waits.html")
                try Data(program.utf8).write(to: source)
                let made = try await Workshop.frond(["trace", "--html", source.path, "-o", page.path])
                #expect(made.status == 0, "\(made.errorText)")
                let drawn = try await ChildProcess(
                    try #require(Engine.find("chromium", named: ["FROND_CHROMIUM"])),
                    [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
                        "--virtual-time-budget=2000", "--dump-dom", page.absoluteString,
                    ]
                ).collect(timeout: .seconds(60))
                for label in [
                    "waits for the time (20 ms)", "waits for a lock or semaphore, from thread 1",
                    "waits for input of descriptor 3, from thread 2", "waits for input of descriptor 5, in vain",
                ] { #expect(drawn.text.contains(label), "\(label)") }
            }
        }

        /// The eval loop is renewed after 0.25, 0.5, 1 and 2 s (docs/contexts.md), whatever Python does meanwhile.
        @Test func evalLoopsThatLastAreRenewed() async throws {
            let program = """
                import os, time
                def spin(until):
                    while time.monotonic() < until: pass
                    raise KeyError(until)
                def ticks(start):
                    for i in range(1, 9):
                        yield i
                        try: spin(start + 0.3 * i)
                        except KeyError as e: assert e.args == (start + 0.3 * i,)
                def main():
                    total = 0
                    for i in ticks(time.monotonic()): total += i
                    print(total, flush=True)
                    os.abort()
                main()
                """
            let result = try await Workshop.frond(["run", "--runtime", "reference", "-c", program])
            #expect(result.status == 134)
            #expect(result.text == "36\n", "\(result.errorText)")
            let calls = result.errorText.split(separator: "\n").count { $0.contains("at _PyEval_EvalFrameDefault ") }
            #expect(calls == 5, "\(result.errorText)")
        }

        /// A child's output and status come back; both sides of a pipe are processes.
        @Test func startsChildren() async throws {
            let code = """
                import subprocess, sys, signal
                r = subprocess.run([sys.executable, '-c', 'import sys; print(sys.stdin.read()[::-1]); sys.exit(4)'],
                                   input='abc', capture_output=True, text=True)
                print(r.stdout.strip(), r.returncode)
                p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])
                p.terminate(); print(p.wait() == -signal.SIGTERM)
                p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])
                p.kill(); print(p.wait() == -signal.SIGKILL)
                print(subprocess.run([sys.executable, '-c', 'import os; os.abort()'], stderr=subprocess.DEVNULL).returncode)
                """
            let result = try await Workshop.frond(["run", "--runtime", "reference", "-c", code])
            #expect(result.text == "cba 4\nTrue\nTrue\n-6\n", "\(result.text)\(result.errorText)")
        }
    }
}
