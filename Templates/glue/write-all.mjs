// Writing to a descriptor of this machine, in Node or Deno.

import fs from 'node:fs';

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
