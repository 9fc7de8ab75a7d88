/// The commands that a wheel asks to have installed: `[console_scripts]` and `[gui_scripts]` of `entry_points.txt`.
///
///     [console_scripts]
///     uvicorn = uvicorn.main:main         →  a script `uvicorn` that calls `uvicorn.main.main()`
struct EntryPoints {
    struct Command: Equatable {
        let name: String
        let module: String
        let attributes: String
    }

    let commands: [Command]

    init(_ text: String, archive: String, path: String) throws(WheelError) {
        var commands: [Command] = []
        var section = ""
        for raw in text.split(whereSeparator: \.isNewline) {
            let line = raw.trimmingPrefix(while: \.isWhitespace)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("[") {
                section = String(line.dropFirst().prefix(while: { $0 != "]" }))
                continue
            }
            guard section == "console_scripts" || section == "gui_scripts" else { continue }
            let parts = line.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
            // Extras in brackets after the reference are obsolete and have no meaning for an installer.
            let reference = parts.last?.prefix(while: { $0 != "[" }).split(separator: ":", maxSplits: 1).map {
                Self.trimmed($0)
            }
            guard parts.count == 2, let reference, reference.count == 2, Self.isCommandName(parts[0]),
                Self.isReference(reference[0]), Self.isReference(reference[1])
            else {
                throw WheelError(
                    .badMetadata, archive: archive, entry: path, "the command “\(line)” can't be installed")
            }
            commands.append(Command(name: parts[0], module: reference[0], attributes: reference[1]))
        }
        self.commands = commands
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func isCommandName(_ name: String) -> Bool {
        ZipName.defect(name) == nil && !name.contains("/")
            && name.allSatisfy { $0.isLetter || $0.isNumber || "._- +".contains($0) }
    }

    private static func isReference(_ reference: String) -> Bool {
        reference.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first?.isNumber == false
                && part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
    }
}
