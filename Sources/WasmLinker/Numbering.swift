import WasmBinary

/// The indices of the output: what every index of every file becomes.
///
/// Only what is live gets an index. Functions: host imports in the order of their first use, then the functions of each file
/// in load order, then synthetic ones.
struct Numbering: Sendable {
    /// Marks what has no index.
    static let none = UInt32.max

    /// What a global becomes.
    enum GlobalUse: Sendable {
        /// A constant; `global.get` becomes `i32.const`.
        case constant(Int32)
        case global(UInt32)
    }

    /// What the indices of one file become.
    struct FileMaps: Sendable {
        var functions: [UInt32] = []
        var types: [UInt32] = []
        /// Type of an indirect call → the thunk for it, if there is one.
        var thunks: [UInt32] = []
        var globals: [GlobalUse] = []
        var tags: [UInt32] = []
        var elements: [UInt32] = []
        var data: [UInt32] = []
    }

    /// The functions of the output, in order; the first `importCount` are imported.
    private(set) var functions: [FunctionID] = []
    private(set) var importCount = 0
    /// Function of the link → index.
    private(set) var functionIndices: [UInt32] = []
    /// Type of the table → index.
    private(set) var typeIndices: [UInt32] = []
    /// The globals of the output, in order.
    private(set) var globals: [Int] = []
    private(set) var globalIndices: [UInt32] = []
    private(set) var files: [FileMaps] = []

    init(_ link: Link) {
        numberFunctions(link)
        numberTypes(link)
        numberGlobals(link)
        for file in link.files {
            files.append(
                FileMaps(
                    functions: file.functions.map { functionIndices[$0.index] },
                    types: file.types.map { typeIndices[Int($0)] },
                    thunks: file.types.map { type in
                        link.largeFunctions.thunks[type].map { functionIndices[$0.index] } ?? Self.none
                    },
                    globals: file.globals.map { use(of: $0, link) },
                    tags: file.tags,
                    elements: file.elements,
                    data: file.data.map { $0 ?? Self.none }))
        }
    }

    subscript(_ function: FunctionID) -> UInt32 { functionIndices[function.index] }

    private mutating func numberFunctions(_ link: Link) {
        var (imports, defined, synthetic): ([FunctionID], [FunctionID], [FunctionID]) = ([], [], [])
        for index in 0..<link.functions.count where link.live.contains(FunctionID(index: index)) {
            let id = FunctionID(index: index)
            switch link.functions[id] {
            case .host: imports.append(id)
            case .file: defined.append(id)
            case .synthetic: synthetic.append(id)
            }
        }
        // Functions of files were added file after file, so `defined` is in load order.
        importCount = imports.count
        functions = imports + defined + synthetic
        functionIndices = Array(repeating: Self.none, count: link.functions.count)
        for (index, id) in functions.enumerated() { functionIndices[id.index] = UInt32(index) }
    }

    private mutating func numberTypes(_ link: Link) {
        typeIndices = Array(repeating: Self.none, count: link.types.types.count)
        var next: UInt32 = 0
        for (number, group) in link.types.groups.enumerated() where link.live.hasTypeGroup(number) {
            for member in group.start..<group.start + group.count {
                typeIndices[Int(member)] = next
                next += 1
            }
        }
    }

    private mutating func numberGlobals(_ link: Link) {
        globalIndices = Array(repeating: Self.none, count: link.globals.count)
        let exported = Set(link.exports.compactMap { if case .global(let global) = $0.target { global } else { nil } })
        for index in link.globals.indices where link.live.globals[index] {
            if link.foldedValue(of: index) != nil, !exported.contains(index) { continue }
            globalIndices[index] = UInt32(globals.count)
            globals.append(index)
        }
    }

    private func use(of target: GlobalTarget, _ link: Link) -> GlobalUse {
        switch target {
        case .constant(let value): return .constant(value)
        case .address(let function):
            // Without a slot nothing that is live asks for the address.
            return .constant(Int32(bitPattern: link.layout.existingSlot(of: function) ?? 0))
        case .linked(let global):
            if let value = link.foldedValue(of: global) { return .constant(value) }
            return .global(globalIndices[global])
        }
    }
}

extension LiveSet {
    func hasTypeGroup(_ index: Int) -> Bool { index < typeGroups.count && typeGroups[index] }
}

extension Layout {
    func existingSlot(of function: FunctionID) -> UInt32? { slots[function] }
}

extension Link {
    /// The value of a global that nothing changes and the host can't change.
    func foldedValue(of index: Int) -> Int32? {
        guard case .i32(let value) = globals[index].initial, !live.changedGlobals.contains(index),
            !globals[index].type.isMutable || !exportedGlobals.contains(index)
        else { return nil }
        return value
    }
}
