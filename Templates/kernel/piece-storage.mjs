// The three files of a store (volume.mjs) in IndexedDB, for browsers without OPFS (private windows of Firefox, pages without
// https). IndexedDB is asynchronous and the kernel's calls are not, so the files are in memory:
//
//     write ──▶ pieces of 64 KiB in memory, marked ──flush──▶ one transaction with every marked piece and all sizes
//
// A transaction is all or nothing, and so what is found later is the store as it was at *some* flush, perhaps not the last.
//
// Room: a file that grows beyond what the browser says is left (less a tenth) is told so at once. When a transaction fails all
// the same, its pieces stay marked, growing and flushing fail, and it is tried again until it succeeds: when the device has
// room again, or the volume has given up the pieces that were too many.
//
// Owner: whoever opens the store writes a name of its own into it. A transaction of anybody else fails, for ever.

export const pieceBytes = 1 << 16;
const retryDelay = 2000;
const estimateAge = 1000;

/** Another worker has the files open. */
export class StoreBusy extends Error {
    constructor() {
        super('the stored files are in use elsewhere');
        this.name = 'StoreBusy';
    }
}

function fullError() {
    return Object.assign(new Error('no space is left'), { name: 'QuotaExceededError' });
}

function piecesFor(size) {
    return Math.ceil(size / pieceBytes);
}

/** A file with the interface of FileSystemSyncAccessHandle. */
class PieceFile {
    constructor(store, name, pieces, size) {
        this.store = store;
        this.name = name;
        this.pieces = Array.from({ length: piecesFor(size) }, (_, index) => pieces[index] ?? new Uint8Array(pieceBytes));
        this.size = size;
        /** Numbers of pieces that differ from what IndexedDB has. */
        this.marked = new Set();
    }

    getSize() {
        return this.size;
    }

    /** Calls `action(piece, offset, length, done)` for each part of a range. */
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
            target.set(this.pieces[index].subarray(offset, offset + part), done);
        });
        return count;
    }

    write(source, { at }) {
        if (at + source.length > this.size) {
            this.truncate(at + source.length);
        }
        this.each(at, source.length, (index, offset, part, done) => {
            this.pieces[index].set(source.subarray(done, done + part), offset);
            this.marked.add(index);
        });
        return source.length;
    }

    truncate(size) {
        const { pieces } = this;
        const wanted = piecesFor(size);
        this.store.admit(wanted - pieces.length);
        for (let index = pieces.length; index < wanted; index++) {
            pieces.push(new Uint8Array(pieceBytes));
            this.marked.add(index);
        }
        for (let index = wanted; index < pieces.length; index++) {
            this.marked.add(index);
        }
        pieces.length = wanted;
        if (size < this.size && size % pieceBytes !== 0) {
            pieces[wanted - 1].fill(0, size % pieceBytes);
            this.marked.add(wanted - 1);
        }
        this.size = size;
    }

    flush() {
        this.store.flush();
    }

    close() {}
}

/** The files of a store, over something that saves pieces. */
export class PieceStore {
    /**
     * @param {{ names: string[], found: Map<string, { pieces: Uint8Array[], size: number }>,
     *           save(changes: [string, number, Uint8Array | number | undefined][]): Promise<void>,
     *           estimate?(): Promise<number>, onFull?(): void, onLost?(): void }} options
     *        `save`: all or nothing; number -1 of a file is its size. `estimate`: bytes that may be added. `onLost`: the store
     *        is another's now
     */
    constructor({ names, found, save, estimate = async () => Infinity, onFull = () => {}, onLost = () => {} }) {
        this.files = names.map((name) => {
            const { pieces, size } = found.get(name) ?? { pieces: [], size: 0 };
            return new PieceFile(this, name, pieces, size);
        });
        this.save = save;
        this.estimate = estimate;
        this.onFull = onFull;
        this.onLost = onLost;
        /** Pieces that all files may have together. */
        this.limit = Infinity;
        this.estimated = -Infinity;
        /** The last transaction failed. */
        this.refused = false;
        this.scheduled = false;
        this.saving = Promise.resolve();
    }

    get taken() {
        return this.files.reduce((sum, { pieces }) => sum + pieces.length, 0);
    }

    /** May the files have so many pieces more? */
    admit(more) {
        if (more > 0 && (this.refused || this.taken + more > this.limit)) {
            throw fullError();
        }
    }

    flush() {
        this.schedule();
        if (this.refused) {
            throw fullError();
        }
    }

    schedule() {
        if (!this.scheduled) {
            this.scheduled = true;
            this.saving = this.saving.then(() => {
                this.scheduled = false;
                return this.saveMarked();
            });
        }
    }

    async saveMarked() {
        const changes = this.files.flatMap(({ name, marked, pieces, size }) =>
            marked.size === 0 ? [] : [...[...marked].map((index) => [name, index, pieces[index]]), [name, -1, size]]);
        if (changes.length === 0) {
            return;
        }
        const marks = this.files.map((file) => {
            const { marked } = file;
            file.marked = new Set();
            return marked;
        });
        try {
            await this.save(changes);
            this.refused = false;
        } catch (error) {
            this.files.forEach((file, which) => marks[which].forEach((index) => file.marked.add(index)));
            this.refused = true;
            if (error instanceof StoreBusy) {
                this.onLost();
                return;
            }
            this.onFull();
            setTimeout(() => this.schedule(), retryDelay);
        }
        await this.measure();
    }

    /** Asks anew how much there is room for. */
    async measure() {
        if (performance.now() - this.estimated > estimateAge) {
            const taken = this.taken;
            this.limit = taken + Math.floor(await this.estimate() * 0.9 / pieceBytes);
            this.estimated = performance.now();
        }
    }

    /** Waits until everything is saved that can be. */
    async settle() {
        this.schedule();
        await this.saving;
    }
}

function requested(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/** All changes in one transaction, if the store is still `owner`'s. */
function saveIn(database, owner, changes) {
    return new Promise((resolve, reject) => {
        const writing = database.transaction('pieces', 'readwrite', { durability: 'strict' });
        const target = writing.objectStore('pieces');
        writing.oncomplete = () => resolve();
        writing.onabort = () => reject(writing.error ?? new StoreBusy());
        target.get('owner').onsuccess = ({ target: { result } }) => {
            if (result !== owner) {
                writing.abort();
                return;
            }
            for (const [name, index, value] of changes) {
                if (value === undefined) {
                    target.delete([name, index]);
                } else {
                    target.put(value, [name, index]);
                }
            }
        };
    });
}

async function bytesLeft() {
    const { quota = Infinity, usage = 0 } = await navigator.storage?.estimate?.() ?? {};
    return Math.max(0, quota - usage);
}

/**
 * The files of a store in IndexedDB.
 * @param {string} databaseName
 * @param {string[]} names
 * @param {{ onFull(): void, onLost(): void }} events
 * @returns {Promise<PieceStore>}
 */
export async function openPieces(databaseName, names, events) {
    const opening = indexedDB.open(databaseName, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('pieces');
    const database = await requested(opening);
    database.onversionchange = () => database.close();
    const owner = Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-');
    // Taking over and reading are one transaction: nothing of another owner comes between.
    const target = database.transaction('pieces', 'readwrite').objectStore('pieces');
    const [, keys, values] = await Promise.all(
        [target.put(owner, 'owner'), target.getAllKeys(), target.getAll()].map(requested));
    const found = new Map(names.map((name) => [name, { pieces: [], size: 0 }]));
    keys.forEach((key, at) => {
        if (key === 'owner') {
            return;
        }
        const [name, index] = key;
        if (index === -1) {
            found.get(name).size = values[at];
        } else {
            found.get(name).pieces[index] = values[at];
        }
    });
    const store = new PieceStore({
        names, found, save: (changes) => saveIn(database, owner, changes), estimate: bytesLeft, ...events,
    });
    await store.measure();
    return store;
}

/** Deletes the files of a store in IndexedDB. */
export async function deletePieces(databaseName) {
    await requested(indexedDB.deleteDatabase(databaseName));
}
