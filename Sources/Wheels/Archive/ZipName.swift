/// The names inside an archive, as far as they are safe to write below a folder.
///
/// A name is relative, uses `/`, and has no component that is empty, `.` or `..`:
/// `pkg/__init__.py` is accepted; `/etc/passwd`, `../x`, `a//b`, `C:\x` and `a\b` are refused.
enum ZipName {
    /// The longest name accepted, in bytes; POSIX's PATH_MAX is 4096 with the terminating NUL.
    static let longest = 4095

    /// Why `name` is unsafe, or `nil` when it is safe. A directory's name ends with one `/`.
    static func defect(_ name: String) -> String? {
        if name.isEmpty { return "the name is empty" }
        if name.utf8.count > longest { return "the name is longer than \(longest) bytes" }
        if name.utf8.contains(0) { return "the name holds a NUL character" }
        if name.utf8.contains(UInt8(ascii: "\\")) { return "the name holds a backslash" }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "the name holds a control character" }
        if name.hasPrefix("/") { return "the name is absolute" }
        let path = name.hasSuffix("/") ? name.dropLast() : name[...]
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            if component.isEmpty { return "the name has an empty component" }
            if component == "." || component == ".." { return "the name escapes its folder" }
            if component.utf8.count > 255 { return "a component of the name is longer than 255 bytes" }
        }
        let drive = path.prefix(2).utf8
        if drive.count == 2, drive.last == UInt8(ascii: ":") { return "the name starts with a drive letter" }
        return nil
    }

    /// `name` with everything that could confuse a terminal escaped.
    static func printable(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            if scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x202e {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
