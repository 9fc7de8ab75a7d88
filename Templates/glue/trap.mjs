// How a program is stopped from inside one of its own calls.
//
// An import that throws an ordinary JavaScript value does not stop wasm: legacy `catch_all` (every C++ destructor, every
// setjmp) catches it and goes on running half-dead code. A *trap* is caught by nothing, and the engines remember that an
// error object came from a trap: Chromium, Firefox, Node and Deno all let the same object through every `catch_all` when
// it is thrown again later. So one trap is made here, kept, and thrown whenever the program is to end; being one object,
// it is also recognised by identity and never reported as a fault.

// (module (func (export "t") unreachable))
const trapModule = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11,
];

/**
 * Makes the error that ends one program: throw it from any import, no wasm code catches it.
 * @returns {WebAssembly.RuntimeError}
 */
export function makeStopper() {
    const limit = Error.stackTraceLimit;
    try {
        Error.stackTraceLimit = 0;
        new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(trapModule))).exports.t();
    } catch (error) {
        return error;
    } finally {
        Error.stackTraceLimit = limit;
    }
    throw new Error('frond: this engine does not trap');
}
