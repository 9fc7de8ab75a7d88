import Foundation

/// A folder that is deleted when the last reference to it goes.
package final class TemporaryFolder: Sendable {
    /// Where it is, without symbolic links.
    package let url: URL

    /// Makes an empty one.
    package init() throws {
        let parent = URL(filePath: realPathOf(FileManager.default.temporaryDirectory.path))
        url = parent.appending(path: "frond-tests-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes files by path below the folder.
    package func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let file = url.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    /// Makes a symbolic link.
    package func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: url.appending(path: path).path, withDestinationPath: target)
    }

    /// Every path below a folder, folders included, with the contents of files.
    package func contents(of path: String = ".") throws -> [String: Data?] {
        let root = url.appending(path: path).path
        var found: [String: Data?] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            found.updateValue(FileManager.default.contents(atPath: "\(root)/\(name)"), forKey: name)
        }
        return found
    }
}

private func realPathOf(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}
