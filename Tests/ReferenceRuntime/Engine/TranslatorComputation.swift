import WasmBinary

// Arithmetic, memory, tables and references.

extension Translator {
    mutating func translateComputation(_ i: Instruction) {
        let number = Int(i.opcode.rawValue)
        if let operation = Self.binary[number] {
            translateBinary(operation)
        } else if let operation = Self.unary[number] {
            emitResult(operation, b: popSlot())
        } else if let operation = Self.extendedUnary[number] {
            let source = popSlot()
            code.append(CodeWord(.extended, a: Int(operation.rawValue), b: push(), c: source))
            last = nil
        } else if let operation = Self.extendedBinary[number] {
            let second = popSlot()
            let first = popSlot()
            code.append(CodeWord(.extended, a: Int(operation.rawValue), b: push(), c: first))
            code.append(CodeWord(.copy, a: second))
            last = nil
        } else if let access = MemoryAccess(i.opcode), number < 0x300 {
            if i.index != 0 {
                emitBulk(
                    access.isStore ? .storeElsewhere : .loadElsewhere, operands: access.isStore ? 2 : 1,
                    pushes: !access.isStore, object(i.index))
                code.append(UInt64(number))
                code.append(i.memoryOffset)
            } else if access.isStore {
                translateStore(i)
            } else {
                translateLoad(i)
            }
        } else if number >= 0x300 {
            translateVector(i)
        } else {
            translateOther(i)
        }
    }

    // MARK: Arithmetic

    /// An operation on two slots, what it is with a small constant on the right, and how the operands may be exchanged.
    struct Binary {
        var operation: Operation
        var immediate: Operation?
        /// The operation with a constant when the constant is the left operand.
        var flipped: Operation?
        /// Whether the slots are to be exchanged (`a > b` is done as `b < a`).
        var isSwapped = false
        var isLong = false
        var negatesConstant = false
    }

    private mutating func translateBinary(_ binary: Binary) {
        var second = pop()
        var first = pop()
        var immediate = binary.immediate
        var isExchanged = false
        if first.kind == .constant, second.kind != .constant, let flipped = binary.flipped {
            swap(&first, &second)
            immediate = flipped
            isExchanged = true
        }
        if second.kind == .constant, let immediate {
            var value = binary.isLong ? Int64(bitPattern: second.value) : Int64(Int32(truncatingIfNeeded: second.value))
            if binary.negatesConstant { value = 0 &- value }
            if let small = Int16(exactly: value) {
                emitResult(immediate, b: slot(first), c: Int(small))
                return
            }
        }
        if binary.isSwapped != isExchanged { swap(&first, &second) }
        let b = slot(first)
        let c = slot(second)
        emitResult(binary.operation, b: b, c: c)
    }

    private static let binary: [Int: Binary] = makeBinary()

    private static func makeBinary() -> [Int: Binary] {
        var table: [Int: Binary] = [:]
        func set(
            _ opcode: Opcode, _ operation: Operation, _ immediate: Operation? = nil, flipped: Operation? = nil,
            swapped: Bool = false, long: Bool = false, negated: Bool = false
        ) {
            table[Int(opcode.rawValue)] = Binary(
                operation: operation, immediate: immediate, flipped: flipped, isSwapped: swapped, isLong: long,
                negatesConstant: negated)
        }
        set(.i32Add, .i32Add, .i32AddI, flipped: .i32AddI)
        set(.i32Sub, .i32Sub, .i32AddI, negated: true)
        set(.i32Mul, .i32Mul, .i32MulI, flipped: .i32MulI)
        set(.i32And, .i32And, .i32AndI, flipped: .i32AndI)
        set(.i32Or, .i32Or, .i32OrI, flipped: .i32OrI)
        set(.i32Xor, .i32Xor, .i32XorI, flipped: .i32XorI)
        set(.i32Shl, .i32Shl, .i32ShlI)
        set(.i32ShrS, .i32ShrS, .i32ShrSI)
        set(.i32ShrU, .i32ShrU, .i32ShrUI)
        set(.i32Rotl, .i32Rotl, .i32RotlI)
        set(.i32Rotr, .i32Rotr)
        set(.i32DivS, .i32DivS)
        set(.i32DivU, .i32DivU)
        set(.i32RemS, .i32RemS)
        set(.i32RemU, .i32RemU)
        set(.i32Eq, .i32Eq, .i32EqI, flipped: .i32EqI)
        set(.i32Ne, .i32Ne, .i32NeI, flipped: .i32NeI)
        set(.i32LtS, .i32LtS, .i32LtSI, flipped: .i32GtSI)
        set(.i32LtU, .i32LtU, .i32LtUI, flipped: .i32GtUI)
        set(.i32GtS, .i32LtS, .i32GtSI, flipped: .i32LtSI, swapped: true)
        set(.i32GtU, .i32LtU, .i32GtUI, flipped: .i32LtUI, swapped: true)
        set(.i32LeS, .i32LeS, .i32LeSI, flipped: .i32GeSI)
        set(.i32LeU, .i32LeU, .i32LeUI, flipped: .i32GeUI)
        set(.i32GeS, .i32LeS, .i32GeSI, flipped: .i32LeSI, swapped: true)
        set(.i32GeU, .i32LeU, .i32GeUI, flipped: .i32LeUI, swapped: true)
        set(.i64Add, .i64Add, .i64AddI, flipped: .i64AddI, long: true)
        set(.i64Sub, .i64Sub, .i64AddI, long: true, negated: true)
        set(.i64Mul, .i64Mul, .i64MulI, flipped: .i64MulI, long: true)
        set(.i64And, .i64And, .i64AndI, flipped: .i64AndI, long: true)
        set(.i64Or, .i64Or, .i64OrI, flipped: .i64OrI, long: true)
        set(.i64Xor, .i64Xor, .i64XorI, flipped: .i64XorI, long: true)
        set(.i64Shl, .i64Shl, .i64ShlI, long: true)
        set(.i64ShrS, .i64ShrS, .i64ShrSI, long: true)
        set(.i64ShrU, .i64ShrU, .i64ShrUI, long: true)
        set(.i64Rotl, .i64Rotl, .i64RotlI, long: true)
        set(.i64Rotr, .i64Rotr)
        set(.i64DivS, .i64DivS)
        set(.i64DivU, .i64DivU)
        set(.i64RemS, .i64RemS)
        set(.i64RemU, .i64RemU)
        set(.i64Eq, .i64Eq, .i64EqI, flipped: .i64EqI, long: true)
        set(.i64Ne, .i64Ne, .i64NeI, flipped: .i64NeI, long: true)
        set(.i64LtS, .i64LtS, .i64LtSI, flipped: .i64GtSI, long: true)
        set(.i64LtU, .i64LtU, .i64LtUI, flipped: .i64GtUI, long: true)
        set(.i64GtS, .i64LtS, .i64GtSI, flipped: .i64LtSI, swapped: true, long: true)
        set(.i64GtU, .i64LtU, .i64GtUI, flipped: .i64LtUI, swapped: true, long: true)
        set(.i64LeS, .i64LeS, .i64LeSI, flipped: .i64GeSI, long: true)
        set(.i64LeU, .i64LeU, .i64LeUI, flipped: .i64GeUI, long: true)
        set(.i64GeS, .i64LeS, .i64GeSI, flipped: .i64LeSI, swapped: true, long: true)
        set(.i64GeU, .i64LeU, .i64GeUI, flipped: .i64LeUI, swapped: true, long: true)
        set(.f32Add, .f32Add)
        set(.f32Sub, .f32Sub)
        set(.f32Mul, .f32Mul)
        set(.f32Div, .f32Div)
        set(.f32Eq, .f32Eq)
        set(.f32Ne, .f32Ne)
        set(.f32Lt, .f32Lt)
        set(.f32Gt, .f32Lt, swapped: true)
        set(.f32Le, .f32Le)
        set(.f32Ge, .f32Le, swapped: true)
        set(.f64Add, .f64Add)
        set(.f64Sub, .f64Sub)
        set(.f64Mul, .f64Mul)
        set(.f64Div, .f64Div)
        set(.f64Eq, .f64Eq)
        set(.f64Ne, .f64Ne)
        set(.f64Lt, .f64Lt)
        set(.f64Gt, .f64Lt, swapped: true)
        set(.f64Le, .f64Le)
        set(.f64Ge, .f64Le, swapped: true)
        return table
    }

    private static func table<T>(_ pairs: [(Opcode, T)]) -> [Int: T] {
        Dictionary(uniqueKeysWithValues: pairs.map { (Int($0.0.rawValue), $0.1) })
    }

    private static let unary: [Int: Operation] = table([
        (.i32Clz, .i32Clz), (.i32Ctz, .i32Ctz), (.i32Popcnt, .i32Popcnt),
        (.i32Extend8S, .i32Extend8S), (.i32Extend16S, .i32Extend16S),
        (.i64Clz, .i64Clz), (.i64Ctz, .i64Ctz), (.i64Popcnt, .i64Popcnt),
        (.i64Extend8S, .i64Extend8S), (.i64Extend16S, .i64Extend16S), (.i64Extend32S, .i64Extend32S),
        (.i64ExtendI32S, .i64Extend32S), (.i32WrapI64, .i32WrapI64),
        (.f32Neg, .f32Neg), (.f64Neg, .f64Neg), (.f64Abs, .f64Abs), (.f64Sqrt, .f64Sqrt),
        (.f64ConvertI32S, .f64ConvertI32S), (.f64ConvertI32U, .f64ConvertI32U), (.f64ConvertI64S, .f64ConvertI64S),
        (.f64PromoteF32, .f64PromoteF32), (.f32DemoteF64, .f32DemoteF64),
    ])

    private static let extendedUnary: [Int: ExtendedOperation] = table([
        (.f32Abs, .f32Abs), (.f32Ceil, .f32Ceil), (.f32Floor, .f32Floor), (.f32Trunc, .f32Trunc),
        (.f32Nearest, .f32Nearest), (.f32Sqrt, .f32Sqrt),
        (.f64Ceil, .f64Ceil), (.f64Floor, .f64Floor), (.f64Trunc, .f64Trunc), (.f64Nearest, .f64Nearest),
        (.i32TruncF32S, .i32TruncF32S), (.i32TruncF32U, .i32TruncF32U),
        (.i32TruncF64S, .i32TruncF64S), (.i32TruncF64U, .i32TruncF64U),
        (.i64TruncF32S, .i64TruncF32S), (.i64TruncF32U, .i64TruncF32U),
        (.i64TruncF64S, .i64TruncF64S), (.i64TruncF64U, .i64TruncF64U),
        (.i32TruncSatF32S, .i32TruncSatF32S), (.i32TruncSatF32U, .i32TruncSatF32U),
        (.i32TruncSatF64S, .i32TruncSatF64S), (.i32TruncSatF64U, .i32TruncSatF64U),
        (.i64TruncSatF32S, .i64TruncSatF32S), (.i64TruncSatF32U, .i64TruncSatF32U),
        (.i64TruncSatF64S, .i64TruncSatF64S), (.i64TruncSatF64U, .i64TruncSatF64U),
        (.f32ConvertI32S, .f32ConvertI32S), (.f32ConvertI32U, .f32ConvertI32U),
        (.f32ConvertI64S, .f32ConvertI64S), (.f32ConvertI64U, .f32ConvertI64U), (.f64ConvertI64U, .f64ConvertI64U),
    ])

    private static let extendedBinary: [Int: ExtendedOperation] = table([
        (.f32Min, .f32Min), (.f32Max, .f32Max), (.f32Copysign, .f32Copysign),
        (.f64Min, .f64Min), (.f64Max, .f64Max), (.f64Copysign, .f64Copysign),
    ])

    // MARK: Memory

    private static let loads: [Int: (Operation, absolute: Operation)] = table([
        (.i32Load, (.i32Load, .i32LoadAbs)), (.f32Load, (.i32Load, .i32LoadAbs)),
        (.i64Load32U, (.i32Load, .i32LoadAbs)),
        (.i64Load, (.i64Load, .i64LoadAbs)), (.f64Load, (.i64Load, .i64LoadAbs)),
        (.i32Load8S, (.i32Load8S, .i32Load8SAbs)),
        (.i32Load8U, (.i32Load8U, .i32Load8UAbs)), (.i64Load8U, (.i32Load8U, .i32Load8UAbs)),
        (.i32Load16S, (.i32Load16S, .i32Load16SAbs)),
        (.i32Load16U, (.i32Load16U, .i32Load16UAbs)), (.i64Load16U, (.i32Load16U, .i32Load16UAbs)),
        (.i64Load8S, (.i64Load8S, .i64Load8SAbs)), (.i64Load16S, (.i64Load16S, .i64Load16SAbs)),
        (.i64Load32S, (.i64Load32S, .i64Load32SAbs)),
    ])

    private static let stores: [Int: (Operation, absolute: Operation, constant: Operation)] = table([
        (.i32Store, (.store32, .store32Abs, .store32I)), (.f32Store, (.store32, .store32Abs, .store32I)),
        (.i64Store32, (.store32, .store32Abs, .store32I)),
        (.i64Store, (.store64, .store64Abs, .store64I)), (.f64Store, (.store64, .store64Abs, .store64I)),
        (.i32Store8, (.store8, .store8Abs, .store8I)), (.i64Store8, (.store8, .store8Abs, .store8I)),
        (.i32Store16, (.store16, .store16Abs, .store16I)), (.i64Store16, (.store16, .store16Abs, .store16I)),
    ])

    /// The sum of a constant address and an offset, if it is a 32-bit number.
    private func absolute(_ address: Entry, _ offset: UInt64) -> Int? {
        guard address.kind == .constant, address.value + offset <= UInt64(UInt32.max) else { return nil }
        return Int(address.value + offset)
    }

    /// A slot and an offset of at most 16 bits that make up the address.
    private mutating func address(_ entry: Entry, _ offset: UInt64) -> (slot: Int, offset: Int) {
        let base = slot(entry)
        if offset <= 0xFFFF { return (base, Int(offset)) }
        code.append(CodeWord(.addressOffset, a: entry.home, b: base))
        code.append(offset)
        last = nil
        return (entry.home, 0)
    }

    private mutating func translateLoad(_ i: Instruction) {
        guard let (operation, absoluteOperation) = Self.loads[Int(i.opcode.rawValue)] else { return }
        let producer = last
        let address = pop()
        if let absolute = absolute(address, i.memoryOffset) {
            emitResult(absoluteOperation, b: absolute & 0xFFFF, c: absolute >> 16)
            return
        }
        if let producer, producer == code.count - 1, address.kind == .home, let indexed = Self.indexed[operation] {
            let word = code[producer]
            if word.operation == .i32Add, Int(word.a) == address.home {
                code.removeLast()
                emitResult(indexed, b: Int(word.b), c: Int(word.c))
                code.append(i.memoryOffset)
                return
            }
        }
        let (base, offset) = self.address(address, i.memoryOffset)
        emitResult(operation, b: base, c: offset)
    }

    private static let indexed: [Operation: Operation] = [
        .i32Load: .i32LoadIndexed, .i64Load: .i64LoadIndexed, .i32Load8U: .i32Load8UIndexed,
    ]

    private mutating func translateStore(_ i: Instruction) {
        guard let (operation, absoluteOperation, constant) = Self.stores[Int(i.opcode.rawValue)] else { return }
        let value = pop()
        let address = pop()
        if let absolute = absolute(address, i.memoryOffset) {
            let source = slot(value)
            code.append(CodeWord(absoluteOperation, a: source, b: absolute & 0xFFFF, c: absolute >> 16))
            last = nil
            return
        }
        if value.kind == .constant, let small = Self.small(value.value, i.opcode) {
            let (base, offset) = self.address(address, i.memoryOffset)
            code.append(CodeWord(constant, a: small, b: base, c: offset))
            last = nil
            return
        }
        let source = slot(value)
        let (base, offset) = self.address(address, i.memoryOffset)
        code.append(CodeWord(operation, a: source, b: base, c: offset))
        last = nil
    }

    /// A constant as 16 signed bits, if sign extension brings back what is stored.
    private static func small(_ value: UInt64, _ opcode: Opcode) -> Int? {
        switch opcode {
        case .i64Store, .f64Store: Int16(exactly: Int64(bitPattern: value)).map { Int($0) }
        case .i32Store8, .i64Store8, .i32Store16, .i64Store16: Int(Int16(truncatingIfNeeded: value))
        default: Int16(exactly: Int32(truncatingIfNeeded: value)).map { Int($0) }
        }
    }

    // MARK: Bulk memory, tables, references

    /// An extended operation on consecutive slots, with the objects that it works on.
    private mutating func emitBulk(
        _ operation: ExtendedOperation, operands: Int, pushes: Bool, _ objects: UnsafeMutableRawPointer...
    ) {
        settle(operands)
        let first = operands == 0 ? top : entries[entries.count - operands].home
        for _ in 0..<operands { _ = pop() }
        code.append(CodeWord(.extended, a: Int(operation.rawValue), b: pushes ? push() : 0, c: first))
        for object in objects { code.append(object) }
        last = nil
    }

    private func object(_ memory: UInt32) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(instance.memories[Int(memory)]).toOpaque()
    }

    private func object(ofTable table: UInt32) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(instance.tables[Int(table)]).toOpaque()
    }

    private func object(ofData index: UInt32) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(instance.dataSegments[Int(index)]).toOpaque()
    }

    private func object(ofElements index: UInt32) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(instance.elementSegments[Int(index)]).toOpaque()
    }

    private mutating func translateOther(_ i: Instruction) {
        switch i.opcode {
        case .i32Eqz: emitResult(.i32EqI, b: popSlot())
        case .i64Eqz: emitResult(.i64EqI, b: popSlot())
        case .i64ExtendI32U, .i32ReinterpretF32, .i64ReinterpretF64, .f32ReinterpretI32, .f64ReinterpretI64:
            // The slot holds what is wanted already.
            break
        case .memorySize: emitBulk(.memorySize, operands: 0, pushes: true, object(i.index))
        case .memoryGrow: emitBulk(.memoryGrow, operands: 1, pushes: true, object(i.index))
        case .memoryFill: emitBulk(.memoryFill, operands: 3, pushes: false, object(i.index))
        case .memoryCopy:
            emitBulk(.memoryCopy, operands: 3, pushes: false, object(i.index), object(i.secondIndex))
        case .memoryInit:
            emitBulk(.memoryInit, operands: 3, pushes: false, object(i.secondIndex), object(ofData: i.index))
        case .dataDrop: emitBulk(.dataDrop, operands: 0, pushes: false, object(ofData: i.index))
        case .tableGet: emitBulk(.tableGet, operands: 1, pushes: true, object(ofTable: i.index))
        case .tableSet: emitBulk(.tableSet, operands: 2, pushes: false, object(ofTable: i.index))
        case .tableSize: emitBulk(.tableSize, operands: 0, pushes: true, object(ofTable: i.index))
        case .tableGrow: emitBulk(.tableGrow, operands: 2, pushes: true, object(ofTable: i.index))
        case .tableFill: emitBulk(.tableFill, operands: 3, pushes: false, object(ofTable: i.index))
        case .tableCopy:
            emitBulk(
                .tableCopy, operands: 3, pushes: false, object(ofTable: i.index), object(ofTable: i.secondIndex))
        case .tableInit:
            emitBulk(
                .tableInit, operands: 3, pushes: false, object(ofTable: i.secondIndex), object(ofElements: i.index))
        case .elemDrop: emitBulk(.elementDrop, operands: 0, pushes: false, object(ofElements: i.index))
        case .refNull: push(constant: 0)
        case .refFunc: push(constant: instance.functions[Int(i.index)].data.bits)
        case .refIsNull: emitResult(.i64EqI, b: popSlot())
        case .refAsNonNull: emitBulk(.refAsNonNull, operands: 1, pushes: true)
        case .refTest, .refTestNull, .refCast, .refCastNull: translateCast(i)
        default: preconditionFailure("\(i.opcode) passed validation and has no translation")
        }
    }

    private mutating func translateCast(_ i: Instruction) {
        let nullable = i.opcode == .refTestNull || i.opcode == .refCastNull
        let heap = TypeRegistry.heap(i.heapType) { valid.types[Int($0)] }
        let target = StackType(heap: heap, nullable: nullable)
        let tests = i.opcode == .refTest || i.opcode == .refTestNull
        emitBulk(tests ? .refTest : .refCast, operands: 1, pushes: true)
        code.append(UInt64(target.code))
    }

    // MARK: SIMD

    private mutating func translateVector(_ i: Instruction) {
        let number = Int(i.opcode.rawValue) - 0x300
        if i.opcode == .v128Const {
            emitResult(.const128, vector: true)
            code.append(i.bits)
            code.append(i.high)
            return
        }
        if let access = MemoryAccess(i.opcode) {
            translateVectorAccess(i, access, number)
            return
        }
        guard let signature = SimpleSignature.table[Int(i.opcode.rawValue)] else { return }
        var slots = [0, 0, 0]
        for operand in stride(from: signature.operands - 1, through: 0, by: -1) { slots[operand] = popSlot() }
        emitResult(.simd, b: slots[0], c: slots[1], vector: signature.result == .v128)
        code.append(simdWord(number, third: slots[2], lane: Int(i.index)))
        if i.opcode == .i8x16Shuffle {
            code.append(i.bits)
            code.append(i.high)
        }
    }

    /// The second word of a SIMD operation: its number, a third source, a lane.
    private func simdWord(_ number: Int, third: Int, lane: Int) -> UInt64 {
        UInt64(number) | UInt64(third) << 16 | UInt64(lane) << 32
    }

    private mutating func translateVectorAccess(_ i: Instruction, _ access: MemoryAccess, _ number: Int) {
        let value = access.isStore || i.immediate == .memoryArgumentLane ? popSlot() : 0
        let address = popSlot()
        if access.isStore {
            code.append(CodeWord(.simd, b: address, c: value))
            last = nil
        } else {
            emitResult(.simd, b: address, c: value, vector: true)
        }
        code.append(simdWord(number, third: 0, lane: Int(i.lane)))
        code.append(instance.memories[Int(i.index)].data)
        code.append(i.memoryOffset)
    }
}
