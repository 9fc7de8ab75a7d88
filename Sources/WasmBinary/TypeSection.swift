/// The parameters and results of a function.
public struct FunctionType: Hashable, Sendable {
    /// What it takes, first to last.
    public var parameters: [ValueType]
    /// What it returns, first to last.
    public var results: [ValueType]

    /// A function type.
    public init(parameters: [ValueType], results: [ValueType]) {
        self.parameters = parameters
        self.results = results
    }
}

/// A field of a structure, or the elements of an array.
public struct FieldType: Hashable, Sendable {
    /// How a field is stored.
    public enum Storage: Hashable, Sendable {
        /// Eight bits, an `i32` on the stack.
        case i8
        /// Sixteen bits, an `i32` on the stack.
        case i16
        /// As on the stack.
        case value(ValueType)
    }

    /// How it is stored.
    public var storage: Storage
    /// Whether it can be changed.
    public var isMutable: Bool

    /// A field type.
    public init(storage: Storage, isMutable: Bool) {
        self.storage = storage
        self.isMutable = isMutable
    }
}

/// One type of the type section: what it is made of, and its place in the subtype hierarchy.
public struct DefinedType: Hashable, Sendable {
    /// What a type is made of.
    public enum Composite: Hashable, Sendable {
        /// A function type.
        case function(FunctionType)
        /// A structure with fields.
        case structure([FieldType])
        /// An array of elements.
        case array(FieldType)
    }

    /// What it is made of.
    public var composite: Composite
    /// Indices of the types that it extends (at most one is valid today).
    public var supertypes: [UInt32]
    /// Whether no type may extend it.
    public var isFinal: Bool

    /// A type.
    public init(_ composite: Composite, supertypes: [UInt32] = [], isFinal: Bool = true) {
        self.composite = composite
        self.supertypes = supertypes
        self.isFinal = isFinal
    }

    /// The function type that it is, if it is one.
    public var function: FunctionType? {
        if case .function(let type) = composite { type } else { nil }
    }
}

extension ModuleReader {
    mutating func readTypes(_ cursor: inout ByteCursor) throws(WasmError) {
        let groups = try cursor.count(of: "types")
        module.types.reserveCapacity(groups)
        for _ in 0..<groups {
            if try cursor.peek() == 0x4E {
                cursor.offset += 1
                let count = try cursor.count(of: "types of a group")
                let first = module.types.count
                for _ in 0..<count { module.types.append(try cursor.definedType()) }
                module.recursionGroups.append(first..<first + count)
            } else {
                module.types.append(try cursor.definedType())
            }
        }
    }
}

extension ByteCursor {
    mutating func definedType() throws(WasmError) -> DefinedType {
        let form = try peek()
        guard form == 0x50 || form == 0x4F else { return DefinedType(try compositeType()) }
        offset += 1
        let count = try count(of: "supertypes")
        var supertypes: [UInt32] = []
        supertypes.reserveCapacity(count)
        for _ in 0..<count { supertypes.append(try u32()) }
        return DefinedType(try compositeType(), supertypes: supertypes, isFinal: form == 0x4F)
    }

    private mutating func compositeType() throws(WasmError) -> DefinedType.Composite {
        let start = offset
        let form = try byte()
        switch form {
        case 0x60:
            let parameters = try valueTypes(of: "parameters")
            return .function(FunctionType(parameters: parameters, results: try valueTypes(of: "results")))
        case 0x5F:
            let count = try count(of: "fields", minimumSize: 2)
            var fields: [FieldType] = []
            fields.reserveCapacity(count)
            for _ in 0..<count { fields.append(try fieldType()) }
            return .structure(fields)
        case 0x5E:
            return .array(try fieldType())
        case 0x5D:
            throw WasmError(.unsupported("stack switching (continuation types)"), at: start)
        case 0x65:
            throw WasmError(.unsupported("shared-everything threads (shared types)"), at: start)
        default:
            throw WasmError(.malformedTypeForm(form), at: start)
        }
    }

    /// A vector of value types.
    mutating func valueTypes(of what: String) throws(WasmError) -> [ValueType] {
        let count = try count(of: what)
        var types: [ValueType] = []
        types.reserveCapacity(count)
        for _ in 0..<count { types.append(try valueType()) }
        return types
    }

    private mutating func fieldType() throws(WasmError) -> FieldType {
        let storage: FieldType.Storage
        switch try peek() {
        case 0x78:
            offset += 1
            storage = .i8
        case 0x77:
            offset += 1
            storage = .i16
        default:
            storage = .value(try valueType())
        }
        return FieldType(storage: storage, isMutable: try mutability())
    }

    mutating func mutability() throws(WasmError) -> Bool {
        let start = offset
        let flag = try byte()
        guard flag <= 1 else { throw WasmError(.malformedMutability, at: start) }
        return flag == 1
    }
}

extension ModuleWriter {
    mutating func writeTypes(_ module: Module) {
        if module.types.isEmpty && module.recursionGroups.isEmpty { return }
        section(.type) { output in
            var groups = module.recursionGroups.makeIterator()
            var group = groups.next()
            let grouped = module.recursionGroups.reduce(0) { $0 + $1.count }
            output.u32(UInt32(module.types.count - grouped + module.recursionGroups.count))
            var index = 0
            while index < module.types.count || group != nil {
                if let range = group, range.lowerBound == index {
                    output.byte(0x4E)
                    output.u32(UInt32(range.count))
                    for type in module.types[range] { output.definedType(type) }
                    index = range.upperBound
                    group = groups.next()
                } else {
                    output.definedType(module.types[index])
                    index += 1
                }
            }
        }
    }
}

extension ByteWriter {
    mutating func definedType(_ type: DefinedType) {
        if !type.isFinal || !type.supertypes.isEmpty {
            byte(type.isFinal ? 0x4F : 0x50)
            u32(UInt32(type.supertypes.count))
            for supertype in type.supertypes { u32(supertype) }
        }
        switch type.composite {
        case .function(let function):
            byte(0x60)
            valueTypes(function.parameters)
            valueTypes(function.results)
        case .structure(let fields):
            byte(0x5F)
            u32(UInt32(fields.count))
            for field in fields { fieldType(field) }
        case .array(let field):
            byte(0x5E)
            fieldType(field)
        }
    }

    mutating func valueTypes(_ types: [ValueType]) {
        u32(UInt32(types.count))
        for type in types { valueType(type) }
    }

    private mutating func fieldType(_ field: FieldType) {
        switch field.storage {
        case .i8: byte(0x78)
        case .i16: byte(0x77)
        case .value(let type): valueType(type)
        }
        byte(field.isMutable ? 1 : 0)
    }
}
