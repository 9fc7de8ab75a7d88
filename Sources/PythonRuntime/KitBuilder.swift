import Foundation
import Support

/// Makes the runtime kit from its recipe.
///
/// Model: every step has a key, the hash of all that it reads: its script and files, its flags, the hashes of its sources,
/// the shim where it uses that, the toolchain, and the keys of the steps before it. A step whose key is that of its last
/// success is not done again. So an interrupted build goes on where it was, and a change of the shim compiles the shim and
/// links, nothing else.
///
///     CACHE/kit-build/steps/NAME/        where step NAME works
///     CACHE/kit-build/stamps/NAME        key of its last success
///     CACHE/kit-build/logs/NAME.log
///     CACHE/kit/KEY/                     finished kits
public struct KitBuilder: Sendable {
    let recipe: Recipe
    let cache: CacheDirectory
    let sources: URL?
    let activity: Activity
    let environment: [String: String]

    /// A builder of `recipe`'s kit.
    ///
    /// - Parameters:
    ///   - cache: where the kit and everything on the way to it goes.
    ///   - sources: a folder to look for sources in before anything is downloaded.
    ///   - activity: told of every step.
    public init(
        recipe: Recipe, cache: CacheDirectory, sources: URL? = nil, activity: Activity = .silent,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.recipe = recipe
        self.cache = cache
        self.sources = sources
        self.activity = activity
        self.environment = environment
    }

    private var workshop: URL { cache.folder("kit-build") }
    private var steps: URL { workshop.appending(path: "steps") }

    private func log(_ name: String) -> URL { workshop.appending(path: "logs/\(name).log") }
    private func stamp(_ name: String) -> URL { workshop.appending(path: "stamps/\(name)") }

    /// The kit: found in the cache, or built now.
    ///
    /// - Throws: `Diagnostic`. What was finished until then is kept for the next try; no half-made kit is.
    public func build() async throws -> RuntimeKit {
        let store = KitStore(cache: cache)
        if let kit = store.kit(key: recipe.key) { return kit }
        let lock = try await FileLock.acquire(workshop.appending(path: "lock")) {
            activity.note("another frond is building the runtime kit; waiting for it")
        }
        defer { withExtendedLifetime(lock) {} }
        // Perhaps that one has made it.
        if let kit = store.kit(key: recipe.key) { return kit }
        let toolchain = try await toolchain()
        let files = try await fetchSources()
        let runner = StepRunner(
            recipe: recipe, toolchain: toolchain, steps: steps, sources: files,
            jobs: ProcessInfo.processInfo.activeProcessorCount)
        for step in recipe.steps {
            try await perform(step, runner)
        }
        // The steps read the folders themselves, so what they made belongs to this key only if nothing was edited.
        guard try Recipe(folder: recipe.folder, shim: recipe.shim).key == recipe.key else {
            throw Diagnostic(
                .error, "kit-recipe-changed", "the recipe or the context shim was changed while the kit was built",
                hints: ["run the command again; only the steps that the change concerns are done anew"])
        }
        return try await store.add(recipe: recipe, toolchain: toolchain, steps: steps)
    }

    // MARK: Before the first step

    private func toolchain() async throws -> Toolchain {
        if let machine = try await Toolchain.ofMachine(recipe.toolchain, environment: environment) { return machine }
        let problems = KitPrerequisites.check(recipe: recipe, cache: cache, environment: environment)
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return try await Toolchain.privateRoot(
            recipe.toolchain, folder: cache.folder("toolchain"), enter: recipe.folder.appending(path: "enter-root.sh"),
            log: log("toolchain"), activity: activity)
    }

    private func fetchSources() async throws -> [String: URL] {
        let store = SourceStore(folder: cache.folder("sources"), given: sources)
        return try await activity.step("Fetching sources") { step in
            var files: [String: URL] = [:]
            for source in recipe.sources {
                files[source.name] = try await store.file(of: source, step: step)
            }
            return files
        }
    }

    // MARK: Steps

    private func perform(_ step: Recipe.Step, _ runner: StepRunner) async throws {
        let key = try StepKeys(recipe: recipe, toolchain: runner.toolchain).key(of: step)
        guard read(stamp(step.name)) != key else { return }
        let folder = steps.appending(path: step.name)
        let begun = stamp("\(step.name).begun")
        try? FileManager.default.removeItem(at: stamp(step.name))
        if !step.resumes || read(begun) != key {
            try? FileManager.default.removeItem(at: folder)
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw Diagnostic.unwritable(folder, error)
        }
        try AtomicFile.write(key, to: begun)
        let log = log(step.name)
        try? FileManager.default.removeItem(at: log)
        let result = try await activity.step(step.title) { _ in try await runner.run(step, log: log) }
        guard result.status == 0 else {
            throw Diagnostic(
                .error, "kit-step-failed", "a step of the runtime kit failed: \(step.title) (status \(result.status))",
                notes: LogTail.lines(of: log),
                hints: ["the whole log is in \(log.path)", "run the command again to go on from this step"])
        }
        try AtomicFile.write(key, to: stamp(step.name))
    }

    private func read(_ file: URL) -> String? { try? String(contentsOf: file, encoding: .utf8) }
}

/// The keys of a recipe's steps.
struct StepKeys {
    let recipe: Recipe
    let toolchain: Toolchain

    /// The hash of all that `step` reads.
    func key(of step: Recipe.Step) throws(Diagnostic) -> String {
        var lines = [
            "step 1", step.name, "emscripten \(toolchain.emscripten)", "\(toolchain.kind)", "epoch \(recipe.epoch)",
        ]
        for file in [step.script] + step.files {
            lines.append("\(file) \(try Hash.sha256(ofFile: recipe.folder.appending(path: file)))")
        }
        for name in step.flags { lines.append("\(name) \(recipe.flags[name] ?? "")") }
        for name in step.sources { lines.append("\(name) \(recipe.source(name)?.sha256 ?? "")") }
        if step.usesShim { lines.append("shim \(recipe.shimHash)") }
        for name in step.after {
            guard let earlier = recipe.steps.first(where: { $0.name == name }) else { continue }
            lines.append("\(name) \(try key(of: earlier))")
        }
        return Hash.sha256(lines.joined(separator: "\n"))
    }
}
