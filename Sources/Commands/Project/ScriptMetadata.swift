import Support

/// The TOML that a script may carry in a comment (PEP 723):
///
///     # /// script
///     # requires-python = ">=3.12"
///     # dependencies = ["greenlet"]
///     # ///
package enum ScriptMetadata {
    /// Finds the `script` block of a Python source and parses it; nothing when there is none.
    ///
    /// - Throws: `Diagnostic`: `script-metadata` for two blocks, `config-syntax` with the script's own line for bad TOML.
    package static func read(_ source: String, name: String) throws(Diagnostic) -> TOMLDocument? {
        // In Swift, CR LF is one character.
        let lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        var found: (first: Int, text: [String])?
        var index = 0
        while index < lines.count {
            guard lines[index] == "# /// script", let end = end(ofBlockAt: index, lines) else {
                index += 1
                continue
            }
            if found != nil {
                throw .input(
                    "script-metadata", "a script may have one \"# /// script\" block, and this is the second",
                    at: .init(file: name, line: index + 1, column: 1))
            }
            found = (index + 1, lines[(index + 1)..<end].map { String($0.dropFirst(2)) })
            index = end + 1
        }
        guard let found else { return nil }
        return try TOMLDocument(
            parsing: found.text.joined(separator: "\n"), name: name, firstLine: found.first + 1, firstColumn: 3)
    }

    /// The last `# ///` line of the run of comment lines; an earlier one may belong to the TOML.
    private static func end(ofBlockAt start: Int, _ lines: [Substring]) -> Int? {
        var end: Int?
        for index in (start + 1)..<lines.count {
            guard lines[index] == "#" || lines[index].hasPrefix("# ") else { break }
            if lines[index] == "# ///" { end = index }
        }
        return end
    }
}
