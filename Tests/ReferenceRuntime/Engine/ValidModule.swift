import WasmBinary

/// A module that has passed validation, with its index spaces spelled out: imports first, then what it defines.
public final class ValidModule {
    /// The module as it was read.
    public let module: Module
    /// The canonical number of each type.
    let types: [UInt32]
    let registry: TypeRegistry
    /// The canonical type of each function.
    let functions: [UInt32]
    let tables: [(element: StackType, limits: Limits)]
    let memories: [Limits]
    let globals: [(type: StackType, isMutable: Bool)]
    let tags: [UInt32]
    let importedFunctions: Int
    let importedTables: Int
    let importedMemories: Int
    let importedGlobals: Int
    let importedTags: Int
    /// Names of functions for stack traces, by index.
    private(set) var functionNames: [Int: String] = [:]

    /// Reads and validates a module for the instances of a store.
    public convenience init(_ bytes: Bytes, in store: Store) throws {
        try self.init(Module.read(bytes), in: store)
    }

    /// Validates a module for the instances of a store.
    public init(_ module: Module, in store: Store) throws(ValidationError) {
        self.module = module
        registry = store.types
        types = try registry.register(module)
        let types = types
        func check(_ type: UInt32) throws(ValidationError) -> UInt32 {
            guard Int(type) < types.count else { throw ValidationError("unknown type \(type)") }
            guard store.types.signatures[Int(types[Int(type)])] != nil else {
                throw ValidationError("type \(type) is not a function type")
            }
            return types[Int(type)]
        }
        func check(_ type: ValueType) throws(ValidationError) -> StackType {
            if case .reference(let reference) = type, case .type(let index) = reference.heapType {
                guard Int(index) < types.count else { throw ValidationError("unknown type \(index)") }
            }
            return TypeRegistry.stackType(type) { types[Int($0)] }
        }
        var functions: [UInt32] = []
        var tables: [(element: StackType, limits: Limits)] = []
        var memories: [Limits] = []
        var globals: [(type: StackType, isMutable: Bool)] = []
        var tags: [UInt32] = []
        for item in module.imports {
            switch item.type {
            case .function(let type): functions.append(try check(type))
            case .table(let type): tables.append((try check(.reference(type.element)), type.limits))
            case .memory(let type): memories.append(type.limits)
            case .global(let type): globals.append((try check(type.value), type.isMutable))
            case .tag(let type): tags.append(try check(type))
            }
        }
        importedFunctions = functions.count
        importedTables = tables.count
        importedMemories = memories.count
        importedGlobals = globals.count
        importedTags = tags.count
        for type in module.functions { functions.append(try check(type)) }
        for table in module.tables { tables.append((try check(.reference(table.type.element)), table.type.limits)) }
        for memory in module.memories { memories.append(memory.limits) }
        for global in module.globals { globals.append((try check(global.type.value), global.type.isMutable)) }
        for type in module.tags { tags.append(try check(type)) }
        self.functions = functions
        self.tables = tables
        self.memories = memories
        self.globals = globals
        self.tags = tags
        var validator = ModuleValidator(self)
        try validator.validate()
        nameFunctions()
    }

    private func nameFunctions() {
        var index = 0
        for item in module.imports {
            guard case .function = item.type else { continue }
            functionNames[index] = "\(item.module).\(item.name)"
            index += 1
        }
        for item in module.exports where item.kind == .function { functionNames[Int(item.index)] = item.name }
        let section = module.customSections.last { $0.name == "name" }
        guard let section, let names = try? NameSection(reading: section.contents) else { return }
        for entry in names.functions { functionNames[Int(entry.index)] = entry.name }
    }

    func signature(ofFunction index: Int) -> Signature { registry.signature(functions[index]) }
}
