import Support

/// A site as a value: every file with its bytes, before anything touches a disk.
///
///     app, kit ──▶ encoded assets ──▶ SitePlan ──▶ SiteWriter
///     (hashed names follow from contents; the page names the assets; the manifest names everything)
package struct SitePlan: Sendable, Equatable {
    /// One file of the site, with what lies beside it in compressed form.
    package struct File: Sendable, Equatable {
        /// The path below the site's root.
        package let path: String
        /// The contents, hashes and compressed forms.
        package let content: EncodedAsset
        /// Whether the name contains the hash, so that browsers may keep the file for ever.
        package let isImmutable: Bool
    }

    /// The files, sorted by path, `frond.json` and its like included.
    package let files: [File]
    /// What a first visit transfers until the program has started, where Brotli is understood, in bytes.
    package let transferSize: Int
    /// What it transfers after that.
    package let laterSize: Int

    /// What a plan is made of.
    package struct Inputs: Sendable {
        /// The app.
        package var app: AppDescription
        /// Modules that a start imports before the program begins.
        package var preload: [String]
        /// Versions for the manifest.
        package var versions: [String: String]
        /// The kit's key, for the manifest.
        package var kit: String
        /// Where the site will lie.
        package var base: BasePath
        /// The page; its placeholders are filled already.
        package var page: PageTemplate
        /// The assets, encoded, one of each of these roles: module, image, glue, worker, shell, style; bridge for
        /// servers; rest when the image is in two parts; snapshot when the site brings one along.
        package var assets: [EncodedAsset]
        /// Files beside the page, by path.
        package var attachments: [(path: String, content: EncodedAsset)]
        /// The service worker of an app that is a server.
        package var serviceWorker: [UInt8]?
        /// How hard to compress what the plan itself makes.
        package var effort: CompressionEffort

        /// Collects inputs.
        package init(
            app: AppDescription, preload: [String] = [], versions: [String: String] = [:], kit: String = "",
            base: BasePath = .root, page: PageTemplate, assets: [EncodedAsset],
            attachments: [(path: String, content: EncodedAsset)] = [],
            serviceWorker: [UInt8]? = nil, effort: CompressionEffort = .best
        ) {
            self.app = app
            self.preload = preload
            self.versions = versions
            self.kit = kit
            self.base = base
            self.page = page
            self.assets = assets
            self.attachments = attachments
            self.serviceWorker = serviceWorker
            self.effort = effort
        }
    }

    /// Plans a site.
    ///
    /// - Throws: `Diagnostic` when the page has no place for the additions, or a file beside it has a name that the site
    ///   needs itself.
    package init(_ inputs: Inputs) throws {
        var files: [File] = []
        var byRole: [Asset.Role: EncodedAsset] = [:]
        for asset in inputs.assets {
            files.append(File(path: "assets/\(asset.hashedName)", content: asset, isImmutable: true))
            byRole[asset.asset.role] = asset
        }
        let page = try PageHead(inputs: inputs, assets: byRole)
        let html = Array(try inputs.page.filled(head: page.html).utf8)
        for name in ["index.html", "404.html"] {
            let content = try Self.encode(Asset(.page, name, html), effort: inputs.effort)
            files.append(File(path: name, content: content, isImmutable: false))
        }
        let headers = Asset(.host, "_headers", Array(HostHeaders(base: inputs.base).text.utf8))
        files.append(File(path: "_headers", content: EncodedAsset(headers), isImmutable: false))
        files.append(File(path: ".nojekyll", content: EncodedAsset(Asset(.host, ".nojekyll", [])), isImmutable: false))

        if let bytes = inputs.serviceWorker {
            let content = try Self.encode(
                Asset(.serviceWorker, "sw.js", Self.serviceWorker(bytes, inputs)), effort: inputs.effort)
            files.append(File(path: "sw.js", content: content, isImmutable: false))
        }
        for (path, content) in inputs.attachments {
            try Self.checkAttachment(path, against: files)
            files.append(File(path: path, content: content, isImmutable: false))
        }
        files.sort { bytewise($0.path, $1.path) }
        let visited = files.filter { $0.path.hasPrefix("assets/") || $0.path == "index.html" }
        laterSize = byRole[.rest]?.transferSize ?? 0
        transferSize = visited.reduce(0) { $0 + $1.content.transferSize } - laterSize

        let manifest = SiteManifest(inputs: inputs, files: files, transferSize: transferSize, laterSize: laterSize)
        let manifestFile = Asset(.host, SiteMarker.fileName, Array(manifest.text.utf8))
        files.append(File(path: SiteMarker.fileName, content: EncodedAsset(manifestFile), isImmutable: false))
        files.sort { bytewise($0.path, $1.path) }
        self.files = files
    }

    /// Every path that will be written, with its bytes, compressed forms included, sorted by path.
    package var outputs: [(path: String, bytes: [UInt8])] {
        files.flatMap { file in
            [(file.path, file.content.asset.bytes)]
                + Encoding.allCases.compactMap { encoding in
                    file.content.encodings[encoding].map { (file.path + encoding.suffix, $0) }
                }
        }
        .sorted { bytewise($0.0, $1.0) }
    }

    /// The service worker, told which paths are files of the site although their names do not show it.
    private static func serviceWorker(_ template: [UInt8], _ inputs: Inputs) -> [UInt8] {
        let paths = inputs.attachments.map { JSONText.text($0.path).compact }.joined(separator: ", ")
        return Array(String(decoding: template, as: UTF8.self).replacing("'frond:files'", with: paths).utf8)
    }

    private static func encode(_ asset: Asset, effort: CompressionEffort) throws -> EncodedAsset {
        var encoded = EncodedAsset(asset)
        guard asset.bytes.count >= Precompressor.smallest else { return encoded }
        for encoding in Encoding.allCases {
            encoded.encodings[encoding] = try encoding.compress(asset.bytes, effort: effort)
        }
        return encoded
    }

    private static func checkAttachment(_ path: String, against files: [File]) throws(Diagnostic) {
        let reserved = [SiteMarker.fileName, "sw.js", "sw.mjs", "assets"]
        let top = path.prefix { $0 != "/" }
        guard !files.contains(where: { $0.path == path }), !reserved.contains(String(top)) else {
            throw Diagnostic.input(
                "page-name-reserved", "the page's folder has \(path), but the site needs that name itself",
                hints: ["rename it"])
        }
    }
}
