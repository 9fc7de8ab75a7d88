import ArgumentParser
import Foundation
import SiteBuilder
import Support
import Templates
import Verification

extension ReportFormat: ExpressibleByArgument {}

/// `frond verify`: holds a site and its program against the rules, and against the reference runtime.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a site, and run the app's own checks in every engine.",
        usage: "frond verify [OPTIONS] [APP | SITE]",
        discussion: """
            EXAMPLES:
              frond verify notes/                       build it, check it, run its checks
              frond verify dist --checks pyproject.toml check a site that was built
              frond verify notes/ --engine reference,node,firefox
              frond verify notes/ --format junit > report.xml

            Looks at the site's files first: hashes, compressed forms, module, imports,
            glue, pages, policy. Then runs the checks of [tool.frond.verify] (without
            any, the app itself) in the reference runtime, which is part of this
            command, and in the engines that are asked for, and compares what they do
            event by event. docs/verify.md says what that proves and what not.

            Ends with status 0 when all is well, 1 when something failed, 2 when what
            was given is wrong.
            """)

    @Argument(help: "An app, or a site that frond build made.", completion: .file())
    var target = "."

    @Option(
        help: ArgumentHelp(
            "Where to run the checks: reference, node, deno, chromium, firefox (default: reference).",
            valueName: "engines"))
    var engine = "reference"

    @Option(help: "Take the checks from this pyproject.toml.", completion: .file())
    var checks: String?

    @Option(help: "How to report: text, json, junit or github.")
    var format: ReportFormat = .text

    @Option(help: "Seconds that one check may take in one engine.")
    var timeout = 300

    @OptionGroup var common: AppOptions

    @OptionGroup var said: OutputOptions

    private static let names = ["reference", "node", "deno", "chromium", "firefox"]

    func validate() throws {
        if timeout < 1 { throw ValidationError("--timeout must be at least 1.") }
    }

    func run() async throws {
        let console = said.console
        let players = try await players()
        let temporary = FileManager.default.temporaryDirectory.appending(path: "frond-verify-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: temporary) }
        let url = URL(filePath: target)
        var settings = VerifySettings()
        let site: SiteFolder
        if SiteMarker.isSite(url) {
            site = try SiteFolder(url, name: target)
        } else {
            let folder = temporary.appending(path: "site")
            let cache = CacheDirectory()
            let (kit, project) = try await common.prepare(cache: cache, console: console) {
                try Project(target, packages: $0)
            }
            let options = BuildOptions(output: folder, base: .root, effort: .fast, cache: cache)
            let report = try await console.activity.step("Building \(project.app.name)") { step in
                try await SiteBuilder(kit: kit, runner: Engine.runner(cache: cache))
                    .build(project.app, options: options) { step.advance($0) }
            }
            report.warnings.forEach(console.report)
            settings = project.verify
            site = try SiteFolder(folder, name: target)
        }
        if let checks { settings = try Self.settings(checks) }
        settings.port = settings.port ?? site.port

        var findings: [Finding] = []
        let prints = format == .text && !said.quiet
        func tell(_ finding: Finding) {
            findings.append(finding)
            if prints || format == .text && finding.outcome == .failed { print(ReportFormat.line(finding)) }
        }
        try SiteChecks(site).run(tell: tell)
        let runner = CheckRunner(
            players: players, program: try site.program(joined: temporary.appending(path: "files.img")))
        do {
            for check in settings.checks(
                command: site.command, environment: site.environment, directory: site.directory,
                isServer: site.isServer)
            {
                try await console.activity.step("Running \(check.name)") { _ in try await runner.run(check, tell: tell)
                }
            }
        } catch {
            for player in players { await player.finish() }
            throw error
        }
        for player in players { await player.finish() }
        try report(findings)
        if findings.contains(where: { $0.outcome == .failed }) { throw ExitCode(1) }
    }

    private func report(_ findings: [Finding]) throws {
        let failures = findings.count { $0.outcome == .failed }
        switch format {
        case .text:
            if !said.quiet { print("\(findings.count) findings, \(failures) failed") }
        case .json:
            try printJSON(Report(target: target, failed: failures, findings: findings))
        case .junit, .github:
            let text = format.text(findings)
            if !text.isEmpty { print(text) }
        }
    }

    private struct Report: Encodable {
        var target: String
        var failed: Int
        var findings: [Finding]
    }

    /// The checks of a `pyproject.toml` that is given apart from the site.
    private static func settings(_ path: String) throws -> VerifySettings {
        let root = try TOMLDocument(reading: URL(filePath: path), name: path).root
        guard let section = try root.section("tool")?.section("frond") else { return VerifySettings() }
        return try FrondSettings(section).verify
    }

    private func players() async throws -> [any Player] {
        let environment = ProcessInfo.processInfo.environment
        let cache = CacheDirectory()
        let templates = try Templates.find().folder.appending(path: "verify")
        let asked = engine.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if let unknown = asked.first(where: { !Self.names.contains($0) }) ?? (asked.isEmpty ? "" : nil) {
            throw Diagnostic.input(
                "engine-unknown", "there is no engine \"\(unknown)\"",
                hints: [
                    NearestMatch.of(unknown, among: Self.names).map { "did you mean \($0)?" }
                        ?? "known: \(Self.names.joined(separator: ", "))"
                ])
        }
        var players: [any Player] = []
        // In this order, whatever the order of asking: the reference is what the others are held against.
        for name in Self.names where asked.contains(name) {
            switch name {
            case "reference": players.append(ReferencePlayer(limit: timeout))
            case "node", "deno":
                let kind: EngineKind = name == "node" ? .node : .deno
                let found = try await Engine.find(kind, environment: environment, cache: cache)
                players.append(
                    EnginePlayer(
                        name: name, version: found.version, executable: found.executable, options: kind.options,
                        templates: templates, limit: timeout))
            default:
                let programs = name == "firefox" ? ["firefox", "firefox-esr"] : ["chromium", "google-chrome"]
                let given = environment["FROND_\(name.uppercased())"].map { [$0] } ?? []
                guard
                    let file = (given + programs).lazy.compactMap({
                        ChildProcess.find($0, environment: environment)
                    }).first
                else {
                    throw Diagnostic(
                        .error, "engine-missing", "there is no \(name)",
                        hints: ["install it, or set FROND_\(name.uppercased()) to it"])
                }
                players.append(
                    BrowserPlayer(
                        name: name, version: "", executable: file, templates: templates, limit: timeout))
            }
        }
        return players
    }
}
