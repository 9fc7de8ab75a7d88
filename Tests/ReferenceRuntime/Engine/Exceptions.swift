/// A reference to an exception: what `exnref` holds.
public struct ExceptionReference: Equatable, Sendable {
    let bits: UInt64

    /// The reference as a value.
    public var value: Value { .exception(bits) }
}

/// The exceptions of a store.
///
/// A reference to one is a 64-bit number that occurs nowhere else, so when many have been thrown, those whose numbers are
/// in no slot, global or table are dropped. Slots are searched without knowing their types, so an exception may live
/// longer than it must, never shorter.
struct ExceptionTable {
    struct Entry {
        var tag: TagInstance
        var values: [UInt64]
    }

    private var entries: [UInt64: Entry] = [:]
    private var nextNumber: UInt64 = 0
    private var threshold = 1024

    private static let mark: UInt64 = 0x00E5_C397 << 40

    subscript(bits: UInt64) -> Entry? { entries[bits] }

    mutating func add(_ entry: Entry, isReachable: () -> Set<UInt64>) -> UInt64 {
        if entries.count >= threshold {
            let reachable = isReachable()
            entries = entries.filter { reachable.contains($0.key) }
            threshold = max(1024, entries.count * 2)
        }
        let bits = Self.mark | nextNumber
        nextNumber += 1
        entries[bits] = entry
        return bits
    }

    static func mayBeReference(_ bits: UInt64) -> Bool { bits >> 40 == mark >> 40 }
}

extension Store {
    /// Makes an exception.
    public func exception(_ tag: TagInstance, _ values: [Value]) -> ExceptionReference {
        var slots = [UInt64](repeating: 0, count: tag.signature.parameterSlots)
        slots.withUnsafeMutableBufferPointer { buffer in
            guard var slot = buffer.baseAddress else { return }
            for value in values {
                value.write(to: slot)
                slot += value.type.slots
            }
        }
        return ExceptionReference(bits: addException(tag, slots))
    }

    /// The tag and the values of an exception.
    public func contents(_ exception: ExceptionReference) -> (tag: TagInstance, values: [Value])? {
        guard let entry = exceptions[exception.bits] else { return nil }
        var values: [Value] = []
        entry.values.withUnsafeBufferPointer { buffer in
            guard var slot = buffer.baseAddress else { return }
            for type in entry.tag.signature.parameters {
                values.append(Value(type, at: slot))
                slot += type.slots
            }
        }
        return (entry.tag, values)
    }

    func addException(_ tag: TagInstance, _ values: [UInt64]) -> UInt64 {
        exceptions.add(ExceptionTable.Entry(tag: tag, values: values), isReachable: reachableExceptions)
    }

    private func reachableExceptions() -> Set<UInt64> {
        var found: Set<UInt64> = []
        func scan(_ start: UnsafeMutablePointer<UInt64>, _ count: Int) {
            for index in 0..<count where ExceptionTable.mayBeReference(start[index]) { found.insert(start[index]) }
        }
        for context in contexts.values {
            context._withUnsafeGuaranteedRef { scan($0.state.pointee.stackBase, $0.top - $0.state.pointee.stackBase) }
        }
        for global in globals { scan(global.cell, 2) }
        for table in tables { scan(table.data.pointee.elements, table.count) }
        return found
    }
}

// MARK: - Throwing and catching

extension ExecutionState {
    /// The exception that a throwing instruction throws; nil for `throw_ref` of null.
    @inline(never)
    static func raise(_ state: UnsafeMutablePointer<ExecutionState>, _ i: Code) -> UInt64? {
        let fp = state.pointee.fp
        guard i.pointee.operation == .throwTag else {
            let bits = fp[i.a]
            return bits == 0 ? nil : bits
        }
        let pointer = UnsafeRawPointer(state.pointee.pc).load(as: UnsafeRawPointer.self)
        let tag = Unmanaged<TagInstance>.fromOpaque(pointer).takeUnretainedValue()
        let values = Array(UnsafeBufferPointer(start: fp + Int(i.a), count: tag.signature.parameterSlots))
        return state.pointee.context._withUnsafeGuaranteedRef { $0.store.addException(tag, values) }
    }

    /// Finds the handler of an exception and moves the position there. False: it leaves the invocation's first frame.
    ///
    /// The stored position is one past (a word of) the instruction that threw or called.
    @inline(never)
    static func unwind(_ state: UnsafeMutablePointer<ExecutionState>, exception: UInt64) -> Bool {
        let store = state.pointee.context._withUnsafeGuaranteedRef { $0.store }
        guard let entry = store.exceptions[exception] else { return false }
        var function = state.pointee.function
        var fp = state.pointee.fp
        var pc = state.pointee.pc
        while function != store.exitFunction {
            let handled = function.pointee.object._withUnsafeGuaranteedRef { owner -> Code? in
                guard !owner.regions.isEmpty, let offset = owner.offset(pc) else { return nil }
                guard let target = owner.handle(entry, exception, at: offset - 1, in: fp) else { return nil }
                return owner.position(target)
            }
            if let handled {
                state.pointee.pc = handled
                state.pointee.fp = fp
                state.pointee.function = function
                return true
            }
            let header = fp + Int(function.pointee.parameterSlots)
            pc = Code(bits: header[FrameHeader.returnCode])
            fp = Slots(bits: header[FrameHeader.callerFrame])
            function = FunctionPointer(bits: header[FrameHeader.callerFunction])
        }
        return false
    }
}

extension FunctionInstance {
    /// The offset of the code that handles an exception thrown at an offset, after its values have been put into place.
    fileprivate func handle(_ entry: ExceptionTable.Entry, _ bits: UInt64, at offset: Int, in fp: Slots) -> Int? {
        var delegate: Int?
        // Regions are in the order in which they end: inner ones first.
        for region in regions where region.start <= offset && offset < region.end {
            if let number = delegate, region.number != number { continue }
            delegate = nil
            switch region.action {
            case .delegates(let number):
                guard let number else { return nil }
                delegate = number
            case .catches(let clauses):
                for clause in clauses {
                    var values = fp + region.values
                    if let tag = clause.tag {
                        guard tag.toOpaque() == Unmanaged.passUnretained(entry.tag).toOpaque() else { continue }
                        for (offset, value) in entry.values.enumerated() { values[offset] = value }
                        values += entry.values.count
                    }
                    if clause.pushesReference { values[0] = bits }
                    if let exception = region.exception { fp[exception] = bits }
                    return clause.target
                }
            }
        }
        return nil
    }
}
