// What strings compile to, in a file of this machine, for the headless runner. Its entries are read and written by the context shim
// (compiled_strings.c).

import fs from 'node:fs';
import { replaceFile } from './write-all.mjs';

/** With more than this, which a program reads at its start, the file begins anew. */
const most = 1 << 21;

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
            const all = Buffer.concat([known ?? Buffer.alloc(0), more]);
            replaceFile(file, all.length > most ? more : all);
        },
    };
}
