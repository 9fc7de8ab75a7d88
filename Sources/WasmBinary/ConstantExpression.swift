/// An expression that can be evaluated when a module is instantiated: what globals, offsets and elements start from.
///
/// Nearly all are one instruction, and those are cases; anything longer (extended constant expressions, garbage
/// collection) is kept as its bytes.
public enum ConstantExpression: Hashable, Sendable {
    /// `i32.const`
    case i32(Int32)
    /// `i64.const`
    case i64(Int64)
    /// `f32.const`, by its bits
    case f32(UInt32)
    /// `f64.const`, by its bits
    case f64(UInt64)
    /// `global.get`
    case globalGet(UInt32)
    /// `ref.func`
    case functionReference(UInt32)
    /// `ref.null`
    case null(HeapType)
    /// Any other instructions, with the `end` that closes them; to be read with an `InstructionReader`.
    case other(Bytes)
}

extension ByteCursor {
    mutating func constantExpression() throws(WasmError) -> ConstantExpression {
        let start = offset
        if let simple = try singleInstruction(), try byte() == 0x0B { return simple }
        offset = start
        return .other(try instructionsToEnd())
    }

    private mutating func singleInstruction() throws(WasmError) -> ConstantExpression? {
        switch try byte() {
        case 0x41: .i32(try s32())
        case 0x42: .i64(try s64())
        case 0x43: .f32(try fixed32())
        case 0x44: .f64(try fixed64())
        case 0x23: .globalGet(try u32())
        case 0xD0: .null(try heapType())
        case 0xD2: .functionReference(try u32())
        default: nil
        }
    }

    /// Instructions up to the `end` that closes them.
    private mutating func instructionsToEnd() throws(WasmError) -> Bytes {
        let start = offset
        var reader = InstructionReader(self)
        var depth = 0
        while let instruction = try reader.next() {
            switch instruction.opcode {
            case .block, .loop, .if, .try, .tryTable: depth += 1
            case .delegate: depth -= 1
            case .end:
                if depth == 0 {
                    offset = instruction.end
                    return bytes[start..<offset]
                }
                depth -= 1
            default: break
            }
        }
        throw WasmError(.unexpectedEnd, at: end)
    }
}

extension ByteWriter {
    mutating func constantExpression(_ expression: ConstantExpression) {
        switch expression {
        case .i32(let value):
            byte(0x41)
            s32(value)
        case .i64(let value):
            byte(0x42)
            s64(value)
        case .f32(let bits):
            byte(0x43)
            fixed32(bits)
        case .f64(let bits):
            byte(0x44)
            fixed64(bits)
        case .globalGet(let index):
            byte(0x23)
            u32(index)
        case .functionReference(let index):
            byte(0xD2)
            u32(index)
        case .null(let type):
            byte(0xD0)
            heapType(type)
        case .other(let bytes):
            append(bytes)
            return
        }
        byte(0x0B)
    }
}
