/// A pattern for paths below the app's folder, in the spelling of `.gitignore`.
///
///     *.csv          every CSV file, at any depth           (no slash: compared with the last part)
///     data/*.csv     those directly in data/                (a slash: compared from the folder's root)
///     data/**        everything below data/                 (** crosses slashes)
///     data           the file data, or the folder and all that is in it
///
/// `?` is one character, `[a-z]` and `[!a-z]` are sets, a backslash takes the next character literally.
package struct Glob: Sendable, Equatable {
    /// The pattern as it was written.
    package let text: String
    private let anchored: Bool
    private let parts: [[Token]]

    private enum Token: Equatable {
        case character(Character)
        case any
        case many
        case set(ranges: [ClosedRange<Character>], negated: Bool)
    }

    /// Reads a pattern. Returns nothing when it is empty, leaves the folder (`..`), or has an unclosed `[`.
    package init?(_ text: String) {
        self.text = text
        var pattern = text[...]
        if pattern.hasPrefix("./") { pattern = pattern.dropFirst(2) }
        let rooted = pattern.hasPrefix("/")
        while pattern.hasPrefix("/") { pattern = pattern.dropFirst() }
        while pattern.hasSuffix("/") { pattern = pattern.dropLast() }
        let names = pattern.split(separator: "/")
        guard !names.isEmpty, !names.contains("..") else { return nil }
        anchored = rooted || names.count > 1
        var parts: [[Token]] = []
        for name in names {
            guard let tokens = Self.tokens(name) else { return nil }
            parts.append(tokens)
        }
        self.parts = parts
    }

    /// Whether the pattern covers a path (relative, without a leading slash): the path itself or a folder that it is in.
    package func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map(Array.init)
        if anchored { return Self.match(parts[...], names[...], prefix: true) }
        return names.contains { Self.match(parts[0][...], $0[...]) }
    }

    /// Whether something below a folder could match, so that the folder must be looked into.
    package func canMatch(below folder: String) -> Bool {
        guard anchored else { return true }
        let names = folder.split(separator: "/").map(Array.init)
        var index = 0
        for name in names {
            guard index < parts.count else { return true }
            if Self.isCrossing(parts[index]) { return true }
            guard Self.match(parts[index][...], name[...]) else { return false }
            index += 1
        }
        return true
    }

    private static func isCrossing(_ part: [Token]) -> Bool { part == [.many, .many] }

    /// Compares part by part; with `prefix`, a pattern that ends at a folder covers what is in it.
    private static func match(
        _ parts: ArraySlice<[Token]>, _ names: ArraySlice<[Character]>, prefix: Bool
    ) -> Bool {
        guard let part = parts.first else { return names.isEmpty || prefix }
        if isCrossing(part) {
            let rest = parts.dropFirst()
            if rest.isEmpty { return !names.isEmpty }
            return names.indices.contains { match(rest, names[$0...], prefix: prefix) }
        }
        guard let name = names.first, match(part[...], name[...]) else { return false }
        return match(parts.dropFirst(), names.dropFirst(), prefix: prefix)
    }

    /// Compares one name, going back to the last `*` on a mismatch, so the time is at most the product of the lengths.
    private static func match(_ tokens: ArraySlice<Token>, _ name: ArraySlice<Character>) -> Bool {
        var token = tokens.startIndex
        var character = name.startIndex
        var retry: (token: Int, character: Int)?
        while character < name.endIndex {
            if token < tokens.endIndex, tokens[token] == .many {
                retry = (token, character)
                token += 1
            } else if token < tokens.endIndex, accepts(tokens[token], name[character]) {
                token += 1
                character += 1
            } else if let last = retry {
                retry = (last.token, last.character + 1)
                token = last.token + 1
                character = last.character + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .many }
    }

    private static func accepts(_ token: Token, _ character: Character) -> Bool {
        switch token {
        case .character(let wanted): wanted == character
        case .any, .many: true
        case .set(let ranges, let negated): ranges.contains { $0.contains(character) } != negated
        }
    }

    private static func tokens(_ name: Substring) -> [Token]? {
        var tokens: [Token] = []
        var rest = name
        while let character = rest.popFirst() {
            switch character {
            case "*": tokens.append(.many)
            case "?": tokens.append(.any)
            case "\\":
                guard let literal = rest.popFirst() else { return nil }
                tokens.append(.character(literal))
            case "[":
                guard let set = set(&rest) else { return nil }
                tokens.append(set)
            default: tokens.append(.character(character))
            }
        }
        return tokens
    }

    private static func set(_ rest: inout Substring) -> Token? {
        let negated = rest.first == "!" || rest.first == "^"
        if negated { rest.removeFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let low = rest.popFirst() {
            if low == "]", !ranges.isEmpty { return .set(ranges: ranges, negated: negated) }
            var high = low
            if rest.first == "-", let next = rest.dropFirst().first, next != "]" {
                rest.removeFirst(2)
                high = next
            }
            guard low <= high else { return nil }
            ranges.append(low...high)
        }
        return nil
    }
}
