/// Compares the trace of the reference runtime with one of the glue.
///
/// What depends on time is left out first (readings of clocks, idling, the scheduler's own notes), and addresses become
/// `@`: they depend on how long the program's arguments and environment are.
///
///     call env.emscripten_get_now() = 1001.3         (left out)
///     call env.__syscall_openat(-100, 5842664, 0, 4923440) = 3
///     →    call env.__syscall_openat(-100, @, 0, @) = 3
public struct TraceComparison: Sendable {
    /// Where two traces part.
    public struct Difference: Sendable, Equatable, CustomStringConvertible {
        /// The number of the event, counted from 1, among those that are compared.
        public var event: Int
        /// What both have in common before, the last few events.
        public var before: [String]
        /// The reference's event; nil when its trace has ended.
        public var reference: String?
        /// The other's event; nil when its trace has ended.
        public var other: String?

        /// The difference with what led to it.
        public var description: String {
            var lines = ["event \(event):"]
            lines += before.map { "      \($0)" }
            lines.append("    - \(reference ?? "(the end)")")
            lines.append("    + \(other ?? "(the end)")")
            return lines.joined(separator: "\n")
        }
    }

    private static let ignored = [
        "program ", "idle ", "wake ", "call frond.trace(", "call frond.pool(", "call frond.cap(",
        "call env.emscripten_get_now(", "call env.emscripten_date_now(",
        "call wasi_snapshot_preview1.clock_time_get(",
    ]

    /// An event as it is compared; nil when it is left out.
    public static func normalise(_ line: String) -> String? {
        if ignored.contains(where: { line.hasPrefix($0) }) { return nil }
        guard line.hasPrefix("call "), let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")") else {
            return line
        }
        let arguments = line[line.index(after: open)..<close].split(separator: ", ", omittingEmptySubsequences: false)
            .map { argument in
                // Whatever is larger than a page can be an address.
                guard let number = Int(argument), number >= 65_536 else { return String(argument) }
                return "@"
            }
        return line[...open] + arguments.joined(separator: ", ") + line[close...]
    }

    /// The first event in which two traces differ; nil when there is none.
    public static func firstDifference(reference: [String], other: [String], context: Int = 5) -> Difference? {
        let first = reference.compactMap(normalise)
        let second = other.compactMap(normalise)
        var index = 0
        while index < first.count, index < second.count, first[index] == second[index] { index += 1 }
        if index == first.count, index == second.count { return nil }
        return Difference(
            event: index + 1, before: Array(first[max(0, index - context)..<index]),
            reference: index < first.count ? first[index] : nil, other: index < second.count ? second[index] : nil)
    }
}
