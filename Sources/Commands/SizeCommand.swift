import ArgumentParser
import Foundation
import SiteBuilder
import Support

/// `frond size`: who takes how much of a site.
struct SizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size",
        abstract: "Say what a site consists of, raw and as it is sent.",
        discussion: """
            EXAMPLES:
              frond size notes/
              frond size notes/ --depth 3
              frond size notes/ --html size.html     a treemap to look at
              frond size notes/ --json

            The Brotli size of a file of the site is exact. Inside a file, shares are
            estimates: each part compressed alone, scaled so that they add up.
            """)

    @Argument(help: "The app: a folder or a .py file.", completion: .file())
    var app = "."

    @Option(help: "How many levels of the table to print.")
    var depth = 2

    @Flag(help: "Print everything as JSON.")
    var json = false

    @Option(help: "Also write a page with a treemap to this file.", completion: .file())
    var html: String?

    @Flag(help: "Compress quickly; all figures become larger.")
    var fast = false

    @OptionGroup var common: AppOptions

    @OptionGroup var said: OutputOptions

    func validate() throws {
        if depth < 1 { throw ValidationError("--depth must be at least 1.") }
    }

    func run() async throws {
        let console = said.console
        let cache = CacheDirectory()
        let (kit, project) = try await common.prepare(cache: cache, console: console) { try Project(app, packages: $0) }
        let report = try await console.activity.step("Measuring \(project.app.name)") { step in
            try await SiteBuilder(kit: kit, runner: Engine.runner(cache: cache))
                .sizes(of: project.app, cache: cache, effort: fast ? .fast : .best) { step.advance($0) }
        }
        if let html {
            let page = try report.page(title: project.app.title)
            try AtomicFile.write(Array(page.utf8), to: URL(filePath: html))
        }
        if json {
            try printJSON(report)
        } else {
            print(right("sent", 10) + right("raw", 10))
            row(report.site, level: 0)
            if report.start < report.site.brotli {
                print("until the program has started: \(Readable.bytes(report.start)) sent")
            }
            print("Python core (module and standard library): \(Readable.bytes(report.pythonCore)) sent")
        }
    }

    private func row(_ part: SizeReport.Part, level: Int) {
        let name = String(repeating: "  ", count: level + 1) + part.name
        print(right(Readable.bytes(part.brotli), 10) + right(Readable.bytes(part.size), 10) + name)
        if level < depth { for inner in part.parts { row(inner, level: level + 1) } }
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
