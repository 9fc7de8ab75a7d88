/// The program's time. It is made up: it advances with what the program does and jumps to the next timer when everything
/// waits, so sleeping takes no time and two runs see the same times.
struct VirtualClock {
    /// What makes time pass while the program runs.
    enum Pace: Equatable, Sendable {
        /// The work: calls and backward branches, 40 ns each. Close to what a browser takes.
        case work
        /// Calls of imports, 17/64 ms each. Any host can count those, so any host can have the very same times.
        case imports
    }

    /// The monotonic clock, in nanoseconds.
    private(set) var monotonic: Int64 = 1_000_000_000
    let pace: Pace
    /// What the real-time clock shows when the monotonic one is 0: 2026-01-01 00:00:00 UTC.
    let epoch: Int64 = 1_767_225_600_000_000_000

    /// Nanoseconds for one unit of fuel (a call or a backward branch). CPython starts in 90 ms in a browser, with two
    /// million of them.
    static let perUnit: Int64 = 40
    /// Nanoseconds for one call of an import. A little more than half of the scheduler's period for looking at the clock, so that
    /// it neither looks more often nor more seldom.
    static let perImport = 17 * step
    /// 1/64 ms in nanoseconds: doubles hold multiples of it exactly, in milliseconds and in seconds. Timers end at one.
    static let step: Int64 = 15_625

    init(pace: Pace) { self.pace = pace }

    /// Counts work that was done.
    mutating func advance(work units: Int) {
        if pace == .work { monotonic += Int64(units) * Self.perUnit }
    }

    /// Counts one call of an import.
    mutating func advanceImport() {
        if pace == .imports { monotonic += Self.perImport }
    }

    /// Jumps ahead; never back.
    mutating func advance(to time: Int64) { monotonic = max(monotonic, time) }

    /// The time after a wait.
    func after(milliseconds: Double) -> Int64 {
        monotonic + Int64(min((milliseconds * 64).rounded(.up), 562_949_953_421_312)) * Self.step
    }

    var realTime: Int64 { epoch + monotonic }
    var milliseconds: Double { Double(monotonic) / 1e6 }
    /// Milliseconds since 1970, as JavaScript counts them.
    var date: Double { Double(epoch / 1_000_000) + milliseconds }
}

/// The random numbers of a run: SplitMix64, from a seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        var word: UInt64 = 0
        for index in bytes.indices {
            if index % 8 == 0 { word = next() }
            bytes[index] = UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
        }
    }
}
