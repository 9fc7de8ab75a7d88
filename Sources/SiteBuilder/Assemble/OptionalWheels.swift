import Foundation
import Support

/// Chooses which of the kit's optional wheels an app gets.
///
/// There is one so far: `frond_openssl`, with `_ssl` and `_hashlib`. It would be a fifth of a small program's size, and the
/// standard library does without it: `hashlib` has its algorithms from elsewhere, `asyncio` and `http.client` only try
/// to import `ssl`. So it is the app's and its packages' own sources that count:
///
///     import ssl                          anyio, uvicorn, urllib3: can't even be imported without
///     hashlib.pbkdf2_hmac(…), scrypt      Django, Werkzeug: OpenSSL is the only implementation
///
/// The answer is kept in the cache, as reading all sources takes longer than the rest of a build.
package struct OptionalWheels {
    /// Modules that exist, or work, only with OpenSSL.
    private static let modules: Set = ["ssl", "_ssl", "_hashlib"]
    /// Functions that exist only with OpenSSL.
    private static let functions = ["pbkdf2_hmac", "scrypt"].map { Array($0.utf8) }

    let kit: KitFiles
    let shelf: CacheShelf

    /// The optional wheels that `app` and its `wheels` need.
    func wheels(for app: AppFolder, _ wheels: [WheelFile]) throws -> [WheelFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: kit.optionalWheels.path)) ?? []
        let offered = names.filter { $0.hasSuffix(".whl") }.sorted(by: bytewise)
        if offered.isEmpty { return [] }
        let key = Hash.sha256(
            (["needs 1", kit.key] + wheels.map(\.sha256) + [app.contentHash]).joined(separator: "\n"))
        let isNeeded: Bool
        if let known = shelf.read(key) {
            isNeeded = known == [1]
        } else {
            isNeeded = try needsOpenSSL(app, wheels)
            try shelf.write([isNeeded ? 1 : 0], as: key)
        }
        guard isNeeded else { return [] }
        return try offered.map { try WheelFile(kit.optionalWheels.appending(path: $0)) }
    }

    private func needsOpenSSL(_ app: AppFolder, _ wheels: [WheelFile]) throws -> Bool {
        if app.files.contains(where: { $0.key.hasSuffix(".py") && Self.needsOpenSSL($0.value.bytes) }) { return true }
        for wheel in wheels {
            let installed = try InstalledWheel(wheel)
            let sources = installed.files.filter { $0.path.hasSuffix(".py") && !Self.isTest($0.path) }
            if sources.contains(where: { Self.needsOpenSSL($0.contents) }) { return true }
        }
        return false
    }

    /// Tests that packages install along need all kinds of things that a program does not.
    private static func isTest(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0 == "tests" || $0 == "test" || $0 == "testing" }
    }

    /// Whether a Python source needs OpenSSL, as far as its text shows.
    package static func needsOpenSSL(_ source: [UInt8]) -> Bool {
        if functions.contains(where: { source.firstRange(of: $0) != nil }) { return true }
        guard source.firstRange(of: Array("ssl".utf8)) != nil || source.firstRange(of: Array("_hashlib".utf8)) != nil
        else { return false }
        return !PythonImports.modules(in: source, package: "", everywhere: true).isDisjoint(with: modules)
    }
}
