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
        /// Variables in addition to the usual ones, in this order.
        public var environment: [(name: String, value: String)] = []
        /// The working directory.
        public var directory = "/home/user"
        /// Gives the next bytes of standard input when the program wants some; nothing at the end.
        public var input: () -> [UInt8] = { [] }
        /// What makes time pass: false for the work that is done, true for calls of imports, which any other host can count
        /// just so.
        public var countsImports = false
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
        /// Called when every context waits, until it has nothing more to do: whoever plays the world outside (a browser that
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
    /// The exit status, once the program has ended.
    public internal(set) var status: Int32?
    let kernel: Kernel
    let module: Module
    let options: Options
    private let instance: ModuleInstance
    private let imports: Imports
    private let placeholder: MemoryInstance
    /// For calls of exports while no context runs.
    private let hostContext: ExecutionContext
    private var contexts: [Int32: ExecutionContext] = [:]
    private var spare: [ExecutionContext] = []
    /// What the last `switch` asked for.
    private var request: (me: Int32, next: Int32, wait: Double)?
    private var pendingKills: [ExecutionContext] = []
    private var depthAddress: UInt32 = 0
    private var eventsAddress: UInt32 = 0
    private var state = State.ready(0)
    static let stopStatus: Int32 = 134

    private enum State {
        /// A context is to go on.
        case ready(Int32)
        /// All contexts wait: for a time (nanoseconds of the clock), or without one.
        case idle(until: Int64?)
        case ended
    }

    /// Loads and instantiates a program; its constructors have run.
    public convenience init(_ bytes: Bytes, image: FileImage?, options: Options = Options()) throws {
        try self.init(Module.read(bytes), options) { store, placeholder in
            let machine = Machine(seed: options.seed, pace: options.countsImports ? .imports : .work)
            let kernel = Kernel(store, placeholder, machine)
            if let image { kernel.mount(image) }
            kernel.makeInterpreter()
            machine.input = options.input
            let (trace, output) = (options.trace, options.output)
            machine.output = { descriptor, bytes in
                trace?("output \(descriptor) \(Trace.quote(bytes))")
                output(descriptor, bytes)
            }
            let usual = [
                (name: "HOME", value: "/home/user"), ("PATH", "/usr/bin"), ("PYTHONHOME", "/usr"),
                ("PWD", options.directory), ("LANG", "C.UTF-8"),
            ]
            kernel.setEnvironment(usual + options.environment)
            if let inode = (try? kernel.find(Array(options.directory.utf8), from: kernel.root)) as? DirectoryInode {
                kernel.directory = inode
            }
            return kernel
        }
    }

    /// Instantiates a module as a process.
    ///
    /// - Parameter makeKernel: given the store, and a memory to begin with.
    init(_ module: Module, _ options: Options, kernel makeKernel: (Store, MemoryInstance) throws -> Kernel) throws {
        self.module = module
        self.options = options
        store = Store(limits: options.limits)
        let valid = try ValidModule(module, in: store)
        hostContext = ExecutionContext(store)
        guard let placeholder = MemoryInstance(store, minimum: 0) else { throw BootError(description: "no memory") }
        self.placeholder = placeholder
        kernel = try makeKernel(store, placeholder)
        kernel.arguments = options.arguments.map { Array($0.utf8) }
        imports = Imports(kernel, store, options.trace)
        instance = try ModuleInstance(valid, in: store) { [imports] in imports.external(for: $0, in: valid) }
        guard let memory = instance.memory("memory") else {
            throw BootError(description: "the module exports no memory")
        }
        kernel.memory = GuestMemory(memory: memory)
        depthAddress = try address("frond_host_depth")
        eventsAddress = try address("frond_events_pending")
        connect()
        // The program tells more about its scheduler while somebody listens.
        if options.trace != nil, case .i32(let flag)? = instance.global("frond_trace_enabled")?.value {
            try? kernel.memory.write(Int32(1), at: flag)
        }
        if case .trapped(let trap) = invokePlain("__wasm_call_ctors") { throw trap }
        kernel.machine.processes.append(self)
    }

    private func address(_ name: String) throws -> UInt32 {
        guard case .i32(let address)? = instance.global(name)?.value else {
            throw BootError(description: "the module does not export \(name)")
        }
        return address
    }

    private func connect() {
        kernel.onEvent = { [unowned self] in try? self.kernel.memory.write(Int32(1), at: self.eventsAddress) }
        kernel.callProgram = { [unowned self] context, name, arguments in
            guard let function = self.instance.function(name) else { return 0 }
            guard case .returned(let results) = self.guarded({ context.invoke(function, arguments) }) else { return 0 }
            guard case .i32(let result)? = results.first else { return 0 }
            return Int32(bitPattern: result)
        }
        imports.connect(
            switch: { [unowned self] in self.switchContext($0) }, kill: { [unowned self] in self.kill($0) },
            spawn: { [unowned self] (call) throws(Errno) in try self.spawn(call) },
            killProcess: { [unowned self] in self.killProcess($0, $1) },
            setFunction: { [unowned self] in MadeFunctions.set(in: self.instance, store: self.store, $0) },
            count: { [unowned self] in
                self.statistics.calls += 1
                self.kernel.machine.clock.advanceImport()
            },
            cap: ownCap ?? options.cap, pool: options.pool)
    }

    /// A program's own choice of how many contexts may exist: FROND_CONTEXTS in its environment.
    private var ownCap: Int32? {
        let start = Array("FROND_CONTEXTS=".utf8)
        guard let variable = kernel.environment.first(where: { $0.starts(with: start) }),
            let number = Int32(String(decoding: variable.dropFirst(start.count), as: UTF8.self)), number > 0
        else { return nil }
        return min(number, 8000)
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

    /// Runs the program to its end and returns the exit status.
    public func run() -> Int32 { kernel.machine.run(self) }

    /// Whether the process has something to do at a time.
    func canRun(at time: Int64) -> Bool {
        switch state {
        case .ready: true
        case .idle(let until): kernel.hasEvents || until.map { $0 <= time } == true
        case .ended: false
        }
    }

    /// When the first timer of an idle process is due.
    var due: Int64? {
        if case .idle(let until) = state { return until }
        return nil
    }

    /// Runs until all contexts wait, or the process has ended.
    func proceed() {
        if case .idle = state { wakeUp() }
        while case .ready(let id) = state {
            state = go(id)
            unwindKilled()
        }
    }

    private func idle(_ wait: Double) -> State {
        options.trace?("idle \(wait < 0 ? "event" : "timer")")
        return waiting(wait)
    }

    /// All contexts wait. Whoever plays the world outside acts first.
    private func waiting(_ wait: Double) -> State {
        while status == nil, !kernel.hasEvents, let outside = options.idle, outside(self) {}
        if status != nil { return .ended }
        return .idle(until: wait < 0 ? nil : kernel.now().after(milliseconds: wait))
    }

    /// Asks the program whom to go on with; nobody: waits on.
    private func wakeUp() {
        if kernel.hasEvents { try? kernel.memory.write(Int32(1), at: eventsAddress) }
        switch invokePlain("frond_next") {
        case .returned(let values):
            guard case .i32(let bits)? = values.first else {
                state = fail("frond_next returned nothing", frames: [])
                return
            }
            let next = Int32(bitPattern: bits)
            if next >= 0 { options.trace?("wake \(next)") }
            state = next >= 0 ? .ready(next) : waiting(waitTime())
        case .trapped(let trap): state = stopped(trap)
        case .suspended, .threw: state = fail("frond_next did not return", frames: [])
        }
    }

    /// Marks a signal pending.
    func raise(_ signal: Int32) {
        guard status == nil else { return }
        let outcome = invokePlain("frond_raise", [.i32(signal)])
        if case .trapped(let trap) = outcome {
            state = stopped(trap)
            return
        }
        try? kernel.memory.write(Int32(1), at: eventsAddress)
        if case .idle = state { state = .idle(until: kernel.clock.monotonic) }
    }

    /// Ends the program from outside.
    public func terminate(_ status: Int32 = 137) {
        guard self.status == nil else { return }
        options.trace?("end terminated")
        state = ended(status)
    }

    private func go(_ id: Int32) -> State {
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

    private func settle(_ id: Int32, _ context: ExecutionContext, _ outcome: ExecutionContext.Outcome) -> State {
        switch outcome {
        case .suspended:
            guard let request else { return fail("an import suspended that is not the switch", frames: []) }
            self.request = nil
            guard request.me == id else {
                return fail("context \(id) parked itself as context \(request.me)", frames: [])
            }
            guard request.next >= 0 else { return idle(request.wait) }
            options.trace?("switch \(request.me) \(request.next)")
            return .ready(request.next)
        case .returned(let values):
            contexts[id] = nil
            context.reset()
            spare.append(context)
            guard case .i32(let bits)? = values.first else { return fail("an entry returned nothing", frames: []) }
            options.trace?("finish \(id)")
            let next = Int32(bitPattern: bits)
            if id == 0 { return end(next & 255) }
            return next >= 0 ? .ready(next) : idle(waitTime())
        case .trapped(let trap): return stopped(trap)
        case .threw: return fail("an exception left the program", frames: [])
        }
    }

    private func stopped(_ trap: Trap) -> State {
        if trap.code == .host, let exit = store.hostError as? ExitRequest {
            kernel.hasExited = true
            return end(exit.status)
        }
        if trap.code == .host, let abort = store.hostError as? AbortRequest {
            return fail("the program aborted: \(abort)", frames: trap.frames)
        }
        return fail("the program trapped: \(trap.detail ?? trap.code.message)", frames: trap.frames)
    }

    private func end(_ status: Int32) -> State {
        options.trace?("exit \(status)")
        return ended(status)
    }

    private func ended(_ status: Int32) -> State {
        self.status = status
        return .ended
    }

    private func fail(_ message: String, frames: [StackFrame]) -> State {
        options.trace?("end trap")
        var text = "frond: \(message)\n"
        for frame in frames.prefix(40) { text += "    at \(frame)\n" }
        if frames.count > 40 { text += "    … \(frames.count - 40) more\n" }
        kernel.machine.output(2, Array(text.utf8))
        hostContext.reset()
        _ = invokePlain("frond_dump_traceback")
        return ended(Self.stopStatus)
    }

    private func waitTime() -> Double {
        guard case .returned(let values) = invokePlain("frond_wait_ms"), case .f64(let bits)? = values.first else {
            return -1
        }
        return Double(bitPattern: bits)
    }

    /// Everybody waits, and nothing is left that could wake one.
    func endInDeadlock() {
        options.trace?("end deadlock")
        var text = "frond: deadlock: every thread waits, and nothing is left that could wake one\n"
        if case .returned(let values) = invokePlain("frond_describe"), case .i32(let pointer)? = values.first,
            let threads = try? kernel.memory.string(pointer)
        {
            for line in String(decoding: threads, as: UTF8.self).split(separator: "\n") { text += "    \(line)\n" }
        }
        kernel.machine.output(2, Array(text.utf8))
        _ = invokePlain("frond_dump_traceback")
        state = ended(Self.stopStatus)
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

    /// Lets go of every stack, and of what the process has of the machine.
    func drop() {
        contexts = [:]
        spare = []
        pendingKills = []
        kernel.end(placeholder)
    }
}
