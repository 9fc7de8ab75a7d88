import Foundation
import SiteBuilder
import Support
import Synchronization
import Templates
import TestSupport
import Testing

/// Whole builds, with a compiler that only writes down what it was asked for.
@Suite("Building a site")
struct SiteBuilderTests {
    let folder = try! TemporaryFolder()

    final class Log: Sendable {
        let links = Mutex(0)
        let libraries = Mutex<[String]>([])
    }

    private func builder(
        _ log: Log, runner: @escaping HeadlessRunner = { _ in nil }
    ) throws -> SiteBuilder {
        let compiler = AppCompiler(identity: "test") { interpreter, libraries in
            log.links.withLock { $0 += 1 }
            log.libraries.withLock { $0 = libraries.map(\.path) }
            return AppCompiler.Output(
                module: interpreter + [UInt8](repeating: 1, count: 2000), glue: Array("export {}".utf8),
                keepingGlue: Array("export {} // keeps files".utf8), map: "map",
                warnings: [Diagnostic(.warning, "link-undefined", "one call will trap")])
        }
        let kit = KitFiles(root: folder.url.appending(path: "kit"), key: "k", versions: ["python": "3.14.7"])
        let templates = SiteTemplates(
            page: "<title>{{title}}</title><!-- frond:head -->", shell: Array("shell".utf8),
            worker: Array("worker".utf8),
            style: Array("style".utf8))
        return SiteBuilder(kit: kit, compiler: compiler, templates: templates, runner: runner)
    }

    private func prepare() throws {
        try folder.write([
            "kit/python.wasm": "\0asm", "kit/lib/python3.14/os.py": "# os\n", "kit/lib/python3.14/json/__init__.py": "",
            "app/main.py": "print('one')\n", "app/data/x.txt": "x",
        ])
    }

    private func app(page: String? = nil) -> AppDescription {
        AppDescription(
            folder: folder.url.appending(path: "app"), name: "app", title: "App", entry: .script("main.py"), page: page)
    }

    private var options: BuildOptions {
        BuildOptions(
            output: folder.url.appending(path: "dist"), effort: .fast,
            cache: CacheDirectory(root: folder.url.appending(path: "cache")))
    }

    @Test("The image holds standard library and app, and a build repeats to the byte")
    func build() async throws {
        try prepare()
        let log = Log()
        let report = try await builder(log).build(app(), options: options)
        #expect(report.warnings.map(\.identifier) == ["link-undefined"])
        #expect(report.sizes.app == 14)
        let first = try folder.contents(of: "dist")
        let image = try #require(first.first { $0.key.contains("files.") && $0.key.hasSuffix(".img") }?.value)
        let files = try FilesImage(reading: [UInt8](image))
        #expect(
            files.files.keys.sorted() == [
                "/app/data/x.txt", "/app/main.py", "/usr/bin/python3", "/usr/lib/python3.14/json/__init__.py",
                "/usr/lib/python3.14/os.py",
            ])

        try FileManager.default.removeItem(at: folder.url.appending(path: "dist"))
        let again = try await builder(log).build(app(), options: options)
        #expect(again.warnings.map(\.identifier) == ["link-undefined"])
        #expect(try folder.contents(of: "dist") == first)
        #expect(log.links.withLock { $0 } == 1)

        // Nothing from the cache: the same bytes all the same.
        try FileManager.default.removeItem(at: folder.url.appending(path: "cache"))
        _ = try await builder(log).build(app(), options: options)
        #expect(try folder.contents(of: "dist") == first)
    }

    @Test("A changed app costs an image, not a link")
    func incremental() async throws {
        try prepare()
        let log = Log()
        _ = try await builder(log).build(app(), options: options)
        let module = { try folder.contents(of: "dist").keys.filter { $0.contains("app.") } }
        let before = try module().sorted()
        try folder.write(["app/main.py": "print('two')\n"])
        _ = try await builder(log).build(app(), options: options)
        #expect(log.links.withLock { $0 } == 1)
        #expect(try module().sorted() == before)
        let names = try folder.contents(of: "cache").keys
        #expect(names.count { $0.hasSuffix("files.img") } == 2)
    }

    @Test("The site may lie in the app's folder, and is not part of the app")
    func outputInside() async throws {
        try prepare()
        var options = options
        options.output = folder.url.appending(path: "app/public")
        for _ in 0..<2 {
            let report = try await builder(Log()).build(app(), options: options)
            #expect(report.sizes.app == 14)
        }
        options.output = folder.url.appending(path: "app")
        await #expect(throws: Diagnostic.self) { try await builder(Log()).build(app(), options: options) }
        options.output = folder.url
        await #expect(throws: Diagnostic.self) { try await builder(Log()).build(app(), options: options) }
    }

    @Test("A page of the app's own brings its files along and stays out of the image")
    func ownPage() async throws {
        try prepare()
        try folder.write([
            "app/page/index.html": "<head></head><frond-app></frond-app>", "app/page/style.css": "p{}",
            "app/page/img/logo.svg": "<svg/>", "app/page/.DS_Store": "x",
        ])
        let report = try await builder(Log()).build(app(page: "page/index.html"), options: options)
        #expect(report.sizes.app == 14)
        let present = try folder.contents(of: "dist").keys.filter { !$0.hasPrefix("assets") }.sorted()
        #expect(
            present == [
                ".nojekyll", "404.html", "404.html.br", "404.html.gz", "_headers", "frond.json", "img", "img/logo.svg",
                "index.html", "index.html.br", "index.html.gz", "style.css",
            ])
        #expect(report.omissions.map(\.path) == ["page"])
    }

    @Test("An entry that is missing or left out is an error, and nothing is written")
    func entries() async throws {
        try prepare()
        for entry in ["nope.py", ".hidden.py"] {
            try folder.write(["app/.hidden.py": ""])
            var app = app()
            app.entry = .script(entry)
            await #expect {
                try await builder(Log()).build(app, options: options)
            } throws: { error in
                (error as? Diagnostic)?.identifier == "app-entry-missing"
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "dist").path))
    }

    @Test("What strings compile to at a start is in the image, in the part that comes first")
    func compiledStrings() async throws {
        try prepare()
        try folder.write(["kit/lib/python3.14/large.py": String(repeating: "# large\n", count: 10000)])
        // A key without a name and with one letter of source; None, as marshal writes it.
        let entry: [UInt8] = [17, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 16) + [0x78, 0x4e, 0, 0]
        let answer = #"{"files": [], "strings": "\#(Data(entry).base64EncodedString())"}"#
        var options = options
        options.splits = true
        let report = try await builder(Log()) { program in
            program.script == "verify/start-files.mjs" ? Array(answer.utf8) : nil
        }.build(app(), options: options)
        #expect(report.laterSize > 0)
        let site = try folder.contents(of: "dist")
        func part(_ name: String) throws -> [UInt8] {
            [UInt8](try #require(site.first { $0.key.contains("\(name).") && $0.key.hasSuffix(".img") }?.value))
        }
        let first = try part("files")
        let files = try FilesImage(reading: first + part("rest"))
        #expect(files.files["/usr/lib/frond/compiled-strings"]?.bytes == entry)
        #expect(first.suffix(64).firstRange(of: entry.prefix(26)) != nil)
    }

    @Test("A site of an app that can't be started here is in one part, and says why")
    func noDryRun() async throws {
        try prepare()
        var options = options
        options.splits = true
        let report = try await builder(Log()) { program in
            guard program.script == "verify/start-files.mjs" else { return nil }
            throw Diagnostic(.error, "command-timeout", "it did not end")
        }.build(app(), options: options)
        let warning = try #require(report.warnings.first { $0.identifier == "start-unknown" })
        #expect(warning.notes.contains("it did not end"))
        #expect(report.laterSize == 0)
        #expect(!report.files.contains { $0.path.contains("rest.") })
    }

    @Test("A kit without its parts is named")
    func brokenKit() async throws {
        try folder.write(["app/main.py": "", "kit/python.wasm": "x"])
        await #expect(throws: Diagnostic.self) { try await builder(Log()).build(app(), options: options) }
    }

    @Test("Frond's own templates fit together")
    func templates() throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let templates = try SiteTemplates(Templates(folder: repository.appending(path: "Templates")))
        let shell = String(decoding: templates.shell, as: UTF8.self)
        #expect(shell.contains("customElements.define"))
        #expect(!shell.contains("import "))
        #expect(templates.page.contains("<!-- frond:head -->"))
        let style = String(decoding: templates.style, as: UTF8.self)
        for index in 0..<16 { #expect(style.contains("--frond-\(index): light-dark(")) }
    }
}
