import ArgumentParser
import Foundation
import Support
import Wheels

/// `frond lock`: which wheels exactly an app is built from.
struct LockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Choose the exact packages of an app and write them down.",
        discussion: """
            EXAMPLES:
              frond lock notes/              bring notes/pylock.toml up to date
              frond lock notes/ --upgrade    take the newest versions
              frond lock notes/ --check      fail when it is out of date (for CI)

            The lock is a standard pylock.toml: names, versions, addresses and
            SHA-256 of wheels that run in the browser's Python. Commit it. Building
            and running make it when it is missing.
            """)

    @Argument(help: "The app: a folder or a .py file.", completion: .file())
    var app = "."

    @Flag(help: "Take the newest versions instead of keeping those that are locked.")
    var upgrade = false

    @Flag(
        name: [.long, .customLong("frozen")],
        help: "Change nothing; end with status 2 when the lock is missing or out of date.")
    var check = false

    @OptionGroup var said: OutputOptions

    func validate() throws {
        if upgrade && check { throw ValidationError("--upgrade and --check contradict each other.") }
    }

    func run() async throws {
        let console = said.console
        let cache = CacheDirectory()
        let kit = try await KitProvider(cache: cache, activity: console.activity).kit {
            _ = try Project(app, needsEntry: false, packages: $0)
        }
        let project = try Project(app, needsEntry: false, packages: kit.packages)
        if project.isSelfContained {
            console.say(
                "\(project.app.name) needs no packages but those of the runtime kit, so there is nothing to lock")
            return
        }
        let mode: Dependencies.Mode = check ? .locked : upgrade ? .upgrade : .automatic
        _ = try await Dependencies(kit: kit, cache: cache, activity: console.activity).lock(of: project, mode: mode)
    }
}
