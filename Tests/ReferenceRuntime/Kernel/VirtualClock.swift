/// The program's time. It is made up: it advances with the work that the program does and jumps to the next timer when
/// everything waits, so sleeping takes no time and two runs see the same times.
struct VirtualClock {
    /// The monotonic clock, in nanoseconds.
    private(set) var monotonic: Int64 = 1_000_000_000
    /// What the real-time clock shows when the monotonic one is 0: 2026-01-01 00:00:00 UTC.
    let epoch: Int64 = 1_767_225_600_000_000_000
    private var lastFuel: Int

    /// Nanoseconds for one unit of fuel (a call or a backward branch). CPython starts in 90 ms in a browser, with two
    /// million of them.
    static let perUnit: Int64 = 40

    init(fuel: Int) { lastFuel = fuel }

    /// Counts the work that was done since the last time.
    mutating func advance(fuel: Int) {
        monotonic += Int64(lastFuel - fuel) * Self.perUnit
        lastFuel = fuel
    }

    mutating func advance(milliseconds: Double) {
        monotonic += Int64((milliseconds * 1e6).rounded(.up))
    }

    var realTime: Int64 { epoch + monotonic }
    var milliseconds: Double { Double(monotonic) / 1e6 }
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
