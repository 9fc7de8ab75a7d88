import Foundation
import Support
import Testing

extension EndToEnd {
    /// `frond run`: the same module, image and glue in Node, with a terminal's manners.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct HeadlessTests {
        @Test func printsWhatNativePythonPrints() async throws {
            let native = try await ChildProcess(Workshop.python, ["-B", "main.py"], in: Workshop.greenlets)
                .collect(timeout: .seconds(60))
            let result = try await Workshop.frond(["run", Workshop.greenlets.path])
            #expect(result.status == 0)
            #expect(result.text == native.text)
            #expect(native.status == 0)
        }

        @Test func doesSoInDenoToo() async throws {
            let deno = CacheDirectory().tools.appending(path: "bin/deno").path
            let result = try await Workshop.frond(
                ["run", "--engine", "deno", Workshop.greenlets.path, "switch_order"],
                environment: ["FROND_DENO": ProcessInfo.processInfo.environment["FROND_DENO"] ?? deno])
            #expect(result.status == 0)
            #expect(result.text.contains("[main] got 'test1 done'"))
        }

        @Test func importsPackagesByteCompiledAndLooksAtThem() async throws {
            let app = try Workshop.packagesApp()
            let result = try await Workshop.frond(["run", app.path])
            let lines = result.text.split(whereSeparator: \.isNewline).map(String.init)
            #expect(lines == Workshop.packagesOutput, "\(result.errorText)")
        }

        @Test func checksAppsBeforeTheyAreBuilt() async throws {
            let app = Workshop.apps.appending(path: "unfit")
            let result = try await Workshop.frond(["check", app.path, "--format", "github"])
            #expect(result.status == 2)
            let found = result.text.split(whereSeparator: \.isNewline).map { line in
                line.dropFirst(2).components(separatedBy: "::")[0].replacing(/file=[^,]*main\.py,/, with: "")
            }
            #expect(
                found == [
                    "error line=7,col=8,title=FROND102", "error line=17,col=1,title=FROND111",
                    "error line=21,col=1,title=FROND110", "error line=22,col=1,title=FROND112",
                    "error line=24,col=1,title=FROND120", "warning line=28,col=9,title=FROND111",
                ], "\(result.text)\(result.errorText)")
            let fit = try await Workshop.frond(["check", Workshop.greenlets.path, "--format", "json"])
            #expect(fit.status == 0)
            #expect(fit.text.contains("\"errors\" : 0"))
        }

        @Test func givesArgumentsInputAndStatus() async throws {
            let code = "import sys; print(sys.argv, sys.stdin.read()); sys.exit(7)"
            let result = try await Workshop.frond(["run", "-c", code, "a", "--b", "-c"], input: "in\nput")
            #expect(result.text == "['-c', 'a', '--b', '-c'] in\nput\n")
            #expect(result.status == 7)
        }

        @Test func runsModulesScriptsAndStandardInput() async throws {
            let module = try await Workshop.frond(["run", "-m", "tour.tree_walk"], in: Workshop.greenlets)
            #expect(module.status == 0)
            let script = try await Workshop.frond(
                ["run", Workshop.apps.appending(path: "greenlets.py").path], input: "word\n")
            #expect(script.text == "line: WORD\n")
            let standardInput = try await Workshop.frond(
                ["run", "-", "x"], input: "import sys\nprint(sys.argv, __name__)\n")
            #expect(standardInput.text == "['-', 'x'] __main__\n")
        }

        @Test func givesTheProgramsEnvironmentAndNoOther() async throws {
            let code = "import os; print(sorted(k for k in os.environ if k.startswith('FROND')), os.environ['A'])"
            let result = try await Workshop.frond(
                ["run", "--env", "A=1", "--env", "FROND_X", "-c", code],
                environment: ["FROND_X": "x", "FROND_Y": "y"])
            #expect(result.text == "['FROND_X'] 1\n")
        }

        /// Tables of unicodedata and of CJK codecs are files of the library; upstream's tests of what is in them are in the suite `cpython`.
        @Test func readsTablesWhenTheirModuleIsImported() async throws {
            let code = """
                import os, unicodedata
                print(unicodedata.name('€'), '日本'.encode('shift_jis').hex())
                table = '/usr/lib/python3.14/lib-tables/mappings_kr'
                os.remove(table)
                for content in None, bytes(100):
                    if content:
                        with open(table, 'wb') as file:
                            file.write(content)
                    try:
                        import _codecs_kr
                    except OSError as error:
                        print(type(error).__name__, os.path.basename(error.filename))
                """
            let result = try await Workshop.frond(["run", "-c", code])
            #expect(
                result.text == "EURO SIGN 93fa967b\nFileNotFoundError mappings_kr\nOSError mappings_kr\n",
                "\(result.text)\(result.errorText)")
        }

        @Test(arguments: [
            ("exception.py", Int32(1), "ZeroDivisionError"), ("leave.py", 3, ""),
            ("recursion.py", 1, "RecursionError: maximum recursion depth exceeded"), ("memory.py", 1, "MemoryError"),
        ])
        func endsAsPythonEnds(app: String, status: Int32, message: String) async throws {
            let result = try await Workshop.frond(["run", Workshop.apps.appending(path: app).path])
            #expect(result.status == status, "\(result.errorText)")
            #expect(message.isEmpty || result.errorText.contains(message), "\(result.errorText)")
            if app == "recursion.py" { #expect(result.text == "through C: RecursionError\n") }
        }

        /// Thirteen wheels with C, C++ and Rust inside, as the package index has them, linked into one module.
        @Test func usesExtensionModulesOfPublishedWheels() async throws {
            let result = try await Workshop.frond(["run", Workshop.apps.appending(path: "extensions").path])
            #expect(result.status == 0, "\(result.text)\n\(result.errorText)")
            #expect(result.text.hasSuffix("\ndone\n"))
            #expect(result.text.split(separator: "\n").count == 15)
        }

        @Test func endsOnControlC() async throws {
            // timeout(1) sends the signal after the program has had time to start.
            let code = "import time\ntry:\n    time.sleep(60)\nfinally:\n    print('cleaned up')"
            let result = try await ChildProcess(
                "timeout", ["--preserve-status", "--signal=INT", "8", Workshop.frond.path, "run", "-c", code],
                environment: ["FROND_NODE": Workshop.node]
            ).collect(timeout: .seconds(60))
            #expect(result.text == "cleaned up\n")
            #expect(result.errorText.contains("KeyboardInterrupt"))
            #expect(result.status == 130)
        }

        @Test func refusesAnEngineThatIsTooOld() async throws {
            try await Workshop.withFolder { folder in
                let fake = folder.appending(path: "node")
                try AtomicFile.write("#!/bin/sh\necho v20.1.0\n", to: fake, permissions: 0o755)
                let result = try await Workshop.frond(
                    ["run", "-c", "print(1)"], environment: ["FROND_NODE": fake.path])
                #expect(result.status == 2)
                #expect(result.errorText.contains("which is not node ≥ 24"))
            }
        }
    }
}

extension Workshop {
    /// A copy of `Apps/packages`, because the lock lies beside the app and names this machine's package index.
    static func packagesApp() throws -> URL {
        let app = package.appending(path: ".build/apps/packages")
        try? FileManager.default.removeItem(at: app)
        try FileManager.default.createDirectory(
            at: app.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: apps.appending(path: "packages"), to: app)
        return app
    }

    /// What `Apps/packages` prints when everything is as it should be.
    static let packagesOutput = [
        "from source: []", "compiled: True", "source: def answer():", "source of a package: True", "version: True",
        "distributions: True", "resource: hello from a file", "resource of a package: True", "modules: True",
        "data: hello from a file", "typed: True",
    ]
}
