import Support

/// One of our JavaScript modules: what it imports, what it declares, and its text without both keywords.
///
/// Only the dialect that docs/glue.md describes is understood, and everything else at the top level is refused with its
/// line: `import { a, b } from './x.mjs'`, and declarations with `function`, `async function`, `class`, `const` and `let`,
/// with or without `export` before them. That is what makes joining modules safe: a name of the top level means the same
/// in all of them.
struct JavaScriptModule {
    /// A named import.
    struct Import {
        var names: [String]
        /// As it is written, for example `./memory.mjs`.
        var specifier: String
        var line: Int
    }

    /// A name of the top level.
    struct Declaration {
        var name: String
        var isExported: Bool
        var line: Int
        /// Its tokens, as a range of `body`.
        var tokens: Range<Int>
    }

    /// As in diagnostics, for example `glue/boot.mjs`.
    let path: String
    private(set) var imports: [Import] = []
    private(set) var declarations: [Declaration] = []
    /// The tokens that stay, as ranges of `source`: imports are gone, and so is `export`.
    private(set) var body: [JavaScriptToken] = []
    let source: [UInt8]

    /// Reads a module.
    /// - Throws: a `Diagnostic` for what is outside of the dialect.
    init(path: String, source text: String) throws(Diagnostic) {
        self.path = path
        source = [UInt8](text.utf8)
        let tokens: [JavaScriptToken]
        do {
            tokens = try JavaScriptTokenizer.tokens(of: source)
        } catch {
            throw Self.refuse(path, error.line, error.message)
        }
        var parser = Parser(path: path, source: source, tokens: tokens)
        try parser.run()
        imports = parser.imports
        declarations = parser.declarations
        body = parser.body
    }

    static func refuse(_ path: String, _ line: Int, _ message: String) -> Diagnostic {
        Diagnostic(.error, "bundle-unsupported", message, at: .init(file: path, line: line))
    }
}

extension JavaScriptModule {
    /// Walks the statements of the top level.
    private struct Parser {
        let path: String
        let source: [UInt8]
        let tokens: [JavaScriptToken]
        var at = 0
        var imports: [Import] = []
        var declarations: [Declaration] = []
        var body: [JavaScriptToken] = []

        init(path: String, source: [UInt8], tokens: [JavaScriptToken]) {
            self.path = path
            self.source = source
            self.tokens = tokens
        }

        func text(_ token: JavaScriptToken) -> String { String(decoding: source[token.range], as: UTF8.self) }

        func fail(_ line: Int, _ message: String) -> Diagnostic { refuse(path, line, message) }

        mutating func run() throws(Diagnostic) {
            while at < tokens.count {
                let token = tokens[at]
                if token.isBlank || text(token) == ";" {
                    body.append(token)
                    at += 1
                    continue
                }
                switch text(token) {
                case "import": try importStatement()
                case "export": try exportStatement()
                default: try declaration(exported: false)
                }
            }
        }

        /// The next token that means something, without keeping what is skipped.
        mutating func significant() throws(Diagnostic) -> JavaScriptToken {
            while at < tokens.count, tokens[at].isBlank { at += 1 }
            guard at < tokens.count else { throw fail(tokens.last?.line ?? 1, "the file ends inside a statement") }
            at += 1
            return tokens[at - 1]
        }

        mutating func expect(_ wanted: String, _ why: String) throws(Diagnostic) {
            let token = try significant()
            guard text(token) == wanted else { throw fail(token.line, why) }
        }

        mutating func importStatement() throws(Diagnostic) {
            let line = tokens[at].line
            at += 1
            let form = "only `import { a, b } from './file.mjs'` is understood"
            try expect("{", form)
            var names: [String] = []
            while true {
                let token = try significant()
                if text(token) == "}" { break }
                guard token.kind == .name else { throw fail(token.line, form) }
                names.append(text(token))
                let after = try significant()
                if text(after) == "}" { break }
                if text(after) == "as" { throw fail(after.line, "an import can't be renamed (`as`)") }
                guard text(after) == "," else { throw fail(after.line, form) }
            }
            try expect("from", form)
            let specifier = try significant()
            guard specifier.kind == .literal, text(specifier).count > 2 else { throw fail(specifier.line, form) }
            imports.append(Import(names: names, specifier: String(text(specifier).dropFirst().dropLast()), line: line))
            // The rest of the line goes too: the semicolon, and the line end.
            while at < tokens.count, text(tokens[at]) == ";" || tokens[at].kind == .space { at += 1 }
            if at < tokens.count, tokens[at].kind == .newline { at += 1 }
        }

        mutating func exportStatement() throws(Diagnostic) {
            let line = tokens[at].line
            at += 1
            while at < tokens.count, tokens[at].kind == .space { at += 1 }
            guard at < tokens.count else { throw fail(line, "the file ends after `export`") }
            let word = text(tokens[at])
            guard ["function", "async", "class", "const", "let"].contains(word) else {
                throw fail(line, "only declarations can be exported, not `export \(word)`")
            }
            try declaration(exported: true)
        }

        mutating func declaration(exported: Bool) throws(Diagnostic) {
            let first = tokens[at]
            let keyword = text(first)
            let begin = body.count
            var isFunction = false
            switch keyword {
            case "const", "let", "class": break
            case "function": isFunction = true
            case "async":
                isFunction = true
                keep()
                keepBlank()
                guard at < tokens.count, text(tokens[at]) == "function" else {
                    throw fail(first.line, "only declarations are understood here, not `async` code")
                }
            default:
                throw fail(
                    first.line,
                    "only imports and declarations (function, class, const, let) are understood at the top level,"
                        + " not `\(keyword)`")
            }
            keep()
            keepBlank()
            if isFunction, at < tokens.count, text(tokens[at]) == "*" {
                keep()
                keepBlank()
            }
            guard at < tokens.count, tokens[at].kind == .name else {
                throw fail(first.line, "a declaration must have one plain name, not a pattern")
            }
            let name = text(tokens[at])
            let line = tokens[at].line
            keep()
            try rest(of: keyword, isBlock: isFunction || keyword == "class", from: first.line)
            declarations.append(
                Declaration(name: name, isExported: exported, line: line, tokens: begin..<body.count))
        }

        /// Keeps what follows a declared name: up to the end of the body, or of the statement.
        mutating func rest(of keyword: String, isBlock: Bool, from line: Int) throws(Diagnostic) {
            var depth = 0
            var parentheses = 0
            while at < tokens.count {
                let token = tokens[at]
                let word = text(token)
                try check(token, word)
                if token.kind == .template {
                    // `${` opens and `}` closes a nesting of its own.
                    if word.hasSuffix("${") && word.hasPrefix("`") { depth += 1 }
                    if word.hasPrefix("}") && word.hasSuffix("`") { depth -= 1 }
                } else if token.kind == .punctuator {
                    switch word {
                    case "(", "[":
                        depth += 1
                        parentheses += 1
                    case ")", "]":
                        depth -= 1
                        parentheses -= 1
                    case "{": depth += 1
                    case "}": depth -= 1
                    case ",":
                        if !isBlock && depth == 0 {
                            throw fail(
                                token.line,
                                "one declaration a statement, please: `\(keyword) a = 1, b = 2` is not understood")
                        }
                    case ";":
                        if !isBlock && depth == 0 {
                            keep()
                            return
                        }
                    default: break
                    }
                    if isBlock && word == "}" && depth == 0 && parentheses == 0 {
                        keep()
                        return
                    }
                }
                if depth < 0 { throw fail(token.line, "a bracket closes that was not opened") }
                keep()
            }
            throw fail(
                line, isBlock ? "a \(keyword) does not end" : "a \(keyword) does not end with a semicolon")
        }

        /// Where the first token that means something stands, from an index on; behind the last one if there is none.
        func meaningful(from index: Int) -> Int {
            tokens[min(index, tokens.count)...].firstIndex { !$0.isBlank } ?? tokens.count
        }

        /// What is refused anywhere, because it means something else in a joined file.
        func check(_ token: JavaScriptToken, _ word: String) throws(Diagnostic) {
            guard token.kind == .name, word == "import" || word == "eval" else { return }
            let after = meaningful(from: at + 1)
            let next = after < tokens.count ? text(tokens[after]) : ""
            let isProperty = lastMeaningful == "."
            // An address in a variable is known at run time only, and means a file of the site's.
            let argument = meaningful(from: after + 1)
            let isVariable = argument < tokens.count && tokens[argument].kind == .name
            if word == "import" && !isProperty && next == "(" && !isVariable {
                throw fail(token.line, "dynamic `import()` of a file can't be bundled")
            }
            if word == "import" && !isProperty && next == "." {
                throw fail(token.line, "`import.meta` means another file when bundled")
            }
            if word == "eval" && !isProperty && next == "(" {
                throw fail(token.line, "`eval` is refused by the content security policy of every site")
            }
        }

        var lastMeaningful: String { body.last { !$0.isBlank }.map(text) ?? "" }

        mutating func keep() {
            body.append(tokens[at])
            at += 1
        }

        mutating func keepBlank() {
            while at < tokens.count, tokens[at].isBlank { keep() }
        }
    }
}
