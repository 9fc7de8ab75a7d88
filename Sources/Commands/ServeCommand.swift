import ArgumentParser
import DevServer
import Foundation
import SiteBuilder
import Support

/// `frond serve`: builds an app, serves it on this machine, and builds it again when it changes.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Build an app and serve it on this machine.",
        usage: "frond serve [OPTIONS] [APP]",
        discussion: """
            EXAMPLES:
              frond serve notes/ --open
              frond serve notes/ --port 0 --no-watch
              frond serve notes/ --like github-pages --base /notes/

            Serves on 127.0.0.1 until Ctrl-C. A change of the app's files builds the
            site again and reloads the pages that are open. A folder that frond build
            made is served as it is.
            """)

    @Argument(help: "The app: a folder or a .py file.", completion: .file())
    var app = "."

    @Option(help: "The port; 0 takes any free one.")
    var port = 8000

    @Flag(help: "Open the site in the browser.")
    var open = false

    @Option(help: "Behave like a host: negotiating or github-pages.")
    var like: ServerManner = .negotiating

    @Option(help: "The path at which the site lies.")
    var base = "/"

    @Flag(inversion: .prefixedNo, help: "Build again when the app's files change.")
    var watch = true

    @OptionGroup var common: AppOptions

    @OptionGroup var said: OutputOptions

    func validate() throws {
        if !(0...65535).contains(port) { throw ValidationError("--port must be from 0 to 65535.") }
    }

    func run() async throws {
        let console = said.console
        let folder = URL(filePath: app).standardizedFileURL
        if SiteMarker.isSite(folder) {
            try await serve(folder, base: try BasePath(base), console, rebuilding: nil)
            return
        }
        let temporary = FileManager.default.temporaryDirectory.appending(path: "frond-serve-\(getpid())")
        defer { try? FileManager.default.removeItem(at: temporary) }
        let builder = Builder(
            app: app, common: common, console: console,
            options: BuildOptions(
                output: temporary.appending(path: "site"), base: try BasePath(base), effort: .fast,
                cache: CacheDirectory()))
        try await builder.build()
        try await serve(
            builder.options.output, base: builder.options.base, console, rebuilding: watch ? builder : nil)
    }

    /// Serves a site until Ctrl-C.
    private func serve(
        _ site: URL, base: BasePath, _ console: Console, rebuilding builder: Builder?
    ) async throws {
        let server = DevServer(
            root: site,
            options: .init(port: port, base: base.description, manner: like, liveReload: builder != nil))
        try await withTermination {
            let address = try await server.start()
            // Said even when quiet: with --port 0 nobody could know it otherwise.
            Console().say("serving \(app) at \(address.absoluteString) (Ctrl-C ends it)")
            if open { await Self.openBrowser(address, console) }
            guard let builder else {
                try await Task.sleep(for: .seconds(Int(Int32.max)))
                return
            }
            for await changed in FileWatcher(builder.watched, ignoring: Self.isUninteresting).changes() {
                await rebuild(changed, builder, server, console)
            }
        }
        await server.stop()
    }

    private func rebuild(
        _ changed: Set<String>, _ builder: Builder, _ server: DevServer, _ console: Console
    ) async {
        let name = changed.sorted().first.map { URL(filePath: $0).lastPathComponent } ?? "something"
        console.say(
            "\(name)\(changed.count > 1 ? " and \(changed.count - 1) more" : "") changed, building again")
        do {
            try await builder.build()
            await server.reload()
        } catch let problem as Diagnostic {
            console.report(problem)
            await server.report(problem.description)
        } catch let problems as Diagnostics {
            problems.all.forEach(console.report)
            await server.report(problems.all.map(\.description).joined(separator: "\n"))
        } catch {
            console.report(Diagnostic(.error, "unexpected", systemReason(of: error)))
        }
    }

    /// What editors, version control and Python itself write without the app changing.
    private static func isUninteresting(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last else { return false }
        return name.hasPrefix(".") || name.hasSuffix("~") || name == "__pycache__" || name == "node_modules"
            || name.hasSuffix(".egg-info") || name == "pylock.toml"
    }

    private static func openBrowser(_ address: URL, _ console: Console) async {
        #if os(macOS)
            let program = "open"
        #else
            let program = "xdg-open"
        #endif
        let result = try? await ChildProcess(program, [address.absoluteString]).collect(timeout: .seconds(10))
        if result?.status != 0 {
            console.report(Diagnostic(.warning, "open-failed", "\(program) could not open the browser"))
        }
    }
}

/// Builds the site once or many times, always looking at the project anew.
private struct Builder: Sendable {
    let app: String
    let common: AppOptions
    let console: Console
    let options: BuildOptions

    var watched: [URL] { [URL(filePath: app).standardizedFileURL] }

    func build() async throws {
        let (kit, project) = try await common.prepare(cache: options.cache, console: console) {
            try Project(app, packages: $0)
        }
        let report = try await console.activity.step("Building \(project.app.name)") { step in
            try await SiteBuilder(kit: kit, runner: Engine.runner(cache: options.cache))
                .build(project.app, options: options) { step.advance($0) }
        }
        report.warnings.forEach(console.report)
    }
}

/// Runs `body` and cancels it on Ctrl-C or a request to end, so that what it started is cleaned up.
private func withTermination(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let signals = [SIGINT, SIGTERM]
    signals.forEach { signal($0, SIG_IGN) }
    let task = Task { try await body() }
    let sources = signals.map { number in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { task.cancel() }
        source.activate()
        return source
    }
    defer { sources.forEach { $0.cancel() } }
    do {
        try await task.value
    } catch is CancellationError {
        return
    }
}

extension ServerManner: ExpressibleByArgument {}
