import Foundation
import GlueGenerator
import SiteBuilder
import Support
import Templates
import WasmBinary
import WasmLinker
import Wheels

extension AppCompiler {
    static var pending: AppCompiler {
        AppCompiler(identity: "pending 2") { main, libraries in
            let linked = try WasmLinker.link(
                main: LinkInput(name: "python.wasm", bytes: Bytes(main)),
                libraries: libraries.map { LinkInput(path: $0.path, name: $0.name, bytes: Bytes($0.bytes)) })
            let glue = try GlueGenerator().generate(for: try Module.read(linked.bytes))
            return Output(module: Array(linked.bytes), glue: Array(glue.source.utf8))
        }
    }
}
extension SiteBuilder {
    init(kit: KitFiles) {
        self.init(
            kit: kit, compiler: .pending, templates: SiteTemplates(page: "", shell: [], worker: [], style: []))
    }
}
extension AppAssembler {
    init(kit: KitFiles, cache: CacheDirectory) { self.init(kit: kit, compiler: .pending, cache: cache) }
}
extension WheelStore {
    func files(of lock: LockFile, kitWheels: [Resolver.KitWheel], activity: Activity) async throws -> [URL] {
        _ = try await wheels(of: lock, kitWheels: kitWheels, activity: activity)
        return lock.packages.filter { $0.source != .kit }.map {
            folder.appending(path: "\($0.sha256.prefix(2))/\($0.sha256)/\($0.wheel)")
        }
    }
}
