import ArgumentParser
import Foundation
import SiteBuilder
import Support

/// `frond check`: what of an app can't work in a browser, before anything is built.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find what can't work in a browser, before building.",
        discussion: """
            EXAMPLES:
              frond check notes/
              frond check notes/ --format github     annotations of a pull request
              frond check notes/ --format json

            Reads the app's own sources with the browser's Python and looks for a
            usable wheel of every dependency. A comment # frond: ignore[FROND111] on
            the line of a finding hides it. Status 2 when there is an error (with
            --strict, also a warning), else 0. docs/check.md explains the codes.
            """)

    /// How findings are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, github
    }

    @Argument(help: "The app: a folder or a .py file.", completion: .file())
    var app = "."

    @Option(help: "How to print findings: text, json or github.")
    var format: Format = .text

    @Flag(help: "Let warnings count as errors do.")
    var strict = false

    @Flag(help: "Use no network; dependencies are not looked at unless they are locked.")
    var offline = false

    @OptionGroup var said: OutputOptions

    func run() async throws {
        let console = said.console
        let cache = CacheDirectory()
        let kit = try await KitProvider(cache: cache, activity: console.activity, offline: offline).kit {
            _ = try Project(app, needsEntry: false, packages: $0)
        }
        let project = try Project(app, needsEntry: false, packages: kit.packages)
        var findings: [CheckFinding] = []
        if !project.isSelfContained {
            let problems = try await Dependencies(
                kit: kit, cache: cache, activity: console.activity, offline: offline
            ).problems(of: project)
            findings += problems.map { finding(for: $0, in: project) }
        }
        findings += try await console.activity.step("Checking \(project.app.name)") { _ in
            try await AppAssembler(kit: kit, cache: cache, runner: Engine.runner(cache: cache)).check(project.app)
        }.map { finding in
            var finding = finding
            finding.path = project.app.folder.appending(path: finding.path).relativeToCurrentFolder
            return finding
        }
        let errors = findings.count { $0.severity == .error }
        try show(findings, errors: errors)
        if errors > 0 || strict && !findings.isEmpty { throw ExitCode(2) }
    }

    private func show(_ findings: [CheckFinding], errors: Int) throws {
        switch format {
        case .json:
            try printJSON(
                CheckSummary(findings: findings, errors: errors, warnings: findings.count - errors))
        case .github:
            for finding in findings { print(finding.githubCommand) }
        case .text:
            for finding in findings { print(finding.text) }
            let warnings = findings.count - errors
            said.console.say(
                findings.isEmpty
                    ? "nothing found that can't work in a browser"
                    : "\(Readable.count(errors, "error")), \(Readable.count(warnings, "warning"))")
        }
    }

    /// A dependency's problem, at the line that asks for it when one does.
    private func finding(for problem: Diagnostic, in project: Project) -> CheckFinding {
        let text = (try? String(contentsOfFile: project.origin, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let name = problem.message.prefix { $0 != " " }
        let index =
            lines.firstIndex { $0.lowercased().contains("\"\(name.lowercased())") || $0.hasPrefix(name) }
            ?? lines.firstIndex { $0.contains("dependencies") } ?? 0
        return CheckFinding(
            path: project.origin, line: index + 1, column: 1,
            code: problem.identifier == "lock-no-wheel" ? "FROND101" : "FROND103", severity: .error,
            message: ([problem.message] + problem.notes).joined(separator: ". "), hint: problem.hints.first ?? "")
    }
}

/// What `frond check --format json` prints.
private struct CheckSummary: Encodable {
    var findings: [CheckFinding]
    var errors: Int
    var warnings: Int
}

extension CheckFinding {
    /// As compilers print it.
    package var text: String {
        let first = "\(path):\(line):\(column): \(severity.rawValue)[\(code)]: \(message)"
        return hint.isEmpty ? first : first + "\n  hint: \(hint)"
    }

    /// A workflow command; what would end it is escaped.
    package var githubCommand: String {
        func escaped(_ text: String, property: Bool) -> String {
            var text = text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
            if property { text = text.replacing(":", with: "%3A").replacing(",", with: "%2C") }
            return text
        }
        let place = "file=\(escaped(path, property: true)),line=\(line),col=\(column),title=\(code)"
        return "::\(severity.rawValue) \(place)::\(escaped(message, property: false))"
    }
}

extension URL {
    /// The path as one would write it here.
    fileprivate var relativeToCurrentFolder: String {
        let here = FileManager.default.currentDirectoryPath + "/"
        let path = standardizedFileURL.path
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
