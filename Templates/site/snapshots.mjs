// The snapshot of a program between two visits (Templates/glue/snapshot.mjs), in the browser's cache storage.
//
// There is one for each site at most. Its name is a hash of everything that the memory depends on: the files of the program,
// its command line and environment, and what is preloaded; so one of another build is never found, and goes when the next is
// kept. Whatever goes wrong here costs time and nothing else: a start without a snapshot is a start.

const sizeHeader = 'x-frond-memory';
const nowHeader = 'x-frond-now';
const lengthHeader = 'x-frond-length';

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

    /** The one that was kept, or null. */
    async find() {
        try {
            const cache = await caches.open(this.cacheName);
            const response = await cache.match(await this.#address());
            if (!response) return null;
            const memory = new Uint8Array(await response.arrayBuffer());
            const number = (header) => Number(response.headers.get(header) ?? NaN);
            if (memory.length !== number(lengthHeader)) return null;
            return { memory, size: number(sizeHeader), now: number(nowHeader) };
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
