import DevServer
import Foundation
import Support

/// Plays checks in a browser: starts it, headless and with a profile of its own, on a page of our server that asks for one
/// check after the other. No driver is needed.
package actor BrowserPlayer: Player {
    nonisolated package let name: String
    nonisolated package let version: String
    private let executable: URL
    private let templates: URL
    private let limit: Int
    private var server: DevServer?
    private var browser: Task<String?, Never>?
    private let folder: URL
    private var waitingPage: CheckedContinuation<Route.Response, Never>?
    private var waitingJob: Job?
    private var result: CheckedContinuation<Play, Never>?
    private var program: VerifiedProgram?
    private var hasFinished = false

    /// - Parameters:
    ///   - name: `chromium` or `firefox`.
    ///   - templates: the folder `verify` of the templates.
    ///   - limit: seconds after which a check is given up.
    package init(name: String, version: String, executable: URL, templates: URL, limit: Int) {
        self.name = name
        self.version = version
        self.executable = executable
        self.templates = templates
        self.limit = limit
        folder = FileManager.default.temporaryDirectory.appending(path: "frond-verify-\(UUID().uuidString)")
    }

    package func play(_ check: Check, of program: VerifiedProgram, atMost events: Int) async throws -> Play {
        if server == nil { try await start(program) }
        let job = Job(glue: "/glue.mjs", wasm: "/app.wasm", image: "/files.img", check: Job.Check(check), most: events)
        let deadline = Task { [limit, name] in
            try await Task.sleep(for: .seconds(limit))
            self.give(Play(trace: Trace(), status: -1, failure: "\(name) did not answer within \(limit) s"))
        }
        defer { deadline.cancel() }
        return await withCheckedContinuation { continuation in
            result = continuation
            if let page = waitingPage {
                waitingPage = nil
                page.resume(returning: Self.response(job))
            } else {
                waitingJob = job
            }
        }
    }

    package func finish() async {
        hasFinished = true
        waitingPage?.resume(returning: Route.Response(status: 204))
        waitingPage = nil
        browser?.cancel()
        _ = await browser?.value
        await server?.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private func start(_ program: VerifiedProgram) async throws {
        let site = folder.appending(path: "site")
        let profile = folder.appending(path: "profile")
        for place in [site, profile] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        let parts = [
            (program.module, "app.wasm"), (program.image, "files.img"), (program.glue, "glue.mjs"),
            (templates.appending(path: "page.html"), "index.html"), (templates.appending(path: "page.mjs"), "page.mjs"),
            (templates.appending(path: "play.mjs"), "play.mjs"), (templates.appending(path: "world.mjs"), "world.mjs"),
            (templates.appending(path: "worker.mjs"), "worker.mjs"),
        ]
        for (from, name) in parts { try FileManager.default.copyItem(at: from, to: site.appending(path: name)) }
        let server = DevServer(
            root: site,
            options: .init(routes: [
                Route(method: "POST", path: "/verify/next") { _ in await self.nextJob() },
                Route(method: "POST", path: "/verify/result") { request in
                    await self.give(Job.play(request.body, failure: nil))
                    return Route.Response(status: 204)
                },
            ]))
        self.server = server
        let address = try await server.start()
        var arguments: [String]
        if name == "firefox" {
            let preferences = """
                user_pref("browser.shell.checkDefaultBrowser", false);
                user_pref("datareporting.policy.dataSubmissionEnabled", false);
                user_pref("browser.aboutwelcome.enabled", false);
                user_pref("app.update.enabled", false);

                """
            try Data(preferences.utf8).write(to: profile.appending(path: "user.js"))
            arguments = ["--headless", "--no-remote", "--profile", profile.path]
        } else {
            arguments = [
                "--headless=new", "--user-data-dir=\(profile.path)", "--no-first-run", "--disable-gpu",
                "--disable-extensions", "--disable-background-networking", "--disable-dev-shm-usage",
            ]
            // Chromium's sandbox does not work for root; what runs here is the user's own app.
            if getuid() == 0 { arguments.append("--no-sandbox") }
        }
        arguments.append(address.absoluteString)
        let process = ChildProcess(
            executable.path, arguments, environment: ["HOME": folder.path, "TZ": "UTC", "MOZ_HEADLESS": "1"])
        browser = Task { [name] in
            let ended = try? await process.collect()
            let said = ended?.errorText.split(separator: "\n").suffix(5).joined(separator: "\n") ?? ""
            let message = "\(name) ended before the check did\(said.isEmpty ? "" : ":\n\(said)")"
            if !Task.isCancelled { self.give(Play(trace: Trace(), status: -1, failure: message)) }
            return message
        }
    }

    private func nextJob() async -> Route.Response {
        if hasFinished { return Route.Response(status: 204) }
        if let job = waitingJob {
            waitingJob = nil
            return Self.response(job)
        }
        return await withCheckedContinuation { waitingPage = $0 }
    }

    private func give(_ play: Play) {
        result?.resume(returning: play)
        result = nil
    }

    private static func response(_ job: Job) -> Route.Response {
        Route.Response(contentType: "application/json", body: Array((try? JSONEncoder().encode(job)) ?? Data()))
    }
}
