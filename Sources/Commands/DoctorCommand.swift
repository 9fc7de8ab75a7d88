import ArgumentParser
import Foundation
import PythonRuntime
import Support

/// `frond doctor`: what this machine has of what Frond may need.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is installed, what is missing and what that means.",
        discussion: """
            EXAMPLES:
              frond doctor
              frond doctor --json | jq .checks

            Ends with status 1 when `frond build` could not work here.
            """)

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let checks = await Examination(
            environment: ProcessInfo.processInfo.environment, cache: CacheDirectory()
        ).checks()
        let isFit = !checks.contains { $0.state == .missing && $0.isNeeded }
        if json {
            try printJSON(Report(version: FrondVersion.current, fit: isFit, checks: checks))
        } else {
            let style = TextStyle(enabled: isatty(STDOUT_FILENO) == 1 && Console().style.enabled)
            let width = checks.map(\.name.count).max() ?? 0
            for check in checks {
                let mark =
                    switch check.state {
                    case .ok: style.green("ok     ")
                    case .missing: check.isNeeded ? style.red("missing") : style.yellow("missing")
                    }
                let name = check.name.padding(toLength: width, withPad: " ", startingAt: 0)
                print("\(mark)  \(name)  \(check.detail)")
                if let hint = check.hint { print("\(String(repeating: " ", count: width + 11))\(hint)") }
            }
        }
        if !isFit { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        var version: String
        var fit: Bool
        var checks: [Examination.Check]
    }
}

/// Looks at the machine. Nothing here changes anything.
struct Examination: Sendable {
    /// One thing that was looked at.
    struct Check: Sendable, Encodable, Equatable {
        enum State: String, Sendable, Encodable { case ok, missing }

        var identifier: String
        var name: String
        var state: State
        /// What was found, or what can't be done without it.
        var detail: String
        /// What to do about it.
        var hint: String?
        /// Whether `frond build` can't work without it.
        var isNeeded = false
    }

    let environment: [String: String]
    let cache: CacheDirectory

    func checks() async -> [Check] {
        async let node = engine(.node, purpose: "frond run")
        async let deno = engine(.deno, purpose: "frond run --engine deno")
        async let chromium = browser("chromium", ["google-chrome", "chromium"], oldest: 137)
        async let firefox = browser("firefox", ["firefox", "firefox-esr"], oldest: 153)
        let kit = kit()
        var checks = [kit]
        if kit.state == .missing { checks += toolchain() }
        checks.append(disk(needed: 500_000_000))
        checks += [await node, await deno, await chromium, await firefox]
        return checks
    }

    private func kit() -> Check {
        let provider = KitProvider(cache: cache, activity: .silent, environment: environment)
        if let kit = try? provider.existing() {
            let python = kit.manifest.versions["python"].map { "Python \($0), " } ?? ""
            return Check(
                identifier: "kit", name: "runtime kit", state: .ok, detail: "\(python)\(kit.root.path)")
        }
        return Check(
            identifier: "kit", name: "runtime kit", state: .missing,
            detail: "not made yet; the first build makes it, once, in about 15 minutes",
            hint: "frond runtime build")
    }

    /// What making a kit needs: a compiler for wasm, or the means to make a root with one.
    private func toolchain() -> [Check] {
        guard let recipe = try? Recipe.bundled() else { return [] }
        let problems = KitPrerequisites.check(recipe: recipe, cache: cache, environment: environment)
        if problems.isEmpty {
            return [Check(identifier: "kit-build", name: "building the kit", state: .ok, detail: "can be done here")]
        }
        return problems.map {
            Check(
                identifier: $0.identifier, name: "building the kit", state: .missing, detail: $0.message,
                hint: $0.hints.first, isNeeded: true)
        }
    }

    private func disk(needed: Int) -> Check {
        var folder = cache.root
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        let isEnough = free >= needed
        return Check(
            identifier: "disk", name: "disk space", state: isEnough ? .ok : .missing,
            detail: "\(Readable.bytes(free)) free at \(cache.root.path)",
            hint: isEnough ? nil : "at least \(Readable.bytes(needed)) are needed; XDG_CACHE_HOME moves the cache",
            isNeeded: true)
    }

    private func engine(_ kind: EngineKind, purpose: String) async -> Check {
        do {
            let engine = try await Engine.find(kind, environment: environment, cache: cache)
            return Check(
                identifier: kind.rawValue, name: kind.rawValue.capitalized, state: .ok,
                detail: "\(engine.version), \(engine.executable.path)")
        } catch {
            let diagnostic = error as? Diagnostic
            return Check(
                identifier: kind.rawValue, name: kind.rawValue.capitalized, state: .missing,
                detail: ["\(purpose) needs version \(kind.oldest)"].appending(diagnostic?.notes).joined(
                    separator: "; "),
                hint: diagnostic?.hints.first)
        }
    }

    private func browser(_ name: String, _ programs: [String], oldest: Int) async -> Check {
        var found: [String] = []
        for program in programs {
            guard let file = ChildProcess.find(program, environment: environment),
                let result = try? await ChildProcess(file.path, ["--version"]).collect(timeout: .seconds(20)),
                let version = result.text.firstMatch(of: /(\d+)\.[\d.]+/)
            else { continue }
            if let major = Int(version.1), major >= oldest {
                return Check(
                    identifier: name, name: name.capitalized, state: .ok, detail: "\(version.0), \(file.path)")
            }
            found.append("\(file.path) is version \(version.0)")
        }
        return Check(
            identifier: name, name: name.capitalized, state: .missing,
            detail: ["the tests use version \(oldest) or newer"].appending(found).joined(separator: "; "),
            hint: "apt-get install \(programs.last ?? name)")
    }
}

extension [String] {
    fileprivate func appending(_ more: [String]?) -> [String] { self + (more ?? []) }
}
