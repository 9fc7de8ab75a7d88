import CZlib

/// Writes ZIP archives for tests: correct ones by default, and with any field made wrong.
struct ZipBuilder {
    struct Entry {
        var name: String
        var contents: [UInt8] = []
        var deflated = false
        var mode: UInt16? = 0o100644
        var flags: UInt16 = 0x800
        var method: UInt16?
        var crc32: UInt32?
        var size: UInt32?
        var localName: String?
        /// Another entry's local header, to make two overlap.
        var localHeader: UInt32?
        var zip64 = false
    }

    var entries: [Entry] = []
    var zip64End = false
    var trailing: [UInt8] = []

    func bytes() -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let data = entry.deflated ? Self.deflate(entry.contents) : entry.contents
            let method = entry.method ?? (entry.deflated ? 8 : 0)
            let crc = entry.crc32 ?? Self.crc(entry.contents)
            let size = entry.size ?? UInt32(entry.contents.count)
            let localName = Array((entry.localName ?? entry.name).utf8)
            let name = Array(entry.name.utf8)
            let offset = entry.localHeader ?? UInt32(out.count)
            out += Self.u32(0x0403_4b50) + Self.u16(20) + Self.u16(entry.flags) + Self.u16(method) + Self.u32(0)
            out += Self.u32(crc) + Self.u32(UInt32(data.count)) + Self.u32(size)
            out += Self.u16(UInt16(localName.count)) + Self.u16(0) + localName + data
            let extra =
                entry.zip64
                ? Self.u16(1) + Self.u16(24) + Self.u64(UInt64(size)) + Self.u64(UInt64(data.count))
                    + Self.u64(UInt64(offset)) : []
            let big: UInt32 = 0xffff_ffff
            directory += Self.u32(0x0201_4b50) + Self.u16(entry.mode == nil ? 20 : 0x0314) + Self.u16(20)
            directory += Self.u16(entry.flags) + Self.u16(method) + Self.u32(0) + Self.u32(crc)
            directory += Self.u32(entry.zip64 ? big : UInt32(data.count)) + Self.u32(entry.zip64 ? big : size)
            directory += Self.u16(UInt16(name.count)) + Self.u16(UInt16(extra.count)) + Self.u16(0) + Self.u32(0)
            directory += Self.u32(UInt32(entry.mode ?? 0) << 16) + Self.u32(entry.zip64 ? big : offset) + name + extra
        }
        let start = UInt64(out.count)
        out += directory
        let count = UInt64(entries.count)
        if zip64End {
            let end = UInt64(out.count)
            out += Self.u32(0x0606_4b50) + Self.u64(44) + Self.u16(45) + Self.u16(45) + Self.u32(0) + Self.u32(0)
            out += Self.u64(count) + Self.u64(count) + Self.u64(UInt64(directory.count)) + Self.u64(start)
            out += Self.u32(0x0706_4b50) + Self.u32(0) + Self.u64(end) + Self.u32(1)
            out += Self.u32(0x0605_4b50) + Self.u32(0) + Self.u16(0xffff) + Self.u16(0xffff)
            out += Self.u32(0xffff_ffff) + Self.u32(0xffff_ffff) + Self.u16(0)
        } else {
            out += Self.u32(0x0605_4b50) + Self.u32(0) + Self.u16(UInt16(count)) + Self.u16(UInt16(count))
            out += Self.u32(UInt32(directory.count)) + Self.u32(UInt32(start)) + Self.u16(0)
        }
        return out + trailing
    }

    static func crc(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        precondition(
            deflateInit2_(
                &stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            bytes.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                precondition(CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END)
                count = Int(stream.total_out)
            }
        }
    }

    private static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    private static func u16(_ value: UInt16) -> [UInt8] { little(UInt64(value), 2) }
    private static func u32(_ value: UInt32) -> [UInt8] { little(UInt64(value), 4) }
    private static func u64(_ value: UInt64) -> [UInt8] { little(value, 8) }
}
