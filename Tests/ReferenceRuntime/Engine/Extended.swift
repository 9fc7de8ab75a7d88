import WasmBinary

// The operations outside of the inner loop: conversions and rare arithmetic, bulk memory, tables, references.

extension ExecutionState {
    /// Executes the extended operation `i`; its further words start at the stored position, which moves past them.
    @inline(never)
    static func extended(_ state: UnsafeMutablePointer<ExecutionState>, _ i: Code) -> TrapCode? {
        guard let operation = ExtendedOperation(rawValue: i.a) else { return .unreachable }
        let fp = state.pointee.fp
        switch operation {
        case .f32Abs: fp[i.b] = fp[i.c] & 0x7FFF_FFFF
        case .f32Ceil: fp.set(i.b, fp.f32(i.c).rounded(.up).quieted)
        case .f32Floor: fp.set(i.b, fp.f32(i.c).rounded(.down).quieted)
        case .f32Trunc: fp.set(i.b, fp.f32(i.c).rounded(.towardZero).quieted)
        case .f32Nearest: fp.set(i.b, fp.f32(i.c).rounded(.toNearestOrEven).quieted)
        case .f32Sqrt: fp.set(i.b, fp.f32(i.c).squareRoot())
        case .f64Ceil: fp.set(i.b, fp.f64(i.c).rounded(.up).quieted)
        case .f64Floor: fp.set(i.b, fp.f64(i.c).rounded(.down).quieted)
        case .f64Trunc: fp.set(i.b, fp.f64(i.c).rounded(.towardZero).quieted)
        case .f64Nearest: fp.set(i.b, fp.f64(i.c).rounded(.toNearestOrEven).quieted)
        case .f32Min: fp.set(i.b, fp.f32(i.c).wasmMinimum(fp.f32(next(state).a)))
        case .f32Max: fp.set(i.b, fp.f32(i.c).wasmMaximum(fp.f32(next(state).a)))
        case .f64Min: fp.set(i.b, fp.f64(i.c).wasmMinimum(fp.f64(next(state).a)))
        case .f64Max: fp.set(i.b, fp.f64(i.c).wasmMaximum(fp.f64(next(state).a)))
        case .f32Copysign: fp[i.b] = fp[i.c] & 0x7FFF_FFFF | fp[next(state).a] & 0x8000_0000
        case .f64Copysign: fp[i.b] = fp[i.c] & (1 << 63 - 1) | fp[next(state).a] & (1 << 63)
        case .f32ConvertI32S: fp.set(i.b, Float(fp.s32(i.c)))
        case .f32ConvertI32U: fp.set(i.b, Float(fp.u32(i.c)))
        case .f32ConvertI64S: fp.set(i.b, Float(fp.s64(i.c)))
        case .f32ConvertI64U: fp.set(i.b, Float(fp.u64(i.c)))
        case .f64ConvertI64U: fp.set(i.b, Double(fp.u64(i.c)))
        case .i32TruncF32S, .i32TruncF32U, .i32TruncF64S, .i32TruncF64U, .i64TruncF32S, .i64TruncF32U, .i64TruncF64S,
            .i64TruncF64U:
            return truncate(operation, fp, i)
        case .i32TruncSatF32S: fp.set(i.b, Int32(saturating: Double(fp.f32(i.c))))
        case .i32TruncSatF32U: fp.set(i.b, UInt32(saturating: Double(fp.f32(i.c))))
        case .i32TruncSatF64S: fp.set(i.b, Int32(saturating: fp.f64(i.c)))
        case .i32TruncSatF64U: fp.set(i.b, UInt32(saturating: fp.f64(i.c)))
        case .i64TruncSatF32S: fp.set(i.b, Int64(saturating: Double(fp.f32(i.c))))
        case .i64TruncSatF32U: fp[i.b] = UInt64(saturating: Double(fp.f32(i.c)))
        case .i64TruncSatF64S: fp.set(i.b, Int64(saturating: fp.f64(i.c)))
        case .i64TruncSatF64U: fp[i.b] = UInt64(saturating: fp.f64(i.c))
        case .globalGet128:
            let cell = next(state).pointer(to: UInt64.self)
            (fp + Int(i.b)).update(from: cell, count: 2)
        case .globalSet128:
            let cell = next(state).pointer(to: UInt64.self)
            cell.update(from: fp + Int(i.c), count: 2)
        case .loadElsewhere, .storeElsewhere: return access(operation, state, i)
        case .refIsNull: fp[i.b] = fp[i.c] == 0 ? 1 : 0
        case .refAsNonNull:
            if fp[i.c] == 0 { return .nullReference }
            fp[i.b] = fp[i.c]
        case .refTest, .refCast:
            let target = StackType(code: UInt32(truncatingIfNeeded: next(state).word))
            let reference = fp[i.c]
            let matches = state.pointee.reference(reference, matches: target)
            if operation == .refTest {
                fp[i.b] = matches ? 1 : 0
            } else {
                if !matches { return .castFailure }
                fp[i.b] = reference
            }
        case .memorySize, .memoryGrow, .memoryFill, .memoryCopy, .memoryInit, .dataDrop:
            return memory(operation, state, i)
        case .tableGet, .tableSet, .tableSize, .tableGrow, .tableFill, .tableCopy, .tableInit, .elementDrop:
            return table(operation, state, i)
        }
        return nil
    }

    /// The next word of the operation.
    @inline(__always)
    static func next(_ state: UnsafeMutablePointer<ExecutionState>) -> Code {
        let word = state.pointee.pc
        state.pointee.pc += 1
        return word
    }

    /// The next word as an object of the store, which keeps it alive.
    private static func next<T: AnyObject>(_ state: UnsafeMutablePointer<ExecutionState>, as type: T.Type) -> T {
        let pointer = UnsafeRawPointer(next(state)).load(as: UnsafeRawPointer.self)
        return Unmanaged<T>.fromOpaque(pointer).takeUnretainedValue()
    }

    func reference(_ bits: UInt64, matches target: StackType) -> Bool {
        guard let function = FunctionPointer(nullableBits: bits) else { return target.isNullable }
        // What is not null is a function: there are no other hierarchies with tests.
        return context._withUnsafeGuaranteedRef { context in
            context.store.types.matches(.type(function.pointee.type), target.heap)
        }
    }
}

// MARK: - Conversions

extension ExecutionState {
    private static func truncate(_ operation: ExtendedOperation, _ fp: Slots, _ i: Code) -> TrapCode? {
        let value: Double
        switch operation {
        case .i32TruncF32S, .i32TruncF32U, .i64TruncF32S, .i64TruncF32U: value = Double(fp.f32(i.c))
        default: value = fp.f64(i.c)
        }
        if value.isNaN { return .invalidConversionToInteger }
        let whole = value.rounded(.towardZero)
        switch operation {
        case .i32TruncF32S, .i32TruncF64S:
            guard let result = Int32(exactly: whole) else { return .integerOverflow }
            fp.set(i.b, result)
        case .i32TruncF32U, .i32TruncF64U:
            guard let result = UInt32(exactly: whole) else { return .integerOverflow }
            fp.set(i.b, result)
        case .i64TruncF32S, .i64TruncF64S:
            guard let result = Int64(exactly: whole) else { return .integerOverflow }
            fp.set(i.b, result)
        default:
            guard let result = UInt64(exactly: whole) else { return .integerOverflow }
            fp[i.b] = result
        }
        return nil
    }
}

extension FixedWidthInteger {
    /// The number without its fraction, the nearest limit where it does not fit, and 0 for NaN.
    init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value < 0 ? .min : .max
        }
    }
}

extension BinaryFloatingPoint {
    /// A NaN result must be a quiet one; the C library's rounding functions do not promise that.
    var quieted: Self { isNaN ? self + 0 : self }

    /// `fmin` of the specification: NaN if either is, and −0 is less than 0.
    @inline(__always)
    func wasmMinimum(_ other: Self) -> Self {
        if isNaN || other.isNaN { return self + other }
        if self == other { return sign == .minus ? self : other }
        return self < other ? self : other
    }

    /// `fmax` of the specification.
    @inline(__always)
    func wasmMaximum(_ other: Self) -> Self {
        if isNaN || other.isNaN { return self + other }
        if self == other { return sign == .minus ? other : self }
        return self > other ? self : other
    }
}

// MARK: - Bulk operations

extension ExecutionState {
    private static func memory(
        _ operation: ExtendedOperation, _ state: UnsafeMutablePointer<ExecutionState>, _ i: Code
    ) -> TrapCode? {
        let fp = state.pointee.fp
        let operands = fp + Int(i.c)
        if operation == .dataDrop {
            next(state, as: DataInstance.self).drop()
            return nil
        }
        let memory = next(state, as: MemoryInstance.self)
        switch operation {
        case .memorySize:
            fp[i.b] = UInt64(memory.pages)
        case .memoryGrow:
            fp[i.b] = memory.grow(Int(operands[0])).map { UInt64($0) } ?? 0xFFFF_FFFF
        case .memoryFill:
            guard let target = memory.range(operands[0], operands[2]) else { return .memoryOutOfBounds }
            target.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: operands[1]))
        case .memoryCopy:
            let source = next(state, as: MemoryInstance.self)
            guard let to = memory.range(operands[0], operands[2]), let from = source.range(operands[1], operands[2])
            else { return .memoryOutOfBounds }
            if let toBase = to.baseAddress, let fromBase = from.baseAddress {
                toBase.copyMemory(from: fromBase, byteCount: to.count)
            }
        default:
            let data = next(state, as: DataInstance.self)
            let count = Int(operands[2])
            guard let to = memory.range(operands[0], operands[2]), Int(operands[1]) + count <= data.bytes.count else {
                return .memoryOutOfBounds
            }
            data.bytes.withUnsafeBytes { source in
                to.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[Int(operands[1])..<Int(operands[1]) + count]))
            }
        }
        return nil
    }

    private static func table(
        _ operation: ExtendedOperation, _ state: UnsafeMutablePointer<ExecutionState>, _ i: Code
    ) -> TrapCode? {
        let fp = state.pointee.fp
        let operands = fp + Int(i.c)
        if operation == .elementDrop {
            next(state, as: ElementInstance.self).drop()
            return nil
        }
        let table = next(state, as: TableInstance.self)
        switch operation {
        case .tableGet:
            guard operands[0] < UInt64(table.count) else { return .tableOutOfBounds }
            fp[i.b] = table[Int(operands[0])]
        case .tableSet:
            guard operands[0] < UInt64(table.count) else { return .tableOutOfBounds }
            table[Int(operands[0])] = operands[1]
        case .tableSize:
            fp[i.b] = UInt64(table.count)
        case .tableGrow:
            fp[i.b] = table.grow(Int(operands[1]), filling: operands[0]).map { UInt64($0) } ?? 0xFFFF_FFFF
        case .tableFill:
            guard Int(operands[0]) + Int(operands[2]) <= table.count else { return .tableOutOfBounds }
            (table.data.pointee.elements + Int(operands[0])).update(repeating: operands[1], count: Int(operands[2]))
        case .tableCopy:
            let source = next(state, as: TableInstance.self)
            let (to, from, count) = (Int(operands[0]), Int(operands[1]), Int(operands[2]))
            guard to + count <= table.count, from + count <= source.count else { return .tableOutOfBounds }
            (table.data.pointee.elements + to).update(from: source.data.pointee.elements + from, count: count)
        default:
            let elements = next(state, as: ElementInstance.self)
            return table.initialize(at: Int(operands[0]), elements, from: Int(operands[1]), count: Int(operands[2]))
        }
        return nil
    }
}

extension ExecutionState {
    /// A load or store in a memory that is not the instance's first.
    private static func access(
        _ operation: ExtendedOperation, _ state: UnsafeMutablePointer<ExecutionState>, _ i: Code
    ) -> TrapCode? {
        let fp = state.pointee.fp
        let memory = next(state, as: MemoryInstance.self)
        guard let opcode = Opcode(rawValue: UInt16(truncatingIfNeeded: next(state).word)),
            let access = MemoryAccess(opcode)
        else { return .unreachable }
        let address = fp[i.c] &+ next(state).word
        guard let bytes = memory.range(address, 1 << UInt64(access.alignment)), let p = bytes.baseAddress else {
            return .memoryOutOfBounds
        }
        if operation == .storeElsewhere {
            let value = fp[Int(i.c) + 1]
            withUnsafeBytes(of: value.littleEndian) {
                p.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
            }
            return nil
        }
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) {
            $0.baseAddress.unsafelyUnwrapped.copyMemory(from: p, byteCount: bytes.count)
        }
        let shift = UInt64(64 - bytes.count * 8)
        let signed = UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
        switch opcode {
        case .i32Load8S, .i32Load16S: fp[i.b] = signed & 0xFFFF_FFFF
        case .i64Load8S, .i64Load16S, .i64Load32S: fp[i.b] = signed
        default: fp[i.b] = value
        }
        return nil
    }
}

extension MemoryInstance {
    /// A range of bytes; nil when it goes beyond the end.
    func range(_ start: UInt64, _ count: UInt64) -> UnsafeMutableRawBufferPointer? {
        guard start + count <= data.pointee.size else { return nil }
        return UnsafeMutableRawBufferPointer(start: data.pointee.base + Int(start), count: Int(count))
    }
}

extension TableInstance {
    func initialize(at index: Int, _ elements: ElementInstance, from start: Int, count: Int) -> TrapCode? {
        guard index + count <= self.count, start + count <= elements.references.count else { return .tableOutOfBounds }
        for offset in 0..<count { self[index + offset] = elements.references[start + offset] }
        return nil
    }
}
