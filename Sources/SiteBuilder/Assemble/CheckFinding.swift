/// Something in an app that can't work in a browser, or may not.
public struct CheckFinding: Codable, Sendable, Equatable {
    /// How sure it is.
    public enum Severity: String, Codable, Sendable {
        /// It can't work.
        case error
        /// It depends on values that only the running program knows.
        case warning
    }

    /// The file, below the app's folder.
    public var path: String
    /// The line, from one.
    public var line: Int
    /// The column in characters, from one.
    public var column: Int
    /// The stable code, for example `FROND111`.
    public var code: String
    /// How sure it is.
    public var severity: Severity
    /// One sentence without a full stop.
    public var message: String
    /// What to do; may be empty.
    public var hint: String

    /// Makes a finding.
    public init(
        path: String, line: Int, column: Int, code: String, severity: Severity, message: String, hint: String = ""
    ) {
        self.path = path
        self.line = line
        self.column = column
        self.code = code
        self.severity = severity
        self.message = message
        self.hint = hint
    }
}
