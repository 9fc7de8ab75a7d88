import WasmBinary

/// The operands and the result of the instructions that only compute: no memory, no control, no index.
///
/// The table is indexed by `Opcode.rawValue`; instructions with rules of their own have no entry.
struct SimpleSignature {
    var first: StackType
    var second: StackType
    var third: StackType
    var result: StackType
    var operands: Int

    static let table: [SimpleSignature?] = makeTable()

    init(_ operands: [StackType], _ result: StackType) {
        self.operands = operands.count
        first = operands.isEmpty ? .bottom : operands[0]
        second = operands.count > 1 ? operands[1] : .bottom
        third = operands.count > 2 ? operands[2] : .bottom
        self.result = result
    }

    private static func makeTable() -> [SimpleSignature?] {
        var table = [SimpleSignature?](repeating: nil, count: 0x600)
        func set(_ codes: ClosedRange<Int>, _ operands: [StackType], _ result: StackType) {
            for code in codes { table[code] = SimpleSignature(operands, result) }
        }
        set(0x45...0x45, [.i32], .i32)
        set(0x46...0x4F, [.i32, .i32], .i32)
        set(0x50...0x50, [.i64], .i32)
        set(0x51...0x5A, [.i64, .i64], .i32)
        set(0x5B...0x60, [.f32, .f32], .i32)
        set(0x61...0x66, [.f64, .f64], .i32)
        set(0x67...0x69, [.i32], .i32)
        set(0x6A...0x78, [.i32, .i32], .i32)
        set(0x79...0x7B, [.i64], .i64)
        set(0x7C...0x8A, [.i64, .i64], .i64)
        set(0x8B...0x91, [.f32], .f32)
        set(0x92...0x98, [.f32, .f32], .f32)
        set(0x99...0x9F, [.f64], .f64)
        set(0xA0...0xA6, [.f64, .f64], .f64)
        set(0xA7...0xA7, [.i64], .i32)
        set(0xA8...0xA9, [.f32], .i32)
        set(0xAA...0xAB, [.f64], .i32)
        set(0xAC...0xAD, [.i32], .i64)
        set(0xAE...0xAF, [.f32], .i64)
        set(0xB0...0xB1, [.f64], .i64)
        set(0xB2...0xB3, [.i32], .f32)
        set(0xB4...0xB5, [.i64], .f32)
        set(0xB6...0xB6, [.f64], .f32)
        set(0xB7...0xB8, [.i32], .f64)
        set(0xB9...0xBA, [.i64], .f64)
        set(0xBB...0xBB, [.f32], .f64)
        set(0xBC...0xBC, [.f32], .i32)
        set(0xBD...0xBD, [.f64], .i64)
        set(0xBE...0xBE, [.i32], .f32)
        set(0xBF...0xBF, [.i64], .f64)
        set(0xC0...0xC1, [.i32], .i32)
        set(0xC2...0xC4, [.i64], .i64)
        set(0x200...0x201, [.f32], .i32)
        set(0x202...0x203, [.f64], .i32)
        set(0x204...0x205, [.f32], .i64)
        set(0x206...0x207, [.f64], .i64)
        setVectors(&table)
        return table
    }

    private static func setVectors(_ table: inout [SimpleSignature?]) {
        func set(_ codes: [Int], _ operands: [StackType], _ result: StackType) {
            for code in codes { table[0x300 + code] = SimpleSignature(operands, result) }
        }
        set([0x0C], [], .v128)
        set([0x0F, 0x10, 0x11], [.i32], .v128)
        set([0x12], [.i64], .v128)
        set([0x13], [.f32], .v128)
        set([0x14], [.f64], .v128)
        set([0x15, 0x16, 0x18, 0x19, 0x1B], [.v128], .i32)
        set([0x17, 0x1A, 0x1C], [.v128, .i32], .v128)
        set([0x1D], [.v128], .i64)
        set([0x1E], [.v128, .i64], .v128)
        set([0x1F], [.v128], .f32)
        set([0x20], [.v128, .f32], .v128)
        set([0x21], [.v128], .f64)
        set([0x22], [.v128, .f64], .v128)
        let shifts = [0x6B, 0x6C, 0x6D, 0x8B, 0x8C, 0x8D, 0xAB, 0xAC, 0xAD, 0xCB, 0xCC, 0xCD]
        set(shifts, [.v128, .i32], .v128)
        // any_true, all_true, bitmask
        set([0x53, 0x63, 0x64, 0x83, 0x84, 0xA3, 0xA4, 0xC3, 0xC4], [.v128], .i32)
        let unary =
            [
                0x4D, 0x5E, 0x5F, 0x60, 0x61, 0x62, 0x67, 0x68, 0x69, 0x6A, 0x74, 0x75, 0x7A, 0x7C, 0x7D, 0x7E, 0x7F,
                0x80,
            ]
            + [
                0x81, 0x87, 0x88, 0x89, 0x8A, 0x94, 0xA0, 0xA1, 0xA7, 0xA8, 0xA9, 0xAA, 0xC0, 0xC1, 0xC7, 0xC8, 0xC9,
                0xCA,
            ]
            + [0xE0, 0xE1, 0xE3, 0xEC, 0xED, 0xEF] + Array(0xF8...0xFF) + Array(0x101...0x104)
        set(unary, [.v128], .v128)
        set([0x52] + Array(0x105...0x10C) + [0x113], [.v128, .v128, .v128], .v128)
        let ranges: [ClosedRange<Int>] = [
            0x23...0x4C, 0x4E...0x51, 0x65...0x66, 0x6E...0x73, 0x76...0x79, 0x85...0x86, 0x8E...0x93, 0x95...0x99,
            0x9C...0x9F, 0xB5...0xBA, 0xBC...0xBF, 0xD5...0xDB, 0xDC...0xDF, 0xE4...0xEB, 0xF0...0xF7, 0x10D...0x112,
        ]
        let binary = [0x0D, 0x0E, 0x100, 0x7B, 0x82, 0x9B, 0xAE, 0xB1, 0xCE, 0xD1] + ranges.flatMap { Array($0) }
        set(binary, [.v128, .v128], .v128)
    }
}
