import Foundation
import TOMLKit

/// A TOML file as values with places: TOMLKit parses it, `TOMLPositions` says where every key stands, and the typed
/// accessors of `Section` turn a wrong type or an unknown key into a diagnostic with file, line and column.
///
///     let document = try TOMLDocument(reading: file)
///     let frond = try document.root.section("tool")?.section("frond")
///     let title = try frond?.string("title")
///     try frond?.requireKeys(among: ["title", "entry"])
public struct TOMLDocument: Sendable {
    /// The file's name as it is shown in diagnostics.
    public let file: String
    /// The top-level table.
    public let root: Section

    /// Reads and parses a file.
    ///
    /// - Throws: `Diagnostic`: `file-unreadable`, `config-encoding` or `config-syntax`.
    public init(reading file: URL, name: String? = nil) throws(Diagnostic) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: file)
        } catch {
            throw .unreadable(file, error)
        }
        let name = name ?? file.relativePath
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .input("config-encoding", "the file is not UTF-8, which TOML has to be", at: .init(file: name))
        }
        try self.init(parsing: text, name: name)
    }

    /// Parses a text.
    ///
    /// - Parameters:
    ///   - name: the file's name for diagnostics.
    ///   - firstLine: the line of that file on which the text begins (for TOML inside a Python script).
    public init(parsing text: String, name: String, firstLine: Int = 1, firstColumn: Int = 1) throws(Diagnostic) {
        func parse(_ text: some StringProtocol) throws(Diagnostic) -> TOMLTable {
            do {
                return try TOMLTable(string: String(text))
            } catch let error as TOMLParseError {
                let place = Diagnostic.Location(
                    file: name, line: error.source.begin.line + firstLine - 1,
                    column: error.source.begin.column + firstColumn - 1)
                throw .input("config-syntax", Self.plain(error.description), at: place)
            } catch {
                throw .input("config-syntax", String(describing: error), at: .init(file: name))
            }
        }
        file = name
        let positions = TOMLPositions(text)
        if let mistake = positions.mistake {
            // What is wrong before it comes first.
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            _ = try parse(lines.prefix(mistake.place.line - 1).joined(separator: "\n"))
            throw .input(
                "config-syntax", mistake.message,
                at: .init(
                    file: name, line: mistake.place.line + firstLine - 1,
                    column: mistake.place.column + firstColumn - 1))
        }
        let table = try parse(text)
        root = Section(
            table: Value.table(of: table), path: [], name: name, positions: positions, firstLine: firstLine,
            firstColumn: firstColumn)
    }

    /// toml++ says "Error while parsing key-value pair: expected '=', saw '\n'"; ours start in lower case.
    private static func plain(_ description: String) -> String {
        let text =
            description.hasPrefix("Error while ") ? String(description.dropFirst("Error while ".count)) : description
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension TOMLDocument {
    /// A value without TOMLKit's pointers.
    public indirect enum Value: Sendable, Hashable {
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        /// A date, a time or both, as TOML writes it.
        case date(String)
        case array([Value])
        case table([String: Value])

        /// What kind of value it is, in a sentence.
        public var kind: String {
            switch self {
            case .string: "a string"
            case .integer: "an integer"
            case .float: "a number"
            case .boolean: "a boolean"
            case .date: "a date"
            case .array: "an array"
            case .table: "a table"
            }
        }

        static func table(of table: TOMLTable) -> [String: Value] {
            var values: [String: Value] = [:]
            for key in table.keys {
                if let value = table[key] { values[key] = Value(value) }
            }
            return values
        }

        init(_ value: any TOMLValueConvertible) {
            if let text = value.string {
                self = .string(text)
            } else if let number = value.int {
                self = .integer(number)
            } else if let number = value.double {
                self = .float(number)
            } else if let flag = value.bool {
                self = .boolean(flag)
            } else if let table = value.table {
                self = .table(Self.table(of: table))
            } else if let array = value.array {
                self = .array(array.map { Value($0) })
            } else {
                self = .date(value.debugDescription)
            }
        }
    }

    /// A table, and where it stands.
    public struct Section: Sendable {
        let table: [String: Value]
        let path: [String]
        let name: String
        let positions: TOMLPositions
        let firstLine: Int
        let firstColumn: Int

        /// The keys, sorted.
        public var keys: [String] { table.keys.sorted() }

        /// The section's name in brackets, as a header has it.
        public var title: String { path.isEmpty ? "the top level" : "[\(path.joined(separator: "."))]" }

        /// The value of a key, whatever its type.
        public func value(_ key: String) -> Value? { table[key] }

        /// Where a key stands; the header of the section when the key is not written there.
        public func location(_ key: String? = nil) -> Diagnostic.Location {
            let found = key.flatMap { positions[path + [$0]] } ?? positions[path]
            guard let found else { return .init(file: name) }
            return .init(file: name, line: found.line + firstLine - 1, column: found.column + firstColumn - 1)
        }

        /// An error about a key's value.
        public func invalid(_ key: String, _ message: String, hints: [String] = []) -> Diagnostic {
            .input("config-value", "\(spelled(key)): \(message)", at: location(key), hints: hints)
        }

        /// The string of a key, or nothing when the key is absent.
        public func string(_ key: String) throws(Diagnostic) -> String? {
            guard let value = table[key] else { return nil }
            guard case .string(let text) = value else { throw mismatch(key, "a string", value) }
            return text
        }

        /// The boolean of a key, or nothing when the key is absent.
        public func boolean(_ key: String) throws(Diagnostic) -> Bool? {
            guard let value = table[key] else { return nil }
            guard case .boolean(let flag) = value else { throw mismatch(key, "true or false", value) }
            return flag
        }

        /// The integer of a key, or nothing when the key is absent.
        public func integer(_ key: String, in range: ClosedRange<Int>? = nil) throws(Diagnostic) -> Int? {
            guard let value = table[key] else { return nil }
            guard case .integer(let number) = value else { throw mismatch(key, "an integer", value) }
            if let range, !range.contains(number) {
                throw invalid(key, "must be from \(range.lowerBound) to \(range.upperBound), not \(number)")
            }
            return number
        }

        /// The array of strings of a key, or nothing when the key is absent.
        public func strings(_ key: String) throws(Diagnostic) -> [String]? {
            guard let value = table[key] else { return nil }
            guard case .array(let values) = value else { throw mismatch(key, "an array of strings", value) }
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else {
                    throw invalid(key, "every element must be a string, and one is \(value.kind)")
                }
                texts.append(text)
            }
            return texts
        }

        /// A table of strings, or nothing when the key is absent.
        public func stringTable(_ key: String) throws(Diagnostic) -> [String: String]? {
            guard let section = try section(key) else { return nil }
            var texts: [String: String] = [:]
            for key in section.keys { texts[key] = try section.string(key) }
            return texts
        }

        /// The table of a key, or nothing when the key is absent.
        public func section(_ key: String) throws(Diagnostic) -> Section? {
            guard let value = table[key] else { return nil }
            guard case .table(let inner) = value else { throw mismatch(key, "a table", value) }
            return Section(
                table: inner, path: path + [key], name: name, positions: positions, firstLine: firstLine,
                firstColumn: firstColumn)
        }

        /// The tables of an array of them, or nothing when the key is absent.
        public func sections(_ key: String) throws(Diagnostic) -> [Section]? {
            guard let value = table[key] else { return nil }
            guard case .array(let values) = value else { throw mismatch(key, "an array of tables", value) }
            var sections: [Section] = []
            for value in values {
                guard case .table(let inner) = value else {
                    throw invalid(key, "every element must be a table, and one is \(value.kind)")
                }
                sections.append(
                    Section(
                        table: inner, path: path + [key], name: name, positions: positions, firstLine: firstLine,
                        firstColumn: firstColumn))
            }
            return sections
        }

        /// Refuses every key that is not known, with the nearest known one; all of them at once.
        ///
        /// - Throws: `Diagnostics` of `config-unknown-key`.
        public func requireKeys(among known: [String]) throws(Diagnostics) {
            let unknown = keys.filter { !known.contains($0) }
            if unknown.isEmpty { return }
            let places = unknown.map { ($0, location($0)) }
                .sorted { ($0.1.line ?? 0, $0.1.column ?? 0) < ($1.1.line ?? 0, $1.1.column ?? 0) }
            throw Diagnostics(
                places.map { key, place in
                    let hint =
                        NearestMatch.of(key, among: known).map { "did you mean \"\($0)\"?" }
                        ?? "known keys: \(known.joined(separator: ", "))"
                    return .input("config-unknown-key", "unknown key \"\(key)\" in \(title)", at: place, hints: [hint])
                })
        }

        private func mismatch(_ key: String, _ expected: String, _ value: Value) -> Diagnostic {
            .input(
                "config-type", "\(spelled(key)) must be \(expected), not \(value.kind)", at: location(key))
        }

        private func spelled(_ key: String) -> String { (path + [key]).joined(separator: ".") }
    }
}
