/// Holds two traces against each other, event by event.
///
/// The clock and chance are the same in all hosts while a check is played, so nothing has to be left out: even the addresses and the
/// times must be equal.
package enum Comparison {
    /// The first event in which a trace is not the reference's, with what led to it; nothing when there is none.
    package static func difference(reference: [String], other: [String], before: Int = 6) -> String? {
        var index = 0
        let count = min(reference.count, other.count)
        while index < count, reference[index] == other[index] { index += 1 }
        if index == reference.count, index == other.count { return nil }
        let uninteresting = ["call env.emscripten_get_now(", "call wasi_snapshot_preview1.clock_time_get("]
        var lead: [String] = []
        var at = index - 1
        while at >= 0, lead.count < before {
            if !uninteresting.contains(where: reference[at].hasPrefix) { lead.insert(shortened(reference[at]), at: 0) }
            at -= 1
        }
        func event(_ trace: [String]) -> String { index < trace.count ? shortened(trace[index]) : "(the end)" }
        var lines = ["the traces differ at event \(index + 1) of \(reference.count):"]
        lines += lead.map { "    \($0)" }
        lines += ["  - \(event(reference))", "  + \(event(other))"]
        return lines.joined(separator: "\n")
    }

    private static func shortened(_ line: String) -> String { line.count > 160 ? line.prefix(160) + "…" : line }
}
