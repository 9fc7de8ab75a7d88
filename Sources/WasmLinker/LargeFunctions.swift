import WasmBinary

// Keeps V8 from compiling large functions again and again.
//
// V8 watches where each indirect call goes. When it optimises a function, it compiles the callees into it, up to four for
// each call, and takes for granted that the call will never go elsewhere. When it does, the optimised code is thrown
// away, the baseline compiler's takes over, and after a while the function is optimised anew. That is right for a function
// that is compiled in a millisecond. CPython's evaluation loop has a hundred kilobytes and calls everything: in the start
// of an app it was optimised six times, which took more processor time than all other functions together.
//
// So its indirect calls go through *thunks*, functions that all such calls of one type share. A thunk's calls go
// everywhere from the beginning, so V8 takes nothing for granted, and a thunk is small enough to be compiled into its
// callers. The operands are the same, so only the instruction is replaced:
//
//     local.get 0                                    (func $call_indirect (param i32 i32) (result i32)
//     local.get $slot                       ──▶          local.get 0
//     call_indirect (param i32) (result i32)             local.get 1
//                                                        call_indirect (param i32) (result i32))
//
// V8 also compiles small functions into a large one that calls them, and small ones that those call, with the indirect
// calls in them. So theirs go through thunks, too:
//
//     large ──▶ small ──▶ small with call_indirect
//       └──────▶ thunk ◀────┘

/// What large functions call, collected while live functions are walked, and what follows from it.
struct LargeFunctions {
    /// The size in bytes of the instructions from which a function is large: V8 takes tens of milliseconds for it.
    static let large = 1 << 14
    /// The size in bytes of the largest body that V8 compiles into others (`--wasm-inlining-max-size`).
    static let inlined = 500

    /// The calls of a function that is small or large.
    struct Calls {
        let isLarge: Bool
        var callees: [FunctionID] = []
        /// The types of indirect calls, as indices of the type table.
        var types: Set<UInt32> = []
    }

    private var calls: [FunctionID: Calls] = [:]
    /// The thunks, by the type of the function that is called.
    fileprivate(set) var thunks: [UInt32: FunctionID] = [:]
    /// The functions whose indirect calls go through thunks.
    private(set) var thunked: Set<FunctionID> = []

    /// What to collect for a function; nil when it is neither small nor large.
    static func calls(of body: FunctionBody) -> Calls? {
        let size = body.instructions.count
        return size >= large || size <= inlined ? Calls(isLarge: size >= large) : nil
    }

    mutating func add(_ calls: Calls, of function: FunctionID) {
        if calls.isLarge || !calls.callees.isEmpty || !calls.types.isEmpty { self.calls[function] = calls }
    }

    /// Whether an instruction is a call that a thunk can do. Tables other than the first are left alone.
    @inline(__always)
    static func canBeThunked(_ instruction: Instruction) -> Bool {
        instruction.opcode == .callIndirect && instruction.secondIndex == 0
    }

    /// Follows the calls from large functions through small ones.
    /// - Returns: the types for which thunks are needed, in the order of the type table.
    fileprivate mutating func chooseThunked() -> [UInt32] {
        var types: Set<UInt32> = []
        var work = calls.filter(\.value.isLarge).map(\.key)
        while let function = work.popLast() {
            guard let found = calls[function], thunked.insert(function).inserted else { continue }
            types.formUnion(found.types)
            work += found.callees
        }
        return types.sorted()
    }
}

extension Link {
    /// Makes the thunks that live functions need.
    func addThunks() throws(LinkError) {
        for type in largeFunctions.chooseThunked() {
            guard let callee = types.function(type) else { continue }
            let own = FunctionType(parameters: callee.parameters + [.i32], results: callee.results)
            let body = SyntheticFunction.Body.callsIndirectly(type: type, parameters: callee.parameters.count)
            let thunk = functions.append(
                .synthetic(SyntheticFunction(name: "call_indirect", body: body)), type: types.index(of: own))
            largeFunctions.thunks[type] = thunk
            mark(thunk)
        }
        try walkMarked()
    }
}
