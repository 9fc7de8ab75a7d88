import Foundation
import Support

/// Resolves requirements into a `LockFile`, with `uv` doing the resolving and us choosing the wheels.
///
/// Model: `uv lock` is given a project of our making whose only environment is the target's
/// (`sys_platform == 'emscripten'`, …), so markers are evaluated for the browser and not for this machine. uv then lists
/// *every* wheel of each chosen version that could serve that environment; it does not know the tag
/// `pyemscripten_2026_0`, but keeps such wheels. We take the best by PEP 425 order. Wheels that the kit carries are
/// offered through `find-links`, and their versions are constraints, because no other version of them would have a wheel.
public struct Resolver: Sendable {
    /// A wheel that the runtime kit carries.
    public struct KitWheel: Sendable {
        /// Where it lies on this machine.
        public let file: URL
        /// Whether only those apps get it that depend on it; every app has the others.
        public let isOffered: Bool
        let filename: WheelFilename

        /// The wheel in `file`.
        public init(file: URL, isOffered: Bool = false) throws(WheelError) {
            self.file = file
            self.isOffered = isOffered
            filename = try WheelFilename(file.lastPathComponent)
        }
    }

    /// The `uv` to run.
    public let uv: URL
    /// The wheels of the kit.
    public let kitWheels: [KitWheel]
    /// `[tool.uv]` settings of the project that concern where packages come from, as TOML text; may be empty.
    public let indexSettings: String

    /// A resolver that runs `uv` and offers it the kit's wheels.
    public init(uv: URL, kitWheels: [KitWheel], indexSettings: String = "") {
        self.uv = uv
        self.kitWheels = kitWheels
        self.indexSettings = indexSettings
    }

    /// Resolves `requirements`.
    ///
    /// - Parameters:
    ///   - origin: the file that asks for them, for messages.
    ///   - previous: a lock whose versions are kept where the requirements allow it; `nil` takes the newest of all.
    /// - Throws: `Diagnostic` or `Diagnostics` for requirements that contradict each other, unknown packages, and packages
    ///   without a usable wheel, each of which is named.
    public func resolve(_ requirements: [String], origin: String, previous: LockFile?) async throws -> LockFile {
        let resolved: [UVLock.Package]
        do {
            resolved = try await run(requirements, origin: origin, pins: previous.map { $0.packages } ?? [])
        } catch let error as Diagnostic where error.identifier == Self.unresolvable && previous != nil {
            // What was locked may stand in the way of what is asked for now.
            resolved = try await run(requirements, origin: origin, pins: [])
        }
        var problems: [Diagnostic] = []
        var packages: [LockFile.Package] = []
        for package in resolved {
            do {
                packages.append(try choose(package, origin: origin))
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return LockFile(requirements: requirements, packages: packages)
    }

    // MARK: uv

    private static let unresolvable = "lock-unresolvable"

    private func run(
        _ requirements: [String], origin: String, pins: [LockFile.Package]
    ) async throws -> [UVLock.Package] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-lock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try AtomicFile.write(project(requirements, pins: pins), to: folder.appending(path: "pyproject.toml"))
        let result = try await ChildProcess(
            uv.path, ["lock", "--no-progress", "--color", "never", "--project", folder.path],
            environment: ["UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": nil, "VIRTUAL_ENV": nil]
        ).collect(timeout: .seconds(300))
        guard result.status == 0 else {
            throw explain(result.errorText, origin: origin)
        }
        return try UVLock(reading: folder.appending(path: "uv.lock")).packages
    }

    /// The project that uv is shown.
    private func project(_ requirements: [String], pins: [LockFile.Package]) -> String {
        func list(_ items: [String]) -> String {
            "["
                + items.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }.joined(
                    separator: ", ") + "]"
        }
        let kit = kitWheels.map { "\(normalizedDistributionName($0.filename.distribution))==\($0.filename.version)" }
        let pinned = pins.filter { $0.source != .kit }.map { "\($0.name)==\($0.version)" }
        let folders = Set(kitWheels.map { $0.file.deletingLastPathComponent().path }).sorted()
        return """
            [project]
            name = "\(Self.projectName)"
            version = "0"
            requires-python = ">=3.9"
            dependencies = \(list(requirements))
            [tool.uv]
            package = false
            environments = [\"\(LockFile.environment)\"]
            constraint-dependencies = \(list(kit + pinned))
            find-links = \(list(folders))
            \(indexSettings)
            """
    }

    static let projectName = "frond-locked-application"

    /// uv's message as one of ours: its first line says what, the others become notes.
    private func explain(_ output: String, origin: String) -> Diagnostic {
        let lines = output.split(whereSeparator: \.isNewline).map {
            $0.trimmingPrefix(while: { " ×│╰─▶├└→".contains($0) }).replacing(Self.projectName, with: "your project")
        }.filter { !$0.isEmpty && !$0.hasPrefix("Using CPython") }
        if output.contains("No interpreter found") || output.contains("No Python") {
            return Diagnostic(
                .error, "lock-no-python", "uv finds no Python on this machine, which it needs to resolve dependencies",
                notes: lines.map { String($0) }, hints: ["install one, for example `apt-get install python3`"])
        }
        let network = ["dns error", "Failed to fetch", "error sending request", "Request failed"].contains {
            output.contains($0)
        }
        if network {
            return Diagnostic(
                .error, "lock-network", "the package index could not be reached", notes: lines.map { String($0) },
                hints: ["check the network and the index that uv is configured for (UV_DEFAULT_INDEX)"])
        }
        return Diagnostic.input(
            Self.unresolvable, "the dependencies can't be resolved for the browser's Python", at: .init(file: origin),
            notes: lines.map { String($0) })
    }

    // MARK: Wheels

    private func choose(_ package: UVLock.Package, origin: String) throws(Diagnostic) -> LockFile.Package {
        let parsed = package.wheels.compactMap { wheel in
            (try? WheelFilename(wheel.filename)).map { (name: $0, wheel: wheel) }
        }
        guard let best = TagOrder.pyemscripten.best(of: parsed.map(\.name)),
            let chosen = parsed.first(where: { $0.name == best })?.wheel
        else { throw noWheel(package, origin: origin) }
        let fromKit = kitWheels.contains { $0.file.lastPathComponent == chosen.filename }
        guard let location = chosen.url, !fromKit else {
            guard let wheel = kitWheels.first(where: { $0.file.lastPathComponent == chosen.filename }) else {
                throw Diagnostic.input(
                    "lock-local-wheel", "\(package.name) \(package.version) comes from a folder of this machine",
                    at: .init(file: origin), hints: ["publish it to an index, so that others can build the site too"])
            }
            return LockFile.Package(
                name: package.name, version: package.version, wheel: chosen.filename, source: .kit, size: nil,
                sha256: try Hash.sha256(ofFile: wheel.file))
        }
        guard let sha256 = chosen.sha256 else {
            throw Diagnostic.input(
                "lock-no-hash", "the index gives no SHA-256 for \(chosen.filename)", at: .init(file: origin),
                hints: ["use an index that does; every download is checked"])
        }
        return LockFile.Package(
            name: package.name, version: package.version, wheel: chosen.filename, source: .url(location),
            size: chosen.size, sha256: sha256)
    }

    private func noWheel(_ package: UVLock.Package, origin: String) -> Diagnostic {
        let names = package.wheels.map(\.filename).sorted()
        let existing =
            names.isEmpty
            ? "It has no wheel for WebAssembly at all\(package.hasSource ? ", only its source" : "")."
            : "It has these wheels: \(names.joined(separator: ", "))."
        return Diagnostic.input(
            "lock-no-wheel",
            "\(package.name) \(package.version) has no wheel that runs in the browser's Python (\(TagOrder.pyemscripten.tags[0]))",
            at: .init(file: origin), notes: [existing],
            hints: [
                "ask its maintainers for a pyemscripten_2026_0 wheel (PEP 783; cibuildwheel builds them)",
                "or use a version or an alternative that is pure Python",
            ])
    }
}
