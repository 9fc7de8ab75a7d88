extension ModuleReader {
    mutating func readTags(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "tags", minimumSize: 2)
        for _ in 0..<count { module.tags.append(try cursor.tagType()) }
    }
}

extension ModuleWriter {
    mutating func writeTags(_ module: Module) {
        if module.tags.isEmpty { return }
        section(.tag) { output in
            output.u32(UInt32(module.tags.count))
            for type in module.tags {
                output.byte(0)
                output.u32(type)
            }
        }
    }
}

extension ByteCursor {
    mutating func tagType() throws(WasmError) -> UInt32 {
        let start = offset
        guard try byte() == 0 else { throw WasmError(.malformedTag, at: start) }
        return try u32()
    }
}
