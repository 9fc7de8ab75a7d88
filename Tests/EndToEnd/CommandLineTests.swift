import Foundation
import Support
import Testing

extension EndToEnd {
    /// What the command says, above all about bad input: one message, the right status, nothing left behind.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct CommandLineTests {
        private func names(_ folder: URL) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        }

        @Test(
            arguments: [
                ([:], "nothing", "error: there is no"),
                (["read.me": ""], "", "there is nothing to run"),
                (["pyproject.toml": "[tool.frond\n"], "", "pyproject.toml:1:12: error:"),
                (
                    ["pyproject.toml": "[tool.frond]\nargs = 1\n"], "",
                    "pyproject.toml:2:1: error: tool.frond.args must be"
                ),
                (["pyproject.toml": "[tool.frond]\n\ntilte = 'x'\n"], "", "did you mean \"title\"?"),
                (["main.py": "", "pyproject.toml": "[tool.frond]\nentry = 'mian.py'"], "", "mian.py is to be run"),
            ] as [([String: String], String, String)])
        func saysWhatIsWrongWithAnApp(files: [String: String], name: String, message: String) async throws {
            try await Workshop.withFolder { folder in
                let app = folder.appending(path: "app")
                try FileManager.default.createDirectory(at: app, withIntermediateDirectories: true)
                for (path, text) in files { try AtomicFile.write(text, to: app.appending(path: path)) }
                let argument = name.isEmpty ? "app" : "app/\(name)"
                for command in [["build", argument, "-o", "dist"], ["run", argument]] {
                    let result = try await Workshop.frond(command, in: folder)
                    #expect(result.status == 2)
                    #expect(result.errorText.contains(message), "\(result.errorText)")
                    #expect(result.output.isEmpty)
                }
                #expect(try names(folder) == ["app"])
            }
        }

        @Test func putsAnAppIntoAPageOfSomewhereElse() async throws {
            try await Workshop.withFolder { folder in
                try AtomicFile.write("print(1)", to: folder.appending(path: "app/main.py"))
                let page = Workshop.package.appending(path: "Site/index.html").path
                try await Workshop.frond(["build", "app", "--page", page, "--fast"], in: folder)
                    .requireSuccess("frond build --page")
                #expect(try names(folder.appending(path: "dist")).contains("style.css"))
                let html = try String(contentsOf: folder.appending(path: "dist/index.html"), encoding: .utf8)
                #expect(html.contains("Content-Security-Policy"))
                #expect(html.contains("<frond-app"))
                let missing = try await Workshop.frond(["build", "app", "--page", "none.html"], in: folder)
                #expect(missing.status == 2)
                #expect(missing.errorText.contains("none.html"))
            }
        }

        @Test func doesNotReplaceWhatIsNotASite() async throws {
            try await Workshop.withFolder { folder in
                try AtomicFile.write("print(1)", to: folder.appending(path: "main.py"))
                try AtomicFile.write("mine", to: folder.appending(path: "dist/diary.txt"))
                let result = try await Workshop.frond(["build", "main.py"], in: folder)
                #expect(result.status == 2)
                #expect(result.errorText.contains("dist"))
                #expect(try names(folder) == ["dist", "main.py"])
                #expect(try names(folder.appending(path: "dist")) == ["diary.txt"])
            }
        }

        @Test func saysWhatIsWrongWithAKit() async throws {
            try await Workshop.withFolder { folder in
                try AtomicFile.write("print(1)", to: folder.appending(path: "main.py"))
                let empty = try await Workshop.frond(
                    ["build", "main.py"], in: folder, environment: ["FROND_KIT": folder.path])
                #expect(empty.status == 2)
                #expect(empty.errorText.contains("there is no runtime kit"))

                // A kit whose module was cut off.
                let path = try await Workshop.frond(["runtime", "path"]).requireSuccess("frond runtime path").text
                let real = URL(filePath: path.trimmingCharacters(in: .newlines))
                let kit = folder.appending(path: "kit")
                try FileManager.default.createDirectory(at: kit, withIntermediateDirectories: true)
                for name in ["lib", "wheels", "abi.json"] {
                    try FileManager.default.createSymbolicLink(
                        at: kit.appending(path: name), withDestinationURL: real.appending(path: name))
                }
                let manifest = try String(contentsOf: real.appending(path: "kit.json"), encoding: .utf8)
                try AtomicFile.write(
                    manifest.replacing(/"key" *: *"[^"]*"/, with: "\"key\": \"cut\""),
                    to: kit.appending(path: "kit.json"))
                let module = try Data(contentsOf: real.appending(path: "python.wasm"))
                try AtomicFile.write(module.prefix(module.count / 2), to: kit.appending(path: "python.wasm"))
                let cut = try await Workshop.frond(
                    ["build", "main.py"], in: folder,
                    environment: ["FROND_KIT": kit.path, "XDG_CACHE_HOME": folder.appending(path: "cache").path])
                #expect(cut.status != 0 && cut.status < 3, "\(cut.status)")
                #expect(cut.errorText.contains("python.wasm"), "\(cut.errorText)")
                #expect(try !names(folder).contains("dist"))
            }
        }

        @Test(arguments: [["bild"], ["build"], ["build", "x", "--fsat"], ["serve", "x", "--port", "70000"], ["run"]])
        func refusesWrongUsage(arguments: [String]) async throws {
            let result = try await Workshop.frond(arguments)
            #expect(result.status == 2)
            #expect(!result.errorText.isEmpty && result.output.isEmpty)
        }

        @Test func helpsAndCompletes() async throws {
            let commands = ["build", "serve", "run", "lock", "runtime", "doctor", "new"]
            let help = try await Workshop.frond(["--help"])
            #expect(help.status == 0)
            for command in commands {
                #expect(help.text.contains("  \(command) "))
                let own = try await Workshop.frond([command, "--help"])
                #expect(own.status == 0 && own.text.contains("EXAMPLES:"))
                #expect(own.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(command)")
            }
            let completion = try await Workshop.frond(["--generate-completion-script", "bash"])
            #expect(completion.text.contains("frond") && completion.status == 0)
        }

        @Test func startsAProjectAndRunsIt() async throws {
            try await Workshop.withFolder { folder in
                #expect(try await Workshop.frond(["new", "hello"], in: folder).status == 0)
                #expect(try names(folder.appending(path: "hello")) == ["main.py", "pyproject.toml"])
                let run = try await Workshop.frond(["run", "hello"], input: "Ada\n", in: folder)
                #expect(run.text == "What is your name? Hello, Ada.\n")
                #expect(try await Workshop.frond(["new", "hello"], in: folder).status == 2)
            }
        }

        @Test func buildsTheSameSiteTwice() async throws {
            try await Workshop.withFolder { folder in
                var reports: [Data] = []
                for name in ["one", "two"] {
                    let result = try await Workshop.frond(
                        ["build", Workshop.apps.appending(path: "leave.py").path, "-o", name, "--fast", "--json"],
                        in: folder)
                    try result.requireSuccess("frond build")
                    let report = try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any]
                    let files = try #require(report?["files"])
                    reports.append(try JSONSerialization.data(withJSONObject: files, options: .sortedKeys))
                }
                #expect(reports[0] == reports[1])
                let difference = try await ChildProcess("diff", ["-r", "one", "two"], in: folder).collect()
                #expect(difference.status == 0, "\(difference.text)")
            }
        }

        @Test func examinesTheMachine() async throws {
            let result = try await Workshop.frond(["doctor", "--json"])
            let report = try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any]
            #expect(report?["fit"] as? Bool == (result.status == 0))
            #expect((report?["checks"] as? [Any])?.count ?? 0 >= 5)
        }
    }
}
