// SIMD: 128-bit vectors, two slots each.
//
// The cases are the numbers of the binary format after the prefix 0xFD (specification, section 5.4.8); they are grouped
// by what they do to lanes. None of this is on the inner loop's path.

/// A vector as the lanes that an operation needs.
private struct Vector {
    var low: UInt64
    var high: UInt64

    init(_ low: UInt64, _ high: UInt64) { (self.low, self.high) = (low, high) }

    init(_ fp: Slots, _ slot: UInt16) { self.init(fp[Int(slot)], fp[Int(slot) + 1]) }

    func store(_ fp: Slots, _ slot: UInt16) {
        fp[Int(slot)] = low
        fp[Int(slot) + 1] = high
    }

    /// The bits of one lane.
    func lane(_ index: Int, width: Int) -> UInt64 {
        let word = index * width < 64 ? low : high
        let bits = word >> UInt64(index * width % 64)
        return width == 64 ? bits : bits & (1 << UInt64(width) - 1)
    }

    mutating func setLane(_ index: Int, width: Int, _ bits: UInt64) {
        let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
        let shift = UInt64(index * width % 64)
        if index * width < 64 {
            low = low & ~(mask << shift) | (bits & mask) << shift
        } else {
            high = high & ~(mask << shift) | (bits & mask) << shift
        }
    }

    static let zero = Vector(0, 0)

    /// A vector lane by lane.
    static func make(width: Int, _ lane: (Int) -> UInt64) -> Vector {
        var result = Vector.zero
        for index in 0..<128 / width { result.setLane(index, width: width, lane(index)) }
        return result
    }

    func signed(_ index: Int, _ width: Int) -> Int64 {
        let shift = UInt64(64 - width)
        return Int64(bitPattern: lane(index, width: width) << shift) >> Int64(shift)
    }

    func f32(_ index: Int) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: lane(index, width: 32))) }
    func f64(_ index: Int) -> Double { Double(bitPattern: lane(index, width: 64)) }
}

extension ExecutionState {
    /// Executes the SIMD operation `i`; its second word is at the stored position, which moves past all its words.
    @inline(never)
    static func simd(_ state: UnsafeMutablePointer<ExecutionState>, _ i: Code) -> TrapCode? {
        let word = next(state).word
        let number = Int(word & 0xFFFF)
        let third = UInt16(truncatingIfNeeded: word >> 16)
        let lane = Int(word >> 32)
        let fp = state.pointee.fp
        switch number {
        case 0x00...0x0B, 0x54...0x5D: return access(number, state, i, lane)
        case 0x0D:
            let lanes = Vector(next(state).word, next(state).word)
            let (first, second) = (Vector(fp, i.b), Vector(fp, i.c))
            Vector.make(width: 8) { index in
                let source = Int(lanes.lane(index, width: 8))
                return source < 16 ? first.lane(source, width: 8) : second.lane(source - 16, width: 8)
            }.store(fp, i.a)
        case 0x0F...0x22: laneOperation(number, fp, i, lane)
        case 0x52:
            let mask = Vector(fp, third)
            let (first, second) = (Vector(fp, i.b), Vector(fp, i.c))
            Vector(first.low & mask.low | second.low & ~mask.low, first.high & mask.high | second.high & ~mask.high)
                .store(fp, i.a)
        case 0x53: fp[i.a] = Vector(fp, i.b).low | Vector(fp, i.b).high != 0 ? 1 : 0
        case 0x63, 0x83, 0xA3, 0xC3:
            let width = [0x63: 8, 0x83: 16, 0xA3: 32][number] ?? 64
            let vector = Vector(fp, i.b)
            fp[i.a] = (0..<128 / width).allSatisfy { vector.lane($0, width: width) != 0 } ? 1 : 0
        case 0x64, 0x84, 0xA4, 0xC4:
            let width = [0x64: 8, 0x84: 16, 0xA4: 32][number] ?? 64
            let vector = Vector(fp, i.b)
            var mask: UInt64 = 0
            for index in 0..<128 / width where vector.signed(index, width) < 0 { mask |= 1 << UInt64(index) }
            fp[i.a] = mask
        case 0x6B...0x6D, 0x8B...0x8D, 0xAB...0xAD, 0xCB...0xCD:
            shift(number, Vector(fp, i.b), fp[i.c]).store(fp, i.a)
        case 0x105...0x108:
            relaxedMultiplyAdd(number, Vector(fp, i.b), Vector(fp, i.c), Vector(fp, third)).store(fp, i.a)
        case 0x109...0x10C:
            let mask = Vector(fp, third)
            let (first, second) = (Vector(fp, i.b), Vector(fp, i.c))
            Vector(first.low & mask.low | second.low & ~mask.low, first.high & mask.high | second.high & ~mask.high)
                .store(fp, i.a)
        case 0x113: dotAdd(Vector(fp, i.b), Vector(fp, i.c), Vector(fp, third)).store(fp, i.a)
        default:
            let first = Vector(fp, i.b)
            if let result = unary(number, first) {
                result.store(fp, i.a)
            } else if let result = integer(number, first, Vector(fp, i.c)) ?? float(number, first, Vector(fp, i.c)) {
                result.store(fp, i.a)
            } else {
                return .unreachable
            }
        }
        return nil
    }

    // MARK: Lanes

    private static func laneOperation(_ number: Int, _ fp: Slots, _ i: Code, _ lane: Int) {
        let scalar = fp[i.b]
        switch number {
        case 0x0F: Vector.make(width: 8) { _ in scalar }.store(fp, i.a)
        case 0x10: Vector.make(width: 16) { _ in scalar }.store(fp, i.a)
        case 0x11, 0x13: Vector.make(width: 32) { _ in scalar }.store(fp, i.a)
        case 0x12, 0x14: Vector(scalar, scalar).store(fp, i.a)
        case 0x15: fp.set(i.a, Int32(truncatingIfNeeded: Vector(fp, i.b).signed(lane, 8)))
        case 0x16: fp[i.a] = Vector(fp, i.b).lane(lane, width: 8)
        case 0x18: fp.set(i.a, Int32(truncatingIfNeeded: Vector(fp, i.b).signed(lane, 16)))
        case 0x19: fp[i.a] = Vector(fp, i.b).lane(lane, width: 16)
        case 0x1B, 0x1F: fp[i.a] = Vector(fp, i.b).lane(lane, width: 32)
        case 0x1D, 0x21: fp[i.a] = Vector(fp, i.b).lane(lane, width: 64)
        default:
            let width = [0x17: 8, 0x1A: 16, 0x1C: 32, 0x20: 32][number] ?? 64
            var vector = Vector(fp, i.b)
            vector.setLane(lane, width: width, fp[i.c])
            vector.store(fp, i.a)
        }
    }

    // MARK: Memory

    private static func access(
        _ number: Int, _ state: UnsafeMutablePointer<ExecutionState>, _ i: Code, _ lane: Int
    ) -> TrapCode? {
        let fp = state.pointee.fp
        let memory = next(state).pointer(to: MemoryData.self)
        let address = fp[i.b] &+ next(state).word
        func bytes(_ count: Int) -> UnsafeMutableRawPointer? {
            guard address + UInt64(count) <= memory.pointee.size else { return nil }
            return memory.pointee.base + Int(address)
        }
        func load(_ p: UnsafeMutableRawPointer, _ width: Int) -> UInt64 {
            switch width {
            case 8: UInt64(p.load(as: UInt8.self))
            case 16: UInt64(p.loadUnaligned(as: UInt16.self))
            case 32: UInt64(p.loadUnaligned(as: UInt32.self))
            default: p.loadUnaligned(as: UInt64.self)
            }
        }
        switch number {
        case 0x00, 0x0B:
            guard let p = bytes(16) else { return .memoryOutOfBounds }
            if number == 0x00 {
                Vector(load(p, 64), load(p + 8, 64)).store(fp, i.a)
            } else {
                let vector = Vector(fp, i.c)
                p.storeBytes(of: vector.low, as: UInt64.self)
                (p + 8).storeBytes(of: vector.high, as: UInt64.self)
            }
        case 0x01...0x06:
            guard let p = bytes(8) else { return .memoryOutOfBounds }
            let width = [8, 8, 16, 16, 32, 32][number - 1]
            let isSigned = number % 2 == 1
            let source = Vector(load(p, 64), 0)
            Vector.make(width: width * 2) {
                isSigned ? UInt64(bitPattern: source.signed($0, width)) : source.lane($0, width: width)
            }.store(fp, i.a)
        case 0x07...0x0A:
            let width = 8 << (number - 7)
            guard let p = bytes(width / 8) else { return .memoryOutOfBounds }
            let value = load(p, width)
            Vector.make(width: width) { _ in value }.store(fp, i.a)
        case 0x54...0x5B:
            let width = 8 << ((number - 0x54) % 4)
            guard let p = bytes(width / 8) else { return .memoryOutOfBounds }
            var vector = Vector(fp, i.c)
            if number < 0x58 {
                vector.setLane(lane, width: width, load(p, width))
                vector.store(fp, i.a)
            } else {
                let value = vector.lane(lane, width: width)
                switch width {
                case 8: p.storeBytes(of: UInt8(value), as: UInt8.self)
                case 16: p.storeBytes(of: UInt16(value), as: UInt16.self)
                case 32: p.storeBytes(of: UInt32(value), as: UInt32.self)
                default: p.storeBytes(of: value, as: UInt64.self)
                }
            }
        default:
            let width = number == 0x5C ? 32 : 64
            guard let p = bytes(width / 8) else { return .memoryOutOfBounds }
            Vector(load(p, width), 0).store(fp, i.a)
        }
        return nil
    }

    // MARK: Shifts

    private static func shift(_ number: Int, _ vector: Vector, _ count: UInt64) -> Vector {
        let width = [0x6: 8, 0x8: 16, 0xA: 32][number >> 4] ?? 64
        let distance = count % UInt64(width)
        return Vector.make(width: width) { index in
            switch number & 0xF {
            case 0xB: vector.lane(index, width: width) << distance
            case 0xC: UInt64(bitPattern: vector.signed(index, width) >> Int64(distance))
            default: vector.lane(index, width: width) >> distance
            }
        }
    }

    // MARK: One operand

    private static func unary(_ number: Int, _ v: Vector) -> Vector? {
        func integers(_ width: Int, _ operation: (Int64) -> Int64) -> Vector {
            Vector.make(width: width) { UInt64(bitPattern: operation(v.signed($0, width))) }
        }
        func floats(_ operation: (Float) -> Float) -> Vector {
            Vector.make(width: 32) { UInt64(operation(v.f32($0)).bitPattern) }
        }
        func doubles(_ operation: (Double) -> Double) -> Vector {
            Vector.make(width: 64) { operation(v.f64($0)).bitPattern }
        }
        /// Lanes of twice the width from the lower or upper half.
        func extend(_ width: Int, high: Bool, signed: Bool) -> Vector {
            let offset = high ? 64 / width : 0
            return Vector.make(width: width * 2) {
                signed ? UInt64(bitPattern: v.signed($0 + offset, width)) : v.lane($0 + offset, width: width)
            }
        }
        func pairs(_ width: Int, signed: Bool) -> Vector {
            Vector.make(width: width * 2) { index in
                signed
                    ? UInt64(bitPattern: v.signed(index * 2, width) + v.signed(index * 2 + 1, width))
                    : v.lane(index * 2, width: width) + v.lane(index * 2 + 1, width: width)
            }
        }
        switch number {
        case 0x4D: return Vector(~v.low, ~v.high)
        case 0x5E: return Vector.make(width: 32) { $0 < 2 ? UInt64(Float(v.f64($0)).bitPattern) : 0 }
        case 0x5F: return Vector.make(width: 64) { Double(v.f32($0)).bitPattern }
        case 0x60, 0x80, 0xA0, 0xC0:
            return integers([0x6: 8, 0x8: 16, 0xA: 32][number >> 4] ?? 64) { $0 < 0 ? 0 &- $0 : $0 }
        case 0x61, 0x81, 0xA1, 0xC1: return integers([0x6: 8, 0x8: 16, 0xA: 32][number >> 4] ?? 64) { 0 &- $0 }
        case 0x62: return Vector.make(width: 8) { UInt64(v.lane($0, width: 8).nonzeroBitCount) }
        case 0x67: return floats { $0.rounded(.up).quieted }
        case 0x68: return floats { $0.rounded(.down).quieted }
        case 0x69: return floats { $0.rounded(.towardZero).quieted }
        case 0x6A: return floats { $0.rounded(.toNearestOrEven).quieted }
        case 0x74: return doubles { $0.rounded(.up).quieted }
        case 0x75: return doubles { $0.rounded(.down).quieted }
        case 0x7A: return doubles { $0.rounded(.towardZero).quieted }
        case 0x94: return doubles { $0.rounded(.toNearestOrEven).quieted }
        case 0x7C: return pairs(8, signed: true)
        case 0x7D: return pairs(8, signed: false)
        case 0x7E: return pairs(16, signed: true)
        case 0x7F: return pairs(16, signed: false)
        case 0x87...0x8A, 0xA7...0xAA, 0xC7...0xCA:
            let width = [0x8: 8, 0xA: 16][number >> 4] ?? 32
            let form = (number & 0xF) - 7
            return extend(width, high: form & 1 == 1, signed: form < 2)
        case 0xE0: return Vector(v.low & 0x7FFF_FFFF_7FFF_FFFF, v.high & 0x7FFF_FFFF_7FFF_FFFF)
        case 0xE1: return Vector(v.low ^ 0x8000_0000_8000_0000, v.high ^ 0x8000_0000_8000_0000)
        case 0xE3: return floats { $0.squareRoot() }
        case 0xEC: return Vector(v.low & ~(1 << 63), v.high & ~(1 << 63))
        case 0xED: return Vector(v.low ^ (1 << 63), v.high ^ (1 << 63))
        case 0xEF: return doubles { $0.squareRoot() }
        default: return conversion(number, v)
        }
    }

    private static func conversion(_ number: Int, _ v: Vector) -> Vector? {
        func lanes(_ operation: (Int) -> UInt32) -> Vector { Vector.make(width: 32) { UInt64(operation($0)) } }
        switch number {
        case 0xF8, 0x101: return lanes { UInt32(bitPattern: Int32(saturating: Double(v.f32($0)))) }
        case 0xF9, 0x102: return lanes { UInt32(saturating: Double(v.f32($0))) }
        case 0xFA: return lanes { Float(Int32(truncatingIfNeeded: v.lane($0, width: 32))).bitPattern }
        case 0xFB: return lanes { Float(UInt32(truncatingIfNeeded: v.lane($0, width: 32))).bitPattern }
        case 0xFC, 0x103: return lanes { $0 < 2 ? UInt32(bitPattern: Int32(saturating: v.f64($0))) : 0 }
        case 0xFD, 0x104: return lanes { $0 < 2 ? UInt32(saturating: v.f64($0)) : 0 }
        case 0xFE: return Vector.make(width: 64) { Double(Int32(truncatingIfNeeded: v.lane($0, width: 32))).bitPattern }
        case 0xFF:
            return Vector.make(width: 64) { Double(UInt32(truncatingIfNeeded: v.lane($0, width: 32))).bitPattern }
        default: return nil
        }
    }

    // MARK: Two operands

    private static func integer(_ number: Int, _ a: Vector, _ b: Vector) -> Vector? {
        func unsigned(_ width: Int, _ operation: (UInt64, UInt64) -> UInt64) -> Vector {
            Vector.make(width: width) { operation(a.lane($0, width: width), b.lane($0, width: width)) }
        }
        func signed(_ width: Int, _ operation: (Int64, Int64) -> Int64) -> Vector {
            Vector.make(width: width) { UInt64(bitPattern: operation(a.signed($0, width), b.signed($0, width))) }
        }
        func clamp(_ value: Int64, _ width: Int, signed: Bool) -> Int64 {
            let range: ClosedRange<Int64> = signed ? -(1 << (width - 1))...(1 << (width - 1) - 1) : 0...(1 << width - 1)
            return min(max(value, range.lowerBound), range.upperBound)
        }
        func narrow(_ width: Int, signed: Bool) -> Vector {
            let half = 64 / width
            return Vector.make(width: width) { index in
                let value = index < half ? a.signed(index, width * 2) : b.signed(index - half, width * 2)
                return UInt64(bitPattern: clamp(value, width, signed: signed))
            }
        }
        func product(_ width: Int, high: Bool, signed isSigned: Bool) -> Vector {
            let offset = high ? 64 / width : 0
            return Vector.make(width: width * 2) { index in
                isSigned
                    ? UInt64(bitPattern: a.signed(index + offset, width) &* b.signed(index + offset, width))
                    : a.lane(index + offset, width: width) &* b.lane(index + offset, width: width)
            }
        }
        switch number {
        case 0x0E, 0x100:
            return Vector.make(width: 8) { index in
                let source = b.lane(index, width: 8)
                return source < 16 ? a.lane(Int(source), width: 8) : 0
            }
        case 0x23...0x40, 0xD6...0xDB: return comparison(number, a, b)
        case 0x4E: return Vector(a.low & b.low, a.high & b.high)
        case 0x4F: return Vector(a.low & ~b.low, a.high & ~b.high)
        case 0x50: return Vector(a.low | b.low, a.high | b.high)
        case 0x51: return Vector(a.low ^ b.low, a.high ^ b.high)
        case 0x65, 0x66: return narrow(8, signed: number == 0x65)
        case 0x85, 0x86: return narrow(16, signed: number == 0x85)
        case 0x6E, 0x8E, 0xAE, 0xCE: return unsigned(width(number)) { $0 &+ $1 }
        case 0x71, 0x91, 0xB1, 0xD1: return unsigned(width(number)) { $0 &- $1 }
        case 0x6F, 0x8F: return signed(width(number)) { clamp($0 + $1, width(number), signed: true) }
        case 0x72, 0x92: return signed(width(number)) { clamp($0 - $1, width(number), signed: true) }
        case 0x70, 0x90: return unsigned(width(number)) { min($0 + $1, 1 << UInt64(width(number)) - 1) }
        case 0x73, 0x93: return unsigned(width(number)) { $0 > $1 ? $0 - $1 : 0 }
        case 0x95, 0xB5, 0xD5: return unsigned(width(number)) { $0 &* $1 }
        case 0x76, 0x96, 0xB6: return signed(width(number)) { min($0, $1) }
        case 0x77, 0x97, 0xB7: return unsigned(width(number)) { min($0, $1) }
        case 0x78, 0x98, 0xB8: return signed(width(number)) { max($0, $1) }
        case 0x79, 0x99, 0xB9: return unsigned(width(number)) { max($0, $1) }
        case 0x7B, 0x9B: return unsigned(width(number)) { ($0 + $1 + 1) / 2 }
        case 0x82, 0x111: return signed(16) { clamp(($0 * $1 + 0x4000) >> 15, 16, signed: true) }
        case 0x9C...0x9F, 0xBC...0xBF, 0xDC...0xDF:
            let form = number & 0x3
            return product([0x9: 8, 0xB: 16][number >> 4] ?? 32, high: form & 1 == 1, signed: form < 2)
        case 0xBA:
            return Vector.make(width: 32) { index in
                let low = a.signed(index * 2, 16) * b.signed(index * 2, 16)
                return UInt64(bitPattern: low + a.signed(index * 2 + 1, 16) * b.signed(index * 2 + 1, 16))
            }
        case 0x112:
            return Vector.make(width: 16) { index in
                let low = a.signed(index * 2, 8) * b.signed(index * 2, 8)
                return UInt64(
                    bitPattern: clamp(low + a.signed(index * 2 + 1, 8) * b.signed(index * 2 + 1, 8), 16, signed: true))
            }
        default: return nil
        }
    }

    /// The lane width of the arithmetic operations, by their block of 32 numbers.
    private static func width(_ number: Int) -> Int {
        switch number {
        case 0x60...0x7F: 8
        case 0x80...0x9F: 16
        case 0xA0...0xBF: 32
        default: 64
        }
    }

    private static func comparison(_ number: Int, _ a: Vector, _ b: Vector) -> Vector {
        let width: Int
        let form: Int
        switch number {
        case 0x23...0x2C: (width, form) = (8, number - 0x23)
        case 0x2D...0x36: (width, form) = (16, number - 0x2D)
        case 0x37...0x40: (width, form) = (32, number - 0x37)
        default: (width, form) = (64, [0, 1, 2, 4, 6, 8][number - 0xD6])
        }
        return Vector.make(width: width) { index in
            let (x, y) = (a.signed(index, width), b.signed(index, width))
            let (u, v) = (a.lane(index, width: width), b.lane(index, width: width))
            let holds: Bool
            switch form {
            case 0: holds = u == v
            case 1: holds = u != v
            case 2: holds = x < y
            case 3: holds = u < v
            case 4: holds = x > y
            case 5: holds = u > v
            case 6: holds = x <= y
            case 7: holds = u <= v
            case 8: holds = x >= y
            default: holds = u >= v
            }
            return holds ? .max : 0
        }
    }

    private static func float(_ number: Int, _ a: Vector, _ b: Vector) -> Vector? {
        func floats(_ operation: (Float, Float) -> Float) -> Vector {
            Vector.make(width: 32) { UInt64(operation(a.f32($0), b.f32($0)).bitPattern) }
        }
        func doubles(_ operation: (Double, Double) -> Double) -> Vector {
            Vector.make(width: 64) { operation(a.f64($0), b.f64($0)).bitPattern }
        }
        func compare(_ form: Int, _ x: Double, _ y: Double) -> UInt64 {
            let holds: Bool
            switch form {
            case 0: holds = x == y
            case 1: holds = x != y
            case 2: holds = x < y
            case 3: holds = x > y
            case 4: holds = x <= y
            default: holds = x >= y
            }
            return holds ? .max : 0
        }
        switch number {
        case 0x41...0x46: return Vector.make(width: 32) { compare(number - 0x41, Double(a.f32($0)), Double(b.f32($0))) }
        case 0x47...0x4C: return Vector.make(width: 64) { compare(number - 0x47, a.f64($0), b.f64($0)) }
        case 0xE4: return floats { $0 + $1 }
        case 0xE5: return floats { $0 - $1 }
        case 0xE6: return floats { $0 * $1 }
        case 0xE7: return floats { $0 / $1 }
        case 0xE8, 0x10D: return floats { $0.wasmMinimum($1) }
        case 0xE9, 0x10E: return floats { $0.wasmMaximum($1) }
        case 0xEA: return floats { $1 < $0 ? $1 : $0 }
        case 0xEB: return floats { $0 < $1 ? $1 : $0 }
        case 0xF0: return doubles { $0 + $1 }
        case 0xF1: return doubles { $0 - $1 }
        case 0xF2: return doubles { $0 * $1 }
        case 0xF3: return doubles { $0 / $1 }
        case 0xF4, 0x10F: return doubles { $0.wasmMinimum($1) }
        case 0xF5, 0x110: return doubles { $0.wasmMaximum($1) }
        case 0xF6: return doubles { $1 < $0 ? $1 : $0 }
        case 0xF7: return doubles { $0 < $1 ? $1 : $0 }
        default: return nil
        }
    }

    // MARK: Relaxed operations, in their deterministic form

    private static func relaxedMultiplyAdd(_ number: Int, _ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
        let sign: Double = number == 0x105 || number == 0x107 ? 1 : -1
        if number <= 0x106 {
            return Vector.make(width: 32) {
                UInt64((c.f32($0).addingProduct(Float(sign) * a.f32($0), b.f32($0))).bitPattern)
            }
        }
        return Vector.make(width: 64) { c.f64($0).addingProduct(sign * a.f64($0), b.f64($0)).bitPattern }
    }

    private static func dotAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
        Vector.make(width: 32) { index in
            var sum = c.signed(index, 32)
            for offset in 0..<4 { sum += a.signed(index * 4 + offset, 8) * b.signed(index * 4 + offset, 8) }
            return UInt64(bitPattern: sum)
        }
    }
}
