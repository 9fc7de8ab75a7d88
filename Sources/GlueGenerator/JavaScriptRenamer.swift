// Shorter names for variables, without parsing JavaScript.
//
//     function readAll(descriptor) { return descriptor.read(); }   →   function a(b) { return b.read(); }
//
// The renaming is one and the same everywhere: a name that is renamed is renamed at every place where it occurs, to a name that
// occurs nowhere. So whatever scopes there are, two occurrences meant the same variable before exactly when they do after.
// What remains to be known is which names are variables and nothing else. A name keeps its spelling when any of its
// occurrences is, or only looks like,
//
//     a property   x.name   { name: 1 }   { name }   { name() {} }   class { name = 1 }   name: (a label)
//     a global     it is never declared here, or the environment has one of that name
//     exported     by the entry
//
// Taking a variable for a property by mistake costs a few bytes; only the other way round would be wrong.
//
// A constant of the top level that is a number is not renamed but replaced: its value stands wherever its name did. That takes
// more: no other variable may be called like it, and no property be asked of it.
//
//     const EAGAIN = 6; … return -EAGAIN;   →   … return -6;

/// Chooses new names for the variables of joined modules.
struct JavaScriptRenamer {
    private var counts: [String: Int] = [:]
    private var declared: [String: Int] = [:]
    private var kept: Set<String>
    private var asked: Set<String> = []

    /// - Parameter exported: names that others know.
    init(exported: Set<String>) {
        kept = exported.union(Self.reserved)
    }

    /// Looks at the tokens of one declaration of the top level; blanks and comments may be among them.
    mutating func look(at tokens: some Sequence<JavaScriptToken>, of source: [UInt8]) {
        let words = tokens.filter { !$0.isBlank }
            .map { Word(kind: $0.kind, text: String(decoding: source[$0.range], as: UTF8.self)) }
        var survey = Survey(words: words)
        survey.run()
        for word in words where word.kind == .name { counts[word.text, default: 0] += 1 }
        declared.merge(survey.declared, uniquingKeysWith: +)
        asked.formUnion(survey.asked)
        kept.formUnion(survey.properties)
    }

    /// Those of some constants that may be replaced by their values.
    func numbers(_ constants: [String: String]) -> [String: String] {
        constants.filter { !kept.contains($0.key) && !asked.contains($0.key) && declared[$0.key] == 1 }
    }

    /// The new names. The more often a name occurs, the shorter is the new one.
    func names(without others: Set<String> = []) -> [String: String] {
        let renamed = Set(declared.keys).subtracting(kept).subtracting(others)
            .filter { $0.count > 1 && !$0.hasPrefix("#") }
            .sorted { (counts[$0] ?? 0, $1) > (counts[$1] ?? 0, $0) }
        var result: [String: String] = [:]
        var next = 0
        for name in renamed {
            var short = Self.short(next)
            while counts[short] != nil || Self.reserved.contains(short) {
                next += 1
                short = Self.short(next)
            }
            next += 1
            if short.count < name.count { result[name] = short }
        }
        return result
    }

    /// a, b, … Z, aa, ba, …
    private static func short(_ number: Int) -> String {
        let letters = Array("etnriosaclduhmfpgvbywxkTESCAIDORPNLMBFUGHVWjqzKXYJQZ")
        var text = ""
        var rest = number
        repeat {
            text.append(letters[rest % letters.count])
            rest = rest / letters.count - 1
        } while rest >= 0
        return text
    }

    /// Words of the language, and globals that a variable of ours might be called like.
    private static let reserved: Set<String> = Set(
        """
        arguments async as await break case catch class const constructor continue debugger default delete do else enum eval
        export extends false finally for from function get if implements import in instanceof interface let new null of
        package private protected public return set static super switch this throw true try typeof undefined var void while
        with yield Infinity NaN globalThis isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
        encodeURIComponent escape unescape AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array
        Boolean DataView Date Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Int16Array
        Int32Array Int8Array Intl Iterator JSON Map Math Number Object Promise Proxy RangeError ReferenceError Reflect RegExp
        Set SharedArrayBuffer String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array
        Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly AbortController AbortSignal Blob Buffer BroadcastChannel Cache
        CompressionStream CustomEvent DOMException DecompressionStream Deno Event EventTarget File FormData Headers
        MessageChannel MessageEvent MessagePort ReadableStream Request Response TextDecoder TextDecoderStream TextEncoder
        TextEncoderStream TransformStream URL URLSearchParams WebSocket Worker WritableStream XMLHttpRequest alert atob btoa
        caches clearImmediate clearInterval clearTimeout close closed confirm console crypto document event external fetch
        focus frames history importScripts indexedDB innerHeight innerWidth length localStorage location menubar name
        navigation navigator onmessage onerror open opener origin outerHeight outerWidth parent performance postMessage print
        process prompt queueMicrotask registration removeEventListener addEventListener reportError requestAnimationFrame
        cancelAnimationFrame scheduler screen screenX screenY scroll scrollX scrollY self sessionStorage setImmediate
        setInterval setTimeout status stop structuredClone toolbar top window clients skipWaiting cookieStore trustedTypes
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}

private struct Word {
    var kind: JavaScriptToken.Kind
    var text: String
}

/// Goes through the words of one declaration and sorts its names.
private struct Survey {
    /// What a bracket that is open belongs to.
    private struct Bracket {
        var text: String
        var isClassBody = false
        /// `?` that wait for their `:`.
        var conditions = 0
        /// Parentheses around parameters.
        var isParameters = false
    }

    let words: [Word]
    /// How often each is declared.
    private(set) var declared: [String: Int] = [:]
    /// Names of which a property is asked.
    private(set) var asked: Set<String> = []
    private(set) var properties: Set<String> = []
    /// For each opening bracket, where the closing one is.
    private var partners: [Int: Int] = [:]

    init(words: [Word]) {
        self.words = words
    }

    private func text(_ index: Int) -> String { words.indices.contains(index) ? words[index].text : "" }

    private func opens(_ word: Word) -> Bool {
        switch word.kind {
        case .punctuator: ["(", "[", "{"].contains(word.text)
        case .template: word.text.hasPrefix("`") && word.text.hasSuffix("${")
        default: false
        }
    }

    private func closes(_ word: Word) -> Bool {
        switch word.kind {
        case .punctuator: [")", "]", "}"].contains(word.text)
        case .template: word.text.hasPrefix("}") && word.text.hasSuffix("`")
        default: false
        }
    }

    mutating func run() {
        findPartners()
        var brackets: [Bracket] = []
        var classIsComing = false
        for (index, word) in words.enumerated() {
            if closes(word) {
                _ = brackets.popLast()
            } else if opens(word) {
                var bracket = Bracket(text: word.text)
                if word.text == "{" && classIsComing {
                    bracket.isClassBody = true
                    classIsComing = false
                }
                bracket.isParameters = word.text == "(" && holdsParameters(index)
                brackets.append(bracket)
            } else if word.kind == .punctuator, !brackets.isEmpty {
                count(index, &brackets[brackets.count - 1])
            } else if word.kind == .name {
                if word.text == "class" && text(index - 1) != "." { classIsComing = true }
                sort(index, in: brackets.last)
            }
        }
    }

    private mutating func findPartners() {
        var open: [Int] = []
        for (index, word) in words.enumerated() {
            if opens(word) { open.append(index) }
            if closes(word), let begin = open.popLast() { partners[begin] = index }
        }
    }

    private func count(_ index: Int, _ bracket: inout Bracket) {
        if text(index) == "?" && ![".", "?"].contains(text(index + 1)) && text(index - 1) != "?" {
            bracket.conditions += 1
        } else if text(index) == ":" && bracket.conditions > 0 {
            bracket.conditions -= 1
        }
    }

    /// Whether the parentheses that open here are those of a function, a method, an arrow, or `catch`.
    private func holdsParameters(_ index: Int) -> Bool {
        guard let end = partners[index] else { return false }
        if text(end + 1) == "=>" { return true }
        let before = text(index - 1)
        if before == "function" || before == "*" || text(index - 2) == "function" || before == "catch" { return true }
        let isName = index > 0 && words[index - 1].kind == .name
        return isName && text(end + 1) == "{" && !["if", "for", "while", "switch", "with", "await"].contains(before)
    }

    private mutating func sort(_ index: Int, in bracket: Bracket?) {
        let name = text(index)
        let before = text(index - 1)
        let after = text(index + 1)
        if isProperty(index, name, before, after, bracket) { properties.insert(name) }
        let starts = ["(", "[", "{", ",", ":"].contains(before) || isSpread(index)
        if declares(before) || after == "=>" || (before == "*" && text(index - 2) == "function")
            || (starts && (bracket?.isParameters == true || isPattern(index)))
        {
            declared[name, default: 0] += 1
        }
        if [".", "[", "("].contains(after) || (after == "?" && text(index + 2) == ".") { asked.insert(name) }
    }

    private func declares(_ word: String) -> Bool { ["const", "let", "var", "function", "class"].contains(word) }

    /// Whether a name inside `[…]` or `{…}` is part of a pattern: after `const`, `let` or `var`, or among parameters.
    private func isPattern(_ index: Int) -> Bool {
        var at = index - 1
        var depth = 0
        while at >= 0 {
            if closes(words[at]) { depth += 1 }
            if opens(words[at]) {
                if depth == 0 {
                    if words[at].text == "(" { return holdsParameters(at) }
                    if ["const", "let", "var"].contains(text(at - 1)) { return true }
                    if words[at].text != "[" && words[at].text != "{" { return false }
                } else {
                    depth -= 1
                }
            }
            if depth == 0 && [";", "=>"].contains(words[at].text) { return false }
            at -= 1
        }
        return false
    }

    private func isSpread(_ index: Int) -> Bool {
        text(index - 1) == "." && text(index - 2) == "." && text(index - 3) == "."
    }

    private func isProperty(
        _ index: Int, _ name: String, _ before: String, _ after: String, _ bracket: Bracket?
    ) -> Bool {
        if before == "." && !isSpread(index) { return true }
        if after == ":" && (bracket?.conditions ?? 0) == 0 && before != "case" { return true }
        guard let bracket, bracket.text == "{" else { return false }
        if bracket.isClassBody { return true }
        if (before == "{" || before == ",") && (after == "," || after == "}" || after == "=") { return true }
        if after == "(", let end = partners[index + 1], text(end + 1) == "{", before != "function", before != "*" {
            return true
        }
        // A generator method: `*name() {`.
        return before == "*" && text(index - 2) != "function" && after == "("
    }
}
