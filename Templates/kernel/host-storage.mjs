// Where a browser keeps the three files of a store (volume.mjs).
//
// OPFS: frond/<name>/{blocks,journal-0,journal-1}, opened for as long as the program runs. Only a dedicated worker may do that,
// and only one at a time; after a worker was ended, its files become free a moment later, so opening is tried again.
//
// Where OPFS is missing (private windows of Firefox), IndexedDB keeps pieces of 64 KiB. It is asynchronous, so the files are
// in memory, and what changed is written after each flush, everything in one transaction: what is found later is
// the store as it was at *some* flush, whole, but perhaps not the last. `durable` says which of the two it is.

import { Volume } from './volume.mjs';

const storeFiles = ['blocks', 'journal-0', 'journal-1'];
const pieceBytes = 1 << 16;
const openPatience = 10000;

/** Another worker has the files open. */
export class StoreBusy extends Error {
    constructor() {
        super('the stored files are in use elsewhere');
        this.name = 'StoreBusy';
    }
}

/** The OPFS folder of a store, or null where there is no OPFS. */
async function opfsFolder(name, create) {
    let root;
    try {
        root = await navigator.storage.getDirectory();
    } catch {
        return null;
    }
    const all = await root.getDirectoryHandle('frond', { create });
    return all.getDirectoryHandle(name, { create });
}

async function openHandle(folder, name) {
    const file = await folder.getFileHandle(name, { create: true });
    const end = Date.now() + openPatience;
    for (;;) {
        try {
            return await file.createSyncAccessHandle();
        } catch (error) {
            if (error.name !== 'NoModificationAllowedError' && error.name !== 'InvalidStateError') {
                throw error;
            }
            if (Date.now() > end) {
                throw new StoreBusy();
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
}

/** A file in memory whose changed pieces go to IndexedDB. */
class PieceFile {
    constructor(name, pieces, size, changed) {
        this.name = name;
        this.size = size;
        this.pieces = pieces;
        this.changed = new Set();
        this.onFlush = changed;
    }

    getSize() {
        return this.size;
    }

    each(at, count, action) {
        for (let done = 0; done < count;) {
            const index = Math.floor((at + done) / pieceBytes);
            const offset = (at + done) % pieceBytes;
            const part = Math.min(count - done, pieceBytes - offset);
            action(index, offset, part, done);
            done += part;
        }
    }

    read(target, { at }) {
        const count = Math.max(0, Math.min(target.length, this.size - at));
        this.each(at, count, (index, offset, part, done) => {
            const piece = this.pieces.get(index);
            if (piece === undefined) {
                target.fill(0, done, done + part);
            } else {
                target.set(piece.subarray(offset, offset + part), done);
            }
        });
        return count;
    }

    write(source, { at }) {
        this.each(at, source.length, (index, offset, part, done) => {
            let piece = this.pieces.get(index);
            if (piece === undefined) {
                piece = new Uint8Array(pieceBytes);
                this.pieces.set(index, piece);
            }
            piece.set(source.subarray(done, done + part), offset);
            this.changed.add(index);
        });
        this.size = Math.max(this.size, at + source.length);
        return source.length;
    }

    truncate(size) {
        for (const index of [...this.pieces.keys()].filter((piece) => piece * pieceBytes >= size)) {
            this.pieces.delete(index);
            this.changed.add(index);
        }
        const last = Math.floor(size / pieceBytes);
        if (size < this.size && this.pieces.has(last)) {
            this.pieces.get(last).fill(0, size % pieceBytes);
            this.changed.add(last);
        }
        this.size = size;
    }

    flush() {
        this.onFlush();
    }

    close() {
        this.onFlush();
    }
}

function requested(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/** The three files out of IndexedDB. */
async function openPieces(name, onFull) {
    const opening = indexedDB.open(`frond/${name}`, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('pieces');
    const database = await requested(opening);
    const store = database.transaction('pieces').objectStore('pieces');
    const [keys, values] = await Promise.all([requested(store.getAllKeys()), requested(store.getAll())]);
    const found = new Map(storeFiles.map((file) => [file, { pieces: new Map(), size: 0 }]));
    keys.forEach(([file, index], at) => {
        const entry = found.get(file);
        if (index === -1) {
            entry.size = values[at];
        } else {
            entry.pieces.set(index, values[at]);
        }
    });
    let scheduled = false;
    const files = storeFiles.map((file) =>
        new PieceFile(file, found.get(file).pieces, found.get(file).size, () => {
            if (!scheduled) {
                scheduled = true;
                queueMicrotask(save);
            }
        }));

    function save() {
        scheduled = false;
        const writing = database.transaction('pieces', 'readwrite', { durability: 'strict' });
        const target = writing.objectStore('pieces');
        for (const { name: file, pieces, size, changed } of files) {
            for (const index of changed) {
                const piece = pieces.get(index);
                if (piece === undefined) {
                    target.delete([file, index]);
                } else {
                    target.put(piece, [file, index]);
                }
            }
            target.put(size, [file, -1]);
            changed.clear();
        }
        writing.onabort = () => onFull();
    }

    return files;
}

/**
 * Opens a store, or makes one.
 * @param {{name: string, salvage?: boolean, onFull?: () => void}} options `name`: one folder name
 * @returns {Promise<{volume: Volume, durable: boolean}>}
 * @throws {StoreDamaged | StoreBusy}
 */
export async function openStorage({ name, salvage = false, onFull = () => {} }) {
    const folder = await opfsFolder(name, true);
    const opened = [];
    try {
        if (folder === null) {
            opened.push(...await openPieces(name, onFull));
        } else {
            for (const file of storeFiles) {
                opened.push(await openHandle(folder, file));
            }
        }
        const [blocks, ...journals] = opened;
        const volume = new Volume({ blocks, journals }, {
            salvage, onFull, defer: (action, milliseconds) => setTimeout(action, milliseconds),
        });
        return { volume, durable: folder !== null };
    } catch (error) {
        opened.forEach((handle) => handle.close());
        throw error;
    }
}

/** Deletes a store. Nothing may have it open. */
export async function deleteStorage(name) {
    const folder = await opfsFolder(name, true);
    if (folder === null) {
        await requested(indexedDB.deleteDatabase(`frond/${name}`));
        return;
    }
    // The files must be free, or a program that is just ending would write into them.
    for (const file of storeFiles) {
        (await openHandle(folder, file)).close();
    }
    for (const file of [...storeFiles].reverse()) {
        await folder.removeEntry(file);
    }
}
