/// Holds two traces against each other, event by event.
///
/// The clock and chance are the same in all hosts while a check is played, so nothing has to be left out: even the addresses and the
/// times must be equal.
package enum Comparison {
    /// The first event in which a trace is not the reference's, with what led to it; nothing when there is none.
    package static func difference(reference: Trace, other: Trace, before: Int = 6) -> String? {
        guard let place = firstDifference(reference.bytes, other.bytes) else { return nil }
        // Up to there both are equal, so the line begins at the same place in both.
        let start = reference.lineStart(place)
        let number = reference.bytes[..<start].reduce(1) { $1 == Trace.lineFeed ? $0 + 1 : $0 }
        let uninteresting = ["call env.emscripten_get_now(", "call wasi_snapshot_preview1.clock_time_get("]
        var lead: [String] = []
        var at = start
        while at > 0, lead.count < before {
            at = reference.lineStart(at - 1)
            guard let line = reference.line(at: at) else { break }
            if !uninteresting.contains(where: line.hasPrefix) { lead.insert(shortened(line), at: 0) }
        }
        func event(_ trace: Trace) -> String { trace.line(at: start).map(shortened) ?? "(the end)" }
        var lines = ["the traces differ at event \(number) of \(reference.count):"]
        lines += lead.map { "    \($0)" }
        lines += ["  - \(event(reference))", "  + \(event(other))"]
        return lines.joined(separator: "\n")
    }

    private static func firstDifference(_ left: [UInt8], _ right: [UInt8]) -> Int? {
        let count = min(left.count, right.count)
        let equal = left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                var index = 0
                while index < count, left[index] == right[index] { index += 1 }
                return index
            }
        }
        return equal == left.count && equal == right.count ? nil : equal
    }

    private static func shortened(_ line: String) -> String { line.count > 160 ? line.prefix(160) + "…" : line }
}
