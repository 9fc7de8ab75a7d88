/// Something that a module needs from outside.
public struct Import: Hashable, Sendable {
    /// What kind of thing, and its type.
    public enum Kind: Hashable, Sendable {
        /// A function of the type with this index.
        case function(UInt32)
        /// A table.
        case table(TableType)
        /// A memory.
        case memory(MemoryType)
        /// A global.
        case global(GlobalType)
        /// A tag of the type with this index.
        case tag(UInt32)
    }

    /// The first of the two names.
    public var module: String
    /// The second of the two names.
    public var name: String
    /// What it is.
    public var type: Kind

    /// An import.
    public init(module: String, name: String, type: Kind) {
        self.module = module
        self.name = name
        self.type = type
    }
}

extension ModuleReader {
    mutating func readImports(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "imports", minimumSize: 4)
        module.imports.reserveCapacity(count)
        for _ in 0..<count {
            let moduleName = try cursor.name()
            let name = try cursor.name()
            let start = cursor.offset
            let type: Import.Kind
            switch try cursor.byte() {
            case 0: type = .function(try cursor.u32())
            case 1: type = .table(try cursor.tableType())
            case 2: type = .memory(try cursor.memoryType())
            case 3: type = .global(try cursor.globalType())
            case 4: type = .tag(try cursor.tagType())
            case let kind: throw WasmError(.malformedImportKind(kind), at: start)
            }
            module.imports.append(Import(module: moduleName, name: name, type: type))
        }
    }
}

extension ModuleWriter {
    mutating func writeImports(_ module: Module) {
        if module.imports.isEmpty { return }
        section(.import) { output in
            output.u32(UInt32(module.imports.count))
            for item in module.imports {
                output.name(item.module)
                output.name(item.name)
                switch item.type {
                case .function(let type):
                    output.byte(0)
                    output.u32(type)
                case .table(let type):
                    output.byte(1)
                    output.tableType(type)
                case .memory(let type):
                    output.byte(2)
                    output.limits(type.limits)
                case .global(let type):
                    output.byte(3)
                    output.globalType(type)
                case .tag(let type):
                    output.byte(4)
                    output.byte(0)
                    output.u32(type)
                }
            }
        }
    }
}
