/// ANSI colours that vanish when they are not wanted.
public struct TextStyle: Sendable {
    /// Whether escape codes are written at all.
    public let enabled: Bool

    /// Makes a style; a disabled one returns every text unchanged.
    public init(enabled: Bool) { self.enabled = enabled }

    /// Bold.
    public func bold(_ text: String) -> String { wrap(text, "1") }
    /// Dim, for what may be skipped.
    public func dim(_ text: String) -> String { wrap(text, "2") }
    /// Red and bold, for errors.
    public func red(_ text: String) -> String { wrap(text, "1;31") }
    /// Yellow and bold, for warnings.
    public func yellow(_ text: String) -> String { wrap(text, "1;33") }
    /// Green, for hints and successes.
    public func green(_ text: String) -> String { wrap(text, "32") }
    /// Cyan, for notes.
    public func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        enabled && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
