import WasmBinary

/// What a global of a file stands for.
enum GlobalTarget {
    /// A number that is known: an address, a base.
    case constant(Int32)
    /// The table slot of a function; it gets one when somebody asks.
    case address(FunctionID)
    /// A global of the link.
    case linked(Int)
}

/// A global that the output may have.
struct LinkedGlobal {
    var type: GlobalType
    /// Its first value; function and global indices in it are those of the file.
    var initial: ConstantExpression
    var file: InputFile
}

/// A tag of the link.
struct LinkedTag {
    /// Its type, as an index of the type table.
    var type: UInt32
}

/// What a name means.
private enum Symbol {
    case function(FunctionID)
    case data(UInt32)
    case global(Int)
    case tag(UInt32)
}

// How names are resolved. A dynamic loader would look at the main module first, then at the libraries that are already
// loaded for the one that asks. Ahead of time that is: main, then the libraries that the file needs in load order, then the
// file itself (C++ makes the same template instance in many libraries, and each imports what it exports), then the host.
// Libraries that nobody asked for are not looked at: Python loads extension modules so that they don't see each other.
//
//     import             main has it     else needed or own     else
//     env.f (function)   main's f        the library's f        the host's f, or a trap named f
//     GOT.func.f         its table slot  its table slot         the host's slot, 0 if weak, or a trap's slot
//     GOT.mem.d          main's address  base + offset          0 if weak, or an error
//     env.g (global)     main's global                          an error
//     env.t (tag)        main's tag      the library's tag      a new tag, shared by all who import it

extension Link {
    func resolveSymbols() throws(LinkError) {
        for file in files { try defineOwn(file) }
        for file in files {
            try bindFunctions(of: file)
            try bindTags(of: file)
        }
        // Addresses come last: they may be those of functions that were bound just now.
        for file in files { try bindGlobals(of: file) }
    }

    /// Gives every function, global and tag that a file defines its place in the link. Imports get theirs when all files
    /// have theirs; until then their places hold nothing of meaning.
    private func defineOwn(_ file: InputFile) throws(LinkError) {
        let module = file.module
        let unbound = FunctionID(index: -1)
        file.functions = Array(repeating: unbound, count: file.importedFunctions.count)
        file.functions.reserveCapacity(file.importedFunctions.count + module.functions.count)
        for (body, type) in module.functions.enumerated() {
            let id = functions.append(.file(file.ordinal, body: body), type: try functionType(type, in: file))
            file.functions.append(id)
        }
        file.globals = Array(repeating: .constant(0), count: file.importedGlobals.count)
        for global in module.globals {
            if !global.type.isMutable, case .i32(let value) = global.initial {
                file.globals.append(.constant(value))
            } else {
                file.globals.append(.linked(globals.count))
                globals.append(LinkedGlobal(type: global.type, initial: global.initial, file: file))
            }
        }
        file.tags = Array(repeating: 0, count: file.importedTags.count)
        for type in module.tags {
            file.tags.append(UInt32(tags.count))
            tags.append(LinkedTag(type: try functionType(type, in: file)))
        }
    }

    private func functionType(_ index: UInt32, in file: InputFile) throws(LinkError) -> UInt32 {
        guard Int(index) < file.types.count, types.function(file.types[Int(index)]) != nil else {
            throw .badIndex("function type", index, in: file.name)
        }
        return file.types[Int(index)]
    }

    // MARK: Definitions

    /// What a name means for a file, as the table above has it; nil when no file defines it.
    private func lookUp(_ name: String, for file: InputFile) throws(LinkError) -> Symbol? {
        for candidate in [main] + file.allNeeded where candidate !== file {
            guard let symbol = try definition(of: name, in: candidate) else { continue }
            if let own = file.exports[name], own.kind == .function || own.kind == .global {
                duplicates.insert(LinkMap.Duplicate(symbol: name, used: candidate.name, ignored: file.name))
            }
            return symbol
        }
        return try definition(of: name, in: file)
    }

    /// What a file exports under a name. A function that it merely passes on is what it was bound to.
    private func definition(of name: String, in file: InputFile) throws(LinkError) -> Symbol? {
        guard let export = file.exports[name] else { return nil }
        let index = Int(export.index)
        switch export.kind {
        case .function:
            guard index < file.functions.count else { throw .badIndex("function", export.index, in: file.name) }
            let id = file.functions[index]
            return id.index < 0 ? nil : .function(id)
        case .global:
            guard index < file.globals.count else { throw .badIndex("global", export.index, in: file.name) }
            if index < file.importedGlobals.count { return nil }
            let global = file.module.globals[index - file.importedGlobals.count]
            if global.type.isMutable, case .linked(let linked) = file.globals[index] { return .global(linked) }
            if global.type.value != .i32, case .linked(let linked) = file.globals[index] { return .global(linked) }
            return .data(try address(ofGlobal: global, named: name, in: file))
        case .tag:
            guard index < file.tags.count else { throw .badIndex("tag", export.index, in: file.name) }
            return index < file.importedTags.count ? nil : .tag(file.tags[index])
        case .memory, .table: return nil
        }
    }

    /// The address that an exported constant stands for. Libraries export offsets in their own memory, unless the
    /// expression adds the base itself.
    func address(ofGlobal global: Global, named name: String, in file: InputFile) throws(LinkError) -> UInt32 {
        if file.isMain, name == "__heap_base" { return layout.heapBase }
        if case .i32(let value) = global.initial { return UInt32(bitPattern: value) &+ file.memoryBase }
        guard let value = constant(global.initial, in: file) else {
            throw .notConstant("the address of \(name)", in: file.name)
        }
        return UInt32(bitPattern: value)
    }

    // MARK: Imports

    private func bindFunctions(of file: InputFile) throws(LinkError) {
        for (index, item) in file.importedFunctions.enumerated() {
            let type = try functionType(item.type, in: file)
            file.functions[index] = try bind(item.symbol, type: type, for: file)
        }
    }

    private func bind(_ symbol: InputFile.ImportedSymbol, type: UInt32, for file: InputFile) throws(LinkError)
        -> FunctionID
    {
        if symbol.module == "env", !file.isMain {
            if case .function(let id) = try lookUp(symbol.name, for: file) {
                if functions.type(of: id) == type { return id }
                warnings.add(.signatureMismatch, symbol.name, in: file.name)
                return functions.trap("signature_mismatch:\(symbol.name)", type: type)
            }
        }
        if let host = hostFunction(symbol.module, symbol.name) {
            if host == type { return functions.host(symbol.module, symbol.name, type: type) }
            if file.isMain, let wants = types.function(type), let has = types.function(host) {
                throw .hostType(symbol.module, symbol.name, wants: wants, has: has, in: file.name)
            }
            warnings.add(.signatureMismatch, symbol.name, in: file.name)
            return functions.trap("signature_mismatch:\(symbol.name)", type: type)
        }
        guard symbol.module == "env" || symbol.module == "wasi_snapshot_preview1" else {
            throw .unknownImport(symbol.module, symbol.name, in: file.name)
        }
        if symbol.name.hasPrefix("invoke_") {
            throw .unsupported("Emscripten's JavaScript exceptions (\(symbol.name))", in: file.name)
        }
        return undefined(symbol.name, type: type, in: file)
    }

    /// A function that nothing defines. Whether that deserves a warning is known when it turns out to be live.
    private func undefined(_ name: String, type: UInt32, in file: InputFile) -> FunctionID {
        let id = functions.trap("undefined:\(name)", type: type)
        // Weak: whoever calls it has asked whether it is there.
        if file.weakImports.contains(name) { return id }
        let isJavaScript = file.exports["__em_js__\(name)"] != nil
        undefinedUses[id, default: []].append(
            UndefinedUse(kind: isJavaScript ? .javaScriptFunction : .undefinedFunction, name: name, file: file.name))
        return id
    }

    /// The type of a function that the host offers, as an index of the type table.
    private func hostFunction(_ module: String, _ name: String) -> UInt32? {
        hostTypes[HostName(module: module, name: name)]
    }

    private func bindTags(of file: InputFile) throws(LinkError) {
        for (index, item) in file.importedTags.enumerated() {
            let type = try functionType(item.type, in: file)
            let name = item.symbol.name
            guard item.symbol.module == "env" else { throw .unknownImport(item.symbol.module, name, in: file.name) }
            if case .tag(let tag) = try lookUp(name, for: file) {
                file.tags[index] = tag
            } else if let tag = sharedTags[name] {
                file.tags[index] = tag
            } else {
                file.tags[index] = UInt32(tags.count)
                sharedTags[name] = UInt32(tags.count)
                tags.append(LinkedTag(type: type))
            }
            guard tags[Int(file.tags[index])].type == type else {
                throw .wrongImport("env", name, "the tag has another type", in: file.name)
            }
        }
    }

    private func bindGlobals(of file: InputFile) throws(LinkError) {
        // Bases first: the addresses of a file's own symbols may be computed from them.
        for (index, item) in file.importedGlobals.enumerated() where item.symbol.module == "env" {
            file.globals[index] = try global(item.symbol.name, type: item.type, for: file)
        }
        for (number, global) in file.module.globals.enumerated() {
            guard !global.type.isMutable, global.type.value == .i32, let value = constant(global.initial, in: file)
            else {
                continue
            }
            file.globals[file.importedGlobals.count + number] = .constant(value)
        }
        for (index, item) in file.importedGlobals.enumerated() where item.symbol.module != "env" {
            let (module, name) = (item.symbol.module, item.symbol.name)
            guard module == "GOT.func" || module == "GOT.mem" else { throw .unknownImport(module, name, in: file.name) }
            guard item.type.value == .i32 else { throw .unsupported("64-bit memory", in: file.name) }
            file.globals[index] = try address(of: name, isFunction: module == "GOT.func", for: file)
        }
    }

    private func global(_ name: String, type: GlobalType, for file: InputFile) throws(LinkError) -> GlobalTarget {
        if !file.isMain, name == "__memory_base" || name == "__table_base" {
            guard type.value == .i32 else { throw .unsupported("64-bit memory", in: file.name) }
            return .constant(Int32(bitPattern: name == "__memory_base" ? file.memoryBase : file.tableBase))
        }
        switch try lookUp(name, for: file) {
        case .global(let linked):
            guard globals[linked].type == type else {
                throw .wrongImport("env", name, "the global has another type", in: file.name)
            }
            return .linked(linked)
        case .data(let address) where !type.isMutable && type.value == .i32:
            return .constant(Int32(bitPattern: address))
        default:
            throw .unknownImport("env", name, in: file.name)
        }
    }

    /// The meaning of an entry of the global offset table. Which of the two tables a name is in is a guess of the compiler
    /// when the symbol is undefined, so the definition decides.
    private func address(of name: String, isFunction: Bool, for file: InputFile) throws(LinkError) -> GlobalTarget {
        switch try lookUp(name, for: file) {
        case .function(let id): return .address(id)
        case .data(let address): return .constant(Int32(bitPattern: address))
        default: break
        }
        if let type = hostFunction("env", name) { return .address(functions.host("env", name, type: type)) }
        if file.weakImports.contains(name) { return .constant(0) }
        guard isFunction else { throw .undefinedData(name, in: file.name) }
        return .address(undefined(name, type: types.index(of: FunctionType(parameters: [], results: [])), in: file))
    }

    // MARK: Constants

    /// The value of a constant expression of type `i32`; nil when it is not known when linking.
    func constant(_ expression: ConstantExpression, in file: InputFile) -> Int32? {
        switch expression {
        case .i32(let value): return value
        case .globalGet(let index): return constant(ofGlobal: index, in: file)
        case .other(let bytes): return extendedConstant(bytes, in: file)
        default: return nil
        }
    }

    private func constant(ofGlobal index: UInt32, in file: InputFile) -> Int32? {
        guard Int(index) < file.globals.count else { return nil }
        switch file.globals[Int(index)] {
        case .constant(let value): return value
        case .address, .linked: return nil
        }
    }

    /// Extended constant expressions: `global.get __memory_base; i32.const 16; i32.add`.
    private func extendedConstant(_ bytes: Bytes, in file: InputFile) -> Int32? {
        var reader = InstructionReader(bytes)
        var stack: [Int32] = []
        while let instruction = try? reader.next() {
            switch instruction.opcode {
            case .i32Const: stack.append(instruction.i32)
            case .globalGet:
                guard let value = constant(ofGlobal: instruction.index, in: file) else { return nil }
                stack.append(value)
            case .i32Add, .i32Sub, .i32Mul:
                guard let right = stack.popLast(), let left = stack.popLast() else { return nil }
                switch instruction.opcode {
                case .i32Add: stack.append(left &+ right)
                case .i32Sub: stack.append(left &- right)
                default: stack.append(left &* right)
                }
            case .end: return stack.count == 1 ? stack[0] : nil
            default: return nil
            }
        }
        return nil
    }
}

/// A use of a function that nothing defines.
struct UndefinedUse {
    var kind: LinkWarning.Kind
    var name: String
    var file: String
}

/// The two names of an import.
struct HostName: Hashable {
    var module: String
    var name: String
}
