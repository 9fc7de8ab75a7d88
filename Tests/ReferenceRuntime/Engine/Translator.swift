import WasmBinary

/// Translates a valid function body into internal code.
///
/// The operand stack exists only here. Each of its entries has a *home*, the slot that it would have on a real stack,
/// but an entry may also stand for a local or for a constant, and then nothing is emitted until somebody needs it in
/// its home. So reading locals and constants costs nothing:
///
///     local.get 0        entry: local 0
///     i32.const 7        entry: constant 7
///     i32.add            i32AddI home, local 0, 7          entry: home
///     local.set 1        (the destination of the last instruction becomes local 1)
///
/// Wherever control flow meets, the entries that a branch takes along are in their homes. A comparison that a branch
/// consumes at once is merged into it.
struct Translator {
    let instance: ModuleInstance
    let valid: ValidModule
    let signature: Signature
    var code = CodeBuffer()
    var regions: [HandlerRegion] = []

    var entries: [Entry] = []
    var frames: [Frame] = []
    /// The slot of each local.
    var locals: [Int] = []
    var localIsVector: [Bool] = []
    /// The home of the next entry.
    var top = 0
    var maximum = 0
    /// The instruction that produced the top entry, if it is the last one: `code[last].a` is its destination.
    var last: Int?
    /// How many blocks deep we are in code that is never reached and not translated.
    var skipped: Int?
    /// The slots where `rethrow` finds exceptions, one for each nested `try`.
    var firstException = 0
    var openTries = 0
    var nextRegion = 0
    var reader: InstructionReader

    struct Entry {
        enum Kind: UInt8 { case home, local, constant }
        var kind: Kind
        var isVector = false
        var home: Int
        /// The local's slot, or the constant.
        var value: UInt64 = 0
    }

    struct Frame {
        var opcode: Opcode
        /// Entries and slots below the frame's parameters.
        var height: Int
        var base: Int
        var parameters: [StackType]
        var results: [StackType]
        /// Where a loop starts.
        var start = 0
        /// Distances to be patched to the frame's end.
        var patches: [Int] = []
        /// The distance to be patched to the `else`.
        var elsePatch: Int?
        /// Of a try: its number, and where its exception is kept.
        var region = -1
        var regionStart = 0
        /// Where its region is in `regions`, once the guarded part has ended.
        var regionIndex = 0
        var exception: Int?
        var clauses: [HandlerRegion.Clause] = []
        var labels: [CatchClause] = []
        /// Whether we are in the part of a try that its clauses guard.
        var isGuarded = false

        var label: [StackType] { opcode == .loop ? parameters : results }
    }

    init(_ instance: ModuleInstance, _ signature: Signature, _ body: FunctionBody) {
        self.instance = instance
        valid = instance.valid
        self.signature = signature
        reader = InstructionReader(body.instructions)
        var slot = 0
        func add(_ type: StackType, _ locals: inout [Int], _ vectors: inout [Bool]) {
            locals.append(slot)
            vectors.append(type == .v128)
            slot += type.slots
        }
        for type in signature.parameters { add(type, &locals, &localIsVector) }
        slot += FrameHeader.slots
        for run in body.locals {
            let type = TypeRegistry.stackType(run.type) { _ in 0 }
            for _ in 0..<run.count { add(type, &locals, &localIsVector) }
        }
        firstException = slot
        slot += Self.nestedTries(body, valid)
        top = slot
        maximum = max(slot, signature.resultSlots)
        code.reserve(body.instructions.count / 2 + 8)
    }

    /// How deeply `try` blocks nest.
    private static func nestedTries(_ body: FunctionBody, _ valid: ValidModule) -> Int {
        if valid.tags.isEmpty { return 0 }
        var reader = InstructionReader(body.instructions)
        var stack: [Bool] = []
        var open = 0
        var deepest = 0
        while let instruction = try? reader.next() {
            switch instruction.opcode {
            case .try:
                stack.append(true)
                open += 1
                deepest = max(deepest, open)
            case .block, .loop, .if, .tryTable: stack.append(false)
            case .end, .delegate: if stack.popLast() == true { open -= 1 }
            default: break
            }
        }
        return deepest
    }

    /// Translates the whole body. False: it needs more slots than a frame can have.
    mutating func translate() -> Bool {
        frames.append(
            Frame(opcode: .block, height: 0, base: top, parameters: [], results: signature.results))
        while let instruction = try? reader.next() {
            if skipped != nil {
                skip(instruction)
            } else {
                translate(instruction)
            }
            if frames.isEmpty { break }
        }
        return maximum + FrameHeader.slots < 65_000
    }

    private mutating func skip(_ instruction: Instruction) {
        guard let depth = skipped else { return }
        switch instruction.opcode {
        case .block, .loop, .if, .try, .tryTable: skipped = depth + 1
        case .end, .delegate:
            if depth > 0 { skipped = depth - 1 } else { structure(instruction, isReachable: false) }
        case .else, .catch, .catchAll:
            if depth == 0 { structure(instruction, isReachable: false) }
        default: break
        }
    }
}

// MARK: - The operand stack

extension Translator {
    /// Pushes an entry that is in its home, and returns the home.
    mutating func push(vector: Bool = false) -> Int {
        let home = top
        entries.append(Entry(kind: .home, isVector: vector, home: home))
        top += vector ? 2 : 1
        if top > maximum { maximum = top }
        return home
    }

    mutating func push(_ types: [StackType]) {
        for type in types { _ = push(vector: type == .v128) }
    }

    mutating func pushLocal(_ index: Int) {
        entries.append(
            Entry(kind: .local, isVector: localIsVector[index], home: top, value: UInt64(locals[index])))
        top += localIsVector[index] ? 2 : 1
        if top > maximum { maximum = top }
        last = nil
    }

    mutating func push(constant: UInt64) {
        entries.append(Entry(kind: .constant, home: top, value: constant))
        top += 1
        if top > maximum { maximum = top }
        last = nil
    }

    mutating func pop() -> Entry {
        let entry = entries.removeLast()
        top = entry.home
        return entry
    }

    /// The slot that holds an entry's value; constants are put into their home.
    mutating func slot(_ entry: Entry) -> Int {
        switch entry.kind {
        case .home: return entry.home
        case .local: return Int(entry.value)
        case .constant:
            emit(constant: entry.value, to: entry.home)
            return entry.home
        }
    }

    mutating func popSlot() -> Int {
        let entry = pop()
        return slot(entry)
    }

    mutating func emit(constant: UInt64, to slot: Int) {
        if let small = UInt32(exactly: constant) {
            code.append(CodeWord(.const32, a: slot, b: Int(small & 0xFFFF), c: Int(small >> 16)))
        } else {
            code.append(CodeWord(.const64, a: slot))
            code.append(constant)
        }
        last = nil
    }

    mutating func emitCopy(to: Int, from: Int, vector: Bool) {
        if to == from { return }
        code.append(CodeWord(vector ? .copy128 : .copy, a: to, b: from))
        last = nil
    }

    /// Puts the top entries into their homes.
    mutating func settle(_ count: Int) {
        var index = entries.count - count
        while index < entries.count {
            let entry = entries[index]
            switch entry.kind {
            case .home: break
            case .constant: emit(constant: entry.value, to: entry.home)
            case .local:
                let run = entries[index...].prefix(3).prefix { $0.kind == .local && !$0.isVector }
                if run.count >= 2 {
                    emitCopies(Array(run))
                    for offset in 0..<run.count { entries[index + offset].kind = .home }
                    index += run.count
                    continue
                }
                emitCopy(to: entry.home, from: Int(entry.value), vector: entry.isVector)
            }
            entries[index].kind = .home
            index += 1
        }
    }

    private mutating func emitCopies(_ run: [Entry]) {
        if run.count == 3 {
            code.append(CodeWord(.copy3, a: run[0].home, b: Int(run[0].value), c: Int(run[1].value)))
            code.append(CodeWord(.copy, a: Int(run[2].value)))
        } else {
            code.append(CodeWord(.copy2, a: run[0].home, b: Int(run[0].value), c: Int(run[1].value)))
        }
        last = nil
    }

    /// Puts all entries that stand for locals into their homes: what follows may be executed more than once, or not at
    /// all, so they must not depend on it.
    mutating func settleLocals() {
        for index in entries.indices where entries[index].kind == .local {
            emitCopy(to: entries[index].home, from: Int(entries[index].value), vector: entries[index].isVector)
            entries[index].kind = .home
        }
    }

    /// Before a local changes: entries that stand for its old value get it into their homes.
    mutating func settle(local slot: Int) -> Bool {
        var found = false
        for index in entries.indices where entries[index].kind == .local && entries[index].value == UInt64(slot) {
            emitCopy(to: entries[index].home, from: slot, vector: entries[index].isVector)
            entries[index].kind = .home
            found = true
        }
        return found
    }

    mutating func setLocal(_ index: Int) {
        let entry = pop()
        let slot = locals[index]
        let producer = last
        if !settle(local: slot), entry.kind == .home, let producer, producer == last,
            Int(code[producer].a) == entry.home
        {
            // The instruction before writes to the local instead.
            code[producer].a = UInt16(truncatingIfNeeded: slot)
            last = nil
            return
        }
        switch entry.kind {
        case .constant: emit(constant: entry.value, to: slot)
        case .home: emitCopy(to: slot, from: entry.home, vector: entry.isVector)
        case .local: emitCopy(to: slot, from: Int(entry.value), vector: entry.isVector)
        }
        last = nil
    }

    /// Emits an instruction whose destination is a new entry.
    mutating func emitResult(_ operation: Operation, b: Int = 0, c: Int = 0, vector: Bool = false) {
        let home = push(vector: vector)
        last = code.count
        code.append(CodeWord(operation, a: home, b: b, c: c))
    }
}

// MARK: - Branches

extension Translator {
    /// A condition that a branch can test, taken off the stack.
    enum Condition {
        case isTrue(Int)
        case isFalse(Int)
        /// A comparison of slots, or of a slot with a constant.
        case compares(Operation, Int, Int)

        var negated: Condition {
            switch self {
            case .isTrue(let slot): .isFalse(slot)
            case .isFalse(let slot): .isTrue(slot)
            case .compares(let operation, let a, let b): Self.negate(operation, a, b)
            }
        }

        private static func negate(_ operation: Operation, _ a: Int, _ b: Int) -> Condition {
            switch operation {
            case .brI32Eq: .compares(.brI32Ne, a, b)
            case .brI32Ne: .compares(.brI32Eq, a, b)
            case .brI32LtS: .compares(.brI32LeS, b, a)
            case .brI32LtU: .compares(.brI32LeU, b, a)
            case .brI32LeS: .compares(.brI32LtS, b, a)
            case .brI32LeU: .compares(.brI32LtU, b, a)
            case .brI64Eq: .compares(.brI64Ne, a, b)
            case .brI64Ne: .compares(.brI64Eq, a, b)
            case .brI64LtS: .compares(.brI64LeS, b, a)
            case .brI64LtU: .compares(.brI64LeU, b, a)
            case .brI64LeS: .compares(.brI64LtS, b, a)
            case .brI64LeU: .compares(.brI64LtU, b, a)
            case .brI32EqI: .compares(.brI32NeI, a, b)
            case .brI32NeI: .compares(.brI32EqI, a, b)
            case .brI32LtSI: .compares(.brI32GeSI, a, b)
            case .brI32LtUI: .compares(.brI32GeUI, a, b)
            case .brI32GtSI: .compares(.brI32LeSI, a, b)
            case .brI32GtUI: .compares(.brI32LeUI, a, b)
            case .brI32LeSI: .compares(.brI32GtSI, a, b)
            case .brI32LeUI: .compares(.brI32GtUI, a, b)
            case .brI32GeSI: .compares(.brI32LtSI, a, b)
            case .brI32GeUI: .compares(.brI32LtUI, a, b)
            case .brI64EqI: .compares(.brI64NeI, a, b)
            case .brI64NeI: .compares(.brI64EqI, a, b)
            case .brI64LtSI: .compares(.brI64GeSI, a, b)
            case .brI64LtUI: .compares(.brI64GeUI, a, b)
            case .brI64GtSI: .compares(.brI64LeSI, a, b)
            case .brI64GtUI: .compares(.brI64LeUI, a, b)
            case .brI64LeSI: .compares(.brI64GtSI, a, b)
            case .brI64LeUI: .compares(.brI64GtUI, a, b)
            case .brI64GeSI: .compares(.brI64LtSI, a, b)
            case .brI64GeUI: .compares(.brI64LtUI, a, b)
            default: preconditionFailure("not a comparing branch")
            }
        }
    }

    mutating func popCondition() -> Condition {
        let producer = last
        let entry = pop()
        if entry.kind == .home, let producer, producer == code.count - 1, Int(code[producer].a) == entry.home {
            let word = code[producer]
            let left = Int(word.b)
            let right = Int(word.c)
            if (word.operation == .i32EqI || word.operation == .i64EqI) && right == 0 {
                code.removeLast()
                return .isFalse(left)
            }
            if let branch = Self.branch(for: word.operation) {
                code.removeLast()
                return .compares(branch, left, right)
            }
        }
        return .isTrue(slot(entry))
    }

    private static func branch(for operation: Operation) -> Operation? {
        switch operation {
        case .i32Eq: .brI32Eq
        case .i32Ne: .brI32Ne
        case .i32LtS: .brI32LtS
        case .i32LtU: .brI32LtU
        case .i32LeS: .brI32LeS
        case .i32LeU: .brI32LeU
        case .i64Eq: .brI64Eq
        case .i64Ne: .brI64Ne
        case .i64LtS: .brI64LtS
        case .i64LtU: .brI64LtU
        case .i64LeS: .brI64LeS
        case .i64LeU: .brI64LeU
        case .i32EqI: .brI32EqI
        case .i32NeI: .brI32NeI
        case .i32LtSI: .brI32LtSI
        case .i32LtUI: .brI32LtUI
        case .i32GtSI: .brI32GtSI
        case .i32GtUI: .brI32GtUI
        case .i32LeSI: .brI32LeSI
        case .i32LeUI: .brI32LeUI
        case .i32GeSI: .brI32GeSI
        case .i32GeUI: .brI32GeUI
        case .i64EqI: .brI64EqI
        case .i64NeI: .brI64NeI
        case .i64LtSI: .brI64LtSI
        case .i64LtUI: .brI64LtUI
        case .i64GtSI: .brI64GtSI
        case .i64GtUI: .brI64GtUI
        case .i64LeSI: .brI64LeSI
        case .i64LeUI: .brI64LeUI
        case .i64GeSI: .brI64GeSI
        case .i64GeUI: .brI64GeUI
        default: nil
        }
    }

    /// Emits a branch and returns the index of its distance, to be patched.
    mutating func emitBranch(if condition: Condition) -> Int {
        switch condition {
        case .isTrue(let slot): code.append(CodeWord(.brIf, a: slot))
        case .isFalse(let slot): code.append(CodeWord(.brIfNot, a: slot))
        case .compares(let operation, let a, let b): code.append(CodeWord(operation, a: a, b: b))
        }
        code.append(distance: 0)
        last = nil
        return code.count - 1
    }

    mutating func emitJump() -> Int {
        code.append(CodeWord(.br))
        code.append(distance: 0)
        last = nil
        return code.count - 1
    }

    /// Records that the distance at `index` leads to a frame's label.
    mutating func bind(_ index: Int, to frame: Int) {
        if frames[frame].opcode == .loop {
            code.patch(index, to: frames[frame].start)
        } else {
            frames[frame].patches.append(index)
        }
    }

    /// Whether a branch to a frame has nothing to do but to jump: no values are moved, and it is no return.
    func isPlain(_ frame: Int) -> Bool {
        if frame == 0 { return false }
        let types = frames[frame].label
        if types.isEmpty { return true }
        var slot = frames[frame].base
        for (entry, type) in zip(entries.suffix(types.count), types) {
            if entry.kind != .home || entry.home != slot { return false }
            slot += type.slots
        }
        return true
    }

    /// Emits an unconditional branch; the entries stay as they are.
    mutating func emitBranch(to depth: Int) {
        let target = frames.count - 1 - depth
        if target == 0 {
            emitReturn()
            return
        }
        moveValues(to: target)
        let patch = emitJump()
        bind(patch, to: target)
    }

    private mutating func moveValues(to target: Int) {
        let types = frames[target].label
        var destination = frames[target].base
        // Lower slots first: an entry never lies below its destination.
        for index in entries.count - types.count..<entries.count {
            let entry = entries[index]
            switch entry.kind {
            case .home: emitCopy(to: destination, from: entry.home, vector: entry.isVector)
            case .local: emitCopy(to: destination, from: Int(entry.value), vector: entry.isVector)
            case .constant: emit(constant: entry.value, to: destination)
            }
            destination += entry.isVector ? 2 : 1
        }
    }

    mutating func emitBranch(to depth: Int, if condition: Condition) {
        let target = frames.count - 1 - depth
        if isPlain(target) {
            let patch = emitBranch(if: condition)
            bind(patch, to: target)
            return
        }
        let skip = emitBranch(if: condition.negated)
        // What is emitted here is executed on one path only, so constants must not count as settled afterwards.
        emitBranch(to: depth)
        code.patch(skip, to: code.count)
        last = nil
    }

    mutating func emitReturn() {
        let types = signature.results
        let header = signature.parameterSlots
        switch types.count {
        case 0: code.append(CodeWord(.ret, c: header))
        case 1 where types[0] != .v128:
            let entry = entries[entries.count - 1]
            code.append(CodeWord(.ret1, a: slot(entry), c: header))
        case 2 where signature.resultSlots == 2:
            let first = slot(entries[entries.count - 2])
            let second = slot(entries[entries.count - 1])
            code.append(CodeWord(.ret2, a: first, b: second, c: header))
        default:
            let saved = entries
            settle(types.count)
            let first = entries[entries.count - types.count].home
            code.append(CodeWord(.retMany, a: first, b: signature.resultSlots, c: header))
            entries = saved
        }
        last = nil
    }

    mutating func emitTable(_ instruction: Instruction) {
        guard let labels = try? reader.labels(of: instruction) else { return }
        let index = popSlot()
        code.append(CodeWord(.brTable, a: index))
        code.append(UInt64(labels.count - 1))
        let first = code.count
        for _ in labels { code.append(distance: 0) }
        last = nil
        var stubs: [UInt32: Int] = [:]
        for (offset, depth) in labels.enumerated() {
            let target = frames.count - 1 - Int(depth)
            if isPlain(target) {
                bind(first + offset, to: target)
            } else if let stub = stubs[depth] {
                code.patch(first + offset, to: stub)
            } else {
                stubs[depth] = code.count
                code.patch(first + offset, to: code.count)
                emitBranch(to: Int(depth))
            }
        }
    }
}
