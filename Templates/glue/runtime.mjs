// The part of the host ABI that is neither a context nor a system call: what Emscripten's libc and compiler runtime expect
// of the JavaScript that Frond does not ship.

/** The largest linear memory, bytes: as the kit links it, and below what makes pointers negative. */
const largestMemory = 2147483648;

/**
 * @param {object} options
 * @param {import('./memory.mjs').Memory} options.memory
 * @param {(reason: string) => never} options.abort
 * @param {() => boolean} options.ended
 */
export function createRuntime({ memory, abort }) {
    return {
        env: {
            // Exceptions of C++, and longjmp; both are wasm exceptions with a pointer.
            __cpp_exception: new WebAssembly.Tag({ parameters: ['i32'] }),
            __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }),

            _abort_js() {
                abort('abort() was called');
            },
            __assert_fail(condition, file, line, name) {
                const where = `${memory.cString(file)}:${line}${name ? `, ${memory.cString(name)}` : ''}`;
                abort(`assertion failed: ${memory.cString(condition)} (${where})`);
            },
            emscripten_get_heap_max() {
                return largestMemory;
            },
            emscripten_resize_heap(size) {
                const missing = Math.ceil((size - memory.size) / 65536);
                try {
                    if (missing > 0) memory.wasm?.grow(missing);
                    return 1;
                } catch {
                    return 0;
                }
            },
        },
    };
}
