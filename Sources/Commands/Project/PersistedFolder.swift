/// The rules for `persist` of `[tool.frond]`: which folders can be kept.
///
///     "/data"       /data
///     "instance"    /app/instance
package enum PersistedFolder {
    /// Why a path can't be kept, to be read after the path.
    package struct Problem: Error, Equatable {
        package let reason: String
    }

    /// Where the program starts, and what relative paths are relative to.
    private static let appFolder = "/app"
    /// The machine's own folders.
    private static let reserved = ["/dev", "/proc", "/lib", "/usr", "/etc"]

    /// The absolute path that a text means.
    ///
    /// - Parameter others: the paths that were named before; none may lie in another.
    package static func path(_ text: String, beside others: [String]) -> Result<String, Problem> {
        func fail(_ reason: String) -> Result<String, Problem> { .failure(Problem(reason: reason)) }
        if text.isEmpty || text.contains("\0") { return fail("is no path") }
        let whole = text.hasPrefix("/") ? text : "\(appFolder)/\(text)"
        let parts = whole.split(separator: "/").filter { $0 != "." }
        if parts.contains("..") { return fail("has .. in it") }
        if parts.contains(where: { $0.utf8.count > 255 }) { return fail("has a name of more than 255 bytes") }
        let path = "/" + parts.joined(separator: "/")
        if path == "/" { return fail("is the root; only folders below it can be kept") }
        if path == appFolder { return fail("is the app's own folder, which every new version of the site replaces") }
        if let folder = reserved.first(where: { contains($0, path) }) {
            return fail("lies in \(folder), which belongs to the machine")
        }
        if let other = others.first(where: { contains($0, path) || contains(path, $0) }) {
            return fail(other == path ? "is named twice" : "and \"\(other)\" lie in each other")
        }
        return .success(path)
    }

    private static func contains(_ folder: String, _ path: String) -> Bool {
        path == folder || path.hasPrefix(folder + "/")
    }
}
