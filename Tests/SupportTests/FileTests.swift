import Foundation
import Support
import Testing

@Suite struct FileTests {
    private func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func replacesAFileInOneStep() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "deep/er/file.txt")
            try AtomicFile.write("one", to: file)
            try AtomicFile.write("two", to: file, permissions: 0o755)
            #expect(try String(contentsOf: file, encoding: .utf8) == "two")
            #expect(FileManager.default.isExecutableFile(atPath: file.path))
            #expect(try names(file.deletingLastPathComponent()) == ["file.txt"])
        }
    }

    @Test func saysWhyAFileCanNotBeWrittenAndLeavesNothing() async throws {
        try await withFolder { folder in
            try AtomicFile.write("x", to: folder.appending(path: "plain"))
            let error = #expect(throws: Diagnostic.self) {
                try AtomicFile.write("y", to: folder.appending(path: "plain/inside"))
            }
            #expect(error?.identifier == "file-unwritable")
            #expect(try names(folder) == ["plain"])
        }
    }

    @Test func replacesAFolderInOneStep() async throws {
        try await withFolder { folder in
            let site = folder.appending(path: "dist")
            for text in ["one", "two"] {
                try await AtomicDirectory.write(to: site) { staging in
                    try AtomicFile.write(text, to: staging.appending(path: "\(text).txt"))
                }
                #expect(try names(site) == ["\(text).txt"])
            }
            #expect(try names(folder) == ["dist"])
        }
    }

    @Test func keepsTheOldFolderWhenFillingFails() async throws {
        struct Failure: Error {}
        try await withFolder { folder in
            let site = folder.appending(path: "dist", directoryHint: .isDirectory)
            try AtomicFile.write("old", to: site.appending(path: "a"))
            await #expect(throws: Failure.self) {
                try await AtomicDirectory.write(to: site) { staging in
                    try AtomicFile.write("new", to: staging.appending(path: "b"))
                    throw Failure()
                }
            }
            #expect(try names(site) == ["a"])
            #expect(try names(folder) == ["dist"])
        }
    }

    @Test func hashesAFileAndSaysWhichOneIsMissing() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "f")
            try AtomicFile.write(String(repeating: "abc", count: 700_000), to: file)
            #expect(try Hash.sha256(ofFile: file) == Hash.sha256(String(repeating: "abc", count: 700_000)))
            let error = #expect(throws: Diagnostic.self) { try Hash.sha256(ofFile: folder.appending(path: "none")) }
            #expect(error?.message.contains("none: ") == true)
        }
    }

    @Test func onlyOneHasTheLock() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "locks/a")
            var first: FileLock? = try await FileLock.acquire(file)
            #expect(first != nil)
            #expect(try FileLock.attempt(file) == nil)
            first = nil
            #expect(try FileLock.attempt(file) != nil)
        }
    }
}
