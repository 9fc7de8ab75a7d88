import WasmBinary

/// A value type in 32 bits, as the validator compares millions of them; type indices are canonical numbers.
struct StackType: Hashable, Sendable {
    var code: UInt32

    /// Any type at all: what the stack of unreachable code holds.
    static let bottom = StackType(code: 0)
    static let i32 = StackType(code: 1)
    static let i64 = StackType(code: 2)
    static let f32 = StackType(code: 3)
    static let f64 = StackType(code: 4)
    static let v128 = StackType(code: 5)
    /// Some reference, of which no more is known (`ref.as_non_null` in unreachable code).
    static let bottomReference = StackType(heap: .bottom, nullable: false)

    static let functionReference = StackType(heap: .function, nullable: true)
    static let externalReference = StackType(heap: .external, nullable: true)
    static let exceptionReference = StackType(heap: .exception, nullable: true)

    private static let reference: UInt32 = 0x8000_0000
    private static let nullable: UInt32 = 0x4000_0000

    init(code: UInt32) { self.code = code }

    init(heap: Heap, nullable: Bool) {
        code = Self.reference | (nullable ? Self.nullable : 0) | heap.code
    }

    var isReference: Bool { code & Self.reference != 0 }
    var isNullable: Bool { code & Self.nullable != 0 }
    var heap: Heap { Heap(code: code & ~(Self.reference | Self.nullable)) }
    var isNumeric: Bool { code <= 4 }
    var isVector: Bool { code == 5 || code == 0 }
    /// How many slots of a frame a value takes.
    var slots: Int { code == 5 ? 2 : 1 }
    /// Whether locals of this type have a value before they are assigned.
    var isDefaultable: Bool { !isReference || isNullable }

    /// What a reference points to.
    struct Heap: Hashable, Sendable {
        var code: UInt32

        static let bottom = Heap(code: 0)
        static let function = Heap(code: 1)
        static let noFunction = Heap(code: 2)
        static let external = Heap(code: 3)
        static let noExternal = Heap(code: 4)
        static let exception = Heap(code: 5)
        static let noException = Heap(code: 6)
        static let any = Heap(code: 7)
        static let eq = Heap(code: 8)
        static let i31 = Heap(code: 9)
        static let structure = Heap(code: 10)
        static let array = Heap(code: 11)
        static let none = Heap(code: 12)

        private static let firstType: UInt32 = 16

        static func type(_ canonical: UInt32) -> Heap { Heap(code: canonical + firstType) }

        var type: UInt32? { code >= Self.firstType ? code - Self.firstType : nil }
    }
}

/// The parameters and results of a function, in canonical types.
struct Signature: Sendable {
    var parameters: [StackType]
    var results: [StackType]
    var parameterSlots: Int
    var resultSlots: Int

    init(parameters: [StackType], results: [StackType]) {
        self.parameters = parameters
        self.results = results
        parameterSlots = parameters.reduce(0) { $0 + $1.slots }
        resultSlots = results.reduce(0) { $0 + $1.slots }
    }
}

/// All types of all modules of a store, each known by one number.
///
/// Types are equal when their recursion groups are equal, structure by structure (specification, section 3.1 and the
/// appendix on type equivalence). A group is therefore looked up under a key in which references into the group itself
/// are relative and references out of it are canonical:
///
///     (rec (type $f (func (param (ref $f)))))    the key of $f is (func (param (ref relative 0)))
final class TypeRegistry {
    private(set) var types: [DefinedType] = []
    private(set) var signatures: [Signature?] = []
    private var groups: [[DefinedType]: UInt32] = [:]

    private static let relative: UInt32 = 0x8000_0000

    /// Types with larger numbers than this do not exist in any module that fits into memory.
    private static let limit = 1 << 24

    /// The canonical numbers of a module's types, in order.
    func register(_ module: Module) throws(ValidationError) -> [UInt32] {
        var canonical: [UInt32] = []
        canonical.reserveCapacity(module.types.count)
        var groups = module.recursionGroups[...]
        var start = 0
        while start < module.types.count || groups.first?.lowerBound == start {
            var range = start..<start + 1
            if let group = groups.first, group.lowerBound == start {
                range = group
                groups.removeFirst()
                if range.isEmpty { continue }
            }
            guard types.count + range.count < Self.limit else { throw ValidationError("too many types") }
            try check(range, of: module)
            let key = module.types[range].map { type in
                Self.map(type) { index in
                    range.contains(Int(index))
                        ? Self.relative + (index - UInt32(range.lowerBound)) : canonical[Int(index)]
                }
            }
            let first = self.groups[key] ?? add(key)
            for offset in 0..<range.count { canonical.append(first + UInt32(offset)) }
            for index in range { try checkSupertype(canonical[index]) }
            start = range.upperBound
        }
        return canonical
    }

    /// The canonical number of a function type that belongs to no module.
    func register(_ type: FunctionType) -> UInt32 {
        let key = [DefinedType(.function(type))]
        return groups[key] ?? add(key)
    }

    private func add(_ key: [DefinedType]) -> UInt32 {
        let first = UInt32(types.count)
        groups[key] = first
        for type in key {
            types.append(Self.map(type) { $0 >= Self.relative ? first + ($0 - Self.relative) : $0 })
        }
        for type in types[Int(first)...] {
            signatures.append(
                type.function.map { function in
                    Signature(
                        parameters: function.parameters.map { Self.stackType($0) },
                        results: function.results.map { Self.stackType($0) })
                })
        }
        return first
    }

    /// A type with canonical indices as the validator uses it.
    static func stackType(_ type: ValueType, _ canonical: (UInt32) -> UInt32 = { $0 }) -> StackType {
        switch type {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .reference(let reference):
            StackType(heap: heap(reference.heapType, canonical), nullable: reference.isNullable)
        }
    }

    static func heap(_ type: HeapType, _ canonical: (UInt32) -> UInt32 = { $0 }) -> StackType.Heap {
        switch type {
        case .function: .function
        case .noFunction: .noFunction
        case .external: .external
        case .noExternal: .noExternal
        case .exception: .exception
        case .noException: .noException
        case .any: .any
        case .eq: .eq
        case .i31: .i31
        case .structure: .structure
        case .array: .array
        case .none: .none
        case .type(let index): .type(canonical(index))
        }
    }
}

// MARK: - Subtyping

extension TypeRegistry {
    /// Whether every value of the first type is one of the second.
    @inline(__always)
    func matches(_ type: StackType, _ expected: StackType) -> Bool {
        type == expected || matchesSlowly(type, expected)
    }

    private func matchesSlowly(_ type: StackType, _ expected: StackType) -> Bool {
        if type == .bottom || expected == .bottom { return true }
        guard type.isReference, expected.isReference else { return false }
        if type.isNullable, !expected.isNullable { return false }
        return matches(type.heap, expected.heap)
    }

    func matches(_ heap: StackType.Heap, _ expected: StackType.Heap) -> Bool {
        if heap == expected || heap == .bottom { return true }
        if let type = heap.type {
            if let other = expected.type { return isSubtype(type, of: other) }
            switch types[Int(type)].composite {
            case .function: return expected == .function
            case .structure: return expected == .structure || expected == .eq || expected == .any
            case .array: return expected == .array || expected == .eq || expected == .any
            }
        }
        switch heap {
        case .noFunction: return expected == .function || isType(expected, where: { $0.function != nil })
        case .noExternal: return expected == .external
        case .noException: return expected == .exception
        case .none:
            return [.any, .eq, .i31, .structure, .array].contains(expected)
                || isType(expected, where: { $0.function == nil })
        case .i31, .structure, .array: return expected == .eq || expected == .any
        case .eq: return expected == .any
        default: return false
        }
    }

    private func isType(_ heap: StackType.Heap, where condition: (DefinedType) -> Bool) -> Bool {
        guard let type = heap.type else { return false }
        return condition(types[Int(type)])
    }

    /// Whether a type is another or extends it, directly or not.
    func isSubtype(_ type: UInt32, of expected: UInt32) -> Bool {
        var type = type
        while type != expected {
            guard let supertype = types[Int(type)].supertypes.first else { return false }
            type = supertype
        }
        return true
    }
}

// MARK: - Validity of types

extension TypeRegistry {
    private func check(_ range: Range<Int>, of module: Module) throws(ValidationError) {
        for index in range {
            var worst: UInt32 = 0
            let type = module.types[index]
            _ = Self.map(type) {
                worst = max(worst, $0); return $0
            }
            guard Int(worst) < range.upperBound || worst == 0 && range.upperBound > 0 else {
                throw ValidationError("unknown type \(worst)")
            }
            guard type.supertypes.count <= 1 else { throw ValidationError("sub type with several super types") }
            for supertype in type.supertypes where supertype >= index {
                throw ValidationError("unknown type \(supertype)")
            }
        }
    }

    private func checkSupertype(_ canonical: UInt32) throws(ValidationError) {
        let type = types[Int(canonical)]
        guard let number = type.supertypes.first else { return }
        let supertype = types[Int(number)]
        guard !supertype.isFinal, extends(type.composite, supertype.composite) else {
            throw ValidationError("sub type \(canonical) does not match super type")
        }
    }

    private func extends(_ type: DefinedType.Composite, _ supertype: DefinedType.Composite) -> Bool {
        switch (type, supertype) {
        case (.function(let a), .function(let b)):
            a.parameters.count == b.parameters.count && a.results.count == b.results.count
                && zip(a.parameters, b.parameters).allSatisfy { matches(Self.stackType($1), Self.stackType($0)) }
                && zip(a.results, b.results).allSatisfy { matches(Self.stackType($0), Self.stackType($1)) }
        case (.structure(let a), .structure(let b)):
            a.count >= b.count && zip(a, b).allSatisfy { extends($0, $1) }
        case (.array(let a), .array(let b)):
            extends(a, b)
        default: false
        }
    }

    private func extends(_ field: FieldType, _ other: FieldType) -> Bool {
        guard field.isMutable == other.isMutable else { return false }
        if field.isMutable { return field.storage == other.storage }
        if case .value(let a) = field.storage, case .value(let b) = other.storage {
            return matches(Self.stackType(a), Self.stackType(b))
        }
        return field.storage == other.storage
    }
}

// MARK: - Renumbering

extension TypeRegistry {
    private static func map(_ type: DefinedType, _ change: (UInt32) -> UInt32) -> DefinedType {
        let composite: DefinedType.Composite =
            switch type.composite {
            case .function(let function):
                .function(
                    FunctionType(
                        parameters: function.parameters.map { map($0, change) },
                        results: function.results.map { map($0, change) }))
            case .structure(let fields): .structure(fields.map { map($0, change) })
            case .array(let field): .array(map(field, change))
            }
        return DefinedType(composite, supertypes: type.supertypes.map(change), isFinal: type.isFinal)
    }

    private static func map(_ field: FieldType, _ change: (UInt32) -> UInt32) -> FieldType {
        guard case .value(let type) = field.storage else { return field }
        return FieldType(storage: .value(map(type, change)), isMutable: field.isMutable)
    }

    private static func map(_ type: ValueType, _ change: (UInt32) -> UInt32) -> ValueType {
        guard case .reference(let reference) = type, case .type(let index) = reference.heapType else { return type }
        return .reference(ReferenceType(isNullable: reference.isNullable, heapType: .type(change(index))))
    }
}

extension TypeRegistry {
    /// The signature of a type that is known to be a function type.
    func signature(_ type: UInt32) -> Signature {
        signatures[Int(type)] ?? Signature(parameters: [], results: [])
    }
}
