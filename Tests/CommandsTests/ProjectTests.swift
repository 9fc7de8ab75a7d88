import Commands
import Foundation
import SiteBuilder
import Support
import Testing

@Suite struct ProjectTests {
    private let packages = ["python": "3.14.7", "greenlet": "3.5.6"]

    /// Makes a folder `app` with these files and looks at what it is.
    private func project(
        _ files: [String: String], _ argument: String = "", needsEntry: Bool = true
    ) throws -> Project {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-\(UUID().uuidString)/app")
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files { try AtomicFile.write(text, to: folder.appending(path: path)) }
        let path = argument.isEmpty ? folder.path : folder.appending(path: argument).path
        return try Project(path, needsEntry: needsEntry, packages: packages)
    }

    private func problems(_ files: [String: String], _ argument: String = "") -> [Diagnostic] {
        do {
            _ = try project(files, argument)
            return []
        } catch let diagnostic as Diagnostic {
            return [diagnostic]
        } catch let diagnostics as Diagnostics {
            return diagnostics.all
        } catch {
            Issue.record("not a diagnostic: \(error)")
            return []
        }
    }

    @Test(
        arguments: [
            (["main.py": "", "app.py": ""], AppDescription.Entry.script("main.py"), nil),
            (["app.py": ""], .script("app.py"), nil),
            (["__main__.py": ""], .script("__main__.py"), nil),
            (["app/__main__.py": ""], .module("app"), nil),
            (["src/app/__main__.py": ""], .module("app"), "/app/src"),
            (["pyproject.toml": "[project]\nname = 'My.Notes'", "my_notes/__main__.py": ""], .module("my_notes"), nil),
            (["pyproject.toml": "[tool.frond]\nentry = 'tools/run.py'"], .script("tools/run.py"), nil),
            (["pyproject.toml": "[tool.frond]\nentry = 'a.b'", "main.py": ""], .module("a.b"), nil),
            (
                ["pyproject.toml": "[project.scripts]\nx = 'p.cli:main'\n[project]\nname = 'x'"],
                .code("import sys\nfrom p.cli import main\nsys.exit(main())"), nil
            ),
        ] as [([String: String], AppDescription.Entry, String?)])
    func findsWhatToRun(files: [String: String], entry: AppDescription.Entry, path: String?) throws {
        let app = try project(files).app
        #expect(app.entry == entry)
        #expect(app.environment["PYTHONPATH"] == path)
    }

    @Test(
        arguments: [
            (["main.py": "from flask import Flask\napp = Flask(__name__)\n"], "main:app"),
            (["main.py": "", "app.py": "import fastapi\n\napi: fastapi.FastAPI = fastapi.FastAPI()"], "app:api"),
            (["wsgi.py": "from bottle import Bottle\nweb=Bottle()"], "wsgi:web"),
            (["manage.py": "from django.core import management", "main.py": ""], "manage.py"),
            // What is not at the margin, not imported, another name, or no framework's, is a script.
            (["main.py": "from flask import Flask\ndef f():\n    app = Flask(__name__)\n"], nil),
            (["main.py": "app = Flask(__name__)\n"], nil),
            (["main.py": "import flasks\napp = Flask(__name__)\n"], nil),
            (["main.py": "from flask import Flask\napp = Flasks(__name__)\n"], nil),
            (["main.py": "", "manage.py": "print('mine')"], nil),
            // Whoever says what runs, or with which arguments, is not corrected.
            (
                [
                    "main.py": "from flask import Flask\napp = Flask(__name__)\n",
                    "pyproject.toml": "[tool.frond]\nargs = ['x']",
                ], nil
            ),
            (
                [
                    "main.py": "from flask import Flask\napp = Flask(__name__)\n",
                    "pyproject.toml": "[tool.frond]\nentry = 'main.py'",
                ], nil
            ),
        ] as [([String: String], String?)])
    func recognisesApplications(files: [String: String], target: String?) throws {
        let project = try project(files)
        #expect(project.app.isServer == (target != nil))
        if let target {
            #expect(project.app.entry == .application(target))
            #expect(project.recognised?.hasSuffix("it is served (app = \"\(target)\")") == true)
        } else {
            #expect(project.app.entry == .script("main.py"))
            #expect(project.recognised == nil)
        }
    }

    @Test func anApplicationMayBeSaidAndHaveAPort() throws {
        let said = try project(["pyproject.toml": "[tool.frond]\napp = 'notes.web:create_app()'\nport = 5000"])
        #expect(said.app.commandLine == ["python3", "-m", "_frond_app", "notes.web:create_app()", "5000"])
        #expect(said.app.isServer && said.recognised == nil)
        let script = try project(["site.py": "from flask import Flask\nx = Flask(__name__)\n"], "site.py")
        #expect(script.app.commandLine == ["python3", "-m", "_frond_app", "site:x", "8000"])
    }

    @Test func readsEverySetting() throws {
        let app = try project([
            "main.py": "",
            "pyproject.toml": """
            [project]
            name = "notes"
            [tool.frond]
            title = "Notes"
            args = ["--port", "80"]
            env = { MODE = "x" }
            include = ["data"]
            exclude = ["tests"]
            page = "web/index.html"
            persist = ["/data/", "instance"]
            snapshot = "site"
            """,
        ]).app
        #expect(app.persist == ["/data", "/app/instance"])
        #expect(app.snapshot == .site)
        #expect(app.name == "notes")
        #expect(app.title == "Notes")
        #expect(app.commandLine == ["python3", "main.py", "--port", "80"])
        #expect(app.environment == ["MODE": "x"])
        #expect(app.include == ["data"] && app.exclude == ["tests"] && app.page == "web/index.html")
    }

    @Test func aScriptIsAloneInItsFolder() throws {
        let app = try project(["tool.py": "print(1)", "other.py": ""], "tool.py").app
        #expect(app.onlyFile == "tool.py")
        #expect(app.entry == .script("tool.py"))
        #expect(app.name == "tool" && app.title == "tool")
    }

    @Test func knowsWhatTheKitHas() throws {
        let needs = { (list: String) in
            try project(["main.py": "", "pyproject.toml": "[project]\ndependencies = [\(list)]"])
        }
        #expect(try needs("'greenlet>=3'").isSelfContained)
        #expect(try needs("").isSelfContained)
        #expect(try !needs("'greenlet>=4'").isSelfContained)
        #expect(try !needs("'greenlet', 'flask'").isSelfContained)
        #expect(try needs("'flask>=1'").requirements == ["flask>=1"])
        let script = try project(["s.py": "# /// script\n# dependencies = ['flask']\n# ///\n"], "s.py")
        #expect(!script.isSelfContained)
        #expect(script.lockFile.lastPathComponent == "pylock.s.toml")
    }

    @Test(arguments: [
        (["main.py": ""], "mian.py", "app-not-found"),
        (["x.txt": ""], "", "app-nothing-to-run"),
        (["x.txt": ""], "x.txt", "app-kind"),
        (["pyproject.toml": "[tool.frond\n"], "", "config-syntax"),
        (["pyproject.toml": "[tool.frond]\ntitle = 1"], "", "config-type"),
        (["pyproject.toml": "[tool.frond]\nentry = '1x'"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\napp = 'main'"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\napp = 'main:app('"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\napp = 'main:app'\nserve = 'uvicorn main:app'"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\napp = 'main:app'\nentry = 'main.py'"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\nenv = {'a=b' = '1'}"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\npersist = '/data'"], "", "config-type"),
        (["pyproject.toml": "[tool.frond]\nsnapshot = true"], "", "config-type"),
        (["pyproject.toml": "[tool.frond]\nsnapshot = 'disk'"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\npersist = ['/']"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\npersist = ['.']"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\npersist = ['../x']"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\npersist = ['/dev/shm']"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\npersist = ['/data', '/data/x']"], "", "config-value"),
        (["pyproject.toml": "[tool.frond]\ntilte = 'x'"], "", "config-unknown-key"),
        (["pyproject.toml": "[project]\nrequires-python = '<3.12'", "main.py": ""], "", "config-value"),
        (["pyproject.toml": "[project]\ndependencies = ['=1']", "main.py": ""], "", "config-value"),
        (["s.py": "# /// script\n# dependences = []\n# ///\n"], "s.py", "config-unknown-key"),
        (["s.py": "# /// script\n# [tool.frond]\n# entry = 'x'\n# ///\n"], "s.py", "config-value"),
    ])
    func saysWhatIsWrong(files: [String: String], argument: String, identifier: String) {
        let problems = problems(files, argument)
        #expect(problems.map(\.identifier) == [identifier])
        #expect(problems.allSatisfy { $0.exitStatus == 2 })
        if identifier.hasPrefix("config") { #expect(problems.first?.location?.line != nil) }
    }

    @Test func suggestsTheFileThatWasMeant() {
        #expect(problems(["main.py": ""], "mian.py").first?.hints.first?.hasSuffix("main.py?") == true)
    }

    @Test func needsNoEntryForCode() throws {
        #expect(try project(["x.txt": ""], needsEntry: false).app.entry == .code(""))
    }
}
