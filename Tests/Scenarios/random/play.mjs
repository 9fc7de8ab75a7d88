// Calls what a random module exports: every function without parameters once, then globals and memory are looked at. What comes out is
// a list of lines that every engine has to give.

const bits = new DataView(new ArrayBuffer(8));

function show(value, type) {
    if (type === 'i32' || type === 'i64') return String(value);
    if (Number.isNaN(value)) return 'nan';
    if (type === 'f32') {
        bits.setFloat32(0, value);
        return `f${bits.getUint32(0)}`;
    }
    if (type === 'f64') {
        bits.setFloat64(0, value);
        return `d${bits.getBigUint64(0)}`;
    }
    return value === null ? 'null' : typeof value === 'function' ? 'func' : 'ext';
}

function call(name, run, results) {
    try {
        const result = run();
        const values = results.length === 0 ? [] : results.length === 1 ? [result] : result;
        return `${name}: ${values.map((value, index) => show(value, results[index])).join(',')}`;
    } catch (error) {
        const how = error instanceof RangeError ? 'trap limit' : error instanceof WebAssembly.Exception ? 'threw' : 'trap';
        return `${name}: ${how}`;
    }
}

/** The first MiB of a memory as a number (FNV-1a). */
function hash(memory) {
    let value = 2166136261;
    for (const byte of memory.subarray(0, 1 << 20)) value = Math.imul(value ^ byte, 16777619) >>> 0;
    return value;
}

/**
 * @param {Uint8Array} bytes the module
 * @param {{ name: string, kind: string, type: unknown }[]} list its exports, as in modules.json
 * @returns {string[]}
 */
export function play(bytes, list) {
    let instance;
    try {
        instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
    } catch {
        return ['no instance'];
    }
    const lines = [];
    for (const { name, kind, type } of list) {
        const value = instance.exports[name];
        if (kind === 'func' && type.params === 0) lines.push(call(name, value, type.results));
        if (kind === 'global') lines.push(`${name}= ${show(value.value, type)}`);
        if (kind === 'memory') {
            const memory = new Uint8Array(value.buffer);
            lines.push(`${name}# ${memory.length / 65536} ${hash(memory)}`);
        }
    }
    return lines;
}
