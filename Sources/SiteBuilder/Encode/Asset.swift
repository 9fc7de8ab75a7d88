import Support

/// A file of a site before it has its final name.
package struct Asset: Sendable, Equatable {
    /// What a file is for; `frond.json` names it so.
    package enum Role: String, Sendable, CaseIterable {
        /// The linked WebAssembly module.
        case module
        /// The files image, or what of it a start needs.
        case image
        /// The rest of the files image.
        case rest
        /// What the program has in memory before it begins.
        case snapshot
        /// The generated JavaScript between the two.
        case glue
        /// The worker in which Python runs.
        case worker
        /// What answers the page's requests in the worker, for apps that are servers.
        case bridge
        /// The service worker; browsers know it by its name, so that never changes.
        case serviceWorker = "service-worker"
        /// The page's own module.
        case shell
        /// The page's style sheet.
        case style
        /// An HTML page.
        case page
        /// A file that a custom page brings along.
        case attachment
        /// Settings for hosts.
        case host
    }

    /// What it is for.
    package var role: Role
    /// The name without a hash, for example `app.wasm`.
    package var name: String
    /// The contents.
    package var bytes: [UInt8]

    /// Makes an asset.
    package init(_ role: Role, _ name: String, _ bytes: [UInt8]) {
        self.role = role
        self.name = name
        self.bytes = bytes
    }

    /// The extension, in lower case, without the dot.
    var fileExtension: String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    /// Whether compressing can help; pictures and archives are compressed already.
    package var isCompressible: Bool {
        switch fileExtension {
        case "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "woff", "woff2", "zip", "gz", "br", "zst", "bz2", "xz",
            "mp3", "mp4", "ogg", "webm", "pdf", "whl":
            false
        default: true
        }
    }
}

/// An asset with its hashes and its compressed forms.
package struct EncodedAsset: Sendable, Equatable {
    /// The asset itself.
    package let asset: Asset
    /// SHA-256 in hexadecimal.
    package let sha256: String
    /// Subresource integrity: `sha384-…`.
    package let integrity: String
    /// The compressed forms that are smaller than the asset.
    package var encodings: [Encoding: [UInt8]] = [:]

    /// Hashes an asset.
    package init(_ asset: Asset) {
        self.asset = asset
        sha256 = Hash.sha256(asset.bytes)
        integrity = Hash.integrity(asset.bytes)
    }

    /// The name with a short hash of the contents: `app.0123456789ab.wasm`.
    package var hashedName: String {
        guard let dot = asset.name.lastIndex(of: ".") else { return "\(asset.name).\(sha256.prefix(12))" }
        return "\(asset.name[..<dot]).\(sha256.prefix(12))\(asset.name[dot...])"
    }

    /// The fewest bytes that it takes to send this.
    package var transferSize: Int {
        encodings.values.reduce(asset.bytes.count) { min($0, $1.count) }
    }
}
