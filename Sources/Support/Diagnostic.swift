/// One problem, as its user reads it: what is wrong, where, and what to do about it.
///
/// Libraries throw it (or an error of their own that somebody turns into one); only the outermost layer prints it.
/// The first line names the place first so that editors can jump there:
///
///     pyproject.toml:12:1: error: unknown key "tilte" in [tool.frond]
///       hint: did you mean "title"?
public struct Diagnostic: Error, Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, Codable {
        case error, warning, note
    }

    /// Who can do something about it. Decides the exit status of the command.
    public enum Category: String, Sendable, Hashable, Codable {
        /// What the user gave us: arguments, a file, its contents.
        case input
        /// The work itself went wrong: the network, the disk, a tool.
        case failure
    }

    /// A place in a file. Lines and columns count from one, byte offsets from zero.
    public struct Location: Sendable, Hashable, Codable {
        /// The file, as the user would write it.
        public var file: String
        /// The line, from one.
        public var line: Int?
        /// The column in characters, from one.
        public var column: Int?
        /// For binary files: the offset in bytes, from zero.
        public var byteOffset: Int?

        /// Makes a place in a text file, or a whole file when no line is given.
        public init(file: String, line: Int? = nil, column: Int? = nil) {
            self.file = file
            self.line = line
            self.column = column
        }

        /// Makes a place in a binary file.
        public init(file: String, byteOffset: Int) {
            self.file = file
            self.byteOffset = byteOffset
        }
    }

    /// How bad it is.
    public var severity: Severity
    /// A short stable name in kebab case, for machines and for searching, for example `config-unknown-key`.
    public var identifier: String
    /// One sentence without a full stop, starting in lower case.
    public var message: String
    /// Where, if there is a where.
    public var location: Location?
    /// What else is worth knowing, one sentence each.
    public var notes: [String]
    /// What to do, one sentence each.
    public var hints: [String]
    /// Who can do something about it.
    public var category: Category

    /// Makes a diagnostic.
    public init(
        _ severity: Severity = .error, _ identifier: String, _ message: String, at location: Location? = nil,
        notes: [String] = [], hints: [String] = [], category: Category = .failure
    ) {
        self.severity = severity
        self.identifier = identifier
        self.message = message
        self.location = location
        self.notes = notes
        self.hints = hints
        self.category = category
    }

    /// Makes an error about something that the user gave us (exit status 2).
    public static func input(
        _ identifier: String, _ message: String, at location: Location? = nil, notes: [String] = [],
        hints: [String] = []
    ) -> Diagnostic {
        Diagnostic(
            .error, identifier, message, at: location, notes: notes, hints: hints, category: .input)
    }

    /// The exit status that a command ends with after this: 2 for bad input, 1 for everything else.
    public var exitStatus: Int32 { category == .input ? 2 : 1 }
}

extension Diagnostic.Location: CustomStringConvertible {
    /// `file:line:column`, or `file at byte 0x1f`.
    public var description: String {
        if let byteOffset { return "\(file) at byte 0x\(String(byteOffset, radix: 16))" }
        return ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The text as it is printed, without colour and without a final newline.
    public var description: String { rendered(colour: false) }

    /// The text as it is printed, without a final newline.
    public func rendered(colour: Bool) -> String {
        let style = TextStyle(enabled: colour)
        let place = location.map { style.bold("\($0): ") } ?? ""
        let label =
            switch severity {
            case .error: style.red("error: ")
            case .warning: style.yellow("warning: ")
            case .note: style.cyan("note: ")
            }
        var lines = [place + label + message.replacing("\n", with: "\n  ")]
        lines += notes.map { "  note: " + $0.replacing("\n", with: "\n    ") }
        lines += hints.map { "  " + style.green("hint: ") + $0.replacing("\n", with: "\n    ") }
        return lines.joined(separator: "\n")
    }
}

/// Several diagnostics thrown as one error, so that a user sees everything that is wrong with a file at once.
public struct Diagnostics: Error, Sendable, Hashable {
    /// The diagnostics in the order in which they are shown; at least one is an error.
    public let all: [Diagnostic]

    /// Makes one error out of several diagnostics.
    public init(_ all: [Diagnostic]) { self.all = all }

    /// The exit status that a command ends with after these.
    public var exitStatus: Int32 { all.first { $0.severity == .error }?.exitStatus ?? 1 }
}
