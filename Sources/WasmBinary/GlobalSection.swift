/// The type of a global.
public struct GlobalType: Hashable, Sendable {
    /// The type of its value.
    public var value: ValueType
    /// Whether it can be changed.
    public var isMutable: Bool

    /// A global type.
    public init(value: ValueType, isMutable: Bool) {
        self.value = value
        self.isMutable = isMutable
    }
}

/// A global that a module defines.
public struct Global: Hashable, Sendable {
    /// Its type.
    public var type: GlobalType
    /// Its value at first.
    public var initial: ConstantExpression

    /// A global.
    public init(type: GlobalType, initial: ConstantExpression) {
        self.type = type
        self.initial = initial
    }
}

extension ModuleReader {
    mutating func readGlobals(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "globals", minimumSize: 3)
        module.globals.reserveCapacity(count)
        for _ in 0..<count {
            let type = try cursor.globalType()
            module.globals.append(Global(type: type, initial: try cursor.constantExpression()))
        }
    }
}

extension ModuleWriter {
    mutating func writeGlobals(_ module: Module) {
        if module.globals.isEmpty { return }
        section(.global) { output in
            output.u32(UInt32(module.globals.count))
            for global in module.globals {
                output.globalType(global.type)
                output.constantExpression(global.initial)
            }
        }
    }
}

extension ByteCursor {
    mutating func globalType() throws(WasmError) -> GlobalType {
        let value = try valueType()
        return GlobalType(value: value, isMutable: try mutability())
    }
}

extension ByteWriter {
    mutating func globalType(_ type: GlobalType) {
        valueType(type.value)
        byte(type.isMutable ? 1 : 0)
    }
}
