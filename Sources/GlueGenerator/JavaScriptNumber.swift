/// Literals of whole numbers.
enum JavaScriptNumber {
    /// The same number with the fewest characters, or nothing if this is no whole number that a `Double` has exactly.
    ///
    ///     0o100000 → 32768     0x80000000 → 0x80000000     1e3 → nothing
    static func shortest(_ literal: String) -> String? {
        let radixes = ["0x": 16, "0o": 8, "0b": 2]
        let radix = radixes[literal.prefix(2).lowercased()]
        let digits = radix == nil ? literal[...] : literal.dropFirst(2)
        guard let value = Int(digits, radix: radix ?? 10), value >= 0, value <= 1 << 53 else { return nil }
        if radix == nil, literal.hasPrefix("0"), literal != "0" { return nil }  // an old octal number
        let decimal = String(value)
        return decimal.count <= literal.count ? decimal : literal
    }
}
