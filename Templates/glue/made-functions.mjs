// Functions that a program makes while it runs (the context shim's typed_calls.c).

/**
 * Puts the function `f` of a module into a slot of the program's table, or with no module none.
 * @param {WebAssembly.Exports} exports the program's
 * @param {number} slot -1: a new one
 * @param {Uint8Array} bytes the module, which imports memory and table
 * @returns {number} the slot, or -1
 */
export function setFunction({ memory, __indirect_function_table: table }, slot, bytes) {
    try {
        const make = () => new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, table } }).exports.f;
        const made = bytes.length > 0 ? make() : null;
        const at = slot < 0 ? table.length : slot;
        if (at >= table.length) table.grow(at + 1 - table.length);
        table.set(at, made);
        return at;
    } catch {
        return -1;
    }
}
