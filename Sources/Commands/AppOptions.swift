import ArgumentParser
import Foundation
import SiteBuilder
import Support

/// What every command that needs a whole app has in common: packages, and how to come from an argument to an app.
struct AppOptions: ParsableArguments {
    @Flag(
        name: [.long, .customLong("frozen")], help: "Use the lock as it is; fail when it is missing or out of date.")
    var locked = false

    @Flag(help: "Use no network; what is not in the cache is an error.")
    var offline = false

    /// The kit and the project, with its wheels installed.
    ///
    /// The project is looked at twice when the kit has to be made first: what is wrong with it should not be said after
    /// twenty minutes.
    func prepare(
        cache: CacheDirectory, console: Console, project find: ([String: String]) throws -> Project
    ) async throws -> (kit: KitFiles, project: Project) {
        let provider = KitProvider(cache: cache, activity: console.activity, offline: offline)
        let kit = try await provider.kit { _ = try find($0) }
        var project = try find(kit.packages)
        project.warnings.forEach(console.report)
        if let recognised = project.recognised { console.activity.note(recognised) }
        project.app.wheels = try await Dependencies(
            kit: kit, cache: cache, activity: console.activity, offline: offline
        ).wheels(for: project, mode: locked ? .locked : .automatic)
        return (kit, project)
    }
}
