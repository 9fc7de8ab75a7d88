import WasmBinary

// Blocks, calls and exceptions.

extension Translator {
    mutating func translate(_ i: Instruction) {
        switch i.opcode {
        case .localGet: pushLocal(Int(i.index))
        case .localSet: setLocal(Int(i.index))
        case .localTee:
            setLocal(Int(i.index))
            pushLocal(Int(i.index))
        case .i32Const: push(constant: UInt64(UInt32(bitPattern: i.i32)))
        case .i64Const, .f64Const: push(constant: i.bits)
        case .f32Const: push(constant: UInt64(i.f32Bits))
        case .nop, .atomicFence: break
        case .drop: _ = pop()
        case .select, .selectTyped: translateSelect()
        case .globalGet: translateGlobalGet(i)
        case .globalSet: translateGlobalSet(i)
        case .block, .loop, .if, .else, .end, .try, .catch, .catchAll, .delegate, .tryTable:
            structure(i, isReachable: true)
        case .br:
            emitBranch(to: Int(i.index))
            skipped = 0
        case .brIf:
            let condition = popCondition()
            emitBranch(to: Int(i.index), if: condition)
        case .brTable:
            emitTable(i)
            skipped = 0
        case .return:
            emitReturn()
            skipped = 0
        case .unreachable:
            code.append(CodeWord(.unreachable))
            skipped = 0
        case .brOnNull:
            // The null is not taken along, and what stays is the reference.
            let reference = pop()
            let slot = slot(reference)
            emitBranch(to: Int(i.index), if: .isFalse(slot))
            entries.append(reference)
            top = reference.home + 1
        case .brOnNonNull:
            settle(1)
            let slot = entries[entries.count - 1].home
            emitBranch(to: Int(i.index), if: .isTrue(slot))
            _ = pop()
        case .call, .callIndirect, .callRef, .returnCall, .returnCallIndirect, .returnCallRef:
            translateCall(i)
        case .throw, .rethrow, .throwRef:
            translateThrow(i)
        default:
            translateComputation(i)
        }
    }

    private mutating func translateSelect() {
        let condition = popSlot()
        let second = pop()
        let first = pop()
        let b = slot(first)
        let c = slot(second)
        emitResult(first.isVector ? .select128 : .select, b: b, c: c, vector: first.isVector)
        code.append(CodeWord(.copy, a: condition))
    }

    private mutating func translateGlobalGet(_ i: Instruction) {
        let global = instance.globals[Int(i.index)]
        if global.type == .v128 {
            code.append(CodeWord(.extended, a: Int(ExtendedOperation.globalGet128.rawValue), b: push(vector: true)))
            code.append(global.cell)
            last = nil
            return
        }
        emitResult(.globalGet)
        code.append(global.cell)
    }

    private mutating func translateGlobalSet(_ i: Instruction) {
        let global = instance.globals[Int(i.index)]
        let source = popSlot()
        if global.type == .v128 {
            code.append(CodeWord(.extended, a: Int(ExtendedOperation.globalSet128.rawValue), c: source))
        } else {
            code.append(CodeWord(.globalSet, a: source))
        }
        code.append(global.cell)
        last = nil
    }

    private func blockType(_ i: Instruction) -> ([StackType], [StackType]) {
        switch i.blockType {
        case .empty: return ([], [])
        case .value(let value): return ([], [TypeRegistry.stackType(value) { valid.types[Int($0)] }])
        case .type(let index):
            let signature = valid.registry.signature(valid.types[Int(index)])
            return (signature.parameters, signature.results)
        }
    }

    /// Opens, continues or closes a block.
    mutating func structure(_ i: Instruction, isReachable: Bool) {
        switch i.opcode {
        case .block, .loop, .try, .tryTable:
            let (parameters, results) = blockType(i)
            settleLocals()
            settle(parameters.count)
            open(i, parameters, results)
        case .if:
            let (parameters, results) = blockType(i)
            let condition = popCondition()
            settleLocals()
            settle(parameters.count)
            let patch = emitBranch(if: condition.negated)
            open(i, parameters, results)
            frames[frames.count - 1].elsePatch = patch
        case .else:
            if isReachable { leaveBody() }
            var frame = frames.removeLast()
            if let patch = frame.elsePatch { code.patch(patch, to: code.count) }
            frame.elsePatch = nil
            frame.opcode = .else
            frames.append(frame)
            restart(frame, frame.parameters)
        case .catch, .catchAll:
            if isReachable { leaveBody() }
            openClause(i)
        case .delegate:
            if isReachable { leaveBody() }
            closeDelegate(i)
        default:
            close(isReachable: isReachable)
        }
    }

    private mutating func open(_ i: Instruction, _ parameters: [StackType], _ results: [StackType]) {
        let base = parameters.isEmpty ? top : entries[entries.count - parameters.count].home
        var frame = Frame(
            opcode: i.opcode, height: entries.count - parameters.count, base: base, parameters: parameters,
            results: results)
        frame.start = code.count
        if i.opcode == .try || i.opcode == .tryTable {
            frame.region = nextRegion
            nextRegion += 1
            frame.regionStart = code.count
            frame.isGuarded = true
        }
        if i.opcode == .try {
            frame.exception = firstException + openTries
            openTries += 1
        }
        if i.opcode == .tryTable { frame.labels = (try? reader.catchClauses(of: i)) ?? [] }
        frames.append(frame)
        last = nil
        // The values of a block have room, even if nothing in it is ever reached.
        maximum = max(maximum, base + results.reduce(0) { $0 + $1.slots })
    }

    /// The end of a reachable part of a block: the results go to their homes, and control to the block's end.
    private mutating func leaveBody() {
        emitBranch(to: 0)
    }

    /// Makes the stack what it is where a part of a block starts, or after its end.
    private mutating func restart(_ frame: Frame, _ types: [StackType]) {
        entries.removeLast(entries.count - frame.height)
        top = frame.base
        push(types)
        skipped = nil
        last = nil
    }

    private mutating func close(isReachable: Bool) {
        let target = frames.count - 1
        if target == 0 {
            closeFunction(isReachable: isReachable)
            return
        }
        if isReachable { settle(frames[target].results.count) }
        if frames[target].opcode == .tryTable {
            closeTryTable(isReachable: isReachable)
            return
        }
        if frames[target].isGuarded { endRegion(.catches([])) }
        let frame = frames.removeLast()
        finish(frame)
    }

    private mutating func finish(_ frame: Frame) {
        if frame.opcode == .try || frame.opcode == .catch || frame.opcode == .catchAll { openTries -= 1 }
        if let patch = frame.elsePatch { code.patch(patch, to: code.count) }
        for patch in frame.patches { code.patch(patch, to: code.count) }
        restart(frame, frame.results)
    }

    private mutating func closeFunction(isReachable: Bool) {
        if isReachable { emitReturn() }
        frames.removeLast()
    }
}

// MARK: - Exceptions

extension Translator {
    private mutating func endRegion(_ action: HandlerRegion.Action) {
        let frame = frames[frames.count - 1]
        regions.append(
            HandlerRegion(
                number: frame.region, start: frame.regionStart, end: code.count, action: action, values: frame.base,
                exception: frame.exception))
        frames[frames.count - 1].isGuarded = false
        frames[frames.count - 1].regionIndex = regions.count - 1
    }

    /// `catch` and `catch_all` of a legacy `try`.
    private mutating func openClause(_ i: Instruction) {
        if frames[frames.count - 1].isGuarded { endRegion(.catches([])) }
        let target = frames.count - 1
        let tag = i.opcode == .catch ? instance.tags[Int(i.index)] : nil
        let region = frames[target].regionIndex
        if case .catches(var clauses) = regions[region].action {
            clauses.append(
                HandlerRegion.Clause(
                    tag: tag.map { Unmanaged.passUnretained($0) }, pushesReference: false, target: code.count))
            regions[region].action = .catches(clauses)
        }
        frames[target].opcode = i.opcode
        restart(frames[target], tag?.signature.parameters ?? [])
    }

    private mutating func closeDelegate(_ i: Instruction) {
        // Depth 0 is the frame around the try. What catches is the innermost guarded try from there on outwards.
        var target = frames.count - 2 - Int(i.index)
        while target >= 0, !frames[target].isGuarded { target -= 1 }
        endRegion(.delegates(target >= 0 ? frames[target].region : nil))
        let frame = frames.removeLast()
        finish(frame)
    }

    /// The clauses of a `try_table` become stubs that find the values in their homes and branch on.
    private mutating func closeTryTable(isReachable: Bool) {
        endRegion(.catches([]))
        let frame = frames.removeLast()
        let region = frame.regionIndex
        let over = isReachable ? emitJump() : nil
        var clauses: [HandlerRegion.Clause] = []
        for clause in frame.labels {
            let tag = clause.tag.map { instance.tags[Int($0)] }
            clauses.append(
                HandlerRegion.Clause(
                    tag: tag.map { Unmanaged.passUnretained($0) }, pushesReference: clause.pushesReference,
                    target: code.count))
            var types = tag?.signature.parameters ?? []
            if clause.pushesReference { types.append(.exceptionReference) }
            restart(frame, types)
            emitBranch(to: Int(clause.label))
        }
        regions[region].action = .catches(clauses)
        if let over { code.patch(over, to: code.count) }
        finish(frame)
    }

    mutating func translateThrow(_ i: Instruction) {
        switch i.opcode {
        case .throw:
            let tag = instance.tags[Int(i.index)]
            let count = tag.signature.parameters.count
            settle(count)
            code.append(CodeWord(.throwTag, a: count == 0 ? top : entries[entries.count - count].home))
            code.append(Unmanaged.passUnretained(tag).toOpaque())
        case .rethrow:
            let frame = frames[frames.count - 1 - Int(i.index)]
            code.append(CodeWord(.rethrow, a: frame.exception ?? 0))
        default:
            code.append(CodeWord(.throwRef, a: popSlot()))
        }
        skipped = 0
        last = nil
    }
}

// MARK: - Calls

extension Translator {
    private mutating func translateCall(_ i: Instruction) {
        let callee: Signature
        var operand = 0
        switch i.opcode {
        case .call, .returnCall:
            callee = valid.signature(ofFunction: Int(i.index))
        case .callIndirect, .returnCallIndirect:
            callee = valid.registry.signature(valid.types[Int(i.index)])
            operand = popSlot()
        default:
            callee = valid.registry.signature(valid.types[Int(i.index)])
            operand = popSlot()
        }
        let count = callee.parameters.count
        settle(count)
        let base = count == 0 ? top : entries[entries.count - count].home
        for _ in 0..<count { _ = pop() }
        switch i.opcode {
        case .call:
            code.append(CodeWord(.call, a: base))
            code.append(instance.functions[Int(i.index)].data)
        case .callIndirect:
            code.append(CodeWord(.callIndirect, a: base, b: operand))
            code.append(instance.tables[Int(i.secondIndex)].data)
            code.append(UInt64(valid.types[Int(i.index)]))
        case .callRef:
            code.append(CodeWord(.callRef, a: base, b: operand))
        case .returnCall:
            code.append(CodeWord(.returnCall, a: base, c: signature.parameterSlots))
            code.append(instance.functions[Int(i.index)].data)
        case .returnCallIndirect:
            code.append(CodeWord(.returnCallIndirect, a: base, b: operand, c: signature.parameterSlots))
            code.append(instance.tables[Int(i.secondIndex)].data)
            code.append(UInt64(valid.types[Int(i.index)]))
        default:
            code.append(CodeWord(.returnCallRef, a: base, b: operand, c: signature.parameterSlots))
        }
        last = nil
        if [.call, .callIndirect, .callRef].contains(i.opcode) {
            push(callee.results)
            last = nil
        } else {
            skipped = 0
        }
    }
}
