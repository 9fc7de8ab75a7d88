import Support

/// An HTML page with a place for what Frond adds to its head.
///
///     <head>                                    <head>
///       <title>{{title}}</title>                  <title>Shop</title>
///       <!-- frond:head -->            ──▶        <meta http-equiv="Content-Security-Policy" …>
///     </head>                                     <link rel="stylesheet" …><script type="module" …></script>
///                                               </head>
///
/// An app's own page need not have the comment; the additions then go before `</head>`.
package struct PageTemplate: Sendable {
    /// The page's name for messages.
    package let name: String
    /// The HTML.
    package let html: String

    /// Makes a template.
    package init(name: String, html: String) {
        self.name = name
        self.html = html
    }

    static let marker = "<!-- frond:head -->"

    /// The page with the additions in its head.
    package func filled(head: String) throws(Diagnostic) -> String {
        let additions = head.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
        if let range = html.firstRange(of: Self.marker) {
            guard html[range.upperBound...].firstRange(of: Self.marker) == nil else {
                throw Diagnostic.input("page-marker-twice", "\(name) contains \(Self.marker) more than once")
            }
            return html.replacingCharacters(in: range, with: additions)
        }
        guard let range = Self.endOfHead(html) else {
            throw Diagnostic.input(
                "page-no-head", "\(name) has no </head>, so there is no place for what starts the app",
                hints: ["write <head>…</head>, or put \(Self.marker) where it shall go"])
        }
        return html.replacingCharacters(in: range.lowerBound..<range.lowerBound, with: "  \(additions)\n")
    }

    /// Where `</head>` starts, in whatever case it is written.
    private static func endOfHead(_ html: String) -> Range<String.Index>? {
        html.firstRange(of: /<\/head\s*>/.ignoresCase())
    }

    /// The page with every `{{name}}` replaced, escaped for HTML; a name without a value is a mistake in the template.
    package func substituting(_ values: [String: String]) throws(Diagnostic) -> PageTemplate {
        var result = ""
        var rest = html[...]
        while let open = rest.firstRange(of: "{{") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw Diagnostic(.error, "template-broken", "\(name) has {{ without }}")
            }
            let key = String(rest[open.upperBound..<close.lowerBound])
            guard let value = values[key] else {
                throw Diagnostic(.error, "template-broken", "\(name) uses {{\(key)}}, which has no value")
            }
            result += Self.escaped(value)
            rest = rest[close.upperBound...]
        }
        return PageTemplate(name: name, html: result + rest)
    }

    /// A text as HTML, also inside a quoted attribute.
    static func escaped(_ text: String) -> String {
        var html = ""
        for character in text {
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.append(character)
            }
        }
        return html
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + self[range.upperBound...]
    }
}
