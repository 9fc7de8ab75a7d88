/// The type of a memory.
public struct MemoryType: Hashable, Sendable {
    /// How large it is, in pages of 64 KiB.
    public var limits: Limits

    /// A memory type.
    public init(limits: Limits) {
        self.limits = limits
    }
}

extension ModuleReader {
    mutating func readMemories(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "memories", minimumSize: 2)
        for _ in 0..<count { module.memories.append(try cursor.memoryType()) }
    }
}

extension ModuleWriter {
    mutating func writeMemories(_ module: Module) {
        if module.memories.isEmpty { return }
        section(.memory) { output in
            output.u32(UInt32(module.memories.count))
            for memory in module.memories { output.limits(memory.limits) }
        }
    }
}

extension ByteCursor {
    mutating func memoryType() throws(WasmError) -> MemoryType {
        MemoryType(limits: try limits())
    }
}
