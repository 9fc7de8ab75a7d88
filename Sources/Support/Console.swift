import Foundation
import Synchronization

/// What the user sees besides a command's own output: everything goes to standard error.
///
/// Libraries don't print. They take an `Activity` and throw `Diagnostic`s; a command owns the console.
public final class Console: Sendable {
    /// How much is said.
    public enum Verbosity: Int, Sendable, Comparable {
        case quiet, normal, verbose
        /// Quieter is less.
        public static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
    }

    /// How much is said.
    public let verbosity: Verbosity
    /// Whether lines may be redrawn (standard error is a terminal that knows how).
    public let isInteractive: Bool
    /// The colours, or none.
    public let style: TextStyle
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        /// Steps that are running, the outermost first.
        var running: [Running] = []
        /// Whether the last line on the terminal is a progress line that must be cleared first.
        var lineIsDrawn = false
        var nextIdentifier = 0
    }

    private struct Running {
        let identifier: Int
        let title: String
        let started: ContinuousClock.Instant
        var detail = ""
        /// Whether a line that names it was printed already (where nothing can be redrawn).
        var isAnnounced = false
    }

    /// Makes a console.
    ///
    /// - Parameters:
    ///   - environment: `NO_COLOR` (any value but the empty one) and `TERM=dumb` switch colours and redrawing off.
    ///   - isTerminal: whether standard error is a terminal.
    ///   - write: where text goes; standard error unless a test says otherwise.
    public init(
        verbosity: Verbosity = .normal,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        write: @escaping @Sendable (String) -> Void = { text in
            try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        }
    ) {
        self.verbosity = verbosity
        self.write = write
        let isDumb = environment["TERM"] == "dumb" || environment["TERM"] == nil
        isInteractive = isTerminal && !isDumb
        style = TextStyle(enabled: isInteractive && (environment["NO_COLOR"] ?? "").isEmpty)
    }

    /// Prints a diagnostic; quiet swallows warnings and notes.
    public func report(_ diagnostic: Diagnostic) {
        if verbosity == .quiet && diagnostic.severity != .error { return }
        line(diagnostic.rendered(colour: style.enabled))
    }

    /// Prints a line unless quiet.
    public func say(_ text: String) {
        if verbosity >= .normal { line(text) }
    }

    /// Prints a line when verbose.
    public func detail(_ text: String) {
        if verbosity >= .verbose { line(style.dim(text)) }
    }

    /// Where libraries report what they do. A step is shown once it has lasted for a second.
    public var activity: Activity {
        if verbosity == .quiet { return .silent }
        return Activity { [self] event in handle(event) }
    }

    private func line(_ text: String) {
        state.withLock { state in
            clear(&state)
            write(text + "\n")
        }
    }

    private func clear(_ state: inout State) {
        guard state.lineIsDrawn else { return }
        write("\r\u{1b}[K")
        state.lineIsDrawn = false
    }
}

extension Console {
    private func handle(_ event: Activity.Event) {
        switch event {
        case .began(let identifier, let title):
            state.withLock { $0.running.append(Running(identifier: identifier, title: title, started: .now)) }
            watch(identifier)
            if verbosity >= .verbose { line(style.dim("\(title) …")) }
        case .advanced(let identifier, let detail):
            state.withLock { state in
                guard let index = state.running.firstIndex(where: { $0.identifier == identifier }) else { return }
                state.running[index].detail = detail
            }
        case .ended(let identifier, let title, let duration, let failed):
            state.withLock { state in
                state.running.removeAll { $0.identifier == identifier }
                clear(&state)
                guard duration >= .seconds(1) || verbosity >= .verbose else { return }
                let mark = failed ? style.red("failed: ") : style.green("done: ")
                write("\(mark)\(title) (\(Readable.duration(duration)))\n")
            }
        case .noted(let text):
            say(text)
        }
    }

    /// Shows a step once it has lasted for a second, and again and again until it ends.
    private func watch(_ identifier: Int) {
        Task.detached(priority: .background) { [self] in
            try? await Task.sleep(for: .seconds(1))
            while draw(identifier) { try? await Task.sleep(for: .milliseconds(250)) }
        }
    }

    private func draw(_ identifier: Int) -> Bool {
        state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.identifier == identifier }) else { return false }
            let step = state.running[index]
            if !isInteractive {
                if !step.isAnnounced {
                    state.running[index].isAnnounced = true
                    write("\(step.title) …\n")
                }
                return false
            }
            // Only the innermost step draws, else the lines would flicker.
            guard index == state.running.count - 1 else { return true }
            let detail = step.detail.isEmpty ? "" : style.dim(" " + step.detail)
            let time = style.dim(" " + Readable.duration(.now - step.started))
            write("\r\u{1b}[K\(style.cyan("▸")) \(step.title)\(detail)\(time)")
            state.lineIsDrawn = true
            return true
        }
    }
}
