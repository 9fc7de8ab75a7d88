/// What Frond adds to the head of a page: the policy, the style sheet, the configuration and the module that starts all.
///
/// The configuration is a data block (`application/json`), which no policy takes for a script. URLs are absolute paths,
/// because the same HTML is served for deep links.
struct PageHead {
    let html: String

    init(inputs: SitePlan.Inputs, assets: [Asset.Role: EncodedAsset]) throws {
        let base = inputs.base.description
        func asset(_ role: Asset.Role) throws -> EncodedAsset {
            guard let asset = assets[role] else { throw SitePlanError.missing(role) }
            return asset
        }
        func url(_ role: Asset.Role) throws -> String { "\(base)assets/\(try asset(role).hashedName)" }
        func description(_ role: Asset.Role) throws -> JSONText {
            let asset = try asset(role)
            var fields: [(String, JSONText)] = [
                ("url", .text(try url(role))), ("size", .number(asset.asset.bytes.count)),
            ]
            for encoding in Encoding.allCases {
                if let bytes = asset.encodings[encoding] { fields.append((encoding.rawValue, .number(bytes.count))) }
            }
            return .object(fields)
        }
        var roles: [Asset.Role] = [.module, .image, .glue, .worker, .shell]
        for role in [Asset.Role.rest, .snapshot] where assets[role] != nil { roles.append(role) }
        if inputs.app.isServer { roles.append(.bridge) }
        let environment = inputs.app.environment.sorted { bytewise($0.key, $1.key) }
        var fields: [(String, JSONText)] = [
            ("version", .number(1)),
            ("base", .text(base)),
            ("title", .text(inputs.app.title)),
            ("command", .list(inputs.app.commandLine.map(JSONText.text))),
            ("directory", .text(ImageContents.appRoot)),
            ("environment", .object(environment.map { ($0.key, .text($0.value)) })),
            ("assets", .object(try roles.map { ($0.rawValue, try description($0)) })),
        ]
        if !inputs.preload.isEmpty, assets[.snapshot] == nil {
            fields.append(("preload", .list(inputs.preload.map(JSONText.text))))
        }
        if !inputs.app.persist.isEmpty {
            fields.append(("storage", StorageName(app: inputs.app, base: inputs.base).configuration))
        }
        if inputs.app.isServer { fields.append(("server", .flag(true))) }
        if let port = inputs.app.port { fields.append(("port", .number(port))) }
        let configuration = JSONText.object(fields)
        let style = try asset(.style)
        let shell = try asset(.shell)
        html = """
            <meta http-equiv="Content-Security-Policy" content="\(ContentPolicy.text)">
            <link rel="stylesheet" href="\(try url(.style))" integrity="\(style.integrity)">
            <script type="application/json" id="frond-configuration">\(configuration.compact)</script>
            <script type="module" src="\(try url(.shell))" integrity="\(shell.integrity)"></script>
            """
    }
}

/// A mistake of the code that plans, not of its user.
enum SitePlanError: Error {
    case missing(Asset.Role)
}
