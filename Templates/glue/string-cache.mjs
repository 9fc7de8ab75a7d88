// What strings compile to, in a file of this machine, for the headless runner; and how such files are put together.
//
// A file is a row of entries (compiled_strings.c): size of the key u32, size of the code u32, key, code, up to a multiple of 4.

import fs from 'node:fs';
import { replaceFile } from './write-all.mjs';

/** With more than this, which a program reads at its start, the file begins anew. */
const most = 1 << 21;

/**
 * Entries without those whose keys are there already: a string that was compiled three times was appended three times.
 * @param {Buffer} entries
 */
export function distinct(entries) {
    const seen = new Set();
    const kept = [];
    for (let at = 0; at + 8 <= entries.length;) {
        const keySize = entries.readUInt32LE(at);
        const end = at + ((8 + keySize + entries.readUInt32LE(at + 4) + 3) & ~3);
        if (end > entries.length) break;
        const key = entries.toString('latin1', at + 8, at + 8 + keySize);
        if (!seen.has(key)) kept.push(entries.subarray(at, end));
        seen.add(key);
        at = end;
    }
    return Buffer.concat(kept);
}

/**
 * @param {string} file
 * @returns {{ known: Buffer | null, keep(more: Uint8Array): void }} `keep` is for the end of the run, with what was new in it
 */
export function openStringCache(file) {
    let known = null;
    try {
        known = fs.readFileSync(file);
    } catch {
        // the first run
    }
    return {
        known,
        keep(more) {
            if (more.length === 0) return;
            const all = distinct(Buffer.concat([known ?? Buffer.alloc(0), more]));
            replaceFile(file, all.length > most ? distinct(Buffer.from(more)) : all);
        },
    };
}
