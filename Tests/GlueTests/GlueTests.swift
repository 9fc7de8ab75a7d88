import Foundation
import TestSupport
import Testing

/// Runs the JavaScript tests of the glue (JavaScript/*.test.mjs) in the engines that are on this machine. Node must be
/// there and be 24 or newer.
@Suite("The glue's JavaScript", .serialized)
struct GlueTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "JavaScript")

    @Test("Every test passes in Node", .timeLimit(.minutes(5)))
    func node() async throws {
        let result = try await Engine.test(Self.folder, options: ["--experimental-wasm-jspi"])
        #expect(result.files > 0)
        #expect(result.failure == nil)
    }

    @Test(
        "Contexts work over core stack switching, too", .timeLimit(.minutes(5)), .enabled(if: Engine.deno.path != nil))
    func coreStackSwitching() async throws {
        let result = try await Engine.deno.run(
            ["test", "--no-check", "-A", "--quiet", "--v8-flags=--experimental-wasm-wasmfx", "contexts.test.mjs"],
            in: Self.folder, environment: ["FROND_BACKEND": "wasmfx", "NO_COLOR": "1"])
        #expect(result.status == 0, "\(result.text)\(result.errorText)")
    }
}
