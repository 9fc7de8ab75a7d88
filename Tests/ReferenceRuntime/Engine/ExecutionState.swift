/// Where a context is, as the inner loop sees it.
struct ExecutionState {
    var pc: Code
    var fp: Slots
    var function: FunctionPointer
    /// The end of the value stack.
    let stackLimit: Slots
    /// The start of the value stack.
    let stackBase: Slots
    /// What all contexts of the store share.
    let shared: UnsafeMutablePointer<SharedState>
    let context: Unmanaged<ExecutionContext>

    @inline(__always)
    var fuel: Int { shared.pointee.fuel }

    /// Whether one function type extends another.
    @inline(never)
    func isSubtype(_ type: UInt32, of expected: UInt32) -> Bool {
        context._withUnsafeGuaranteedRef { $0.store.types.isSubtype(type, of: expected) }
    }
}

/// The part of a store that the inner loop changes.
struct SharedState {
    /// How many calls and backward branches may still be executed.
    var fuel: Int
}

extension UnsafeMutablePointer where Pointee == ExecutionState {
    @inline(__always)
    func store(pc: Code, fp: Slots, function: FunctionPointer, fuel: Int) {
        self.pointee.pc = pc
        self.pointee.fp = fp
        self.pointee.function = function
        self.pointee.shared.pointee.fuel = fuel
    }
}

// MARK: - What the inner loop calls

extension ExecutionState {
    enum HostExit {
        case returned
        case suspended
        case trapped(TrapCode)
        case threw(UInt64)
    }

    /// Translates the function whose stub is being executed, and puts its frame into order.
    @inline(never)
    static func translate(_ state: UnsafeMutablePointer<ExecutionState>) -> TrapCode? {
        let data = state.pointee.function
        let failed = data.pointee.object._withUnsafeGuaranteedRef { $0.translate() }
        if let failed { return failed }
        if state.pointee.fp + Int(data.pointee.frameSlots) > state.pointee.stackLimit { return .callStackExhausted }
        state.pointee.pc = data.pointee.code
        return nil
    }

    /// Calls the host function whose frame is the current one.
    @inline(never)
    static func callHost(_ state: UnsafeMutablePointer<ExecutionState>) -> HostExit {
        let function = state.pointee.function.pointee.object
        let context = state.pointee.context
        return function._withUnsafeGuaranteedRef { function in
            context._withUnsafeGuaranteedRef { context in
                switch function.callHost(HostCall(slots: state.pointee.fp, context: context)) {
                case .returned: .returned
                case .suspended: .suspended
                case .trapped(let code): .trapped(code)
                case .threw(let exception): .threw(exception.bits)
                }
            }
        }
    }

    /// Replaces the current frame by that of the callee of a tail call.
    @inline(never)
    static func tailCall(_ state: UnsafeMutablePointer<ExecutionState>) -> TrapCode? {
        let i = state.pointee.pc
        let fp = state.pointee.fp
        var next = i + 1
        let callee: FunctionPointer
        switch i.pointee.operation {
        case .returnCall:
            callee = next.pointer(to: FunctionData.self)
        case .returnCallIndirect:
            let table = next.pointer(to: TableData.self)
            next += 1
            let index = fp[i.b]
            if index >= table.pointee.count { return .undefinedElement }
            guard let function = FunctionPointer(nullableBits: table.pointee.elements[Int(index)]) else {
                return .uninitializedElement
            }
            let expected = UInt32(truncatingIfNeeded: next.word)
            if function.pointee.type != expected, !state.pointee.isSubtype(function.pointee.type, of: expected) {
                return .indirectCallTypeMismatch
            }
            callee = function
        default:
            guard let function = FunctionPointer(nullableBits: fp[i.b]) else { return .nullFunctionReference }
            callee = function
        }
        let header = fp + Int(i.c)
        let returnCode = header[FrameHeader.returnCode]
        let callerFrame = header[FrameHeader.callerFrame]
        let callerFunction = header[FrameHeader.callerFunction]
        if fp + Int(callee.pointee.frameSlots) > state.pointee.stackLimit { return .callStackExhausted }
        state.pointee.shared.pointee.fuel &-= 1
        if state.pointee.fuel < 0 { return .outOfFuel }
        let parameters = Int(callee.pointee.parameterSlots)
        fp.update(from: fp + Int(i.a), count: parameters)
        let newHeader = fp + parameters
        newHeader[FrameHeader.returnCode] = returnCode
        newHeader[FrameHeader.callerFrame] = callerFrame
        newHeader[FrameHeader.callerFunction] = callerFunction
        (newHeader + FrameHeader.slots).clear(Int(callee.pointee.localSlots))
        state.pointee.function = callee
        state.pointee.pc = callee.pointee.code
        return nil
    }
}
