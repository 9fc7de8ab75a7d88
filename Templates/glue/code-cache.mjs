// Machine code of a module from one run to the next. For the headless runner in Node; browsers do this by themselves.
//
//     run 1   compile ──▶ functions get quick code when first called, good code when called often ──▶ write the good code
//     run 2   read ─────▶ begins with that, and adds to it
//
// V8 knows how to write the code of a module down and to take it up again, but Node offers no way to ask for it, other than
// V8's own intrinsics for tests. Those end the process when they are asked wrongly, so they are only used in the versions of
// V8 in which they were tried; elsewhere every run compiles. V8 itself refuses code of another version, processor or set of
// flags; which module a file belongs to, and whether it is whole, is in its header:
//
//     "FRONDCOD", size of the module u32, CRC-32 of the code u32, time of the module's last change f64, code

import fs from 'node:fs';
import process from 'node:process';
import v8 from 'node:v8';
import zlib from 'node:zlib';
import { replaceFile } from './write-all.mjs';

const tried = /^13\.6\./;
const magic = Buffer.from('FRONDCOD');
const headerSize = 24;

/**
 * Calls an intrinsic. The words of it are JavaScript only while the flag is set, and V8 may compile a function again at any of
 * its calls (it forgets code that was not used for a while): so the function is made for one call.
 */
function intrinsic(name, ...values) {
    const names = values.map((_, at) => `value${at}`);
    v8.setFlagsFromString('--allow-natives-syntax');
    try {
        return new Function(...names, `return %${name}(${names})`)(...values);
    } finally {
        v8.setFlagsFromString('--no-allow-natives-syntax');
    }
}

/** @param {fs.Stats} module */
function header(module, code) {
    const bytes = Buffer.alloc(headerSize);
    magic.copy(bytes);
    bytes.writeUInt32LE(module.size, 8);
    bytes.writeUInt32LE(zlib.crc32(code), 12);
    bytes.writeDoubleLE(module.mtimeMs, 16);
    return bytes;
}

/** The code in a file, or null when there is none for this module. */
function readCode(file, module) {
    let bytes;
    try {
        bytes = fs.readFileSync(file);
    } catch {
        return null; // the first run
    }
    const code = bytes.subarray(headerSize);
    return code.length > 0 && header(module, code).equals(bytes.subarray(0, headerSize)) ? new Uint8Array(code) : null;
}

/**
 * @param {string} file where the code is kept
 * @param {string} place where the module is
 * @param {Uint8Array} wasm the module
 * @returns {{module: WebAssembly.Module | null, keep(module: WebAssembly.Module, call: Function): void}} the module with its
 *     code, if there is any; `keep` is for the end of the run, with any exported function of the module's instance
 */
export function openCodeCache(file, place, wasm) {
    const works = process.release?.name === 'node' && globalThis.Deno === undefined && tried.test(process.versions.v8);
    if (!works) return { module: null, keep() {} };
    const stat = fs.statSync(place);
    const known = readCode(file, stat);
    return {
        module: known === null ? null : intrinsic('DeserializeWasmModule', known.buffer, wasm) ?? null,
        keep(module, call) {
            try {
                intrinsic('WasmTierUpFunction', call); // where nothing has good code yet, there is nothing to write
                const code = new Uint8Array(intrinsic('SerializeWasmModule', module));
                if (known !== null && code.length < known.length * 1.02) return;
                replaceFile(file, Buffer.concat([header(stat, code), code]));
            } catch {
                // no code this time
            }
        },
    };
}
