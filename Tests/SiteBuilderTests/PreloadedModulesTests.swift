import Foundation
import Testing

import SiteBuilder

/// Which modules a start imports before the program.
@Suite struct PreloadedModulesTests {
    private static let library = "/usr/lib/python3.14"
    /// What a start of some server reads, in its order.
    private static let paths = [
        "\(library)/email/__pycache__/__init__.cpython-314.pyc",
        "\(library)/site-packages/web/__pycache__/__init__.cpython-314.pyc",
        "\(library)/site-packages/web/__pycache__/__main__.cpython-314.pyc", "\(library)/site-packages/web/plain.py",
        "\(library)/site-packages/web/__pycache__/cli.cpython-314.pyc", "\(library)/site-packages/web/cli.py",
        "\(library)/site-packages/web/py.typed", "\(library)/site-packages/web-1.dist-info/METADATA", "/app/main.py",
        "\(library)/email/__pycache__/__init__.cpython-314.pyc",
    ]

    private func choice(
        sources: [String: String] = ["/app/main.py": "import web\n"], more: [String] = [],
        _ change: (inout AppDescription) -> Void = { _ in }
    ) -> PreloadedModules {
        var app = AppDescription(
            folder: URL(filePath: "/nowhere"), name: "app", entry: .module("web.cli"), arguments: ["main:app"])
        app.isServer = true
        change(&app)
        var image = FilesImage()
        for (path, text) in sources { image.files[path] = .init(Array(text.utf8)) }
        image.files["\(Self.library)/calendar.py"] = .init([])
        image.files["\(Self.library)/site-packages/web/plain.py"] = .init([])
        return PreloadedModules(for: app, reading: Self.paths + more, image: image)
    }

    /// Each once, in order; not what runs as `__main__`, not a source that was read beside its compiled form.
    @Test func areTheModulesOfLibraryAndPackagesThatAStartReads() {
        #expect(choice() == PreloadedModules(names: ["email", "web", "web.plain"], reason: nil))
    }

    @Test func followTheUser() {
        #expect(choice { $0.snapshot = .off }.reason == "snapshot = \"off\"")
        #expect(choice { $0.isServer = false }.reason == "the program is no server")
        #expect(choice { ($0.isServer, $0.snapshot) = (false, .browser) }.names.count == 3)
    }

    /// What could make an import depend on what the program did before it.
    @Test(arguments: [
        "import os\nos.environ['X'] = '1'\n", "os.environ.setdefault(\"X\", \"1\")", "from dotenv import load_dotenv\n",
        "from gevent import monkey; monkey.patch_all()", "import sys; sys.path.insert(0, 'vendor')",
        "del sys.modules['web']", "os.putenv('A', 'B')", "import builtins",
    ])
    func areNoneForAnAppThatPreparesItsImports(source: String) {
        let sources = ["/app/main.py": "import web\n", "/app/settings.py": source]
        let found = choice(sources: sources)
        #expect(found.names.isEmpty)
        #expect(found.reason?.hasPrefix("/app/settings.py has ") == true, "\(found.reason ?? "no reason")")
        #expect(choice(sources: sources) { $0.snapshot = .site }.reason == nil)
    }

    @Test(arguments: [
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')", "if os.environ['X'] == '1': pass",
        "os.environ.get('X')", "print(sys.pathological)",
    ])
    func areThereForAnAppThatOnlyLooks(source: String) {
        #expect(choice(sources: ["/app/main.py": source]).reason == nil)
    }

    @Test func areNoneWhereAModuleOfTheAppTakesAnothersPlace() {
        #expect(choice(sources: ["/app/calendar.py": ""]).reason == "the app has a module calendar of its own")
        #expect(choice(sources: ["/app/web/__init__.py": ""]).reason == "the app has a module web of its own")
        #expect(choice(sources: ["/app/pages/calendar.py": ""]).reason == nil)
    }

    @Test func areNoneWithPackagesThatPatchTheLibrary() {
        let path = "\(Self.library)/site-packages/gevent/__pycache__/__init__.cpython-314.pyc"
        #expect(choice(more: [path]).reason == "gevent replaces parts of the standard library")
    }

    /// Files of hostile wheels must not become other modules' names.
    @Test(arguments: ["a,os.py", "a b.py", "a-b.py", ".py", "a\nb.py", "\u{1F40D}.py"])
    func namesAreIdentifiers(file: String) {
        #expect(choice(more: ["\(Self.library)/site-packages/\(file)"]).names == ["email", "web", "web.plain"])
    }
}
