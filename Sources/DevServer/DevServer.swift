import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Support

/// Serves a built site on this machine, for development and for tests.
///
/// It listens on 127.0.0.1 only and answers requests that name this machine only (a page elsewhere that points a name of
/// its own at 127.0.0.1 gets nothing). It reads files below the site's folder only, and never through links.
public final class DevServer: Sendable {
    /// How to serve.
    public struct Options: Sendable {
        /// The port; 0 lets the system choose a free one.
        public var port: Int
        /// Where the site lies, with a slash at both ends; as in its `--base`.
        public var base: String
        /// Which host to behave like.
        public var manner: ServerManner
        /// Whether pages get a script that loads them again on `reload()`.
        public var liveReload: Bool
        /// Addresses that the server answers by itself.
        public var routes: [Route]

        /// Chooses options.
        public init(
            port: Int = 0, base: String = "/", manner: ServerManner = .negotiating, liveReload: Bool = false,
            routes: [Route] = []
        ) {
            self.port = port
            self.base = base
            self.manner = manner
            self.liveReload = liveReload
            self.routes = routes
        }
    }

    private let options: Options
    private let responder: SiteResponder
    private let reloads = LiveReload()
    private let running = Running()

    /// Makes a server for a folder; nothing happens before `start()` or `run()`.
    public init(root: URL, options: Options = Options()) {
        self.options = options
        let site = StaticSite(
            root: root.path, base: options.base, manner: options.manner,
            injection: options.liveReload ? LiveReload.injection : nil)
        responder = SiteResponder(site: site, routes: options.routes, reloads: options.liveReload ? reloads : nil)
    }

    /// Starts the server and returns the address of the site once it answers.
    ///
    /// - Throws: `Diagnostic` (`port-in-use`, `port-not-allowed`) when the port can't be had.
    public func start() async throws -> URL {
        let (started, announce) = AsyncThrowingStream.makeStream(of: Int.self)
        var logger = Logger(label: "frond.server")
        logger.logLevel = .critical
        let application = Application(
            responder: responder,
            configuration: .init(address: .hostname("127.0.0.1", port: options.port), serverName: nil),
            onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) },
            logger: logger)
        let port = options.port
        let task = Task {
            do {
                try await application.run()
                announce.finish()
            } catch {
                announce.finish(throwing: Self.diagnostic(for: error, port: port))
            }
        }
        let heartbeat = Task { [reloads] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(10))
                await reloads.keepAlive()
            }
        }
        await running.set([task, heartbeat])
        for try await port in started {
            guard let address = URL(string: "http://127.0.0.1:\(port)\(options.base)") else { break }
            return address
        }
        throw Diagnostic(.error, "server-failed", "the server ended before it answered")
    }

    /// Stops the server and every connection to it.
    public func stop() async {
        await reloads.finish()
        await running.cancel()
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: told the address once the server answers.
    public func run(onReady: (URL) async -> Void = { _ in }) async throws {
        let address = try await start()
        await onReady(address)
        await withTaskCancellationHandler {
            await running.wait()
        } onCancel: {
            Task { await self.stop() }
        }
    }

    /// Makes open pages load themselves again.
    public func reload() async {
        await reloads.send("reload")
    }

    /// Shows a problem in the console of open pages.
    public func report(_ problem: String) async {
        let data = (try? JSONEncoder().encode(problem)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        await reloads.send("problem", data: data)
    }

    private static func diagnostic(for error: any Error, port: Int) -> any Error {
        guard let failure = error as? IOError else { return error }
        switch failure.errnoCode {
        case EADDRINUSE:
            return Diagnostic.input(
                "port-in-use", "port \(port) is in use by another program",
                hints: ["choose another one with --port, or --port 0 for any free one"])
        case EACCES:
            return Diagnostic.input(
                "port-not-allowed", "port \(port) needs rights that this user does not have",
                hints: ["choose a port from 1024 on"])
        default: return error
        }
    }
}

/// The tasks of a started server.
private actor Running {
    private var tasks: [Task<Void, Never>] = []

    func set(_ tasks: [Task<Void, Never>]) { self.tasks = tasks }

    func cancel() async {
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        tasks = []
    }

    func wait() async { await tasks.first?.value }
}
