import Foundation
import Support

/// What of an app's folder goes into the files image.
///
/// Model: everything in the folder belongs to the app, except what tools leave lying around. Three rules, the later one
/// wins: what is left out by default (hidden files, caches, virtual environments, build outputs), what `exclude` names,
/// and what `include` names, which brings things back.
///
///     main.py            taken                    .git/            left out: hidden
///     shop/models.py     taken                    .venv/           left out: hidden (and a virtual environment)
///     data/              taken, even when empty   dist/            left out: a site that frond made
///
/// A symbolic link is kept as a link while its target is in the folder; one that leads out of the folder is an error,
/// because the site would then contain files that nobody sees in the project.
package struct AppFolder: Sendable {
    /// Something in the folder that the image does not get.
    package struct Omission: Sendable, Equatable {
        /// The path below the folder; a folder stands for all that is in it.
        package let path: String
        /// Why, as a short phrase.
        package let reason: String
    }

    /// The app's files by path below the folder.
    package private(set) var files: [String: FilesImage.File] = [:]
    /// Links by path below the folder, with their relative targets.
    package private(set) var links: [String: String] = [:]
    /// Folders that would otherwise not exist, because nothing in them was taken.
    package private(set) var directories: Set<String> = []
    /// What was left out, sorted by path.
    package private(set) var omissions: [Omission] = []
    /// What the user should hear about.
    package private(set) var warnings: [Diagnostic] = []

    private let root: String
    private let include: [Glob]
    private let exclude: [Glob]

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - folder: the app's folder.
    ///   - include: patterns (see `Glob`) that bring back what would be left out.
    ///   - exclude: patterns for what to leave out.
    ///   - omitting: paths below the folder that are left out in any case, with the reason.
    /// - Throws: `Diagnostic` for an unreadable file, a bad pattern, a name that is not UTF-8, or a link that leads out.
    package init(
        _ folder: URL, include: [String] = [], exclude: [String] = [], omitting: [String: String] = [:]
    ) throws(Diagnostic) {
        guard let root = realPath(folder.path) else {
            throw Diagnostic.input("app-not-found", "no such folder: \(folder.path)")
        }
        self.root = root
        self.include = try Self.globs(include, key: "include")
        self.exclude = try Self.globs(exclude, key: "exclude")
        _ = try read("", omitting: omitting)
        omissions.sort { bytewise($0.path, $1.path) }
    }

    /// Takes one file of a folder and nothing else: an app that is a single script.
    package init(onlyFile name: String, of folder: URL) throws(Diagnostic) {
        guard let root = realPath(folder.path) else {
            throw Diagnostic.input("app-not-found", "no such folder: \(folder.path)")
        }
        self.root = root
        include = []
        exclude = []
        try take(name, executable: false)
    }

    /// A hash of everything taken: paths, modes and contents.
    package var contentHash: String {
        var lines = files.map { "\($0.key)\0\($0.value.mode)\0\(Hash.sha256($0.value.bytes))" }
        lines += links.map { "\($0.key)\0->\0\($0.value)" }
        lines += directories.map { "\($0)\0/" }
        return Hash.sha256(lines.sorted(by: bytewise).joined(separator: "\n"))
    }

    /// Adds a file of Frond's, which is no part of what the author wrote.
    mutating func add(_ path: String, _ bytes: [UInt8]) { files[path] = FilesImage.File(bytes) }

    /// The size of everything taken, in bytes.
    package var size: Int { files.values.reduce(0) { $0 + $1.bytes.count } }

    private static func globs(_ patterns: [String], key: String) throws(Diagnostic) -> [Glob] {
        var globs: [Glob] = []
        for pattern in patterns {
            guard let glob = Glob(pattern) else {
                throw Diagnostic.input(
                    "config-bad-pattern", "\"\(pattern)\" in \(key) is not a pattern that can be understood",
                    hints: ["patterns are relative to the app's folder: \"*.csv\", \"data/**\", \"notes/[0-9]*.txt\""])
            }
            globs.append(glob)
        }
        return globs
    }

    /// Takes what a folder has; returns whether anything in it was taken.
    private mutating func read(_ folder: String, omitting: [String: String]) throws(Diagnostic) -> Bool {
        var taken = false
        for name in try names(in: folder) {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var status = stat()
            guard lstat("\(root)/\(path)", &status) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            let isFolder = kind == S_IFDIR
            if let reason = omitting[path] {
                omissions.append(Omission(path: path, reason: reason))
                continue
            }
            if let reason = reasonToOmit(path, name: name, isFolder: isFolder) {
                let mayBringBack = isFolder && include.contains { $0.canMatch(below: path) && $0.matchesSomethingBelow }
                let broughtBack = mayBringBack ? try readIncluded(path) : false
                if !broughtBack { omissions.append(Omission(path: path, reason: reason)) }
                taken = taken || broughtBack
                continue
            }
            switch kind {
            case S_IFDIR:
                if try !read(path, omitting: omitting) { directories.insert(path) }
                taken = true
            case S_IFREG:
                try take(path, executable: status.st_mode & S_IXUSR != 0)
                taken = true
            case S_IFLNK:
                if try takeLink(path) { taken = true }
            default:
                omissions.append(Omission(path: path, reason: "not a regular file"))
            }
        }
        return taken
    }

    /// Looks for what `include` brings back inside a folder that is otherwise left out.
    private mutating func readIncluded(_ folder: String) throws(Diagnostic) -> Bool {
        var taken = false
        for name in try names(in: folder) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat("\(root)/\(path)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where include.contains { $0.canMatch(below: path) || $0.matches(path) }:
                if try readIncluded(path) { taken = true }
            case S_IFREG where include.contains { $0.matches(path) }:
                try take(path, executable: status.st_mode & S_IXUSR != 0)
                taken = true
            case S_IFLNK where include.contains { $0.matches(path) }:
                if try takeLink(path) { taken = true }
            default: break
            }
        }
        return taken
    }

    private func reasonToOmit(_ path: String, name: String, isFolder: Bool) -> String? {
        if include.contains(where: { $0.matches(path) }) { return nil }
        if let glob = exclude.first(where: { $0.matches(path) }) { return "excluded by \"\(glob.text)\"" }
        if name.hasPrefix(".") { return "hidden" }
        guard isFolder else {
            return name.hasSuffix(".pyc") || name.hasSuffix(".pyo") ? "compiled Python" : nil
        }
        switch name {
        case "__pycache__": return "compiled Python"
        case "node_modules": return "packages for JavaScript"
        default: break
        }
        if name.hasSuffix(".egg-info") { return "made by setuptools" }
        if exists("\(path)/pyvenv.cfg") { return "a virtual environment" }
        if SiteMarker.isSite(URL(filePath: "\(root)/\(path)")) { return "a site that frond made" }
        if path == "dist", !exists("dist/__init__.py") { return "build output" }
        return nil
    }

    private mutating func take(_ path: String, executable: Bool) throws(Diagnostic) {
        let file = URL(filePath: "\(root)/\(path)")
        do {
            files[path] = FilesImage.File([UInt8](try Data(contentsOf: file)), mode: executable ? 0o755 : 0o644)
        } catch {
            throw .unreadable(file, error)
        }
    }

    private mutating func takeLink(_ path: String) throws(Diagnostic) -> Bool {
        guard let target = realPath("\(root)/\(path)") else {
            warnings.append(
                Diagnostic(.warning, "app-link-broken", "\(path) is a symbolic link to something that does not exist"))
            omissions.append(Omission(path: path, reason: "a broken link"))
            return false
        }
        guard target == root || target.hasPrefix(root + "/") else {
            throw Diagnostic.input(
                "app-link-escapes", "\(path) is a symbolic link that leads out of the app's folder, to \(target)",
                hints: [
                    "copy what it points to into the folder, or leave it out with "
                        + "exclude = [\"\(path)\"] in [tool.frond]"
                ])
        }
        let up = String(repeating: "../", count: path.split(separator: "/").count - 1)
        links[path] = target == root ? (up.isEmpty ? "." : up) : up + target.dropFirst(root.count + 1)
        return true
    }

    private func exists(_ path: String) -> Bool { access("\(root)/\(path)", F_OK) == 0 }

    /// The names in a folder, sorted, read as bytes so that a name that is not UTF-8 is noticed.
    private func names(in folder: String) throws(Diagnostic) -> [String] {
        let place = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let directory = opendir(place) else {
            let reason = String(cString: strerror(errno))
            throw Diagnostic.input("file-unreadable", "can't read the folder \(place): \(reason)")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8) { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let readable = String(decoding: bytes, as: UTF8.self)
                throw Diagnostic.input(
                    "app-name-not-utf8", "the name of \(place)/\(readable) is not UTF-8",
                    hints: ["rename the file; names in a website are UTF-8"])
            }
            names.append(name)
        }
        return names.sorted(by: bytewise)
    }
}

extension Glob {
    /// Whether the pattern is more than one name, so that it can mean something inside a folder that is left out.
    fileprivate var matchesSomethingBelow: Bool { text.dropFirst().contains("/") }
}

/// The path with every link resolved, or nothing when it leads nowhere.
func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
