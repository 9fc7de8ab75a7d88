import WasmBinary

/// A function in a store: one that a module defines, or one of the host.
public final class FunctionInstance {
    /// What the host does when its function is called.
    public typealias HostBody = (HostCall) -> HostOutcome

    let data: FunctionPointer
    let signature: Signature
    private let body: Body
    private var code: UnsafeMutablePointer<CodeWord>?
    /// Where exceptions are caught in the code, innermost first.
    private(set) var regions: [HandlerRegion] = []
    private let name: String?

    private enum Body {
        case wasm(Unmanaged<ModuleInstance>, Int)
        case host(HostBody)
        case exit
    }

    /// A function of the host.
    public convenience init(
        _ store: Store, name: String, parameters: [ValueType], results: [ValueType], _ body: @escaping HostBody
    ) {
        let type = store.types.register(FunctionType(parameters: parameters, results: results))
        self.init(store, type: type, name: name, body)
    }

    init(_ store: Store, type: UInt32, name: String, _ body: @escaping HostBody) {
        self.body = .host(body)
        self.name = name
        signature = store.types.signature(type)
        data = .allocate(capacity: 1)
        initialize(type: type, index: -1, instance: store.hostInstance, locals: 0, stub: .hostCall)
        store.own(self)
    }

    init(_ instance: ModuleInstance, index: Int, body: Int) {
        let valid = instance.valid
        self.body = .wasm(Unmanaged.passUnretained(instance), body)
        name = valid.functionNames[index]
        signature = valid.signature(ofFunction: index)
        data = .allocate(capacity: 1)
        var locals = 0
        for run in valid.module.code[body].locals { locals += Int(run.count) * (run.type == .v128 ? 2 : 1) }
        initialize(
            type: valid.functions[index], index: index, instance: instance.data, locals: locals, stub: .translate)
        instance.store.own(self)
    }

    /// The function below the first frame of an invocation.
    init(exitOf data: FunctionPointer) {
        self.data = data
        body = .exit
        name = nil
        signature = Signature(parameters: [], results: [])
    }

    private func initialize(
        type: UInt32, index: Int, instance: UnsafeMutablePointer<InstanceData>, locals: Int, stub: Operation
    ) {
        // A host function writes its results while its frame is still there, so its header lies behind them, too.
        let isHost = stub == .hostCall
        let header = isHost ? max(signature.parameterSlots, signature.resultSlots) : signature.parameterSlots
        let slots = max(header + FrameHeader.slots + locals, signature.resultSlots)
        data.initialize(
            to: FunctionData(
                code: UnsafePointer(data.withStub), frameSlots: Int32(slots), parameterSlots: Int32(header),
                localSlots: Int32(locals), resultSlots: Int32(signature.resultSlots), type: type,
                index: UInt32(truncatingIfNeeded: index), instance: instance,
                stub: (CodeWord(stub), CodeWord(.hostReturn, c: header)), object: Unmanaged.passUnretained(self)))
    }

    deinit {
        code?.deallocate()
        data.deallocate()
    }

    /// How many values it takes and returns.
    public var arity: (parameters: Int, results: Int) { (signature.parameters.count, signature.results.count) }

    /// The reference to the function, as a value.
    public var reference: Value { .function(data.bits) }

    var stackFrame: StackFrame {
        if case .wasm = body { return StackFrame(name: name, index: Int(data.pointee.index)) }
        return StackFrame(name: name, index: -1)
    }

    /// Makes the internal code; from then on the function starts there.
    func translate() -> TrapCode? {
        guard case .wasm(let owner, let index) = body, code == nil else { return nil }
        return owner._withUnsafeGuaranteedRef { instance in
            var translator = Translator(instance, signature, instance.valid.module.code[index])
            guard translator.translate() else { return .functionTooLarge }
            let words = translator.code.words
            let code = UnsafeMutablePointer<CodeWord>.allocate(capacity: words.count)
            words.withUnsafeBytes {
                UnsafeMutableRawPointer(code).copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count)
            }
            self.code = code
            regions = translator.regions
            data.pointee.code = UnsafePointer(code)
            data.pointee.frameSlots = Int32(translator.maximum + FrameHeader.slots)
            return nil
        }
    }

    func callHost(_ call: HostCall) -> HostOutcome {
        guard case .host(let body) = body else { return .trapped(.unreachable) }
        return body(call)
    }

    /// The distance of a position from the start of the code.
    func offset(_ position: Code) -> Int? {
        guard let code else { return nil }
        return position - UnsafePointer(code)
    }

    func position(_ offset: Int) -> Code? {
        guard let code else { return nil }
        return UnsafePointer(code) + offset
    }
}

extension UnsafeMutablePointer where Pointee == FunctionData {
    /// The address of the stub inside of the function's data.
    fileprivate var withStub: UnsafeMutablePointer<CodeWord> {
        let offset = MemoryLayout<FunctionData>.offset(of: \.stub) ?? 0
        return (UnsafeMutableRawPointer(self) + offset).assumingMemoryBound(to: CodeWord.self)
    }
}

/// A call of a host function: where its arguments are and its results go.
public struct HostCall {
    /// The arguments, then (in their place) the results, one slot each but for vectors.
    public let slots: UnsafeMutablePointer<UInt64>
    /// The context that calls.
    public let context: ExecutionContext

    /// An argument as a signed 32-bit number.
    public func i32(_ index: Int) -> Int32 { Int32(truncatingIfNeeded: slots[index]) }
    /// An argument as an unsigned 32-bit number: an address, a size.
    public func u32(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: slots[index]) }
    /// An argument as a signed 64-bit number.
    public func i64(_ index: Int) -> Int64 { Int64(bitPattern: slots[index]) }
    /// An argument as a 64-bit float.
    public func f64(_ index: Int) -> Double { Double(bitPattern: slots[index]) }

    /// Returns a 32-bit number.
    public func returns(_ value: Int32) -> HostOutcome {
        slots[0] = UInt64(UInt32(bitPattern: value))
        return .returned
    }

    /// Returns a 64-bit number.
    public func returns(_ value: Int64) -> HostOutcome {
        slots[0] = UInt64(bitPattern: value)
        return .returned
    }

    /// Returns a 64-bit float.
    public func returns(_ value: Double) -> HostOutcome {
        slots[0] = value.bitPattern
        return .returned
    }

    /// Returns values of any types.
    public func returns(_ values: [Value]) -> HostOutcome {
        var slot = slots
        for value in values {
            value.write(to: slot)
            slot += value.type.slots
        }
        return .returned
    }

    /// Ends the program with a trap that carries an error.
    public func fails(_ error: any Error) -> HostOutcome {
        context.store.hostError = error
        return .trapped(.host)
    }
}

/// What a host function has done.
public enum HostOutcome {
    /// It has written its results.
    case returned
    /// The context waits; `ExecutionContext.resume` brings the results.
    case suspended
    /// The program traps.
    case trapped(TrapCode)
    /// The call throws.
    case threw(ExceptionReference)
}
