import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChildProcessTests {
    @Test func collectsBothOutputsAndTheStatus() async throws {
        let child = ChildProcess(
            "sh", ["-c", "cat; echo $FROND_A$HOME >&2; exit 3"], environment: ["FROND_A": "a", "HOME": nil])
        let result = try await child.collect(input: Array("hello".utf8))
        #expect(result.text == "hello")
        #expect(result.errorText == "a\n")
        #expect(result.status == 3)
    }

    @Test func givesASignalAsTheShellDoes() async throws {
        let result = try await ChildProcess("sh", ["-c", "kill -TERM $$"]).collect()
        #expect(result.status == 128 + 15)
    }

    @Test func stopsTheWholeGroupWhenTheTimeIsOver() async throws {
        let clock = ContinuousClock()
        let started = clock.now
        let error = await #expect(throws: Diagnostic.self) {
            try await ChildProcess("sh", ["-c", "sleep 50 & sleep 50; wait"]).collect(timeout: .milliseconds(300))
        }
        #expect(error?.identifier == "command-timeout")
        #expect(started.duration(to: clock.now) < .seconds(20))
    }

    @Test func saysThatAProgramIsMissing() async throws {
        let error = await #expect(throws: Diagnostic.self) { try await ChildProcess("frond-no-such-program").collect() }
        #expect(error?.identifier == "command-not-found")
        #expect(ChildProcess.find("frond-no-such-program") == nil)
        #expect(ChildProcess.find("sh") != nil)
        #expect(ChildProcess.find("/etc") == nil)
    }

    @Test func writesALogAndQuotesItsEnd() async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "frond-\(UUID().uuidString)/step.log")
        defer { try? FileManager.default.removeItem(at: log.deletingLastPathComponent()) }
        let result = try await ChildProcess("sh", ["-c", "echo out; echo problem >&2; exit 1"]).run(log: log)
        #expect(
            try String(contentsOf: log, encoding: .utf8)
                == "$ sh -c 'echo out; echo problem >&2; exit 1'\nout\nproblem\n")
        let error = #expect(throws: Diagnostic.self) { try result.requireSuccess("the step") }
        #expect(error?.message == "the step failed with status 1")
        #expect(error?.notes.first == "the log is \(log.path)")
        #expect(error?.notes.last?.contains("problem") == true)
    }
}
