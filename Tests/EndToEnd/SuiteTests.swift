import Foundation
import Support
import Testing

extension EndToEnd {
    /// A little of what `Tests/Suites/suite` runs as a whole: enough to see in minutes that greenlet and ctypes are still
    /// the real ones.
    @Suite(.serialized, .timeLimit(.minutes(10))) struct SuiteTests {
        /// Modules of upstream's own suite that take seconds.
        private static let modules = [
            "contextvars", "cpp", "extension_interface", "gc", "generator", "generator_nested", "stack_saved", "throw",
            "tracing", "weakref",
        ]

        @Test func someOfGreenletsOwnTestsPass() async throws {
            let modules = Self.modules.flatMap { ["--module", "greenlet.tests.test_\($0)"] }
            try await suite(["greenlet"] + modules)
        }

        @Test(arguments: ["node", "chromium", "firefox"])
        func anotherExtensionUsesGreenletsInterface(engine: String) async throws {
            try await suite(["capi", "--engine", engine])
        }

        @Test(arguments: ["node", "chromium", "firefox", "reference"])
        func whatCTypesCallsMaySwitch(engine: String) async throws {
            let modules = ["test_switches", "test.test_ctypes.test_callbacks"].flatMap { ["--module", $0] }
            try await suite(["ctypes", "--engine", engine] + modules)
        }

        private func suite(_ arguments: [String]) async throws {
            let result = try await ChildProcess(
                Workshop.package.appending(path: "Tests/Suites/suite").path, arguments,
                environment: ["FROND": Workshop.frond.path, "FROND_NODE": Workshop.node]
            ).collect(timeout: .seconds(500))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
        }
    }
}
