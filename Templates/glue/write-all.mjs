// Writing to descriptors and files of this machine, in Node or Deno.

import fs from 'node:fs';
import process from 'node:process';

/**
 * Writes all of a chunk before it returns. A pipe may be set to say "not now" by whoever made it: then this waits, as a
 * blocking write does.
 * @returns {number} 0, or the name of an errno that the program should see
 */
export function writeAll(fd, chunk) {
    let at = 0;
    while (at < chunk.length) {
        try {
            at += fs.writeSync(fd, chunk, at, chunk.length - at);
        } catch (error) {
            if (error.code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
            else if (error.code !== 'EINTR') return error.code ?? 'EIO';
        }
    }
    return 0;
}

/** Puts a file in the place of another, or of none: whole or not at all. One that can't be written is no harm to a cache. */
export function replaceFile(file, bytes) {
    const made = `${file}.${process.pid}`;
    try {
        fs.writeFileSync(made, bytes);
        fs.renameSync(made, file);
    } catch {
        fs.rmSync(made, { force: true });
    }
}
