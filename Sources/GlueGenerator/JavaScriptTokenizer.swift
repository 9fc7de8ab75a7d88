// JavaScript, cut into tokens.
//
// The bundler needs to know three things of a source: where statements of the top level are, which names they declare,
// and what is comment or indentation. For that a text must be cut rightly where JavaScript is awkward: strings, template
// literals with code inside, and `/`, which begins a comment, a regular expression, or is a division.
//
//     const half = `${a /* x */ / 2}`;   →   const · half · = · `${ · a · comment · / · 2 · }` · ;
//
// Whether `/` divides is decided by the token before it: after a value (a name, a number, a closing bracket) it divides.
// After `)` it is taken as a division too, which is wrong only for `if (x) /re/.test(y)`; after `}` it is taken as the
// begin of an expression. Both are refused or harmless in our own files, which are what this reads.

/// One token of JavaScript source; its text is a range of the source's bytes.
struct JavaScriptToken: Equatable {
    enum Kind: Equatable {
        /// A name or keyword.
        case name
        /// A number, a string, a regular expression.
        case literal
        /// A template without code in it, or the part before, between or after code.
        case template
        /// An operator or bracket.
        case punctuator
        /// `// …` without its line end, or `/* … */`.
        case comment
        /// Spaces and tabs.
        case space
        /// One line end.
        case newline
    }

    var kind: Kind
    var range: Range<Int>
    /// From one.
    var line: Int

    /// Whether it means nothing to the language, but for line ends.
    var isBlank: Bool { kind == .space || kind == .newline || kind == .comment }
}

/// Why a source can't be cut into tokens.
struct JavaScriptSyntaxError: Error, Equatable {
    var line: Int
    var message: String
}

struct JavaScriptTokenizer {
    private let source: [UInt8]
    private var at = 0
    private var line = 1
    private var tokens: [JavaScriptToken] = []
    /// For each open `${`, how many braces were open outside it.
    private var templates: [Int] = []
    private var braces = 0
    private var previous: JavaScriptToken?

    private init(_ source: [UInt8]) {
        self.source = source
    }

    /// All tokens of a source; together they are the whole source.
    static func tokens(of source: [UInt8]) throws(JavaScriptSyntaxError) -> [JavaScriptToken] {
        var tokenizer = JavaScriptTokenizer(source)
        try tokenizer.run()
        return tokenizer.tokens
    }

    private mutating func run() throws(JavaScriptSyntaxError) {
        while at < source.count { try next() }
        if !templates.isEmpty { throw JavaScriptSyntaxError(line: line, message: "a template literal does not end") }
    }

    private func peek(_ offset: Int = 0) -> UInt8 {
        at + offset < source.count ? source[at + offset] : 0
    }

    private mutating func next() throws(JavaScriptSyntaxError) {
        let start = at
        let startLine = line
        let byte = source[at]
        switch byte {
        case .init(ascii: "\n"):
            at += 1
            add(.newline, start, startLine)
            line += 1
        case .init(ascii: " "), .init(ascii: "\t"), .init(ascii: "\r"):
            while [.init(ascii: " "), .init(ascii: "\t"), .init(ascii: "\r")].contains(peek()) { at += 1 }
            add(.space, start, startLine)
        case .init(ascii: "/") where peek(1) == .init(ascii: "/"):
            while at < source.count, source[at] != .init(ascii: "\n") { at += 1 }
            add(.comment, start, startLine)
        case .init(ascii: "/") where peek(1) == .init(ascii: "*"):
            try blockComment()
            add(.comment, start, startLine)
        case .init(ascii: "/") where beginsExpression:
            try regularExpression()
            add(.literal, start, startLine)
        case .init(ascii: "'"), .init(ascii: "\""):
            try string(byte)
            add(.literal, start, startLine)
        case .init(ascii: "`"):
            at += 1
            try templateRest(startLine)
            add(.template, start, startLine)
        case .init(ascii: "}") where templates.last == braces:
            templates.removeLast()
            at += 1
            try templateRest(startLine)
            add(.template, start, startLine)
        case _ where Self.isDigit(byte) || (byte == .init(ascii: ".") && Self.isDigit(peek(1))):
            number()
            add(.literal, start, startLine)
        case _ where Self.isNamePart(byte) || byte == .init(ascii: "#"):
            at += 1
            while Self.isNamePart(peek()) { at += 1 }
            add(.name, start, startLine)
        case .init(ascii: "{"), .init(ascii: "}"):
            braces += byte == .init(ascii: "{") ? 1 : -1
            at += 1
            add(.punctuator, start, startLine)
        case .init(ascii: "\\"):
            throw JavaScriptSyntaxError(line: line, message: "an escape outside of a string is not understood")
        default:
            at += 1
            // Only `++` and `--` need to be whole: what follows them may be a division.
            if (byte == .init(ascii: "+") || byte == .init(ascii: "-")) && peek() == byte { at += 1 }
            if byte == .init(ascii: "=") && peek() == .init(ascii: ">") { at += 1 }
            add(.punctuator, start, startLine)
        }
    }

    private mutating func add(_ kind: JavaScriptToken.Kind, _ start: Int, _ line: Int) {
        let token = JavaScriptToken(kind: kind, range: start..<at, line: line)
        tokens.append(token)
        switch kind {
        case .name, .literal, .template, .punctuator: previous = token
        case .comment, .space, .newline: break
        }
    }

    /// Whether a `/` here starts a regular expression.
    private var beginsExpression: Bool {
        guard let previous else { return true }
        let text = source[previous.range]
        switch previous.kind {
        case .literal: return false
        case .template: return text.last != .init(ascii: "`")
        case .name: return Self.keywordsBeforeExpressions.contains(String(decoding: text, as: UTF8.self))
        default:
            return
                !(text.elementsEqual(")".utf8) || text.elementsEqual("]".utf8) || text.elementsEqual("++".utf8)
                || text.elementsEqual("--".utf8))
        }
    }

    private static let keywordsBeforeExpressions: Set<String> = [
        "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield",
        "instanceof",
    ]

    private mutating func blockComment() throws(JavaScriptSyntaxError) {
        let startLine = line
        at += 2
        while !(peek() == .init(ascii: "*") && peek(1) == .init(ascii: "/")) {
            if at >= source.count { throw JavaScriptSyntaxError(line: startLine, message: "a comment does not end") }
            if source[at] == .init(ascii: "\n") { line += 1 }
            at += 1
        }
        at += 2
    }

    private mutating func string(_ quote: UInt8) throws(JavaScriptSyntaxError) {
        at += 1
        while peek() != quote {
            if at >= source.count || source[at] == .init(ascii: "\n") {
                throw JavaScriptSyntaxError(line: line, message: "a string does not end on its line")
            }
            if source[at] == .init(ascii: "\\") {
                at += 1
                if peek() == .init(ascii: "\n") { line += 1 }
            }
            at += 1
        }
        at += 1
    }

    /// After a `` ` `` or the `}` of `${…}`: up to the closing `` ` `` or the next `${`.
    private mutating func templateRest(_ startLine: Int) throws(JavaScriptSyntaxError) {
        while true {
            if at >= source.count {
                throw JavaScriptSyntaxError(line: startLine, message: "a template literal does not end")
            }
            switch source[at] {
            case .init(ascii: "`"):
                at += 1
                return
            case .init(ascii: "$") where peek(1) == .init(ascii: "{"):
                at += 2
                templates.append(braces)
                return
            case .init(ascii: "\\"):
                at += 1
                if peek() == .init(ascii: "\n") { line += 1 }
                at += 1
            case .init(ascii: "\n"):
                line += 1
                at += 1
            default: at += 1
            }
        }
    }

    private mutating func regularExpression() throws(JavaScriptSyntaxError) {
        at += 1
        var inClass = false
        while true {
            if at >= source.count || source[at] == .init(ascii: "\n") {
                throw JavaScriptSyntaxError(line: line, message: "a regular expression does not end on its line")
            }
            let byte = source[at]
            at += 1
            if byte == .init(ascii: "\\") {
                at += 1
            } else if byte == .init(ascii: "[") {
                inClass = true
            } else if byte == .init(ascii: "]") {
                inClass = false
            } else if byte == .init(ascii: "/") && !inClass {
                break
            }
        }
        while Self.isNamePart(peek()) { at += 1 }
    }

    private mutating func number() {
        at += 1
        while Self.isNamePart(peek()) || (peek() == .init(ascii: ".") && Self.isDigit(peek(1))) || signOfExponent {
            at += 1
        }
    }

    private var signOfExponent: Bool {
        guard peek() == .init(ascii: "-") || peek() == .init(ascii: "+") else { return false }
        return source[at - 1] | 0x20 == .init(ascii: "e") && Self.isDigit(peek(1)) && isDecimal
    }

    /// Whether the number being read is decimal: in `0x1e-1` the minus is an operator.
    private var isDecimal: Bool {
        var first = at
        while first > 0, Self.isNamePart(source[first - 1]) || source[first - 1] == .init(ascii: ".") { first -= 1 }
        return !(source[first] == .init(ascii: "0") && first + 1 < at && source[first + 1] | 0x20 == .init(ascii: "x"))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x24, 0x5F, 0x80...: true
        default: false
        }
    }
}
