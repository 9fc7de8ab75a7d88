/// Finds the name that somebody probably meant.
///
/// The distance is optimal string alignment: the fewest insertions, deletions, replacements and swaps of two
/// neighbours that turn one word into the other. `tilte` is one away from `title`.
public enum NearestMatch {
    /// The candidate that is nearest to `name`, or nothing when none is near enough to suggest.
    ///
    /// Near enough is at most a third of the longer word (at least one edit); letter case and `-`/`_` count for
    /// nothing. Of several equally near the first one wins.
    public static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = normalised(name)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = normalised(candidate)
            let distance = distance(wanted, other)
            guard distance <= max(1, max(wanted.count, other.count) / 3) else { continue }
            if let known = best, known.distance <= distance { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    /// The number of edits between two words.
    public static func distance(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + Array(repeating: 0, count: right.count)
            for column in 1...right.count {
                let replaced = previous[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
                current[column] = min(previous[column] + 1, current[column - 1] + 1, replaced)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    current[column] = min(current[column], beforePrevious[column - 2] + 1)
                }
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }

    private static func normalised(_ word: String) -> [Character] {
        Array(word.lowercased().replacing("_", with: "-"))
    }
}
