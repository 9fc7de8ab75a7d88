import CBrotli
import CZlib

extension Encoding {
    /// Undoes `compress`, for checking what lies in a site.
    ///
    /// - Parameter size: how many bytes must come out; never more are produced.
    /// - Returns: nothing when the bytes are malformed, or another number of bytes comes out.
    package func decompress(_ bytes: [UInt8], exactly size: Int) -> [UInt8]? {
        // One byte more than wanted shows that there is too much.
        var output = [UInt8](repeating: 0, count: size + 1)
        let produced =
            switch self {
            case .brotli: Self.brotli(bytes, into: &output)
            case .gzip: Self.gzip(bytes, into: &output)
            }
        guard produced == size else { return nil }
        output.removeLast()
        return output
    }

    private static func brotli(_ bytes: [UInt8], into output: inout [UInt8]) -> Int? {
        var size = output.count
        let status = bytes.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                BrotliDecoderDecompress(source.count, source.baseAddress, &size, target.baseAddress)
            }
        }
        return status == BROTLI_DECODER_RESULT_SUCCESS ? size : nil
    }

    private static func gzip(_ bytes: [UInt8], into output: inout [UInt8]) -> Int? {
        var stream = z_stream()
        let gzipHeader: Int32 = 16
        guard inflateInit2_(&stream, 15 + gzipHeader, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = bytes
        let (capacity, available) = (output.count, bytes.count)
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(clamping: available)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(clamping: capacity)
                return inflate(&stream, Z_FINISH)
            }
        }
        return status == Z_STREAM_END && stream.avail_in == 0 ? Int(stream.total_out) : nil
    }
}
