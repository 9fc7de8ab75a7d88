import WasmBinary

/// Functions that a program makes while it runs (the context shim's typed_calls.h): each is a module of its own, whose function
/// `f` goes into the program's table.
enum MadeFunctions {
    /// The import `set_function(slot, bytes, size)`: the slot, or -1.
    static func set(in program: ModuleInstance, store: Store, _ call: HostCall) -> Int32 {
        guard let memory = program.memory("memory"), let table = program.table("__indirect_function_table") else {
            return -1
        }
        var function: UInt64 = 0
        let size = Int(call.i32(2))
        if size != 0 {
            guard let bytes = try? GuestMemory(memory: memory).bytes(call.u32(1), size),
                let module = try? ValidModule(Bytes(bytes), in: store),
                let instance = try? ModuleInstance(
                    module, in: store, imports: { $0.name == "memory" ? .memory(memory) : .table(table) }),
                let made = instance.function("f")
            else { return -1 }
            function = made.data.bits
        }
        let slot = call.i32(0) < 0 ? table.count : Int(call.i32(0))
        if slot >= table.count, table.grow(slot + 1 - table.count, filling: 0) == nil { return -1 }
        table[slot] = function
        return Int32(slot)
    }
}
