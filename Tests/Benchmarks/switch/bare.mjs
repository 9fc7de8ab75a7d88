// The least that a switch over JS Promise Integration costs: two stacks that take turns, with nothing but the engine between them.

// (module (import "" "s" (func $s (param i32 i32) (result i32)))
//   (func (export "f") (param i32 i32 i32)
//     (loop (drop (call $s (local.get 0) (local.get 1)))
//       (br_if 0 (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))))
const bytes = Uint8Array.of(
    0, 97, 115, 109, 1, 0, 0, 0, 1, 13, 2, 96, 2, 127, 127, 1, 127, 96, 3, 127, 127, 127, 0, 2, 6, 1, 0, 1, 115, 0, 0,
    3, 2, 1, 1, 7, 5, 1, 1, 102, 0, 1, 10, 23, 1, 21, 0, 3, 64, 32, 0, 32, 1, 16, 0, 26, 32, 2, 65, 1, 107, 34, 2, 13, 0, 11, 11,
);
const module = new WebAssembly.Module(bytes);

/** @returns {Promise<number>} ns a switch, of `2 * n` */
export async function bareSwitch(n) {
    const resolvers = [];
    const park = (me, other) => {
        const resume = resolvers[other];
        const parked = new Promise((resolve) => { resolvers[me] = resolve; });
        resume?.(0);
        return parked;
    };
    const instance = new WebAssembly.Instance(module, { '': { s: new WebAssembly.Suspending(park) } });
    const side = WebAssembly.promising(instance.exports.f);
    const from = performance.now();
    const sides = [side(0, 1, n).then(() => resolvers[1](0)), side(1, 0, n).then(() => resolvers[0](0))];
    await Promise.all(sides);
    return (performance.now() - from) * 1e6 / (2 * n);
}
