/// Something that a module offers to the outside.
public struct Export: Hashable, Sendable {
    /// What kind of thing.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A function.
        case function = 0
        /// A table.
        case table = 1
        /// A memory.
        case memory = 2
        /// A global.
        case global = 3
        /// A tag.
        case tag = 4
    }

    /// Its name.
    public var name: String
    /// What it is.
    public var kind: Kind
    /// Its index in the index space of its kind.
    public var index: UInt32

    /// An export.
    public init(name: String, kind: Kind, index: UInt32) {
        self.name = name
        self.kind = kind
        self.index = index
    }
}

extension ModuleReader {
    mutating func readExports(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "exports", minimumSize: 3)
        module.exports.reserveCapacity(count)
        for _ in 0..<count {
            let name = try cursor.name()
            let start = cursor.offset
            let number = try cursor.byte()
            guard let kind = Export.Kind(rawValue: number) else {
                throw WasmError(.malformedExportKind(number), at: start)
            }
            module.exports.append(Export(name: name, kind: kind, index: try cursor.u32()))
        }
    }
}

extension ModuleWriter {
    mutating func writeExports(_ module: Module) {
        if module.exports.isEmpty { return }
        section(.export) { output in
            output.u32(UInt32(module.exports.count))
            for item in module.exports {
                output.name(item.name)
                output.byte(item.kind.rawValue)
                output.u32(item.index)
            }
        }
    }
}
