import Foundation
import Support
import Testing
import Wheels

@Suite struct LockFileTests {
    static let hash = String(repeating: "ab", count: 32)

    static func lock() -> LockFile {
        LockFile(
            requirements: ["idna  >= 3", "greenlet", "idna >= 3"],
            packages: [
                .init(
                    name: "idna", version: "3.20", wheel: "idna-3.20-py3-none-any.whl",
                    source: .url("https://index.example/idna-3.20-py3-none-any.whl"), size: 69_583, sha256: hash),
                .init(
                    name: "greenlet", version: "3.5.6",
                    wheel: "greenlet-3.5.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
                    source: .kit, size: nil, sha256: hash),
            ])
    }

    private func identifier(_ text: String) -> String? {
        do {
            _ = try LockFile(parsing: text, name: "pylock.toml")
            return nil
        } catch {
            return error.identifier
        }
    }

    @Test func readsWhatItWrites() throws {
        let lock = Self.lock()
        #expect(lock.packages.map(\.name) == ["greenlet", "idna"])
        #expect(lock.requirements == ["greenlet", "idna >= 3"])
        #expect(try LockFile(parsing: lock.text, name: "pylock.toml") == lock)
    }

    @Test func saysWhatChanged() {
        let lock = Self.lock()
        #expect(lock.changes(from: ["idna >= 3", "greenlet "]).isEmpty)
        #expect(lock.changes(from: ["idna >= 4", "greenlet"]) == ["+ idna >= 4", "- idna >= 3"])
    }

    @Test func refusesDamagedLocks() {
        let text = Self.lock().text
        #expect(identifier(text) == nil)
        for (from, to) in [
            ("lock-version = \"1.0\"", "lock-version = \"2.0\""), ("[tool.frond]", "[tool.other]"),
            (Self.hash, "abc"), (Self.hash, Self.hash.uppercased()), ("name = \"idna\"", "name = \"Idna\""),
            ("name = \"idna\"", "name = \"anyio\""), ("version = \"3.20\"", "other = \"3.20\""),
            ("https://", "file:/"), ("idna-3.20-py3-none-any.whl\"\nurl", "idna.whl\"\nurl"), ("hashes", "hash"),
            (".frond-kit/", "elsewhere/"), ("requirements = [", "requirements = [["),
        ] {
            let damaged = text.replacingOccurrences(of: from, with: to)
            #expect(damaged != text)
            // An address of another scheme is read, and refused when it is to be downloaded.
            if from != "https://" { #expect(identifier(damaged) != nil, "\(from) → \(to)") }
        }
    }

    private func identifier(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? Diagnostic)?.identifier ?? "\(error)"
        }
    }

    @Test func storeRefusesWhatWasNotLocked() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-store-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var lock = Self.lock()
        lock.packages.removeFirst()
        let offline = WheelStore(folder: folder, offline: true)
        #expect(await identifier { _ = try await offline.wheels(of: lock, kitWheels: []) } == "wheel-offline")

        let place = folder.appending(path: "ab/\(Self.hash)/idna-3.20-py3-none-any.whl")
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("not that wheel".utf8).write(to: place)
        #expect(await identifier { _ = try await offline.wheels(of: lock, kitWheels: []) } == "wheel-corrupt")
        #expect(!FileManager.default.fileExists(atPath: place.path))

        lock.packages[0].source = .url("file:///etc/hostname")
        let online = WheelStore(folder: folder)
        #expect(await identifier { _ = try await online.wheels(of: lock, kitWheels: []) } == "lock-bad-address")
    }

    @Test func kitWheelsMustBeTheLockedOnes() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-kit-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lock = Self.lock()
        lock.packages.removeLast()
        let store = WheelStore(folder: folder, offline: true)
        #expect(await identifier { _ = try await store.wheels(of: lock, kitWheels: []) } == "lock-kit-changed")
        let file = folder.appending(path: lock.packages[0].wheel)
        try Data("another build".utf8).write(to: file)
        let wheel = try Resolver.KitWheel(file: file)
        #expect(await identifier { _ = try await store.wheels(of: lock, kitWheels: [wheel]) } == "lock-kit-changed")

        let refreshed = try lock.refreshed(with: [wheel])
        #expect(refreshed.packages.map(\.sha256) == [Hash.sha256(Array("another build".utf8))])
        #expect(try refreshed.refreshed(with: [wheel]) == refreshed)
        #expect(refreshed.missing(in: [wheel]).isEmpty)
        #expect(try lock.refreshed(with: []) == lock)
        #expect(lock.missing(in: []) == ["~ greenlet 3.5.6, which this version's runtime kit does not have"])
    }

    @Test func onlyOfferedWheelsOfTheKitAreInstalledByALock() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-kit-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = ["greenlet-3.5.6", "markupsafe-3.0.4"].map { "\($0)-cp314-cp314-pyemscripten_2026_0_wasm32.whl" }
        var packages: [LockFile.Package] = []
        var wheels: [Resolver.KitWheel] = []
        for name in names {
            let file = folder.appending(path: name)
            try Data(name.utf8).write(to: file)
            let parts = name.split(separator: "-").map(String.init)
            packages.append(
                .init(
                    name: parts[0], version: parts[1], wheel: name, source: .kit, size: nil,
                    sha256: Hash.sha256(Array(name.utf8))))
            wheels.append(try Resolver.KitWheel(file: file, isOffered: parts[0] == "markupsafe"))
        }
        let store = WheelStore(folder: folder, offline: true)
        let lock = LockFile(requirements: ["greenlet", "markupsafe"], packages: packages)
        let files = try await store.files(of: lock, kitWheels: wheels)
        #expect(files.map(\.lastPathComponent) == [names[1]])
        // A program that does not depend on it does not get it.
        let other = LockFile(requirements: ["greenlet"], packages: [packages[0]])
        #expect(try await store.files(of: other, kitWheels: wheels).isEmpty)
    }
}
