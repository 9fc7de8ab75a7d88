import Support

/// Joins JavaScript modules into one, by putting their top levels side by side ("scope hoisting").
///
///     // a.mjs                              // out
///     import { b } from './b.mjs';          const b = 1;
///     export function a() { return b; }     export function a() { return b; }
///     // b.mjs
///     export const b = 1;
///
/// No wrapper functions and no renaming: a module comes after the modules that it imports, names of the top level are
/// unique over all modules (checked), and only the entry keeps its `export`s. Declarations that nothing needs are left out
/// (by name, so rather too few than too many). For shipping, constants that are numbers are put in where they are used, other
/// variables get short names, and comments and indentation go. Line ends stay, because JavaScript's semicolon rules depend on
/// them, but for those that can't matter.
public enum ModuleBundler {
    /// Joins the modules that `entry` needs, itself included.
    /// - Parameters:
    ///   - entry: a key of `modules`.
    ///   - modules: sources by path; imports are resolved relative to the importing path.
    ///   - exports: the names that the entry keeps exporting; nil for all that it exports.
    ///   - replacing: texts to put between a mark `/* frond:NAME */` and the next `/* frond:end */`.
    ///   - isReadable: keeps comments, indentation and names.
    /// - Throws: a `Diagnostic` with file and line, for what is not understood or does not fit together.
    public static func bundle(
        entry: String, modules: [String: String], exports: Set<String>? = nil, replacing: [String: String] = [:],
        isReadable: Bool = false
    ) throws(Diagnostic) -> String {
        var joiner = Joiner(sources: modules)
        try joiner.add(entry, from: nil)
        try joiner.checkNames()
        let exported = joiner.exports(of: entry).filter { exports?.contains($0) ?? true }
        var live = joiner.liveNames(from: exported)
        var names: [String: String] = [:]
        if !isReadable {
            let renamer = joiner.renamer(live: live, exported: exported)
            let numbers = renamer.numbers(joiner.numbers(live: live))
            live.subtract(numbers.keys)
            names = renamer.names(without: Set(numbers.keys)).merging(numbers) { name, _ in name }
        }
        var replaced: Set<String> = []
        var output = ""
        for module in joiner.ordered {
            if isReadable { output += "\n// --- \(module.path)\n" }
            let printer = Printer(
                module: module, isEntry: module.path == entry, isReadable: isReadable, live: live, names: names)
            output += try printer.text(replacing: replacing, replaced: &replaced)
        }
        for name in replacing.keys.sorted() where !replaced.contains(name) {
            throw Diagnostic(
                .error, "bundle-mark-missing", "no module has the mark /* frond:\(name) */",
                at: .init(file: entry))
        }
        return output
    }

    /// The path that an import means.
    static func resolve(_ specifier: String, from path: String) -> String? {
        guard specifier.hasPrefix("./") || specifier.hasPrefix("../") else { return nil }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in specifier.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                if parts.isEmpty { return nil }
                parts.removeLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}

/// Finds the modules and their order.
private struct Joiner {
    let sources: [String: String]
    private(set) var ordered: [JavaScriptModule] = []
    private var done: [String: JavaScriptModule] = [:]
    private var open: [String] = []

    init(sources: [String: String]) {
        self.sources = sources
    }

    mutating func add(_ path: String, from importer: Diagnostic.Location?) throws(Diagnostic) {
        if done[path] != nil { return }
        if let first = open.firstIndex(of: path) {
            throw Diagnostic(
                .error, "bundle-cycle",
                "modules import each other in a circle: \((open[first...] + [path]).joined(separator: " → "))",
                at: importer)
        }
        guard let source = sources[path] else {
            throw Diagnostic(.error, "bundle-module-missing", "there is no module \(path)", at: importer)
        }
        let module = try JavaScriptModule(path: path, source: source)
        open.append(path)
        for item in module.imports {
            let location = Diagnostic.Location(file: path, line: item.line)
            guard let target = ModuleBundler.resolve(item.specifier, from: path) else {
                throw Diagnostic(
                    .error, "bundle-unsupported", "only files beside this one can be imported, not '\(item.specifier)'",
                    at: location)
            }
            try add(target, from: location)
            let exported = Set(done[target]?.declarations.filter(\.isExported).map(\.name) ?? [])
            for name in item.names where !exported.contains(name) {
                throw Diagnostic(
                    .error, "bundle-export-missing", "\(target) does not export `\(name)`", at: location)
            }
        }
        open.removeLast()
        done[path] = module
        ordered.append(module)
    }

    func checkNames() throws(Diagnostic) {
        var first: [String: (path: String, line: Int)] = [:]
        for module in ordered {
            for declaration in module.declarations {
                if let other = first[declaration.name] {
                    throw Diagnostic(
                        .error, "bundle-duplicate-name",
                        "`\(declaration.name)` is declared at the top level of \(other.path) too (line \(other.line))",
                        at: .init(file: module.path, line: declaration.line),
                        hints: ["names of the top level must be unique over all modules: rename one of them"])
                }
                first[declaration.name] = (module.path, declaration.line)
            }
        }
    }
}

extension Joiner {
    /// What a module exports.
    func exports(of path: String) -> [String] {
        done[path]?.declarations.filter(\.isExported).map(\.name) ?? []
    }

    /// The names of the top level that are needed, directly or not, by some of them.
    func liveNames(from roots: [String]) -> Set<String> {
        var places: [String: (module: JavaScriptModule, declaration: JavaScriptModule.Declaration)] = [:]
        for module in ordered {
            for declaration in module.declarations { places[declaration.name] = (module, declaration) }
        }
        var live: Set<String> = []
        var open = roots
        while let name = open.popLast() {
            guard live.insert(name).inserted, let place = places[name] else { continue }
            for token in place.module.body[place.declaration.tokens] where token.kind == .name {
                let word = String(decoding: place.module.source[token.range], as: UTF8.self)
                if places[word] != nil && !live.contains(word) { open.append(word) }
            }
        }
        return live
    }

    /// Knows the names of everything that is kept.
    func renamer(live: Set<String>, exported: [String]) -> JavaScriptRenamer {
        var renamer = JavaScriptRenamer(exported: Set(exported))
        for module in ordered {
            for declaration in module.declarations where live.contains(declaration.name) {
                renamer.look(at: module.body[declaration.tokens], of: module.source)
            }
        }
        return renamer
    }

    /// Constants of the top level that are numbers: `const NAME = 0o100;`.
    func numbers(live: Set<String>) -> [String: String] {
        var found: [String: String] = [:]
        for module in ordered {
            for declaration in module.declarations where live.contains(declaration.name) {
                let words = module.body[declaration.tokens].filter { !$0.isBlank }
                    .map { String(decoding: module.source[$0.range], as: UTF8.self) }
                guard words.first == "const", words.count == 5 || words.count == 6 && words[3] == "-" else { continue }
                guard let number = JavaScriptNumber.shortest(words[words.count - 2]) else { continue }
                found[declaration.name] = words.count == 6 ? "-" + number : number
            }
        }
        return found
    }
}

/// Writes one module.
private struct Printer {
    let module: JavaScriptModule
    let isEntry: Bool
    let isReadable: Bool
    /// Names of the top level that are needed.
    let live: Set<String>
    /// New names of variables.
    let names: [String: String]

    func text(replacing: [String: String], replaced: inout Set<String>) throws(Diagnostic) -> String {
        let exported = Dictionary(
            uniqueKeysWithValues: module.declarations.filter(\.isExported).map { ($0.line, $0.name) })
        var output: [UInt8] = []
        var pendingSpace: Range<Int>?
        var atLineStart = true
        var skippingFrom: JavaScriptToken?
        var depth = 0
        var dead = module.declarations.filter { !live.contains($0.name) }.map(\.tokens)[...]
        for (position, token) in module.body.enumerated() {
            while let range = dead.first, range.upperBound <= position { dead.removeFirst() }
            if dead.first?.contains(position) == true { continue }
            let text = String(decoding: module.source[token.range], as: UTF8.self)
            if token.kind == .comment, let mark = Self.mark(in: text) {
                if mark == "end" {
                    skippingFrom = nil
                } else if let replacement = replacing[mark] {
                    replaced.insert(mark)
                    skippingFrom = token
                    if atLineStart && !isReadable && !output.isEmpty { output.append(0x0A) }
                    if pendingSpace != nil { output.append(0x20) }
                    pendingSpace = nil
                    output += Array(replacement.utf8)
                    atLineStart = false
                }
                continue
            }
            if skippingFrom != nil { continue }
            switch token.kind {
            case .space:
                pendingSpace = token.range
                continue
            case .newline:
                // Blank lines go, whole-line comments leave none behind.
                pendingSpace = nil
                if !atLineStart && isReadable { output.append(0x0A) }
                atLineStart = true
                continue
            case .comment where !isReadable:
                // A comment parts words as a space does, and lines if it has several.
                if text.contains("\n") {
                    atLineStart = true
                } else if pendingSpace == nil {
                    pendingSpace = token.range
                }
                continue
            default: break
            }
            let written = token.kind == .name ? Array((names[text] ?? text).utf8) : Array(module.source[token.range])
            if atLineStart {
                if !isReadable, !output.isEmpty, depth == 0 || needsLine(before: written, after: output.last) {
                    output.append(0x0A)
                }
                if isReadable, let pendingSpace { output += module.source[pendingSpace] }
                if isEntry, depth == 0, exported[token.line] != nil, Self.declares(text) {
                    output += Array("export ".utf8)
                }
            } else if pendingSpace != nil || token.kind == .name && written.first == UInt8(ascii: "-"),
                needsSpace(before: written, after: output.last)
            {
                // (A negative number in the place of a name may meet an operator.)
                output.append(0x20)
            }
            pendingSpace = nil
            atLineStart = false
            output += written
            if token.kind == .punctuator {
                if text == "{" || text == "(" || text == "[" { depth += 1 }
                if text == "}" || text == ")" || text == "]" { depth -= 1 }
            }
        }
        if let skippingFrom {
            throw JavaScriptModule.refuse(module.path, skippingFrom.line, "the mark is not followed by /* frond:end */")
        }
        if !output.isEmpty && output.last != 0x0A { output.append(0x0A) }
        return String(decoding: output, as: UTF8.self)
    }

    private static func declares(_ word: String) -> Bool {
        ["function", "async", "class", "const", "let"].contains(word)
    }

    /// `NAME` of `/* frond:NAME */`.
    private static func mark(in comment: String) -> String? {
        guard comment.hasPrefix("/* frond:"), comment.hasSuffix(" */") else { return nil }
        return String(comment.dropFirst("/* frond:".count).dropLast(" */".count))
    }

    /// Whether a space between two tokens has to stay: between words, and where two operators would become another one.
    private func needsSpace(before word: [UInt8], after last: UInt8?) -> Bool {
        if isReadable { return true }
        guard let last, let first = word.first else { return false }
        if Self.isWord(last) && Self.isWord(first) { return true }
        return Self.isOperator(last) && Self.isOperator(first)
    }

    /// Whether a line end inside of brackets has to stay: not where no statement can end, nor where one has ended.
    private func needsLine(before word: [UInt8], after last: UInt8?) -> Bool {
        guard let last, let first = word.first else { return false }
        return !"{([,;".utf8.contains(last) && !"})]".utf8.contains(first)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x24, 0x5F, 0x23, 0x2E, 0x80...: true
        default: false
        }
    }

    private static func isOperator(_ byte: UInt8) -> Bool { "+-*/<>=!&|?%^~".utf8.contains(byte) }
}
