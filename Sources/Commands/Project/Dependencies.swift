import Foundation
import SiteBuilder
import Support
import Wheels

/// Turns what an app depends on into wheels on this machine, through its lock.
///
///     requirements ──(pylock.toml answers them?)── yes ─▶ wheels of the lock
///                                   │ no
///                                   └─ resolve (uv), write pylock.toml ─▶ wheels of the lock
///
/// A lock also answers no longer when this version's runtime kit has other wheels than those that were locked.
///
/// An app that needs nothing but what the kit brings (greenlet) has no lock and needs none.
struct Dependencies: Sendable {
    /// What may happen to a lock that does not answer the requirements.
    enum Mode: Sendable {
        /// It is made or brought up to date, keeping the versions that may stay.
        case automatic
        /// It is made anew with the newest versions.
        case upgrade
        /// That is an error.
        case locked
    }

    let kit: KitFiles
    let cache: CacheDirectory
    let activity: Activity
    var offline = false
    var environment = ProcessInfo.processInfo.environment

    /// The wheels to install beside the kit's own.
    ///
    /// - Throws: `Diagnostic` or `Diagnostics` for everything that can be wrong with the requirements, the lock, the
    ///   network or a wheel.
    func wheels(for project: Project, mode: Mode) async throws -> [URL] {
        if project.isSelfContained { return [] }
        let lock = try await lock(of: project, mode: mode)
        let store = WheelStore(folder: cache.folder("wheels"), offline: offline)
        return try await store.files(of: lock, kitWheels: try kitWheels(), activity: activity)
    }

    /// The lock of an app, made or brought up to date when the mode allows it.
    func lock(of project: Project, mode: Mode) async throws -> LockFile {
        let name = project.lockFile.lastPathComponent
        let exists = FileManager.default.fileExists(atPath: project.lockFile.path)
        let previous = exists ? try LockFile(reading: project.lockFile, name: name) : nil
        let kitWheels = try kitWheels()
        let kept = try previous?.refreshed(with: kitWheels)
        let changes = previous.map { $0.changes(from: project.requirements) + $0.missing(in: kitWheels) } ?? []
        func outdated(_ what: String) -> Diagnostic {
            .input("lock-outdated", what, notes: changes, hints: ["run frond lock and commit \(name)"])
        }
        if let kept, changes.isEmpty, mode != .upgrade {
            if kept == previous { return kept }
            if mode == .locked { throw outdated("\(name) names wheels of another runtime kit") }
            try AtomicFile.write(kept.text, to: project.lockFile)
            activity.note("\(name): brought up to date with this version's runtime kit")
            return kept
        }
        if mode == .locked {
            throw outdated(
                exists ? "\(name) does not answer what \(project.origin) asks for" : "there is no \(name) yet")
        }
        let resolver = try await resolver(for: project)
        let lock = try await activity.step("Resolving the dependencies of \(project.app.name)") { _ in
            try await resolver.resolve(
                project.requirements, origin: project.origin, previous: mode == .upgrade ? nil : previous)
        }
        if lock != previous { try AtomicFile.write(lock.text, to: project.lockFile) }
        activity.note(
            "\(name): \(Readable.count(lock.packages.count, "package"))"
                + (lock == previous ? ", nothing new" : exists ? ", brought up to date" : ", made; commit it"))
        return lock
    }

    /// What is wrong with an app's dependencies; changes nothing, and looks at a lock that answers them only for that.
    func problems(of project: Project) async throws -> [Diagnostic] {
        let name = project.lockFile.lastPathComponent
        if FileManager.default.fileExists(atPath: project.lockFile.path) {
            let lock = try LockFile(reading: project.lockFile, name: name)
            let changes = lock.changes(from: project.requirements) + lock.missing(in: try kitWheels())
            if changes.isEmpty { return [] }
        }
        if offline { return [] }
        do {
            _ = try await resolver(for: project).resolve(
                project.requirements, origin: project.origin, previous: nil)
            return []
        } catch let problems as Diagnostics {
            return problems.all
        } catch let problem as Diagnostic where problem.category == .input {
            return [problem]
        }
    }

    private func resolver(for project: Project) async throws -> Resolver {
        Resolver(uv: try await findUV(), kitWheels: try kitWheels(), indexSettings: project.indexSettings)
    }

    /// The wheels of the kit: those that every app gets, and those that it only offers.
    private func kitWheels() throws -> [Resolver.KitWheel] {
        try [(kit.wheels, false), (kit.offeredWheels, true)].flatMap { folder, isOffered in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return try names.filter { $0.hasSuffix(".whl") }.sorted().map {
                try Resolver.KitWheel(file: folder.appending(path: $0), isOffered: isOffered)
            }
        }
    }

    /// Finds uv: in `FROND_UV`, then in `PATH`, then among Frond's own tools.
    private func findUV() async throws -> URL {
        if let given = environment["FROND_UV"], !given.isEmpty {
            if let file = ChildProcess.find(given, environment: environment) { return file }
            throw Diagnostic.input("uv-missing", "FROND_UV is \(given), which is not a program")
        }
        let own = cache.tools.appending(path: "bin/uv").path
        if let file = ChildProcess.find("uv", environment: environment) ?? ChildProcess.find(own) { return file }
        throw Diagnostic(
            .error, "uv-missing", "resolving dependencies needs uv, and there is none",
            hints: [
                "run make tools in Frond's repository, which puts one into \(cache.tools.path)",
                "or install uv any other way and have it in PATH, or set FROND_UV to it",
            ])
    }
}
