import ArgumentParser
import Foundation
import PythonRuntime
import Support

/// `frond runtime`: the kit that every app is built from.
struct RuntimeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Build, show or remove the runtime kit (Python, compiled to WebAssembly).",
        discussion: """
            EXAMPLES:
              frond runtime build --sources ~/archives
              frond runtime info --json
              ls $(frond runtime path)

            The kit is compiled once for each version of Frond's recipe and kept in
            the cache ($XDG_CACHE_HOME/frond). Building an app makes it when it is
            missing. FROND_KIT names another one to use.
            """,
        subcommands: [Build.self, Info.self, Path.self, Clean.self], defaultSubcommand: Info.self)
}

extension RuntimeCommand {
    /// `frond runtime build`.
    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Build the kit, or say that it is there.",
            discussion: """
                Everything that is downloaded is checked against the recipe's SHA-256.
                An interrupted build goes on where it was.
                """)

        @Option(
            help: ArgumentHelp("Look for source archives here before downloading them.", valueName: "folder"),
            completion: .directory)
        var sources: String?

        @OptionGroup var said: OutputOptions

        func validate() throws {
            var isDirectory: ObjCBool = false
            if let sources,
                !FileManager.default.fileExists(atPath: sources, isDirectory: &isDirectory) || !isDirectory.boolValue
            {
                throw ValidationError("--sources: \(sources) is not a folder.")
            }
        }

        func run() async throws {
            let console = said.console
            let recipe = try Recipe.bundled()
            let started = ContinuousClock.now
            let kit = try await KitBuilder(
                recipe: recipe, cache: CacheDirectory(), sources: sources.map { URL(filePath: $0) },
                activity: console.activity
            ).build()
            let time = started.duration(to: .now)
            console.say(
                "runtime kit: \(kit.root.path), \(Readable.bytes(kit.manifest.size))"
                    + (time > .seconds(2) ? ", built in \(Readable.duration(time))" : ""))
        }
    }

    /// `frond runtime info`.
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what is in the kit.")

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() async throws {
            let kit = try RuntimeCommand.existing()
            if json {
                try printJSON(Report(path: kit.root.path, manifest: kit.manifest))
                return
            }
            print("path      \(kit.root.path)")
            print("key       \(kit.manifest.key)")
            print("contents  \(kit.manifest.contents)")
            print("size      \(Readable.bytes(kit.manifest.size))")
            for (name, version) in kit.manifest.versions.sorted(by: { $0.key < $1.key }) {
                let licence = kit.manifest.licences[name].map { " (\($0))" } ?? ""
                print("\(name) \(version)\(licence)")
            }
        }

        private struct Report: Encodable {
            var path: String
            var manifest: RuntimeKit.Manifest
        }
    }

    /// `frond runtime path`.
    struct Path: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the folder of the kit.")

        func run() async throws { print(try RuntimeCommand.existing().root.path) }
    }

    /// `frond runtime clean`.
    struct Clean: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove kits that this version of Frond does not use.",
            discussion: "With --all, remove its own kit too, and the compiler, the sources and what lies between.")

        @Flag(help: "Remove everything that has to do with kits.")
        var all = false

        @OptionGroup var said: OutputOptions

        func run() async throws {
            let removed = try await KitStore(cache: CacheDirectory()).clean(
                keeping: try Recipe.bundled(), everything: all)
            removed.folders.forEach { said.console.detail("removed \($0.path)") }
            said.console.say(
                removed.folders.isEmpty
                    ? "there was nothing to remove"
                    : "removed \(Readable.count(removed.folders.count, "folder")), \(Readable.bytes(removed.bytes))")
        }
    }

    private static func existing() throws -> RuntimeKit {
        if let kit = try KitProvider(cache: CacheDirectory(), activity: .silent).existing() { return kit }
        throw Diagnostic(
            .error, "kit-missing", "there is no runtime kit yet", hints: ["frond runtime build makes it, once"])
    }
}
