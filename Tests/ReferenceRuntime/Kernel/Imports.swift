import WasmBinary

/// What a program's imports are bound to: the kernel's calls, the contexts, and traps for what nobody has.
final class Imports {
    private let store: Store
    private let calls: SystemCalls
    private let trace: ((String) -> Void)?
    private var own: [String: FunctionInstance.HostBody] = [:]
    private var count: () -> Void = {}

    init(_ kernel: Kernel, _ store: Store, _ trace: ((String) -> Void)?) {
        self.store = store
        self.trace = trace
        calls = SystemCalls(kernel)
    }

    func connect(
        switch: @escaping (HostCall) -> HostOutcome, kill: @escaping (Int32) -> Void,
        spawn: @escaping SystemCalls.Body, killProcess: @escaping (Int32, Int32) -> Int32,
        setFunction: @escaping (HostCall) -> Int32, count: @escaping () -> Void,
        cap: Int32, pool: Int32
    ) {
        self.count = count
        own["frond.spawn"] = SystemCalls.answering(spawn)
        own["frond.kill_process"] = { $0.returns(killProcess($0.i32(0), $0.i32(1))) }
        own["frond.set_function"] = { $0.returns(setFunction($0)) }
        own["frond.switch"] = `switch`
        own["frond.kill"] = { call in
            kill(call.i32(0))
            return .returned
        }
        own["frond.cap"] = { $0.returns(cap) }
        own["frond.pool"] = { $0.returns(pool) }
        let trace = trace
        own["frond.trace"] = { call in
            trace?("program \(call.i32(0)) \(call.i32(1)) \(call.i32(2))")
            return .returned
        }
    }

    func external(for item: Import, in valid: ValidModule) -> External? {
        let name = "\(item.module).\(item.name)"
        switch item.type {
        case .function(let index):
            return .function(function(name, type: valid.types[Int(index)]))
        case .tag(let index):
            let type = valid.types[Int(index)]
            return .tag(TagInstance(type: type, signature: store.types.signature(type), name: item.name))
        case .global(let type):
            // An address that the loader would fill in; only a module that was not linked asks for one.
            let stackType = TypeRegistry.stackType(type.value) { valid.types[Int($0)] }
            return .global(GlobalInstance(store, type: stackType, isMutable: type.isMutable))
        case .memory(let type):
            let limits = type.limits
            return MemoryInstance(store, minimum: Int(limits.minimum), maximum: limits.maximum.map { Int($0) })
                .map { .memory($0) }
        case .table(let type):
            let limits = type.limits
            return TableInstance(store, minimum: Int(limits.minimum), maximum: limits.maximum.map { Int($0) })
                .map { .table($0) }
        }
    }

    private func function(_ name: String, type: UInt32) -> FunctionInstance {
        let body = calls.bodies[name]
        let signature = store.types.signature(type)
        let isTraced = name != "frond.switch"
        return FunctionInstance(store, type: type, name: name) { [unowned self] call in
            guard let body = body ?? self.own[name] else {
                return call.fails(Program.BootError(description: "nobody implements the import \(name)"))
            }
            guard isTraced else { return body(call) }
            guard let trace = self.trace else {
                defer { self.count() }
                return body(call)
            }
            let arguments = Trace.values(call.slots, signature.parameters)
            let outcome = body(call)
            self.count()
            guard case .returned = outcome else { return outcome }
            let result = signature.results.isEmpty ? "" : " = " + Trace.values(call.slots, signature.results)
            trace("call \(name)(\(arguments))\(result)")
            return outcome
        }
    }
}

extension Program {
    /// The imports that the reference runtime has an implementation of, as `module.name`; tags are not among them.
    public static var implementedImports: Set<String> {
        let store = Store()
        guard let memory = MemoryInstance(store, minimum: 0) else { return [] }
        let kernel = Kernel(store, memory, Machine(seed: 1, pace: .work))
        let contexts = [
            "frond.switch", "frond.kill", "frond.cap", "frond.pool", "frond.trace", "frond.spawn", "frond.kill_process",
            "frond.set_function",
        ]
        return Set(SystemCalls(kernel).bodies.keys).union(contexts)
    }
}

/// How events look in a trace: one line each, as the glue writes them.
enum Trace {
    static func values(_ slots: UnsafeMutablePointer<UInt64>, _ types: [StackType]) -> String {
        var slot = slots
        return types.map { type in
            defer { slot += type.slots }
            switch type {
            case .i32: return "\(Int32(truncatingIfNeeded: slot[0]))"
            case .i64: return "\(Int64(bitPattern: slot[0]))"
            case .f64: return number(Double(bitPattern: slot[0]))
            case .f32: return number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: slot[0]))))
            default: return "ref"
            }
        }.joined(separator: ", ")
    }

    /// A number as JavaScript writes it (for those that occur here: times and limits).
    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    /// Text as `JSON.stringify` quotes it.
    static func quote(_ bytes: [UInt8]) -> String {
        var text = "\""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text + "\""
    }
}
