import WasmBinary

// What the link adds: the table of linked libraries, functions that construct them, and the patched start of the heap.

/// The table of linked libraries, from which `dlopen` and `dlsym` answer. All numbers are 32 bits, little-endian:
///
///     frond_linked_libraries ─▶ count, libraries ─▶ path, constructor slot, symbol count, symbols ─▶ name, value
///                                                   …                                                …
///
/// `constructor slot` is the table slot of a function without parameters, or 0. `value` is a table slot for a function and
/// an address for data. Symbols are in the order of `strcmp`, libraries in load order. The main module, if it is among them, comes
/// first and has no path.
struct LibraryTable {
    var entries: [(file: InputFile, symbols: [Export])] = []

    init(_ entries: [(file: InputFile, symbols: [Export])] = []) {
        self.entries = entries
    }

    /// Sizes of the C structures.
    private static let (header, library, symbol) = (8, 16, 8)

    /// Its size in bytes, names included.
    var size: Int {
        entries.reduce(Self.header) { sum, entry in
            entry.symbols.reduce(sum + Self.library + entry.file.path.utf8.count + 1) {
                $0 + Self.symbol + $1.name.utf8.count + 1
            }
        }
    }

    /// The bytes of the table when it lies at an address.
    func bytes(
        at address: UInt32, constructor: (InputFile) -> UInt32, value: (InputFile, Export) -> UInt32
    ) -> Bytes {
        let symbolCount = entries.reduce(0) { $0 + $1.symbols.count }
        let librariesStart = address + UInt32(Self.header)
        var symbolStart = librariesStart + UInt32(Self.library * entries.count)
        var nameStart = symbolStart + UInt32(Self.symbol * symbolCount)
        var head = ByteWriter()
        var symbols = ByteWriter()
        var names = ByteWriter()
        func add(_ name: String) -> UInt32 {
            for byte in name.utf8 { names.byte(byte) }
            names.byte(0)
            defer { nameStart += UInt32(name.utf8.count) + 1 }
            return nameStart
        }
        head.fixed32(UInt32(entries.count))
        head.fixed32(librariesStart)
        for entry in entries {
            head.fixed32(add(entry.file.path))
            head.fixed32(constructor(entry.file))
            head.fixed32(UInt32(entry.symbols.count))
            head.fixed32(symbolStart)
            for symbol in entry.symbols {
                symbols.fixed32(add(symbol.name))
                symbols.fixed32(value(entry.file, symbol))
            }
            symbolStart += UInt32(Self.symbol * entry.symbols.count)
        }
        head.append(symbols)
        head.append(names)
        return head.finish()
    }
}

extension Link {
    /// What libffi calls functions through, which it knows by name (the context shim's typed_calls.h).
    private static let typedCall = "_frond_call_typed"

    /// Whether a program asks `dlsym` for any function or variable, as with ctypes, also of the main module. All that is exported
    /// is kept then, so this is only so when there is a library that could call what it finds.
    var namesAll: Bool {
        libraries.contains { file in file.importedFunctions.contains { $0.symbol.name == Self.typedCall } }
    }

    /// What `dlsym` can ask a library for: everything that it exports; but of a Python extension module its initialisers, unless
    /// there is somebody who looks for names.
    func exportedSymbols(of file: InputFile, namesAll: Bool) -> [Export] {
        let all = file.exports.values.filter {
            ($0.kind == .function || $0.kind == .global) && !Self.isInternal($0.name)
        }
        let isExtension = !namesAll && all.contains { $0.name.hasPrefix("PyInit_") || $0.name.hasPrefix("PyInitU_") }
        let symbols = all.filter {
            !isExtension || $0.name.hasPrefix("PyInit") || options.keepExports.contains($0.name)
        }
        return symbols.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Exports that are for loaders and not for programs.
    private static func isInternal(_ name: String) -> Bool {
        name.hasPrefix("__wasm_") || name.hasPrefix("__em_js__") || name == "__start_em_asm" || name == "__stop_em_asm"
            || name.utf8.contains(0)
    }

    func synthesize() throws(LinkError) {
        if !startUp.isEmpty { addStartUp() }
        if libraries.isEmpty { return }
        for file in libraries { constructors[file.ordinal] = try constructor(of: file) }
        // A library that others need must be constructed before them, and once.
        let needed = Set(libraries.flatMap { $0.needed.map(\.ordinal) })
        for file in libraries where needed.contains(file.ordinal) || !file.needed.isEmpty {
            guard let own = constructors[file.ordinal] ?? nil else { continue }
            constructors[file.ordinal] = onceConstructor(of: file, own)
        }
        for file in libraries where constructors[file.ordinal] ?? nil == nil && !file.needed.isEmpty {
            constructors[file.ordinal] = onceConstructor(of: file, nil)
        }
        try writeLibraryTable()
        try moveHeap()
    }

    private func onceConstructor(of file: InputFile, _ own: FunctionID?) -> FunctionID {
        let before = file.allNeeded.compactMap { constructors[$0.ordinal] ?? nil }
        let flag = layout.constructedFlags + UInt32(file.ordinal) * 4
        let body = SyntheticFunction.Body.callsOnce(before + (own.map { [$0] } ?? []), flag: flag)
        return functions.append(
            .synthetic(SyntheticFunction(name: "construct:\(file.name)", body: body)), type: emptyType)
    }

    private var emptyType: UInt32 { types.index(of: FunctionType(parameters: [], results: [])) }

    /// The constructors of a library; nil when there is nothing to do.
    private func constructor(of file: InputFile) throws(LinkError) -> FunctionID? {
        guard let export = file.exports["__wasm_call_ctors"], export.kind == .function else { return nil }
        guard Int(export.index) < file.functions.count else {
            throw .badIndex("function", export.index, in: file.name)
        }
        let id = file.functions[Int(export.index)]
        guard functions.type(of: id) == emptyType else { return nil }
        if case .file(file.ordinal, let body) = functions[id], Self.doesNothing(file.module.code[body]) { return nil }
        return id
    }

    private static func doesNothing(_ body: FunctionBody) -> Bool {
        var reader = InstructionReader(body.instructions)
        while let instruction = try? reader.next(), instruction.opcode == .nop || instruction.opcode == .end {}
        return reader.offset == body.instructions.endIndex && body.instructions.count <= 2
    }

    /// Makes the main module's constructors also run what could not be done when linking.
    private func addStartUp() {
        var calls: [FunctionID] = []
        let mainFunctions = Set(startUp.filter { if case .file(0, _) = functions[$0] { true } else { false } })
        calls += startUp.filter(mainFunctions.contains)
        if let export = main.exports["__wasm_call_ctors"], export.kind == .function,
            Int(export.index) < main.functions.count
        {
            calls.append(main.functions[Int(export.index)])
        }
        calls += startUp.filter { !mainFunctions.contains($0) }
        callConstructors = functions.append(
            .synthetic(SyntheticFunction(name: "__wasm_call_ctors", body: .calls(calls))), type: emptyType)
    }

    private func writeLibraryTable() throws(LinkError) {
        guard let word = try exportedAddress("frond_linked_libraries") else {
            throw .missingSymbol(
                "frond_linked_libraries", why: "so there is no way to tell it about libraries", in: main.name)
        }
        var failure: LinkError?
        let bytes = libraryTable.bytes(at: layout.libraryTable) { file in
            (constructors[file.ordinal] ?? nil).map { layout.slot(of: $0) } ?? 0
        } value: { file, export in
            do throws(LinkError) {
                return try value(of: export, in: file)
            } catch {
                failure = failure ?? error
                return 0
            }
        }
        if let failure { throw failure }
        patches.append((layout.libraryTable, bytes))
        patches.append((word, Self.word(layout.libraryTable)))
    }

    /// What `dlsym` answers for an export of a library.
    private func value(of export: Export, in file: InputFile) throws(LinkError) -> UInt32 {
        let index = Int(export.index)
        if export.kind == .function {
            guard index < file.functions.count else { throw .badIndex("function", export.index, in: file.name) }
            return layout.slot(of: file.functions[index])
        }
        guard index < file.globals.count else { throw .badIndex("global", export.index, in: file.name) }
        if index < file.importedGlobals.count {
            switch file.globals[index] {
            case .constant(let value): return UInt32(bitPattern: value)
            case .address(let function): return layout.slot(of: function)
            case .linked: return 0
            }
        }
        let global = file.module.globals[index - file.importedGlobals.count]
        guard global.type.value == .i32, !global.type.isMutable else { return 0 }
        return try address(ofGlobal: global, named: export.name, in: file)
    }

    private static func word(_ value: UInt32) -> Bytes {
        var writer = ByteWriter(capacity: 4)
        writer.fixed32(value)
        return writer.finish()
    }

    // MARK: The heap

    /// Makes the heap start after the libraries: patches the word that `sbrk` starts from.
    private func moveHeap() throws(LinkError) {
        let address = try sbrkWord()
        let old = UInt32(truncatingIfNeeded: main.image.load(at: UInt64(address), count: 4))
        // Zero: `sbrk` would set it at its first call; a value that is there already keeps it from doing so.
        let heapBase = try exportedAddress("__heap_base")
        guard old == 0 || old == heapBase else {
            throw .sbrk("the word at \(address) is \(old), not __heap_base", in: main.name)
        }
        patches.append((address, Self.word(layout.heapBase)))
    }

    /// The address that `emscripten_get_sbrk_ptr` returns: the constant with which its body ends.
    private func sbrkWord() throws(LinkError) -> UInt32 {
        let name = "emscripten_get_sbrk_ptr"
        var index: Int?
        if let export = main.exports[name], export.kind == .function { index = Int(export.index) }
        if index == nil { index = main.module.names.functions.first { $0.name == name }.map { Int($0.index) } }
        guard let index, index >= main.importedFunctions.count, index < main.functions.count else {
            throw .sbrk("there is no function \(name)", in: main.name)
        }
        var reader = InstructionReader(main.module.code[index - main.importedFunctions.count].instructions)
        var last: Instruction?
        while let instruction = try main.next(&reader), instruction.opcode != .end || !reader.isAtEnd {
            last = instruction
        }
        guard let last, last.opcode == .i32Const else {
            throw .sbrk("\(name) does not end with a constant", in: main.name)
        }
        return UInt32(bitPattern: last.i32)
    }
}
