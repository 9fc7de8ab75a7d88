import Foundation
import Support

/// Runs one step's script in its own folder, in the private root or on the machine.
///
/// A script sees the same names either way:
///
/// | variable | what |
/// |---|---|
/// | `RECIPE`, `SHIM` | the recipe's folder and the context shim's sources, to be read only |
/// | `STEPS`, `STEP` | the folder of all steps, and the step's own, where it starts |
/// | `SOURCE_NAME` | the file of the source NAME |
/// | `COMPILE_FLAGS`, `LINK_FLAGS`, … | the recipe's flags |
/// | `BUILD_PYTHON`, `NATIVE_CC`, `GC_CC` | tools |
/// | `EM_CACHE` | Emscripten's compiled system libraries |
/// | `JOBS` | how many processes to run at once |
/// | `SOURCE_DATE_EPOCH` | the time stamp to write |
struct StepRunner: Sendable {
    let recipe: Recipe
    let toolchain: Toolchain
    /// The folder of all steps.
    let steps: URL
    /// The files of the sources, by name.
    let sources: [String: URL]
    /// How many processes at once.
    let jobs: Int

    func run(_ step: Recipe.Step, log: URL) async throws -> ChildProcess.Result {
        let script: ChildProcess
        switch toolchain.kind {
        case .machine:
            let places = Places(
                recipe: recipe.folder.path, shim: recipe.shim.path, steps: steps.path,
                sources: sources.mapValues(\.path))
            script = ChildProcess(
                "bash", ["\(places.recipe)/\(step.script)"], in: steps.appending(path: step.name),
                environment: variables(step, places).mapValues { $0 })
        case .root(let root):
            let places = Places(
                recipe: "/frond/recipe", shim: "/frond/shim", steps: "/frond/steps",
                sources: sources.mapValues { "/frond/sources/\($0.lastPathComponent)" })
            let folder = try collectSources(for: step)
            let binds = [
                "\(recipe.folder.path):/frond/recipe", "\(recipe.shim.path):/frond/shim", "\(steps.path):/frond/steps",
                "\(folder.path):/frond/sources",
            ]
            let inside = variables(step, places).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            script = ChildProcess(
                "sh",
                [recipe.folder.appending(path: "enter-root.sh").path, root.path] + binds + ["--", "env", "-i"] + inside
                    + [
                        "bash", "-c", "cd \"$STEP\" && exec bash \"$RECIPE/$0\"", step.script,
                    ])
        }
        return try await script.run(log: log, timeout: .seconds(3600))
    }

    /// Where things are, as the script sees it.
    private struct Places {
        let recipe: String
        let shim: String
        let steps: String
        let sources: [String: String]
    }

    /// One folder that holds links to all the step's sources, because they may come from several.
    private func collectSources(for step: Recipe.Step) throws -> URL {
        let folder = steps.deletingLastPathComponent().appending(path: "sources-of-\(step.name)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in step.sources {
            guard let file = sources[name]?.resolvingSymlinksInPath() else { continue }
            let place = folder.appending(path: file.lastPathComponent)
            if (try? FileManager.default.linkItem(at: file, to: place)) == nil {
                try FileManager.default.copyItem(at: file, to: place)
            }
        }
        return folder
    }

    private func variables(_ step: Recipe.Step, _ places: Places) -> [String: String] {
        let own = "\(places.steps)/\(step.name)"
        let isMachine = toolchain.kind == .machine
        let machinePath = ProcessInfo.processInfo.environment["PATH"]
        var variables = [
            "RECIPE": places.recipe, "SHIM": places.shim, "STEPS": places.steps, "STEP": own, "HOME": own,
            "EM_CACHE": "\(places.steps)/system-libraries/cache", "BUILD_PYTHON": tool(recipe.toolchain.python),
            "NATIVE_CC": recipe.toolchain.nativeCompiler, "GC_CC": recipe.toolchain.gcCompiler, "JOBS": "\(jobs)",
            "SOURCE_DATE_EPOCH": "\(recipe.epoch)", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": (isMachine ? machinePath : nil) ?? "/usr/sbin:/usr/bin:/sbin:/bin",
        ]
        for (name, flags) in recipe.flags {
            variables["\(Self.variable(name))_FLAGS"] = flags
        }
        // No path of the build may end up in what it makes.
        if let flags = variables["COMPILE_FLAGS"] {
            variables["COMPILE_FLAGS"] = "\(flags) -ffile-prefix-map=\(places.steps)/="
        }
        for name in step.sources {
            variables["SOURCE_\(Self.variable(name))"] = places.sources[name]
        }
        return variables
    }

    private func tool(_ name: String) -> String {
        toolchain.kind == .machine ? ChildProcess.find(name)?.path ?? name : "/usr/bin/\(name)"
    }

    private static func variable(_ name: String) -> String { name.uppercased().replacing("-", with: "_") }
}
