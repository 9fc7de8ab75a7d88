/// A wheel's file name, taken apart as the binary distribution format says (PEP 427 and its successor on packaging.python.org).
///
///     greenlet-3.5.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl
///     name     version python abi platform        an optional build tag stands between version and python tag
public struct WheelFilename: Equatable, Sendable, CustomStringConvertible {
    /// The distribution's name as it stands in the file name.
    public let distribution: String
    /// The version as it stands in the file name.
    public let version: String
    /// The build number and suffix; wheels with a higher one are preferred. `nil` sorts before all.
    public let build: BuildTag?
    /// The expanded tag set: `py2.py3-none-any` stands for two tags.
    public let tags: [WheelTag]

    /// A build tag: a number and the rest, compared in that order.
    public struct BuildTag: Equatable, Comparable, Sendable {
        /// The leading digits.
        public let number: Int
        /// What follows them.
        public let suffix: String

        /// Orders by number, then by suffix.
        public static func < (left: BuildTag, right: BuildTag) -> Bool {
            (left.number, left.suffix) < (right.number, right.suffix)
        }
    }

    /// The whole file name.
    public let description: String

    /// Takes `filename` apart.
    ///
    /// - Throws: `WheelError` of kind `badFilename`.
    public init(_ filename: String) throws(WheelError) {
        func bad(_ message: String) -> WheelError { WheelError(.badFilename, archive: filename, message) }
        guard filename.hasSuffix(".whl") else { throw bad("a wheel's name ends with .whl") }
        let parts = filename.dropLast(4).split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5 || parts.count == 6 else {
            throw bad("a wheel's name has the form NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl")
        }
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw bad("a part of the name is empty") }
        let isSafe: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "._+!".contains($0)) }
        guard parts.allSatisfy({ $0.allSatisfy(isSafe) }) else {
            throw bad("a wheel's name has only letters, digits and . _ + ! between its hyphens")
        }
        if parts.count == 6 {
            let digits = parts[2].prefix(while: \.isNumber)
            guard let number = Int(digits) else {
                throw bad("the build tag “\(parts[2])” does not start with a number")
            }
            build = BuildTag(number: number, suffix: String(parts[2].dropFirst(digits.count)))
        } else {
            build = nil
        }
        distribution = parts[0]
        version = parts[1]
        let last = parts.suffix(3).map { $0.split(separator: ".").map(String.init) }
        guard last.allSatisfy({ !$0.isEmpty && $0.count <= 32 }) else { throw bad("its tags are damaged") }
        var tags: [WheelTag] = []
        for python in last[0] {
            for abi in last[1] {
                for platform in last[2] {
                    tags.append(WheelTag(python: python, abi: abi, platform: platform))
                }
            }
        }
        self.tags = tags
        description = filename
    }
}

/// The name of a distribution as packaging compares it (PEP 503): lower case, runs of `-`, `_` and `.` as one `-`.
public func normalizedDistributionName(_ name: some StringProtocol) -> String {
    var result = ""
    var gap = false
    for character in name.lowercased() {
        if "-_.".contains(character) {
            gap = true
        } else {
            if gap, !result.isEmpty { result.append("-") }
            gap = false
            result.append(character)
        }
    }
    return result
}
