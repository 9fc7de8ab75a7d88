import Foundation
import PythonRuntime
import SiteBuilder
import Support

/// Gives commands the runtime kit, and makes it when there is none.
struct KitProvider: Sendable {
    let cache: CacheDirectory
    let activity: Activity
    var offline = false
    var environment = ProcessInfo.processInfo.environment

    /// The kit, if it is there: the one that `FROND_KIT` names, or the recipe's in the cache.
    ///
    /// - Throws: `Diagnostic` when `FROND_KIT` names none, or when Frond's own recipe can't be read.
    func existing() throws(Diagnostic) -> RuntimeKit? {
        if let override = environment["FROND_KIT"], !override.isEmpty {
            do {
                return try RuntimeKit(root: URL(filePath: override, directoryHint: .isDirectory))
            } catch {
                throw .input(
                    "kit-missing", "FROND_KIT is \(override), where there is no runtime kit", notes: [error.message])
            }
        }
        return KitStore(cache: cache).kit(key: try Recipe.bundled().key)
    }

    /// The kit, made now when it is missing.
    ///
    /// - Parameter check: gets the packages that the kit has or will have; what it throws is thrown before anything that
    ///   takes minutes.
    func kit(check: ([String: String]) throws -> Void = { _ in }) async throws -> KitFiles {
        if let kit = try existing() { return kit.files }
        let recipe = try Recipe.bundled()
        try check(Self.packages(recipe.versions))
        if offline {
            throw Diagnostic(
                .error, "kit-missing", "there is no runtime kit yet, and making it needs the network",
                hints: ["run frond runtime build once, without --offline"])
        }
        activity.note("There is no runtime kit yet. It is compiled once, which takes about 15 minutes on two cores.")
        return try await KitBuilder(recipe: recipe, cache: cache, activity: activity, environment: environment)
            .build().files
    }

    /// What an app may depend on without a lock: Python itself, and the packages whose wheels the kit carries.
    static func packages(_ versions: [String: String]) -> [String: String] {
        versions.filter { ["python", "greenlet"].contains($0.key) }
    }
}

extension RuntimeKit {
    /// The kit as the site builder wants it.
    var files: KitFiles {
        KitFiles(root: root, key: manifest.key, versions: manifest.versions)
    }
}

extension KitFiles {
    /// What an app may depend on without a lock.
    var packages: [String: String] { KitProvider.packages(versions) }
}
