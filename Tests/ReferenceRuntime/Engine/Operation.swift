/// The operations of the internal code.
///
/// WebAssembly's stack code is translated once, function by function, into code over *slots*: 64-bit cells of the frame
/// that hold parameters, locals and the operand stack alike. `local.get 0; local.get 1; i32.add; local.set 2` becomes
/// the single instruction `i32Add 2 0 1`. Operands are named `a`, `b`, `c` as in ``CodeWord``; where nothing else is
/// said, `a` is the destination slot and `b` and `c` are sources. Names end in
///
/// * `I` when the last operand is a signed 16-bit constant in place of a slot;
/// * `Abs` when `b` and `c` together hold a 32-bit address in place of an address slot and an offset.
///
/// An i32 or f32 in a slot always has its upper 32 bits clear, so a condition or an address is tested and used whole.
enum Operation: UInt8 {
    // Control. A branch's second word is the distance, in words, from that word to its target.
    case br
    case brIf, brIfNot
    case brI32Eq, brI32Ne, brI32LtS, brI32LtU, brI32LeS, brI32LeU
    case brI32EqI, brI32NeI, brI32LtSI, brI32LtUI, brI32GtSI, brI32GtUI, brI32LeSI, brI32LeUI, brI32GeSI, brI32GeUI
    case brI64Eq, brI64Ne, brI64LtS, brI64LtU, brI64LeS, brI64LeU
    case brI64EqI, brI64NeI, brI64LtSI, brI64LtUI, brI64GtSI, brI64GtUI, brI64LeSI, brI64LeUI, brI64GeSI, brI64GeUI
    /// Jump to entry `min(a, b…)`: `a` index slot, second word the count; then one distance per entry, the default last.
    case brTable
    /// Leave the function: `c` is where the frame's header is; results go to slots 0….
    case ret, ret1, ret2, retMany
    /// `a` first argument slot; then the callee.
    case call
    /// `a` first argument slot, `b` index slot; then the table and the type.
    case callIndirect
    /// `a` first argument slot, `b` reference slot.
    case callRef
    case returnCall, returnCallIndirect, returnCallRef
    case unreachable
    /// First run of a function: translate it, then go on with its code.
    case translate
    /// Body of a host function's frame; `hostReturn` follows it.
    case hostCall
    case hostReturn
    /// Below the first frame of an invocation.
    case exit
    case throwTag, throwRef, rethrow

    // Data movement.
    case copy, copy2, copy3, copy128
    case const32, const64, const128
    case select, select128
    case globalGet, globalSet
    /// One operation out of ``ExtendedOperation`` (`a`), with its operands in the words that follow.
    case extended
    /// One SIMD operation: `a` destination, `b` and `c` sources; then the number of the operation and its immediates.
    case simd

    // Memory: `a` value slot, `b` address slot, `c` offset.
    case i32Load, i64Load, i32Load8S, i32Load8U, i32Load16S, i32Load16U
    case i64Load8S, i64Load16S, i64Load32S
    case i32LoadAbs, i64LoadAbs, i32Load8SAbs, i32Load8UAbs, i32Load16SAbs, i32Load16UAbs
    case i64Load8SAbs, i64Load16SAbs, i64Load32SAbs
    case store8, store16, store32, store64
    case store8Abs, store16Abs, store32Abs, store64Abs
    /// `a` is a constant.
    case store8I, store16I, store32I, store64I
    /// `a` destination, `b` + `c` is the address; the second word holds the offset.
    case i32LoadIndexed, i64LoadIndexed, i32Load8UIndexed
    /// Like ``addressOffset``: `a` becomes `b` plus the 32-bit constant of the second word, without wrapping at 2³².
    case addressOffset

    // i32.
    case i32Add, i32Sub, i32Mul, i32And, i32Or, i32Xor, i32Shl, i32ShrS, i32ShrU, i32Rotl, i32Rotr
    case i32DivS, i32DivU, i32RemS, i32RemU
    case i32AddI, i32MulI, i32AndI, i32OrI, i32XorI, i32ShlI, i32ShrSI, i32ShrUI, i32RotlI
    case i32Eq, i32Ne, i32LtS, i32LtU, i32LeS, i32LeU
    case i32EqI, i32NeI, i32LtSI, i32LtUI, i32GtSI, i32GtUI, i32LeSI, i32LeUI, i32GeSI, i32GeUI
    case i32Clz, i32Ctz, i32Popcnt, i32Extend8S, i32Extend16S

    // i64.
    case i64Add, i64Sub, i64Mul, i64And, i64Or, i64Xor, i64Shl, i64ShrS, i64ShrU, i64Rotl, i64Rotr
    case i64DivS, i64DivU, i64RemS, i64RemU
    case i64AddI, i64MulI, i64AndI, i64OrI, i64XorI, i64ShlI, i64ShrSI, i64ShrUI, i64RotlI
    case i64Eq, i64Ne, i64LtS, i64LtU, i64LeS, i64LeU
    case i64EqI, i64NeI, i64LtSI, i64LtUI, i64GtSI, i64GtUI, i64LeSI, i64LeUI, i64GeSI, i64GeUI
    case i64Clz, i64Ctz, i64Popcnt, i64Extend8S, i64Extend16S, i64Extend32S, i32WrapI64

    // Floating point that programs spend time in; the rest is extended.
    case f32Add, f32Sub, f32Mul, f32Div, f32Eq, f32Ne, f32Lt, f32Le, f32Neg
    case f64Add, f64Sub, f64Mul, f64Div, f64Eq, f64Ne, f64Lt, f64Le, f64Neg, f64Abs, f64Sqrt
    case f64ConvertI32S, f64ConvertI32U, f64ConvertI64S, f64PromoteF32, f32DemoteF64
}

/// The operations that are rare enough to be a call away from the inner loop.
enum ExtendedOperation: UInt16 {
    // `a`: operation, `b`: destination, `c`: source (slots); a second source in the word that follows.
    case f32Abs, f32Ceil, f32Floor, f32Trunc, f32Nearest, f32Sqrt, f32Min, f32Max, f32Copysign
    case f64Ceil, f64Floor, f64Trunc, f64Nearest, f64Min, f64Max, f64Copysign
    case i32TruncF32S, i32TruncF32U, i32TruncF64S, i32TruncF64U
    case i64TruncF32S, i64TruncF32U, i64TruncF64S, i64TruncF64U
    case i32TruncSatF32S, i32TruncSatF32U, i32TruncSatF64S, i32TruncSatF64U
    case i64TruncSatF32S, i64TruncSatF32U, i64TruncSatF64S, i64TruncSatF64U
    case f32ConvertI32S, f32ConvertI32U, f32ConvertI64S, f32ConvertI64U, f64ConvertI64U

    // Memory and tables: the object in the word that follows, operands in consecutive slots from `c`; result to `b`.
    case memorySize, memoryGrow, memoryFill, memoryCopy, memoryInit, dataDrop
    case tableGet, tableSet, tableSize, tableGrow, tableFill, tableCopy, tableInit, elementDrop

    /// A load or store in another memory than the first: the memory, the instruction's opcode and the offset follow.
    case loadElsewhere, storeElsewhere
    case globalGet128, globalSet128

    // References; the type to test in the word that follows.
    case refIsNull, refAsNonNull, refTest, refCast
}
