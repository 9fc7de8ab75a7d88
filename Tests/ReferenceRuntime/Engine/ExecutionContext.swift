/// One stack of wasm frames: what JSPI calls a stack, an operating system a thread, Frond a context.
///
/// The frames live in a buffer of their own, so a context is put aside by not running it and taken up by running it.
public final class ExecutionContext {
    /// How an invocation ended, or that it has not yet.
    public enum Outcome {
        case returned([Value])
        /// A suspending import was called: ``resume(_:)`` goes on from there.
        case suspended
        case trapped(Trap)
        case threw(ExceptionReference)
    }

    /// The store that it belongs to.
    public let store: Store
    let state: UnsafeMutablePointer<ExecutionState>
    private let stack: UnsafeMutablePointer<UInt64>
    /// The function that was invoked, and where its arguments were, for the invocations that have not ended.
    private var invocations: [Invocation] = []

    private struct Invocation {
        var function: FunctionInstance
        var frame: Slots
        var pc: Code
        var fp: Slots
        var caller: FunctionPointer
    }

    /// A context with an empty stack.
    public init(_ store: Store) {
        self.store = store
        let slots = store.limits.stackSlots
        // Uninitialised on purpose: pages that no frame reaches are never touched.
        stack = .allocate(capacity: slots)
        state = .allocate(capacity: 1)
        state.initialize(
            to: ExecutionState(
                pc: UnsafePointer(store.exitCode), fp: stack, function: store.exitFunction, stackLimit: stack + slots,
                stackBase: stack, shared: store.shared, context: Unmanaged.passUnretained(self)))
        store.contexts[ObjectIdentifier(self)] = Unmanaged.passUnretained(self)
    }

    deinit {
        store.contexts[ObjectIdentifier(self)] = nil
        state.deallocate()
        stack.deallocate()
    }

    /// How many invocations there are that have not ended: more than one when an import has called back.
    public var depth: Int { invocations.count }

    /// The first slot that no frame uses.
    var top: Slots {
        if state.pointee.function == store.exitFunction { return state.pointee.stackBase }
        return state.pointee.fp + Int(state.pointee.function.pointee.frameSlots)
    }

    /// Calls a function with arguments of the right types, on top of what is on the stack.
    public func invoke(_ function: FunctionInstance, _ arguments: [Value] = []) -> Outcome {
        precondition(arguments.count == function.signature.parameters.count, "wrong number of arguments")
        let data = function.data
        let frame = top
        guard frame + Int(data.pointee.frameSlots) + FrameHeader.slots <= state.pointee.stackLimit else {
            return .trapped(Trap(code: .callStackExhausted, frames: backtrace()))
        }
        invocations.append(
            Invocation(
                function: function, frame: frame, pc: state.pointee.pc, fp: state.pointee.fp,
                caller: state.pointee.function))
        var slot = frame
        for (argument, type) in zip(arguments, function.signature.parameters) {
            argument.write(to: slot)
            slot += type.slots
        }
        let header = frame + Int(data.pointee.parameterSlots)
        header[FrameHeader.returnCode] = UInt64(UInt(bitPattern: store.exitCode))
        header[FrameHeader.callerFrame] = frame.bits
        header[FrameHeader.callerFunction] = store.exitFunction.bits
        (header + FrameHeader.slots).clear(Int(data.pointee.localSlots))
        state.pointee.pc = data.pointee.code
        state.pointee.fp = frame
        state.pointee.function = data
        return run()
    }

    /// Goes on after a suspension: the import returns these results.
    public func resume(_ results: [Value]) -> Outcome {
        var slot = state.pointee.fp
        for result in results {
            result.write(to: slot)
            slot += result.type.slots
        }
        return run()
    }

    /// Goes on after a suspension: the import throws.
    public func resume(throwing exception: ExceptionReference) -> Outcome {
        guard ExecutionState.unwind(state, exception: exception.bits) else { return end(.threw(exception)) }
        return run()
    }

    /// Goes on after a suspension: the import traps.
    public func resume(trapping code: TrapCode) -> Outcome {
        end(.trapped(Trap(code: code, frames: backtrace())))
    }

    /// Forgets all frames, without running anything in them.
    public func reset() {
        invocations = []
        state.pointee.pc = UnsafePointer(store.exitCode)
        state.pointee.fp = stack
        state.pointee.function = store.exitFunction
    }

    private func run() -> Outcome {
        switch ExecutionState.run(state) {
        case .finished:
            guard let invocation = invocations.last else { return .returned([]) }
            var slot = invocation.frame
            var results: [Value] = []
            for type in invocation.function.signature.results {
                results.append(Value(type, at: slot))
                slot += type.slots
            }
            return end(.returned(results))
        case .suspended: return .suspended
        case .trapped(let code): return end(.trapped(Trap(code: code, frames: backtrace(), detail: detail(code))))
        case .threw(let bits): return end(.threw(ExceptionReference(bits: bits)))
        }
    }

    private func detail(_ code: TrapCode) -> String? {
        guard code == .host, let error = store.hostError else { return nil }
        return "\(error)"
    }

    private func end(_ outcome: Outcome) -> Outcome {
        let invocation = invocations.removeLast()
        state.pointee.pc = invocation.pc
        state.pointee.fp = invocation.fp
        state.pointee.function = invocation.caller
        return outcome
    }

    /// The functions on the stack, innermost first, down to where the host called the last time.
    public func backtrace() -> [StackFrame] {
        var frames: [StackFrame] = []
        var fp = state.pointee.fp
        var function = state.pointee.function
        while function != store.exitFunction {
            frames.append(function.pointee.object._withUnsafeGuaranteedRef { $0.stackFrame })
            let header = fp + Int(function.pointee.parameterSlots)
            fp = Slots(bits: header[FrameHeader.callerFrame])
            function = FunctionPointer(bits: header[FrameHeader.callerFunction])
        }
        return frames
    }
}
