import Support
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConsoleTests {
    /// Collects what a console writes.
    final class Screen: Sendable {
        private let contents = Mutex("")
        var text: String { contents.withLock { $0 } }
        func console(
            _ verbosity: Console.Verbosity = .normal, terminal: Bool = false,
            environment: [String: String] = ["TERM": "xterm"]
        ) -> Console {
            Console(verbosity: verbosity, environment: environment, isTerminal: terminal) { [self] text in
                contents.withLock { $0 += text }
            }
        }
    }

    @Test func saysNothingAboutWhatIsQuick() async throws {
        let screen = Screen()
        try await screen.console(terminal: true).activity.step("Linking") { _ in
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(screen.text == "")
    }

    @Test func showsWhatLastsLongerThanASecond() async throws {
        let screen = Screen()
        try await screen.console().activity.step("Linking") { _ in try await Task.sleep(for: .milliseconds(1300)) }
        #expect(screen.text.hasPrefix("Linking …\ndone: Linking (1."))
    }

    @Test func redrawsOnATerminalAndClearsBehindItself() async throws {
        let screen = Screen()
        let console = screen.console(terminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"])
        try await console.activity.step("Linking") { step in
            step.advance("3 of 7")
            try await Task.sleep(for: .milliseconds(1300))
            console.say("between")
        }
        #expect(screen.text.contains("\r\u{1b}[K▸ Linking 3 of 7 1"))
        #expect(screen.text.contains("\r\u{1b}[Kbetween\n"))
        #expect(!screen.text.contains("\u{1b}[32m"))
    }

    @Test func quietKeepsOnlyErrors() async throws {
        let screen = Screen()
        let console = screen.console(.quiet)
        console.say("a")
        console.detail("b")
        console.activity.note("c")
        console.report(Diagnostic(.warning, "w", "d"))
        console.report(Diagnostic(.error, "e", "e"))
        #expect(screen.text == "error: e\n")
    }

    @Test(arguments: [["TERM": "dumb"], [:]])
    func aDumbTerminalGetsPlainLines(environment: [String: String]) {
        let console = Screen().console(terminal: true, environment: environment)
        #expect(!console.isInteractive && !console.style.enabled)
    }
}
