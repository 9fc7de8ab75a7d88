/// What the header `Range` asks for, held against the length of a file (RFC 9110, section 14).
enum ByteRange: Equatable {
    /// The whole file: there is no such header, or one that may be ignored (another unit, several ranges, bad syntax).
    case whole
    /// A part of it.
    case part(Range<Int>)
    /// A range that begins after the end.
    case unsatisfiable

    init(_ header: String?, length: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let text = header.dropFirst("bytes=".count)
        guard !text.contains(","), let dash = text.firstIndex(of: "-") else { return }
        let first = text[..<dash].filter { !$0.isWhitespace }
        let last = text[text.index(after: dash)...].filter { !$0.isWhitespace }
        let isNumber = { (text: String) in text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard isNumber(first), isNumber(last), !(first.isEmpty && last.isEmpty) else { return }
        if first.isEmpty {
            let count = Int(last) ?? Int.max
            self = count == 0 || length == 0 ? .unsatisfiable : .part(max(0, length - count)..<length)
            return
        }
        let start = Int(first) ?? Int.max
        let end = last.isEmpty ? Int.max : Int(last) ?? Int.max
        guard start <= end else { return }
        self = start < length ? .part(start..<min(length, end == Int.max ? end : end + 1)) : .unsatisfiable
    }
}
