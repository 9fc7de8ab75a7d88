/// A ZIP archive (APPNOTE 6.3.10) in memory, read the way an archive from a stranger must be read.
///
/// Model: the *central directory* is the truth; it is found through the end record at the very end of the file (through
/// the zip64 end record when that is announced). Every entry of it is checked before any byte is inflated: the name is
/// safe, no name comes twice, no entry is a symbolic link or encrypted, the method is stored or deflate, and the byte
/// ranges of the entries do not overlap (overlap is how small archives inflate to petabytes). The local header must agree
/// with the directory. Inflating stops at the size that the directory promised, and the CRC is compared.
///
///     [local a][data a][local b][data b] … [central a][central b][zip64 end][zip64 locator][end]
public struct ZipArchive: Sendable {
    /// One file or directory of the archive.
    public struct Entry: Sendable, Equatable {
        /// The path, relative, with `/`; a directory's ends with `/`.
        public let name: String
        /// Size as stored, in bytes.
        public let compressedSize: Int
        /// Size after inflating, in bytes.
        public let size: Int
        /// CRC-32 of the inflated bytes.
        public let crc32: UInt32
        /// The permission bits when the archive was made on a POSIX system, else `nil`.
        public let permissions: UInt16?
        let method: Int
        let localHeader: Int

        /// Whether the entry is a directory.
        public var isDirectory: Bool { name.hasSuffix("/") }
    }

    /// How much an archive may unfold to.
    public struct Limits: Sendable {
        /// The most bytes that all entries together may inflate to. Default 2 GiB.
        public var totalSize: Int
        /// The most entries. Default 200,000.
        public var entries: Int

        /// Limits of `totalSize` bytes and `entries` entries.
        public init(totalSize: Int = 2 << 30, entries: Int = 200_000) {
            self.totalSize = totalSize
            self.entries = entries
        }
    }

    /// The archive's name for messages.
    public let name: String
    /// The entries in the order of the central directory.
    public let entries: [Entry]
    private let bytes: [UInt8]
    private let index: [String: Int]

    /// Reads the directory of the archive `bytes`, called `name` in messages.
    ///
    /// - Throws: `WheelError` for anything malformed or unsafe; nothing has been inflated then.
    public init(_ bytes: [UInt8], name: String, limits: Limits = Limits()) throws(WheelError) {
        var reader = ZipDirectoryReader(bytes: bytes, archive: name, limits: limits)
        let entries = try reader.read()
        var index: [String: Int] = [:]
        for (position, entry) in entries.enumerated() {
            index[entry.name] = position
        }
        self.name = name
        self.bytes = bytes
        self.entries = entries
        self.index = index
    }

    /// The entry called `name`, if there is one.
    public func entry(_ name: String) -> Entry? { index[name].map { entries[$0] } }

    /// The inflated bytes of `entry`, checked against its size and CRC.
    public func contents(of entry: Entry) throws(WheelError) -> [UInt8] {
        let data = try ZipDirectoryReader.data(of: entry, in: bytes, archive: name)
        guard data.upperBound <= bytes.count else {
            throw WheelError(
                .malformedArchive, archive: name, entry: entry.name, "its data runs past the end of the archive")
        }
        let contents: [UInt8]
        if entry.method == 0 {
            contents = Array(bytes[data])
        } else {
            guard let inflated = Deflate.inflate(bytes[data], exactly: entry.size) else {
                throw WheelError(
                    .malformedArchive, archive: name, entry: entry.name,
                    "its data is not a deflate stream of \(entry.size) bytes")
            }
            contents = inflated
        }
        guard Deflate.crc32(contents) == entry.crc32 else {
            throw WheelError(
                .checksumMismatch, archive: name, entry: entry.name, "its CRC-32 does not match; the file is corrupt")
        }
        return contents
    }
}
