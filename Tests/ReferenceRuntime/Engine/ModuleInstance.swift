import WasmBinary

/// Why a module could not be instantiated.
public enum InstantiationError: Error, CustomStringConvertible {
    /// Nobody provides an import.
    case unknownImport(module: String, name: String)
    /// What is provided for an import is of another type.
    case incompatibleImport(module: String, name: String, reason: String)
    /// A memory or a table is larger than the store allows.
    case limit(String)
    /// A segment does not fit, or the start function trapped.
    case trapped(Trap)
    /// The start function threw.
    case threw

    /// One line.
    public var description: String {
        switch self {
        case .unknownImport(let module, let name): "unknown import \(module).\(name)"
        case .incompatibleImport(let module, let name, let reason):
            "incompatible import type for \(module).\(name): \(reason)"
        case .limit(let what): "the \(what) is larger than the store allows"
        case .trapped(let trap): "\(trap)"
        case .threw: "the start function threw an exception"
        }
    }
}

/// Something that an instance exports or imports.
public enum External {
    /// A function.
    case function(FunctionInstance)
    /// A table.
    case table(TableInstance)
    /// A memory.
    case memory(MemoryInstance)
    /// A global.
    case global(GlobalInstance)
    /// A tag.
    case tag(TagInstance)
}

/// The bytes of a data segment; none once it is dropped.
final class DataInstance {
    private(set) var bytes: Bytes
    init(_ bytes: Bytes) { self.bytes = bytes }
    func drop() { bytes = Bytes() }
}

/// The references of an element segment; none once it is dropped.
final class ElementInstance {
    private(set) var references: [UInt64]
    init(_ references: [UInt64]) { self.references = references }
    func drop() { references = [] }
}

/// An instance of a module.
public final class ModuleInstance {
    /// The store owns its instances.
    unowned let store: Store
    let valid: ValidModule
    let data: UnsafeMutablePointer<InstanceData>
    private(set) var functions: [FunctionInstance] = []
    private(set) var tables: [TableInstance] = []
    private(set) var memories: [MemoryInstance] = []
    private(set) var globals: [GlobalInstance] = []
    private(set) var tags: [TagInstance] = []
    private(set) var dataSegments: [DataInstance] = []
    private(set) var elementSegments: [ElementInstance] = []
    /// What the module exports. Names are compared byte by byte, not as Swift compares strings, for which `é` is equal to
    /// `e` and a combining accent.
    private var exports: [[UInt8]: External] = [:]

    /// Instantiates a module: links it, initialises tables and memories, and runs the start function.
    ///
    /// - Parameter imports: what is there for a module and name; nil is an error.
    public init(
        _ valid: ValidModule, in store: Store, imports: (Import) -> External?
    ) throws(InstantiationError) {
        self.store = store
        self.valid = valid
        data = .allocate(capacity: 1)
        data.initialize(to: InstanceData(memory: store.emptyMemory))
        for item in valid.module.imports { try link(item, imports(item)) }
        try allocate()
        store.own(self)
        for item in valid.module.exports { exports[Array(item.name.utf8)] = external(item) }
        try initialize()
    }

    deinit { data.deallocate() }

    /// What is exported under a name.
    public func export(_ name: String) -> External? { exports[Array(name.utf8)] }

    /// The exported function of a name.
    public func function(_ name: String) -> FunctionInstance? {
        if case .function(let function) = export(name) { function } else { nil }
    }

    /// The exported global of a name.
    public func global(_ name: String) -> GlobalInstance? {
        if case .global(let global) = export(name) { global } else { nil }
    }

    /// The exported memory of a name.
    public func memory(_ name: String) -> MemoryInstance? {
        if case .memory(let memory) = export(name) { memory } else { nil }
    }

    /// The exported table of a name.
    public func table(_ name: String) -> TableInstance? {
        if case .table(let table) = export(name) { table } else { nil }
    }

    private func external(_ item: Export) -> External {
        let index = Int(item.index)
        return switch item.kind {
        case .function: .function(functions[index])
        case .table: .table(tables[index])
        case .memory: .memory(memories[index])
        case .global: .global(globals[index])
        case .tag: .tag(tags[index])
        }
    }
}

// MARK: - Linking

extension ModuleInstance {
    private func link(_ item: Import, _ external: External?) throws(InstantiationError) {
        guard let external else { throw .unknownImport(module: item.module, name: item.name) }
        func incompatible(_ reason: String) -> InstantiationError {
            .incompatibleImport(module: item.module, name: item.name, reason: reason)
        }
        switch (item.type, external) {
        case (.function, .function(let function)):
            let expected = valid.functions[functions.count]
            guard store.types.isSubtype(function.data.pointee.type, of: expected) else {
                throw incompatible("another function type")
            }
            functions.append(function)
        case (.table(let type), .table(let table)):
            let expected = valid.tables[tables.count].element
            guard table.element == expected else { throw incompatible("another element type") }
            guard fits(table.count, table.maximum, type.limits) else { throw incompatible("another size") }
            tables.append(table)
        case (.memory(let type), .memory(let memory)):
            guard fits(memory.pages, memory.maximum, type.limits) else { throw incompatible("another size") }
            memories.append(memory)
        case (.global, .global(let global)):
            let expected = valid.globals[globals.count]
            guard global.isMutable == expected.isMutable else { throw incompatible("mutability") }
            guard
                expected.isMutable
                    ? global.type == expected.type : store.types.matches(global.type, expected.type)
            else { throw incompatible("another value type") }
            globals.append(global)
        case (.tag, .tag(let tag)):
            guard tag.type == valid.tags[tags.count] else { throw incompatible("another tag type") }
            tags.append(tag)
        default:
            throw incompatible("another kind")
        }
    }

    private func fits(_ count: Int, _ maximum: Int?, _ limits: Limits) -> Bool {
        guard count >= Int(limits.minimum) else { return false }
        guard let expected = limits.maximum else { return true }
        guard let maximum else { return false }
        return maximum <= Int(expected)
    }

    private func allocate() throws(InstantiationError) {
        let module = valid.module
        for body in module.code.indices {
            functions.append(FunctionInstance(self, index: valid.importedFunctions + body, body: body))
        }
        for memory in module.memories {
            let maximum = memory.limits.maximum.map { Int($0) }
            guard let memory = MemoryInstance(store, minimum: Int(memory.limits.minimum), maximum: maximum) else {
                throw .limit("memory")
            }
            memories.append(memory)
        }
        if let memory = memories.first { data.pointee.memory = memory.data }
        for (offset, type) in module.tags.enumerated() {
            let canonical = valid.tags[valid.importedTags + offset]
            tags.append(TagInstance(type: canonical, signature: store.types.signature(canonical), name: "tag \(type)"))
        }
        for global in module.globals {
            let type = valid.globals[globals.count]
            let instance = GlobalInstance(store, type: type.type, isMutable: type.isMutable)
            evaluate(global.initial, to: instance.cell)
            globals.append(instance)
        }
        for table in module.tables {
            var initial: UInt64 = 0
            if let expression = table.initial { initial = evaluate(expression) }
            let maximum = table.type.limits.maximum.map { Int(clamping: $0) }
            guard
                let table = TableInstance(
                    store, element: valid.tables[tables.count].element,
                    minimum: Int(clamping: table.type.limits.minimum),
                    maximum: maximum, initial: initial)
            else { throw .limit("table") }
            tables.append(table)
        }
        for segment in module.data { dataSegments.append(DataInstance(segment.contents)) }
        for segment in module.elements {
            switch segment.items {
            case .functions(let functions):
                elementSegments.append(ElementInstance(functions.map { self.functions[Int($0)].data.bits }))
            case .expressions(let expressions):
                elementSegments.append(ElementInstance(expressions.map { evaluate($0) }))
            }
        }
    }

    private func initialize() throws(InstantiationError) {
        for (segment, elements) in zip(valid.module.elements, elementSegments) {
            switch segment.mode {
            case .active(let table, let offset):
                let start = Int(evaluate(offset))
                let count = elements.references.count
                if let code = tables[Int(table)].initialize(at: start, elements, from: 0, count: count) {
                    throw .trapped(Trap(code: code, frames: []))
                }
                elements.drop()
            case .declarative: elements.drop()
            case .passive: break
            }
        }
        for (segment, data) in zip(valid.module.data, dataSegments) {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            let bytes = data.bytes
            guard let target = memories[Int(memory)].range(evaluate(offset), UInt64(bytes.count)) else {
                throw .trapped(Trap(code: .memoryOutOfBounds, frames: []))
            }
            bytes.withUnsafeBytes { target.copyMemory(from: $0) }
            data.drop()
        }
        guard let start = valid.module.start else { return }
        switch ExecutionContext(store).invoke(functions[Int(start)]) {
        case .returned: return
        case .trapped(let trap): throw .trapped(trap)
        case .suspended: throw .trapped(Trap(code: .host, frames: [], detail: "the start function cannot suspend"))
        case .threw: throw .threw
        }
    }

    private func evaluate(_ expression: ConstantExpression) -> UInt64 {
        var cells: (UInt64, UInt64) = (0, 0)
        withUnsafeMutablePointer(to: &cells) { pointer in
            pointer.withMemoryRebound(to: UInt64.self, capacity: 2) { evaluate(expression, to: $0) }
        }
        return cells.0
    }

    private func evaluate(_ expression: ConstantExpression, to cell: UnsafeMutablePointer<UInt64>) {
        switch expression {
        case .i32(let value): cell[0] = UInt64(UInt32(bitPattern: value))
        case .i64(let value): cell[0] = UInt64(bitPattern: value)
        case .f32(let bits): cell[0] = UInt64(bits)
        case .f64(let bits): cell[0] = bits
        case .globalGet(let index): cell.update(from: globals[Int(index)].cell, count: 2)
        case .functionReference(let index): cell[0] = functions[Int(index)].data.bits
        case .null: cell[0] = 0
        case .other(let bytes): evaluate(bytes, to: cell)
        }
    }

    private func evaluate(_ bytes: Bytes, to cell: UnsafeMutablePointer<UInt64>) {
        var stack: [(UInt64, UInt64)] = []
        var reader = InstructionReader(bytes)
        while let i = try? reader.next() {
            switch i.opcode {
            case .i32Const: stack.append((UInt64(UInt32(bitPattern: i.i32)), 0))
            case .i64Const, .f64Const: stack.append((i.bits, 0))
            case .f32Const: stack.append((UInt64(i.f32Bits), 0))
            case .v128Const: stack.append((i.bits, i.high))
            case .globalGet:
                let global = globals[Int(i.index)].cell
                stack.append((global[0], global[1]))
            case .refFunc: stack.append((functions[Int(i.index)].data.bits, 0))
            case .refNull: stack.append((0, 0))
            case .end: break
            default:
                guard let right = stack.popLast()?.0, let left = stack.popLast()?.0 else { return }
                stack.append((Self.combine(i.opcode, left, right), 0))
            }
        }
        if let value = stack.last { (cell[0], cell[1]) = value }
    }

    private static func combine(_ opcode: Opcode, _ left: UInt64, _ right: UInt64) -> UInt64 {
        let narrow = UInt64(UInt32.max)
        return switch opcode {
        case .i32Add: (left &+ right) & narrow
        case .i32Sub: (left &- right) & narrow
        case .i32Mul: (left &* right) & narrow
        case .i64Add: left &+ right
        case .i64Sub: left &- right
        default: left &* right
        }
    }
}
