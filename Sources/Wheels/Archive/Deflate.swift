import CZlib

/// Raw deflate streams and CRC-32, through the system's zlib.
enum Deflate {
    /// Inflates `input`, which must be one raw deflate stream of exactly `size` bytes; `nil` otherwise.
    ///
    /// Memory is bounded by `size`, which the caller has checked against its limits.
    static func inflate(_ input: ArraySlice<UInt8>, exactly size: Int) -> [UInt8]? {
        guard let inputCount = UInt32(exactly: input.count), let outputCount = UInt32(exactly: size) else { return nil }
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        // One byte more than promised, so that a stream that goes on is noticed.
        var complete = false
        let output = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, initialized in
            input.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = inputCount
                stream.next_out = buffer.baseAddress
                stream.avail_out = outputCount + 1
                let status = CZlib.inflate(&stream, Z_FINISH)
                complete = status == Z_STREAM_END && stream.total_out == UInt(size) && stream.avail_in == 0
            }
            initialized = complete ? size : 0
        }
        return complete ? output : nil
    }

    /// CRC-32 (ISO 3309) of `bytes`.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
        }
    }
}
