import WasmBinary

/// JS Promise Integration: promising exports and suspending imports, by the proposal's rules.
///
/// * `promising(f)` runs `f` on a stack of its own (a context) and returns a promise at once.
/// * A suspending import always suspends, whatever it returns: its result is resolved as a promise, and the stack goes on in
///   the reaction to that promise.
/// * When host frames lie between the import and the promising export, or there is no promising export at all, the call
///   throws a `SuspendError`, and the import's body does not run.
///
///     promising(f)(1):  f ─▶ import ─▶ promise pending        … the host goes on …
///     promise resolved:  microtask: f goes on ─▶ returns       its promise is resolved: microtask: reactions
public final class PromiseIntegration {
    /// What a host function does: it returns or throws a value of JavaScript.
    public typealias Body = ([HostValue]) throws -> HostValue

    /// A thrown value. (Unchecked: a store and its values stay on one thread; errors only have to be sendable by protocol.)
    public struct Thrown: Error, @unchecked Sendable {
        /// The value.
        public let value: HostValue

        /// A value to be thrown.
        public init(value: HostValue) { self.value = value }
    }

    /// The jobs.
    public let loop: EventLoop
    /// The tag of JavaScript's own exceptions (`WebAssembly.JSTag`).
    public let hostTag: TagInstance
    private let store: Store
    /// What externrefs refer to: the reference is the index plus one.
    private var externals: [HostValue] = []
    /// The contexts that a promising export started; only those can suspend.
    private var promising: Set<ObjectIdentifier> = []
    /// How many promising calls lie on the host's stack, each started by an import of the one before.
    private var nesting = 0
    /// Where the host's stack ends.
    private static let deepestNesting = 400

    /// For a store.
    public init(_ store: Store, _ loop: EventLoop = EventLoop()) {
        self.store = store
        self.loop = loop
        hostTag = TagInstance(store, parameters: [.reference(.external)], name: "JSTag")
    }

    // MARK: The interface

    /// `WebAssembly.promising(value)`: the function that will be called.
    public func promising(_ value: HostValue) throws -> FunctionInstance {
        guard case .function(let function) = value else { throw HostError("TypeError", "not an exported function") }
        return function
    }

    /// `new WebAssembly.Suspending(value)`, or the same without `new`, which a constructor refuses.
    public func checkSuspending(_ value: HostValue, isConstructing: Bool) throws {
        guard isConstructing else { throw HostError("TypeError", "Suspending is called without new") }
        switch value {
        case .function, .callable: return
        default: throw HostError("TypeError", "not a function")
        }
    }

    /// What `global.value` gives.
    public func value(of global: GlobalInstance) -> HostValue { fromWasm(global.value) }

    /// What the host throws when a function of wasm has trapped.
    private static func error(of trap: Trap) -> HostError {
        HostError(trap.code == .callStackExhausted ? "RangeError" : "RuntimeError", trap.code.message)
    }

    // MARK: Exports

    /// Calls an export synchronously.
    public func call(_ function: FunctionInstance, _ arguments: [HostValue]) throws -> HostValue {
        let values = try coerce(arguments, to: function.signature.parameters)
        switch ExecutionContext(store).invoke(function, values) {
        case .returned(let results): return fromWasm(results)
        case .trapped(let trap): throw Self.error(of: trap)
        case .threw(let exception): throw Thrown(value: value(of: exception))
        case .suspended: throw HostError("RuntimeError", "suspended without a promising export")
        }
    }

    /// `WebAssembly.promising(function)(arguments…)`.
    public func callPromising(_ function: FunctionInstance, _ arguments: [HostValue]) -> HostPromise {
        let promise = HostPromise(loop)
        let values: [Value]
        do {
            values = try coerce(arguments, to: function.signature.parameters)
        } catch {
            promise.reject(reason(error))
            return promise
        }
        guard nesting < Self.deepestNesting else {
            promise.reject(.error(HostError("RangeError", "the host's stack is used up")))
            return promise
        }
        nesting += 1
        defer { nesting -= 1 }
        let context = ExecutionContext(store)
        promising.insert(ObjectIdentifier(context))
        suspended[ObjectIdentifier(context)] = (context, promise)
        settle(context, promise, context.invoke(function, values))
        return promise
    }

    private var suspended: [ObjectIdentifier: (context: ExecutionContext, promise: HostPromise)] = [:]

    private func settle(_ context: ExecutionContext, _ promise: HostPromise, _ outcome: ExecutionContext.Outcome) {
        switch outcome {
        case .suspended: return
        case .returned(let results): promise.resolve(fromWasm(results))
        case .trapped(let trap): promise.reject(.error(Self.error(of: trap)))
        case .threw(let exception): promise.reject(value(of: exception))
        }
        promising.remove(ObjectIdentifier(context))
        suspended[ObjectIdentifier(context)] = nil
    }

    // MARK: Imports

    /// A plain import.
    public func plain(_ name: String, _ parameters: [ValueType], _ results: [ValueType], _ body: @escaping Body)
        -> FunctionInstance
    {
        let types = signature(parameters, results)
        return FunctionInstance(store, name: name, parameters: parameters, results: results) { [unowned self] call in
            do {
                let result = try body(self.arguments(call, types.parameters))
                return call.returns(try self.results(result, types.results))
            } catch {
                return .threw(self.exception(self.reason(error)))
            }
        }
    }

    /// A suspending import: `new WebAssembly.Suspending(body)`.
    public func suspending(_ name: String, _ parameters: [ValueType], _ results: [ValueType], _ body: @escaping Body)
        -> FunctionInstance
    {
        let types = signature(parameters, results)
        return FunctionInstance(store, name: name, parameters: parameters, results: results) { [unowned self] call in
            let context = call.context
            guard context.depth == 1, self.promising.contains(ObjectIdentifier(context)) else {
                return .threw(self.exception(.error(HostError("SuspendError", "no promising export to suspend to"))))
            }
            let result: HostValue
            do {
                result = try body(self.arguments(call, types.parameters))
            } catch {
                return .threw(self.exception(self.reason(error)))
            }
            HostPromise.resolve(result, in: self.loop).then(
                { self.resume(context, $0, types.results) },
                { self.resume(context, throwing: $0) })
            return .suspended
        }
    }

    private func signature(_ parameters: [ValueType], _ results: [ValueType]) -> Signature {
        store.types.signature(store.types.register(FunctionType(parameters: parameters, results: results)))
    }

    private func resume(_ context: ExecutionContext, _ value: HostValue, _ types: [StackType]) {
        guard let entry = suspended[ObjectIdentifier(context)] else { return }
        do {
            settle(context, entry.promise, context.resume(try results(value, types)))
        } catch {
            resume(context, throwing: reason(error))
        }
    }

    private func resume(_ context: ExecutionContext, throwing reason: HostValue) {
        guard let entry = suspended[ObjectIdentifier(context)] else { return }
        settle(context, entry.promise, context.resume(throwing: exception(reason)))
    }

    // MARK: Exceptions

    /// An exception that carries a value; one of wasm stays what it is.
    private func exception(_ value: HostValue) -> ExceptionReference {
        if case .exception(let reference) = value { return reference }
        return store.exception(hostTag, [.external(external(value))])
    }

    private func value(of exception: ExceptionReference) -> HostValue {
        guard let contents = store.contents(exception), contents.tag === hostTag,
            case .external(let reference)? = contents.values.first
        else { return .exception(exception) }
        return value(ofExternal: reference)
    }

    private func reason(_ error: any Error) -> HostValue {
        switch error {
        case let error as HostError: .error(error)
        case let thrown as Thrown: thrown.value
        default: .error(HostError("Error", "\(error)"))
        }
    }

    // MARK: Conversions (JS API specification, "ToWebAssemblyValue" and "ToJSValue")

    private func external(_ value: HostValue) -> UInt64 {
        if case .null = value { return 0 }
        externals.append(value)
        return UInt64(externals.count)
    }

    private func value(ofExternal reference: UInt64) -> HostValue {
        reference == 0 ? .null : externals[Int(reference) - 1]
    }

    private func arguments(_ call: HostCall, _ types: [StackType]) -> [HostValue] {
        var slot = call.slots
        return types.map { type in
            defer { slot += type.slots }
            return fromWasm(Value(type, at: slot))
        }
    }

    private func fromWasm(_ values: [Value]) -> HostValue {
        switch values.count {
        case 0: .undefined
        case 1: fromWasm(values[0])
        default: .list(values.map { fromWasm($0) })
        }
    }

    private func fromWasm(_ value: Value) -> HostValue {
        switch value {
        case .i32(let bits): .number(Double(Int32(bitPattern: bits)))
        case .i64(let bits): .bigInt(Int64(bitPattern: bits))
        case .f32(let bits): .number(Double(Float(bitPattern: bits)))
        case .f64(let bits): .number(Double(bitPattern: bits))
        case .external(let reference): self.value(ofExternal: reference)
        case .exception(let bits): .exception(ExceptionReference(bits: bits))
        case .v128, .function: .undefined
        }
    }

    private func results(_ value: HostValue, _ types: [StackType]) throws -> [Value] {
        switch types.count {
        case 0: return []
        case 1: return [try coerce(value, to: types[0])]
        default:
            guard case .list(let items) = value, items.count == types.count else {
                throw HostError("TypeError", "many results need a list")
            }
            return try zip(items, types).map { try coerce($0, to: $1) }
        }
    }

    private func coerce(_ arguments: [HostValue], to types: [StackType]) throws -> [Value] {
        try types.enumerated().map { index, type in
            try coerce(index < arguments.count ? arguments[index] : .undefined, to: type)
        }
    }

    private func coerce(_ value: HostValue, to type: StackType) throws -> Value {
        switch type {
        case .i32: return .i32(Self.toInt32(try number(value)))
        case .i64:
            guard case .bigInt(let number) = value else { throw HostError("TypeError", "not a BigInt") }
            return .i64(UInt64(bitPattern: number))
        case .f32: return .f32(Float(try number(value)).bitPattern)
        case .f64: return .f64(try number(value).bitPattern)
        case .externalReference: return .external(external(value))
        default: throw HostError("TypeError", "a value that can't be converted")
        }
    }

    private func number(_ value: HostValue) throws -> Double {
        switch value {
        case .number(let number): return number
        case .null: return 0
        case .string(let text): return Double(text) ?? .nan
        case .bigInt: throw HostError("TypeError", "a BigInt is no number")
        default: return .nan
        }
    }

    private static func toInt32(_ number: Double) -> UInt32 {
        guard number.isFinite else { return 0 }
        let whole = number.rounded(.towardZero).truncatingRemainder(dividingBy: 4_294_967_296)
        return UInt32(truncatingIfNeeded: Int64(whole))
    }
}
