import Crypto

/// A wheel that was opened and held against its own metadata.
///
/// Opening checks what an installer must check before it writes anything: the file name's name and version are those of
/// METADATA, the WHEEL file's major version is 1, RECORD lists exactly the files that the archive has, and every hash and
/// size in RECORD is right.
public struct Wheel: Sendable {
    /// The file name, taken apart.
    public let filename: WheelFilename
    /// `Name` of METADATA.
    public let name: String
    /// `Version` of METADATA.
    public let version: String
    /// Whether WHEEL says `Root-Is-Purelib: true`.
    public let isPure: Bool
    /// METADATA, as text.
    public let metadata: String
    /// The `NAME-VERSION.dist-info` folder.
    public let distInfo: String
    /// Every file but directories, with its inflated bytes, in the archive's order.
    public let files: [File]

    /// One file of the wheel.
    public struct File: Sendable {
        /// The path inside the archive.
        public let path: String
        /// The bytes.
        public let contents: [UInt8]
        /// Whether the archive marks it as executable.
        public let isExecutable: Bool
    }

    /// Opens the wheel `bytes` whose file is called `filename`.
    ///
    /// - Throws: `WheelError`; nothing outside memory has changed then.
    public init(_ bytes: [UInt8], filename: String, limits: ZipArchive.Limits = .init()) throws(WheelError) {
        let parsed = try WheelFilename(filename)
        let archive = try ZipArchive(bytes, name: filename, limits: limits)
        var files: [File] = []
        for entry in archive.entries where !entry.isDirectory {
            let contents = try archive.contents(of: entry)
            files.append(
                File(path: entry.name, contents: contents, isExecutable: (entry.permissions ?? 0) & 0o111 != 0))
        }
        let distInfo = try Self.distInfo(of: files, parsed)
        let byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })

        func text(_ name: String) throws(WheelError) -> String {
            guard let file = byPath["\(distInfo)/\(name)"] else {
                throw WheelError(.badMetadata, archive: filename, "it has no \(distInfo)/\(name)")
            }
            guard let text = String(validating: file.contents, as: UTF8.self) else {
                throw WheelError(.badMetadata, archive: filename, entry: file.path, "it is not UTF-8")
            }
            return text
        }

        let wheel = HeaderFields(try text("WHEEL"))
        guard let format = wheel["Wheel-Version"], format.split(separator: ".").first == "1" else {
            throw WheelError(
                .unsupportedFeature, archive: filename, entry: "\(distInfo)/WHEEL",
                "its Wheel-Version is \(wheel["Wheel-Version"] ?? "missing"); only 1.x is known")
        }
        let metadata = try text("METADATA")
        let fields = HeaderFields(metadata)
        guard let name = fields["Name"], let version = fields["Version"] else {
            throw WheelError(.badMetadata, archive: filename, entry: "\(distInfo)/METADATA", "it lacks Name or Version")
        }
        guard normalizedDistributionName(name) == normalizedDistributionName(parsed.distribution) else {
            throw WheelError(
                .badMetadata, archive: filename, entry: "\(distInfo)/METADATA",
                "it is the metadata of “\(name)”, not of “\(parsed.distribution)”")
        }
        try Record(try text("RECORD"), archive: filename, path: "\(distInfo)/RECORD").check(files, distInfo: distInfo)
        self.filename = parsed
        self.name = name
        self.version = version
        self.isPure = wheel["Root-Is-Purelib"]?.lowercased() == "true"
        self.metadata = metadata
        self.distInfo = distInfo
        self.files = files
    }

    private static func distInfo(of files: [File], _ filename: WheelFilename) throws(WheelError) -> String {
        var folders = Set<String>()
        for file in files {
            guard let top = file.path.split(separator: "/").first, top.hasSuffix(".dist-info"), file.path.contains("/")
            else { continue }
            folders.insert(String(top))
        }
        guard folders.count == 1, let folder = folders.first else {
            let found = folders.sorted().joined(separator: ", ")
            throw WheelError(
                .badMetadata, archive: filename.description,
                folders.isEmpty ? "it has no .dist-info folder" : "it has several .dist-info folders: \(found)")
        }
        let stem = folder.dropLast(".dist-info".count)
        let parts = stem.split(separator: "-", maxSplits: 1)
        guard parts.count == 2,
            normalizedDistributionName(parts[0]) == normalizedDistributionName(filename.distribution)
        else {
            throw WheelError(
                .badMetadata, archive: filename.description, entry: folder,
                "the folder is not that of “\(filename.distribution)”")
        }
        return folder
    }
}

/// The header lines of WHEEL and METADATA (RFC 822 style), up to the first empty line. The first of a repeated field wins.
struct HeaderFields {
    private var fields: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else { continue }
            let key = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            if fields[key] == nil { fields[key] = String(value) }
        }
    }

    subscript(name: String) -> String? { fields[name.lowercased()] }
}
