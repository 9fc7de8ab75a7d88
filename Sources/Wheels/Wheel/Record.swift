import Crypto
import Foundation

/// RECORD: the list of a wheel's files with their hashes and sizes, as CSV.
///
///     greenlet/__init__.py,sha256=4yu2…,1723
///     greenlet-3.5.6.dist-info/RECORD,,
struct Record {
    private struct Row {
        let path: String
        let hash: String
        let size: String
    }

    private let rows: [Row]
    private let archive: String
    private let path: String

    init(_ text: String, archive: String, path: String) throws(WheelError) {
        self.archive = archive
        self.path = path
        var rows: [Row] = []
        for fields in CommaSeparated.rows(text) where fields != [""] {
            guard fields.count == 3 else {
                throw WheelError(
                    .recordMismatch, archive: archive, entry: path, "a line has \(fields.count) fields, not 3")
            }
            rows.append(Row(path: fields[0], hash: fields[1], size: fields[2]))
        }
        self.rows = rows
    }

    /// Holds the rows against `files`: nothing missing, nothing unlisted, every hash and size right.
    func check(_ files: [Wheel.File], distInfo: String) throws(WheelError) {
        var unlisted = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })
        for row in rows {
            guard let file = unlisted.removeValue(forKey: row.path) else {
                throw mismatch(row.path, "RECORD lists it, but the wheel does not have it (or lists it twice)")
            }
            if row.path == path { continue }
            guard row.size.isEmpty || row.size == String(file.contents.count) else {
                throw mismatch(row.path, "RECORD says \(row.size) bytes, the wheel has \(file.contents.count)")
            }
            let parts = row.hash.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw mismatch(row.path, "RECORD has no hash for it") }
            guard let digest = Self.digest(file.contents, algorithm: parts[0]) else {
                throw mismatch(row.path, "RECORD's hash is of the unknown kind “\(parts[0])”")
            }
            guard digest == parts[1].prefix(while: { $0 != "=" }) else {
                throw mismatch(row.path, "its contents do not match the hash in RECORD")
            }
        }
        // The signatures of a signed wheel are made after RECORD.
        unlisted["\(distInfo)/RECORD.jws"] = nil
        unlisted["\(distInfo)/RECORD.p7s"] = nil
        if let extra = unlisted.keys.min() {
            throw mismatch(extra, "the wheel has it, but RECORD does not list it")
        }
    }

    private func mismatch(_ entry: String, _ message: String) -> WheelError {
        WheelError(.recordMismatch, archive: archive, entry: entry, message)
    }

    /// The digest as RECORD writes it: URL-safe base64 without padding.
    private static func digest(_ bytes: [UInt8], algorithm: some StringProtocol) -> String? {
        let digest: Data
        switch algorithm {
        case "sha256": digest = Data(SHA256.hash(data: bytes))
        case "sha384": digest = Data(SHA384.hash(data: bytes))
        case "sha512": digest = Data(SHA512.hash(data: bytes))
        default: return nil
        }
        return digest.base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}

/// Comma-separated values as Python's `csv` module writes them: `"` quotes a field, `""` is one quote.
enum CommaSeparated {
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var quoted = false
        var characters = text.makeIterator()
        var pending = characters.next()
        while let character = pending {
            pending = characters.next()
            if quoted {
                if character != "\"" {
                    field.append(character)
                } else if pending == "\"" {
                    field.append("\"")
                    pending = characters.next()
                } else {
                    quoted = false
                }
            } else if character == "\"" {
                quoted = true
            } else if character == "," {
                row.append(field)
                field = ""
            } else if character.isNewline {
                row.append(field)
                rows.append(row)
                row = []
                field = ""
            } else {
                field.append(character)
            }
        }
        if !row.isEmpty || !field.isEmpty {
            row.append(field)
            rows.append(row)
        }
        return rows
    }
}
