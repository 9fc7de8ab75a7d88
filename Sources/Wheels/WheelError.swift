/// Why a wheel, or the ZIP archive that it is, was refused.
///
/// Wheels come from a package index and are untrusted: every refusal names the archive and, where there is one, the
/// entry, so that a user can tell the packager what to mend.
public struct WheelError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The kind of defect; stable, for tests and for choosing advice.
    public enum Kind: String, Sendable {
        case notAnArchive = "not-an-archive"
        case malformedArchive = "malformed-archive"
        case unsupportedFeature = "unsupported-feature"
        case unsafeName = "unsafe-name"
        case symbolicLink = "symbolic-link"
        case duplicateName = "duplicate-name"
        case overlappingEntries = "overlapping-entries"
        case tooLarge = "too-large"
        case checksumMismatch = "checksum-mismatch"
        case badFilename = "bad-filename"
        case badMetadata = "bad-metadata"
        case recordMismatch = "record-mismatch"
    }

    /// The kind of defect.
    public let kind: Kind
    /// The archive's file name, as a user knows it.
    public let archive: String
    /// The entry inside the archive, where the defect is one entry's.
    public let entry: String?
    /// What is wrong, in a sentence without a full stop.
    public let message: String

    init(_ kind: Kind, archive: String, entry: String? = nil, _ message: String) {
        self.kind = kind
        self.archive = archive
        self.entry = entry
        self.message = message
    }

    /// The archive, the entry and the message, fit for a terminal.
    public var description: String {
        guard let entry else { return "\(archive): \(message)" }
        return "\(archive): \(ZipName.printable(entry)): \(message)"
    }
}
