import ArgumentParser
import Foundation
import SiteBuilder
import Support
import Templates

/// `frond trace`: a picture of who ran when.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Draw the timeline of a program's contexts as a page.",
        usage: "frond trace --html [-o FILE] (TRACE | APP) [-- ARGS...]",
        discussion: """
            EXAMPLES:
              frond trace --html notes/ -o notes.html     run it in the reference runtime
              frond run --trace run.trace notes/          or draw what another run wrote
              frond trace --html run.trace -o run.html

            Each context (main, threads, greenlets) has a row: where it ran, whom it
            switched to or woke, and what it waited for and how long. The page needs
            nothing else.
            """)

    @Flag(help: "Make an HTML page (there is no other form yet).")
    var html = false

    @Option(name: .shortAndLong, help: "The page to write.", completion: .file())
    var output = "trace.html"

    @OptionGroup var common: AppOptions

    @OptionGroup var said: OutputOptions

    @Argument(help: "A file that --trace wrote, or an app.", completion: .file())
    var target: String

    @Argument(parsing: .postTerminator, help: "The app's arguments, after --.")
    var arguments: [String] = []

    /// Events in a page at most; more of them make no picture.
    private static let most = 200_000

    func validate() throws {
        if !html { throw ValidationError("Say --html: a page is what can be made of a trace.") }
    }

    func run() async throws {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: target, isDirectory: &isFolder)
        let text: String
        if isThere, !isFolder.boolValue, !target.hasSuffix(".py"), !target.hasSuffix(".toml") {
            do {
                text = String(decoding: try Data(contentsOf: URL(filePath: target)), as: UTF8.self)
            } catch {
                throw Diagnostic.unreadable(URL(filePath: target), error)
            }
        } else {
            text = try await traceOfApp()
        }
        var lines = Self.interesting(text.split(separator: "\n"))
        guard lines.contains(where: { $0.hasPrefix("create ") }) else {
            throw Diagnostic.input(
                "not-a-trace", "\(target) is not a trace: no context starts in it",
                hints: ["frond run --trace FILE writes one"])
        }
        if lines.count > Self.most {
            said.console.report(
                Diagnostic(
                    .warning, "trace-cut", "the trace has \(lines.count) events; the first \(Self.most) are drawn"))
            lines = Array(lines.prefix(Self.most))
        }
        let title = "Contexts of \(URL(filePath: target).standardizedFileURL.lastPathComponent)"
        let json = String(decoding: try JSONEncoder().encode(lines.map(String.init)), as: UTF8.self)
        let template = try Templates.find().text("trace/timeline.html")
        let page = template.replacing("{{title}}", with: Self.escaped(title))
            // Inside a data block, only `<` could end it.
            .replacing("{{trace}}", with: json.replacing("<", with: "\\u003c"))
        try AtomicFile.write(page, to: URL(filePath: output))
        said.console.say("\(output): \(lines.count) events")
    }

    /// Clock readings are most of a trace, and say nothing of who ran. Of them, only the last before each event that is not a
    /// call is left: it says when that was.
    private static func interesting(_ lines: [Substring]) -> [Substring] {
        let left = ["call wasi_snapshot_preview1.clock_time_get(", "call frond.trace("]
        var kept: [Substring] = []
        var time: Substring?
        for line in lines where !left.contains(where: line.hasPrefix) {
            if line.hasPrefix("call env.emscripten_get_now(") {
                time = line
                continue
            }
            if !line.hasPrefix("call "), let reading = time {
                kept.append(reading)
                time = nil
            }
            kept.append(line)
        }
        return kept
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }

    private func traceOfApp() async throws -> String {
        let cache = CacheDirectory()
        let (kit, project) = try await common.prepare(cache: cache, console: said.console) {
            try Project(target, packages: $0)
        }
        var app = project.app
        if !arguments.isEmpty { app.arguments = arguments }
        let final = app
        let assembled = try await said.console.activity.step("Preparing \(app.name)") { step in
            try await AppAssembler(kit: kit, cache: cache, runner: Engine.runner(cache: cache))
                .assemble(final) { step.advance($0) }
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "frond-\(UUID().uuidString).trace")
        defer { try? FileManager.default.removeItem(at: file) }
        let status = try ReferenceRun(
            module: assembled.module, image: assembled.image, arguments: app.commandLine,
            environment: app.environment, trace: file
        ).run()
        if status != 0 { said.console.say("the program ended with status \(status)") }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
