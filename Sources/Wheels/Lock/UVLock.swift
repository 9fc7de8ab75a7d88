import Foundation
import Support

/// The part of uv's own `uv.lock` that we read: packages, their versions and their wheels.
struct UVLock {
    struct Wheel: Equatable {
        /// The file name, from the URL or path.
        let filename: String
        /// The address; `nil` for a wheel found in a local folder.
        let url: String?
        let sha256: String?
        let size: Int?
    }

    struct Package: Equatable {
        let name: String
        let version: String
        let wheels: [Wheel]
        /// Whether the index has its source.
        let hasSource: Bool
    }

    let packages: [Package]

    init(reading file: URL) throws(Diagnostic) {
        try self.init(TOMLDocument(reading: file, name: "uv.lock"))
    }

    init(_ document: TOMLDocument) throws(Diagnostic) {
        let root = document.root
        guard try root.integer("version") == 1 else {
            throw Diagnostic(
                .error, "lock-uv-version", "this uv writes a lock format that Frond does not know",
                hints: ["install the uv that `make tools` pins"])
        }
        guard case .array(let rows)? = root.value("package") else {
            packages = []
            return
        }
        var packages: [Package] = []
        for row in rows {
            guard case .table(let fields) = row, case .string(let name)? = fields["name"] else { continue }
            if name == Resolver.projectName { continue }
            guard case .string(let version)? = fields["version"] else {
                throw Diagnostic.input("lock-no-version", "\(name) has no version", hints: ["name a released version"])
            }
            packages.append(
                Package(
                    name: name, version: version, wheels: Self.wheels(fields["wheels"]),
                    hasSource: fields["sdist"] != nil))
        }
        self.packages = packages
    }

    private static func wheels(_ value: TOMLDocument.Value?) -> [Wheel] {
        guard case .array(let rows)? = value else { return [] }
        return rows.compactMap { row in
            guard case .table(let fields) = row else { return nil }
            var address: String?
            if case .string(let url)? = fields["url"] { address = url }
            var path: String?
            if case .string(let value)? = fields["path"] { path = value }
            if case .string(let value)? = fields["filename"] { path = value }
            guard
                let name = (address?.prefix { $0 != "#" && $0 != "?" } ?? path.map { $0[...] })?.split(separator: "/")
                    .last
            else { return nil }
            var sha256: String?
            if case .string(let hash)? = fields["hash"], hash.hasPrefix("sha256:") {
                sha256 = String(hash.dropFirst(7))
            }
            var size: Int?
            if case .integer(let value)? = fields["size"] { size = value }
            let isRemote = address.map { $0.hasPrefix("https://") || $0.hasPrefix("http://") } ?? false
            return Wheel(
                filename: name.removingPercentEncoding ?? String(name), url: isRemote ? address : nil, sha256: sha256,
                size: size)
        }
    }
}
