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
    var existing: KitFiles? { nil }

    /// The kit, made now when it is missing.
    ///
    /// - Parameter check: gets the versions that the kit has or will have; what it throws is thrown before anything
    ///   that takes minutes.
    func kit(check: ([String: String]) throws -> Void = { _ in }) async throws -> KitFiles {
        throw Diagnostic(.error, "kit", "no kit")
    }
}
