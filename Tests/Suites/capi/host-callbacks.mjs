// What a host with calls back into the program would be: a part of the glue for tests, where JavaScript frames come to lie
// between two frames of wasm. `greenlet_capi.through_host` asks for it by ftruncate of a descriptor that nobody has.

const callBack = 0x66726f6e;

/** @param {WebAssembly.Module} module @param {any} imports */
export async function instantiateForTests(module, imports) {
    let exports;
    const truncate = imports.env.__syscall_ftruncate64;
    if (truncate !== undefined) {
        imports.env.__syscall_ftruncate64 = (fd, length) => {
            if (fd !== callBack) return truncate(fd, length);
            const depth = exports.frond_host_depth.value >> 2;
            new Int32Array(exports.memory.buffer)[depth]++;
            try {
                exports.__indirect_function_table.get(Number(length))();
            } finally {
                new Int32Array(exports.memory.buffer)[depth]--;
            }
            return 0;
        };
    }
    const instance = await WebAssembly.instantiate(module, imports);
    exports = instance.exports;
    return instance;
}
