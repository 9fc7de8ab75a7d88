/// What all processes share: time, chance, the tree of files, the network, what is outside.
///
/// Processes take turns. One runs until all its contexts wait; then the next that has something to do. When none has, the
/// clock jumps to the first timer.
final class Machine {
    var clock: VirtualClock
    var random: SeededRandom
    let network = Network()
    var locks: [ObjectIdentifier: [FileLock]] = [:]
    /// Gives the next bytes of standard input when they are wanted; nothing at its end.
    var input: () -> [UInt8] = { [] }
    /// Input that was taken from outside and not yet read.
    var pendingInput: [UInt8] = []
    private var inputHasEnded = false
    /// Where the bytes of descriptors 1 and 2 go.
    var output: (Int, [UInt8]) -> Void = { _, _ in }
    /// The processes that run, in the order in which they were started.
    var processes: [Program] = []
    /// Open files know the kernel that opened them, so kernels stay until the end; their memories do not.
    var kernels: [Kernel] = []
    /// As in the other kernel: CPython keeps small numbers in store, so that they would show in what it allocates.
    private var nextInode: Int64 = 10_000
    private var nextProcess: Int32 = 42

    init(seed: UInt64, pace: VirtualClock.Pace) {
        clock = VirtualClock(pace: pace)
        random = SeededRandom(seed: seed)
    }

    func takeInodeNumber() -> Int64 {
        defer { nextInode += 1 }
        return nextInode
    }

    func takeProcessNumber() -> Int32 {
        defer { nextProcess += 1 }
        return nextProcess
    }

    /// Waits (the whole machine stands still meanwhile) until there is input, or its end.
    func fillInput() {
        guard pendingInput.isEmpty, !inputHasEnded else { return }
        pendingInput = input()
        inputHasEnded = pendingInput.isEmpty
    }

    // MARK: Running

    /// Runs all processes until the first one has ended, and returns its status.
    func run(_ first: Program) -> Int32 {
        var turn = 0
        while first.status == nil {
            let now = clock.monotonic
            let count = processes.count
            if let offset = (0..<count).first(where: { processes[(turn + $0) % count].canRun(at: now) }) {
                let process = processes[(turn + offset) % count]
                process.proceed()
                if let status = process.status, process !== first { process.leave(status) }
                turn = (processes.firstIndex { $0 === process } ?? -1) + 1
            } else if let due = processes.compactMap(\.due).min() {
                clock.advance(to: due)
            } else {
                first.endInDeadlock()
            }
        }
        for process in processes { process.drop() }
        return first.status ?? 0
    }
}
