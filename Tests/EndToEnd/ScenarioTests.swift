import Foundation
import Support
import Testing

extension EndToEnd {
    /// The JSPI scenarios (Tests/Scenarios) in the engines; the reference runtime plays the same in `ReferenceRuntimeTests`.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct ScenarioTests {
        @Test(arguments: [[], ["--browser", "chromium"], ["--browser", "firefox"]])
        func enginesDoWhatTheScenariosSay(arguments: [String]) async throws {
            let script = Workshop.package.appending(path: "Tests/Scenarios/run.mjs").path
            let result = try await ChildProcess(
                Workshop.node, ["--experimental-wasm-jspi", "--no-warnings", script] + arguments
            )
            .collect(timeout: .seconds(200))
            #expect(result.status == 0, "\(result.text)\(result.errorText)")
            #expect(result.text.contains("0 not"))
        }
    }
}
