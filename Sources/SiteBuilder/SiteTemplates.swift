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

    /// Collects templates.
    public init(page: String, shell: [UInt8], worker: [UInt8], style: [UInt8]) {
        self.page = page
        self.shell = shell
        self.worker = worker
        self.style = style
    }
}
