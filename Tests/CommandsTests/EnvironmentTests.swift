import Commands
import Support
import Testing

@Suite struct EnvironmentTests {
    private let host = ["HOME": "/root", "TERM": "xterm", "PYTHONWARNINGS": "error", "TOKEN": "t", "TZ": "UTC"]

    @Test func takesOverOnlyWhatConcernsPythonAndTheTerminal() throws {
        let environment = try EnvironmentRules.environment(app: [:], host: host, requests: [])
        #expect(environment == ["TERM": "xterm", "PYTHONWARNINGS": "error", "TZ": "UTC"])
    }

    @Test func theAppSettlesWhatItSetsAndTheCommandLineComesLast() throws {
        let environment = try EnvironmentRules.environment(
            app: ["TZ": "Europe/Berlin", "A": "1"], host: host, requests: ["A=2=3", "TOKEN", "EMPTY="])
        #expect(environment["TZ"] == "Europe/Berlin")
        #expect(environment["A"] == "2=3")
        #expect(environment["TOKEN"] == "t")
        #expect(environment["EMPTY"] == "")
    }

    @Test(arguments: ["=x", "", "NOTHING"])
    func refusesWhatMakesNoSense(request: String) {
        let error = #expect(throws: Diagnostic.self) {
            try EnvironmentRules.environment(app: [:], host: host, requests: [request])
        }
        #expect(error?.exitStatus == 2)
    }
}
