import Foundation
import GlueGenerator
import SiteBuilder
import Support
import Templates
import WasmBinary
import WasmLinker

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
