// Runs the random modules of this folder in the engine that runs this file: every exported function without parameters is
// called once, then globals and memory are looked at. The expected lines came from V8 and were equal on the reference
// runtime. The modules are made by `wasm-tools smith --ensure-termination --canonicalize-nans true --max-imports 0
// --export-everything true`, with the features that the reference runtime has.
//
//     node Tests/Scenarios/random/run.mjs

import { readFileSync } from 'node:fs';

const folder = new URL('.', import.meta.url);
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
        return `${name}: ${error instanceof RangeError ? 'trap limit' : 'trap'}`;
    }
}

/** The first MiB of a memory as a number (FNV-1a). */
function hash(memory) {
    let value = 2166136261;
    for (const byte of memory.subarray(0, 1 << 20)) value = Math.imul(value ^ byte, 16777619) >>> 0;
    return value;
}

function play(file, list) {
    let instance;
    try {
        instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(new URL(file, folder))), {});
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

const modules = JSON.parse(readFileSync(new URL('modules.json', folder), 'utf8'));
let failures = 0;
for (const [file, { exports, expected }] of Object.entries(modules)) {
    const actual = play(file, exports);
    if (actual.join('\n') === expected.join('\n')) continue;
    failures++;
    console.log(`${file}: expected\n    ${expected.join('\n    ')}\ngot\n    ${actual.join('\n    ')}`);
}
console.log(`${Object.keys(modules).length} modules, ${failures} differ`);
process.exitCode = failures === 0 ? 0 : 1;
