import Foundation
import Support

/// How a site is built.
public struct BuildOptions: Sendable {
    /// The folder that becomes the site.
    public var output: URL
    /// Where the site will lie on its host.
    public var base: BasePath
    /// How hard to compress.
    public var effort: CompressionEffort
    /// Whether the files image comes in two parts: what the program reads when it starts, and the rest.
    public var splits: Bool
    /// Where results are kept between builds.
    public var cache: CacheDirectory

    /// Chooses options.
    public init(
        output: URL, base: BasePath = .root, effort: CompressionEffort = .best,
        cache: CacheDirectory = CacheDirectory()
    ) {
        self.output = output
        self.base = base
        self.effort = effort
        splits = effort == .best
        self.cache = cache
    }
}

/// Builds sites: assembles the app, compresses, plans, writes.
public struct SiteBuilder: Sendable {
    private let kit: KitFiles
    private let compiler: AppCompiler
    private let templates: SiteTemplates
    private let runner: HeadlessRunner

    /// Makes a builder out of a kit, a compiler and templates.
    public init(
        kit: KitFiles, compiler: AppCompiler, templates: SiteTemplates,
        runner: @escaping HeadlessRunner = { _ in nil }
    ) {
        self.runner = runner
        self.kit = kit
        self.compiler = compiler
        self.templates = templates
    }

    /// Builds the site of an app.
    ///
    /// The same app, kit and options give the same bytes. When anything fails, the output folder is as it was.
    ///
    /// - Parameter progress: told what takes long, one short phrase each.
    /// - Throws: `Diagnostic`.
    public func build(
        _ app: AppDescription, options: BuildOptions, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> BuildReport {
        let clock = ContinuousClock()
        let start = clock.now
        let writer = SiteWriter(output: options.output)
        try writer.check()
        try checkPlaces(app, options)
        let page = try pageTemplate(of: app)
        let attachments = try self.attachments(of: app)

        var omitting: [String: String] = [:]
        if let path = relativePath(of: writer.output, in: app.folder) { omitting[path] = "the site itself" }
        let assembler = AppAssembler(kit: kit, compiler: compiler, cache: options.cache, runner: runner)
        var assembled = try await assembler.assemble(app, omitting: omitting, progress: progress)
        let (assets, preload) = try await self.assets(of: &assembled, app, options, progress)
        let compressor = Precompressor(
            shelf: CacheShelf(options.cache.compressed, limit: 512 << 20), effort: options.effort)
        let encoded = try await compressor.encode(assets + attachments.map(\.asset), progress: progress)
        let plan = try SitePlan(
            SitePlan.Inputs(
                app: app, preload: preload.names, versions: kit.versions, kit: kit.key, base: options.base, page: page,
                assets: Array(encoded.prefix(assets.count)),
                attachments: zip(attachments, encoded.dropFirst(assets.count)).map { ($0.path, $1) },
                serviceWorker: app.isServer ? templates.serviceWorker : nil, effort: options.effort))
        try await writer.write(plan)
        return BuildReport(
            output: writer.output, plan: plan, assembled: assembled, preload: preload, duration: clock.now - start)
    }

    /// Who takes how much of the site of an app; assembles and compresses it, writes nothing but the cache.
    ///
    /// - Throws: `Diagnostic`.
    public func sizes(
        of app: AppDescription, cache: CacheDirectory, effort: CompressionEffort = .best,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> SizeReport {
        let assembler = AppAssembler(kit: kit, compiler: compiler, cache: cache, runner: runner)
        var assembled = try await assembler.assemble(app, progress: progress)
        let compressor = Precompressor(shelf: CacheShelf(cache.compressed, limit: 512 << 20), effort: effort)
        let options = BuildOptions(output: app.folder, effort: effort, cache: cache)
        let (assets, _) = try await assets(of: &assembled, app, options, progress)
        let encoded = try await compressor.encode(assets, progress: progress)
        let map = String(decoding: try readFile(assembled.map), as: UTF8.self)
        return try SizeReport(
            module: encoded[0], map: map, image: encoded[1], rest: encoded.first { $0.asset.role == .rest },
            others: encoded.dropFirst(2).filter { $0.asset.role != .rest }.map {
                SizeReport.Part(name: $0.asset.name, size: $0.asset.bytes.count, brotli: $0.transferSize, parts: [])
            })
    }

    /// The files of a site that the browser runs, the module and the image first; and what a start preloads. What the user should
    /// hear is added to the app's warnings.
    private func assets(
        of assembled: inout AssembledApp, _ app: AppDescription, _ options: BuildOptions,
        _ progress: @Sendable (String) -> Void
    ) async throws -> ([Asset], PreloadedModules) {
        var parts = (first: try readFile(assembled.image), rest: [UInt8]())
        var preload = PreloadedModules()
        var snapshot: [UInt8]?
        let starts = StartFiles(shelf: CacheShelf(options.cache.folder("starts"), limit: 64 << 20), run: runner)
        if options.splits { progress("looking which files a start reads") }
        if options.splits, var start = try await starts.answer(of: app, assembled, warnings: &assembled.warnings) {
            var image: FilesImage
            do {
                image = try FilesImage(reading: parts.first)
            } catch {
                throw Diagnostic(.error, "image-impossible", "\(error)")
            }
            preload = PreloadedModules(for: app, reading: start.files, image: image)
            if app.snapshot == .site, !preload.names.isEmpty {
                progress("taking the snapshot")
                let shelf = CacheShelf(options.cache.folder("snapshots"), limit: 512 << 20)
                let place = StartSnapshot(shelf: shelf, run: runner)
                if let file = try await place.file(
                    of: app, assembled, importing: preload.names, warnings: &assembled.warnings)
                {
                    snapshot = try readFile(file)
                    let less = try await starts.answer(
                        of: app, assembled, from: file, warnings: &assembled.warnings)
                    start = less ?? start
                }
            }
            let strings = CompiledStrings.reduced(
                Array(start.strings), columnsBelow: ImageContents.appRoot + "/")
            if !strings.isEmpty { image.files[ImageContents.compiledStrings] = FilesImage.File(strings) }
            parts = try Self.parts(of: image, startingWith: Set(start.files))
        }
        var assets = [
            Asset(.module, "app.wasm", try readFile(assembled.module)),
            Asset(.image, "files.img", parts.first),
            Asset(.glue, "glue.mjs", try readFile(assembled.glue)),
            Asset(.worker, "worker.mjs", templates.worker),
            Asset(.shell, "shell.mjs", templates.shell),
            Asset(.style, "shell.css", templates.style),
        ]
        if app.isServer { assets.append(Asset(.bridge, "bridge.mjs", templates.bridge)) }
        if !parts.rest.isEmpty { assets.append(Asset(.rest, "rest.img", parts.rest)) }
        if let snapshot { assets.append(Asset(.snapshot, "snapshot.img", snapshot)) }
        return (assets, preload)
    }

    /// Cuts an image in two; a rest that would be hardly worth a request stays where it is.
    private static func parts(
        of image: FilesImage, startingWith paths: Set<String>
    ) throws(Diagnostic) -> (first: [UInt8], rest: [UInt8]) {
        do {
            let parts = try image.encoded { path in
                // The app's own files are few and may be read in any way; programs look for metadata of packages.
                paths.contains(path) || path.hasPrefix(ImageContents.appRoot + "/") && !path.hasSuffix(".py")
                    || path == ImageContents.compiledStrings
            }
            return parts.rest.count < 65536 ? (try image.encoded(), []) : parts
        } catch {
            throw Diagnostic(.error, "image-impossible", "\(error)")
        }
    }

    private func pageTemplate(of app: AppDescription) throws -> PageTemplate {
        guard let file = app.pageFile else {
            return try PageTemplate(name: "Frond's page", html: templates.page).substituting(["title": app.title])
        }
        let bytes = try readFile(file)
        guard let html = String(validating: bytes, as: UTF8.self) else {
            throw Diagnostic.input("page-not-utf8", "\(file.path) is not UTF-8")
        }
        return PageTemplate(name: file.path, html: html)
    }

    /// The files beside an app's own page; they keep their names.
    private func attachments(of app: AppDescription) throws(Diagnostic) -> [(path: String, asset: Asset)] {
        // A page that lies directly in the app's folder has nothing beside it that is not the app's.
        guard let page = app.pageFile, app.pageFolder != nil || app.page?.hasPrefix("/") == true else { return [] }
        let folder = try AppFolder(
            page.deletingLastPathComponent(), include: [".well-known"], exclude: ["/" + page.lastPathComponent])
        if let link = folder.links.keys.min(by: bytewise) {
            throw Diagnostic.input("page-link", "\(link) beside \(page.path) is a symbolic link; sites have none")
        }
        return folder.files.keys.sorted(by: bytewise).map { path in
            (path, Asset(.attachment, path, folder.files[path]?.bytes ?? []))
        }
    }

    private func checkPlaces(_ app: AppDescription, _ options: BuildOptions) throws(Diagnostic) {
        guard let folder = realPath(app.folder.path) else {
            throw Diagnostic.input("app-not-found", "no such folder: \(app.folder.path)")
        }
        let output = SiteWriter(output: options.output).output.standardizedFileURL.path
        if folder == output || folder.hasPrefix(output.hasSuffix("/") ? output : output + "/") {
            throw Diagnostic.input("output-is-app", "the site can't be written over the app itself, at \(folder)")
        }
    }

    /// The path of a folder below another, when it is below.
    private func relativePath(of inner: URL, in outer: URL) -> String? {
        guard let root = realPath(outer.path) else { return nil }
        let parent = inner.deletingLastPathComponent().path
        guard let place = realPath(inner.path) ?? realPath(parent).map({ $0 + "/" + inner.lastPathComponent }),
            place.hasPrefix(root + "/")
        else { return nil }
        return String(place.dropFirst(root.count + 1))
    }
}
