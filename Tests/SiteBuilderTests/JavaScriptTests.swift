import Foundation
import TestSupport
import Testing

/// Runs JavaScript/*.test.mjs, the tests of the page's modules that need no page.
@Suite("The page's JavaScript")
struct JavaScriptTests {
    @Test("Every test passes in Node", .timeLimit(.minutes(5)))
    func node() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "JavaScript")
        let result = try await Engine.test(folder)
        #expect(result.files > 0)
        #expect(result.failure == nil)
    }
}
