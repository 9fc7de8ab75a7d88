/// One thing that an app must do: a command line with what it is to print, or requests to a server with what it is to answer.
package struct Check: Sendable, Equatable {
    /// A request and what is expected of its answer.
    package struct Request: Sendable, Equatable {
        package var method = "GET"
        package var path = "/"
        package var headers: [String: String] = [:]
        package var body = ""
        /// The status that the answer must have.
        package var status: Int?
        /// What the body must be.
        package var expectedBody: String?
        /// What the body must contain.
        package var bodyContains: String?

        package init() {}

        /// The request as it is sent; the connection is closed after the answer.
        package var bytes: [UInt8] {
            var lines = ["\(method) \(path) HTTP/1.1"]
            var fields = headers
            func add(_ name: String, _ value: String) {
                if !fields.keys.contains(where: { $0.lowercased() == name.lowercased() }) { fields[name] = value }
            }
            add("Host", "localhost")
            add("Connection", "close")
            add("Accept", "*/*")
            if !body.isEmpty { add("Content-Length", "\(body.utf8.count)") }
            lines += fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            return Array((lines + ["", body]).joined(separator: "\r\n").utf8)
        }
    }

    /// What it is called in reports.
    package var name: String
    /// `argv`, with the interpreter's name first.
    package var arguments: [String]
    /// Environment variables, in this order.
    package var environment: [(name: String, value: String)]
    package var directory: String
    /// Standard input.
    package var input = ""
    /// The exit status that it must have; nil: any but those of a crash.
    package var status: Int?
    package var output: String?
    package var outputContains: String?
    package var errors: String?
    /// Requests to send once it listens; nil for a command.
    package var requests: [Request]?
    /// The port to send them to; nil: the lowest on which it listens.
    package var port: Int?

    package init(name: String, arguments: [String], environment: [(name: String, value: String)], directory: String) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    package static func == (left: Check, right: Check) -> Bool {
        left.name == right.name && left.arguments == right.arguments && left.input == right.input
            && left.requests == right.requests && left.directory == right.directory && left.port == right.port
            && left.environment.map(\.name) == right.environment.map(\.name)
            && left.environment.map(\.value) == right.environment.map(\.value)
            && [left.output, left.outputContains, left.errors] == [right.output, right.outputContains, right.errors]
            && left.status == right.status
    }
}

/// What happened when a check was played somewhere.
package struct Play: Sendable {
    package var trace: Trace
    package var status: Int
    /// The bytes of every answer.
    package var responses: [[UInt8]]
    /// Why it could not be played, or not to its end.
    package var failure: String?

    package init(trace: Trace, status: Int, responses: [[UInt8]] = [], failure: String? = nil) {
        self.trace = trace
        self.status = status
        self.responses = responses
        self.failure = failure
    }

    /// What was written to a descriptor (1 or 2).
    package func output(_ descriptor: Int) -> String {
        trace.lines(after: "output \(descriptor) ")
            .compactMap { JSONLine.text(String(decoding: $0, as: UTF8.self)) }.joined()
    }
}

extension Check {
    /// In what a play is not what the check wants; nothing when it is.
    package func complaints(about play: Play) -> [String] {
        if let failure = play.failure { return [failure] }
        var found: [String] = []
        let (output, errors) = (play.output(1), play.output(2))
        if let status, play.status != status {
            found.append("exit status \(play.status), and \(status) is expected" + Self.quoted(tail: errors))
        } else if status == nil, play.status == 126 || play.status == 134 {
            found.append("it crashed: exit status \(play.status)" + Self.quoted(tail: errors))
        }
        if let expected = self.output, output != expected { found.append(Self.difference("stdout", expected, output)) }
        if let expected = self.errors, errors != expected { found.append(Self.difference("stderr", expected, errors)) }
        if let part = outputContains, !output.contains(part) {
            found.append("stdout does not contain \(part.debugDescription)" + Self.quoted(tail: output))
        }
        for (index, request) in (requests ?? []).enumerated() {
            let title = "\(request.method) \(request.path)"
            guard index < play.responses.count else {
                found.append(
                    "\(title): no answer; the program ended with status \(play.status)" + Self.quoted(tail: errors))
                break
            }
            found += request.complaints(about: play.responses[index]).map { "\(title): \($0)" }
        }
        return found
    }

    static func difference(_ what: String, _ expected: String, _ actual: String) -> String {
        let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let got = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(wanted, got).prefix { $0 == $1 }.count
        func show(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line].prefix(200)) : "(the end)" }
        return "\(what) differs in line \(line + 1):\n- \(show(wanted))\n+ \(show(got))"
    }

    private static func quoted(tail text: String) -> String {
        let lines = text.split(separator: "\n").suffix(8)
        return lines.isEmpty ? "" : "; its output ends with:\n" + lines.joined(separator: "\n")
    }
}

extension Check.Request {
    func complaints(about bytes: [UInt8]) -> [String] {
        guard let response = HTTPResponse(bytes) else { return ["the answer is no HTTP response"] }
        var found: [String] = []
        let body = String(decoding: response.body, as: UTF8.self)
        if let status, response.status != status {
            found.append("status \(response.status), and \(status) is expected")
        } else if status == nil, response.status >= 500 {
            found.append("status \(response.status)")
        }
        if let expectedBody, body != expectedBody { found.append(Check.difference("the body", expectedBody, body)) }
        if let part = bodyContains, !body.contains(part) {
            found.append("the body does not contain \(part.debugDescription)")
        }
        return found
    }
}
