/// Which modules a Python source imports, as far as its text shows.
///
/// It is used to choose for which modules of the standard library the byte-compiled form is shipped besides the source, so
/// a mistake costs time when the program runs and nothing else: what is missed is compiled by Python itself, what is found
/// wrongly is a few bytes too many. Hence no parser: lines that begin like an import statement are taken for one.
///
///     import os.path, re as r          →  os, os.path, re
///     from . import util               →  pkg, pkg.util           in a module of package `pkg`
///     from .codec import (encode,
///                         decode)      →  pkg.codec, pkg.codec.encode, pkg.codec.decode
package enum PythonImports {
    /// The modules that a source names.
    ///
    /// - Parameters:
    ///   - source: the text.
    ///   - package: the package that relative imports start from, `""` for a module outside of any.
    ///   - everywhere: whether imports inside of functions count, too; those under a condition always do.
    package static func modules(in source: [UInt8], package: String, everywhere: Bool) -> Set<String> {
        var found: Set<String> = []
        var start = source.startIndex
        var isConditional = false
        var isClass = false
        while start < source.endIndex {
            let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.endIndex
            var first = start
            if everywhere || isConditional {
                first = source[start..<end].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? end
            }
            // The body of a class runs, too; its methods are indented further.
            if isClass, source[start..<end].starts(with: "    ".utf8) { first = start + 4 }
            let line = source[first..<end]
            if first == start, !line.isEmpty, !everywhere, source[start] != 0x20 {
                isConditional = ["if ", "try:", "else:", "elif ", "except", "with "].contains {
                    line.starts(with: $0.utf8)
                }
                isClass = line.starts(with: "class ".utf8)
            }
            if line.starts(with: "import ".utf8) {
                for item in names(statement(source, from: first + 7)) { add(item, to: &found) }
            } else if line.starts(with: "from ".utf8) {
                addFrom(statement(source, from: first + 5), package: package, to: &found)
            }
            start = end + 1
        }
        return found
    }

    /// What the short strings of a source name: modules (`"pkg.mod"`, `".mod"`), and beginnings of names that are put
    /// together when the program runs (`f"pkg.backends._{name}"`, `"pkg.dialects.%s"`).
    package static func namedModules(in source: [UInt8], package: String) -> (
        names: Set<String>, beginnings: Set<String>
    ) {
        var names: Set<String> = []
        var beginnings: Set<String> = []
        var index = source.startIndex
        while index < source.endIndex {
            let quote = source[index]
            index += 1
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { continue }
            let start = index
            while index < source.endIndex, isWord(source[index]) || source[index] == UInt8(ascii: ".") { index += 1 }
            // Anything but a name goes on as if no string had begun: a quote too many costs a look, and no more.
            guard index < source.endIndex, index - start > 1, source[start..<index].contains(UInt8(ascii: ".")) else {
                continue
            }
            var text = String(decoding: source[start..<index], as: UTF8.self)
            let isWhole = source[index] == quote
            guard isWhole || [UInt8(ascii: "{"), UInt8(ascii: "%")].contains(source[index]) else { continue }
            if text.hasPrefix(".") {
                guard !package.isEmpty, !text.hasPrefix("..") else { continue }
                text = package + text
            }
            if isWhole { names.insert(text) } else { beginnings.insert(text) }
        }
        return (names, beginnings)
    }

    /// The words of a text.
    package static func words(in source: [UInt8]) -> Set<String> {
        Set(source.split { !isWord($0) }.map { String(decoding: $0, as: UTF8.self) })
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// `a.b.c` means `a`, `a.b` and `a.b.c`.
    private static func add(_ name: Substring, to found: inout Set<String>) {
        for index in name.indices where name[index] == "." { found.insert(String(name[..<index])) }
        found.insert(String(name))
    }

    private static func addFrom(_ text: String, package: String, to found: inout Set<String>) {
        guard let keyword = text.firstRange(of: " import") else { return }
        var origin = text[..<keyword.lowerBound]
        let dots = origin.prefix { $0 == "." }.count
        origin = origin.dropFirst(dots)
        var base = ""
        if dots > 0 {
            let parents = package.split(separator: ".")
            guard dots - 1 <= parents.count else { return }
            base = parents.dropLast(dots - 1).joined(separator: ".")
        }
        let target = [base, String(origin)].filter { !$0.isEmpty }.joined(separator: ".")
        guard !target.isEmpty else { return }
        add(target[...], to: &found)
        for item in names(String(text[keyword.upperBound...])) where item != "*" { found.insert("\(target).\(item)") }
    }

    /// The names of a list `a.b as c, (d)`.
    private static func names(_ list: String) -> [Substring] {
        list.split { $0 == "," || $0 == "(" || $0 == ")" }.compactMap { item in
            item.split(whereSeparator: \.isWhitespace).first
        }
    }

    /// The rest of a statement on one line: up to the end of the line, or to the closing parenthesis; without comments.
    private static func statement(_ source: [UInt8], from start: Int) -> String {
        var text: [UInt8] = []
        var index = start
        var isOpen = false
        while index < source.endIndex, text.count < 4096 {
            let byte = source[index]
            if byte == UInt8(ascii: "#") {
                index = source[index...].firstIndex(of: UInt8(ascii: "\n")) ?? source.endIndex
                continue
            }
            if byte == UInt8(ascii: "\\") {
                index += 2
                text.append(0x20)
                continue
            }
            if byte == UInt8(ascii: ";") { break }
            if byte == UInt8(ascii: "(") { isOpen = true }
            if byte == UInt8(ascii: ")") { break }
            if byte == UInt8(ascii: "\n"), !isOpen { break }
            text.append(byte == UInt8(ascii: "\n") ? 0x20 : byte)
            index += 1
        }
        return String(decoding: text, as: UTF8.self)
    }
}
