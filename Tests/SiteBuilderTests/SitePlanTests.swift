import Foundation
import SiteBuilder
import Support
import TestSupport
import Testing

@Suite("Site plan")
struct SitePlanTests {
    static let page = PageTemplate(
        name: "page",
        html: "<!doctype html>\n<head>\n  <title>T</title>\n  <!-- frond:head -->\n</head>\n<frond-app></frond-app>\n")

    static func inputs(
        base: BasePath = .root, page: PageTemplate = page, attachments: [String] = []
    ) throws -> SitePlan.Inputs {
        let text = String(repeating: "some text that can be made shorter, ", count: 40)
        let assets = [
            Asset(.module, "app.wasm", Array(text.utf8)), Asset(.image, "files.img", Array(text.utf8)),
            Asset(.glue, "glue.mjs", Array("glue".utf8)), Asset(.worker, "worker.mjs", Array("worker".utf8)),
            Asset(.shell, "shell.mjs", Array("shell".utf8)), Asset(.style, "shell.css", Array("style".utf8)),
        ]
        var app = AppDescription(
            folder: URL(filePath: "/nowhere"), name: "shop", title: "</script><b>Shop & \"Co\"",
            entry: .script("main.py"),
            arguments: ["--fast", "</script>"])
        app.environment = ["B": "2", "A": "1"]
        let encoded = assets.map { asset in
            var encoded = EncodedAsset(asset)
            if asset.bytes.count > 512 {
                for encoding in Encoding.allCases {
                    encoded.encodings[encoding] = Array(repeating: 1, count: encoding == .brotli ? 100 : 120)
                }
            }
            return encoded
        }
        return SitePlan.Inputs(
            app: app, versions: ["python": "3.14.7", "greenlet": "3.5.6"], kit: "k1", base: base, page: page,
            assets: encoded,
            attachments: attachments.map { ($0, EncodedAsset(Asset(.attachment, $0, Array("x".utf8)))) },
            effort: .fast)
    }

    static func text(_ plan: SitePlan, _ path: String) throws -> String {
        String(decoding: try #require(plan.outputs.first { $0.path == path }).bytes, as: UTF8.self)
    }

    @Test("Names, page, manifest and headers of a site")
    func snapshot() throws {
        let plan = try SitePlan(Self.inputs(base: BasePath("repo"), attachments: ["logo.svg", "docs/a.html"]))
        var text = plan.outputs.map { "\($0.path) (\($0.bytes.count) bytes)\n" }.joined()
        // Compressed lengths are the libraries' business, not the plan's.
        text.replace(/ml\.(br|gz) \(\d+ bytes\)/) { "ml.\($0.output.1) (… bytes)" }
        for path in ["index.html", "_headers"] { text += "\n== \(path)\n" + (try Self.text(plan, path)) }
        try expectSnapshot(text, named: "site.txt")
        #expect(try Self.text(plan, "404.html") == Self.text(plan, "index.html"))
    }

    @Test("The manifest lists every file, with sizes and hashes")
    func manifest() throws {
        let plan = try SitePlan(Self.inputs())
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(Self.text(plan, "frond.json").utf8)) as? [String: Any])
        #expect(object["format"] as? String == "frond-site")
        let files = try #require(object["files"] as? [[String: Any]])
        var listed: Set<String> = ["frond.json"]
        for file in files {
            let path = try #require(file["path"] as? String)
            listed.insert(path)
            for encoding in ["br", "gz"] where file[encoding] != nil { listed.insert("\(path).\(encoding)") }
            let bytes = try #require(plan.outputs.first { $0.path == path }).bytes
            #expect(file["integrity"] as? String == Hash.integrity(bytes))
            #expect(file["size"] as? Int == bytes.count)
        }
        #expect(listed == Set(plan.outputs.map(\.path)))
        #expect(object["transfer"] as? Int == plan.transferSize)
    }

    @Test("The configuration in the page can't end its script element")
    func escaping() throws {
        let html = try Self.text(SitePlan(Self.inputs()), "index.html")
        let start = try #require(html.firstRange(of: "frond-configuration\">")).upperBound
        let end = try #require(html[start...].firstRange(of: "</script>")).lowerBound
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(html[start..<end].utf8)) as? [String: Any])
        #expect(object["command"] as? [String] == ["python3", "main.py", "--fast", "</script>"])
    }

    @Test("Asset names follow from contents")
    func hashes() throws {
        let one = EncodedAsset(Asset(.glue, "glue.mjs", [1]))
        let other = EncodedAsset(Asset(.glue, "glue.mjs", [2]))
        #expect(one.hashedName != other.hashedName)
        #expect(one.hashedName == "glue.\(one.sha256.prefix(12)).mjs")
    }

    @Test("A page without a head, or with two markers, is refused")
    func pages() throws {
        #expect(throws: Diagnostic.self) { try SitePlan(Self.inputs(page: .init(name: "p", html: "<p>hello"))) }
        let twice = PageTemplate(name: "p", html: "<!-- frond:head --><!-- frond:head -->")
        #expect(throws: Diagnostic.self) { try SitePlan(Self.inputs(page: twice)) }
        let own = PageTemplate(name: "p", html: "<html><HEAD><title>x</title></HEAD ><body>")
        let html = try Self.text(SitePlan(Self.inputs(page: own)), "index.html")
        #expect(html.contains("frond-configuration") && html.hasSuffix("</HEAD ><body>"))
    }

    @Test("Titles are escaped, unknown placeholders are mistakes")
    func placeholders() throws {
        let template = PageTemplate(name: "p", html: "<title>{{title}}</title>")
        #expect(try template.substituting(["title": "<a & 'b'>"]).html == "<title>&lt;a &amp; &#39;b&#39;&gt;</title>")
        #expect(throws: Diagnostic.self) { try template.substituting(["tilte": "x"]) }
    }

    @Test(
        "Files beside the page may not take the site's own names",
        arguments: ["index.html", "frond.json", "assets/x", "sw.js"])
    func reserved(name: String) throws {
        #expect(throws: Diagnostic.self) { try SitePlan(Self.inputs(attachments: [name])) }
    }

    @Test("Base paths", arguments: [("", "/"), ("/", "/"), ("repo", "/repo/"), ("/a/b", "/a/b/"), ("//x//", "/x/")])
    func bases(text: String, path: String) throws {
        #expect(try BasePath(text).description == path)
    }

    @Test("Base paths that are refused", arguments: ["..", "/a/../b", "/a b/", "/a\"b/", "/%2e/", "https://x/"])
    func badBases(text: String) {
        #expect(throws: Diagnostic.self) { try BasePath(text) }
    }
}
