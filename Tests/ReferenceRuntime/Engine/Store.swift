import WasmBinary

/// Everything that instances share: types, fuel, limits, exceptions and contexts.
///
/// A store and all that belongs to it are used by one thread at a time.
public final class Store {
    /// How much a program may use. All limits are deterministic: the same program meets them at the same point.
    public struct Limits: Sendable {
        /// Slots (of 8 bytes) of each context's value stack; deeper recursion traps.
        public var stackSlots = 1 << 19
        /// Pages of 64 KiB that a memory can grow to.
        public var memoryPages = 1 << 15
        /// Elements that a table can grow to.
        public var tableElements = 10_000_000
        /// Calls and backward branches that may be executed.
        public var fuel = Int.max

        /// The defaults.
        public init() {}
    }

    /// The limits that the store was made with.
    public let limits: Limits
    /// Why an import stopped the program, after a trap with the code ``TrapCode/host``.
    public var hostError: (any Error)?

    let types = TypeRegistry()
    let shared: UnsafeMutablePointer<SharedState>
    /// The instance that host functions belong to: it has no memory.
    let hostInstance: UnsafeMutablePointer<InstanceData>
    let emptyMemory: UnsafeMutablePointer<MemoryData>
    /// The function below the first frame of each invocation; its code leaves the inner loop.
    let exitFunction: FunctionPointer
    let exitCode: UnsafeMutablePointer<CodeWord>
    var exceptions = ExceptionTable()
    /// All contexts that are alive, for the search for exceptions that nothing refers to.
    var contexts: [ObjectIdentifier: Unmanaged<ExecutionContext>] = [:]
    /// Owners of what addresses in slots and tables point to: functions stay alive as long as the store does.
    private var functions: [FunctionInstance] = []
    private(set) var globals: [GlobalInstance] = []
    private(set) var tables: [TableInstance] = []
    private var instances: [ModuleInstance] = []

    /// A new, empty store.
    public init(limits: Limits = Limits()) {
        self.limits = limits
        shared = .allocate(capacity: 1)
        shared.initialize(to: SharedState(fuel: limits.fuel))
        emptyMemory = .allocate(capacity: 1)
        emptyMemory.initialize(to: MemoryData(base: UnsafeMutableRawPointer(emptyMemory), size: 0))
        hostInstance = .allocate(capacity: 1)
        hostInstance.initialize(to: InstanceData(memory: emptyMemory))
        exitCode = .allocate(capacity: 1)
        exitCode.initialize(to: CodeWord(.exit))
        exitFunction = .allocate(capacity: 1)
        let owner = FunctionInstance(exitOf: exitFunction)
        exitFunction.initialize(
            to: FunctionData(
                code: UnsafePointer(exitCode), frameSlots: 0, parameterSlots: 0, localSlots: 0, resultSlots: 0,
                type: .max, index: .max, instance: hostInstance, stub: (CodeWord(.exit), CodeWord(.exit)),
                object: Unmanaged.passUnretained(owner)))
        functions.append(owner)
    }

    deinit {
        exitCode.deallocate()
        hostInstance.deallocate()
        emptyMemory.deallocate()
        shared.deallocate()
    }

    /// Calls and backward branches that may still be executed.
    public var fuel: Int {
        get { shared.pointee.fuel }
        set { shared.pointee.fuel = newValue }
    }

    func own(_ function: FunctionInstance) { functions.append(function) }
    func own(_ global: GlobalInstance) { globals.append(global) }
    func own(_ table: TableInstance) { tables.append(table) }
    func own(_ instance: ModuleInstance) { instances.append(instance) }
}
