/// A form in which a file can be sent.
enum ContentCoding: String, CaseIterable {
    case brotli = "br"
    case gzip = "gzip"
    case identity = "identity"

    /// What the name of a file in this form ends with.
    var suffix: String {
        switch self {
        case .brotli: ".br"
        case .gzip: ".gz"
        case .identity: ""
        }
    }

    /// The forms that a request accepts, the best first; nothing acceptable gives an empty list.
    ///
    /// The weights of RFC 9110, section 12.5.3: `gzip;q=0.5, br;q=1.0, *;q=0`. Among equals the smaller form wins. The
    /// plain form is acceptable unless it is excluded; without the header nothing else is.
    static func accepted(_ header: String?) -> [ContentCoding] {
        guard let header else { return [.identity] }
        var weights: [String: Double] = [:]
        for item in header.split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.trimmingPrefix(while: \.isWhitespace) }
            guard let name = parts.first?.prefix(while: { !$0.isWhitespace }).lowercased(), !name.isEmpty else {
                continue
            }
            var weight = 1.0
            for parameter in parts.dropFirst() where parameter.lowercased().hasPrefix("q=") {
                let text = parameter.dropFirst(2).prefix { !$0.isWhitespace }
                weight = min(1, max(0, Double(text) ?? 0))
            }
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
        let others = weights["*"]
        let weighted = allCases.map { coding -> (ContentCoding, Double) in
            if let weight = weights[coding.rawValue] { return (coding, weight) }
            // What is not named: as `*` says; the plain form is welcome, but less than what was asked for by name.
            return (coding, others ?? (coding == .identity ? 0.0001 : 0))
        }
        return weighted.enumerated().filter { $0.element.1 > 0 }
            .sorted { ($0.element.1, $1.offset) > ($1.element.1, $0.offset) }
            .map(\.element.0)
    }
}
