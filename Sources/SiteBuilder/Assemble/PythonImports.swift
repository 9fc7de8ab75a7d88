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
    ///   - everywhere: whether imports inside of functions count, too.
    package static func modules(in source: [UInt8], package: String, everywhere: Bool) -> Set<String> {
        var found: Set<String> = []
        var start = source.startIndex
        while start < source.endIndex {
            let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.endIndex
            var first = start
            if everywhere { first = source[start..<end].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? end }
            let line = source[first..<end]
            if line.starts(with: "import ".utf8) {
                for item in names(statement(source, from: first + 7)) { add(item, to: &found) }
            } else if line.starts(with: "from ".utf8) {
                addFrom(statement(source, from: first + 5), package: package, to: &found)
            }
            start = end + 1
        }
        return found
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
