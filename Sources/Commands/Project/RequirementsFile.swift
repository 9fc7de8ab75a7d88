import Foundation
import Support

/// `requirements.txt`, for projects whose `pyproject.toml` names no dependencies: one requirement a line.
///
/// Comments and hashes (`--hash=…`) are passed over; the lock has hashes of its own. Other options are refused, because
/// without them the result would be another one.
package struct RequirementsFile {
    /// The name of the file.
    package static let name = "requirements.txt"

    /// The requirements in the file's order.
    package private(set) var requirements: [Requirement] = []

    init(reading file: URL, name: String) throws(Diagnostic) {
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw .unreadable(file, error)
        }
        try self.init(String(decoding: data, as: UTF8.self), name: name)
    }

    /// Reads the text of a file that messages call `name`.
    package init(_ text: String, name: String) throws(Diagnostic) {
        var line = ""
        var first = 1
        for (number, part) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.isEmpty { first = number + 1 }
            if part.hasSuffix("\\") {
                line += part.dropLast() + " "
                continue
            }
            try add(line + part, at: .init(file: name, line: first))
            line = ""
        }
        if !line.isEmpty { try add(line, at: .init(file: name, line: first)) }
    }

    private mutating func add(_ line: String, at place: Diagnostic.Location) throws(Diagnostic) {
        var words = line.split(separator: " ", omittingEmptySubsequences: true)
        if let comment = words.firstIndex(where: { $0.hasPrefix("#") }) { words.removeSubrange(comment...) }
        words.removeAll { $0.hasPrefix("--hash") }
        let text = words.joined(separator: " ")
        if text.isEmpty { return }
        guard !text.hasPrefix("-") else {
            throw .input(
                "requirements-option", "the option \(words[0]) is not supported here", at: place,
                hints: ["indexes belong into [tool.uv] of pyproject.toml; list the requirements themselves"])
        }
        guard let requirement = Requirement(text) else {
            throw .input("requirements-syntax", "\"\(text)\" is not a requirement", at: place)
        }
        requirements.append(requirement)
    }
}
