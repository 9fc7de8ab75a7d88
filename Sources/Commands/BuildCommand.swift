import ArgumentParser
import Foundation
import SiteBuilder
import Support

/// `frond build`: an app becomes a folder of static files.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the static site of an app.",
        usage: "frond build [OPTIONS] APP",
        discussion: """
            EXAMPLES:
              frond build notes/ -o dist
              frond build notes/ -o dist --base /notes/   for a site in a folder of
                                                          its host
              frond build tool.py -o dist --json

            The folder is replaced in one step when everything worked. One that is
            neither empty nor a site of Frond's is left alone.
            """)

    @Argument(help: "The app: a folder or a .py file.", completion: .file())
    var app: String

    @Option(name: .shortAndLong, help: "The folder that becomes the site.", completion: .directory)
    var output = "dist"

    @Option(help: "The path at which the site will lie on its host.")
    var base = "/"

    @Option(
        help: ArgumentHelp("An HTML page to put the app into, instead of [tool.frond] page.", valueName: "FILE"),
        completion: .file(extensions: ["html"]))
    var page: String?

    @Flag(help: "Compress quickly instead of well (for trying things out).")
    var fast = false

    @Flag(
        inversion: .prefixedNo,
        help: "Send first what the program reads when it starts, the rest afterwards (default: yes, not with --fast).")
    var split: Bool?

    @Option(help: "Also write the linker's map (what is in app.wasm, and why) to this file.", completion: .file())
    var map: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup var common: AppOptions

    @OptionGroup var said: OutputOptions

    func run() async throws {
        let console = said.console
        let base = try BasePath(base)
        let cache = CacheDirectory()
        let (kit, project) = try await common.prepare(cache: cache, console: console) {
            var project = try Project(app, packages: $0)
            if let page { project.app.page = URL(filePath: page).path }
            return project
        }
        var options = BuildOptions(
            output: URL(filePath: output), base: base, effort: fast ? .fast : .best, cache: cache)
        if let split { options.splits = split }
        let report = try await console.activity.step("Building \(project.app.name)") { step in
            try await SiteBuilder(kit: kit, runner: Engine.runner(cache: cache))
                .build(project.app, options: options) { step.advance($0) }
        }
        report.warnings.forEach(console.report)
        if let map { try AtomicFile.write(try Data(contentsOf: report.map), to: URL(filePath: map)) }
        for (path, reason) in report.omissions { console.detail("left out: \(path) (\(reason))") }
        console.detail(
            report.noPreload.map { "no snapshot for the next visit: \($0)" }
                ?? "\(report.bringsSnapshot ? "every" : "the next") visit starts from a snapshot with"
                + " \(report.preloadedModules) modules")
        if json {
            try printJSON(BuildSummary(report))
        } else {
            console.say("\(output): built in \(Readable.duration(report.duration))\n\(report.summary)")
        }
    }
}

/// What `frond build --json` prints. Sizes are bytes, durations seconds.
private struct BuildSummary: Encodable {
    struct File: Encodable {
        var path: String
        var size: Int
        var transferSize: Int
    }

    struct Omission: Encodable {
        var path: String
        var reason: String
    }

    struct Warning: Encodable {
        var identifier: String
        var message: String
    }

    var output: String
    var seconds: Double
    var transferSize: Int
    var laterSize: Int
    var preloadedModules: Int
    var files: [File]
    var omitted: [Omission]
    var warnings: [Warning]

    init(_ report: BuildReport) {
        output = report.output.path
        seconds = (report.duration.inSeconds * 1000).rounded() / 1000
        transferSize = report.transferSize
        laterSize = report.laterSize
        preloadedModules = report.preloadedModules
        files = report.files.map { File(path: $0.path, size: $0.size, transferSize: $0.transferSize) }
        omitted = report.omissions.map { Omission(path: $0.path, reason: $0.reason) }
        warnings = report.warnings.map { Warning(identifier: $0.identifier, message: $0.message) }
    }
}
