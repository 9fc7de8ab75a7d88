/// References that go into a table.
public struct ElementSegment: Hashable, Sendable {
    /// When they go there.
    public enum Mode: Hashable, Sendable {
        /// When the module is instantiated, to an offset of a table.
        case active(table: UInt32, offset: ConstantExpression)
        /// By `table.init`.
        case passive
        /// Never; they only allow `ref.func`.
        case declarative
    }

    /// The references.
    public enum Items: Hashable, Sendable {
        /// Functions by index; all elements are of type `funcref` (or `(ref func)`).
        case functions([UInt32])
        /// Expressions.
        case expressions([ConstantExpression])
    }

    /// When they go there.
    public var mode: Mode
    /// Their type.
    public var type: ReferenceType
    /// The references.
    public var items: Items

    /// An element segment.
    public init(mode: Mode, type: ReferenceType = .function, items: Items) {
        self.mode = mode
        self.type = type
        self.items = items
    }

    /// How many references there are.
    public var count: Int {
        switch items {
        case .functions(let functions): functions.count
        case .expressions(let expressions): expressions.count
        }
    }
}

// The kind of a segment is three bits: 1 = passive or declarative, 2 = an explicit table (or, with 1, declarative),
// 4 = expressions instead of function indices.

extension ModuleReader {
    mutating func readElements(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "element segments", minimumSize: 2)
        module.elements.reserveCapacity(count)
        for _ in 0..<count { module.elements.append(try cursor.elementSegment()) }
    }
}

extension ByteCursor {
    fileprivate mutating func elementSegment() throws(WasmError) -> ElementSegment {
        let start = offset
        let flags = try u32()
        guard flags <= 7 else { throw WasmError(.malformedSegmentFlags("element", flags), at: start) }
        let mode: ElementSegment.Mode
        if flags & 1 == 0 {
            let table = flags & 2 != 0 ? try u32() : 0
            mode = .active(table: table, offset: try constantExpression())
        } else {
            mode = flags & 2 != 0 ? .declarative : .passive
        }
        var type = ReferenceType.function
        if flags & 3 != 0 {
            if flags & 4 != 0 {
                type = try referenceType()
            } else {
                let start = offset
                let kind = try byte()
                guard kind == 0 else { throw WasmError(.malformedElementKind(kind), at: start) }
            }
        }
        if flags & 4 != 0 {
            let count = try count(of: "elements", minimumSize: 2)
            var expressions: [ConstantExpression] = []
            expressions.reserveCapacity(count)
            for _ in 0..<count { expressions.append(try constantExpression()) }
            return ElementSegment(mode: mode, type: type, items: .expressions(expressions))
        }
        let count = try count(of: "elements")
        var functions: [UInt32] = []
        functions.reserveCapacity(count)
        for _ in 0..<count { functions.append(try u32()) }
        return ElementSegment(mode: mode, type: type, items: .functions(functions))
    }
}

extension ModuleWriter {
    mutating func writeElements(_ module: Module) {
        if module.elements.isEmpty { return }
        section(.element) { output in
            output.u32(UInt32(module.elements.count))
            for segment in module.elements { output.elementSegment(segment) }
        }
    }
}

extension ByteWriter {
    fileprivate mutating func elementSegment(_ segment: ElementSegment) {
        var flags: UInt32 = 0
        if case .expressions = segment.items { flags |= 4 }
        switch segment.mode {
        case .passive: flags |= 1
        case .declarative: flags |= 3
        case .active(let table, _):
            // The short forms leave out both the table and the type.
            let isShort = table == 0 && segment.type == .function
            if !isShort { flags |= 2 }
        }
        u32(flags)
        if case .active(let table, let offset) = segment.mode {
            if flags & 2 != 0 { u32(table) }
            constantExpression(offset)
        }
        switch segment.items {
        case .functions(let functions):
            if flags & 3 != 0 { byte(0) }
            u32(UInt32(functions.count))
            for function in functions { u32(function) }
        case .expressions(let expressions):
            if flags & 3 != 0 { referenceType(segment.type) }
            u32(UInt32(expressions.count))
            for expression in expressions { constantExpression(expression) }
        }
    }
}
