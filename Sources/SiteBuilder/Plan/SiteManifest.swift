import Foundation

/// `frond.json`: what is in a site, for people, for tools, and for the next build, which replaces only what it lists.
struct SiteManifest {
    let text: String

    init(inputs: SitePlan.Inputs, files: [SitePlan.File], transferSize: Int, laterSize: Int) {
        let versions = inputs.versions.sorted { bytewise($0.key, $1.key) }
        let root = JSONText.object([
            ("format", .text(SiteMarker.format)),
            ("version", .number(1)),
            ("title", .text(inputs.app.title)),
            ("base", .text(inputs.base.description)),
            ("command", .list(inputs.app.commandLine.map(JSONText.text))),
            (
                "runtime",
                .object([("kit", .text(inputs.kit))] + versions.map { ($0.key, .text($0.value)) })
            ),
            ("transfer", .number(transferSize)),
            ("later", .number(laterSize)),
            ("files", .list(files.map(Self.row))),
        ])
        text = root.pretty() + "\n"
    }

    private static func row(_ file: SitePlan.File) -> JSONText {
        var fields: [(String, JSONText)] = [
            ("path", .text(file.path)),
            ("role", .text(file.content.asset.role.rawValue)),
            ("size", .number(file.content.asset.bytes.count)),
        ]
        for encoding in Encoding.allCases {
            if let bytes = file.content.encodings[encoding] { fields.append((encoding.rawValue, .number(bytes.count))) }
        }
        fields.append(("integrity", .text(file.content.integrity)))
        return .object(fields)
    }
}

extension SiteMarker {
    /// The paths that the manifest of an existing site lists, compressed forms and the manifest itself included.
    static func paths(of site: URL) -> Set<String>? {
        struct Manifest: Decodable {
            struct File: Decodable {
                var path: String
                var br: Int?
                var gz: Int?
            }
            var files: [File]
        }
        guard isSite(site), let data = try? Data(contentsOf: site.appending(path: fileName)),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { return nil }
        var paths: Set<String> = [fileName]
        for file in manifest.files {
            paths.insert(file.path)
            if file.br != nil { paths.insert(file.path + Encoding.brotli.suffix) }
            if file.gz != nil { paths.insert(file.path + Encoding.gzip.suffix) }
        }
        return paths
    }
}
