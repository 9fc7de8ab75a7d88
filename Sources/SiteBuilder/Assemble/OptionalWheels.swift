import Foundation
import Support

/// Chooses which of the kit's optional wheels an app gets: what the standard library does without if need be, and what would be a
/// large part of a small program. It is the app's and its packages' own sources that count. The answer is kept in the cache, as
/// reading all sources takes longer than the rest of a build.
package struct OptionalWheels {
    /// An optional wheel, by the name of its distribution.
    package enum Offer: String, CaseIterable {
        /// `_ssl` and `_hashlib`, a fifth of a small program's size. `hashlib` has its algorithms from elsewhere, `asyncio` and
        /// `http.client` only try to import `ssl`:
        ///
        ///     import ssl                          anyio, uvicorn, urllib3: can't even be imported without
        ///     hashlib.pbkdf2_hmac(…), scrypt      Django, Werkzeug: OpenSSL is the only implementation
        case openSSL = "frond_openssl"
        /// `ctypes`, with which all that the interpreter exports is in the program, to be found by name. Many packages have it for
        /// Windows, in functions for the best case, or in parts that few use (Django's maps), so of packages it counts where a module
        /// begins that the app reaches.
        case ctypes = "frond_ctypes"

        /// Whether a Python source needs the wheel, as far as its text shows.
        ///
        /// - Parameter isOfApp: whether it is one of the app's own, of which all that it may ever import counts.
        package func isNeeded(by source: [UInt8], isOfApp: Bool) -> Bool {
            switch self {
            case .openSSL:
                if Self.contains(source, "pbkdf2_hmac") || Self.contains(source, "scrypt") { return true }
                guard Self.contains(source, "ssl") || Self.contains(source, "_hashlib") else { return false }
                return Self.imports(source, ["ssl", "_ssl", "_hashlib"], everywhere: true)
            case .ctypes:
                guard Self.contains(source, "ctypes") else { return false }
                if !isOfApp, ["windll", "WinDLL", "wintypes"].contains(where: { Self.contains(source, $0) }) {
                    return false
                }
                return Self.imports(source, ["ctypes", "_ctypes"], everywhere: isOfApp)
            }
        }

        private static func contains(_ source: [UInt8], _ word: String) -> Bool {
            source.firstRange(of: Array(word.utf8)) != nil
        }

        private static func imports(_ source: [UInt8], _ modules: Set<String>, everywhere: Bool) -> Bool {
            !PythonImports.modules(in: source, package: "", everywhere: everywhere).isDisjoint(with: modules)
        }
    }

    let kit: KitFiles
    let shelf: CacheShelf

    /// The optional wheels that an app and its `wheels` need.
    ///
    /// - Parameter replacement: see `AppDescription`.
    func wheels(for app: AppFolder, _ replacement: String, _ wheels: [WheelFile]) throws -> [WheelFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: kit.optionalWheels.path)) ?? []
        let offered = names.filter { $0.hasSuffix(".whl") }.sorted(by: bytewise)
        if offered.isEmpty { return [] }
        let code = Array(replacement.replacing(";", with: "\n").utf8)
        let sources = [code] + app.files.filter { $0.key.hasSuffix(".py") }.map(\.value.bytes)
        let key = Hash.sha256(
            (["needs 4", kit.key, Hash.sha256(code)] + wheels.map(\.sha256) + [app.contentHash])
                .joined(separator: "\n"))
        let needed: [String]
        if let known = shelf.read(key) {
            needed = String(decoding: known, as: UTF8.self).split(separator: "\n").map(String.init)
        } else {
            let packages = ImageContents.sources(try wheels.map { try InstalledWheel($0) })
                .filter { !Self.isTest($0.key) }
            needed = Offer.allCases.filter { isNeeded($0, by: sources, app, packages) }.map(\.rawValue)
            try shelf.write(Array(needed.joined(separator: "\n").utf8), as: key)
        }
        return try offered.filter { name in needed.contains { name.hasPrefix("\($0)-") } }
            .map { try WheelFile(kit.optionalWheels.appending(path: $0)) }
    }

    /// - Parameter packages: the sources of packages, by path below `site-packages`.
    private func isNeeded(
        _ offer: Offer, by sources: [[UInt8]], _ app: AppFolder, _ packages: [String: [UInt8]]
    ) -> Bool {
        if sources.contains(where: { offer.isNeeded(by: $0, isOfApp: true) }) { return true }
        let asking = packages.filter { offer.isNeeded(by: $0.value, isOfApp: false) }
        guard offer == .ctypes, !asking.isEmpty else { return !asking.isEmpty }
        let own = app.files.filter { $0.key.hasSuffix(".py") }.mapValues(\.bytes)
        let reached = CompiledModules(library: [:], packages: packages, app: own).packageFiles
        return reached.contains { asking[$0] != nil }
    }

    /// Tests that packages install along need all kinds of things that a program does not.
    private static func isTest(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0 == "tests" || $0 == "test" || $0 == "testing" }
    }
}
