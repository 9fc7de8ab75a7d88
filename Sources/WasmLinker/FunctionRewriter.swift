import WasmBinary

/// Copies function bodies and replaces every index by that of the output.
///
/// What needs no change is copied in runs, as bytes. Two things are folded on the way, because addresses are constants now:
///
///     global.get $__memory_base      i32.const 1000
///     i32.const 64               ──▶ i32.const 64    ──▶  i32.const 1064
///     i32.add                        i32.add
///
/// The code has been walked before (`MarkLive`), so that it is known to be readable and its indices to exist.
struct FunctionRewriter: ~Copyable {
    private let numbering: Numbering
    /// The file whose code is being copied, and what its indices become.
    private var file = -1
    private var maps = Numbering.FileMaps()
    /// Whether indirect calls go through thunks in the function in the making.
    private var isThunked = false
    /// The code of the function in the making.
    private var output = ByteWriter(capacity: 1 << 16)
    /// Constants that are read but not written yet, because an addition may follow; at most two.
    private var pending: (first: Int32, second: Int32) = (0, 0)
    private var pendingCount = 0
    /// How many instructions folding has saved.
    private(set) var folded = 0

    init(_ numbering: Numbering) {
        self.numbering = numbering
    }

    private mutating func select(_ file: Int) {
        if file == self.file { return }
        self.file = file
        maps = numbering.files[file]
    }

    /// Appends a body, with its size before it, to what a section is made of.
    mutating func rewrite(
        _ body: FunctionBody, of file: Int, isThunked: Bool, to section: inout ByteWriter
    ) throws(WasmError) {
        select(file)
        self.isThunked = isThunked
        output.removeAll()
        if body.locals.contains(where: { if case .reference = $0.type { true } else { false } }) {
            output.locals(body.locals.map { FunctionBody.Locals(count: $0.count, type: mapped($0.type)) })
        } else {
            output.locals(body.locals)
        }
        try rewrite(body.instructions)
        section.lengthPrefixed(output)
    }

    /// Appends the translation of a constant expression.
    mutating func rewriteExpression(_ bytes: Bytes, of file: Int, to section: inout ByteWriter) throws(WasmError) {
        select(file)
        isThunked = false
        output.removeAll()
        try rewrite(bytes)
        section.append(output)
    }

    private mutating func rewrite(_ code: Bytes) throws(WasmError) {
        var reader = InstructionReader(code)
        // Instructions from `runStart` on are to be copied as they are.
        var runStart = code.startIndex
        while let instruction = try reader.next() {
            switch instruction.immediate {
            case .i32:
                copy(code, runStart, instruction.start)
                push(instruction.i32)
                runStart = instruction.end
                continue
            case .none:
                if pendingCount == 0 { continue }
                if pendingCount == 2, instruction.opcode == .i32Add {
                    pending.first = pending.first &+ pending.second
                    pendingCount = 1
                    folded += 2
                    runStart = instruction.end
                    continue
                }
                flush()
                continue
            case .local, .label, .memoryArgument, .i64, .f32, .f64, .labels, .lane, .v128, .memory, .memoryArgumentLane,
                .zeroByte, .table, .tableTable, .memoryMemory:
                flush()
                continue
            case .blockType where instruction.secondIndex == 0 && instruction.i64 < 0:
                flush()
                continue
            case .global:
                if instruction.opcode == .globalGet,
                    case .constant(let value) = maps.globals[Int(instruction.index)]
                {
                    copy(code, runStart, instruction.start)
                    push(value)
                    runStart = instruction.end
                    continue
                }
            default: break
            }
            copy(code, runStart, instruction.start)
            flush()
            write(instruction, reader)
            runStart = instruction.end
        }
        copy(code, runStart, code.endIndex)
        flush()
    }

    /// Copies a run. Constants that are pending come before it; when there are any, the run is empty.
    @inline(__always)
    private mutating func copy(_ code: Bytes, _ start: Int, _ end: Int) {
        if start < end {
            code[start..<end].withUnsafeBytes { output.append($0) }
        }
    }

    @inline(__always)
    private mutating func push(_ value: Int32) {
        switch pendingCount {
        case 0: pending.first = value
        case 1: pending.second = value
        default:
            writeConstant(pending.first)
            pending = (pending.second, value)
            return
        }
        pendingCount += 1
    }

    @inline(__always)
    private mutating func flush() {
        if pendingCount == 0 { return }
        writeConstant(pending.first)
        if pendingCount == 2 { writeConstant(pending.second) }
        pendingCount = 0
    }

    private mutating func writeConstant(_ value: Int32) {
        output.byte(0x41)
        output.s32(value)
    }

    /// Writes an instruction with its indices translated.
    private mutating func write(_ instruction: Instruction, _ reader: InstructionReader) {
        if isThunked, LargeFunctions.canBeThunked(instruction) {
            output.opcode(.call)
            output.u32(maps.thunks[Int(instruction.index)])
            return
        }
        output.opcode(instruction.opcode)
        let (index, second) = (Int(instruction.index), Int(instruction.secondIndex))
        switch instruction.immediate {
        case .function: output.u32(maps.functions[index])
        case .global:
            if case .global(let global) = maps.globals[index] { output.u32(global) }
        case .tag: output.u32(maps.tags[index])
        case .type: output.u32(maps.types[index])
        case .typeTable, .typeField, .typeCount:
            output.u32(maps.types[index])
            output.u32(instruction.secondIndex)
        case .typeData:
            output.u32(maps.types[index])
            output.u32(maps.data[second])
        case .typeElement:
            output.u32(maps.types[index])
            output.u32(maps.elements[second])
        case .typeType:
            output.u32(maps.types[index])
            output.u32(maps.types[second])
        case .element: output.u32(maps.elements[index])
        case .elementTable:
            output.u32(maps.elements[index])
            output.u32(instruction.secondIndex)
        case .data: output.u32(maps.data[index])
        case .dataMemory:
            output.u32(maps.data[index])
            output.u32(instruction.secondIndex)
        case .blockType: write(instruction.blockType)
        case .heapType: output.heapType(mapped(instruction.heapType))
        case .valueTypes:
            let types = (try? reader.valueTypes(of: instruction)) ?? []
            output.u32(UInt32(types.count))
            for type in types { output.valueType(mapped(type)) }
        case .tryTable:
            write(instruction.blockType)
            write((try? reader.catchClauses(of: instruction)) ?? [])
        case .castBranch:
            output.byte(UInt8(truncatingIfNeeded: instruction.secondIndex))
            output.u32(instruction.index)
            output.heapType(mapped(instruction.heapType))
            output.heapType(mapped(instruction.secondHeapType))
        case .none, .label, .labels, .local, .table, .tableTable, .memory, .memoryMemory, .memoryArgument,
            .memoryArgumentLane, .lane, .i32, .i64, .f32, .f64, .v128, .zeroByte:
            preconditionFailure("copied as it is")
        }
    }

    private mutating func write(_ type: BlockType) {
        switch type {
        case .empty: output.byte(0x40)
        case .value(let type): output.valueType(mapped(type))
        case .type(let index): output.s64(Int64(maps.types[Int(index)]))
        }
    }

    private mutating func write(_ clauses: [CatchClause]) {
        output.u32(UInt32(clauses.count))
        for clause in clauses {
            output.byte((clause.tag == nil ? 2 : 0) + (clause.pushesReference ? 1 : 0))
            if let tag = clause.tag { output.u32(maps.tags[Int(tag)]) }
            output.u32(clause.label)
        }
    }

    private func mapped(_ type: HeapType) -> HeapType {
        guard case .type(let index) = type else { return type }
        return .type(maps.types[Int(index)])
    }

    private func mapped(_ type: ValueType) -> ValueType {
        guard case .reference(let reference) = type else { return type }
        return .reference(
            ReferenceType(isNullable: reference.isNullable, heapType: mapped(reference.heapType)))
    }
}
