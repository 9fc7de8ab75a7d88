/// The path of a request as names below the site's root, or nothing when it can't mean a file.
///
///     /docs/caf%C3%A9.html?x=1   →  ["docs", "café.html"]
///     /docs/                     →  ["docs", ""]             a folder is asked for
///     /../etc/passwd, /%2e%2e/, /a%2Fb, /a%00b, /a\b        →  nothing
///
/// Names are decoded once, after the path was split, so an encoded slash never makes a part of a path.
struct RequestPath: Equatable {
    let names: [String]

    /// Whether the path ends with a slash.
    var isFolder: Bool { names.last == "" }

    init?(_ target: String) {
        let path = target.prefix { $0 != "?" && $0 != "#" }
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var names: [String] = []
        for part in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = Self.decode(part), Self.isSafe(name) else { return nil }
            names.append(name)
        }
        // Only the last part may be empty: `//` in the middle means nothing.
        guard names.dropLast().allSatisfy({ !$0.isEmpty }) else { return nil }
        self.names = names
    }

    private static func isSafe(_ name: String) -> Bool {
        guard name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    }

    private static func decode(_ part: some Sequence<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var iterator = part.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
