/// A compatibility tag (PEP 425): which Python, ABI and platform a wheel is for.
public struct WheelTag: Hashable, Sendable, CustomStringConvertible {
    /// For example `cp314` or `py3`.
    public let python: String
    /// For example `cp314`, `abi3` or `none`.
    public let abi: String
    /// For example `pyemscripten_2026_0_wasm32` or `any`.
    public let platform: String

    /// A tag of the three parts.
    public init(python: String, abi: String, platform: String) {
        self.python = python
        self.abi = abi
        self.platform = platform
    }

    /// The tag as it stands in file names, for example `py3-none-any`.
    public var description: String { "\(python)-\(abi)-\(platform)" }
}

/// The tags that an interpreter accepts, the most specific first, in the order of PEP 425 as `packaging.tags` has it.
///
/// For CPython 3.14 on `pyemscripten_2026_0` (PEP 783):
///
///     cp314-cp314-pyemscripten_2026_0_wasm32      its own ABI
///     cp314-abi3-… cp313-abi3-… … cp32-abi3-…     the stable ABI of this and earlier versions
///     cp314-none-… py314-none-… py3-none-… …      no ABI, this platform
///     cp314-none-any py314-none-any py3-none-any py313-none-any … py30-none-any
public struct TagOrder: Sendable {
    /// The accepted tags, best first.
    public let tags: [WheelTag]
    private let rank: [WheelTag: Int]

    /// The order for CPython 3.`minor` on the platforms given, best first.
    public init(minor: Int, platforms: [String]) {
        var tags: [WheelTag] = []
        for platform in platforms {
            tags.append(WheelTag(python: "cp3\(minor)", abi: "cp3\(minor)", platform: platform))
        }
        for version in stride(from: minor, through: 2, by: -1) {
            for platform in platforms {
                tags.append(WheelTag(python: "cp3\(version)", abi: "abi3", platform: platform))
            }
        }
        for platform in platforms {
            tags.append(WheelTag(python: "cp3\(minor)", abi: "none", platform: platform))
        }
        let generic = ["py3\(minor)", "py3"] + stride(from: minor - 1, through: 0, by: -1).map { "py3\($0)" }
        for python in generic {
            for platform in platforms {
                tags.append(WheelTag(python: python, abi: "none", platform: platform))
            }
        }
        for python in ["cp3\(minor)"] + generic {
            tags.append(WheelTag(python: python, abi: "none", platform: "any"))
        }
        self.tags = tags
        rank = Dictionary(uniqueKeysWithValues: zip(tags, tags.indices))
    }

    /// The order of the runtime kit: CPython 3.14 on the `pyemscripten_2026_0` ABI.
    public static let pyemscripten = TagOrder(minor: 14, platforms: ["pyemscripten_2026_0_wasm32"])

    /// The place of `wheel`'s best tag, 0 being best; `nil` when the interpreter can't use the wheel.
    public func rank(of wheel: WheelFilename) -> Int? {
        wheel.tags.compactMap { rank[$0] }.min()
    }

    /// The wheel to use of `wheels`: the best tag, then the highest build tag, then the name, so that the choice
    /// does not depend on the order given.
    public func best(of wheels: [WheelFilename]) -> WheelFilename? {
        let usable = wheels.compactMap { wheel in rank(of: wheel).map { (rank: $0, wheel: wheel) } }
        return usable.min { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            switch (left.wheel.build, right.wheel.build) {
            case (let left?, let right?) where left != right: return left > right
            case (nil, _?): return false
            case (_?, nil): return true
            default: return left.wheel.description < right.wheel.description
            }
        }?.wheel
    }
}
