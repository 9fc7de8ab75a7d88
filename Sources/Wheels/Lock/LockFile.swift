import Foundation
import Support

/// `pylock.toml` (PEP 751), as far as Frond writes and reads it: for one environment, one wheel a package.
///
/// Model: a *lock* answers "exactly which bytes?" for "which requirements?". The requirements are kept in `[tool.frond]`,
/// so that a lock that no longer answers the project's question is noticed without resolving anything.
///
///     [[packages]]
///     name = "idna"
///     version = "3.20"
///     [[packages.wheels]]
///     name = "idna-3.20-py3-none-any.whl"
///     url = "…/idna-3.20-py3-none-any.whl"
///     size = 69583
///     hashes = { sha256 = "ab7ae7…" }
public struct LockFile: Sendable, Equatable {
    /// One package: a name, a version and the wheel to install.
    public struct Package: Sendable, Equatable {
        /// The normalized name.
        public var name: String
        /// The version, as the index has it.
        public var version: String
        /// The wheel's file name.
        public var wheel: String
        /// Where the wheel is.
        public var source: Source
        /// The wheel's size in bytes, when the index said it.
        public var size: Int?
        /// SHA-256 of the wheel, in hexadecimal.
        public var sha256: String

        /// One package of a lock.
        public init(name: String, version: String, wheel: String, source: Source, size: Int?, sha256: String) {
            self.name = name
            self.version = version
            self.wheel = wheel
            self.source = source
            self.size = size
            self.sha256 = sha256
        }
    }

    /// Where a wheel comes from.
    public enum Source: Sendable, Equatable {
        /// A package index.
        case url(String)
        /// The runtime kit, which carries wheels that no index has.
        case kit
    }

    /// The name of the file, as the standard has it.
    public static let fileName = "pylock.toml"
    /// What the wheels are chosen for.
    static let environment =
        "sys_platform == 'emscripten' and platform_machine == 'wasm32' and implementation_name == 'cpython'"
        + " and python_version >= '3.14'"
    private static let requiresPython = ">=3.14"

    /// What the project asked for when the lock was made, normalized and sorted.
    public var requirements: [String]
    /// The packages, sorted by name.
    public var packages: [Package]

    /// A lock that answers `requirements` with `packages`.
    public init(requirements: [String], packages: [Package]) {
        self.requirements = Self.normalized(requirements)
        self.packages = packages.sorted { $0.name < $1.name }
    }

    /// What differs between the project's requirements and those that the lock answers; empty when it is up to date.
    ///
    /// Each line names one requirement: `+ httpx` for one that is new, `- flask` for one that is gone.
    public func changes(from requirements: [String]) -> [String] {
        let now = Self.normalized(requirements)
        let added = now.filter { !self.requirements.contains($0) }.map { "+ \($0)" }
        let removed = self.requirements.filter { !now.contains($0) }.map { "- \($0)" }
        return added + removed
    }

    /// The same lock with the hashes of those wheels that the runtime kit has now under the names that were locked: another
    /// version of Frond may have compiled them anew.
    ///
    /// - Throws: `Diagnostic` when a wheel of the kit can't be read.
    public func refreshed(with kitWheels: [Resolver.KitWheel]) throws(Diagnostic) -> LockFile {
        var lock = self
        for index in packages.indices where packages[index].source == .kit {
            guard let file = kitWheels.map(\.file).first(where: { $0.lastPathComponent == packages[index].wheel })
            else { continue }
            do {
                lock.packages[index].sha256 = Hash.sha256(Array(try Data(contentsOf: file)))
            } catch {
                throw Diagnostic.unreadable(file, error)
            }
        }
        return lock
    }

    /// What the lock takes from the kit and the kit does not have; a line for each, like those of `changes`.
    public func missing(in kitWheels: [Resolver.KitWheel]) -> [String] {
        let names = Set(kitWheels.map(\.file.lastPathComponent))
        return packages.filter { $0.source == .kit && !names.contains($0.wheel) }
            .map { "~ \($0.name) \($0.version), which this version's runtime kit does not have" }
    }

    /// Requirements compared without their white space, in order, each once.
    static func normalized(_ requirements: [String]) -> [String] {
        Array(Set(requirements.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") })).sorted()
    }

    // MARK: Text

    /// The file's text; the same lock gives the same text.
    public var text: String {
        var lines = [
            "# Made by `frond lock`; commit it. It says exactly which wheels the site is built from.",
            "lock-version = \"1.0\"",
            "environments = [\(quoted(Self.environment))]",
            "requires-python = \(quoted(Self.requiresPython))",
            "created-by = \"frond\"",
        ]
        for package in packages {
            lines += [
                "", "[[packages]]", "name = \(quoted(package.name))", "version = \(quoted(package.version))",
                "[[packages.wheels]]", "name = \(quoted(package.wheel))",
            ]
            switch package.source {
            case .url(let url): lines.append("url = \(quoted(url))")
            case .kit: lines.append("path = \(quoted("\(Self.kitFolder)/\(package.wheel)"))")
            }
            if let size = package.size { lines.append("size = \(size)") }
            lines.append("hashes = { sha256 = \(quoted(package.sha256)) }")
        }
        lines += ["", "[tool.frond]", "requirements = ["]
        lines += requirements.map { "    \(quoted($0))," }
        lines += ["]", ""]
        return lines.joined(separator: "\n")
    }

    /// A path that no project has; it stands for the kit, wherever this machine keeps it.
    private static let kitFolder = ".frond-kit"

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Reads a lock from `file`, which a message calls `name`.
    public init(reading file: URL, name: String? = nil) throws(Diagnostic) {
        try self.init(TOMLDocument(reading: file, name: name))
    }

    /// Reads a lock from `text`, which a message calls `name`.
    public init(parsing text: String, name: String) throws(Diagnostic) {
        try self.init(TOMLDocument(parsing: text, name: name))
    }

    private init(_ document: TOMLDocument) throws(Diagnostic) {
        let root = document.root
        guard try root.string("lock-version")?.split(separator: ".").first == "1" else {
            throw root.invalid(
                "lock-version", "the lock's version is not 1.x", hints: ["make the lock anew with `frond lock`"])
        }
        guard let tool = try root.section("tool")?.section("frond"), let requirements = try tool.strings("requirements")
        else {
            throw Diagnostic.input(
                "lock-foreign", "the lock was not made by Frond", at: .init(file: document.file),
                notes: ["A lock of another tool may name wheels for another platform."],
                hints: ["make it anew with `frond lock`; it is a standard pylock.toml too"])
        }
        var packages: [Package] = []
        if let value = root.value("packages") {
            guard case .array(let rows) = value else { throw root.invalid("packages", "it is not a list of tables") }
            for row in rows {
                packages.append(try Self.package(row, in: root))
            }
        }
        for (left, right) in zip(packages, packages.dropFirst()) where left.name >= right.name {
            throw root.invalid("packages", "“\(right.name)” stands twice or out of order")
        }
        self.requirements = Self.normalized(requirements)
        self.packages = packages
    }

    private static func package(_ value: TOMLDocument.Value, in root: TOMLDocument.Section) throws(Diagnostic)
        -> Package
    {
        func invalid(_ message: String) -> Diagnostic {
            root.invalid("packages", message, hints: ["make the lock anew with `frond lock`"])
        }
        guard case .table(let fields) = value, case .string(let name)? = fields["name"],
            case .string(let version)? = fields["version"]
        else { throw invalid("a package has no name or version") }
        guard name == normalizedDistributionName(name), !name.isEmpty else {
            throw invalid("“\(name)” is not a normalized name")
        }
        guard case .array(let wheels)? = fields["wheels"], case .table(let wheel)? = wheels.first, wheels.count == 1
        else {
            throw invalid("“\(name)” does not have exactly one wheel")
        }
        guard case .string(let filename)? = wheel["name"], let parsed = try? WheelFilename(filename),
            normalizedDistributionName(parsed.distribution) == name
        else { throw invalid("the wheel of “\(name)” has no proper file name") }
        guard case .table(let hashes)? = wheel["hashes"], case .string(let sha256)? = hashes["sha256"],
            sha256.count == 64, sha256.allSatisfy({ $0.isHexDigit && !$0.isUppercase })
        else { throw invalid("the wheel of “\(name)” has no SHA-256") }
        let source: Source
        switch (wheel["url"], wheel["path"]) {
        case (.string(let url)?, nil): source = .url(url)
        case (nil, .string("\(kitFolder)/\(filename)")?): source = .kit
        default: throw invalid("it is not clear where the wheel of “\(name)” comes from")
        }
        var size: Int?
        if case .integer(let value)? = wheel["size"], value > 0 { size = value }
        return Package(name: name, version: version, wheel: filename, source: source, size: size, sha256: sha256)
    }
}
