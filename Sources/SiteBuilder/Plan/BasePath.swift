import Support

/// The path at which a site lies on its host: `/`, or `/repo/` on hosts that give each project a folder.
public struct BasePath: Sendable, Hashable, CustomStringConvertible {
    /// The path, with a slash at both ends.
    public let description: String

    /// The root of a host.
    public static let root = BasePath(checked: "/")

    private init(checked: String) { description = checked }

    /// Reads a path; slashes at the ends may be missing.
    ///
    /// - Throws: `Diagnostic` (`base-invalid`) when it has characters that need escaping in URLs, or `.` or `..` parts.
    public init(_ text: String) throws(Diagnostic) {
        let parts = text.split(separator: "/")
        let allowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                true
            default: false
            }
        }
        guard parts.allSatisfy({ $0.utf8.allSatisfy(allowed) && $0 != "." && $0 != ".." }) else {
            throw Diagnostic.input(
                "base-invalid", "the base path \"\(text)\" is not a plain path",
                hints: ["give the path part of the site's address, for example --base /project/"])
        }
        description = parts.isEmpty ? "/" : "/" + parts.joined(separator: "/") + "/"
    }
}
