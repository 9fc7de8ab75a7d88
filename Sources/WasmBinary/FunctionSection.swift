extension ModuleReader {
    mutating func readFunctions(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "functions")
        module.functions.reserveCapacity(count)
        for _ in 0..<count { module.functions.append(try cursor.u32()) }
    }
}

extension ModuleWriter {
    mutating func writeFunctions(_ module: Module) {
        if module.functions.isEmpty { return }
        section(.function) { output in
            output.u32(UInt32(module.functions.count))
            for type in module.functions { output.u32(type) }
        }
    }
}
