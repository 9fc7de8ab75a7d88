import Foundation
import Support
import Templates
import WasmBinary

/// The host ABI: every function that a linked module may import, from `Templates/host-abi.json`.
///
/// The table is data and nothing else: the glue and the kernel implement it, the generator holds modules against it, and
/// docs/host-abi.md is printed from it.
public struct HostABI: Sendable, Decodable {
    /// One function, or tag, that the host offers.
    public struct Entry: Sendable, Decodable {
        /// The import's module name, for example `env`.
        public var module: String
        /// The import's name.
        public var name: String
        /// Parameter types in the text format's words: `i32`, `i64`, `f32`, `f64`.
        public var params: [String]
        /// Result types; as `params`.
        public var results: [String]
        /// Whether a call may park the context that makes it.
        public var suspends: Bool
        /// The error numbers that it can answer with, as names of errno.
        public var errno: [String]
        /// What it does, in one line.
        public var does: String
        /// Who implements it: `kernel` or `glue`.
        public var by: String
        /// What is imported: nil for a function, or `tag`.
        public var kind: String?

        /// `module.name`
        public var fullName: String { "\(module).\(name)" }

        /// As in messages: `(i32, f64) → i32`.
        public var signature: String { HostABI.signature(params, results) }
    }

    /// The version of the format.
    public var version: Int
    /// All entries, sorted by module and name.
    public var imports: [Entry]

    /// Reads a table.
    public init(json: [UInt8]) throws {
        do {
            self = try JSONDecoder().decode(HostABI.self, from: Data(json))
        } catch {
            throw Diagnostic(.error, "host-abi-unreadable", "the host ABI table can't be read: \(error)")
        }
        guard version == 1 else {
            throw Diagnostic(.error, "host-abi-unreadable", "the host ABI table has version \(version), not 1")
        }
    }

    /// The table of these templates.
    public init(templates: Templates) throws {
        try self.init(json: try templates.bytes("host-abi.json"))
    }

    static func signature(_ params: [String], _ results: [String]) -> String {
        let result = results.isEmpty ? "nothing" : results.joined(separator: ", ")
        return "(\(params.joined(separator: ", "))) → \(result)"
    }

    /// The table as a page of documentation, in Markdown.
    public func markdown() -> String {
        var text = """
            # The host ABI

            <!-- Printed from Templates/host-abi.json by `UPDATE_SNAPSHOTS=1 swift test --filter HostABI`. Do not edit. -->

            Everything that a linked module may import. A module that imports anything else fails the build, with the names
            of the functions that want it. System calls return a negative errno, those of `wasi_snapshot_preview1` a positive
            WASI errno; all of them answer at once. The one import that parks its caller is `frond.switch`.


            """
        for module in ["frond", "env", "wasi_snapshot_preview1"] {
            let entries = imports.filter { $0.module == module }
            text += "## `\(module)` (\(entries.count))\n\n"
            text += "| import | type | by | errors | what it does |\n|---|---|---|---|---|\n"
            for entry in entries {
                let type = entry.kind.map { "\($0) (\(entry.params.joined(separator: ", ")))" } ?? entry.signature
                let name = entry.suspends ? "**`\(entry.name)`** (suspends)" : "`\(entry.name)`"
                let errors = entry.errno.joined(separator: " ")
                text += "| \(name) | \(type) | \(entry.by) | \(errors) | \(entry.does.replacing("|", with: "\\|")) |\n"
            }
            text += "\n"
        }
        return String(text.dropLast())
    }
}

extension FunctionType {
    /// The names of the types, as in the host ABI table.
    func matches(_ entry: HostABI.Entry) -> Bool {
        parameters.map(\.textName) == entry.params && results.map(\.textName) == entry.results
    }

    var signatureText: String { HostABI.signature(parameters.map(\.textName), results.map(\.textName)) }
}

extension ValueType {
    var textName: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        case .reference(let type):
            switch type.heapType {
            case .function: "funcref"
            case .external: "externref"
            default: "reference"
            }
        }
    }
}
