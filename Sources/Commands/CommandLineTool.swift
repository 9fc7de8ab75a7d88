import ArgumentParser
import Foundation
import Support
import Templates

/// The command line as a function: the one place that turns errors into text and exit statuses.
///
/// | status | meaning |
/// |---|---|
/// | 0 | done |
/// | 1 | the work failed: the network, the disk, a tool, a bug |
/// | 2 | what was given is wrong: arguments, the app, its settings |
/// | 130 | interrupted |
/// | other | `frond run`: the program's own status |
public enum CommandLineTool {
    /// Runs a command and says how it ended.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [String]) async -> Int32 {
        // A reader that goes away (`frond build --json | head -1`) is no reason for a crash report.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try FrondCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        let console = Console()
        switch error {
        case let status as ExitCode:
            return status.rawValue
        case let diagnostic as Diagnostic:
            console.report(diagnostic)
            return diagnostic.exitStatus
        case let diagnostics as Diagnostics:
            for diagnostic in diagnostics.all { console.report(diagnostic) }
            return diagnostics.exitStatus
        case let error as TemplatesError:
            console.report(Diagnostic(.error, "templates-missing", error.description))
            return 1
        case is CancellationError:
            return 130
        default:
            break
        }
        let message = FrondCommand.fullMessage(for: error)
        switch FrondCommand.exitCode(for: error) {
        case .success:  // --help, --version and the completion script are thrown as errors
            print(message)
            return 0
        case .validationFailure:
            try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
            return 2
        default:
            console.report(
                Diagnostic(
                    .error, "unexpected", systemReason(of: error), notes: ["this is a bug in Frond; please report it"]))
            return 1
        }
    }
}
