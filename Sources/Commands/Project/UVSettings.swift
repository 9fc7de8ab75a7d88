import Support

/// The settings of `[tool.uv]` that say where packages come from; the resolver gets them as the project has them.
///
/// `find-links` is not among them: wheels of a folder on this machine can't be locked for others.
package enum UVSettings {
    static let keys = [
        "index", "index-url", "extra-index-url", "index-strategy", "no-index", "exclude-newer", "prerelease",
        "resolution",
    ]

    /// The settings as TOML text, one a line, in a fixed order.
    package static func toml(of section: TOMLDocument.Section) -> String {
        keys.compactMap { key in
            section.value(key).flatMap(text).map { "\(key) = \($0)" }
        }
        .joined(separator: "\n")
    }

    private static func text(_ value: TOMLDocument.Value) -> String? {
        switch value {
        case .string(let text): quoted(text)
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .array(let items): "[\(items.compactMap(text).joined(separator: ", "))]"
        case .table(let fields):
            "{ "
                + fields.sorted { $0.key < $1.key }.compactMap { key, value in
                    text(value).map { "\(quoted(key)) = \($0)" }
                }
                .joined(separator: ", ") + " }"
        case .date(let text): text
        case .float: nil
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
