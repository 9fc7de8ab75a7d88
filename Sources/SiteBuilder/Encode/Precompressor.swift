import Foundation
import Support

/// Compresses the assets of a site, several at once, and never the same bytes twice.
///
/// A result is kept under the hash of what went in and the settings: `<sha256>.br11w24`. So after a change of the app's
/// code only the files image is compressed again, and the module, which takes the longest, is not.
package struct Precompressor: Sendable {
    /// Where results are kept; without it nothing is.
    package let shelf: CacheShelf?
    /// How hard to compress.
    package let effort: CompressionEffort

    /// Makes a compressor.
    package init(shelf: CacheShelf?, effort: CompressionEffort) {
        self.shelf = shelf
        self.effort = effort
    }

    /// Smaller than this, a file fits in a packet or two and is sent as it is.
    static let smallest = 512

    private struct Job: Sendable {
        var asset: Int
        var encoding: Encoding
    }

    /// Encodes assets; the result has the order of the input.
    ///
    /// - Parameter progress: told what is about to be compressed, when it was not known yet.
    package func encode(
        _ assets: [Asset], progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> [EncodedAsset] {
        var encoded = assets.map { EncodedAsset($0) }
        // The longest first, so that the others fill the second processor meanwhile.
        let jobs = assets.indices
            .filter { assets[$0].isCompressible && assets[$0].bytes.count >= Self.smallest }
            .flatMap { index in Encoding.allCases.map { Job(asset: index, encoding: $0) } }
            .sorted { (cost($0, of: encoded), $1.asset) > (cost($1, of: encoded), $0.asset) }
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)

        try await withThrowingTaskGroup(of: (Job, [UInt8]).self) { group in
            var waiting = jobs.makeIterator()
            func start() {
                guard let job = waiting.next() else { return }
                let asset = encoded[job.asset]
                group.addTask { (job, try result(of: job.encoding, for: asset, progress: progress)) }
            }
            for _ in 0..<width { start() }
            while let (job, bytes) = try await group.next() {
                if bytes.count < encoded[job.asset].asset.bytes.count {
                    encoded[job.asset].encodings[job.encoding] = bytes
                }
                start()
            }
        }
        return encoded
    }

    private func cost(_ job: Job, of assets: [EncodedAsset]) -> Int {
        assets[job.asset].asset.bytes.count * (job.encoding == .brotli ? 10 : 1)
    }

    private func result(
        of encoding: Encoding, for asset: EncodedAsset, progress: @Sendable (String) -> Void
    ) throws -> [UInt8] {
        let key = "\(asset.sha256).\(encoding.settings(effort: effort))"
        if let known = shelf?.read(key) { return known }
        if asset.asset.bytes.count >= 1 << 20 {
            progress("compressing \(asset.asset.name) (\(Readable.bytes(asset.asset.bytes.count)), \(encoding))")
        }
        do {
            let bytes = try encoding.compress(asset.asset.bytes, effort: effort)
            try shelf?.write(bytes, as: key)
            return bytes
        } catch let error as CompressionError {
            throw Diagnostic(.error, "compression-failed", "can't compress \(asset.asset.name): \(error)")
        }
    }
}
