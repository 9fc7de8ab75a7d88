/// Answers requests for the files of a site, as a value in and a value out; no sockets here.
///
/// Files are looked up anew for each request, because a rebuild exchanges the whole folder.
struct StaticSite: Sendable {
    /// An answer before it is sent.
    struct Answer {
        enum Body {
            case empty
            case bytes([UInt8])
            case file(OpenFile, Range<Int>)
        }

        var status: Int
        var headers: [(name: String, value: String)]
        var body: Body

        /// The value of a header, for tests and for the code that completes answers.
        subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

        /// The length of the body.
        var length: Int {
            switch body {
            case .empty: 0
            case .bytes(let bytes): bytes.count
            case .file(_, let range): range.count
            }
        }
    }

    /// The headers of a request that matter here.
    struct RequestHeaders {
        var acceptEncoding: String?
        var range: String?
        var ifRange: String?
        var ifNoneMatch: String?
    }

    let root: String
    /// Where the site lies, with a slash at both ends.
    let base: String
    let manner: ServerManner
    /// Goes into the head of every page, or is nil.
    let injection: String?

    func answer(method: String, target: String, headers: RequestHeaders) -> Answer {
        guard method == "GET" || method == "HEAD" else {
            return text(405, "This server only reads: GET and HEAD.", [("Allow", "GET, HEAD")])
        }
        guard let path = RequestPath(target) else { return text(400, "This is not a path.") }
        let plainTarget = String(target.prefix { $0 != "?" && $0 != "#" })
        guard let names = namesBelowBase(path) else {
            if plainTarget == "/" || plainTarget + "/" == base { return redirect(to: base) }
            return text(404, "This server serves \(base) only.")
        }
        var wanted = names
        if wanted.last == "" { wanted[wanted.count - 1] = "index.html" }
        switch OpenFile.find(wanted, below: root) {
        case .file(let file): return found(file, wanted, status: 200, headers)
        case .folder:
            guard case .file = OpenFile.find(wanted + ["index.html"], below: root) else { return missing(headers) }
            let query = target.drop { $0 != "?" }
            return redirect(to: plainTarget + "/" + query)
        case .nothing:
            if manner == .gitHubPages, let last = wanted.last, !last.contains("."),
                case .file(let file) = OpenFile.find(wanted.dropLast() + [last + ".html"], below: root)
            {
                return found(file, wanted.dropLast() + [last + ".html"], status: 200, headers)
            }
            return missing(headers)
        }
    }

    private func namesBelowBase(_ path: RequestPath) -> [String]? {
        let prefix = base.split(separator: "/").map(String.init)
        guard path.names.count > prefix.count, Array(path.names.prefix(prefix.count)) == prefix else { return nil }
        return Array(path.names.dropFirst(prefix.count))
    }

    private func missing(_ headers: RequestHeaders) -> Answer {
        guard case .file(let file) = OpenFile.find(["404.html"], below: root) else {
            return text(404, "There is no such page, and the site has no 404.html.")
        }
        var unconditional = headers
        unconditional.ifNoneMatch = nil
        unconditional.range = nil
        return found(file, ["404.html"], status: 404, unconditional)
    }

    private func found(
        _ file: OpenFile, _ names: [String], status: Int, _ request: RequestHeaders
    ) -> Answer {
        let name = names.last ?? ""
        let type = MediaType.of(name)
        if injection != nil, type.hasPrefix("text/html") { return injected(file, names, type, status) }
        var (sent, coding) = (file, ContentCoding.identity)
        var hasForms = false
        if manner == .negotiating {
            let present = ContentCoding.allCases.filter { $0 != .identity }.compactMap {
                coding -> (ContentCoding, OpenFile)? in
                guard case .file(let form) = OpenFile.find(names.dropLast() + [name + coding.suffix], below: root)
                else {
                    return nil
                }
                return (coding, form)
            }
            hasForms = !present.isEmpty
            for accepted in ContentCoding.accepted(request.acceptEncoding) {
                if accepted == .identity { break }
                if let form = present.first(where: { $0.0 == accepted }) {
                    (coding, sent) = form
                    break
                }
            }
        }

        let tag = "\"\(sent.tag)\""
        var headers: [(name: String, value: String)] = [("Content-Type", type)]
        if coding != .identity { headers.append(("Content-Encoding", coding.rawValue)) }
        if hasForms { headers.append(("Vary", "Accept-Encoding")) }
        headers += [("ETag", tag), ("Accept-Ranges", "bytes")]
        headers = completed(headers, path: base + names.joined(separator: "/"))

        if let known = request.ifNoneMatch, Self.matches(known, tag) {
            headers.removeAll { $0.name == "Content-Type" || $0.name == "Content-Encoding" }
            return Answer(status: 304, headers: headers, body: .empty)
        }
        let mayCut = request.ifRange == nil || request.ifRange == tag
        switch ByteRange(mayCut && status == 200 ? request.range : nil, length: sent.length) {
        case .whole: return Answer(status: status, headers: headers, body: .file(sent, 0..<sent.length))
        case .part(let range):
            headers.append(("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(sent.length)"))
            return Answer(status: 206, headers: headers, body: .file(sent, range))
        case .unsatisfiable:
            return text(416, "The file has \(sent.length) bytes.", [("Content-Range", "bytes */\(sent.length)")])
        }
    }

    /// A page with the live reload script in it; never kept by the browser.
    private func injected(_ file: OpenFile, _ names: [String], _ type: String, _ status: Int) -> Answer {
        guard let bytes = try? file.read(at: 0, count: file.length) else { return text(500, "The file can't be read.") }
        let html = String(decoding: bytes, as: UTF8.self)
        let place = html.firstRange(of: "</head>")?.lowerBound ?? html.endIndex
        let page = html[..<place] + (injection ?? "") + html[place...]
        var headers = completed([("Content-Type", type)], path: base + names.joined(separator: "/"))
        headers.removeAll { $0.name.lowercased() == "cache-control" }
        headers.append(("Cache-Control", "no-store"))
        return Answer(status: status, headers: headers, body: .bytes(Array(page.utf8)))
    }

    /// Adds what the host would add.
    private func completed(
        _ headers: [(name: String, value: String)], path: String
    ) -> [(name: String, value: String)] {
        guard manner == .negotiating else { return headers + [("Cache-Control", "max-age=600")] }
        var result = headers
        if case .file(let file) = OpenFile.find(["_headers"], below: root), file.length < 1 << 20,
            let bytes = try? file.read(at: 0, count: file.length)
        {
            for rule in HostRules(String(decoding: bytes, as: UTF8.self)).headers(for: path) {
                result.removeAll { $0.name.lowercased() == rule.name.lowercased() }
                result.append(rule)
            }
        }
        if !result.contains(where: { $0.name.lowercased() == "cache-control" }) {
            result.append(("Cache-Control", "no-cache"))
        }
        return result
    }

    private func redirect(to location: String) -> Answer {
        text(301, "It is at \(location).", [("Location", location), ("Cache-Control", "no-cache")])
    }

    private func text(_ status: Int, _ message: String, _ headers: [(name: String, value: String)] = []) -> Answer {
        Answer(
            status: status, headers: headers + [("Content-Type", "text/plain; charset=utf-8")],
            body: .bytes(Array("\(message)\n".utf8)))
    }

    private static func matches(_ header: String, _ tag: String) -> Bool {
        header.trimming() == "*"
            || header.split(separator: ",").contains { item in
                let candidate = item.trimming()
                return candidate == tag || candidate == "W/" + tag
            }
    }
}

/// Which host the server behaves like.
public enum ServerManner: String, Sendable, CaseIterable {
    /// A host that sends Brotli and gzip forms to those who accept them, and that follows `_headers`.
    case negotiating
    /// GitHub Pages: no compressed forms, no headers of one's own, ten minutes of caching, `name` means `name.html`.
    case gitHubPages = "github-pages"
}
