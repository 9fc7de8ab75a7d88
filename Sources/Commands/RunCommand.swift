import ArgumentParser
import Foundation
import SiteBuilder
import Support
import Templates

/// `frond run`: the app as the browser would run it, but in Node, with this terminal.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an app without a browser, as python would run it.",
        usage: "frond run [OPTIONS] APP [ARGS]...\nfrond run [OPTIONS] (-c CODE | -m MODULE | -) [ARGS]...",
        discussion: """
            EXAMPLES:
              frond run notes/ --port 8000        an app with arguments of its own
              frond run -c 'import sys; print(sys.version)'
              frond run -m tour                   a module of the project in this folder
              frond run --app polls manage.py migrate     a script of an app
              echo 'print(1)' | frond run -
              frond run --runtime reference notes/        with neither browser nor Node

            Standard input, output, Ctrl-C and the exit status are the program's.
            Options of the interpreter (-u, -X dev, -W error …) may stand before APP.
            With -c, -m and - the app is the current folder if it has a
            pyproject.toml, else an empty one; --app says otherwise.

            The program sees the variables of [tool.frond] env, those of this machine
            that concern Python, the terminal and the time zone, and what --env gives
            it. Its files are those of the app; what it writes stays in memory, but
            what it writes below the folders of [tool.frond] persist can be kept in a
            folder of this machine, from run to run: --persist .frond
            """)

    @Option(help: "The engine to run it in: node or deno.")
    var engine: EngineKind = .node

    @Option(help: "What runs it: engine, or reference (the interpreter in this command; its clock is virtual).")
    var runtime: RuntimeKind = .engine

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Set an environment variable, or take this machine's.", valueName: "NAME[=VALUE]"))
    var env: [String] = []

    @Option(
        help: ArgumentHelp("The app whose files -c, -m, - and a script of it see.", valueName: "APP"),
        completion: .file())
    var app: String?

    @Option(help: "Write a trace of every system call and context switch to this file.", completion: .file())
    var trace: String?

    @Option(
        help: ArgumentHelp("Keep what [tool.frond] persist names in this folder.", valueName: "DIR"),
        completion: .directory)
    var persist: String?

    @OptionGroup var common: AppOptions

    @OptionGroup var said: OutputOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The app, or -c, -m or -; then its arguments.", valueName: "app"), completion: .file())
    var words: [String] = []

    func run() async throws {
        let console = said.console
        let environment = ProcessInfo.processInfo.environment
        let cache = CacheDirectory()
        // `frond run --help` would otherwise be an argument of nothing.
        if let first = words.first, ["--help", "-h", "-help"].contains(first) { throw CleanExit.helpRequest(self) }
        let invocation = try Invocation(words)
        let (kit, project) = try await common.prepare(cache: cache, console: console) {
            try describe(invocation, packages: $0, cache: cache)
        }
        var app = project.app
        if !invocation.arguments.isEmpty { app.arguments = [] }
        app.environment = try EnvironmentRules.environment(app: app.environment, host: environment, requests: env)

        let final = app
        let assembled = try await console.activity.step("Preparing \(app.name)") { step in
            try await AppAssembler(kit: kit, cache: cache, runner: Engine.runner(cache: cache))
                .assemble(final) { step.advance($0) }
        }
        if said.verbose { assembled.warnings.forEach(console.report) }
        if runtime == .reference {
            let status = try ReferenceRun(
                module: assembled.module, image: assembled.image, arguments: invocation.commandLine(app.commandLine),
                environment: app.environment, trace: trace.map { URL(filePath: $0) }
            ).run()
            throw ExitCode(status)
        }
        let program = try await Engine.find(engine, environment: environment, cache: cache)
        var arguments =
            program.kind.options + [
                try Templates.find().folder.appending(path: "glue/run.mjs").path, "--glue", assembled.glue.path,
                "--wasm", assembled.module.path,
                "--image", assembled.image.path,
            ]
        if engine == .node { arguments += ["--code", assembled.machineCode.path] }
        for (name, value) in app.environment.sorted(by: { $0.key < $1.key }) {
            arguments += ["--env", "\(name)=\(value)"]
        }
        if let trace {
            arguments += ["--trace", URL(filePath: trace).path]
        } else {
            arguments += ["--strings", assembled.compiledStrings.path]
        }
        if let persist {
            if app.persist.isEmpty {
                throw Diagnostic.input(
                    "run-persist", "--persist \(persist): \(app.name) names no folders that are kept",
                    hints: ["name them in pyproject.toml: persist = [\"/data\"] under [tool.frond]"])
            }
            arguments += ["--persist", URL(filePath: persist).path]
            arguments += app.persist.flatMap { ["--persist-path", $0] }
        }
        arguments += ["--"] + invocation.commandLine(app.commandLine)
        console.detail(([program.executable.path] + arguments).map(shellQuoted).joined(separator: " "))
        // Becoming the engine gives the program our terminal, signals and exit status with nothing in between.
        throw ChildProcess(program.executable.path, arguments).replaceCurrentProcess()
    }

    /// The app that the words mean.
    private func describe(
        _ invocation: Invocation, packages: [String: String], cache: CacheDirectory
    ) throws -> Project {
        if case .app(let path) = invocation.target {
            guard let app else { return try Project(path, packages: packages) }
            guard path.hasSuffix(".py") else {
                throw Diagnostic.input(
                    "run-usage", "--app is for -c, -m, - and scripts of the app; \(path) is an app already")
            }
            var project = try Project(app, needsEntry: false, packages: packages)
            project.app.entry = .script(path)
            project.app.arguments = []
            return project
        }
        var project = try Project(try folder(cache), needsEntry: false, packages: packages)
        switch invocation.target {
        case .code(let text): project.app.replacement = text
        case .module(let name): project.app.replacement = "import \(name)"
        case .app, .standardInput: break
        }
        return project
    }

    /// The folder of the app whose files `-c`, `-m` and `-` see.
    private func folder(_ cache: CacheDirectory) throws -> String {
        if let app { return app }
        if FileManager.default.fileExists(atPath: Project.file) { return "." }
        let empty = cache.folder("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        return empty.path
    }
}
