// Writes a files image (FRONDIMG, docs/image format in Templates/kernel/image.mjs) from folders, for tests.

import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {Record<string, string | Uint8Array>} sources path in the image → a file or folder on disk, or the bytes themselves
 * @returns {Uint8Array}
 */
export function makeImage(sources) {
    const files = new Map();
    const add = (at, from) => {
        if (typeof from !== 'string') {
            files.set(at, from);
        } else if (fs.statSync(from).isDirectory()) {
            for (const name of fs.readdirSync(from)) add(`${at}/${name}`, path.join(from, name));
        } else {
            files.set(at, fs.readFileSync(from));
        }
    };
    for (const [at, from] of Object.entries(sources)) add(at, from);
    const paths = [...files.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    let size = 0;
    const index = { mtime: 1767225600, files: [], links: [], directories: ['/app', '/usr/lib/python3.14/lib-dynload'] };
    for (const at of paths) {
        const bytes = files.get(at);
        const mode = at.startsWith('/usr/bin/') ? [0o755] : [];
        index.files.push([at, size, bytes.length, ...mode]);
        size += bytes.length;
    }
    const json = Buffer.from(JSON.stringify(index));
    const start = (16 + json.length + 7) & ~7;
    const image = Buffer.alloc(start + size);
    image.write('FRONDIMG');
    image.writeUInt32LE(1, 8);
    image.writeUInt32LE(json.length, 12);
    json.copy(image, 16);
    let at = start;
    for (const name of paths) {
        image.set(files.get(name), at);
        at += files.get(name).length;
    }
    return image;
}
