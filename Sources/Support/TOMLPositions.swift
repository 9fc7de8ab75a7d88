/// Where every key of a TOML text stands.
///
/// The parser that we use says where a syntax error is but not where a value came from. This walks over the text and tells
/// keys from strings, comments and brackets, which is right as far as the text is valid TOML:
///
///     [tool.frond]          # ["tool", "frond"]          line 1, column 2
///     title = "Notes"       # ["tool", "frond", "title"] line 2, column 1
///     env.MODE = "x"        # [..., "env"] and [..., "env", "MODE"] line 3, columns 1 and 5
///
/// Of a key that is written more than once (the headers of an array of tables) the first place counts.
///
/// Any text may be walked over, also one that the parser has not seen yet: `mistake` is for that.
public struct TOMLPositions: Sendable {
    /// A place in the text, both from one; columns count characters.
    public struct Place: Sendable, Hashable {
        /// The line, from one.
        public let line: Int
        /// The column in characters, from one.
        public let column: Int
    }

    private var places: [[String]: Place] = [:]

    /// A mistake on which toml++ aborts the whole process instead of refusing the text.
    public struct Mistake: Sendable, Hashable {
        /// What is wrong, in a sentence.
        public let message: String
        /// Where.
        public let place: Place
    }

    /// The first such mistake: a table header that does not begin with a key (`[=]`), a value that is not there (`a = ]`).
    /// Only sure when everything before it is valid.
    public let mistake: Mistake?

    /// The place of a key by its full path, or nothing when it is not in the text.
    public subscript(path: [String]) -> Place? { places[path] }

    /// Finds all keys of a TOML text.
    public init(_ text: String) {
        var walker = Walker(text)
        walker.document()
        places = walker.places
        mistake = walker.mistake
    }

    /// The cursor over the characters. Every rule leaves it behind what it has read, and no rule loops without moving.
    private struct Walker {
        private let characters: [Character]
        private var index = 0
        private var line = 1
        private var column = 1
        /// How many arrays and inline tables are open. The parser refuses more than 256 of them, so there is no more to find.
        private var depth = 0
        private let deepest = 256
        var places: [[String]: Place] = [:]
        var mistake: Mistake?

        init(_ text: String) { characters = Array(text) }

        private var next: Character? { index < characters.count ? characters[index] : nil }
        private var here: Place { Place(line: line, column: column) }

        private func sees(_ text: String) -> Bool {
            index + text.count <= characters.count && zip(characters[index...], text).allSatisfy { $0 == $1 }
        }

        private mutating func advance(_ count: Int = 1) {
            for _ in 0..<count where index < characters.count {
                if characters[index].isNewline {
                    line += 1
                    column = 1
                } else {
                    column += 1
                }
                index += 1
            }
        }

        private mutating func skipBlanks(andNewlines: Bool) {
            while let character = next {
                if character == "#" {
                    while let character = next, !character.isNewline { advance() }
                } else if character == " " || character == "\t" || (andNewlines && character.isNewline) {
                    advance()
                } else {
                    return
                }
            }
        }

        mutating func document() {
            var table: [String] = []
            while true {
                skipBlanks(andNewlines: true)
                guard let character = next else { return }
                if character == "[" {
                    advance(sees("[[") ? 2 : 1)
                    while next == " " || next == "\t" { advance() }
                    if !startsKey, let next, next != "]" { note("the header of a table does not begin with a key") }
                    table = keys(under: [])
                    while next == "]" || next == " " || next == "\t" { advance() }
                } else {
                    pair(under: table)
                }
            }
        }

        private mutating func note(_ message: String) {
            if mistake == nil { mistake = Mistake(message: message, place: here) }
        }

        private mutating func noteMissingValue() {
            if next.map({ $0.isNewline || ",]}#".contains($0) }) ?? true { note("a value is missing") }
        }

        /// Whether the next character can begin a key: toml++ takes TOML's own characters and none beyond.
        private var startsKey: Bool {
            guard let next else { return false }
            return next.isASCII && (next.isLetter || next.isNumber || "_-\"'".contains(next))
        }

        /// `a.b = value`
        private mutating func pair(under table: [String]) {
            let before = index
            let path = keys(under: table)
            skipBlanks(andNewlines: false)
            if next == "=" {
                advance()
                skipBlanks(andNewlines: false)
                noteMissingValue()
            }
            value(of: path)
            if index == before { advance() }
        }

        /// `a . "b c" . 'd'`; notes the place of each prefix.
        private mutating func keys(under table: [String]) -> [String] {
            var path = table
            while let character = next {
                let place = here
                if character == "\"" || character == "'" {
                    path.append(string())
                } else {
                    var word = ""
                    while let character = next, character.isLetter || character.isNumber || "_-".contains(character) {
                        word.append(character)
                        advance()
                    }
                    path.append(word)
                }
                if places[path] == nil { places[path] = place }
                skipBlanks(andNewlines: false)
                guard next == "." else { break }
                advance()
                skipBlanks(andNewlines: false)
            }
            return path
        }

        private mutating func value(of path: [String]) {
            switch next {
            case "\"", "'": _ = string()
            case "{", "[":
                guard depth < deepest else {
                    index = characters.count
                    return
                }
                depth += 1
                if next == "{" { inlineTable(path) } else { array(path) }
                depth -= 1
            default:
                while let character = next, !character.isNewline, !",]}#".contains(character) { advance() }
            }
        }

        private mutating func inlineTable(_ path: [String]) {
            advance()
            while true {
                skipBlanks(andNewlines: true)
                guard let character = next else { return }
                if character == "}" {
                    advance()
                    return
                }
                if character == "," { advance() } else { pair(under: path) }
            }
        }

        private mutating func array(_ path: [String]) {
            advance()
            while true {
                skipBlanks(andNewlines: true)
                guard let character = next else { return }
                if character == "]" {
                    advance()
                    return
                }
                let before = index
                if character == "," {
                    advance()
                } else {
                    noteMissingValue()
                    value(of: path)
                }
                if index == before { advance() }
            }
        }

        /// A string of any of the four kinds; returns its contents with the short escapes resolved, enough for keys.
        private mutating func string() -> String {
            guard let quote = next else { return "" }
            let triple = String(repeating: quote, count: 3)
            let end = sees(triple) ? triple : String(quote)
            advance(end.count)
            var text = ""
            while let character = next, !sees(end) {
                if character == "\\" && quote == "\"" {
                    advance()
                    let escaped = next
                    text.append(escaped.map { ["n": "\n", "t": "\t"][$0] ?? $0 } ?? "\\")
                } else {
                    text.append(character)
                }
                advance()
            }
            advance(end.count)
            // A multi-line string may end with up to two quotes of its own.
            while end.count == 3, next == quote { advance() }
            return text
        }
    }
}
