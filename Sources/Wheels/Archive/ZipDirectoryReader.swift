/// Reads and checks the central directory of a `ZipArchive`.
struct ZipDirectoryReader {
    let bytes: [UInt8]
    let archive: String
    let limits: ZipArchive.Limits

    private static let endSignature = 0x0605_4b50
    private static let zip64LocatorSignature = 0x0706_4b50
    private static let zip64EndSignature = 0x0606_4b50
    private static let centralSignature = 0x0201_4b50
    private static let localSignature = 0x0403_4b50
    private static let localHeaderSize = 30

    private struct Directory {
        var offset: Int
        var size: Int
        var count: Int
    }

    mutating func read() throws(WheelError) -> [ZipArchive.Entry] {
        let directory = try locateDirectory()
        guard directory.count <= limits.entries else {
            throw WheelError(
                .tooLarge, archive: archive, "it has \(directory.count) entries; at most \(limits.entries) are accepted"
            )
        }
        guard directory.offset <= bytes.count, directory.size <= bytes.count - directory.offset,
            var cursor = ByteCursor(bytes, directory.offset..<directory.offset + directory.size)
        else { throw malformed("its directory lies outside the file") }
        // 46 bytes is the least an entry takes: a huge count can't make us allocate.
        guard directory.count <= directory.size / 46 else {
            throw malformed("its directory is shorter than its entry count says")
        }
        var entries: [ZipArchive.Entry] = []
        entries.reserveCapacity(directory.count)
        var names = Set<String>()
        var total = 0
        for _ in 0..<directory.count {
            let entry = try readEntry(&cursor)
            guard names.insert(entry.name).inserted else {
                throw WheelError(.duplicateName, archive: archive, entry: entry.name, "the name occurs twice")
            }
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= limits.totalSize else {
                throw WheelError(
                    .tooLarge, archive: archive, entry: entry.name,
                    "the archive inflates to more than \(limits.totalSize) bytes")
            }
            total = sum
            entries.append(entry)
        }
        try checkFilesAreNotDirectories(entries, names)
        try checkOverlap(entries, directoryOffset: directory.offset)
        return entries
    }

    // MARK: Where the directory is

    private func locateDirectory() throws(WheelError) -> Directory {
        // The end record is 22 bytes and a comment of at most 65,535.
        guard bytes.count >= 22 else {
            throw WheelError(
                .notAnArchive, archive: archive, "it is \(bytes.count) bytes long, too short for a ZIP archive")
        }
        var position = bytes.count - 22
        let lowest = max(0, bytes.count - 22 - 65_535)
        while position >= lowest {
            if bytes[position] == 0x50, var end = ByteCursor(bytes, position..<bytes.count),
                end.u32() == Self.endSignature,
                let directory = try endRecord(&end, at: position)
            {
                return directory
            }
            position -= 1
        }
        throw WheelError(
            .notAnArchive, archive: archive, "it is not a ZIP archive, or its end is missing (an incomplete download?)")
    }

    private func endRecord(_ cursor: inout ByteCursor, at position: Int) throws(WheelError) -> Directory? {
        guard let disk = cursor.u16(), let directoryDisk = cursor.u16(), let countHere = cursor.u16(),
            let count = cursor.u16(), let size = cursor.u32(), let offset = cursor.u32(), let comment = cursor.u16(),
            comment == cursor.remaining
        else { return nil }
        if count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff, position >= 20,
            var locator = ByteCursor(bytes, position - 20..<position), locator.u32() == Self.zip64LocatorSignature
        {
            return try zip64EndRecord(&locator)
        }
        guard disk == 0, directoryDisk == 0, countHere == count else {
            throw WheelError(
                .unsupportedFeature, archive: archive, "it is one part of an archive that spans several files")
        }
        return Directory(offset: offset, size: size, count: count)
    }

    private func zip64EndRecord(_ locator: inout ByteCursor) throws(WheelError) -> Directory {
        guard locator.u32() == 0, let position = locator.u64(), position <= bytes.count,
            var cursor = ByteCursor(bytes, position..<bytes.count), cursor.u32() == Self.zip64EndSignature,
            cursor.u64() != nil, cursor.skip(4), cursor.u32() == 0, cursor.u32() == 0, let countHere = cursor.u64(),
            let count = cursor.u64(), countHere == count, let size = cursor.u64(), let offset = cursor.u64()
        else { throw malformed("its zip64 end record is damaged") }
        return Directory(offset: offset, size: size, count: count)
    }

    // MARK: One entry

    private func readEntry(_ cursor: inout ByteCursor) throws(WheelError) -> ZipArchive.Entry {
        guard cursor.u32() == Self.centralSignature, let madeBy = cursor.u16(), cursor.skip(2),
            let flags = cursor.u16(),
            let method = cursor.u16(), cursor.skip(4), let crc = cursor.u32(), var compressed = cursor.u32(),
            var size = cursor.u32(), let nameLength = cursor.u16(), let extraLength = cursor.u16(),
            let commentLength = cursor.u16(), cursor.skip(4), let attributes = cursor.u32(), var local = cursor.u32(),
            let rawName = cursor.take(nameLength), let extra = cursor.take(extraLength), cursor.skip(commentLength)
        else { throw malformed("its directory is cut short") }
        let isUTF8 = flags & 0x800 != 0
        guard let name = String(validating: rawName, as: UTF8.self), isUTF8 || rawName.allSatisfy({ $0 < 0x80 }) else {
            throw WheelError(
                .unsafeName, archive: archive, entry: String(decoding: rawName, as: UTF8.self), "the name is not UTF-8")
        }
        if let defect = ZipName.defect(name) { throw WheelError(.unsafeName, archive: archive, entry: name, defect) }
        try readZip64(extra, &size, &compressed, &local, name)
        guard flags & 0x2041 == 0 else {
            throw WheelError(.unsupportedFeature, archive: archive, entry: name, "it is encrypted")
        }
        guard method == 0 || method == 8 else {
            throw WheelError(
                .unsupportedFeature, archive: archive, entry: name,
                "it is compressed with method \(method); wheels use stored (0) or deflate (8)")
        }
        guard method == 8 || compressed == size else {
            throw malformed("its stored size and its size differ", name)
        }
        // Deflate can't shrink below 1/1032: whatever promises more lies, and would only make us allocate.
        guard size / 1032 <= compressed else {
            throw WheelError(
                .tooLarge, archive: archive, entry: name, "it claims to inflate \(compressed) bytes to \(size)")
        }
        let mode = madeBy >> 8 == 3 ? UInt16(attributes >> 16) : nil
        let type = (mode ?? 0) & 0o170000
        guard type != 0o120000 else {
            throw WheelError(
                .symbolicLink, archive: archive, entry: name, "it is a symbolic link; wheels may not hold any")
        }
        guard type == 0 || type == 0o100000 || type == 0o040000 else {
            throw WheelError(.unsupportedFeature, archive: archive, entry: name, "it is a device, socket or pipe")
        }
        guard !name.hasSuffix("/") || size == 0 else { throw malformed("it is a directory with contents", name) }
        return ZipArchive.Entry(
            name: name, compressedSize: compressed, size: size, crc32: UInt32(crc),
            permissions: mode.map { $0 & 0o777 }, method: method, localHeader: local)
    }

    private func readZip64(
        _ extra: ArraySlice<UInt8>, _ size: inout Int, _ compressed: inout Int, _ local: inout Int, _ name: String
    ) throws(WheelError) {
        guard size == 0xffff_ffff || compressed == 0xffff_ffff || local == 0xffff_ffff else { return }
        guard var cursor = ByteCursor(bytes, extra.startIndex..<extra.endIndex) else { return }
        while cursor.remaining >= 4, let identifier = cursor.u16(), let length = cursor.u16() {
            let start = cursor.offset
            guard cursor.skip(length) else { break }
            guard identifier == 1, var field = ByteCursor(bytes, start..<start + length) else { continue }
            if size == 0xffff_ffff { size = try zip64Value(&field, name) }
            if compressed == 0xffff_ffff { compressed = try zip64Value(&field, name) }
            if local == 0xffff_ffff { local = try zip64Value(&field, name) }
            return
        }
        throw malformed("its zip64 field is missing", name)
    }

    private func zip64Value(_ field: inout ByteCursor, _ name: String) throws(WheelError) -> Int {
        guard let value = field.u64() else { throw malformed("its zip64 field is damaged", name) }
        return value
    }

    // MARK: The entries against each other and against their local headers

    /// A file may not also be the parent of another entry: `a` and `a/b` can't both be written.
    private func checkFilesAreNotDirectories(_ entries: [ZipArchive.Entry], _ names: Set<String>) throws(WheelError) {
        for entry in entries {
            var parent = entry.name.hasSuffix("/") ? entry.name.dropLast() : entry.name[...]
            if entry.isDirectory, names.contains(String(parent)) {
                throw WheelError(
                    .duplicateName, archive: archive, entry: entry.name, "the name is a file and a directory")
            }
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                if names.contains(String(parent)) {
                    throw WheelError(
                        .duplicateName, archive: archive, entry: String(parent), "the name is a file and a directory")
                }
            }
        }
    }

    private func checkOverlap(_ entries: [ZipArchive.Entry], directoryOffset: Int) throws(WheelError) {
        var previousEnd = 0
        for entry in entries.sorted(by: { $0.localHeader < $1.localHeader }) {
            let data = try Self.data(of: entry, in: bytes, archive: archive)
            guard entry.localHeader >= previousEnd, data.upperBound <= directoryOffset else {
                throw WheelError(
                    .overlappingEntries, archive: archive, entry: entry.name, "its data overlaps that of another entry")
            }
            previousEnd = data.upperBound
        }
    }

    /// Where the data of `entry` lies, after its local header was held against the directory.
    static func data(of entry: ZipArchive.Entry, in bytes: [UInt8], archive: String) throws(WheelError) -> Range<Int> {
        let start = entry.localHeader
        guard start <= bytes.count, bytes.count - start >= localHeaderSize,
            var cursor = ByteCursor(bytes, start..<bytes.count), cursor.u32() == localSignature, cursor.skip(4),
            cursor.u16() == entry.method, cursor.skip(16), let nameLength = cursor.u16(),
            let extraLength = cursor.u16(),
            let name = cursor.take(nameLength), cursor.skip(extraLength), cursor.remaining >= entry.compressedSize,
            name.elementsEqual(entry.name.utf8)
        else {
            throw WheelError(
                .malformedArchive, archive: archive, entry: entry.name, "its local header does not match the directory")
        }
        return cursor.offset..<cursor.offset + entry.compressedSize
    }

    private func malformed(_ message: String, _ entry: String? = nil) -> WheelError {
        WheelError(.malformedArchive, archive: archive, entry: entry, message)
    }
}
