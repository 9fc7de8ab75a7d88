/// The inner loop.
///
/// One function with one `switch`: everything that it needs from one instruction to the next lives in local variables
/// (code pointer, frame pointer, memory base and size, fuel), no reference is counted, nothing is allocated and nothing
/// recursive is called. Wasm calls push frames onto the value stack of the context (see ``FrameHeader``), so a context
/// is put aside by leaving this function and taken up again by entering it.
///
/// Operations that need the rest of the runtime (translating a function, calling the host, throwing) store the position
/// in the state, call out, and load it again.
extension ExecutionState {
    /// Why ``run(_:)`` has returned.
    enum Exit {
        /// The invocation that was started last has returned; its results are at its arguments' place.
        case finished
        /// A suspending import has been called; the position is that of its frame.
        case suspended
        case trapped(TrapCode)
        /// The exception with this handle left the first frame of the invocation.
        case threw(UInt64)
    }

    /// Executes from the stored position until the invocation ends, suspends or traps; stores the position.
    static func run(_ state: UnsafeMutablePointer<ExecutionState>) -> Exit {
        var pc = state.pointee.pc
        var fp = state.pointee.fp
        var function = state.pointee.function
        var instance = function.pointee.instance
        var memory = instance.pointee.memory.pointee.base
        var memorySize = instance.pointee.memory.pointee.size
        var fuel = state.pointee.fuel
        let stackLimit = state.pointee.stackLimit
        var exit = Exit.finished
        var trap = TrapCode.unreachable
        var pendingFunction: UnsafeMutablePointer<FunctionData>
        var pendingFrame: Slots

        execution: while true {
            let i = pc
            pc += 1
            calling: do {
                switch i.pointee.operation {

                case .br:
                    let distance = pc.distance
                    pc += distance
                    if distance < 0 {
                        fuel &-= 1
                        if fuel < 0 { trap = .outOfFuel; break execution }
                    }

                case .brIf:
                    if fp[i.a] != 0 {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brIfNot:
                    if fp[i.a] == 0 {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32Eq:
                    if fp.u32(i.a) == fp.u32(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32Ne:
                    if fp.u32(i.a) != fp.u32(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LtS:
                    if fp.s32(i.a) < fp.s32(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LtU:
                    if fp.u32(i.a) < fp.u32(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LeS:
                    if fp.s32(i.a) <= fp.s32(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LeU:
                    if fp.u32(i.a) <= fp.u32(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32EqI:
                    if fp.s32(i.a) == Int32(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32NeI:
                    if fp.s32(i.a) != Int32(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LtSI:
                    if fp.s32(i.a) < Int32(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LtUI:
                    if fp.u32(i.a) < UInt32(bitPattern: Int32(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32GtSI:
                    if fp.s32(i.a) > Int32(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32GtUI:
                    if fp.u32(i.a) > UInt32(bitPattern: Int32(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LeSI:
                    if fp.s32(i.a) <= Int32(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32LeUI:
                    if fp.u32(i.a) <= UInt32(bitPattern: Int32(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32GeSI:
                    if fp.s32(i.a) >= Int32(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI32GeUI:
                    if fp.u32(i.a) >= UInt32(bitPattern: Int32(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64Eq:
                    if fp.u64(i.a) == fp.u64(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64Ne:
                    if fp.u64(i.a) != fp.u64(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LtS:
                    if fp.s64(i.a) < fp.s64(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LtU:
                    if fp.u64(i.a) < fp.u64(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LeS:
                    if fp.s64(i.a) <= fp.s64(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LeU:
                    if fp.u64(i.a) <= fp.u64(i.b) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64EqI:
                    if fp.s64(i.a) == Int64(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64NeI:
                    if fp.s64(i.a) != Int64(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LtSI:
                    if fp.s64(i.a) < Int64(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LtUI:
                    if fp.u64(i.a) < UInt64(bitPattern: Int64(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64GtSI:
                    if fp.s64(i.a) > Int64(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64GtUI:
                    if fp.u64(i.a) > UInt64(bitPattern: Int64(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LeSI:
                    if fp.s64(i.a) <= Int64(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64LeUI:
                    if fp.u64(i.a) <= UInt64(bitPattern: Int64(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64GeSI:
                    if fp.s64(i.a) >= Int64(i.immediateB) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brI64GeUI:
                    if fp.u64(i.a) >= UInt64(bitPattern: Int64(i.immediateB)) {
                        let distance = pc.distance
                        pc += distance
                        if distance < 0 {
                            fuel &-= 1
                            if fuel < 0 { trap = .outOfFuel; break execution }
                        }
                    } else {
                        pc += 1
                    }
                case .brTable:
                    let count = pc.word
                    let index = min(fp[i.a], count)
                    pc += 1 + Int(index)
                    let distance = pc.distance
                    pc += distance
                    if distance < 0 {
                        fuel &-= 1
                        if fuel < 0 { trap = .outOfFuel; break execution }
                    }

                case .ret:
                    let header = fp + Int(i.c)
                    pc = Code(bits: header[FrameHeader.returnCode])
                    fp = Slots(bits: header[FrameHeader.callerFrame])
                    function = FunctionPointer(bits: header[FrameHeader.callerFunction])
                    if function.pointee.instance != instance {
                        instance = function.pointee.instance
                        memory = instance.pointee.memory.pointee.base
                        memorySize = instance.pointee.memory.pointee.size
                    }
                case .ret1:
                    let header = fp + Int(i.c)
                    let result = fp[i.a]
                    let results = fp
                    pc = Code(bits: header[FrameHeader.returnCode])
                    fp = Slots(bits: header[FrameHeader.callerFrame])
                    function = FunctionPointer(bits: header[FrameHeader.callerFunction])
                    if function.pointee.instance != instance {
                        instance = function.pointee.instance
                        memory = instance.pointee.memory.pointee.base
                        memorySize = instance.pointee.memory.pointee.size
                    }
                    results[0] = result
                case .ret2:
                    let header = fp + Int(i.c)
                    let first = fp[i.a]
                    let second = fp[i.b]
                    let results = fp
                    pc = Code(bits: header[FrameHeader.returnCode])
                    fp = Slots(bits: header[FrameHeader.callerFrame])
                    function = FunctionPointer(bits: header[FrameHeader.callerFunction])
                    if function.pointee.instance != instance {
                        instance = function.pointee.instance
                        memory = instance.pointee.memory.pointee.base
                        memorySize = instance.pointee.memory.pointee.size
                    }
                    results[0] = first
                    results[1] = second
                case .retMany:
                    let header = fp + Int(i.c)
                    let source = fp + Int(i.a)
                    let count = Int(i.b)
                    let results = fp
                    pc = Code(bits: header[FrameHeader.returnCode])
                    fp = Slots(bits: header[FrameHeader.callerFrame])
                    function = FunctionPointer(bits: header[FrameHeader.callerFunction])
                    if function.pointee.instance != instance {
                        instance = function.pointee.instance
                        memory = instance.pointee.memory.pointee.base
                        memorySize = instance.pointee.memory.pointee.size
                    }
                    results.update(from: source, count: count)
                case .call:
                    pendingFunction = pc.pointer(to: FunctionData.self)
                    pendingFrame = fp + Int(i.a)
                    pc += 1
                    break calling
                case .callIndirect:
                    let table = pc.pointer(to: TableData.self)
                    let index = fp[i.b]
                    if index >= table.pointee.count { trap = .undefinedElement; break execution }
                    guard let callee = FunctionPointer(nullableBits: table.pointee.elements[Int(index)]) else {
                        trap = .uninitializedElement
                        break execution
                    }
                    let expected = UInt32(truncatingIfNeeded: (pc + 1).word)
                    if callee.pointee.type != expected, !state.pointee.isSubtype(callee.pointee.type, of: expected) {
                        trap = .indirectCallTypeMismatch
                        break execution
                    }
                    pendingFunction = callee
                    pendingFrame = fp + Int(i.a)
                    pc += 2
                    break calling
                case .callRef:
                    guard let callee = FunctionPointer(nullableBits: fp[i.b]) else {
                        trap = .nullFunctionReference
                        break execution
                    }
                    pendingFunction = callee
                    pendingFrame = fp + Int(i.a)
                    break calling
                case .returnCall, .returnCallIndirect, .returnCallRef:
                    state.store(pc: i, fp: fp, function: function, fuel: fuel)
                    if let code = tailCall(state) { trap = code; break execution }
                    pc = state.pointee.pc
                    function = state.pointee.function
                    instance = function.pointee.instance
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.size
                    fuel = state.pointee.fuel
                case .unreachable:
                    trap = .unreachable
                    break execution
                case .translate:
                    state.store(pc: i, fp: fp, function: function, fuel: fuel)
                    if let code = translate(state) { trap = code; break execution }
                    pc = state.pointee.pc
                case .hostCall:
                    state.store(pc: pc, fp: fp, function: function, fuel: fuel)
                    switch callHost(state) {
                    case .returned: break
                    case .suspended: return .suspended
                    case .trapped(let code): trap = code; break execution
                    case .threw(let exception):
                        guard unwind(state, exception: exception) else { return .threw(exception) }
                    }
                    pc = state.pointee.pc
                    fp = state.pointee.fp
                    function = state.pointee.function
                    instance = function.pointee.instance
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.size
                    fuel = state.pointee.fuel
                case .hostReturn:
                    let header = fp + Int(i.c)
                    pc = Code(bits: header[FrameHeader.returnCode])
                    fp = Slots(bits: header[FrameHeader.callerFrame])
                    function = FunctionPointer(bits: header[FrameHeader.callerFunction])
                    instance = function.pointee.instance
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.size
                case .exit:
                    state.store(pc: i, fp: fp, function: function, fuel: fuel)
                    return .finished
                case .throwTag, .throwRef, .rethrow:
                    state.store(pc: pc, fp: fp, function: function, fuel: fuel)
                    guard let exception = raise(state, i) else { trap = .nullExceptionReference; break execution }
                    guard unwind(state, exception: exception) else { return .threw(exception) }
                    pc = state.pointee.pc
                    fp = state.pointee.fp
                    function = state.pointee.function
                    instance = function.pointee.instance
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.size

                case .copy:
                    fp[i.a] = fp[i.b]
                case .copy2:
                    let to = fp + Int(i.a)
                    let first = fp[i.b]
                    let second = fp[i.c]
                    to[0] = first
                    to[1] = second
                case .copy3:
                    let to = fp + Int(i.a)
                    let first = fp[i.b]
                    let second = fp[i.c]
                    let third = fp[pc.a]
                    to[0] = first
                    to[1] = second
                    to[2] = third
                    pc += 1
                case .copy128:
                    let to = fp + Int(i.a)
                    let from = fp + Int(i.b)
                    let low = from[0]
                    let high = from[1]
                    to[0] = low
                    to[1] = high
                case .const32:
                    fp[i.a] = UInt64(i.wide)
                case .const64:
                    fp[i.a] = pc.word
                    pc += 1
                case .const128:
                    let to = fp + Int(i.a)
                    to[0] = pc.word
                    to[1] = (pc + 1).word
                    pc += 2
                case .select:
                    fp[i.a] = fp[pc.a] != 0 ? fp[i.b] : fp[i.c]
                    pc += 1
                case .select128:
                    let from = fp + Int(fp[pc.a] != 0 ? i.b : i.c)
                    let to = fp + Int(i.a)
                    let low = from[0]
                    let high = from[1]
                    to[0] = low
                    to[1] = high
                    pc += 1
                case .globalGet:
                    fp[i.a] = pc.pointer(to: UInt64.self).pointee
                    pc += 1
                case .globalSet:
                    pc.pointer(to: UInt64.self).pointee = fp[i.a]
                    pc += 1
                case .extended:
                    state.store(pc: pc, fp: fp, function: function, fuel: fuel)
                    if let code = extended(state, i) { trap = code; pc = state.pointee.pc; break execution }
                    pc = state.pointee.pc
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.size
                case .simd:
                    state.store(pc: pc, fp: fp, function: function, fuel: fuel)
                    if let code = simd(state, i) { trap = code; pc = state.pointee.pc; break execution }
                    pc = state.pointee.pc

                case .i32Load:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.loadUnaligned(as: UInt32.self))
                case .i64Load:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 8 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = p.loadUnaligned(as: UInt64.self)
                case .i32Load8S:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(UInt32(bitPattern: Int32(p.load(as: Int8.self))))
                case .i32Load8U:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.load(as: UInt8.self))
                case .i32Load16S:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(UInt32(bitPattern: Int32(p.loadUnaligned(as: Int16.self))))
                case .i32Load16U:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.loadUnaligned(as: UInt16.self))
                case .i64Load8S:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(bitPattern: Int64(p.load(as: Int8.self)))
                case .i64Load16S:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(bitPattern: Int64(p.loadUnaligned(as: Int16.self)))
                case .i64Load32S:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(bitPattern: Int64(p.loadUnaligned(as: Int32.self)))
                case .i32LoadAbs:
                    let address = UInt64(i.wide)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.loadUnaligned(as: UInt32.self))
                case .i64LoadAbs:
                    let address = UInt64(i.wide)
                    if address &+ 8 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = p.loadUnaligned(as: UInt64.self)
                case .i32Load8SAbs:
                    let address = UInt64(i.wide)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(UInt32(bitPattern: Int32(p.load(as: Int8.self))))
                case .i32Load8UAbs:
                    let address = UInt64(i.wide)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.load(as: UInt8.self))
                case .i32Load16SAbs:
                    let address = UInt64(i.wide)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(UInt32(bitPattern: Int32(p.loadUnaligned(as: Int16.self))))
                case .i32Load16UAbs:
                    let address = UInt64(i.wide)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.loadUnaligned(as: UInt16.self))
                case .i64Load8SAbs:
                    let address = UInt64(i.wide)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(bitPattern: Int64(p.load(as: Int8.self)))
                case .i64Load16SAbs:
                    let address = UInt64(i.wide)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(bitPattern: Int64(p.loadUnaligned(as: Int16.self)))
                case .i64Load32SAbs:
                    let address = UInt64(i.wide)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(bitPattern: Int64(p.loadUnaligned(as: Int32.self)))
                case .store8:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt8(truncatingIfNeeded: fp[i.a]), as: UInt8.self)
                case .store16:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt16(truncatingIfNeeded: fp[i.a]), as: UInt16.self)
                case .store32:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt32(truncatingIfNeeded: fp[i.a]), as: UInt32.self)
                case .store64:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 8 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt64(truncatingIfNeeded: fp[i.a]), as: UInt64.self)
                case .store8Abs:
                    let address = UInt64(i.wide)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt8(truncatingIfNeeded: fp[i.a]), as: UInt8.self)
                case .store16Abs:
                    let address = UInt64(i.wide)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt16(truncatingIfNeeded: fp[i.a]), as: UInt16.self)
                case .store32Abs:
                    let address = UInt64(i.wide)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt32(truncatingIfNeeded: fp[i.a]), as: UInt32.self)
                case .store64Abs:
                    let address = UInt64(i.wide)
                    if address &+ 8 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt64(truncatingIfNeeded: fp[i.a]), as: UInt64.self)
                case .store8I:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt8(truncatingIfNeeded: Int(i.immediateA)), as: UInt8.self)
                case .store16I:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 2 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt16(truncatingIfNeeded: Int(i.immediateA)), as: UInt16.self)
                case .store32I:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt32(truncatingIfNeeded: Int(i.immediateA)), as: UInt32.self)
                case .store64I:
                    let address = fp[i.b] &+ UInt64(i.c)
                    if address &+ 8 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    p.storeBytes(of: UInt64(truncatingIfNeeded: Int(i.immediateA)), as: UInt64.self)
                case .i32LoadIndexed:
                    let address = UInt64(fp.u32(i.b) &+ fp.u32(i.c)) &+ pc.word
                    if address &+ 4 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.loadUnaligned(as: UInt32.self))
                    pc += 1
                case .i64LoadIndexed:
                    let address = UInt64(fp.u32(i.b) &+ fp.u32(i.c)) &+ pc.word
                    if address &+ 8 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = p.loadUnaligned(as: UInt64.self)
                    pc += 1
                case .i32Load8UIndexed:
                    let address = UInt64(fp.u32(i.b) &+ fp.u32(i.c)) &+ pc.word
                    if address &+ 1 > memorySize { trap = .memoryOutOfBounds; break execution }
                    let p = memory + Int(bitPattern: UInt(address))
                    fp[i.a] = UInt64(p.load(as: UInt8.self))
                    pc += 1
                case .addressOffset:
                    fp[i.a] = fp[i.b] &+ pc.word
                    pc += 1

                // i32
                case .i32Add:
                    fp[i.a] = UInt64(fp.u32(i.b) &+ fp.u32(i.c))
                case .i32Sub:
                    fp[i.a] = UInt64(fp.u32(i.b) &- fp.u32(i.c))
                case .i32Mul:
                    fp[i.a] = UInt64(fp.u32(i.b) &* fp.u32(i.c))
                case .i32And:
                    fp[i.a] = UInt64(fp.u32(i.b) & fp.u32(i.c))
                case .i32Or:
                    fp[i.a] = UInt64(fp.u32(i.b) | fp.u32(i.c))
                case .i32Xor:
                    fp[i.a] = UInt64(fp.u32(i.b) ^ fp.u32(i.c))
                case .i32Shl:
                    fp[i.a] = UInt64(fp.u32(i.b) &<< fp.u32(i.c))
                case .i32ShrU:
                    fp[i.a] = UInt64(fp.u32(i.b) &>> fp.u32(i.c))
                case .i32ShrS:
                    fp[i.a] = UInt64(UInt32(bitPattern: fp.s32(i.b) &>> fp.s32(i.c)))
                case .i32Rotl:
                    fp[i.a] = UInt64(fp.u32(i.b).rotatedLeft(fp.u32(i.c)))
                case .i32Rotr:
                    fp[i.a] = UInt64(fp.u32(i.b).rotatedLeft(0 &- fp.u32(i.c)))
                case .i32DivS:
                    let left = fp.s32(i.b)
                    let right = fp.s32(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    if right == -1, left == Int32.min { trap = .integerOverflow; break execution }
                    fp[i.a] = UInt64(UInt32(bitPattern: left / right))
                case .i32RemS:
                    let left = fp.s32(i.b)
                    let right = fp.s32(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    fp[i.a] = right == -1 ? 0 : UInt64(UInt32(bitPattern: left % right))
                case .i32DivU:
                    let right = fp.u32(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    fp[i.a] = UInt64(fp.u32(i.b) / right)
                case .i32RemU:
                    let right = fp.u32(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    fp[i.a] = UInt64(fp.u32(i.b) % right)
                case .i32Eq:
                    fp[i.a] = fp.u32(i.b) == fp.u32(i.c) ? 1 : 0
                case .i32Ne:
                    fp[i.a] = fp.u32(i.b) != fp.u32(i.c) ? 1 : 0
                case .i32LtS:
                    fp[i.a] = fp.s32(i.b) < fp.s32(i.c) ? 1 : 0
                case .i32LtU:
                    fp[i.a] = fp.u32(i.b) < fp.u32(i.c) ? 1 : 0
                case .i32LeS:
                    fp[i.a] = fp.s32(i.b) <= fp.s32(i.c) ? 1 : 0
                case .i32LeU:
                    fp[i.a] = fp.u32(i.b) <= fp.u32(i.c) ? 1 : 0
                // i32 with a constant
                case .i32AddI:
                    fp[i.a] = UInt64(fp.u32(i.b) &+ UInt32(bitPattern: Int32(i.immediateC)))
                case .i32MulI:
                    fp[i.a] = UInt64(fp.u32(i.b) &* UInt32(bitPattern: Int32(i.immediateC)))
                case .i32AndI:
                    fp[i.a] = UInt64(fp.u32(i.b) & UInt32(bitPattern: Int32(i.immediateC)))
                case .i32OrI:
                    fp[i.a] = UInt64(fp.u32(i.b) | UInt32(bitPattern: Int32(i.immediateC)))
                case .i32XorI:
                    fp[i.a] = UInt64(fp.u32(i.b) ^ UInt32(bitPattern: Int32(i.immediateC)))
                case .i32ShlI:
                    fp[i.a] = UInt64(fp.u32(i.b) &<< UInt32(bitPattern: Int32(i.immediateC)))
                case .i32ShrUI:
                    fp[i.a] = UInt64(fp.u32(i.b) &>> UInt32(bitPattern: Int32(i.immediateC)))
                case .i32ShrSI:
                    fp[i.a] = UInt64(UInt32(bitPattern: fp.s32(i.b) &>> Int32(i.immediateC)))
                case .i32RotlI:
                    fp[i.a] = UInt64(fp.u32(i.b).rotatedLeft(UInt32(bitPattern: Int32(i.immediateC))))
                case .i32EqI:
                    fp[i.a] = fp.u32(i.b) == UInt32(bitPattern: Int32(i.immediateC)) ? 1 : 0
                case .i32NeI:
                    fp[i.a] = fp.u32(i.b) != UInt32(bitPattern: Int32(i.immediateC)) ? 1 : 0
                case .i32LtSI:
                    fp[i.a] = fp.s32(i.b) < Int32(i.immediateC) ? 1 : 0
                case .i32LtUI:
                    fp[i.a] = fp.u32(i.b) < UInt32(bitPattern: Int32(i.immediateC)) ? 1 : 0
                case .i32LeSI:
                    fp[i.a] = fp.s32(i.b) <= Int32(i.immediateC) ? 1 : 0
                case .i32LeUI:
                    fp[i.a] = fp.u32(i.b) <= UInt32(bitPattern: Int32(i.immediateC)) ? 1 : 0
                case .i32GtSI:
                    fp[i.a] = fp.s32(i.b) > Int32(i.immediateC) ? 1 : 0
                case .i32GtUI:
                    fp[i.a] = fp.u32(i.b) > UInt32(bitPattern: Int32(i.immediateC)) ? 1 : 0
                case .i32GeSI:
                    fp[i.a] = fp.s32(i.b) >= Int32(i.immediateC) ? 1 : 0
                case .i32GeUI:
                    fp[i.a] = fp.u32(i.b) >= UInt32(bitPattern: Int32(i.immediateC)) ? 1 : 0
                case .i32Clz:
                    fp[i.a] = UInt64(truncatingIfNeeded: fp.u32(i.b).leadingZeroBitCount)
                case .i32Ctz:
                    fp[i.a] = UInt64(truncatingIfNeeded: fp.u32(i.b).trailingZeroBitCount)
                case .i32Popcnt:
                    fp[i.a] = UInt64(truncatingIfNeeded: fp.u32(i.b).nonzeroBitCount)
                case .i32Extend8S:
                    fp[i.a] = UInt64(UInt32(bitPattern: Int32(Int8(truncatingIfNeeded: fp[i.b]))))
                case .i32Extend16S:
                    fp[i.a] = UInt64(UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: fp[i.b]))))
                // i64
                case .i64Add:
                    fp[i.a] = fp.u64(i.b) &+ fp.u64(i.c)
                case .i64Sub:
                    fp[i.a] = fp.u64(i.b) &- fp.u64(i.c)
                case .i64Mul:
                    fp[i.a] = fp.u64(i.b) &* fp.u64(i.c)
                case .i64And:
                    fp[i.a] = fp.u64(i.b) & fp.u64(i.c)
                case .i64Or:
                    fp[i.a] = fp.u64(i.b) | fp.u64(i.c)
                case .i64Xor:
                    fp[i.a] = fp.u64(i.b) ^ fp.u64(i.c)
                case .i64Shl:
                    fp[i.a] = fp.u64(i.b) &<< fp.u64(i.c)
                case .i64ShrU:
                    fp[i.a] = fp.u64(i.b) &>> fp.u64(i.c)
                case .i64ShrS:
                    fp[i.a] = UInt64(bitPattern: fp.s64(i.b) &>> fp.s64(i.c))
                case .i64Rotl:
                    fp[i.a] = fp.u64(i.b).rotatedLeft(fp.u64(i.c))
                case .i64Rotr:
                    fp[i.a] = fp.u64(i.b).rotatedLeft(0 &- fp.u64(i.c))
                case .i64DivS:
                    let left = fp.s64(i.b)
                    let right = fp.s64(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    if right == -1, left == Int64.min { trap = .integerOverflow; break execution }
                    fp[i.a] = UInt64(bitPattern: left / right)
                case .i64RemS:
                    let left = fp.s64(i.b)
                    let right = fp.s64(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    fp[i.a] = right == -1 ? 0 : UInt64(bitPattern: left % right)
                case .i64DivU:
                    let right = fp.u64(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    fp[i.a] = fp.u64(i.b) / right
                case .i64RemU:
                    let right = fp.u64(i.c)
                    if right == 0 { trap = .integerDivideByZero; break execution }
                    fp[i.a] = fp.u64(i.b) % right
                case .i64Eq:
                    fp[i.a] = fp.u64(i.b) == fp.u64(i.c) ? 1 : 0
                case .i64Ne:
                    fp[i.a] = fp.u64(i.b) != fp.u64(i.c) ? 1 : 0
                case .i64LtS:
                    fp[i.a] = fp.s64(i.b) < fp.s64(i.c) ? 1 : 0
                case .i64LtU:
                    fp[i.a] = fp.u64(i.b) < fp.u64(i.c) ? 1 : 0
                case .i64LeS:
                    fp[i.a] = fp.s64(i.b) <= fp.s64(i.c) ? 1 : 0
                case .i64LeU:
                    fp[i.a] = fp.u64(i.b) <= fp.u64(i.c) ? 1 : 0
                // i64 with a constant
                case .i64AddI:
                    fp[i.a] = fp.u64(i.b) &+ UInt64(bitPattern: Int64(i.immediateC))
                case .i64MulI:
                    fp[i.a] = fp.u64(i.b) &* UInt64(bitPattern: Int64(i.immediateC))
                case .i64AndI:
                    fp[i.a] = fp.u64(i.b) & UInt64(bitPattern: Int64(i.immediateC))
                case .i64OrI:
                    fp[i.a] = fp.u64(i.b) | UInt64(bitPattern: Int64(i.immediateC))
                case .i64XorI:
                    fp[i.a] = fp.u64(i.b) ^ UInt64(bitPattern: Int64(i.immediateC))
                case .i64ShlI:
                    fp[i.a] = fp.u64(i.b) &<< UInt64(bitPattern: Int64(i.immediateC))
                case .i64ShrUI:
                    fp[i.a] = fp.u64(i.b) &>> UInt64(bitPattern: Int64(i.immediateC))
                case .i64ShrSI:
                    fp[i.a] = UInt64(bitPattern: fp.s64(i.b) &>> Int64(i.immediateC))
                case .i64RotlI:
                    fp[i.a] = fp.u64(i.b).rotatedLeft(UInt64(bitPattern: Int64(i.immediateC)))
                case .i64EqI:
                    fp[i.a] = fp.u64(i.b) == UInt64(bitPattern: Int64(i.immediateC)) ? 1 : 0
                case .i64NeI:
                    fp[i.a] = fp.u64(i.b) != UInt64(bitPattern: Int64(i.immediateC)) ? 1 : 0
                case .i64LtSI:
                    fp[i.a] = fp.s64(i.b) < Int64(i.immediateC) ? 1 : 0
                case .i64LtUI:
                    fp[i.a] = fp.u64(i.b) < UInt64(bitPattern: Int64(i.immediateC)) ? 1 : 0
                case .i64LeSI:
                    fp[i.a] = fp.s64(i.b) <= Int64(i.immediateC) ? 1 : 0
                case .i64LeUI:
                    fp[i.a] = fp.u64(i.b) <= UInt64(bitPattern: Int64(i.immediateC)) ? 1 : 0
                case .i64GtSI:
                    fp[i.a] = fp.s64(i.b) > Int64(i.immediateC) ? 1 : 0
                case .i64GtUI:
                    fp[i.a] = fp.u64(i.b) > UInt64(bitPattern: Int64(i.immediateC)) ? 1 : 0
                case .i64GeSI:
                    fp[i.a] = fp.s64(i.b) >= Int64(i.immediateC) ? 1 : 0
                case .i64GeUI:
                    fp[i.a] = fp.u64(i.b) >= UInt64(bitPattern: Int64(i.immediateC)) ? 1 : 0
                case .i64Clz:
                    fp[i.a] = UInt64(truncatingIfNeeded: fp.u64(i.b).leadingZeroBitCount)
                case .i64Ctz:
                    fp[i.a] = UInt64(truncatingIfNeeded: fp.u64(i.b).trailingZeroBitCount)
                case .i64Popcnt:
                    fp[i.a] = UInt64(truncatingIfNeeded: fp.u64(i.b).nonzeroBitCount)
                case .i64Extend8S:
                    fp[i.a] = UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: fp[i.b])))
                case .i64Extend16S:
                    fp[i.a] = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: fp[i.b])))
                case .i64Extend32S:
                    fp[i.a] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: fp[i.b])))
                case .i32WrapI64:
                    fp[i.a] = UInt64(fp.u32(i.b))
                // f32
                case .f32Add:
                    fp.set(i.a, fp.f32(i.b) + fp.f32(i.c))
                case .f32Sub:
                    fp.set(i.a, fp.f32(i.b) - fp.f32(i.c))
                case .f32Mul:
                    fp.set(i.a, fp.f32(i.b) * fp.f32(i.c))
                case .f32Div:
                    fp.set(i.a, fp.f32(i.b) / fp.f32(i.c))
                case .f32Eq:
                    fp[i.a] = fp.f32(i.b) == fp.f32(i.c) ? 1 : 0
                case .f32Ne:
                    fp[i.a] = fp.f32(i.b) != fp.f32(i.c) ? 1 : 0
                case .f32Lt:
                    fp[i.a] = fp.f32(i.b) < fp.f32(i.c) ? 1 : 0
                case .f32Le:
                    fp[i.a] = fp.f32(i.b) <= fp.f32(i.c) ? 1 : 0
                case .f32Neg:
                    fp[i.a] = fp[i.b] ^ (1 << 31)
                // f64
                case .f64Add:
                    fp.set(i.a, fp.f64(i.b) + fp.f64(i.c))
                case .f64Sub:
                    fp.set(i.a, fp.f64(i.b) - fp.f64(i.c))
                case .f64Mul:
                    fp.set(i.a, fp.f64(i.b) * fp.f64(i.c))
                case .f64Div:
                    fp.set(i.a, fp.f64(i.b) / fp.f64(i.c))
                case .f64Eq:
                    fp[i.a] = fp.f64(i.b) == fp.f64(i.c) ? 1 : 0
                case .f64Ne:
                    fp[i.a] = fp.f64(i.b) != fp.f64(i.c) ? 1 : 0
                case .f64Lt:
                    fp[i.a] = fp.f64(i.b) < fp.f64(i.c) ? 1 : 0
                case .f64Le:
                    fp[i.a] = fp.f64(i.b) <= fp.f64(i.c) ? 1 : 0
                case .f64Neg:
                    fp[i.a] = fp[i.b] ^ (1 << 63)
                case .f64Abs:
                    fp[i.a] = fp[i.b] & ~(1 << 63)
                case .f64Sqrt:
                    fp.set(i.a, fp.f64(i.b).squareRoot())
                case .f64ConvertI32S:
                    fp.set(i.a, Double(fp.s32(i.b)))
                case .f64ConvertI32U:
                    fp.set(i.a, Double(fp.u32(i.b)))
                case .f64ConvertI64S:
                    fp.set(i.a, Double(fp.s64(i.b)))
                case .f64PromoteF32:
                    fp.set(i.a, Double(fp.f32(i.b)))
                case .f32DemoteF64:
                    fp.set(i.a, Float(fp.f64(i.b)))
                }
                continue execution
            }

            // A call: `pendingFunction` in the frame at `pendingFrame`, whose first slots are the arguments already.
            if pendingFrame + Int(pendingFunction.pointee.frameSlots) > stackLimit {
                trap = .callStackExhausted
                break execution
            }
            fuel &-= 1
            if fuel < 0 { trap = .outOfFuel; break execution }
            let header = pendingFrame + Int(pendingFunction.pointee.parameterSlots)
            header[FrameHeader.returnCode] = UInt64(UInt(bitPattern: pc))
            header[FrameHeader.callerFrame] = UInt64(UInt(bitPattern: fp))
            header[FrameHeader.callerFunction] = UInt64(UInt(bitPattern: function))
            (header + FrameHeader.slots).clear(Int(pendingFunction.pointee.localSlots))
            fp = pendingFrame
            function = pendingFunction
            pc = function.pointee.code
            if function.pointee.instance != instance {
                instance = function.pointee.instance
                memory = instance.pointee.memory.pointee.base
                memorySize = instance.pointee.memory.pointee.size
            }
        }

        state.store(pc: pc, fp: fp, function: function, fuel: fuel)
        exit = .trapped(trap)
        return exit
    }
}
