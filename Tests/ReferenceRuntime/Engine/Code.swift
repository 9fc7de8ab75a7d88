/// One word of the internal code: an operation and three operands of 16 bits. Wider operands follow in words of their own.
///
/// A frame therefore has at most 65,535 slots; a function that needs more is refused with an error when it is translated.
struct CodeWord {
    var operation: Operation
    var a: UInt16
    var b: UInt16
    var c: UInt16

    init(_ operation: Operation, a: Int = 0, b: Int = 0, c: Int = 0) {
        self.operation = operation
        self.a = UInt16(truncatingIfNeeded: a)
        self.b = UInt16(truncatingIfNeeded: b)
        self.c = UInt16(truncatingIfNeeded: c)
    }
}

typealias Code = UnsafePointer<CodeWord>
typealias Slots = UnsafeMutablePointer<UInt64>

extension UnsafePointer where Pointee == CodeWord {
    /// The word at `self` as a 64-bit number.
    @inline(__always)
    var word: UInt64 { UnsafeRawPointer(self).load(as: UInt64.self) }

    /// The word at `self` as a signed distance.
    @inline(__always)
    var distance: Int { UnsafeRawPointer(self).load(as: Int.self) }

    /// The word at `self` as a pointer that translation has put there; never null.
    @inline(__always)
    func pointer<T>(to type: T.Type) -> UnsafeMutablePointer<T> {
        UnsafeRawPointer(self).load(as: UnsafeMutablePointer<T>.self)
    }

    /// Operands `b` and `c` of the instruction at `self` as one 32-bit number.
    @inline(__always)
    var wide: UInt32 { UnsafeRawPointer(self).load(fromByteOffset: 4, as: UInt32.self) }
}

/// What lies between a frame's parameters and its locals: where to go on when the function returns.
///
///     fp ─▶ [parameters…][return code, caller's fp, caller's function][locals…][operands…]
///
/// Arguments are the top of the caller's operands, so entering a function copies nothing, and the results are written
/// over them, which is where the caller's operand stack wants them.
enum FrameHeader {
    static let slots = 3
    static let returnCode = 0
    static let callerFrame = 1
    static let callerFunction = 2
}

/// A function in the store, as the inner loop sees it. The address of this value is the wasm reference to the function.
struct FunctionData {
    /// Where execution starts; at first a stub that translates the function, or that calls the host.
    var code: Code
    /// Slots of a frame, the header included.
    var frameSlots: Int32
    /// Where the frame's header is: after the parameters.
    var parameterSlots: Int32
    /// Slots to clear on entry.
    var localSlots: Int32
    var resultSlots: Int32
    /// The canonical number of the function's type: equal numbers mean equal types.
    var type: UInt32
    /// Index in the module (or in the table of host functions).
    var index: UInt32
    var instance: UnsafeMutablePointer<InstanceData>
    /// The stub: two words that `code` points to at first.
    var stub: (CodeWord, CodeWord)
    /// The object that owns this.
    var object: Unmanaged<FunctionInstance>
}

/// An instance, as the inner loop sees it.
struct InstanceData {
    /// The instance's memory, or an empty one.
    var memory: UnsafeMutablePointer<MemoryData>
}

/// A linear memory, as the inner loop sees it.
struct MemoryData {
    var base: UnsafeMutableRawPointer
    /// Size in bytes; addresses below it can be read and written.
    var size: UInt64
}

/// A table, as the inner loop sees it: references as bits, 0 is null.
struct TableData {
    var elements: UnsafeMutablePointer<UInt64>
    var count: UInt64
}

typealias FunctionPointer = UnsafeMutablePointer<FunctionData>

extension UnsafePointer where Pointee == CodeWord {
    @inline(__always) var a: UInt16 { pointee.a }
    @inline(__always) var b: UInt16 { pointee.b }
    @inline(__always) var c: UInt16 { pointee.c }
    @inline(__always) var immediateA: Int16 { Int16(bitPattern: pointee.a) }
    @inline(__always) var immediateB: Int16 { Int16(bitPattern: pointee.b) }
    @inline(__always) var immediateC: Int16 { Int16(bitPattern: pointee.c) }

    /// The code at an address that a frame header holds; never null.
    @inline(__always)
    init(bits: UInt64) { self = Self(bitPattern: UInt(bits)).unsafelyUnwrapped }
}

extension UnsafeMutablePointer {
    /// The value at an address that a slot holds; never null.
    @inline(__always)
    init(bits: UInt64) { self = Self(bitPattern: UInt(bits)).unsafelyUnwrapped }

    /// The value at an address that a slot holds, or nil for 0.
    @inline(__always)
    init?(nullableBits bits: UInt64) { self.init(bitPattern: UInt(bits)) }

    /// The address as a slot holds it.
    @inline(__always)
    var bits: UInt64 { UInt64(UInt(bitPattern: self)) }
}

extension UnsafeMutablePointer where Pointee == UInt64 {
    @inline(__always)
    subscript(slot: UInt16) -> UInt64 {
        get { self[Int(slot)] }
        nonmutating set { self[Int(slot)] = newValue }
    }

    @inline(__always) func u32(_ slot: UInt16) -> UInt32 { UInt32(truncatingIfNeeded: self[Int(slot)]) }
    @inline(__always) func s32(_ slot: UInt16) -> Int32 { Int32(truncatingIfNeeded: self[Int(slot)]) }
    @inline(__always) func u64(_ slot: UInt16) -> UInt64 { self[Int(slot)] }
    @inline(__always) func s64(_ slot: UInt16) -> Int64 { Int64(bitPattern: self[Int(slot)]) }
    @inline(__always) func f32(_ slot: UInt16) -> Float { Float(bitPattern: u32(slot)) }
    @inline(__always) func f64(_ slot: UInt16) -> Double { Double(bitPattern: self[Int(slot)]) }
    @inline(__always) func set(_ slot: UInt16, _ value: Float) { self[Int(slot)] = UInt64(value.bitPattern) }
    @inline(__always) func set(_ slot: UInt16, _ value: Double) { self[Int(slot)] = value.bitPattern }
    @inline(__always) func set(_ slot: UInt16, _ value: UInt32) { self[Int(slot)] = UInt64(value) }
    @inline(__always) func set(_ slot: UInt16, _ value: Int32) { self[Int(slot)] = UInt64(UInt32(bitPattern: value)) }
    @inline(__always) func set(_ slot: UInt16, _ value: Int64) { self[Int(slot)] = UInt64(bitPattern: value) }
}

extension UnsafeMutablePointer where Pointee == UInt64 {
    /// Clears the locals of a new frame: mostly a handful, for which a call to `memset` would take longer.
    @inline(__always)
    func clear(_ count: Int) {
        if count == 0 { return }
        self[0] = 0
        if count == 1 { return }
        self[1] = 0
        if count == 2 { return }
        self[2] = 0
        if count == 3 { return }
        self[3] = 0
        if count == 4 { return }
        (self + 4).update(repeating: 0, count: count - 4)
    }
}

extension FixedWidthInteger {
    /// The bits moved round to the left; the distance counts modulo the width.
    @inline(__always)
    func rotatedLeft(_ distance: Self) -> Self {
        // `&>>` takes the distance modulo the width, so a rotation by 0 gives the number itself twice.
        self &<< distance | self &>> (0 &- distance)
    }
}
