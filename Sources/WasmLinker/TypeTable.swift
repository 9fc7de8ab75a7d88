import WasmBinary

/// The types of all files, each once.
///
/// Two types are the same type when the recursion groups that they are in are equal, member by member, with references to
/// the group itself compared by position (specification, section 3.1.3: "type equivalence"). A type without an explicit
/// group is a group of one. So a whole group is the unit that is looked up:
///
///     file a: 0 = (i32) -> ()   1 = () -> ()         table: 0 = (i32) -> ()   1 = () -> ()
///     file b: 0 = () -> ()      1 = (i32) -> ()      map of b: [1, 0]
struct TypeTable {
    /// A group: where it starts, and how many types it has.
    struct Group: Hashable {
        var start: UInt32
        var count: UInt32
        var isExplicit: Bool
    }

    private(set) var types: [DefinedType] = []
    /// For each type, the number of its group.
    private(set) var groupOfType: [UInt32] = []
    private(set) var groups: [Group] = []
    private var known: [[DefinedType]: UInt32] = [:]

    /// References into the group itself are written as numbers from here on, so that they compare by position.
    private static let selfBase: UInt32 = 0xF000_0000

    mutating func merge(_ file: InputFile) throws(LinkError) {
        let module = file.module
        var explicit = module.recursionGroups.makeIterator()
        var next = explicit.next()
        var index = 0
        while index < module.types.count || next != nil {
            if let range = next, range.lowerBound == index {
                try add(range, of: file)
                index = range.upperBound
                next = explicit.next()
            } else {
                try add(index..<index + 1, of: file)
                index += 1
            }
        }
    }

    private mutating func add(_ range: Range<Int>, of file: InputFile) throws(LinkError) {
        var members: [DefinedType] = []
        for type in file.module.types[range] {
            members.append(
                try type.mapped { (index) throws(LinkError) in
                    if range.contains(Int(index)) { return Self.selfBase + index - UInt32(range.lowerBound) }
                    guard Int(index) < range.lowerBound else { throw .badIndex("type", index, in: file.name) }
                    return file.types[Int(index)]
                })
        }
        let start = known[members] ?? append(members)
        for offset in range.indices.map({ UInt32($0 - range.lowerBound) }) { file.types.append(start + offset) }
    }

    private mutating func append(_ members: [DefinedType]) -> UInt32 {
        let start = UInt32(types.count)
        known[members] = start
        for member in members {
            types.append(member.mappedSafely { $0 >= Self.selfBase ? start + $0 - Self.selfBase : $0 })
            groupOfType.append(UInt32(groups.count))
        }
        // One type that does not mention itself means the same with and without an explicit group.
        groups.append(Group(start: start, count: UInt32(members.count), isExplicit: members.count != 1))
        return start
    }

    /// The index of a function type, added when it is new.
    mutating func index(of function: FunctionType) -> UInt32 {
        let members = [DefinedType(.function(function))]
        return known[members] ?? append(members)
    }

    func function(_ index: UInt32) -> FunctionType? {
        types[Int(index)].function
    }
}

extension DefinedType {
    /// The type with every type index in it replaced.
    func mapped(_ map: (UInt32) throws(LinkError) -> UInt32) throws(LinkError) -> DefinedType {
        var supertypes: [UInt32] = []
        for index in self.supertypes { supertypes.append(try map(index)) }
        let composite: Composite
        switch self.composite {
        case .function(let function):
            var parameters: [ValueType] = []
            for type in function.parameters { parameters.append(try type.mapped(map)) }
            var results: [ValueType] = []
            for type in function.results { results.append(try type.mapped(map)) }
            composite = .function(FunctionType(parameters: parameters, results: results))
        case .structure(let fields):
            var mapped: [FieldType] = []
            for field in fields { mapped.append(try field.mapped(map)) }
            composite = .structure(mapped)
        case .array(let field):
            composite = .array(try field.mapped(map))
        }
        return DefinedType(composite, supertypes: supertypes, isFinal: isFinal)
    }

    /// The type with every type index in it replaced by a map that can't fail.
    func mappedSafely(_ map: (UInt32) -> UInt32) -> DefinedType {
        (try? mapped { (index) throws(LinkError) in map(index) }) ?? self
    }

    /// All type indices in it.
    var mentionedTypes: [UInt32] {
        var found: [UInt32] = []
        _ = mappedSafely { index in
            found.append(index)
            return index
        }
        return found
    }
}

extension FieldType {
    fileprivate func mapped(_ map: (UInt32) throws(LinkError) -> UInt32) throws(LinkError) -> FieldType {
        guard case .value(let type) = storage else { return self }
        return FieldType(storage: .value(try type.mapped(map)), isMutable: isMutable)
    }
}

extension ValueType {
    /// The type with the type index in it, if there is one, replaced.
    func mapped(_ map: (UInt32) throws(LinkError) -> UInt32) throws(LinkError) -> ValueType {
        guard case .reference(let reference) = self, case .type(let index) = reference.heapType else { return self }
        return .reference(ReferenceType(isNullable: reference.isNullable, heapType: .type(try map(index))))
    }
}
