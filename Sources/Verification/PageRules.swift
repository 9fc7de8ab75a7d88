/// What a page of a site must and must not have, so that it works under its policy and runs only what was built.
enum PageRules {
    static func complaints(_ html: String, base: String, integrities: [String: String]) -> [String] {
        var found: [String] = []
        if let match = html.firstMatch(
            of: /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.ignoresCase())
        {
            found += complaints(policy: String(match.1))
        } else {
            found.append("no Content-Security-Policy")
        }
        for match in html.matches(of: /<script\b([^>]*)>(.*?)<\/script>/.ignoresCase().dotMatchesNewlines()) {
            let attributes = Self.attributes(String(match.1))
            if attributes["type"] == "application/json" { continue }
            guard let source = attributes["src"] else {
                found.append("an inline script")
                continue
            }
            found += complaints(address: source, attributes["integrity"], base, integrities)
        }
        for match in html.matches(of: /<link\b([^>]*)>/.ignoresCase()) {
            let attributes = Self.attributes(String(match.1))
            guard let address = attributes["href"], !address.hasPrefix("data:") else { continue }
            guard attributes["rel"]?.contains("stylesheet") == true else { continue }
            found += complaints(address: address, attributes["integrity"], base, integrities)
        }
        if html.firstMatch(of: /<[^>!]*\son[a-z]+\s*=/.ignoresCase()) != nil { found.append("an inline event handler") }
        if html.firstMatch(of: /(href|src|action)\s*=\s*["']?\s*javascript:/.ignoresCase()) != nil {
            found.append("a javascript: address")
        }
        return found
    }

    private static func complaints(
        address: String, _ integrity: String?, _ base: String, _ integrities: [String: String]
    ) -> [String] {
        guard address.hasPrefix(base), !address.hasPrefix("//") else {
            return ["\(address) does not lie below \(base)"]
        }
        guard let expected = integrities[address] else { return ["\(address) is not in the manifest"] }
        guard let integrity else { return ["\(address) is loaded without an integrity"] }
        return integrity == expected ? [] : ["\(address) has another integrity than the manifest says"]
    }

    static func complaints(policy: String) -> [String] {
        var directives: [Substring: [Substring]] = [:]
        for directive in policy.split(separator: ";") {
            let words = directive.split(whereSeparator: \.isWhitespace)
            if let name = words.first { directives[name] = Array(words.dropFirst()) }
        }
        let scripts = directives["script-src"] ?? directives["default-src"] ?? ["*"]
        var found: [String] = []
        for word in scripts where !["'self'", "'wasm-unsafe-eval'"].contains(word) {
            found.append("the policy allows scripts from \(word)")
        }
        if !scripts.contains("'wasm-unsafe-eval'") { found.append("the policy does not allow WebAssembly") }
        if directives["default-src"] != ["'none'"] { found.append("the policy's default is not 'none'") }
        return found
    }

    private static func attributes(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for match in text.matches(of: /([a-zA-Z-]+)\s*=\s*"([^"]*)"/) { found[match.1.lowercased()] = String(match.2) }
        return found
    }
}
