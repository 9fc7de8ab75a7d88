import CBrotli
import CZlib

/// The encodings that a site carries beside each file.
package enum Encoding: String, Sendable, CaseIterable {
    /// Brotli (RFC 7932).
    case brotli = "br"
    /// gzip (RFC 1952).
    case gzip = "gz"

    /// What is appended to the file's name.
    package var suffix: String { ".\(rawValue)" }
}

/// How hard to compress.
public enum CompressionEffort: String, Sendable, CaseIterable {
    /// Brotli 11 and gzip 9: for publishing. Costs about 3 s per megabyte once; the result is cached.
    case best
    /// Brotli 5 and gzip 6: for development.
    case fast
}

/// A failure inside a compression library: out of memory, or a bug.
package struct CompressionError: Error, CustomStringConvertible {
    /// What failed.
    package let description: String
}

extension Encoding {
    /// Compresses bytes. The same bytes and effort always give the same result.
    package func compress(_ bytes: [UInt8], effort: CompressionEffort) throws(CompressionError) -> [UInt8] {
        switch self {
        case .brotli: try brotliBytes(bytes, quality: effort == .best ? 11 : 5)
        case .gzip: try gzipBytes(bytes, level: effort == .best ? 9 : 6)
        }
    }

    /// Names this encoding with all its settings, for cache keys.
    package func settings(effort: CompressionEffort) -> String {
        switch (self, effort) {
        case (.brotli, .best): "br11w24"
        case (.brotli, .fast): "br5w22"
        case (.gzip, .best): "gz9"
        case (.gzip, .fast): "gz6"
        }
    }
}

/// Brotli with the largest window that browsers accept (2^24) and the size told beforehand, in one pass.
private func brotliBytes(_ bytes: [UInt8], quality: UInt32) throws(CompressionError) -> [UInt8] {
    guard let encoder = BrotliEncoderCreateInstance(nil, nil, nil) else {
        throw CompressionError(description: "Brotli could not start: out of memory")
    }
    defer { BrotliEncoderDestroyInstance(encoder) }
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, quality)
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LGWIN, quality > 9 ? 24 : 22)
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_SIZE_HINT, UInt32(clamping: bytes.count))

    var output: [UInt8] = []
    output.reserveCapacity(bytes.count / 3)
    let finished = bytes.withUnsafeBufferPointer { input in
        var available = input.count
        var next = input.baseAddress
        while BrotliEncoderIsFinished(encoder) == BROTLI_FALSE {
            var none = 0
            guard
                BrotliEncoderCompressStream(
                    encoder, BROTLI_OPERATION_FINISH, &available, &next, &none, nil, nil) != BROTLI_FALSE
            else { return false }
            var count = 0
            while let piece = BrotliEncoderTakeOutput(encoder, &count), count > 0 {
                output.append(contentsOf: UnsafeBufferPointer(start: piece, count: count))
                count = 0
            }
        }
        return true
    }
    guard finished else { throw CompressionError(description: "Brotli failed: out of memory") }
    return output
}

/// gzip without a name and without a time, so that the result depends on the bytes only.
private func gzipBytes(_ bytes: [UInt8], level: Int32) throws(CompressionError) -> [UInt8] {
    var stream = z_stream()
    let gzipHeader: Int32 = 16
    guard
        deflateInit2_(
            &stream, level, Z_DEFLATED, 15 + gzipHeader, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw CompressionError(description: "zlib could not start: out of memory") }
    defer { deflateEnd(&stream) }
    guard bytes.count <= UInt32.max else { throw CompressionError(description: "more than 4 GiB to compress") }

    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let capacity = output.count
    let status = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(capacity)
            return deflate(&stream, Z_FINISH)
        }
    }
    guard status == Z_STREAM_END else { throw CompressionError(description: "zlib failed with status \(status)") }
    output.removeLast(output.count - Int(stream.total_out))
    return output
}
