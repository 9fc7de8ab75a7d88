/// The events of a play, one a line, as one piece of text: a program that serves a few requests has a million of them, and as many
/// strings would take ten times the room.
package struct Trace: Sendable, Equatable {
    /// More than a check that makes sense has. What never ends is not written down for ever.
    package static let mostEvents = 20_000_000

    /// Every line with its line feed.
    private(set) var bytes: [UInt8] = []
    /// The number of events.
    package private(set) var count = 0

    package init() {}

    /// Takes lines apart by nothing but line feeds.
    init(_ text: some Sequence<UInt8>) {
        bytes = Array(text)
        if let last = bytes.last, last != Self.lineFeed { bytes.append(Self.lineFeed) }
        count = bytes.reduce(0) { $1 == Self.lineFeed ? $0 + 1 : $0 }
    }

    mutating func append(_ event: String) {
        bytes += event.utf8
        bytes.append(Self.lineFeed)
        count += 1
    }

    /// The lines that begin so, without that beginning.
    func lines(after start: String) -> [ArraySlice<UInt8>] {
        let start = Array(start.utf8)
        var found: [ArraySlice<UInt8>] = []
        var at = 0
        while at < bytes.count {
            let end = lineEnd(at)
            if end - at >= start.count, bytes[at..<at + start.count].elementsEqual(start) {
                found.append(bytes[at + start.count..<end])
            }
            at = end + 1
        }
        return found
    }

    /// Where the line that begins, or goes on, at a place ends.
    func lineEnd(_ at: Int) -> Int { bytes[at...].firstIndex(of: Self.lineFeed) ?? bytes.count }

    /// Where the line of a place begins.
    func lineStart(_ at: Int) -> Int {
        var start = at
        while start > 0, bytes[start - 1] != Self.lineFeed { start -= 1 }
        return start
    }

    /// The line that begins at a place; nothing at the end.
    func line(at start: Int) -> String? {
        start < bytes.count ? String(decoding: bytes[start..<lineEnd(start)], as: UTF8.self) : nil
    }

    static let lineFeed = UInt8(ascii: "\n")
}
