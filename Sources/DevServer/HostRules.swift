/// The rules of a site's `_headers` file, which the server follows as the hosts do that read it.
///
///     /assets/*                                         a path; * stands for anything
///       Cache-Control: public, max-age=31536000         what to send with it
///       ! X-Robots-Tag                                  what an earlier rule set and this one takes back
struct HostRules: Equatable {
    private struct Rule: Equatable {
        var pattern: [Substring]
        var actions: [Action]
    }

    private enum Action: Equatable {
        case set(name: String, value: String)
        case remove(name: String)
    }

    private var rules: [Rule] = []

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.trimming()
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            if line.first?.isWhitespace != true {
                rules.append(
                    Rule(pattern: content.split(separator: "*", omittingEmptySubsequences: false), actions: []))
            } else if !rules.isEmpty {
                if content.hasPrefix("!") {
                    rules[rules.count - 1].actions.append(.remove(name: String(content.dropFirst().trimming())))
                } else if let colon = content.firstIndex(of: ":") {
                    let value = content[content.index(after: colon)...].trimming()
                    rules[rules.count - 1].actions.append(
                        .set(name: String(content[..<colon].trimming()), value: String(value)))
                }
            }
        }
    }

    /// The headers for a path, in the order in which they were first set.
    func headers(for path: String) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for rule in rules where Self.matches(rule.pattern, path) {
            for action in rule.actions {
                switch action {
                case .remove(let name): headers.removeAll { $0.name.lowercased() == name.lowercased() }
                case .set(let name, let value):
                    if let index = headers.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) {
                        headers[index].value += ", \(value)"
                    } else {
                        headers.append((name, value))
                    }
                }
            }
        }
        return headers
    }

    private static func matches(_ pattern: [Substring], _ path: String) -> Bool {
        guard let first = pattern.first, let last = pattern.last, path.hasPrefix(first) else { return false }
        if pattern.count == 1 { return path == first }
        var rest = path.dropFirst(first.count)
        for part in pattern.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    func trimming() -> SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = self[start...].lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return self[start..<end]
    }
}
