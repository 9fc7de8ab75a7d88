import WasmBinary

/// A function of the link: an index into `FunctionTable`. The output's own indices are given out at the end, to those
/// functions that are live.
struct FunctionID: Hashable {
    var index: Int
}

/// Where a function comes from.
enum FunctionOrigin {
    /// The host offers it.
    case host(module: String, name: String)
    /// A file defines it: the number of the file, and the index of the body.
    case file(Int, body: Int)
    /// The linker makes it.
    case synthetic(SyntheticFunction)
}

/// A function that the linker makes.
struct SyntheticFunction {
    enum Body {
        /// Traps at once.
        case trap
        /// Calls functions without parameters and results, one after the other.
        case calls([FunctionID])
        /// The same, but only the first time: the word at an address remembers that.
        case callsOnce([FunctionID], flag: UInt32)
        /// Calls the function in the slot that the last parameter says, with the others: a thunk (see `LargeFunctions`).
        case callsIndirectly(type: UInt32, parameters: Int)
    }

    var name: String
    var body: Body
}

/// All functions of the link, dead ones included.
struct FunctionTable {
    private(set) var origins: [FunctionOrigin] = []
    /// The type of each function, as an index of the type table.
    private(set) var types: [UInt32] = []
    private var hosts: [String: FunctionID] = [:]
    private var traps: [String: FunctionID] = [:]

    var count: Int { origins.count }

    mutating func append(_ origin: FunctionOrigin, type: UInt32) -> FunctionID {
        origins.append(origin)
        types.append(type)
        return FunctionID(index: origins.count - 1)
    }

    /// The host's function of a name and type; one for all who import it.
    mutating func host(_ module: String, _ name: String, type: UInt32) -> FunctionID {
        let key = "\(module)\u{0}\(name)\u{0}\(type)"
        if let known = hosts[key] { return known }
        let id = append(.host(module: module, name: name), type: type)
        hosts[key] = id
        return id
    }

    /// A function that traps, known by its name.
    mutating func trap(_ name: String, type: UInt32) -> FunctionID {
        let key = "\(name)\u{0}\(type)"
        if let known = traps[key] { return known }
        let id = append(.synthetic(SyntheticFunction(name: name, body: .trap)), type: type)
        traps[key] = id
        return id
    }

    subscript(_ id: FunctionID) -> FunctionOrigin { origins[id.index] }
    func type(of id: FunctionID) -> UInt32 { types[id.index] }
}
