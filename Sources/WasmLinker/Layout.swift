import WasmBinary

// Where everything goes. In memory, libraries follow the main module's data and stack, where its heap used to start; the
// heap moves up. In the table, libraries follow the main module's functions; slots that the link adds come last.
//
//     memory   | main's data | stack | a.so | b.so | linked libraries | heap …
//              0                     ^ old __heap_base                ^ new __heap_base
//     table    | 0 | main's functions | a.so | b.so | added slots
//
// The break starts from one word of memory, which is found through `emscripten_get_sbrk_ptr` and patched. The number
// itself must not be replaced wherever it occurs: the top of the stack is the same number.

/// Addresses and table slots.
struct Layout {
    /// Where the heap starts in the output.
    var heapBase: UInt32 = 0
    /// Where the table of linked libraries starts.
    var libraryTable: UInt32 = 0
    /// Where the words start that remember which libraries have been constructed, one for each file.
    var constructedFlags: UInt32 = 0
    /// The number of table slots.
    var tableSize: UInt32 = 0
    /// What the element segments put where; functions, or null.
    var segments: [ElementPlacement] = []
    /// Slots that the link adds at the end of the table.
    var addedSlots: [FunctionID] = []
    /// The slot of each function that has one.
    private(set) var slots: [FunctionID: UInt32] = [:]

    /// Records that a function lies in a slot. Merging of duplicates (`wasm-opt`) leaves functions with several slots in
    /// one module; pointers to them that are made later must all be the same, and Emscripten's loader takes the last. A
    /// later module does not change what an earlier one decided.
    mutating func record(_ function: FunctionID, slot: UInt32, replacing: Bool) {
        if replacing || slots[function] == nil { slots[function] = slot }
    }

    /// The slot of a function; added at the end of the table if it has none.
    mutating func slot(of function: FunctionID) -> UInt32 {
        if let slot = slots[function] { return slot }
        let slot = tableSize
        tableSize += 1
        addedSlots.append(function)
        slots[function] = slot
        return slot
    }
}

/// An element segment of the output.
struct ElementPlacement {
    enum Mode {
        case active(slot: UInt32, table: UInt32)
        case passive
        case declarative
    }

    var mode: Mode
    var type: ReferenceType
    var functions: [FunctionID?]
}

extension Link {
    /// The largest table that engines accept.
    private static let tableLimit: UInt64 = 10_000_000

    func assignAddresses() throws(LinkError) {
        guard let table = main.module.tables.first else {
            layout.tableSize = 0
            if libraries.isEmpty { return }
            throw .missingSymbol("__indirect_function_table", why: "which libraries need", in: main.name)
        }
        var tableEnd = table.type.limits.minimum
        guard tableEnd <= Self.tableLimit else {
            throw .tooLarge("table slots", tableEnd, limit: Self.tableLimit, in: main.name)
        }
        let limits = main.module.memories[0].limits
        let memoryLimit = min(limits.maximum ?? 65536, 65536) * 65536
        let oldHeapBase = try exportedAddress("__heap_base")
        var end = UInt64(oldHeapBase ?? 0)
        if oldHeapBase == nil, !libraries.isEmpty {
            throw .missingSymbol("__heap_base", why: "so there is no place for the data of libraries", in: main.name)
        }
        for file in libraries {
            let (memory, table) = (file.dylink.memoryAlignment, file.dylink.tableAlignment)
            guard memory <= 16, table <= 16 else {
                throw .unsupported("an alignment of more than 64 KiB", in: file.name)
            }
            end = Self.align(end, to: 1 << UInt64(memory))
            tableEnd = Self.align(tableEnd, to: 1 << UInt64(table))
            let newEnd = end + UInt64(file.dylink.memorySize)
            guard newEnd < memoryLimit else {
                throw .tooLarge("bytes of memory", newEnd - end, limit: memoryLimit, in: file.name)
            }
            let newTableEnd = tableEnd + UInt64(file.dylink.tableSize)
            guard newTableEnd < Self.tableLimit else {
                throw .tooLarge("table slots", newTableEnd - tableEnd, limit: Self.tableLimit, in: file.name)
            }
            (file.memoryBase, file.tableBase) = (UInt32(end), UInt32(tableEnd))
            (end, tableEnd) = (newEnd, newTableEnd)
        }
        layout.tableSize = UInt32(tableEnd)
        if libraries.isEmpty {
            layout.heapBase = oldHeapBase ?? 0
            return
        }
        let namesAll = namesAll
        libraryTable = LibraryTable(
            (namesAll ? files[...] : libraries).map { ($0, exportedSymbols(of: $0, namesAll: namesAll)) })
        let start = Self.align(end, to: 8)
        let flags = Self.align(start + UInt64(libraryTable.size), to: 4)
        end = Self.align(flags + UInt64(files.count) * 4, to: 16)
        guard end < memoryLimit else { throw .tooLarge("bytes of memory", end, limit: memoryLimit, in: main.name) }
        layout.libraryTable = UInt32(start)
        layout.constructedFlags = UInt32(flags)
        layout.heapBase = UInt32(end)
    }

    private static func align(_ value: UInt64, to alignment: UInt64) -> UInt64 {
        (value + alignment - 1) & ~(alignment - 1)
    }

    /// The address that the main module exports under a name, before any names are resolved.
    func exportedAddress(_ name: String) throws(LinkError) -> UInt32? {
        guard let export = main.exports[name], export.kind == .global else { return nil }
        let index = Int(export.index) - main.importedGlobals.count
        guard index >= 0, index < main.module.globals.count else {
            throw .badIndex("global", export.index, in: main.name)
        }
        guard case .i32(let value) = main.module.globals[index].initial, !main.module.globals[index].type.isMutable
        else {
            throw .notConstant(name, in: main.name)
        }
        return UInt32(bitPattern: value)
    }

    /// Reads the element segments of all files, and notes which function lies where.
    func fillTable() throws(LinkError) {
        for file in files {
            for segment in file.module.elements {
                file.elements.append(UInt32(layout.segments.count))
                let placement = try place(segment, of: file)
                layout.segments.append(placement)
                guard case .active(let slot, table: 0) = placement.mode else { continue }
                for (offset, function) in placement.functions.enumerated() {
                    guard let function else { continue }
                    layout.record(function, slot: slot + UInt32(offset), replacing: owns(file, function))
                }
            }
        }
    }

    /// Whether no earlier file can have given a slot to a function: then this file's last slot for it counts.
    private func owns(_ file: InputFile, _ function: FunctionID) -> Bool {
        if case .file(file.ordinal, _) = functions[function] { true } else { file.isMain }
    }

    private func place(_ segment: ElementSegment, of file: InputFile) throws(LinkError) -> ElementPlacement {
        var members: [FunctionID?] = []
        members.reserveCapacity(segment.count)
        switch segment.items {
        case .functions(let indices):
            for index in indices { members.append(try function(index, of: file)) }
        case .expressions(let expressions):
            for expression in expressions {
                switch expression {
                case .functionReference(let index): members.append(try function(index, of: file))
                case .null: members.append(nil)
                default: throw .unsupported("table elements that are computed", in: file.name)
                }
            }
        }
        let mode: ElementPlacement.Mode
        switch segment.mode {
        case .passive: mode = .passive
        case .declarative: mode = .declarative
        case .active(let table, let offset):
            guard let value = constant(offset, in: file) else {
                throw .notConstant("the place of table elements", in: file.name)
            }
            let start = UInt64(UInt32(bitPattern: value))
            try check(table: table, start..<start + UInt64(members.count), of: file)
            mode = .active(slot: UInt32(start), table: table)
        }
        var type = segment.type
        type.heapType = try mapped(type.heapType, of: file)
        return ElementPlacement(mode: mode, type: type, functions: members)
    }

    private func check(table: UInt32, _ range: Range<UInt64>, of file: InputFile) throws(LinkError) {
        if file.isMain {
            guard Int(table) < main.module.tables.count else { throw .badIndex("table", table, in: file.name) }
            guard range.upperBound <= main.module.tables[Int(table)].type.limits.minimum else {
                throw .outside("a table element", in: file.name)
            }
        } else {
            guard table == 0 else { throw .badIndex("table", table, in: file.name) }
            let base = UInt64(file.tableBase)
            guard range.isEmpty || range.lowerBound >= base,
                range.isEmpty || range.upperBound <= base + UInt64(file.dylink.tableSize)
            else { throw .outside("a table element", in: file.name) }
        }
    }

    private func function(_ index: UInt32, of file: InputFile) throws(LinkError) -> FunctionID {
        guard Int(index) < file.functions.count else { throw .badIndex("function", index, in: file.name) }
        return file.functions[Int(index)]
    }

    /// A heap type with the type index in it, if any, translated.
    func mapped(_ type: HeapType, of file: InputFile) throws(LinkError) -> HeapType {
        guard case .type(let index) = type else { return type }
        guard Int(index) < file.types.count else { throw .badIndex("type", index, in: file.name) }
        return .type(file.types[Int(index)])
    }
}
