import DevServer
import Foundation
import Support
import Synchronization
import Testing

/// A server over a small site, asked over real sockets.
@Suite("Development server", .serialized)
struct DevServerTests {
    let folder: URL
    let site: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "frond-server-tests-\(UUID().uuidString)")
        site = folder.appending(path: "site")
        let files = [
            "index.html": "<head></head>home", "404.html": "<head></head>lost",
            "assets/a.123.mjs": "plain text of a.mjs",
            "assets/a.123.mjs.br": "BROTLI", "assets/a.123.mjs.gz": "GZIP", "assets/app.wasm": "\0asm",
            "assets/only.txt": "no forms", "docs/index.html": "docs", "about.html": "about", "empty.txt": "",
            "with space ü.txt": "odd name", "_headers": "/*\n  X-Test: yes\n/assets/*\n  Cache-Control: immutable\n",
        ]
        for (path, text) in files {
            let file = site.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try Data("secret".utf8).write(to: folder.appending(path: "secret.txt"))
        try FileManager.default.createSymbolicLink(
            atPath: site.appending(path: "leak.txt").path, withDestinationPath: "../secret.txt")
        try FileManager.default.createSymbolicLink(
            atPath: site.appending(path: "up").path, withDestinationPath: "..")
        mkfifo(site.appending(path: "pipe").path, 0o644)
    }

    private func serving<Result>(
        _ options: DevServer.Options = .init(), _ body: (Int, DevServer) async throws -> Result
    ) async throws -> Result {
        let server = DevServer(root: site, options: options)
        let address = try await server.start()
        let port = try #require(address.port)
        do {
            let result = try await body(port, server)
            await server.stop()
            try FileManager.default.removeItem(at: folder)
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    @Test("Pages, types, and 404.html with its status", .timeLimit(.minutes(1)))
    func pages() async throws {
        try await serving { (port, _) async throws in
            let home = try RawConnection.request(port: port, "GET", "/?x=/../..")
            #expect(home.status == 200 && home.text == "<head></head>home")
            #expect(home.headers["content-type"] == "text/html; charset=utf-8")
            #expect(home.headers["x-test"] == "yes" && home.headers["cache-control"] == "no-cache")
            #expect(home.headers["x-content-type-options"] == "nosniff")
            let module = try RawConnection.request(port: port, "GET", "/assets/app.wasm")
            #expect(module.headers["content-type"] == "application/wasm")
            #expect(module.headers["cache-control"] == "immutable")
            let lost = try RawConnection.request(port: port, "GET", "/no/such/page")
            #expect(lost.status == 404 && lost.text == "<head></head>lost")
            let folder = try RawConnection.request(port: port, "GET", "/docs?q=1")
            #expect(folder.status == 301 && folder.headers["location"] == "/docs/?q=1")
            #expect(try RawConnection.request(port: port, "GET", "/docs/").text == "docs")
            #expect(try RawConnection.request(port: port, "GET", "/assets").status == 404)
            #expect(try RawConnection.request(port: port, "GET", "/with%20space%20%C3%BC.txt").text == "odd name")
            let empty = try RawConnection.request(port: port, "GET", "/empty.txt")
            #expect(empty.status == 200 && empty.body.isEmpty && empty.headers["content-length"] == "0")
        }
    }

    @Test("Only GET and HEAD; HEAD has the length and no body", .timeLimit(.minutes(1)))
    func methods() async throws {
        try await serving { (port, _) async throws in
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
                let reply = try RawConnection.request(port: port, method, "/")
                #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD", "\(method)")
            }
            let head = try RawConnection.request(port: port, "HEAD", "/assets/only.txt")
            #expect(head.status == 200 && head.headers["content-length"] == "8" && head.body.isEmpty)
        }
    }

    @Test("Nothing outside of the site is served", .timeLimit(.minutes(1)))
    func staysInside() async throws {
        try await serving { (port, _) async throws in
            let targets = [
                "/../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E/secret.txt", "/..%2fsecret.txt", "/.%2e/secret.txt",
                "/assets/../../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/..%5csecret.txt", "/..\\secret.txt",
                "//../secret.txt", "/leak.txt", "/up/secret.txt", "/up/site/index.html", "/index.html%00.txt", "/%00",
                "/%", "/%zz", "/%ff", "/pipe", "/assets//a.123.mjs", "/./index.html", "/%252e%252e/secret.txt",
                "file:///etc/passwd", "http://127.0.0.1/../secret.txt", "*",
            ]
            for target in targets {
                let reply = try RawConnection.request(port: port, "GET", target)
                #expect(reply.status == 400 || reply.status == 404, "\(target)")
                #expect(!reply.text.contains("secret") && !reply.text.contains("root:"), "\(target)")
                #expect(!reply.text.contains("home"), "\(target)")
            }
        }
    }

    @Test("Other hosts' names get nothing", .timeLimit(.minutes(1)))
    func hosts() async throws {
        try await serving { (port, _) async throws in
            for host in ["127.0.0.1", "localhost", "app.localhost"] {
                #expect(try RawConnection.request(port: port, "GET", "/", host: host).status == 200)
            }
            for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0"] {
                #expect(try RawConnection.request(port: port, "GET", "/", host: host).status == 421)
            }
        }
    }

    @Test("Compressed forms go to those who accept them", .timeLimit(.minutes(1)))
    func negotiation() async throws {
        let cases: [(String?, String?)] = [
            (nil, nil), ("", nil), ("br", "br"), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("x-gzip", "gzip"),
            ("br;q=0.1, gzip;q=0.9", "gzip"), ("br;q=0, gzip;q=0", nil), ("*", "br"), ("*;q=0.5, br;q=0", "gzip"),
            ("identity, br;q=0.5", nil), ("identity;q=0.5, br", "br"), ("BR", "br"), ("br ; q=1.0", "br"),
            ("deflate", nil), ("br;q=abc", nil),
        ]
        try await serving { (port, _) async throws in
            for (accepts, sent) in cases {
                let headers = accepts.map { ["Accept-Encoding": $0] } ?? [:]
                let reply = try RawConnection.request(port: port, "GET", "/assets/a.123.mjs", headers)
                #expect(reply.status == 200 && reply.headers["content-encoding"] == sent, "\(accepts ?? "nothing")")
                let body = sent == "br" ? "BROTLI" : sent == "gzip" ? "GZIP" : "plain text of a.mjs"
                #expect(reply.text == body && reply.headers["vary"] == "Accept-Encoding")
                #expect(reply.headers["content-type"] == "text/javascript; charset=utf-8")
            }
            let form = try RawConnection.request(port: port, "GET", "/assets/a.123.mjs.br", ["Accept-Encoding": "br"])
            #expect(form.text == "BROTLI" && form.headers["content-encoding"] == nil)
            let only = try RawConnection.request(port: port, "GET", "/assets/only.txt", ["Accept-Encoding": "br"])
            #expect(only.headers["content-encoding"] == nil && only.headers["vary"] == nil)
        }
    }

    @Test("Ranges", .timeLimit(.minutes(1)))
    func ranges() async throws {
        let cases: [(String, Int, String, String?)] = [
            ("bytes=0-4", 206, "plain", "bytes 0-4/19"), ("bytes=6-", 206, "text of a.mjs", "bytes 6-18/19"),
            ("bytes=-3", 206, "mjs", "bytes 16-18/19"), ("bytes=-99", 206, "plain text of a.mjs", "bytes 0-18/19"),
            ("bytes=18-99999999999999999999", 206, "s", "bytes 18-18/19"), ("bytes=19-", 416, "", "bytes */19"),
            ("bytes=99999999999999999999-", 416, "", "bytes */19"), ("bytes=-0", 416, "", "bytes */19"),
            ("bytes=5-2", 200, "plain text of a.mjs", nil), ("bytes=0-1,3-4", 200, "plain text of a.mjs", nil),
            ("lines=0-4", 200, "plain text of a.mjs", nil), ("bytes=a-b", 200, "plain text of a.mjs", nil),
            ("bytes=-", 200, "plain text of a.mjs", nil),
        ]
        try await serving { (port, _) async throws in
            for (range, status, body, contentRange) in cases {
                let reply = try RawConnection.request(port: port, "GET", "/assets/a.123.mjs", ["Range": range])
                #expect(reply.status == status && reply.headers["content-range"] == contentRange, "\(range)")
                if status != 416 { #expect(reply.text == body, "\(range)") }
            }
            let stale = try RawConnection.request(
                port: port, "GET", "/assets/a.123.mjs", ["Range": "bytes=0-1", "If-Range": "\"other\""])
            #expect(stale.status == 200)
        }
    }

    @Test("What the browser has already is not sent again", .timeLimit(.minutes(1)))
    func entityTags() async throws {
        try await serving { (port, _) async throws in
            let path = "/assets/a.123.mjs"
            let tag = try #require(try RawConnection.request(port: port, "GET", path).headers["etag"])
            for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let reply = try RawConnection.request(port: port, "GET", path, ["If-None-Match": known])
                #expect(reply.status == 304 && reply.body.isEmpty && reply.headers["etag"] == tag, "\(known)")
            }
            #expect(try RawConnection.request(port: port, "GET", path, ["If-None-Match": "\"x\""]).status == 200)
            let brotli = try RawConnection.request(
                port: port, "GET", path, ["If-None-Match": tag, "Accept-Encoding": "br"])
            #expect(brotli.status == 200, "another form, another tag")
            try Data("changed".utf8).write(to: site.appending(path: "assets/a.123.mjs"))
            #expect(try RawConnection.request(port: port, "GET", path, ["If-None-Match": tag]).status == 200)
        }
    }

    @Test("Below a base path", .timeLimit(.minutes(1)))
    func base() async throws {
        try await serving(.init(base: "/repo/")) { (port, _) async throws in
            #expect(try RawConnection.request(port: port, "GET", "/repo/").text.hasSuffix("home"))
            for outside in ["/", "/repo"] {
                #expect(try RawConnection.request(port: port, "GET", outside).headers["location"] == "/repo/")
            }
            #expect(try RawConnection.request(port: port, "GET", "/index.html").status == 404)
            #expect(try RawConnection.request(port: port, "GET", "/repo/../secret.txt").status == 400)
            #expect(try RawConnection.request(port: port, "GET", "/repo/deep/link").text.hasSuffix("lost"))
        }
    }

    @Test("In the manner of GitHub Pages", .timeLimit(.minutes(1)))
    func gitHubPages() async throws {
        try await serving(.init(manner: .gitHubPages)) { (port, _) async throws in
            let module = try RawConnection.request(
                port: port, "GET", "/assets/a.123.mjs", ["Accept-Encoding": "br, gzip"])
            #expect(module.headers["content-encoding"] == nil && module.headers["vary"] == nil)
            #expect(module.headers["x-test"] == nil && module.headers["cache-control"] == "max-age=600")
            #expect(try RawConnection.request(port: port, "GET", "/about").text == "about")
            #expect(try RawConnection.request(port: port, "GET", "/nope").status == 404)
        }
    }

    @Test("Pages are told to reload", .timeLimit(.minutes(1)))
    func liveReload() async throws {
        try await serving(.init(liveReload: true)) { (port, server) async throws in
            let home = try RawConnection.request(port: port, "GET", "/", ["Accept-Encoding": "br"])
            #expect(home.text.contains("/__frond/live.mjs\"></script>\n</head>"))
            #expect(home.headers["cache-control"] == "no-store" && home.headers["etag"] == nil)
            #expect(try RawConnection.request(port: port, "GET", "/__frond/live.mjs").text.contains("EventSource"))
            let connection = try RawConnection(port: port)
            defer { connection.close() }
            try connection.send("GET /__frond/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try connection.receive(until: "event: hello").contains("text/event-stream"))
            await server.reload()
            _ = try connection.receive(until: "event: reload")
            await server.report("line 1\nline \"2\"")
            _ = try connection.receive(until: #"data: "line 1\nline \"2\"""#)
        }
    }

    @Test("Without live reload there is no trace of it", .timeLimit(.minutes(1)))
    func noLiveReload() async throws {
        try await serving { (port, _) async throws in
            #expect(try RawConnection.request(port: port, "GET", "/__frond/events").status == 404)
            #expect(try !RawConnection.request(port: port, "GET", "/").text.contains("__frond"))
        }
    }

    @Test("Routes of one's own", .timeLimit(.minutes(1)))
    func routes() async throws {
        let collected = Mutex<[String]>([])
        let route = Route(method: "POST", path: "/__collect") { request in
            collected.withLock { $0.append(request.query + " " + String(decoding: request.body, as: UTF8.self)) }
            return Route.Response(status: 201, body: Array("thanks".utf8))
        }
        try await serving(.init(routes: [route])) { (port, _) async throws in
            let reply = try RawConnection.request(port: port, "POST", "/__collect?name=a", body: "result")
            #expect(reply.status == 201 && reply.text == "thanks")
            #expect(collected.withLock { $0 } == ["name=a result"])
            #expect(try RawConnection.request(port: port, "GET", "/__collect").status == 404)
        }
    }

    @Test("A port that is in use is a clear error", .timeLimit(.minutes(1)))
    func busyPort() async throws {
        try await serving { (port, _) async throws in
            let second = DevServer(root: site, options: .init(port: port))
            await #expect {
                try await second.start()
            } throws: { error in
                (error as? Diagnostic)?.identifier == "port-in-use"
            }
        }
    }

    @Test("run() ends when its task is cancelled, and the port is free then", .timeLimit(.minutes(1)))
    func run() async throws {
        let server = DevServer(root: site, options: .init(liveReload: true))
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let task = Task { try await server.run { announce.yield($0.port ?? 0) } }
        let port = try #require(await ports.first { _ in true })
        let connection = try RawConnection(port: port)
        defer { connection.close() }
        try connection.send("GET /__frond/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try connection.receive(until: "event: hello")
        task.cancel()
        try await task.value
        let again = DevServer(root: site, options: .init(port: port))
        _ = try await again.start()
        await again.stop()
    }

    @Test("Large files arrive whole", .timeLimit(.minutes(1)))
    func large() async throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 / 7) }
        try Data(bytes).write(to: site.appending(path: "large.bin"))
        try await serving { (port, _) async throws in
            #expect(try RawConnection.request(port: port, "GET", "/large.bin").body == bytes)
        }
    }
}
