import WasmBinary

/// Validates function bodies: the algorithm of the specification's appendix.
///
/// A stack of operand types and a stack of control frames are kept in step with the instructions. After an instruction
/// that never returns (`br`, `unreachable`…) the frame is *unreachable*: its stack is cut to the frame's height, and
/// popping more than there is yields the bottom type, which matches everything.
///
///     (block (result i32) (br 0 (i32.const 1)) (i32.add))     valid: i32.add pops bottom, bottom and pushes i32
struct FunctionValidator {
    private let valid: ValidModule
    private let registry: TypeRegistry
    private let declared: Set<UInt32>
    private let simple = SimpleSignature.table

    private var operands: [StackType] = []
    private var frames: [Frame] = []
    private var locals: [StackType] = []
    /// Whether each local has a value; only those that are not defaultable start without.
    private var isAssigned: [Bool] = []
    /// Locals in the order in which they were assigned, to be forgotten at the end of the block.
    private var assignments: [Int] = []
    private var reader = InstructionReader(Bytes())

    private struct Frame {
        var opcode: Opcode
        var parameters: [StackType]
        var results: [StackType]
        var height: Int
        var assignments: Int
        var isUnreachable = false

        /// What a branch to the frame takes along.
        var label: [StackType] { opcode == .loop ? parameters : results }
    }

    init(_ valid: ValidModule, declared: Set<UInt32>) {
        self.valid = valid
        registry = valid.registry
        self.declared = declared
    }

    mutating func validate(_ body: FunctionBody, index: Int) throws(ValidationError) {
        reader = InstructionReader(body.instructions)
        do {
            try validate(body, valid.signature(ofFunction: index))
        } catch {
            throw ValidationError(error.message, offset: error.offset ?? reader.offset, function: index)
        }
    }

    private mutating func validate(_ body: FunctionBody, _ signature: Signature) throws(ValidationError) {
        operands.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        assignments.removeAll(keepingCapacity: true)
        locals = signature.parameters
        isAssigned = Array(repeating: true, count: locals.count)
        for run in body.locals {
            guard locals.count + Int(run.count) <= 50_000 else { throw ValidationError("too many locals") }
            let type = try stackType(run.type)
            locals.append(contentsOf: repeatElement(type, count: Int(run.count)))
            isAssigned.append(contentsOf: repeatElement(type.isDefaultable, count: Int(run.count)))
        }
        frames.append(
            Frame(opcode: .block, parameters: [], results: signature.results, height: 0, assignments: 0))
        while let instruction = try ModuleValidator.next(&reader) {
            if let signature = simple[Int(instruction.opcode.rawValue)] {
                try check(instruction, signature)
            } else {
                try check(instruction)
            }
            if frames.isEmpty { break }
        }
        guard frames.isEmpty, try ModuleValidator.next(&reader) == nil else {
            throw ValidationError("END opcode expected")
        }
    }

    private mutating func check(_ instruction: Instruction, _ signature: SimpleSignature) throws(ValidationError) {
        if instruction.immediate == .lane {
            guard instruction.index < Self.lanes(instruction.opcode) else {
                throw ValidationError("invalid lane index")
            }
        } else if instruction.opcode == .i8x16Shuffle {
            for half in [instruction.bits, instruction.high] where half & 0xE0E0_E0E0_E0E0_E0E0 != 0 {
                throw ValidationError("invalid lane index")
            }
        }
        if signature.operands > 2 { try pop(signature.third) }
        if signature.operands > 1 { try pop(signature.second) }
        if signature.operands > 0 { try pop(signature.first) }
        operands.append(signature.result)
    }

    private static func lanes(_ opcode: Opcode) -> UInt32 {
        switch opcode.rawValue {
        case 0x315...0x317: 16
        case 0x318...0x31A: 8
        case 0x31B, 0x31C, 0x31F, 0x320: 4
        default: 2
        }
    }
}

// MARK: - The stacks

extension FunctionValidator {
    @inline(__always)
    private mutating func pop(_ expected: StackType) throws(ValidationError) {
        let frame = frames[frames.count - 1]
        if operands.count > frame.height {
            let actual = operands.removeLast()
            guard registry.matches(actual, expected) else { throw ValidationError("type mismatch") }
        } else if !frame.isUnreachable {
            throw ValidationError("type mismatch")
        }
    }

    private mutating func pop() throws(ValidationError) -> StackType {
        let frame = frames[frames.count - 1]
        if operands.count > frame.height { return operands.removeLast() }
        guard frame.isUnreachable else { throw ValidationError("type mismatch") }
        return .bottom
    }

    private mutating func popReference() throws(ValidationError) -> StackType {
        let type = try pop()
        if type == .bottom { return .bottomReference }
        guard type.isReference else { throw ValidationError("type mismatch") }
        return type
    }

    private mutating func pop(_ types: [StackType]) throws(ValidationError) {
        for type in types.reversed() { try pop(type) }
    }

    private mutating func push(_ types: [StackType]) {
        operands.append(contentsOf: types)
    }

    private mutating func pushFrame(_ opcode: Opcode, _ parameters: [StackType], _ results: [StackType]) {
        frames.append(
            Frame(
                opcode: opcode, parameters: parameters, results: results, height: operands.count,
                assignments: assignments.count))
        push(parameters)
    }

    private mutating func popFrame() throws(ValidationError) -> Frame {
        guard let frame = frames.last else { throw ValidationError("unexpected end") }
        try pop(frame.results)
        guard operands.count == frame.height else { throw ValidationError("type mismatch") }
        while assignments.count > frame.assignments { isAssigned[assignments.removeLast()] = false }
        frames.removeLast()
        return frame
    }

    private mutating func setUnreachable() {
        operands.removeLast(operands.count - frames[frames.count - 1].height)
        frames[frames.count - 1].isUnreachable = true
    }

    private func label(_ depth: UInt32) throws(ValidationError) -> [StackType] {
        guard Int(depth) < frames.count else { throw ValidationError("unknown label \(depth)") }
        return frames[frames.count - 1 - Int(depth)].label
    }

    private func stackType(_ type: ValueType) throws(ValidationError) -> StackType {
        if case .reference(let reference) = type, case .type(let index) = reference.heapType {
            guard Int(index) < valid.types.count else { throw ValidationError("unknown type \(index)") }
        }
        return TypeRegistry.stackType(type) { valid.types[Int($0)] }
    }

    private func functionType(_ index: UInt32) throws(ValidationError) -> Signature {
        guard Int(index) < valid.types.count else { throw ValidationError("unknown type \(index)") }
        guard let signature = registry.signatures[Int(valid.types[Int(index)])] else {
            throw ValidationError("type mismatch: not a function type")
        }
        return signature
    }

    private static let one: [StackType: [StackType]] = [
        .i32: [.i32], .i64: [.i64], .f32: [.f32], .f64: [.f64], .v128: [.v128],
    ]

    private func blockType(_ instruction: Instruction) throws(ValidationError) -> ([StackType], [StackType]) {
        switch instruction.blockType {
        case .empty: return ([], [])
        case .value(let value):
            let type = try stackType(value)
            return ([], Self.one[type] ?? [type])
        case .type(let index):
            let signature = try functionType(index)
            return (signature.parameters, signature.results)
        }
    }
}

// MARK: - Instructions with rules of their own

extension FunctionValidator {
    private mutating func check(_ i: Instruction) throws(ValidationError) {
        switch i.opcode {
        case .localGet:
            operands.append(try local(i.index, mustBeAssigned: true))
        case .localSet:
            try pop(try local(i.index))
            assign(i.index)
        case .localTee:
            let type = try local(i.index)
            try pop(type)
            assign(i.index)
            operands.append(type)
        case .i32Const: operands.append(.i32)
        case .i64Const: operands.append(.i64)
        case .f32Const: operands.append(.f32)
        case .f64Const: operands.append(.f64)
        case .nop, .atomicFence: break
        case .drop: _ = try pop()
        case .select, .selectTyped: try checkSelect(i)
        case .globalGet: operands.append(try global(i.index).type)
        case .globalSet:
            let global = try global(i.index)
            guard global.isMutable else { throw ValidationError("immutable global") }
            try pop(global.type)
        case .block, .loop, .if, .else, .end, .try, .catch, .catchAll, .delegate, .tryTable:
            try checkStructure(i)
        case .br, .brIf, .brTable, .return, .unreachable, .throw, .rethrow, .throwRef, .brOnNull, .brOnNonNull:
            try checkBranch(i)
        case .call, .callIndirect, .callRef, .returnCall, .returnCallIndirect, .returnCallRef:
            try checkCall(i)
        case .refNull:
            operands.append(try stackType(.reference(ReferenceType(isNullable: true, heapType: i.heapType))))
        case .refFunc:
            guard Int(i.index) < valid.functions.count else { throw ValidationError("unknown function \(i.index)") }
            guard declared.contains(i.index) else { throw ValidationError("undeclared function reference") }
            operands.append(StackType(heap: .type(valid.functions[Int(i.index)]), nullable: false))
        case .refIsNull:
            _ = try popReference()
            operands.append(.i32)
        case .refAsNonNull:
            operands.append(StackType(heap: try popReference().heap, nullable: false))
        case .refTest, .refTestNull, .refCast, .refCastNull: try checkCast(i)
        case .tableGet, .tableSet, .tableSize, .tableGrow, .tableFill, .tableCopy, .tableInit, .elemDrop:
            try checkTable(i)
        default:
            guard try checkMemory(i) else {
                throw ValidationError("\(i.opcode) is not supported", offset: i.start)
            }
        }
    }

    private func local(_ index: UInt32, mustBeAssigned: Bool = false) throws(ValidationError) -> StackType {
        guard Int(index) < locals.count else { throw ValidationError("unknown local \(index)") }
        if mustBeAssigned, !isAssigned[Int(index)] { throw ValidationError("uninitialized local") }
        return locals[Int(index)]
    }

    private mutating func assign(_ index: UInt32) {
        if isAssigned[Int(index)] { return }
        isAssigned[Int(index)] = true
        assignments.append(Int(index))
    }

    private func global(_ index: UInt32) throws(ValidationError) -> (type: StackType, isMutable: Bool) {
        guard Int(index) < valid.globals.count else { throw ValidationError("unknown global \(index)") }
        return valid.globals[Int(index)]
    }

    private mutating func checkSelect(_ i: Instruction) throws(ValidationError) {
        try pop(.i32)
        if i.opcode == .selectTyped {
            guard let types = try? reader.valueTypes(of: i), types.count == 1 else {
                throw ValidationError("invalid result arity")
            }
            let type = try stackType(types[0])
            try pop(type)
            try pop(type)
            operands.append(type)
            return
        }
        let second = try pop()
        let first = try pop()
        guard first.isNumeric && second.isNumeric || first.isVector && second.isVector,
            first == second || first == .bottom || second == .bottom
        else { throw ValidationError("type mismatch") }
        operands.append(first == .bottom ? second : first)
    }

    private mutating func checkStructure(_ i: Instruction) throws(ValidationError) {
        switch i.opcode {
        case .block, .loop, .try:
            let (parameters, results) = try blockType(i)
            try pop(parameters)
            pushFrame(i.opcode, parameters, results)
        case .if:
            try pop(.i32)
            let (parameters, results) = try blockType(i)
            try pop(parameters)
            pushFrame(.if, parameters, results)
        case .else:
            let frame = try popFrame()
            guard frame.opcode == .if else { throw ValidationError("else without if") }
            pushFrame(.else, frame.parameters, frame.results)
        case .tryTable:
            let (parameters, results) = try blockType(i)
            try pop(parameters)
            guard let clauses = try? reader.catchClauses(of: i) else { throw ValidationError("malformed catch clause") }
            for clause in clauses { try check(clause) }
            pushFrame(.tryTable, parameters, results)
        case .catch, .catchAll:
            let frame = try popFrame()
            guard frame.opcode == .try || frame.opcode == .catch else { throw ValidationError("catch without try") }
            pushFrame(i.opcode, [], frame.results)
            if i.opcode == .catch { push(try tag(i.index).parameters) }
        case .delegate:
            let frame = try popFrame()
            guard frame.opcode == .try else { throw ValidationError("delegate without try") }
            // The depth counts from outside of the block.
            _ = try label(i.index)
            push(frame.results)
        default:
            let frame = try popFrame()
            if frame.opcode == .if {
                // The missing else passes the parameters on.
                guard frame.parameters.count == frame.results.count,
                    zip(frame.parameters, frame.results).allSatisfy({ registry.matches($0, $1) })
                else { throw ValidationError("type mismatch") }
            }
            push(frame.results)
        }
    }

    private func check(_ clause: CatchClause) throws(ValidationError) {
        var types = try clause.tag.map { (index) throws(ValidationError) in try tag(index).parameters } ?? []
        if clause.pushesReference { types.append(StackType(heap: .exception, nullable: false)) }
        let label = try label(clause.label)
        guard types.count == label.count, zip(types, label).allSatisfy({ registry.matches($0, $1) }) else {
            throw ValidationError("type mismatch")
        }
    }

    private func tag(_ index: UInt32) throws(ValidationError) -> Signature {
        guard Int(index) < valid.tags.count else { throw ValidationError("unknown tag \(index)") }
        return registry.signature(valid.tags[Int(index)])
    }

    private mutating func checkBranch(_ i: Instruction) throws(ValidationError) {
        switch i.opcode {
        case .br:
            try pop(try label(i.index))
            setUnreachable()
        case .brIf:
            try pop(.i32)
            let types = try label(i.index)
            try pop(types)
            push(types)
        case .brTable:
            try pop(.i32)
            guard let labels = try? reader.labels(of: i), let last = labels.last else {
                throw ValidationError("malformed br_table")
            }
            let arity = try label(last).count
            for depth in labels {
                let types = try label(depth)
                guard types.count == arity else { throw ValidationError("type mismatch") }
                var popped: [StackType] = []
                for type in types.reversed() {
                    let actual = try pop()
                    guard registry.matches(actual, type) else { throw ValidationError("type mismatch") }
                    popped.append(actual)
                }
                push(popped.reversed())
            }
            try pop(try label(last))
            setUnreachable()
        case .return:
            try pop(frames[0].results)
            setUnreachable()
        case .throw:
            try pop(try tag(i.index).parameters)
            setUnreachable()
        case .rethrow:
            _ = try label(i.index)
            let opcode = frames[frames.count - 1 - Int(i.index)].opcode
            guard opcode == .catch || opcode == .catchAll else { throw ValidationError("invalid rethrow label") }
            setUnreachable()
        case .throwRef:
            try pop(.exceptionReference)
            setUnreachable()
        case .brOnNull:
            let type = try popReference()
            let types = try label(i.index)
            try pop(types)
            push(types)
            operands.append(StackType(heap: type.heap, nullable: false))
        case .brOnNonNull:
            let type = try popReference()
            let types = try label(i.index)
            guard let last = types.last, registry.matches(StackType(heap: type.heap, nullable: false), last) else {
                throw ValidationError("type mismatch")
            }
            try pop(Array(types.dropLast()))
            push(Array(types.dropLast()))
        default:
            setUnreachable()
        }
    }

    private mutating func checkCall(_ i: Instruction) throws(ValidationError) {
        let signature: Signature
        switch i.opcode {
        case .call, .returnCall:
            guard Int(i.index) < valid.functions.count else { throw ValidationError("unknown function \(i.index)") }
            signature = valid.signature(ofFunction: Int(i.index))
        case .callIndirect, .returnCallIndirect:
            let table = try table(i.secondIndex)
            guard registry.matches(table, .functionReference) else { throw ValidationError("type mismatch") }
            signature = try functionType(i.index)
            try pop(.i32)
        default:
            signature = try functionType(i.index)
            try pop(StackType(heap: .type(valid.types[Int(i.index)]), nullable: true))
        }
        try pop(signature.parameters)
        switch i.opcode {
        case .call, .callIndirect, .callRef:
            push(signature.results)
        default:
            let results = frames[0].results
            guard signature.results.count == results.count,
                zip(signature.results, results).allSatisfy({ registry.matches($0, $1) })
            else { throw ValidationError("type mismatch") }
            setUnreachable()
        }
    }

    private mutating func checkCast(_ i: Instruction) throws(ValidationError) {
        let nullable = i.opcode == .refTestNull || i.opcode == .refCastNull
        let target = try stackType(.reference(ReferenceType(isNullable: nullable, heapType: i.heapType)))
        let actual = try popReference()
        guard top(actual.heap) == top(target.heap) || actual == .bottomReference else {
            throw ValidationError("type mismatch")
        }
        let tests = i.opcode == .refTest || i.opcode == .refTestNull
        operands.append(tests ? .i32 : target)
    }

    /// The root of the hierarchy that a heap type is in.
    private func top(_ heap: StackType.Heap) -> StackType.Heap {
        for root in [StackType.Heap.function, .external, .exception] where registry.matches(heap, root) { return root }
        return .any
    }

    private func table(_ index: UInt32) throws(ValidationError) -> StackType {
        guard Int(index) < valid.tables.count else { throw ValidationError("unknown table \(index)") }
        return valid.tables[Int(index)].element
    }

    private mutating func checkTable(_ i: Instruction) throws(ValidationError) {
        switch i.opcode {
        case .tableGet:
            let type = try table(i.index)
            try pop(.i32)
            operands.append(type)
        case .tableSet:
            try pop(try table(i.index))
            try pop(.i32)
        case .tableSize:
            _ = try table(i.index)
            operands.append(.i32)
        case .tableGrow:
            try pop(.i32)
            try pop(try table(i.index))
            operands.append(.i32)
        case .tableFill:
            try pop(.i32)
            try pop(try table(i.index))
            try pop(.i32)
        case .tableCopy:
            let destination = try table(i.index)
            guard registry.matches(try table(i.secondIndex), destination) else {
                throw ValidationError("type mismatch")
            }
            try pop([.i32, .i32, .i32])
        case .tableInit:
            let type = try table(i.secondIndex)
            guard registry.matches(try element(i.index), type) else { throw ValidationError("type mismatch") }
            try pop([.i32, .i32, .i32])
        default:
            _ = try element(i.index)
        }
    }

    private func element(_ index: UInt32) throws(ValidationError) -> StackType {
        let elements = valid.module.elements
        guard Int(index) < elements.count else { throw ValidationError("unknown elem segment \(index)") }
        if case .functions = elements[Int(index)].items { return StackType(heap: .function, nullable: false) }
        return try stackType(.reference(elements[Int(index)].type))
    }

    private func memory(_ index: UInt32) throws(ValidationError) {
        guard Int(index) < valid.memories.count else { throw ValidationError("unknown memory \(index)") }
    }

    private func data(_ index: UInt32) throws(ValidationError) {
        guard Int(index) < valid.module.data.count else { throw ValidationError("unknown data segment \(index)") }
    }

    /// False when the instruction is no memory instruction.
    private mutating func checkMemory(_ i: Instruction) throws(ValidationError) -> Bool {
        switch i.opcode {
        case .memorySize:
            try memory(i.index)
            operands.append(.i32)
        case .memoryGrow:
            try memory(i.index)
            try pop(.i32)
            operands.append(.i32)
        case .memoryFill:
            try memory(i.index)
            try pop([.i32, .i32, .i32])
        case .memoryCopy:
            try memory(i.index)
            try memory(i.secondIndex)
            try pop([.i32, .i32, .i32])
        case .memoryInit:
            try data(i.index)
            try memory(i.secondIndex)
            try pop([.i32, .i32, .i32])
        case .dataDrop:
            try data(i.index)
        default:
            guard let access = MemoryAccess(i.opcode) else { return false }
            try memory(i.index)
            guard i.secondIndex <= access.alignment else {
                throw ValidationError("alignment must not be larger than natural")
            }
            guard i.memoryOffset <= UInt64(UInt32.max) else { throw ValidationError("offset out of range") }
            if i.immediate == .memoryArgumentLane {
                guard i.lane < 16 >> access.alignment else { throw ValidationError("invalid lane index") }
                try pop(.v128)
                try pop(.i32)
                if !access.isStore { operands.append(.v128) }
                return true
            }
            if access.isStore { try pop(access.type) }
            try pop(.i32)
            if !access.isStore { operands.append(access.type) }
        }
        return true
    }
}

/// What a load or store touches.
struct MemoryAccess {
    var type: StackType
    /// The natural alignment as an exponent of two.
    var alignment: UInt32
    var isStore: Bool

    init?(_ opcode: Opcode) {
        func load(_ type: StackType, _ alignment: UInt32) -> (StackType, UInt32, Bool) { (type, alignment, false) }
        func store(_ type: StackType, _ alignment: UInt32) -> (StackType, UInt32, Bool) { (type, alignment, true) }
        let access: (StackType, UInt32, Bool)
        switch opcode {
        case .i32Load: access = load(.i32, 2)
        case .i64Load: access = load(.i64, 3)
        case .f32Load: access = load(.f32, 2)
        case .f64Load: access = load(.f64, 3)
        case .i32Load8S, .i32Load8U: access = load(.i32, 0)
        case .i32Load16S, .i32Load16U: access = load(.i32, 1)
        case .i64Load8S, .i64Load8U: access = load(.i64, 0)
        case .i64Load16S, .i64Load16U: access = load(.i64, 1)
        case .i64Load32S, .i64Load32U: access = load(.i64, 2)
        case .i32Store: access = store(.i32, 2)
        case .i64Store: access = store(.i64, 3)
        case .f32Store: access = store(.f32, 2)
        case .f64Store: access = store(.f64, 3)
        case .i32Store8: access = store(.i32, 0)
        case .i32Store16: access = store(.i32, 1)
        case .i64Store8: access = store(.i64, 0)
        case .i64Store16: access = store(.i64, 1)
        case .i64Store32: access = store(.i64, 2)
        case .v128Load: access = load(.v128, 4)
        case .v128Store: access = store(.v128, 4)
        case .v128Load8x8S, .v128Load8x8U, .v128Load16x4S, .v128Load16x4U, .v128Load32x2S, .v128Load32x2U:
            access = load(.v128, 3)
        case .v128Load8Splat, .v128Load8Lane: access = load(.v128, 0)
        case .v128Load16Splat, .v128Load16Lane: access = load(.v128, 1)
        case .v128Load32Splat, .v128Load32Zero, .v128Load32Lane: access = load(.v128, 2)
        case .v128Load64Splat, .v128Load64Zero, .v128Load64Lane: access = load(.v128, 3)
        case .v128Store8Lane: access = store(.v128, 0)
        case .v128Store16Lane: access = store(.v128, 1)
        case .v128Store32Lane: access = store(.v128, 2)
        case .v128Store64Lane: access = store(.v128, 3)
        default: return nil
        }
        (type, alignment, isStore) = access
    }
}
