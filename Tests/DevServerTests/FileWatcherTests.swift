import DevServer
import Foundation
import Testing

@Suite("Watching files")
struct FileWatcherTests {
    @Test("A burst of changes is told once, ignored files are not told", .timeLimit(.minutes(1)))
    func changes() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "sub/ignored"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let write = { (name: String, text: String) in
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        try write("a.py", "1")
        try write("gone.py", "1")
        let watcher = FileWatcher([folder], every: .milliseconds(30), quiet: .milliseconds(150)) {
            $0.hasSuffix("/ignored")
        }
        var changes = watcher.changes().makeAsyncIterator()
        try await Task.sleep(for: .milliseconds(200))
        try write("sub/ignored/x", "1")
        try write("a.py", "2")
        try await Task.sleep(for: .milliseconds(60))
        try write("sub/b.py", "1")
        try FileManager.default.removeItem(at: folder.appending(path: "gone.py"))
        let names = { (paths: Set<String>?) in
            paths.map { Set($0.map { String($0.dropFirst(folder.path.count + 1)) }) }
        }
        #expect(names(await changes.next()) == ["a.py", "sub/b.py", "gone.py"])
        try write("a.py", "3")
        #expect(names(await changes.next()) == ["a.py"])
    }
}
