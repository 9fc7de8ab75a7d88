/// A dependency as `pyproject.toml` writes it (PEP 508): a name, perhaps extras, a version range, a marker.
///
///     greenlet>=3.2        name greenlet, range >=3.2
///     uvicorn[standard] ; python_version >= "3.9"
package struct Requirement: Equatable {
    /// The name as PEP 503 normalises it: lower case, runs of `-`, `_` and `.` as one hyphen.
    package let name: String
    /// The range of versions; empty for any.
    package let range: VersionRange
    /// The text as it was written.
    package let text: String
    /// Whether it has neither extras, a marker nor an address.
    package private(set) var isPlain = true

    /// Reads a requirement; nothing when it has no name or its range makes no sense.
    package init?(_ text: String) {
        self.text = text
        var rest = text.prefix { $0 != ";" }[...]
        isPlain = !text.contains { ";[@".contains($0) }
        rest = rest.drop { $0.isWhitespace }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard let first = name.first, let last = name.last, first.isLetter || first.isNumber,
            last.isLetter || last.isNumber
        else { return nil }
        self.name = Self.normalised(name)
        rest = rest.dropFirst(name.count).drop { $0.isWhitespace }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            rest = rest[rest.index(after: end)...].drop { $0.isWhitespace }
        }
        if rest.first == "@" { rest = "" }
        if rest.first == "(" { rest = rest.dropFirst().prefix { $0 != ")" } }
        guard let range = VersionRange(String(rest)) else { return nil }
        self.range = range
    }

    /// A project name as PEP 503 normalises it.
    package static func normalised(_ name: some StringProtocol) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }
}

/// A range of versions such as `>=3.2,<4` (PEP 440, release numbers only; that is all that is compared here).
package struct VersionRange: Equatable {
    private struct Clause: Equatable {
        let comparison: String
        let version: [Int]
        let isPrefix: Bool
    }

    private var clauses: [Clause] = []

    /// Reads a range; nothing when it has an operator or a version that does not exist.
    package init?(_ text: String) {
        for part in text.split(separator: ",") {
            let part = part.filter { !$0.isWhitespace }
            if part.isEmpty { continue }
            let comparison = part.prefix { "<>=!~".contains($0) }
            guard ["<", "<=", ">", ">=", "==", "!=", "~=", "==="].contains(String(comparison)) else { return nil }
            var words = part.dropFirst(comparison.count).split(separator: ".", omittingEmptySubsequences: false)
            let isPrefix = words.last == "*"
            if isPrefix { words.removeLast() }
            let numbers = words.map { Int($0.prefix { $0.isNumber }) }
            guard !numbers.isEmpty, numbers.allSatisfy({ $0 != nil }) else { return nil }
            clauses.append(
                Clause(comparison: String(comparison), version: numbers.compactMap { $0 }, isPrefix: isPrefix))
        }
    }

    /// Whether a version such as `3.5.6` lies in the range.
    package func contains(_ version: String) -> Bool {
        let version = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return clauses.allSatisfy { clause in
            let order = Self.compare(version, clause.version)
            let isPrefixed = Self.compare(Array(version.prefix(clause.version.count)), clause.version) == 0
            switch clause.comparison {
            case "<": return order < 0
            case "<=": return order <= 0
            case ">": return order > 0
            case ">=": return order >= 0
            case "!=": return !(clause.isPrefix ? isPrefixed : order == 0)
            case "~=":
                let series = Array(clause.version.dropLast())
                return order >= 0 && Self.compare(Array(version.prefix(series.count)), series) == 0
            default: return clause.isPrefix ? isPrefixed : order == 0
            }
        }
    }

    /// Negative, zero or positive; missing numbers are zeros (`3.2` is `3.2.0`).
    private static func compare(_ left: [Int], _ right: [Int]) -> Int {
        for index in 0..<max(left.count, right.count) {
            let difference =
                (index < left.count ? left[index] : 0) - (index < right.count ? right[index] : 0)
            if difference != 0 { return difference }
        }
        return 0
    }
}
