import SiteBuilder
import Support
extension AppCompiler { static var pending: AppCompiler { AppCompiler(identity: "none") { a, _ in Output(module: a, glue: []) } } }
extension SiteBuilder { init(kit: KitFiles) { self.init(kit: kit, compiler: .pending, templates: SiteTemplates(page: "", shell: [], worker: [], style: [])) } }
extension AppAssembler { init(kit: KitFiles, cache: CacheDirectory) { self.init(kit: kit, compiler: .pending, cache: cache) } }
