import DevServer
import Foundation
import Support
import TestSupport
import Testing

/// All tests that need the whole product: one after the other, because each may start a browser.
///
/// They want what `make test` installs: the runtime kit, Node, Chromium and Firefox. Nothing is skipped when something
/// is missing; the failure says what.
@Suite(.serialized) enum EndToEnd {}

/// Where the built command is, and what tests do with it.
enum Workshop {
    /// The folder of this package.
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// The folder of the small apps that only tests have.
    static let apps = package.appending(path: "Tests/EndToEnd/Apps")
    /// The example of the documentation.
    static let greenlets = package.appending(path: "Examples/greenlets")
    /// Pictures of pages, for people to look at.
    static let screenshots = package.appending(path: ".build/screenshots")

    /// The command that was built together with these tests.
    static let frond = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "frond")
    private static let tools = CacheDirectory().tools.appending(path: "bin")
    private static let host = ProcessInfo.processInfo.environment

    /// Node; see `Engine`.
    static let node = Engine.node.path ?? "node"
    /// A native Python with greenlet: `FROND_PYTHON`, or that of the tools.
    static let python = host["FROND_PYTHON"] ?? tools.appending(path: "python3").path

    /// Runs `frond`; a temporary folder is the current one unless something else is given.
    static func frond(
        _ arguments: [String], input: String = "", in folder: URL? = nil, environment: [String: String?] = [:],
        timeout: Duration = .seconds(120)
    ) async throws -> ChildProcess.Result {
        try await ChildProcess(
            frond.path, arguments, in: folder ?? FileManager.default.temporaryDirectory,
            environment: environment.merging(["FROND_NODE": node]) { given, _ in given }
        ).collect(input: Array(input.utf8), timeout: timeout)
    }

    /// Calls `body` with an empty folder that is removed afterwards.
    static func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-e2e-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }
}

/// A site that is built once for all tests of it, and served while one of them looks at it.
actor Sites {
    static let shared = Sites()
    private var built: [String: URL] = [:]

    /// The built site of an app.
    func site(_ app: URL, splits: Bool = false) async throws -> URL {
        let name = app.lastPathComponent + (splits ? ".split" : "")
        let key = "\(app.path) \(splits)"
        if let site = built[key] { return site }
        let site = Workshop.package.appending(path: ".build/sites/\(name)")
        let result = try await Workshop.frond(
            ["build", app.path, "-o", site.path, "--fast", "--quiet"] + (splits ? ["--split"] : []))
        try result.requireSuccess("frond build \(name)")
        built[key] = site
        return site
    }
}

/// A visitor of a site: a script of this folder that uses a real browser.
enum Visitor {
    /// Serves a site while a script visits it.
    ///
    /// - Parameters:
    ///   - script: its name; it gets the browser's name, the address and where to put a picture.
    ///   - picture: the picture's name without the browser's.
    static func visit(
        _ site: URL, script: String, in browser: Browser, base: String = "/", picture: String
    ) async throws -> ChildProcess.Result {
        try FileManager.default.createDirectory(at: Workshop.screenshots, withIntermediateDirectories: true)
        let server = DevServer(root: site, options: .init(port: 0, base: base))
        let address = try await server.start()
        let file = Workshop.package.appending(path: "Tests/EndToEnd/\(script)").path
        let image = Workshop.screenshots.appending(path: "\(picture)-\(browser).png").path
        do {
            let result = try await ChildProcess(
                Workshop.node, [file, browser.rawValue, address.absoluteString, image]
            ).collect(timeout: .seconds(280))
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}

/// A real browser without a window.
enum Browser: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case chromium, firefox

    var testDescription: String { rawValue }

    /// What a page showed in the end.
    struct Result: Decodable {
        var ok: Bool
        var values: [Double?]
        var state: String?
        var status: Int?
        /// What the program printed and what was typed.
        var text: String?
        /// What the whole page says.
        var page: String?
        var times: [String: Double]?
        var console: [String]
        var error: String?
    }

    /// One thing to do in the page; Scripts/browser/drive.mjs knows them.
    enum Step {
        case preload(String)
        case state(String)
        case text(String)
        /// Clicks into the terminal's line, and types.
        case type(String)
        /// Clicks into the terminal's line, and presses Ctrl-C.
        case interrupt
        case evaluate(String)
        case until(String)
        case pause(milliseconds: Int)
        case screenshot(String)
        case reload

        fileprivate var json: [[String: Any]] {
            // A headless browser has no mouse, and so the page does not take the focus by itself.
            let click = ["click": ".frond-input"]
            return switch self {
            case .preload(let function): [["preload": function]]
            case .state(let name): [["state": name]]
            case .text(let text): [["text": text]]
            case .type(let text): [click, ["type": text]]
            case .interrupt: [click, ["chord": ["control", "c"]]]
            case .evaluate(let expression): [["evaluate": expression]]
            case .until(let expression): [["until": expression]]
            case .pause(let milliseconds): [["sleep": milliseconds]]
            case .reload: [["reload": true]]
            case .screenshot(let name):
                [["screenshot": Workshop.screenshots.appending(path: "\(name).png").path]]
            }
        }
    }

    /// Opens an app's site, does the steps, and says what there is to see.
    ///
    /// A step that does not come to pass is recorded as an issue, with all that the page shows and its console.
    func open(_ app: URL, splits: Bool = false, _ steps: [Step], timeout: Int = 60) async throws -> Result {
        try FileManager.default.createDirectory(at: Workshop.screenshots, withIntermediateDirectories: true)
        let server = DevServer(root: try await Sites.shared.site(app, splits: splits))
        let address = try await server.start()
        let input = try JSONSerialization.data(withJSONObject: steps.flatMap(\.json))
        let driver = Workshop.package.appending(path: "Scripts/browser/drive.mjs")
        let outcome: ChildProcess.Result
        do {
            outcome = try await ChildProcess(
                Workshop.node,
                [
                    driver.path, "--browser", rawValue, "--url", address.absoluteString, "--timeout", "\(timeout)",
                ]
            ).collect(input: Array(input), timeout: .seconds(timeout * 2 + 60))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        guard let result = try? JSONDecoder().decode(Result.self, from: Data(outcome.output)) else {
            throw Diagnostic(.error, "no-result", "the browser gave no result", notes: [outcome.errorText])
        }
        if !result.ok {
            Issue.record(
                """
                \(rawValue): \(result.error ?? "?")
                the page says: \(result.page ?? "")
                its console: \(result.console.joined(separator: "\n"))
                """)
        }
        return result
    }
}
