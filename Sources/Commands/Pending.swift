import SiteBuilder
import Support
extension AppCompiler { static var pending: AppCompiler { AppCompiler(identity: "none") { a, _ in Output(module: a, glue: []) } } }
extension SiteBuilder { init(kit: KitFiles) { self.init(kit: kit, compiler: .pending, templates: SiteTemplates(page: "", shell: [], worker: [], style: [])) } }
extension AppAssembler { init(kit: KitFiles, cache: CacheDirectory) { self.init(kit: kit, compiler: .pending, cache: cache) } }
import Foundation
import Wheels
extension WheelStore {
    func files(of lock: LockFile, kitWheels: [Resolver.KitWheel], activity: Activity) async throws -> [URL] {
        _ = try await wheels(of: lock, kitWheels: kitWheels, activity: activity)
        return lock.packages.filter { $0.source != .kit }.map { folder.appending(path: "\($0.sha256.prefix(2))/\($0.sha256)/\($0.wheel)") }
    }
}
