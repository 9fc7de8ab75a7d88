// Snapshots of a program (Templates/glue/snapshot.mjs): one that the site brings along, and one that is kept between two visits, in
// the browser's cache storage. The first is kept there, too: decompressing it at each visit would take longer than reading it.
//
// There is one of the latter for each site at most. Its name is a hash of everything that the memory depends on: the files of the program,
// its command line and environment, and what is preloaded; so one of another build is never found, and goes when the next is
// kept. Whatever goes wrong here costs time and nothing else: a start without a snapshot is a start.

/**
 * The snapshot in a file of the site (Templates/verify/take-snapshot.mjs): "FRONDMEM", version u32, differs u32, now f64, size u32,
 * zeros up to 32 bytes, memory. Null for anything else.
 * @param {ArrayBuffer} file
 */
export function parseSnapshot(file) {
    if (file.byteLength < 32) return null;
    const view = new DataView(file);
    const magic = String.fromCharCode(...new Uint8Array(file, 0, 8));
    if (magic !== 'FRONDMEM' || view.getUint32(8, true) !== 1) return null;
    return {
        memory: new Uint8Array(file, 32), differs: view.getUint32(12, true), now: view.getFloat64(16, true),
        size: view.getUint32(24, true),
    };
}

const sizeHeader = 'x-frond-memory';
const nowHeader = 'x-frond-now';
const lengthHeader = 'x-frond-length';
const differsHeader = 'x-frond-differs';

export class SnapshotShelf {
    /**
     * @param {string} base where the site lies
     * @param {object} inputs what the memory depends on
     */
    constructor(base, inputs) {
        this.cacheName = `frond-snapshot:${base}`;
        this.base = base;
        this.inputs = JSON.stringify(inputs);
        this.pending = null;
    }

    /** Whether `find` will probably find one; it is not read. */
    async has() {
        try {
            const cache = await caches.open(this.cacheName);
            return await cache.match(await this.#address()) !== undefined;
        } catch {
            return false;
        }
    }

    /** The one that was kept, or null. */
    async find() {
        try {
            const cache = await caches.open(this.cacheName);
            const response = await cache.match(await this.#address());
            if (!response) return null;
            const memory = new Uint8Array(await response.arrayBuffer());
            const number = (header) => Number(response.headers.get(header) ?? NaN);
            if (memory.length !== number(lengthHeader)) return null;
            return { memory, differs: number(differsHeader), size: number(sizeHeader), now: number(nowHeader) };
        } catch {
            return null;
        }
    }

    /** Takes one, to be written when the program has started. */
    keep(snapshot) {
        this.pending = snapshot;
    }

    /** Writes what was taken, in the place of all others. */
    async write() {
        const { pending } = this;
        this.pending = null;
        if (pending === null) return;
        try {
            const address = await this.#address();
            const cache = await caches.open(this.cacheName);
            for (const request of await cache.keys()) await cache.delete(request);
            await cache.put(address, new Response(pending.memory, {
                headers: {
                    'content-type': 'application/octet-stream',
                    [sizeHeader]: String(pending.size),
                    [nowHeader]: String(pending.now),
                    [lengthHeader]: String(pending.memory.length),
                    [differsHeader]: String(pending.differs ?? 0),
                },
            }));
        } catch {
            await this.forget(); // no room, or no storage
        }
    }

    /** Deletes it: a program that began from it could not start. */
    async forget() {
        this.pending = null;
        try {
            await caches.delete(this.cacheName);
        } catch { /* there is none */ }
    }

    /** Nothing is ever fetched there. */
    async #address() {
        const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(this.inputs));
        const digits = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
        return new URL(`${this.base}assets/snapshot-${digits}`, self.location.href).href;
    }
}
