import Foundation

/// An HTTP/1.1 answer on a connection that was closed after it (RFC 9112): status, fields, body without its framing.
struct HTTPResponse {
    let status: Int
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var body: [UInt8]

    /// Reads an answer; nothing when it is none.
    init?(_ bytes: [UInt8]) {
        guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        self.status = status
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            fields.append((line[..<colon].lowercased(), value))
        }
        body = Array(bytes[head.upperBound...])
        if fields.contains(where: { $0.name == "transfer-encoding" && $0.value.lowercased().hasSuffix("chunked") }) {
            guard let joined = Self.joined(chunks: body) else { return nil }
            body = joined
        } else if let length = fields.first(where: { $0.name == "content-length" }).flatMap({ Int($0.value) }),
            length > body.count
        {
            return nil
        }
    }

    private static func joined(chunks: [UInt8]) -> [UInt8]? {
        var (rest, result) = (chunks[...], [UInt8]())
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = String(decoding: rest[..<end.lowerBound], as: UTF8.self).prefix { $0 != ";" }
            guard let count = Int(size.trimmingCharacters(in: .whitespaces), radix: 16), count >= 0 else { return nil }
            rest = rest[end.upperBound...]
            if count == 0 { return result }
            guard count + 2 <= rest.count else { return nil }
            result += rest.prefix(count)
            rest = rest.dropFirst(count + 2)
        }
        return nil
    }
}

/// JSON in one line of a trace.
enum JSONLine {
    static func text(_ line: String) -> String? {
        try? JSONDecoder().decode(String.self, from: Data(line.utf8))
    }
}
