/// The type of a table.
public struct TableType: Hashable, Sendable {
    /// What its elements are.
    public var element: ReferenceType
    /// How many elements it has.
    public var limits: Limits

    /// A table type.
    public init(element: ReferenceType, limits: Limits) {
        self.element = element
        self.limits = limits
    }
}

/// A table that a module defines.
public struct Table: Hashable, Sendable {
    /// Its type.
    public var type: TableType
    /// What every element is at first; null when there is no expression.
    public var initial: ConstantExpression?

    /// A table.
    public init(type: TableType, initial: ConstantExpression? = nil) {
        self.type = type
        self.initial = initial
    }
}

extension ModuleReader {
    mutating func readTables(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "tables", minimumSize: 3)
        for _ in 0..<count {
            if try cursor.peek() == 0x40 {
                cursor.offset += 1
                let start = cursor.offset
                guard try cursor.byte() == 0 else { throw WasmError(.zeroByteExpected, at: start) }
                let type = try cursor.tableType()
                module.tables.append(Table(type: type, initial: try cursor.constantExpression()))
            } else {
                module.tables.append(Table(type: try cursor.tableType()))
            }
        }
    }
}

extension ModuleWriter {
    mutating func writeTables(_ module: Module) {
        if module.tables.isEmpty { return }
        section(.table) { output in
            output.u32(UInt32(module.tables.count))
            for table in module.tables {
                if let initial = table.initial {
                    output.byte(0x40)
                    output.byte(0)
                    output.tableType(table.type)
                    output.constantExpression(initial)
                } else {
                    output.tableType(table.type)
                }
            }
        }
    }
}

extension ByteCursor {
    mutating func tableType() throws(WasmError) -> TableType {
        let element = try referenceType()
        let start = offset
        let limits = try limits()
        guard !limits.isShared else {
            throw WasmError(.malformedLimits(base[start]), at: start)
        }
        return TableType(element: element, limits: limits)
    }
}

extension ByteWriter {
    mutating func tableType(_ type: TableType) {
        referenceType(type.element)
        limits(type.limits)
    }
}
