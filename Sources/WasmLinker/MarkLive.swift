import WasmBinary

// What can be reached. Roots are the exports that are kept, everything in element segments (slot numbers look like any
// integer, so any slot may be called), the table of linked libraries, and start-up code. From there: every function that a
// live function calls or takes the address of.
//
// Walking a function is also the first and only time that its code is checked: every index must exist. Code that nothing
// reaches is never looked at.

/// What is live.
struct LiveSet {
    fileprivate(set) var functions: [Bool] = []
    fileprivate(set) var globals: [Bool] = []
    /// Globals that some live function changes.
    fileprivate(set) var changedGlobals: Set<Int> = []
    fileprivate(set) var typeGroups: [Bool] = []
    /// Functions that `ref.func` names, in the order of discovery: they must be declared somewhere.
    fileprivate(set) var referenced: [FunctionID] = []
    fileprivate(set) var usesDataSegments = false
    fileprivate var work: [FunctionID] = []
    fileprivate var globalWork: [Int] = []

    func contains(_ function: FunctionID) -> Bool { functions[function.index] }
}

/// An export of the output.
struct LinkedExport {
    enum Target {
        case function(FunctionID)
        case global(Int)
        case tag(UInt32)
        case table(UInt32)
        case memory(UInt32)
    }

    var name: String
    var target: Target
}

extension Link {
    /// Decides what the output exports: what the options keep, from the main module, else from the first library.
    func chooseExports() throws(LinkError) {
        var names: Set<String> = []
        if let callConstructors {
            exports.append(LinkedExport(name: "__wasm_call_ctors", target: .function(callConstructors)))
            names.insert("__wasm_call_ctors")
        }
        for file in files {
            for export in file.module.exports where options.isKept(export.name) && !names.contains(export.name) {
                if !file.isMain, !options.keepExports.contains(export.name) { continue }
                guard let target = try target(of: export, in: file) else { continue }
                exports.append(LinkedExport(name: export.name, target: target))
                names.insert(export.name)
            }
        }
    }

    private func target(of export: Export, in file: InputFile) throws(LinkError) -> LinkedExport.Target? {
        let index = Int(export.index)
        switch export.kind {
        case .function:
            guard index < file.functions.count else { throw .badIndex("function", export.index, in: file.name) }
            return .function(file.functions[index])
        case .tag:
            guard index < file.tags.count else { throw .badIndex("tag", export.index, in: file.name) }
            return .tag(file.tags[index])
        case .global:
            guard index < file.globals.count else { throw .badIndex("global", export.index, in: file.name) }
            if case .linked(let global) = file.globals[index] { return .global(global) }
            guard index >= file.importedGlobals.count else { return nil }
            let global = file.module.globals[index - file.importedGlobals.count]
            let address = try address(ofGlobal: global, named: export.name, in: file)
            globals.append(
                LinkedGlobal(type: global.type, initial: .i32(Int32(bitPattern: address)), file: file))
            return .global(globals.count - 1)
        case .table:
            guard file.isMain, index < file.module.tables.count else {
                throw .badIndex("table", export.index, in: file.name)
            }
            return .table(export.index)
        case .memory:
            guard file.isMain, index < file.module.memories.count else {
                throw .badIndex("memory", export.index, in: file.name)
            }
            return .memory(export.index)
        }
    }

    func markLive() throws(LinkError) {
        live.functions = Array(repeating: false, count: functions.count)
        live.globals = Array(repeating: false, count: globals.count)
        live.typeGroups = Array(repeating: false, count: types.groups.count)
        for tag in tags { mark(type: tag.type) }
        for table in main.module.tables {
            mark(ValueType.reference(try mappedReference(table.type.element, of: main)))
            if let initial = table.initial { try mark(initial, of: main) }
        }
        for export in exports {
            switch export.target {
            case .function(let function): mark(function)
            case .global(let global):
                exportedGlobals.insert(global)
                mark(global: global)
            case .tag, .table, .memory: break
            }
        }
        for segment in layout.segments {
            mark(ValueType.reference(segment.type))
            for case let function? in segment.functions { mark(function) }
        }
        for function in layout.addedSlots { mark(function) }
        if let start = main.module.start {
            guard Int(start) < main.functions.count else { throw .badIndex("function", start, in: main.name) }
            mark(main.functions[Int(start)])
        }
        try walkMarked()
    }

    /// Walks what has been marked, and what is marked on the way.
    func walkMarked() throws(LinkError) {
        var state = WalkState()
        while true {
            if let global = live.globalWork.popLast() {
                try walk(globals[global])
            } else if let function = live.work.popLast() {
                try walk(function, &state)
            } else {
                return
            }
        }
    }

    private func walk(_ function: FunctionID, _ state: inout WalkState) throws(LinkError) {
        switch functions[function] {
        case .host: break
        case .file(let ordinal, let body):
            var calls = LargeFunctions.calls(of: files[ordinal].module.code[body])
            try walk(body, of: files[ordinal], &state, &calls)
            if let calls { largeFunctions.add(calls, of: function) }
        case .synthetic(let synthetic):
            switch synthetic.body {
            case .trap: break
            case .calls(let calls), .callsOnce(let calls, _): for call in calls { mark(call) }
            case .callsIndirectly(let type, _): mark(type: type)
            }
            for use in undefinedUses[function] ?? [] { warnings.add(use.kind, use.name, in: use.file) }
        }
    }

    private func walk(_ global: LinkedGlobal) throws(LinkError) {
        if case .reference(let reference) = global.type.value {
            mark(ValueType.reference(try mappedReference(reference, of: global.file)))
        }
        try mark(global.initial, of: global.file)
    }

    func mark(_ function: FunctionID) {
        if function.index >= live.functions.count {
            // A slot or trap that was made while marking.
            live.functions += Array(repeating: false, count: functions.count - live.functions.count)
        }
        if live.functions[function.index] { return }
        live.functions[function.index] = true
        live.work.append(function)
        mark(type: functions.type(of: function))
    }

    private func mark(type index: UInt32) {
        // A stack of its own: types may mention each other in a chain as long as the type section.
        var stack = [index]
        while let index = stack.popLast() {
            let group = Int(types.groupOfType[Int(index)])
            if group >= live.typeGroups.count {
                live.typeGroups += Array(repeating: false, count: types.groups.count - live.typeGroups.count)
            }
            if live.typeGroups[group] { continue }
            live.typeGroups[group] = true
            let members = types.groups[group]
            for type in types.types[Int(members.start)..<Int(members.start + members.count)] {
                stack += type.mentionedTypes
            }
        }
    }

    /// Marks the type that a value type mentions; it must be translated already.
    private func mark(_ type: ValueType) {
        if case .reference(let reference) = type, case .type(let index) = reference.heapType { mark(type: index) }
    }

    private func mappedReference(_ type: ReferenceType, of file: InputFile) throws(LinkError) -> ReferenceType {
        ReferenceType(isNullable: type.isNullable, heapType: try mapped(type.heapType, of: file))
    }

    private func mark(global: Int) {
        if live.globals[global] { return }
        live.globals[global] = true
        live.globalWork.append(global)
    }

    /// Marks what a constant expression mentions.
    private func mark(_ expression: ConstantExpression, of file: InputFile) throws(LinkError) {
        switch expression {
        case .i32, .i64, .f32, .f64: break
        case .null(let type):
            mark(ValueType.reference(ReferenceType(isNullable: true, heapType: try mapped(type, of: file))))
        case .functionReference(let index):
            guard Int(index) < file.functions.count else { throw .badIndex("function", index, in: file.name) }
            mark(file.functions[Int(index)])
            live.referenced.append(file.functions[Int(index)])
        case .globalGet(let index):
            guard Int(index) < file.globals.count else { throw .badIndex("global", index, in: file.name) }
            mark(file.globals[Int(index)])
        case .other(let bytes):
            var reader = InstructionReader(bytes)
            while let instruction = try file.next(&reader) { try visit(instruction, reader, of: file) }
        }
    }

    private func mark(_ target: GlobalTarget) {
        switch target {
        case .constant: break
        case .address(let function):
            _ = layout.slot(of: function)
            mark(function)
        case .linked(let global): mark(global: global)
        }
    }
}

extension Link {
    /// Looks at every instruction of a function.
    private func walk(
        _ index: Int, of file: InputFile, _ state: inout WalkState, _ calls: inout LargeFunctions.Calls?
    ) throws(LinkError) {
        let body = file.module.code[index]
        for locals in body.locals {
            guard case .reference(let type) = locals.type else { continue }
            mark(ValueType.reference(try mappedReference(type, of: file)))
        }
        state.blocks.reset()
        var reader = InstructionReader(body.instructions)
        while let instruction = try file.next(&reader) {
            if try state.follow(instruction, of: file) {
                if reader.isAtEnd { return }
                break
            }
            switch instruction.immediate {
            case .none:
                if instruction.opcode == .throwRef { try state.style.useStandard(file, at: instruction.start) }
            case .local, .label, .i32, .i64, .f32, .f64, .labels, .lane, .v128, .zeroByte: break
            case .blockType:
                if instruction.opcode == .try { try state.style.useLegacy(file, at: instruction.start) }
                // Most blocks have no type, or one that mentions nothing.
                if instruction.secondIndex == 0, instruction.i64 < 0 { continue }
                try visit(instruction, reader, of: file)
            case .tryTable:
                try state.style.useStandard(file, at: instruction.start)
                try visit(instruction, reader, of: file)
            case .function:
                try visit(instruction, reader, of: file)
                calls?.callees.append(file.functions[Int(instruction.index)])
            case .typeTable:
                try visit(instruction, reader, of: file)
                if LargeFunctions.canBeThunked(instruction) {
                    calls?.types.insert(file.types[Int(instruction.index)])
                }
            default: try visit(instruction, reader, of: file)
            }
        }
        throw LinkError("a function does not end where its body ends", in: file.name, at: reader.offset)
    }

    /// Marks what one instruction mentions, and checks that it exists.
    private func visit(_ instruction: Instruction, _ reader: InstructionReader, of file: InputFile) throws(LinkError) {
        let (index, second, offset) = (instruction.index, instruction.secondIndex, instruction.start)
        switch instruction.immediate {
        case .function:
            guard Int(index) < file.functions.count else {
                throw .badIndex("function", index, in: file.name, at: offset)
            }
            mark(file.functions[Int(index)])
            if instruction.opcode == .refFunc { live.referenced.append(file.functions[Int(index)]) }
        case .global:
            try visitGlobal(instruction, of: file)
        case .memoryArgument, .memoryArgumentLane, .memory:
            if index != 0 { throw .badIndex("memory", index, in: file.name, at: offset) }
        case .memoryMemory:
            if index != 0 || second != 0 { throw .badIndex("memory", max(index, second), in: file.name, at: offset) }
        case .dataMemory, .data:
            if second != 0 { throw .badIndex("memory", second, in: file.name, at: offset) }
            try visitData(index, of: file, at: offset)
        case .element:
            try visitElement(index, of: file, at: offset)
        case .elementTable:
            try visitElement(index, of: file, at: offset)
            try visitTable(second, of: file, at: offset)
        case .table: try visitTable(index, of: file, at: offset)
        case .tableTable:
            try visitTable(index, of: file, at: offset)
            try visitTable(second, of: file, at: offset)
        case .typeTable:
            try visitType(index, of: file, at: offset)
            try visitTable(second, of: file, at: offset)
        case .type, .typeField, .typeCount: try visitType(index, of: file, at: offset)
        case .typeData:
            try visitType(index, of: file, at: offset)
            try visitData(second, of: file, at: offset)
        case .typeElement:
            try visitType(index, of: file, at: offset)
            try visitElement(second, of: file, at: offset)
        case .typeType:
            try visitType(index, of: file, at: offset)
            try visitType(second, of: file, at: offset)
        case .heapType: try visit(instruction.heapType, of: file, at: offset)
        case .castBranch:
            try visit(instruction.heapType, of: file, at: offset)
            try visit(instruction.secondHeapType, of: file, at: offset)
        case .blockType: try visit(instruction.blockType, of: file, at: offset)
        case .tag: try visitTag(index, of: file, at: offset)
        case .tryTable:
            try visit(instruction.blockType, of: file, at: offset)
            for clause in file.clauses(instruction, reader) {
                if let tag = clause.tag { try visitTag(tag, of: file, at: offset) }
            }
        case .valueTypes:
            for case .reference(let type) in file.valueTypes(instruction, reader) {
                try visit(type.heapType, of: file, at: offset)
            }
        case .none, .label, .labels, .local, .lane, .i32, .i64, .f32, .f64, .v128, .zeroByte: break
        }
    }

    private func visitGlobal(_ instruction: Instruction, of file: InputFile) throws(LinkError) {
        let index = Int(instruction.index)
        guard index < file.globals.count else {
            throw .badIndex("global", instruction.index, in: file.name, at: instruction.start)
        }
        mark(file.globals[index])
        guard instruction.opcode == .globalSet else { return }
        guard case .linked(let global) = file.globals[index] else {
            let name =
                index < file.importedGlobals.count ? file.importedGlobals[index].symbol.name : "global \(index)"
            throw .constantImportSet(name, in: file.name, at: instruction.start)
        }
        live.changedGlobals.insert(global)
    }

    private func visitData(_ index: UInt32, of file: InputFile, at offset: Int) throws(LinkError) {
        guard Int(index) < file.data.count else { throw .badIndex("data segment", index, in: file.name, at: offset) }
        guard file.data[Int(index)] != nil else {
            throw .unsupported("an active data segment at run time", in: file.name, at: offset)
        }
        live.usesDataSegments = true
    }

    private func visitElement(_ index: UInt32, of file: InputFile, at offset: Int) throws(LinkError) {
        guard Int(index) < file.elements.count else {
            throw .badIndex("element segment", index, in: file.name, at: offset)
        }
    }

    private func visitTable(_ index: UInt32, of file: InputFile, at offset: Int) throws(LinkError) {
        let count = file.isMain ? main.module.tables.count : 1
        guard Int(index) < count else { throw .badIndex("table", index, in: file.name, at: offset) }
    }

    private func visitType(_ index: UInt32, of file: InputFile, at offset: Int) throws(LinkError) {
        guard Int(index) < file.types.count else { throw .badIndex("type", index, in: file.name, at: offset) }
        mark(type: file.types[Int(index)])
    }

    private func visitTag(_ index: UInt32, of file: InputFile, at offset: Int) throws(LinkError) {
        guard Int(index) < file.tags.count else { throw .badIndex("tag", index, in: file.name, at: offset) }
    }

    private func visit(_ type: HeapType, of file: InputFile, at offset: Int) throws(LinkError) {
        if case .type(let index) = type { try visitType(index, of: file, at: offset) }
    }

    private func visit(_ type: BlockType, of file: InputFile, at offset: Int) throws(LinkError) {
        switch type {
        case .type(let index): try visitType(index, of: file, at: offset)
        case .value(.reference(let reference)): try visit(reference.heapType, of: file, at: offset)
        case .empty, .value: break
        }
    }
}

/// What goes from instruction to instruction while code is walked.
private struct WalkState {
    var blocks = BlockChecker()
    var style = ExceptionStyle()

    @inline(__always)
    mutating func follow(_ instruction: Instruction, of file: InputFile) throws(LinkError) -> Bool {
        do throws(WasmError) {
            return try blocks.follow(instruction)
        } catch {
            throw .unreadable(error, in: file.name)
        }
    }
}

/// Engines refuse a module that has both legacy and standard exception handling instructions.
private struct ExceptionStyle {
    private var legacy: InputFile?
    private var standard: (file: InputFile, offset: Int)?

    mutating func useLegacy(_ file: InputFile, at offset: Int) throws(LinkError) {
        if legacy == nil { legacy = file }
        try check()
    }

    mutating func useStandard(_ file: InputFile, at offset: Int) throws(LinkError) {
        if standard == nil { standard = (file, offset) }
        try check()
    }

    private func check() throws(LinkError) {
        guard let legacy, let standard else { return }
        throw .mixedExceptions(legacy.name, in: standard.file.name, at: standard.offset)
    }
}

extension InputFile {
    /// The next instruction of a reader over this file's code.
    @inline(__always)
    func next(_ reader: inout InstructionReader) throws(LinkError) -> Instruction? {
        do throws(WasmError) {
            return try reader.next()
        } catch {
            throw .unreadable(error, in: name)
        }
    }

    /// The clauses of a `try_table` that was read without an error, so that reading them again gives none.
    func clauses(_ instruction: Instruction, _ reader: InstructionReader) -> [CatchClause] {
        (try? reader.catchClauses(of: instruction)) ?? []
    }

    /// The types of a `select` that was read without an error.
    func valueTypes(_ instruction: Instruction, _ reader: InstructionReader) -> [ValueType] {
        (try? reader.valueTypes(of: instruction)) ?? []
    }
}
