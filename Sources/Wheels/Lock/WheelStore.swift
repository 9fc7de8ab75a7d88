import Foundation
import Support

/// The wheels of a lock on this machine: downloaded once, kept under their hash, checked whenever they are read.
///
///     CACHE/wheels/ab/ab7ae7…/idna-3.20-py3-none-any.whl
public struct WheelStore: Sendable {
    /// The folder that holds them.
    public let folder: URL
    /// Whether the network may be used.
    public let offline: Bool

    /// A store in `folder`; with `offline`, what is not there is an error.
    public init(folder: URL, offline: Bool = false) {
        self.folder = folder
        self.offline = offline
    }

    /// How many downloads run at the same time.
    private static let parallelDownloads = 6

    /// The opened wheels of `lock`, in its order.
    ///
    /// - Throws: `Diagnostic` for a wheel that can't be had or whose bytes are not those locked. What was downloaded
    ///   until then stays in the store; nothing else is left.
    public func wheels(
        of lock: LockFile, kitWheels: [Resolver.KitWheel], activity: Activity = .silent
    ) async throws -> [Wheel] {
        try await fetchMissing(of: lock, activity)
        var wheels: [Wheel] = []
        for package in lock.packages {
            wheels.append(try open(package, kitWheels: kitWheels))
        }
        return wheels
    }

    /// The places of the wheels of `lock` without those that every app gets; their hashes are checked, and whoever opens
    /// them checks the rest.
    public func files(
        of lock: LockFile, kitWheels: [Resolver.KitWheel], activity: Activity = .silent
    ) async throws -> [URL] {
        try await fetchMissing(of: lock, activity)
        for package in lock.packages { _ = try read(package, kitWheels: kitWheels) }
        return lock.packages.compactMap { package in
            guard package.source == .kit else { return location(package) }
            return kitWheels.first { $0.isOffered && $0.file.lastPathComponent == package.wheel }?.file
        }
    }

    private func fetchMissing(of lock: LockFile, _ activity: Activity) async throws {
        let missing = lock.packages.filter { package in
            if case .url = package.source { return !FileManager.default.fileExists(atPath: location(package).path) }
            return false
        }
        if !missing.isEmpty {
            try await activity.step("Downloading \(Readable.count(missing.count, "wheel"))") { step in
                try await download(missing, step)
            }
        }
    }

    private func location(_ package: LockFile.Package) -> URL {
        folder.appending(path: "\(package.sha256.prefix(2))/\(package.sha256)/\(package.wheel)")
    }

    /// The bytes of a wheel, which are those that were locked.
    private func read(_ package: LockFile.Package, kitWheels: [Resolver.KitWheel]) throws -> [UInt8] {
        let file: URL
        switch package.source {
        case .url: file = location(package)
        case .kit:
            guard let wheel = kitWheels.first(where: { $0.file.lastPathComponent == package.wheel }) else {
                throw Diagnostic.input(
                    "lock-kit-changed",
                    "the lock names \(package.wheel), which this version's runtime kit does not have",
                    at: .init(file: LockFile.fileName), hints: ["make the lock anew with `frond lock`"])
            }
            file = wheel.file
        }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: file))
        } catch {
            throw Diagnostic.unreadable(file, error)
        }
        guard Hash.sha256(bytes) == package.sha256 else {
            if package.source == .kit {
                throw Diagnostic.input(
                    "lock-kit-changed", "the runtime kit's \(package.wheel) is not the one that was locked",
                    at: .init(file: LockFile.fileName), hints: ["make the lock anew with `frond lock`"])
            }
            try? FileManager.default.removeItem(at: file)
            throw Diagnostic(
                .error, "wheel-corrupt", "\(package.wheel) in the cache was damaged and has been removed",
                hints: ["run the command again to download it anew"])
        }
        return bytes
    }

    private func open(_ package: LockFile.Package, kitWheels: [Resolver.KitWheel]) throws -> Wheel {
        let bytes = try read(package, kitWheels: kitWheels)
        do {
            return try Wheel(bytes, filename: package.wheel)
        } catch {
            throw Diagnostic(
                .error, "wheel-\(error.kind.rawValue)", "the wheel is refused: \(error)",
                hints: ["tell its maintainers, or use another version"])
        }
    }

    // MARK: Downloads

    private func download(_ packages: [LockFile.Package], _ step: Activity.Step) async throws {
        if offline {
            throw Diagnostic(
                .error, "wheel-offline", "\(packages[0].wheel) is not in the cache, and the network is not to be used",
                notes: packages.dropFirst().map { "\($0.wheel) is missing too." }, hints: ["run once without --offline"]
            )
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = packages[...]
            var finished = 0
            for package in waiting.prefix(Self.parallelDownloads) {
                group.addTask { try await fetch(package) }
            }
            waiting = waiting.dropFirst(Self.parallelDownloads)
            while try await group.next() != nil {
                finished += 1
                step.advance("\(finished) of \(packages.count)")
                if let package = waiting.popFirst() {
                    group.addTask { try await fetch(package) }
                }
            }
        }
    }

    /// Downloads one wheel to a temporary name, checks it, and only then gives it its place.
    private func fetch(_ package: LockFile.Package) async throws {
        guard case .url(let address) = package.source, let url = URL(string: address), let scheme = url.scheme,
            ["https", "http"].contains(scheme)
        else {
            throw Diagnostic.input(
                "lock-bad-address", "the address of \(package.wheel) is not one to download from",
                at: .init(file: LockFile.fileName), hints: ["make the lock anew with `frond lock`"])
        }
        try await Download.fetch(url, sha256: package.sha256, to: location(package), name: package.wheel)
    }
}
