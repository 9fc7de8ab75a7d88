/// Writing JSON by hand where its exact bytes matter: image indexes, manifests, page configuration.
///
/// Foundation's encoder leaves the order of keys and the escaping of `/` to its version; sites must not change with it.
indirect enum JSONText: Sendable, Equatable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case null
    case list([JSONText])
    /// An object; its keys keep their order.
    case object([(String, JSONText)])

    static func == (left: JSONText, right: JSONText) -> Bool { left.compact == right.compact }

    /// Without white space.
    var compact: String {
        switch self {
        case .text(let text): Self.string(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .null: "null"
        case .list(let items): "[" + items.map(\.compact).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { Self.string($0.0) + ":" + $0.1.compact }.joined(separator: ",") + "}"
        }
    }

    /// With one field or item a line where it has more than one level.
    func pretty(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .list(let items) where items.contains(where: \.isComposite):
            return "[\n" + items.map { inner + $0.pretty(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let fields) where fields.contains(where: { $0.1.isComposite }) || indent.isEmpty:
            let lines = fields.map { inner + Self.string($0.0) + ": " + $0.1.pretty(indent: inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        case .list(let items):
            return "[" + items.map { $0.pretty(indent: inner) }.joined(separator: ", ") + "]"
        case .object(let fields):
            let parts = fields.map { Self.string($0.0) + ": " + $0.1.pretty(indent: inner) }
            return "{ " + parts.joined(separator: ", ") + " }"
        default:
            return compact
        }
    }

    private var isComposite: Bool {
        switch self {
        case .list(let items): !items.isEmpty
        case .object: true
        default: false
        }
    }

    /// A string literal that is also safe inside HTML's `<script>`: `<`, U+2028 and U+2029 are escaped.
    static func string(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\u{0}"..."\u{1f}", "<", "\u{7f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
