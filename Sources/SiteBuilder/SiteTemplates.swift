import GlueGenerator
import Support
import Templates

/// The parts of a site that are the same for every app.
public struct SiteTemplates: Sendable, Equatable {
    /// Frond's own page, with `{{title}}` and a place for the additions to the head.
    public var page: String
    /// The page's module, in one piece.
    public var shell: [UInt8]
    /// The module of the worker that runs Python.
    public var worker: [UInt8]
    /// The style sheet.
    public var style: [UInt8]
    /// The module that answers the page's requests in the worker.
    public var bridge: [UInt8] = []
    /// The service worker; `'frond:files'` marks where the names of files beside the page go.
    public var serviceWorker: [UInt8] = []

    /// Collects templates.
    public init(page: String, shell: [UInt8], worker: [UInt8], style: [UInt8]) {
        self.page = page
        self.shell = shell
        self.worker = worker
        self.style = style
    }

    /// Reads the templates in `site/` and joins the modules of the page into one.
    ///
    /// - Throws: `Diagnostic` when a file is missing or a module is outside of the bundler's dialect.
    public init(_ templates: Templates) throws(Diagnostic) {
        do {
            var modules: [String: String] = [:]
            for name in try templates.names(in: "site") where name.hasSuffix(".mjs") {
                modules["site/\(name)"] = try templates.text("site/\(name)")
            }
            for name in try templates.names(in: "site/web") where name.hasSuffix(".mjs") {
                modules["site/web/\(name)"] = try templates.text("site/web/\(name)")
            }
            self.init(
                page: try templates.text("site/index.html"),
                shell: Array(try ModuleBundler.bundle(entry: "site/shell.mjs", modules: modules).utf8),
                worker: Array(try ModuleBundler.bundle(entry: "site/worker.mjs", modules: modules).utf8),
                style: try templates.bytes("site/shell.css"))
            bridge = Array(try ModuleBundler.bundle(entry: "site/web/bridge.mjs", modules: modules).utf8)
            serviceWorker = Array(
                try ModuleBundler.bundle(entry: "site/web/service-worker.mjs", modules: modules).utf8)
        } catch let error as Diagnostic {
            throw error
        } catch {
            throw Diagnostic(.error, "templates-unusable", "\(error)")
        }
    }
}
