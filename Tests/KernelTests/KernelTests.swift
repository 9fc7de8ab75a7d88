import Foundation
import TestSupport
import Testing

/// The kernel's own tests are JavaScript, one file per kind of descriptor, and need no Python: each makes its system calls
/// through a guest that is an array of bytes. This runs them all.
@Suite("The kernel's JavaScript")
struct KernelTests {
    @Test("Every test passes in Node", .timeLimit(.minutes(5)))
    func node() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "JavaScript")
        let result = try await Engine.test(folder)
        #expect(result.files >= 7)
        #expect(result.failure == nil)
    }
}
