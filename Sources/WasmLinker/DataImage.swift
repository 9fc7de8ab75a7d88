import WasmBinary

/// The initial contents of a file's part of memory, as pieces at addresses; what no piece covers is zero.
///
/// Pieces are sorted and don't overlap, so memory is bounded by the size of the file however far apart they are. A piece is
/// copied when it is first written to.
struct DataImage {
    private(set) var pieces: [Piece] = []

    struct Piece {
        var address: UInt32
        var bytes: Bytes
        /// A private copy, once something has been written.
        var changed: [UInt8]?

        var count: Int { bytes.count }
        var end: UInt64 { UInt64(address) + UInt64(bytes.count) }

        /// The contents.
        var contents: Bytes { changed.map { Bytes($0) } ?? bytes }
    }

    /// An image of segments in the order in which they are applied: later ones win where they overlap.
    init(_ segments: [(address: UInt32, bytes: Bytes)] = []) {
        var isSorted = true
        var end: UInt64 = 0
        for segment in segments where !segment.bytes.isEmpty {
            if UInt64(segment.address) < end { isSorted = false }
            end = UInt64(segment.address) + UInt64(segment.bytes.count)
            pieces.append(Piece(address: segment.address, bytes: segment.bytes))
        }
        if isSorted { return }
        let sorted = pieces.enumerated().sorted { ($0.element.address, $0.offset) < ($1.element.address, $1.offset) }
        pieces = []
        var run: [(offset: Int, element: Piece)] = []
        end = 0
        for item in sorted {
            if UInt64(item.element.address) >= end, !run.isEmpty {
                pieces.append(Self.merge(run))
                run = []
            }
            run.append(item)
            end = max(end, item.element.end)
        }
        if !run.isEmpty { pieces.append(Self.merge(run)) }
    }

    /// One piece of pieces that overlap; `offset` is the order in which they apply.
    private static func merge(_ run: [(offset: Int, element: Piece)]) -> Piece {
        if run.count == 1 { return run[0].element }
        let start = run[0].element.address
        let end = run.map(\.element.end).max() ?? UInt64(start)
        var bytes = [UInt8](repeating: 0, count: Int(end - UInt64(start)))
        for item in run.sorted(by: { $0.offset < $1.offset }) {
            let at = Int(item.element.address - start)
            bytes.replaceSubrange(at..<at + item.element.count, with: item.element.bytes)
        }
        return Piece(address: start, bytes: Bytes(bytes))
    }

    /// The index of the first piece that ends after an address.
    private func firstPiece(after address: UInt64) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end <= address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The byte at an address.
    func byte(at address: UInt64) -> UInt8 {
        let index = firstPiece(after: address)
        guard index < pieces.count, UInt64(pieces[index].address) <= address else { return 0 }
        let offset = Int(address - UInt64(pieces[index].address))
        return pieces[index].changed?[offset] ?? pieces[index].bytes[pieces[index].bytes.startIndex + offset]
    }

    /// The little-endian number of `count` bytes at an address.
    func load(at address: UInt64, count: Int) -> UInt64 {
        var value: UInt64 = 0
        for offset in 0..<count { value |= UInt64(byte(at: address + UInt64(offset))) << UInt64(8 * offset) }
        return value
    }

    /// Writes bytes.
    mutating func store(_ bytes: some Collection<UInt8>, at address: UInt32) {
        let end = UInt64(address) + UInt64(bytes.count)
        let index = firstPiece(after: UInt64(address))
        if index < pieces.count, pieces[index].address <= address, end <= pieces[index].end {
            if pieces[index].changed == nil { pieces[index].changed = Array(pieces[index].bytes) }
            let offset = Int(address - pieces[index].address)
            pieces[index].changed?.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            return
        }
        // Not wholly inside of one piece: the bytes become a piece of their own, what they cover of others is cut away.
        var kept: [Piece] = []
        var last = index
        while last < pieces.count, UInt64(pieces[last].address) < end {
            let piece = pieces[last]
            let contents = piece.contents
            if piece.address < address {
                kept.append(
                    Piece(address: piece.address, bytes: contents.prefixBytes(Int(address - piece.address))))
            }
            if piece.end > end {
                kept.append(
                    Piece(address: UInt32(end), bytes: contents.suffixBytes(Int(piece.end - end))))
            }
            last += 1
        }
        let place = kept.firstIndex { $0.address > address } ?? kept.count
        if !bytes.isEmpty { kept.insert(Piece(address: address, bytes: Bytes(Array(bytes))), at: place) }
        pieces.replaceSubrange(index..<last, with: kept)
    }

    /// Sets a range to zero. Where there is no piece, it is zero already.
    mutating func clear(_ range: Range<UInt64>) {
        for index in pieces.indices {
            let start = max(UInt64(pieces[index].address), range.lowerBound)
            let end = min(pieces[index].end, range.upperBound)
            guard start < end else { continue }
            if pieces[index].changed == nil { pieces[index].changed = Array(pieces[index].bytes) }
            let base = UInt64(pieces[index].address)
            for offset in Int(start - base)..<Int(end - base) { pieces[index].changed?[offset] = 0 }
        }
    }

    /// The pieces as segments, without zeros at their ends.
    func segments() -> [(address: UInt32, bytes: Bytes)] {
        pieces.compactMap { piece in
            let contents = piece.contents
            guard let last = contents.lastIndex(where: { $0 != 0 }) else { return nil }
            return (piece.address, contents[contents.startIndex..<last + 1])
        }
    }
}

extension DataImage {
    /// Joins segments that are sorted by address where fewer than `gap` zeros lie between them. A segment costs about eight
    /// bytes that hardly compress and an operation when the module starts; zeros cost next to nothing.
    static func join(_ segments: [(address: UInt32, bytes: Bytes)], gap: Int) -> [(address: UInt32, bytes: Bytes)] {
        var joined: [(address: UInt32, bytes: Bytes)] = []
        var start = 0
        while start < segments.count {
            var end = start + 1
            var reach = segments[start].address.reaching(segments[start].bytes.count)
            while end < segments.count, segments[end].address >= reach, segments[end].address - reach < UInt32(gap) {
                reach = segments[end].address.reaching(segments[end].bytes.count)
                end += 1
            }
            if end == start + 1 {
                joined.append(segments[start])
            } else {
                var output = ByteWriter(capacity: Int(reach - segments[start].address))
                for segment in segments[start..<end] {
                    let offset = Int(segment.address - segments[start].address)
                    while output.count < offset { output.byte(0) }
                    output.append(segment.bytes)
                }
                joined.append((segments[start].address, output.finish()))
            }
            start = end
        }
        return joined
    }
}

extension UInt32 {
    /// The address after `count` bytes; memory ends where the number does.
    fileprivate func reaching(_ count: Int) -> UInt32 { UInt32(clamping: Int(self) + count) }
}

extension Bytes {
    fileprivate func prefixBytes(_ count: Int) -> Bytes { self[startIndex..<startIndex + count] }
    fileprivate func suffixBytes(_ count: Int) -> Bytes { self[endIndex - count..<endIndex] }
}
