import WasmBinary

/// A file that is linked: its module, and what every index of it means in the link.
///
/// Index spaces of a module start with its imports. `functions`, `globals`, `tags` and `types` translate each index of the
/// file; they are filled by the symbol table and the type table.
final class InputFile {
    let name: String
    let path: String
    let module: Module
    let dylink: DylinkSection
    /// Its place in load order; the main module is 0.
    var ordinal = 0
    let isMain: Bool

    /// The imports of each kind, in the order of their index spaces.
    let importedFunctions: [(symbol: ImportedSymbol, type: UInt32)]
    let importedGlobals: [(symbol: ImportedSymbol, type: GlobalType)]
    let importedTags: [(symbol: ImportedSymbol, type: UInt32)]
    /// Exports by name.
    let exports: [String: Export]
    /// Imports that may stay undefined.
    let weakImports: Set<String>
    /// The libraries that must be loaded before this one.
    var needed: [InputFile] = []
    /// Those, those that they need, and so on, in load order.
    var allNeeded: [InputFile] = []

    /// Type index → index in the type table.
    var types: [UInt32] = []
    /// Function index → function of the link.
    var functions: [FunctionID] = []
    /// Global index → what it stands for.
    var globals: [GlobalTarget] = []
    /// Tag index → tag of the link.
    var tags: [UInt32] = []
    /// Element segment index → segment of the link.
    var elements: [UInt32] = []
    /// Data segment index → segment of the link; nil for segments that became part of the memory image.
    var data: [UInt32?] = []

    /// Where its data lies.
    var memoryBase: UInt32 = 0
    /// Where its table elements lie.
    var tableBase: UInt32 = 0
    /// Names of functions by index: those of the name section, else those of exports.
    private(set) lazy var functionNames: [Int: String] = {
        var names: [Int: String] = [:]
        for export in module.exports where export.kind == .function {
            if names[Int(export.index)] == nil { names[Int(export.index)] = export.name }
        }
        for entry in module.names.functions { names[Int(entry.index)] = entry.name }
        return names
    }()
    /// Its data as it is after relocation.
    var image = DataImage()

    struct ImportedSymbol {
        var module: String
        var name: String
    }

    init(_ input: LinkInput, isMain: Bool) throws(LinkError) {
        name = input.name
        path = input.path
        self.isMain = isMain
        do throws(WasmError) {
            // Code is checked later, and only what is live: see `MarkLive`.
            module = try Module.read(input.bytes, code: .deferred)
            if let section = module.customSection("dylink.0") {
                dylink = try DylinkSection(reading: section.contents)
            } else {
                dylink = DylinkSection()
            }
        } catch {
            throw .unreadable(error, in: input.name)
        }
        if !isMain, module.customSection("dylink.0") == nil { throw .notDynamic(input.name) }
        var functions: [(ImportedSymbol, UInt32)] = []
        var globals: [(ImportedSymbol, GlobalType)] = []
        var tags: [(ImportedSymbol, UInt32)] = []
        for item in module.imports {
            let symbol = ImportedSymbol(module: item.module, name: item.name)
            switch item.type {
            case .function(let type): functions.append((symbol, type))
            case .global(let type): globals.append((symbol, type))
            case .tag(let type): tags.append((symbol, type))
            case .memory(let type): try Self.check(type.limits, symbol, "memory", in: input.name, isMain: isMain)
            case .table(let type):
                try Self.check(type.limits, symbol, "__indirect_function_table", in: input.name, isMain: isMain)
            }
        }
        importedFunctions = functions
        importedGlobals = globals
        importedTags = tags
        var exports: [String: Export] = [:]
        exports.reserveCapacity(module.exports.count)
        for item in module.exports {
            guard exports.updateValue(item, forKey: item.name) == nil else {
                throw LinkError("exports \(item.name) twice", in: input.name)
            }
        }
        self.exports = exports
        weakImports = Set(dylink.imports.filter(\.isWeak).map(\.name))
        try checkShape()
    }

    /// Libraries use the main module's memory and table, and the main module defines them.
    private static func check(
        _ limits: Limits, _ symbol: ImportedSymbol, _ name: String, in file: String, isMain: Bool
    ) throws(LinkError) {
        if limits.isShared { throw .unsupported("threads (shared memory)", in: file) }
        if limits.is64Bit { throw .unsupported("64-bit memory", in: file) }
        if isMain { throw .wrongImport(symbol.module, symbol.name, "a main module must define it", in: file) }
        guard symbol.module == "env", symbol.name == name else {
            throw .wrongImport(symbol.module, symbol.name, "only env.\(name) can be imported", in: file)
        }
    }

    private func checkShape() throws(LinkError) {
        for memory in module.memories {
            if memory.limits.isShared { throw .unsupported("threads (shared memory)", in: name) }
            if memory.limits.is64Bit { throw .unsupported("64-bit memory", in: name) }
        }
        if isMain {
            guard module.memories.count == 1 else {
                throw LinkError("must define exactly one memory, and defines \(module.memories.count)", in: name)
            }
        } else {
            if !module.memories.isEmpty { throw .unsupported("a memory of its own", in: name) }
            if !module.tables.isEmpty { throw .unsupported("a table of its own", in: name) }
            let tables = module.imports.filter { if case .table = $0.type { true } else { false } }
            let memories = module.imports.filter { if case .memory = $0.type { true } else { false } }
            if tables.count > 1 { throw .unsupported("several tables", in: name) }
            if memories.count > 1 { throw .unsupported("several memories", in: name) }
        }
        if let symbol = dylink.exports.first(where: \.isThreadLocal) {
            throw .unsupported("thread-local storage of real threads (\(symbol.name))", in: name)
        }
    }
}

extension InputFile {
    /// Reads all files and puts them into load order: the main module, then the libraries as given, but each after those
    /// that it needs.
    static func read(main: LinkInput, libraries: [LinkInput]) throws(LinkError) -> [InputFile] {
        var files: [InputFile] = []
        var byName: [Substring: InputFile] = [:]
        var paths: Set<String> = []
        for library in libraries {
            guard paths.insert(library.path).inserted else { throw .duplicatePath(library.path, in: library.name) }
            let file = try InputFile(library, isMain: false)
            files.append(file)
            let base = lastComponent(library.path.isEmpty ? library.name : library.path)
            if byName[base] == nil { byName[base] = file }
        }
        for file in files {
            for name in file.dylink.needed {
                guard let needed = byName[lastComponent(name)] else { throw .missingLibrary(name, in: file.name) }
                file.needed.append(needed)
            }
        }
        var ordered = [try InputFile(main, isMain: true)]
        // Depth first, without recursion: the stack holds a library and how many of its needs have been looked at.
        var visited: Set<ObjectIdentifier> = []
        for root in files where visited.insert(ObjectIdentifier(root)).inserted {
            var stack = [(file: root, next: 0)]
            while let top = stack.last {
                if top.next < top.file.needed.count {
                    stack[stack.count - 1].next += 1
                    let need = top.file.needed[top.next]
                    if visited.insert(ObjectIdentifier(need)).inserted { stack.append((need, 0)) }
                } else {
                    top.file.ordinal = ordered.count
                    ordered.append(top.file)
                    stack.removeLast()
                }
            }
        }
        for file in ordered { file.allNeeded = everythingNeeded(by: file) }
        return ordered
    }

    private static func lastComponent(_ path: String) -> Substring {
        path.split(separator: "/").last ?? ""
    }

    /// This file's libraries, those that they need, and so on, in load order, without the file itself.
    private static func everythingNeeded(by file: InputFile) -> [InputFile] {
        var found: [InputFile] = []
        var visited: Set<ObjectIdentifier> = [ObjectIdentifier(file)]
        var work = file.needed
        while let file = work.popLast() {
            if !visited.insert(ObjectIdentifier(file)).inserted { continue }
            found.append(file)
            work += file.needed
        }
        return found.sorted { $0.ordinal < $1.ordinal }
    }
}
