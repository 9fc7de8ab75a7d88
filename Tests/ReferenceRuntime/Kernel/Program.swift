import WasmBinary

/// A program in the reference runtime: a linked module, a files image, contexts and a kernel.
///
/// The contexts are those of the program itself: it says `switch(me, next, wait)`, and here `me` is put aside and `next`
/// taken up. When nothing is ready the program is *idle*: the clock jumps to the next timer, or an event asks
/// `frond_next()` whom to go on with, or there is a deadlock, which is reported with what each thread waits for.
public final class Program {
    /// What a program is started with.
    public struct Options {
        /// `argv`.
        public var arguments = ["python3"]
        /// Variables in addition to the usual ones.
        public var environment: [String: String] = [:]
        /// The working directory.
        public var directory = "/home/user"
        /// Standard input, all of it.
        public var input: [UInt8] = []
        /// Where randomness starts.
        public var seed: UInt64 = 1
        /// How many contexts may be alive at once.
        public var cap: Int32 = 8000
        /// How many finished contexts are kept for the next one.
        public var pool: Int32 = 64
        /// Limits of the store.
        public var limits = Store.Limits()
        /// Gets what is written to descriptor 1 or 2.
        public var output: (Int, [UInt8]) -> Void = { _, _ in }
        /// Called when every context waits, before the clock moves on: whoever plays the world outside (a browser that
        /// sends a request, a user who types) does so now. True when it has done something.
        public var idle: ((Program) -> Bool)?
        /// Gets the lines of the trace, if there is to be one.
        public var trace: ((String) -> Void)?

        /// The defaults.
        public init() {}
    }

    /// Why a module is no program.
    public struct BootError: Error, CustomStringConvertible {
        /// What is wrong.
        public var description: String
    }

    /// Counters of a run.
    public struct Statistics: Sendable {
        /// Switches between contexts.
        public var switches = 0
        /// Contexts that were started.
        public var created = 0
        /// Contexts that were killed.
        public var killed = 0
        /// Calls of imports.
        public var calls = 0
    }

    /// The store of the program.
    public let store: Store
    /// Counters of the run.
    public private(set) var statistics = Statistics()
    let kernel: Kernel
    private let instance: ModuleInstance
    private let imports: Imports
    private let options: Options
    /// For calls of exports while no context runs.
    private let hostContext: ExecutionContext
    private var contexts: [Int32: ExecutionContext] = [:]
    private var spare: [ExecutionContext] = []
    /// What the last `switch` asked for.
    private var request: (me: Int32, next: Int32, wait: Double)?
    private var pendingKills: [ExecutionContext] = []
    private var depthAddress: UInt32 = 0
    private var eventsAddress: UInt32 = 0
    private static let stopStatus: Int32 = 134

    /// Loads and instantiates a program; its constructors have run.
    public init(_ bytes: Bytes, image: FileImage?, options: Options = Options()) throws {
        self.options = options
        store = Store(limits: options.limits)
        let valid = try ValidModule(bytes, in: store)
        hostContext = ExecutionContext(store)
        guard let placeholder = MemoryInstance(store, minimum: 0) else { throw BootError(description: "no memory") }
        kernel = Kernel(store, placeholder, seed: options.seed)
        if let image { kernel.mount(image) }
        kernel.makeInterpreter()
        imports = Imports(kernel, store, options.trace)
        instance = try ModuleInstance(valid, in: store) { [imports] in imports.external(for: $0, in: valid) }
        guard let memory = instance.memory("memory") else {
            throw BootError(description: "the module exports no memory")
        }
        kernel.memory = GuestMemory(memory: memory)
        depthAddress = try address("frond_host_depth")
        eventsAddress = try address("frond_events_pending")
        configure()
        // The program tells more about its scheduler while somebody listens.
        if options.trace != nil, case .i32(let flag)? = instance.global("frond_trace_enabled")?.value {
            try? kernel.memory.write(Int32(1), at: flag)
        }
        imports.connect(
            switch: { [unowned self] in self.switchContext($0) }, kill: { [unowned self] in self.kill($0) },
            count: { [unowned self] in self.statistics.calls += 1 },
            cap: options.cap, pool: options.pool)
        if case .trapped(let trap) = invokePlain("__wasm_call_ctors") { throw trap }
    }

    private func address(_ name: String) throws -> UInt32 {
        guard case .i32(let address)? = instance.global(name)?.value else {
            throw BootError(description: "the module does not export \(name)")
        }
        return address
    }

    private func configure() {
        var environment = [
            "HOME": "/home/user", "PATH": "/usr/bin", "PYTHONHOME": "/usr", "PWD": options.directory, "LANG": "C.UTF-8",
        ]
        environment.merge(options.environment) { $1 }
        kernel.arguments = options.arguments.map { Array($0.utf8) }
        kernel.environment = environment.sorted { $0.key < $1.key }.map { Array("\($0.key)=\($0.value)".utf8) }
        kernel.input = options.input
        let output = options.output
        let trace = options.trace
        kernel.output = { descriptor, bytes in
            trace?("output \(descriptor) \(Trace.quote(bytes))")
            output(descriptor, bytes)
        }
        let directory = Array(options.directory.utf8)
        if let inode = (try? kernel.find(directory, from: kernel.root)) as? DirectoryInode { kernel.directory = inode }
        kernel.onEvent = { [unowned self] in try? self.kernel.memory.write(Int32(1), at: self.eventsAddress) }
        kernel.callProgram = { [unowned self] context, name, arguments in
            guard let function = self.instance.function(name) else { return 0 }
            guard case .returned(let results) = self.guarded({ context.invoke(function, arguments) }) else { return 0 }
            guard case .i32(let result)? = results.first else { return 0 }
            return Int32(bitPattern: result)
        }
    }

    // MARK: Calls from the host

    /// Counts the re-entry, so that the program knows that it must not suspend.
    private func guarded(_ body: () -> ExecutionContext.Outcome) -> ExecutionContext.Outcome {
        let depth = (try? kernel.memory.i32(depthAddress)) ?? 0
        try? kernel.memory.write(depth + 1, at: depthAddress)
        defer { try? kernel.memory.write(depth, at: depthAddress) }
        return body()
    }

    private func invokePlain(_ name: String, _ arguments: [Value] = []) -> ExecutionContext.Outcome {
        guard let function = instance.function(name) else { return .returned([]) }
        return guarded { hostContext.invoke(function, arguments) }
    }

    // MARK: Imports of the program

    private func switchContext(_ call: HostCall) -> HostOutcome {
        // Frames of the host below the import, and no promising entry beneath them: nothing here can be put aside.
        guard call.context.depth == 1, call.context !== hostContext else {
            return call.fails(BootError(description: "SuspendError: switch with host frames on the stack"))
        }
        request = (call.i32(0), call.i32(1), call.f64(2))
        statistics.switches += 1
        return .suspended
    }

    private func kill(_ id: Int32) {
        options.trace?("kill \(id)")
        guard let context = contexts.removeValue(forKey: id) else { return }
        statistics.killed += 1
        pendingKills.append(context)
    }

    // MARK: Running

    private enum Step {
        case go(Int32)
        case idle(Double)
        case end(Int32)
    }

    /// Runs the program to its end and returns the exit status.
    public func run() -> Int32 {
        var step = Step.go(0)
        while true {
            switch step {
            case .go(let id): step = go(id)
            case .idle(let wait): step = idle(wait)
            case .end(let status):
                drop()
                return status
            }
            unwindKilled()
        }
    }

    private func go(_ id: Int32) -> Step {
        if let context = contexts[id] { return settle(id, context, context.resume([.i32(UInt32(0))])) }
        options.trace?("create \(id)")
        statistics.created += 1
        let name = id == 0 ? "frond_start" : "frond_context_entry"
        guard let entry = instance.function(name) else {
            return fail("the module does not export \(name)", frames: [])
        }
        let context = spare.popLast() ?? ExecutionContext(store)
        contexts[id] = context
        return settle(id, context, context.invoke(entry, id == 0 ? [] : [.i32(id)]))
    }

    private func settle(_ id: Int32, _ context: ExecutionContext, _ outcome: ExecutionContext.Outcome) -> Step {
        switch outcome {
        case .suspended:
            guard let request else { return fail("an import suspended that is not the switch", frames: []) }
            self.request = nil
            guard request.me == id else {
                return fail("context \(id) parked itself as context \(request.me)", frames: [])
            }
            guard request.next >= 0 else { return .idle(request.wait) }
            options.trace?("switch \(request.me) \(request.next)")
            return .go(request.next)
        case .returned(let values):
            contexts[id] = nil
            context.reset()
            spare.append(context)
            guard case .i32(let bits)? = values.first else { return fail("an entry returned nothing", frames: []) }
            options.trace?("finish \(id)")
            let next = Int32(bitPattern: bits)
            if id == 0 { return end(next & 255) }
            return next >= 0 ? .go(next) : .idle(waitTime())
        case .trapped(let trap): return stopped(trap)
        case .threw: return fail("an exception left the program", frames: [])
        }
    }

    private func stopped(_ trap: Trap) -> Step {
        if trap.code == .host, let exit = store.hostError as? ExitRequest { return end(exit.status) }
        if trap.code == .host, let abort = store.hostError as? AbortRequest {
            return fail("the program aborted: \(abort)", frames: trap.frames)
        }
        return fail("the program trapped: \(trap.detail ?? trap.code.message)", frames: trap.frames)
    }

    private func end(_ status: Int32) -> Step {
        options.trace?("exit \(status)")
        return .end(status)
    }

    private func fail(_ message: String, frames: [StackFrame]) -> Step {
        options.trace?("end trap")
        var text = "frond: \(message)\n"
        for frame in frames.prefix(40) { text += "    at \(frame)\n" }
        if frames.count > 40 { text += "    … \(frames.count - 40) more\n" }
        kernel.output(2, Array(text.utf8))
        hostContext.reset()
        _ = invokePlain("frond_dump_traceback")
        return .end(Self.stopStatus)
    }

    /// Nothing is ready: to the next event, or to the next timer.
    private func idle(_ wait: Double) -> Step {
        options.trace?("idle \(wait < 0 ? "event" : "timer")")
        var wait = wait
        while true {
            while !kernel.hasEvents, let outside = options.idle, outside(self) {}
            if kernel.hasEvents {
                try? kernel.memory.write(Int32(1), at: eventsAddress)
            } else if wait < 0 {
                return deadlock()
            } else {
                kernel.clock.advance(fuel: store.fuel)
                kernel.clock.advance(milliseconds: wait)
            }
            switch invokePlain("frond_next") {
            case .returned(let values):
                guard case .i32(let bits)? = values.first else {
                    return fail("frond_next returned nothing", frames: [])
                }
                let next = Int32(bitPattern: bits)
                if next >= 0 {
                    options.trace?("wake \(next)")
                    return .go(next)
                }
                wait = waitTime()
            case .trapped(let trap): return stopped(trap)
            case .suspended, .threw: return fail("frond_next did not return", frames: [])
            }
        }
    }

    private func waitTime() -> Double {
        guard case .returned(let values) = invokePlain("frond_wait_ms"), case .f64(let bits)? = values.first else {
            return -1
        }
        return Double(bitPattern: bits)
    }

    private func deadlock() -> Step {
        options.trace?("end deadlock")
        var text = "frond: deadlock: every thread waits, and nothing is left that could wake one\n"
        if case .returned(let values) = invokePlain("frond_describe"), case .i32(let pointer)? = values.first,
            let threads = try? kernel.memory.string(pointer)
        {
            for line in String(decoding: threads, as: UTF8.self).split(separator: "\n") { text += "    \(line)\n" }
        }
        kernel.output(2, Array(text.utf8))
        _ = invokePlain("frond_dump_traceback")
        return .end(Self.stopStatus)
    }

    /// Resumes what was killed with 1; it has to trap before it does anything.
    private func unwindKilled() {
        while let context = pendingKills.popLast() {
            if case .trapped = context.resume([.i32(UInt32(1))]) {
                context.reset()
                spare.append(context)
            } else {
                options.trace?("error: a killed context ran on")
            }
        }
    }

    /// Lets go of every stack.
    private func drop() {
        contexts = [:]
        spare = []
    }
}
