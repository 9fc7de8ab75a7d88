/// Every instruction of WebAssembly that Frond can read, numbered so that one table answers for all prefixes.
///
/// The raw value is the opcode byte itself for instructions of one byte, and a base plus the number after the prefix for
/// the others: 0x100 for `0xFB`, 0x200 for `0xFC`, 0x300 for `0xFD`, 0x500 for `0xFE`. The case names are the
/// specification's mnemonics in camel case (`i32.load8_u` is ``i32Load8U``); `mnemonic` gives the original spelling.
public enum Opcode: UInt16, CaseIterable, Sendable {
    // One byte
    /// `unreachable`
    case unreachable = 0x00
    /// `nop`
    case nop = 0x01
    /// `block`
    case block = 0x02
    /// `loop`
    case loop = 0x03
    /// `if`
    case `if` = 0x04
    /// `else`
    case `else` = 0x05
    /// `try`
    case `try` = 0x06
    /// `catch`
    case `catch` = 0x07
    /// `throw`
    case `throw` = 0x08
    /// `rethrow`
    case rethrow = 0x09
    /// `throw_ref`
    case throwRef = 0x0A
    /// `end`
    case end = 0x0B
    /// `br`
    case br = 0x0C
    /// `br_if`
    case brIf = 0x0D
    /// `br_table`
    case brTable = 0x0E
    /// `return`
    case `return` = 0x0F
    /// `call`
    case call = 0x10
    /// `call_indirect`
    case callIndirect = 0x11
    /// `return_call`
    case returnCall = 0x12
    /// `return_call_indirect`
    case returnCallIndirect = 0x13
    /// `call_ref`
    case callRef = 0x14
    /// `return_call_ref`
    case returnCallRef = 0x15
    /// `delegate`
    case delegate = 0x18
    /// `catch_all`
    case catchAll = 0x19
    /// `drop`
    case drop = 0x1A
    /// `select`
    case select = 0x1B
    /// `select_typed`
    case selectTyped = 0x1C
    /// `try_table`
    case tryTable = 0x1F
    /// `local.get`
    case localGet = 0x20
    /// `local.set`
    case localSet = 0x21
    /// `local.tee`
    case localTee = 0x22
    /// `global.get`
    case globalGet = 0x23
    /// `global.set`
    case globalSet = 0x24
    /// `table.get`
    case tableGet = 0x25
    /// `table.set`
    case tableSet = 0x26
    /// `i32.load`
    case i32Load = 0x28
    /// `i64.load`
    case i64Load = 0x29
    /// `f32.load`
    case f32Load = 0x2A
    /// `f64.load`
    case f64Load = 0x2B
    /// `i32.load8_s`
    case i32Load8S = 0x2C
    /// `i32.load8_u`
    case i32Load8U = 0x2D
    /// `i32.load16_s`
    case i32Load16S = 0x2E
    /// `i32.load16_u`
    case i32Load16U = 0x2F
    /// `i64.load8_s`
    case i64Load8S = 0x30
    /// `i64.load8_u`
    case i64Load8U = 0x31
    /// `i64.load16_s`
    case i64Load16S = 0x32
    /// `i64.load16_u`
    case i64Load16U = 0x33
    /// `i64.load32_s`
    case i64Load32S = 0x34
    /// `i64.load32_u`
    case i64Load32U = 0x35
    /// `i32.store`
    case i32Store = 0x36
    /// `i64.store`
    case i64Store = 0x37
    /// `f32.store`
    case f32Store = 0x38
    /// `f64.store`
    case f64Store = 0x39
    /// `i32.store8`
    case i32Store8 = 0x3A
    /// `i32.store16`
    case i32Store16 = 0x3B
    /// `i64.store8`
    case i64Store8 = 0x3C
    /// `i64.store16`
    case i64Store16 = 0x3D
    /// `i64.store32`
    case i64Store32 = 0x3E
    /// `memory.size`
    case memorySize = 0x3F
    /// `memory.grow`
    case memoryGrow = 0x40
    /// `i32.const`
    case i32Const = 0x41
    /// `i64.const`
    case i64Const = 0x42
    /// `f32.const`
    case f32Const = 0x43
    /// `f64.const`
    case f64Const = 0x44
    /// `i32.eqz`
    case i32Eqz = 0x45
    /// `i32.eq`
    case i32Eq = 0x46
    /// `i32.ne`
    case i32Ne = 0x47
    /// `i32.lt_s`
    case i32LtS = 0x48
    /// `i32.lt_u`
    case i32LtU = 0x49
    /// `i32.gt_s`
    case i32GtS = 0x4A
    /// `i32.gt_u`
    case i32GtU = 0x4B
    /// `i32.le_s`
    case i32LeS = 0x4C
    /// `i32.le_u`
    case i32LeU = 0x4D
    /// `i32.ge_s`
    case i32GeS = 0x4E
    /// `i32.ge_u`
    case i32GeU = 0x4F
    /// `i64.eqz`
    case i64Eqz = 0x50
    /// `i64.eq`
    case i64Eq = 0x51
    /// `i64.ne`
    case i64Ne = 0x52
    /// `i64.lt_s`
    case i64LtS = 0x53
    /// `i64.lt_u`
    case i64LtU = 0x54
    /// `i64.gt_s`
    case i64GtS = 0x55
    /// `i64.gt_u`
    case i64GtU = 0x56
    /// `i64.le_s`
    case i64LeS = 0x57
    /// `i64.le_u`
    case i64LeU = 0x58
    /// `i64.ge_s`
    case i64GeS = 0x59
    /// `i64.ge_u`
    case i64GeU = 0x5A
    /// `f32.eq`
    case f32Eq = 0x5B
    /// `f32.ne`
    case f32Ne = 0x5C
    /// `f32.lt`
    case f32Lt = 0x5D
    /// `f32.gt`
    case f32Gt = 0x5E
    /// `f32.le`
    case f32Le = 0x5F
    /// `f32.ge`
    case f32Ge = 0x60
    /// `f64.eq`
    case f64Eq = 0x61
    /// `f64.ne`
    case f64Ne = 0x62
    /// `f64.lt`
    case f64Lt = 0x63
    /// `f64.gt`
    case f64Gt = 0x64
    /// `f64.le`
    case f64Le = 0x65
    /// `f64.ge`
    case f64Ge = 0x66
    /// `i32.clz`
    case i32Clz = 0x67
    /// `i32.ctz`
    case i32Ctz = 0x68
    /// `i32.popcnt`
    case i32Popcnt = 0x69
    /// `i32.add`
    case i32Add = 0x6A
    /// `i32.sub`
    case i32Sub = 0x6B
    /// `i32.mul`
    case i32Mul = 0x6C
    /// `i32.div_s`
    case i32DivS = 0x6D
    /// `i32.div_u`
    case i32DivU = 0x6E
    /// `i32.rem_s`
    case i32RemS = 0x6F
    /// `i32.rem_u`
    case i32RemU = 0x70
    /// `i32.and`
    case i32And = 0x71
    /// `i32.or`
    case i32Or = 0x72
    /// `i32.xor`
    case i32Xor = 0x73
    /// `i32.shl`
    case i32Shl = 0x74
    /// `i32.shr_s`
    case i32ShrS = 0x75
    /// `i32.shr_u`
    case i32ShrU = 0x76
    /// `i32.rotl`
    case i32Rotl = 0x77
    /// `i32.rotr`
    case i32Rotr = 0x78
    /// `i64.clz`
    case i64Clz = 0x79
    /// `i64.ctz`
    case i64Ctz = 0x7A
    /// `i64.popcnt`
    case i64Popcnt = 0x7B
    /// `i64.add`
    case i64Add = 0x7C
    /// `i64.sub`
    case i64Sub = 0x7D
    /// `i64.mul`
    case i64Mul = 0x7E
    /// `i64.div_s`
    case i64DivS = 0x7F
    /// `i64.div_u`
    case i64DivU = 0x80
    /// `i64.rem_s`
    case i64RemS = 0x81
    /// `i64.rem_u`
    case i64RemU = 0x82
    /// `i64.and`
    case i64And = 0x83
    /// `i64.or`
    case i64Or = 0x84
    /// `i64.xor`
    case i64Xor = 0x85
    /// `i64.shl`
    case i64Shl = 0x86
    /// `i64.shr_s`
    case i64ShrS = 0x87
    /// `i64.shr_u`
    case i64ShrU = 0x88
    /// `i64.rotl`
    case i64Rotl = 0x89
    /// `i64.rotr`
    case i64Rotr = 0x8A
    /// `f32.abs`
    case f32Abs = 0x8B
    /// `f32.neg`
    case f32Neg = 0x8C
    /// `f32.ceil`
    case f32Ceil = 0x8D
    /// `f32.floor`
    case f32Floor = 0x8E
    /// `f32.trunc`
    case f32Trunc = 0x8F
    /// `f32.nearest`
    case f32Nearest = 0x90
    /// `f32.sqrt`
    case f32Sqrt = 0x91
    /// `f32.add`
    case f32Add = 0x92
    /// `f32.sub`
    case f32Sub = 0x93
    /// `f32.mul`
    case f32Mul = 0x94
    /// `f32.div`
    case f32Div = 0x95
    /// `f32.min`
    case f32Min = 0x96
    /// `f32.max`
    case f32Max = 0x97
    /// `f32.copysign`
    case f32Copysign = 0x98
    /// `f64.abs`
    case f64Abs = 0x99
    /// `f64.neg`
    case f64Neg = 0x9A
    /// `f64.ceil`
    case f64Ceil = 0x9B
    /// `f64.floor`
    case f64Floor = 0x9C
    /// `f64.trunc`
    case f64Trunc = 0x9D
    /// `f64.nearest`
    case f64Nearest = 0x9E
    /// `f64.sqrt`
    case f64Sqrt = 0x9F
    /// `f64.add`
    case f64Add = 0xA0
    /// `f64.sub`
    case f64Sub = 0xA1
    /// `f64.mul`
    case f64Mul = 0xA2
    /// `f64.div`
    case f64Div = 0xA3
    /// `f64.min`
    case f64Min = 0xA4
    /// `f64.max`
    case f64Max = 0xA5
    /// `f64.copysign`
    case f64Copysign = 0xA6
    /// `i32.wrap_i64`
    case i32WrapI64 = 0xA7
    /// `i32.trunc_f32_s`
    case i32TruncF32S = 0xA8
    /// `i32.trunc_f32_u`
    case i32TruncF32U = 0xA9
    /// `i32.trunc_f64_s`
    case i32TruncF64S = 0xAA
    /// `i32.trunc_f64_u`
    case i32TruncF64U = 0xAB
    /// `i64.extend_i32_s`
    case i64ExtendI32S = 0xAC
    /// `i64.extend_i32_u`
    case i64ExtendI32U = 0xAD
    /// `i64.trunc_f32_s`
    case i64TruncF32S = 0xAE
    /// `i64.trunc_f32_u`
    case i64TruncF32U = 0xAF
    /// `i64.trunc_f64_s`
    case i64TruncF64S = 0xB0
    /// `i64.trunc_f64_u`
    case i64TruncF64U = 0xB1
    /// `f32.convert_i32_s`
    case f32ConvertI32S = 0xB2
    /// `f32.convert_i32_u`
    case f32ConvertI32U = 0xB3
    /// `f32.convert_i64_s`
    case f32ConvertI64S = 0xB4
    /// `f32.convert_i64_u`
    case f32ConvertI64U = 0xB5
    /// `f32.demote_f64`
    case f32DemoteF64 = 0xB6
    /// `f64.convert_i32_s`
    case f64ConvertI32S = 0xB7
    /// `f64.convert_i32_u`
    case f64ConvertI32U = 0xB8
    /// `f64.convert_i64_s`
    case f64ConvertI64S = 0xB9
    /// `f64.convert_i64_u`
    case f64ConvertI64U = 0xBA
    /// `f64.promote_f32`
    case f64PromoteF32 = 0xBB
    /// `i32.reinterpret_f32`
    case i32ReinterpretF32 = 0xBC
    /// `i64.reinterpret_f64`
    case i64ReinterpretF64 = 0xBD
    /// `f32.reinterpret_i32`
    case f32ReinterpretI32 = 0xBE
    /// `f64.reinterpret_i64`
    case f64ReinterpretI64 = 0xBF
    /// `i32.extend8_s`
    case i32Extend8S = 0xC0
    /// `i32.extend16_s`
    case i32Extend16S = 0xC1
    /// `i64.extend8_s`
    case i64Extend8S = 0xC2
    /// `i64.extend16_s`
    case i64Extend16S = 0xC3
    /// `i64.extend32_s`
    case i64Extend32S = 0xC4
    /// `ref.null`
    case refNull = 0xD0
    /// `ref.is_null`
    case refIsNull = 0xD1
    /// `ref.func`
    case refFunc = 0xD2
    /// `ref.eq`
    case refEq = 0xD3
    /// `ref.as_non_null`
    case refAsNonNull = 0xD4
    /// `br_on_null`
    case brOnNull = 0xD5
    /// `br_on_non_null`
    case brOnNonNull = 0xD6

    // Prefix 0xFB: garbage collection
    /// `struct.new`
    case structNew = 0x100
    /// `struct.new_default`
    case structNewDefault = 0x101
    /// `struct.get`
    case structGet = 0x102
    /// `struct.get_s`
    case structGetS = 0x103
    /// `struct.get_u`
    case structGetU = 0x104
    /// `struct.set`
    case structSet = 0x105
    /// `array.new`
    case arrayNew = 0x106
    /// `array.new_default`
    case arrayNewDefault = 0x107
    /// `array.new_fixed`
    case arrayNewFixed = 0x108
    /// `array.new_data`
    case arrayNewData = 0x109
    /// `array.new_elem`
    case arrayNewElem = 0x10A
    /// `array.get`
    case arrayGet = 0x10B
    /// `array.get_s`
    case arrayGetS = 0x10C
    /// `array.get_u`
    case arrayGetU = 0x10D
    /// `array.set`
    case arraySet = 0x10E
    /// `array.len`
    case arrayLen = 0x10F
    /// `array.fill`
    case arrayFill = 0x110
    /// `array.copy`
    case arrayCopy = 0x111
    /// `array.init_data`
    case arrayInitData = 0x112
    /// `array.init_elem`
    case arrayInitElem = 0x113
    /// `ref.test`
    case refTest = 0x114
    /// `ref.test_null`
    case refTestNull = 0x115
    /// `ref.cast`
    case refCast = 0x116
    /// `ref.cast_null`
    case refCastNull = 0x117
    /// `br_on_cast`
    case brOnCast = 0x118
    /// `br_on_cast_fail`
    case brOnCastFail = 0x119
    /// `any.convert_extern`
    case anyConvertExtern = 0x11A
    /// `extern.convert_any`
    case externConvertAny = 0x11B
    /// `ref.i31`
    case refI31 = 0x11C
    /// `i31.get_s`
    case i31GetS = 0x11D
    /// `i31.get_u`
    case i31GetU = 0x11E

    // Prefix 0xFC: saturating conversions, bulk memory, tables
    /// `i32.trunc_sat_f32_s`
    case i32TruncSatF32S = 0x200
    /// `i32.trunc_sat_f32_u`
    case i32TruncSatF32U = 0x201
    /// `i32.trunc_sat_f64_s`
    case i32TruncSatF64S = 0x202
    /// `i32.trunc_sat_f64_u`
    case i32TruncSatF64U = 0x203
    /// `i64.trunc_sat_f32_s`
    case i64TruncSatF32S = 0x204
    /// `i64.trunc_sat_f32_u`
    case i64TruncSatF32U = 0x205
    /// `i64.trunc_sat_f64_s`
    case i64TruncSatF64S = 0x206
    /// `i64.trunc_sat_f64_u`
    case i64TruncSatF64U = 0x207
    /// `memory.init`
    case memoryInit = 0x208
    /// `data.drop`
    case dataDrop = 0x209
    /// `memory.copy`
    case memoryCopy = 0x20A
    /// `memory.fill`
    case memoryFill = 0x20B
    /// `table.init`
    case tableInit = 0x20C
    /// `elem.drop`
    case elemDrop = 0x20D
    /// `table.copy`
    case tableCopy = 0x20E
    /// `table.grow`
    case tableGrow = 0x20F
    /// `table.size`
    case tableSize = 0x210
    /// `table.fill`
    case tableFill = 0x211

    // Prefix 0xFD: SIMD and relaxed SIMD
    /// `v128.load`
    case v128Load = 0x300
    /// `v128.load8x8_s`
    case v128Load8x8S = 0x301
    /// `v128.load8x8_u`
    case v128Load8x8U = 0x302
    /// `v128.load16x4_s`
    case v128Load16x4S = 0x303
    /// `v128.load16x4_u`
    case v128Load16x4U = 0x304
    /// `v128.load32x2_s`
    case v128Load32x2S = 0x305
    /// `v128.load32x2_u`
    case v128Load32x2U = 0x306
    /// `v128.load8_splat`
    case v128Load8Splat = 0x307
    /// `v128.load16_splat`
    case v128Load16Splat = 0x308
    /// `v128.load32_splat`
    case v128Load32Splat = 0x309
    /// `v128.load64_splat`
    case v128Load64Splat = 0x30A
    /// `v128.store`
    case v128Store = 0x30B
    /// `v128.const`
    case v128Const = 0x30C
    /// `i8x16.shuffle`
    case i8x16Shuffle = 0x30D
    /// `i8x16.swizzle`
    case i8x16Swizzle = 0x30E
    /// `i8x16.splat`
    case i8x16Splat = 0x30F
    /// `i16x8.splat`
    case i16x8Splat = 0x310
    /// `i32x4.splat`
    case i32x4Splat = 0x311
    /// `i64x2.splat`
    case i64x2Splat = 0x312
    /// `f32x4.splat`
    case f32x4Splat = 0x313
    /// `f64x2.splat`
    case f64x2Splat = 0x314
    /// `i8x16.extract_lane_s`
    case i8x16ExtractLaneS = 0x315
    /// `i8x16.extract_lane_u`
    case i8x16ExtractLaneU = 0x316
    /// `i8x16.replace_lane`
    case i8x16ReplaceLane = 0x317
    /// `i16x8.extract_lane_s`
    case i16x8ExtractLaneS = 0x318
    /// `i16x8.extract_lane_u`
    case i16x8ExtractLaneU = 0x319
    /// `i16x8.replace_lane`
    case i16x8ReplaceLane = 0x31A
    /// `i32x4.extract_lane`
    case i32x4ExtractLane = 0x31B
    /// `i32x4.replace_lane`
    case i32x4ReplaceLane = 0x31C
    /// `i64x2.extract_lane`
    case i64x2ExtractLane = 0x31D
    /// `i64x2.replace_lane`
    case i64x2ReplaceLane = 0x31E
    /// `f32x4.extract_lane`
    case f32x4ExtractLane = 0x31F
    /// `f32x4.replace_lane`
    case f32x4ReplaceLane = 0x320
    /// `f64x2.extract_lane`
    case f64x2ExtractLane = 0x321
    /// `f64x2.replace_lane`
    case f64x2ReplaceLane = 0x322
    /// `i8x16.eq`
    case i8x16Eq = 0x323
    /// `i8x16.ne`
    case i8x16Ne = 0x324
    /// `i8x16.lt_s`
    case i8x16LtS = 0x325
    /// `i8x16.lt_u`
    case i8x16LtU = 0x326
    /// `i8x16.gt_s`
    case i8x16GtS = 0x327
    /// `i8x16.gt_u`
    case i8x16GtU = 0x328
    /// `i8x16.le_s`
    case i8x16LeS = 0x329
    /// `i8x16.le_u`
    case i8x16LeU = 0x32A
    /// `i8x16.ge_s`
    case i8x16GeS = 0x32B
    /// `i8x16.ge_u`
    case i8x16GeU = 0x32C
    /// `i16x8.eq`
    case i16x8Eq = 0x32D
    /// `i16x8.ne`
    case i16x8Ne = 0x32E
    /// `i16x8.lt_s`
    case i16x8LtS = 0x32F
    /// `i16x8.lt_u`
    case i16x8LtU = 0x330
    /// `i16x8.gt_s`
    case i16x8GtS = 0x331
    /// `i16x8.gt_u`
    case i16x8GtU = 0x332
    /// `i16x8.le_s`
    case i16x8LeS = 0x333
    /// `i16x8.le_u`
    case i16x8LeU = 0x334
    /// `i16x8.ge_s`
    case i16x8GeS = 0x335
    /// `i16x8.ge_u`
    case i16x8GeU = 0x336
    /// `i32x4.eq`
    case i32x4Eq = 0x337
    /// `i32x4.ne`
    case i32x4Ne = 0x338
    /// `i32x4.lt_s`
    case i32x4LtS = 0x339
    /// `i32x4.lt_u`
    case i32x4LtU = 0x33A
    /// `i32x4.gt_s`
    case i32x4GtS = 0x33B
    /// `i32x4.gt_u`
    case i32x4GtU = 0x33C
    /// `i32x4.le_s`
    case i32x4LeS = 0x33D
    /// `i32x4.le_u`
    case i32x4LeU = 0x33E
    /// `i32x4.ge_s`
    case i32x4GeS = 0x33F
    /// `i32x4.ge_u`
    case i32x4GeU = 0x340
    /// `f32x4.eq`
    case f32x4Eq = 0x341
    /// `f32x4.ne`
    case f32x4Ne = 0x342
    /// `f32x4.lt`
    case f32x4Lt = 0x343
    /// `f32x4.gt`
    case f32x4Gt = 0x344
    /// `f32x4.le`
    case f32x4Le = 0x345
    /// `f32x4.ge`
    case f32x4Ge = 0x346
    /// `f64x2.eq`
    case f64x2Eq = 0x347
    /// `f64x2.ne`
    case f64x2Ne = 0x348
    /// `f64x2.lt`
    case f64x2Lt = 0x349
    /// `f64x2.gt`
    case f64x2Gt = 0x34A
    /// `f64x2.le`
    case f64x2Le = 0x34B
    /// `f64x2.ge`
    case f64x2Ge = 0x34C
    /// `v128.not`
    case v128Not = 0x34D
    /// `v128.and`
    case v128And = 0x34E
    /// `v128.andnot`
    case v128Andnot = 0x34F
    /// `v128.or`
    case v128Or = 0x350
    /// `v128.xor`
    case v128Xor = 0x351
    /// `v128.bitselect`
    case v128Bitselect = 0x352
    /// `v128.any_true`
    case v128AnyTrue = 0x353
    /// `v128.load8_lane`
    case v128Load8Lane = 0x354
    /// `v128.load16_lane`
    case v128Load16Lane = 0x355
    /// `v128.load32_lane`
    case v128Load32Lane = 0x356
    /// `v128.load64_lane`
    case v128Load64Lane = 0x357
    /// `v128.store8_lane`
    case v128Store8Lane = 0x358
    /// `v128.store16_lane`
    case v128Store16Lane = 0x359
    /// `v128.store32_lane`
    case v128Store32Lane = 0x35A
    /// `v128.store64_lane`
    case v128Store64Lane = 0x35B
    /// `v128.load32_zero`
    case v128Load32Zero = 0x35C
    /// `v128.load64_zero`
    case v128Load64Zero = 0x35D
    /// `f32x4.demote_f64x2_zero`
    case f32x4DemoteF64x2Zero = 0x35E
    /// `f64x2.promote_low_f32x4`
    case f64x2PromoteLowF32x4 = 0x35F
    /// `i8x16.abs`
    case i8x16Abs = 0x360
    /// `i8x16.neg`
    case i8x16Neg = 0x361
    /// `i8x16.popcnt`
    case i8x16Popcnt = 0x362
    /// `i8x16.all_true`
    case i8x16AllTrue = 0x363
    /// `i8x16.bitmask`
    case i8x16Bitmask = 0x364
    /// `i8x16.narrow_i16x8_s`
    case i8x16NarrowI16x8S = 0x365
    /// `i8x16.narrow_i16x8_u`
    case i8x16NarrowI16x8U = 0x366
    /// `f32x4.ceil`
    case f32x4Ceil = 0x367
    /// `f32x4.floor`
    case f32x4Floor = 0x368
    /// `f32x4.trunc`
    case f32x4Trunc = 0x369
    /// `f32x4.nearest`
    case f32x4Nearest = 0x36A
    /// `i8x16.shl`
    case i8x16Shl = 0x36B
    /// `i8x16.shr_s`
    case i8x16ShrS = 0x36C
    /// `i8x16.shr_u`
    case i8x16ShrU = 0x36D
    /// `i8x16.add`
    case i8x16Add = 0x36E
    /// `i8x16.add_sat_s`
    case i8x16AddSatS = 0x36F
    /// `i8x16.add_sat_u`
    case i8x16AddSatU = 0x370
    /// `i8x16.sub`
    case i8x16Sub = 0x371
    /// `i8x16.sub_sat_s`
    case i8x16SubSatS = 0x372
    /// `i8x16.sub_sat_u`
    case i8x16SubSatU = 0x373
    /// `f64x2.ceil`
    case f64x2Ceil = 0x374
    /// `f64x2.floor`
    case f64x2Floor = 0x375
    /// `i8x16.min_s`
    case i8x16MinS = 0x376
    /// `i8x16.min_u`
    case i8x16MinU = 0x377
    /// `i8x16.max_s`
    case i8x16MaxS = 0x378
    /// `i8x16.max_u`
    case i8x16MaxU = 0x379
    /// `f64x2.trunc`
    case f64x2Trunc = 0x37A
    /// `i8x16.avgr_u`
    case i8x16AvgrU = 0x37B
    /// `i16x8.extadd_pairwise_i8x16_s`
    case i16x8ExtaddPairwiseI8x16S = 0x37C
    /// `i16x8.extadd_pairwise_i8x16_u`
    case i16x8ExtaddPairwiseI8x16U = 0x37D
    /// `i32x4.extadd_pairwise_i16x8_s`
    case i32x4ExtaddPairwiseI16x8S = 0x37E
    /// `i32x4.extadd_pairwise_i16x8_u`
    case i32x4ExtaddPairwiseI16x8U = 0x37F
    /// `i16x8.abs`
    case i16x8Abs = 0x380
    /// `i16x8.neg`
    case i16x8Neg = 0x381
    /// `i16x8.q15mulr_sat_s`
    case i16x8Q15mulrSatS = 0x382
    /// `i16x8.all_true`
    case i16x8AllTrue = 0x383
    /// `i16x8.bitmask`
    case i16x8Bitmask = 0x384
    /// `i16x8.narrow_i32x4_s`
    case i16x8NarrowI32x4S = 0x385
    /// `i16x8.narrow_i32x4_u`
    case i16x8NarrowI32x4U = 0x386
    /// `i16x8.extend_low_i8x16_s`
    case i16x8ExtendLowI8x16S = 0x387
    /// `i16x8.extend_high_i8x16_s`
    case i16x8ExtendHighI8x16S = 0x388
    /// `i16x8.extend_low_i8x16_u`
    case i16x8ExtendLowI8x16U = 0x389
    /// `i16x8.extend_high_i8x16_u`
    case i16x8ExtendHighI8x16U = 0x38A
    /// `i16x8.shl`
    case i16x8Shl = 0x38B
    /// `i16x8.shr_s`
    case i16x8ShrS = 0x38C
    /// `i16x8.shr_u`
    case i16x8ShrU = 0x38D
    /// `i16x8.add`
    case i16x8Add = 0x38E
    /// `i16x8.add_sat_s`
    case i16x8AddSatS = 0x38F
    /// `i16x8.add_sat_u`
    case i16x8AddSatU = 0x390
    /// `i16x8.sub`
    case i16x8Sub = 0x391
    /// `i16x8.sub_sat_s`
    case i16x8SubSatS = 0x392
    /// `i16x8.sub_sat_u`
    case i16x8SubSatU = 0x393
    /// `f64x2.nearest`
    case f64x2Nearest = 0x394
    /// `i16x8.mul`
    case i16x8Mul = 0x395
    /// `i16x8.min_s`
    case i16x8MinS = 0x396
    /// `i16x8.min_u`
    case i16x8MinU = 0x397
    /// `i16x8.max_s`
    case i16x8MaxS = 0x398
    /// `i16x8.max_u`
    case i16x8MaxU = 0x399
    /// `i16x8.avgr_u`
    case i16x8AvgrU = 0x39B
    /// `i16x8.extmul_low_i8x16_s`
    case i16x8ExtmulLowI8x16S = 0x39C
    /// `i16x8.extmul_high_i8x16_s`
    case i16x8ExtmulHighI8x16S = 0x39D
    /// `i16x8.extmul_low_i8x16_u`
    case i16x8ExtmulLowI8x16U = 0x39E
    /// `i16x8.extmul_high_i8x16_u`
    case i16x8ExtmulHighI8x16U = 0x39F
    /// `i32x4.abs`
    case i32x4Abs = 0x3A0
    /// `i32x4.neg`
    case i32x4Neg = 0x3A1
    /// `i32x4.all_true`
    case i32x4AllTrue = 0x3A3
    /// `i32x4.bitmask`
    case i32x4Bitmask = 0x3A4
    /// `i32x4.extend_low_i16x8_s`
    case i32x4ExtendLowI16x8S = 0x3A7
    /// `i32x4.extend_high_i16x8_s`
    case i32x4ExtendHighI16x8S = 0x3A8
    /// `i32x4.extend_low_i16x8_u`
    case i32x4ExtendLowI16x8U = 0x3A9
    /// `i32x4.extend_high_i16x8_u`
    case i32x4ExtendHighI16x8U = 0x3AA
    /// `i32x4.shl`
    case i32x4Shl = 0x3AB
    /// `i32x4.shr_s`
    case i32x4ShrS = 0x3AC
    /// `i32x4.shr_u`
    case i32x4ShrU = 0x3AD
    /// `i32x4.add`
    case i32x4Add = 0x3AE
    /// `i32x4.sub`
    case i32x4Sub = 0x3B1
    /// `i32x4.mul`
    case i32x4Mul = 0x3B5
    /// `i32x4.min_s`
    case i32x4MinS = 0x3B6
    /// `i32x4.min_u`
    case i32x4MinU = 0x3B7
    /// `i32x4.max_s`
    case i32x4MaxS = 0x3B8
    /// `i32x4.max_u`
    case i32x4MaxU = 0x3B9
    /// `i32x4.dot_i16x8_s`
    case i32x4DotI16x8S = 0x3BA
    /// `i32x4.extmul_low_i16x8_s`
    case i32x4ExtmulLowI16x8S = 0x3BC
    /// `i32x4.extmul_high_i16x8_s`
    case i32x4ExtmulHighI16x8S = 0x3BD
    /// `i32x4.extmul_low_i16x8_u`
    case i32x4ExtmulLowI16x8U = 0x3BE
    /// `i32x4.extmul_high_i16x8_u`
    case i32x4ExtmulHighI16x8U = 0x3BF
    /// `i64x2.abs`
    case i64x2Abs = 0x3C0
    /// `i64x2.neg`
    case i64x2Neg = 0x3C1
    /// `i64x2.all_true`
    case i64x2AllTrue = 0x3C3
    /// `i64x2.bitmask`
    case i64x2Bitmask = 0x3C4
    /// `i64x2.extend_low_i32x4_s`
    case i64x2ExtendLowI32x4S = 0x3C7
    /// `i64x2.extend_high_i32x4_s`
    case i64x2ExtendHighI32x4S = 0x3C8
    /// `i64x2.extend_low_i32x4_u`
    case i64x2ExtendLowI32x4U = 0x3C9
    /// `i64x2.extend_high_i32x4_u`
    case i64x2ExtendHighI32x4U = 0x3CA
    /// `i64x2.shl`
    case i64x2Shl = 0x3CB
    /// `i64x2.shr_s`
    case i64x2ShrS = 0x3CC
    /// `i64x2.shr_u`
    case i64x2ShrU = 0x3CD
    /// `i64x2.add`
    case i64x2Add = 0x3CE
    /// `i64x2.sub`
    case i64x2Sub = 0x3D1
    /// `i64x2.mul`
    case i64x2Mul = 0x3D5
    /// `i64x2.eq`
    case i64x2Eq = 0x3D6
    /// `i64x2.ne`
    case i64x2Ne = 0x3D7
    /// `i64x2.lt_s`
    case i64x2LtS = 0x3D8
    /// `i64x2.gt_s`
    case i64x2GtS = 0x3D9
    /// `i64x2.le_s`
    case i64x2LeS = 0x3DA
    /// `i64x2.ge_s`
    case i64x2GeS = 0x3DB
    /// `i64x2.extmul_low_i32x4_s`
    case i64x2ExtmulLowI32x4S = 0x3DC
    /// `i64x2.extmul_high_i32x4_s`
    case i64x2ExtmulHighI32x4S = 0x3DD
    /// `i64x2.extmul_low_i32x4_u`
    case i64x2ExtmulLowI32x4U = 0x3DE
    /// `i64x2.extmul_high_i32x4_u`
    case i64x2ExtmulHighI32x4U = 0x3DF
    /// `f32x4.abs`
    case f32x4Abs = 0x3E0
    /// `f32x4.neg`
    case f32x4Neg = 0x3E1
    /// `f32x4.sqrt`
    case f32x4Sqrt = 0x3E3
    /// `f32x4.add`
    case f32x4Add = 0x3E4
    /// `f32x4.sub`
    case f32x4Sub = 0x3E5
    /// `f32x4.mul`
    case f32x4Mul = 0x3E6
    /// `f32x4.div`
    case f32x4Div = 0x3E7
    /// `f32x4.min`
    case f32x4Min = 0x3E8
    /// `f32x4.max`
    case f32x4Max = 0x3E9
    /// `f32x4.pmin`
    case f32x4Pmin = 0x3EA
    /// `f32x4.pmax`
    case f32x4Pmax = 0x3EB
    /// `f64x2.abs`
    case f64x2Abs = 0x3EC
    /// `f64x2.neg`
    case f64x2Neg = 0x3ED
    /// `f64x2.sqrt`
    case f64x2Sqrt = 0x3EF
    /// `f64x2.add`
    case f64x2Add = 0x3F0
    /// `f64x2.sub`
    case f64x2Sub = 0x3F1
    /// `f64x2.mul`
    case f64x2Mul = 0x3F2
    /// `f64x2.div`
    case f64x2Div = 0x3F3
    /// `f64x2.min`
    case f64x2Min = 0x3F4
    /// `f64x2.max`
    case f64x2Max = 0x3F5
    /// `f64x2.pmin`
    case f64x2Pmin = 0x3F6
    /// `f64x2.pmax`
    case f64x2Pmax = 0x3F7
    /// `i32x4.trunc_sat_f32x4_s`
    case i32x4TruncSatF32x4S = 0x3F8
    /// `i32x4.trunc_sat_f32x4_u`
    case i32x4TruncSatF32x4U = 0x3F9
    /// `f32x4.convert_i32x4_s`
    case f32x4ConvertI32x4S = 0x3FA
    /// `f32x4.convert_i32x4_u`
    case f32x4ConvertI32x4U = 0x3FB
    /// `i32x4.trunc_sat_f64x2_s_zero`
    case i32x4TruncSatF64x2SZero = 0x3FC
    /// `i32x4.trunc_sat_f64x2_u_zero`
    case i32x4TruncSatF64x2UZero = 0x3FD
    /// `f64x2.convert_low_i32x4_s`
    case f64x2ConvertLowI32x4S = 0x3FE
    /// `f64x2.convert_low_i32x4_u`
    case f64x2ConvertLowI32x4U = 0x3FF
    /// `i8x16.relaxed_swizzle`
    case i8x16RelaxedSwizzle = 0x400
    /// `i32x4.relaxed_trunc_f32x4_s`
    case i32x4RelaxedTruncF32x4S = 0x401
    /// `i32x4.relaxed_trunc_f32x4_u`
    case i32x4RelaxedTruncF32x4U = 0x402
    /// `i32x4.relaxed_trunc_f64x2_s_zero`
    case i32x4RelaxedTruncF64x2SZero = 0x403
    /// `i32x4.relaxed_trunc_f64x2_u_zero`
    case i32x4RelaxedTruncF64x2UZero = 0x404
    /// `f32x4.relaxed_madd`
    case f32x4RelaxedMadd = 0x405
    /// `f32x4.relaxed_nmadd`
    case f32x4RelaxedNmadd = 0x406
    /// `f64x2.relaxed_madd`
    case f64x2RelaxedMadd = 0x407
    /// `f64x2.relaxed_nmadd`
    case f64x2RelaxedNmadd = 0x408
    /// `i8x16.relaxed_laneselect`
    case i8x16RelaxedLaneselect = 0x409
    /// `i16x8.relaxed_laneselect`
    case i16x8RelaxedLaneselect = 0x40A
    /// `i32x4.relaxed_laneselect`
    case i32x4RelaxedLaneselect = 0x40B
    /// `i64x2.relaxed_laneselect`
    case i64x2RelaxedLaneselect = 0x40C
    /// `f32x4.relaxed_min`
    case f32x4RelaxedMin = 0x40D
    /// `f32x4.relaxed_max`
    case f32x4RelaxedMax = 0x40E
    /// `f64x2.relaxed_min`
    case f64x2RelaxedMin = 0x40F
    /// `f64x2.relaxed_max`
    case f64x2RelaxedMax = 0x410
    /// `i16x8.relaxed_q15mulr_s`
    case i16x8RelaxedQ15mulrS = 0x411
    /// `i16x8.relaxed_dot_i8x16_i7x16_s`
    case i16x8RelaxedDotI8x16I7x16S = 0x412
    /// `i32x4.relaxed_dot_i8x16_i7x16_add_s`
    case i32x4RelaxedDotI8x16I7x16AddS = 0x413

    // Prefix 0xFE: threads
    /// `memory.atomic.notify`
    case memoryAtomicNotify = 0x500
    /// `memory.atomic.wait32`
    case memoryAtomicWait32 = 0x501
    /// `memory.atomic.wait64`
    case memoryAtomicWait64 = 0x502
    /// `atomic.fence`
    case atomicFence = 0x503
    /// `i32.atomic.load`
    case i32AtomicLoad = 0x510
    /// `i64.atomic.load`
    case i64AtomicLoad = 0x511
    /// `i32.atomic.load8_u`
    case i32AtomicLoad8U = 0x512
    /// `i32.atomic.load16_u`
    case i32AtomicLoad16U = 0x513
    /// `i64.atomic.load8_u`
    case i64AtomicLoad8U = 0x514
    /// `i64.atomic.load16_u`
    case i64AtomicLoad16U = 0x515
    /// `i64.atomic.load32_u`
    case i64AtomicLoad32U = 0x516
    /// `i32.atomic.store`
    case i32AtomicStore = 0x517
    /// `i64.atomic.store`
    case i64AtomicStore = 0x518
    /// `i32.atomic.store8`
    case i32AtomicStore8 = 0x519
    /// `i32.atomic.store16`
    case i32AtomicStore16 = 0x51A
    /// `i64.atomic.store8`
    case i64AtomicStore8 = 0x51B
    /// `i64.atomic.store16`
    case i64AtomicStore16 = 0x51C
    /// `i64.atomic.store32`
    case i64AtomicStore32 = 0x51D
    /// `i32.atomic.rmw.add`
    case i32AtomicRmwAdd = 0x51E
    /// `i64.atomic.rmw.add`
    case i64AtomicRmwAdd = 0x51F
    /// `i32.atomic.rmw8.add_u`
    case i32AtomicRmw8AddU = 0x520
    /// `i32.atomic.rmw16.add_u`
    case i32AtomicRmw16AddU = 0x521
    /// `i64.atomic.rmw8.add_u`
    case i64AtomicRmw8AddU = 0x522
    /// `i64.atomic.rmw16.add_u`
    case i64AtomicRmw16AddU = 0x523
    /// `i64.atomic.rmw32.add_u`
    case i64AtomicRmw32AddU = 0x524
    /// `i32.atomic.rmw.sub`
    case i32AtomicRmwSub = 0x525
    /// `i64.atomic.rmw.sub`
    case i64AtomicRmwSub = 0x526
    /// `i32.atomic.rmw8.sub_u`
    case i32AtomicRmw8SubU = 0x527
    /// `i32.atomic.rmw16.sub_u`
    case i32AtomicRmw16SubU = 0x528
    /// `i64.atomic.rmw8.sub_u`
    case i64AtomicRmw8SubU = 0x529
    /// `i64.atomic.rmw16.sub_u`
    case i64AtomicRmw16SubU = 0x52A
    /// `i64.atomic.rmw32.sub_u`
    case i64AtomicRmw32SubU = 0x52B
    /// `i32.atomic.rmw.and`
    case i32AtomicRmwAnd = 0x52C
    /// `i64.atomic.rmw.and`
    case i64AtomicRmwAnd = 0x52D
    /// `i32.atomic.rmw8.and_u`
    case i32AtomicRmw8AndU = 0x52E
    /// `i32.atomic.rmw16.and_u`
    case i32AtomicRmw16AndU = 0x52F
    /// `i64.atomic.rmw8.and_u`
    case i64AtomicRmw8AndU = 0x530
    /// `i64.atomic.rmw16.and_u`
    case i64AtomicRmw16AndU = 0x531
    /// `i64.atomic.rmw32.and_u`
    case i64AtomicRmw32AndU = 0x532
    /// `i32.atomic.rmw.or`
    case i32AtomicRmwOr = 0x533
    /// `i64.atomic.rmw.or`
    case i64AtomicRmwOr = 0x534
    /// `i32.atomic.rmw8.or_u`
    case i32AtomicRmw8OrU = 0x535
    /// `i32.atomic.rmw16.or_u`
    case i32AtomicRmw16OrU = 0x536
    /// `i64.atomic.rmw8.or_u`
    case i64AtomicRmw8OrU = 0x537
    /// `i64.atomic.rmw16.or_u`
    case i64AtomicRmw16OrU = 0x538
    /// `i64.atomic.rmw32.or_u`
    case i64AtomicRmw32OrU = 0x539
    /// `i32.atomic.rmw.xor`
    case i32AtomicRmwXor = 0x53A
    /// `i64.atomic.rmw.xor`
    case i64AtomicRmwXor = 0x53B
    /// `i32.atomic.rmw8.xor_u`
    case i32AtomicRmw8XorU = 0x53C
    /// `i32.atomic.rmw16.xor_u`
    case i32AtomicRmw16XorU = 0x53D
    /// `i64.atomic.rmw8.xor_u`
    case i64AtomicRmw8XorU = 0x53E
    /// `i64.atomic.rmw16.xor_u`
    case i64AtomicRmw16XorU = 0x53F
    /// `i64.atomic.rmw32.xor_u`
    case i64AtomicRmw32XorU = 0x540
    /// `i32.atomic.rmw.xchg`
    case i32AtomicRmwXchg = 0x541
    /// `i64.atomic.rmw.xchg`
    case i64AtomicRmwXchg = 0x542
    /// `i32.atomic.rmw8.xchg_u`
    case i32AtomicRmw8XchgU = 0x543
    /// `i32.atomic.rmw16.xchg_u`
    case i32AtomicRmw16XchgU = 0x544
    /// `i64.atomic.rmw8.xchg_u`
    case i64AtomicRmw8XchgU = 0x545
    /// `i64.atomic.rmw16.xchg_u`
    case i64AtomicRmw16XchgU = 0x546
    /// `i64.atomic.rmw32.xchg_u`
    case i64AtomicRmw32XchgU = 0x547
    /// `i32.atomic.rmw.cmpxchg`
    case i32AtomicRmwCmpxchg = 0x548
    /// `i64.atomic.rmw.cmpxchg`
    case i64AtomicRmwCmpxchg = 0x549
    /// `i32.atomic.rmw8.cmpxchg_u`
    case i32AtomicRmw8CmpxchgU = 0x54A
    /// `i32.atomic.rmw16.cmpxchg_u`
    case i32AtomicRmw16CmpxchgU = 0x54B
    /// `i64.atomic.rmw8.cmpxchg_u`
    case i64AtomicRmw8CmpxchgU = 0x54C
    /// `i64.atomic.rmw16.cmpxchg_u`
    case i64AtomicRmw16CmpxchgU = 0x54D
    /// `i64.atomic.rmw32.cmpxchg_u`
    case i64AtomicRmw32CmpxchgU = 0x54E
}
