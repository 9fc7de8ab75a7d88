import Foundation
import SiteBuilder
import Support
import TestSupport
import Testing

@Suite("The app's folder")
struct AppFolderTests {
    let folder = try! TemporaryFolder()

    private func read(include: [String] = [], exclude: [String] = []) throws -> AppFolder {
        try AppFolder(folder.url, include: include, exclude: exclude)
    }

    private func identifier(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as Diagnostic {
            return error.identifier
        } catch {
            return "\(error)"
        }
    }

    @Test("Everything is taken but what tools leave behind, and each omission has a reason")
    func defaults() throws {
        try folder.write([
            "main.py": "1", "shop/models.py": "2", "data/a.csv": "3", "pyproject.toml": "4",
            ".git/config": "x", ".env": "secret", "shop/__pycache__/models.cpython-314.pyc": "x", "old.pyc": "x",
            "env/pyvenv.cfg": "x", "env/lib/x.py": "x", "web/node_modules/a/index.js": "x", "web/page.html": "5",
            "dist/shop.whl": "x", "shop.egg-info/PKG-INFO": "x", "site/frond.json": #"{"format":"frond-site"}"#,
        ])
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "empty"), withIntermediateDirectories: true)
        let app = try read()
        #expect(
            app.files.keys.sorted() == ["data/a.csv", "main.py", "pyproject.toml", "shop/models.py", "web/page.html"])
        #expect(app.directories == ["empty"])
        #expect(
            app.omissions.map { "\($0.path): \($0.reason)" } == [
                ".env: hidden", ".git: hidden", "dist: build output", "env: a virtual environment",
                "old.pyc: compiled Python", "shop.egg-info: made by setuptools", "shop/__pycache__: compiled Python",
                "site: a site that frond made", "web/node_modules: packages for JavaScript",
            ])
    }

    @Test("exclude leaves out, include brings back, and include wins")
    func patterns() throws {
        try folder.write([
            "main.py": "", "data/big.bin": "", "data/small.csv": "", "a/b/notes.txt": "", "notes.txt": "",
            ".well-known/x": "", ".hidden/deep/keep.txt": "", ".hidden/deep/drop.txt": "",
        ])
        let app = try read(
            include: ["data/small.csv", ".well-known", ".hidden/**/keep.txt"], exclude: ["data/**", "notes.txt"])
        #expect(app.files.keys.sorted() == [".hidden/deep/keep.txt", ".well-known/x", "data/small.csv", "main.py"])
    }

    @Test("A bad pattern is named", arguments: ["", "../x", "[a"])
    func badPattern(pattern: String) {
        #expect(identifier { _ = try read(exclude: [pattern]) } == "config-bad-pattern")
    }

    @Test("Links inside stay links, links out are refused, broken ones are told")
    func links() throws {
        try folder.write(["lib/real.py": "x"])
        try folder.link("alias.py", to: "lib/real.py")
        try folder.link("lib/up.py", to: folder.url.appending(path: "lib/real.py").path)
        try folder.link("loop", to: ".")
        try folder.link("gone", to: "nowhere")
        let app = try read()
        #expect(app.links == ["alias.py": "lib/real.py", "lib/up.py": "../lib/real.py", "loop": "."])
        #expect(app.warnings.map(\.identifier) == ["app-link-broken"])
        for target in ["/etc/hostname", "..", "../../etc"] {
            try? FileManager.default.removeItem(at: folder.url.appending(path: "escape"))
            try folder.link("escape", to: target)
            #expect(identifier { _ = try read() } == "app-link-escapes", "\(target)")
        }
        #expect(identifier { _ = try read(exclude: ["escape"]) } == nil)
    }

    @Test("Names are kept as they are, unless they are not UTF-8")
    func names() throws {
        let names = ["with space.py", "quote\".py", "line\nbreak.py", "ünï.py", "-rf", "%2e%2e", "<script>.py", "..."]
        try folder.write(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        let app = try read(include: ["..."])
        #expect(app.files.keys.sorted() == names.sorted())
        let raw = open(folder.url.path + "/\u{1}", O_CREAT | O_WRONLY, 0o644)
        close(raw)
        var path = Array((folder.url.path + "/").utf8CString.dropLast())
        path += [CChar(bitPattern: 0xff), 0]
        close(open(path, O_CREAT | O_WRONLY, 0o644))
        #expect(identifier { _ = try read() } == "app-name-not-utf8")
    }

    @Test("What is not a file is left out without waiting for it", .timeLimit(.minutes(1)))
    func pipes() throws {
        #expect(mkfifo(folder.url.path + "/pipe", 0o644) == 0)
        try folder.write(["main.py": ""])
        let app = try read()
        #expect(app.files.keys.sorted() == ["main.py"])
        #expect(app.omissions.map { "\($0.path): \($0.reason)" } == ["pipe: not a regular file"])
    }

    @Test("A folder that is not there")
    func missing() {
        #expect(identifier { _ = try AppFolder(folder.url.appending(path: "no")) } == "app-not-found")
    }

    @Test(
        "Patterns",
        arguments: [
            ("*.csv", "a.csv", true), ("*.csv", "deep/a.csv", true), ("*.csv", "a.csvx", false),
            ("data/*.csv", "data/a.csv", true), ("data/*.csv", "data/b/a.csv", false), ("data", "data/b/a.csv", true),
            ("/data", "x/data", false), ("data", "x/data", true), ("data/**", "data", false),
            ("data/**", "data/x/y", true),
            ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true), ("a/**/z", "b/z", false), ("[a-c]?", "bx", true),
            ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true), ("\\*", "*", true), ("\\*", "x", false),
            ("./main.py", "main.py", true), ("folder/", "folder/x", true),
            ("*a*a*a*a*a*a*b", String(repeating: "a", count: 200), false),
        ])
    func globs(pattern: String, path: String, matches: Bool) throws {
        #expect(try #require(Glob(pattern)).matches(path) == matches)
    }
}
