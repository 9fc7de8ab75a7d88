// Where a site keeps the snapshot of its program (Templates/site/snapshots.mjs), without a browser.

import { test, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { parseSnapshot, SnapshotShelf } from '../../../Templates/site/snapshots.mjs';

/** Cache storage as far as the shelf uses it. */
class FakeCaches {
    constructor() {
        this.all = new Map();
    }

    async open(name) {
        if (!this.all.has(name)) this.all.set(name, new Map());
        const entries = this.all.get(name);
        return {
            match: async (address) => entries.get(address)?.clone(),
            put: async (address, response) => {
                if (this.isFull) throw new DOMException('no room', 'QuotaExceededError');
                entries.set(address, response);
            },
            keys: async () => [...entries.keys()],
            delete: async (address) => entries.delete(address),
        };
    }

    async delete(name) {
        return this.all.delete(name);
    }
}

const memory = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);
const snapshot = { memory, differs: 0, size: 131072, now: 12.5 };

beforeEach(() => {
    globalThis.caches = new FakeCaches();
    globalThis.self = { location: new URL('https://example.org/app/assets/worker.mjs') };
});

async function keep(shelf) {
    shelf.keep(snapshot);
    await shelf.write();
}

test('what is kept is found by the same program, and by no other', async () => {
    await keep(new SnapshotShelf('/app/', { parts: ['a'] }));
    assert.deepEqual(await new SnapshotShelf('/app/', { parts: ['a'] }).find(), snapshot);
    assert.equal(await new SnapshotShelf('/app/', { parts: ['b'] }).find(), null);
    assert.equal(await new SnapshotShelf('/other/', { parts: ['a'] }).find(), null);
});

test('a site keeps one', async () => {
    await keep(new SnapshotShelf('/app/', { parts: ['a'] }));
    await keep(new SnapshotShelf('/app/', { parts: ['b'] }));
    assert.equal(await new SnapshotShelf('/app/', { parts: ['a'] }).find(), null);
    assert.equal(await new SnapshotShelf('/app/', { parts: ['a'] }).has(), false);
    assert.equal(await new SnapshotShelf('/app/', { parts: ['b'] }).has(), true);
    const [[, entries]] = caches.all;
    assert.deepEqual([...entries.keys()].map((address) => address.replace(/[0-9a-f]{64}$/, '…')),
        ['https://example.org/app/assets/snapshot-…']);
});

test('nothing is written before it is time, and nothing twice', async () => {
    const shelf = new SnapshotShelf('/app/', {});
    await shelf.write();
    shelf.keep(snapshot);
    assert.equal(await shelf.find(), null);
    await shelf.write();
    await caches.delete('frond-snapshot:/app/');
    await shelf.write();
    assert.equal(await shelf.find(), null);
});

test('one that is cut off, or was forgotten, is none', async () => {
    const shelf = new SnapshotShelf('/app/', {});
    await keep(shelf);
    const [entries] = caches.all.values();
    const [[address, response]] = entries;
    entries.set(address, new Response(memory.subarray(1), { headers: response.headers }));
    assert.equal(await shelf.find(), null);
    await keep(shelf);
    await shelf.forget();
    assert.equal(await shelf.find(), null);
});

test('a browser without room or storage starts without a snapshot', async () => {
    const shelf = new SnapshotShelf('/app/', {});
    caches.isFull = true;
    await keep(shelf);
    assert.equal(await shelf.find(), null);
    globalThis.caches = undefined;
    await keep(shelf);
    assert.equal(await shelf.find(), null);
    assert.equal(await shelf.has(), false);
    await shelf.forget();
});

test('a file of the site is read as take-snapshot.mjs writes it, and nothing else is', () => {
    const file = new Uint8Array(40);
    file.set(new TextEncoder().encode('FRONDMEM'));
    const view = new DataView(file.buffer);
    view.setUint32(8, 1, true);
    view.setUint32(12, 4, true);
    view.setFloat64(16, 1000.5, true);
    view.setUint32(24, 65536, true);
    file[39] = 7;
    assert.deepEqual(parseSnapshot(file.buffer),
        { memory: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7), differs: 4, now: 1000.5, size: 65536 });
    assert.equal(parseSnapshot(file.buffer.slice(0, 31)), null);
    view.setUint32(8, 2, true);
    assert.equal(parseSnapshot(file.buffer), null);
    assert.equal(parseSnapshot(new TextEncoder().encode('<!doctype html>'.repeat(9)).buffer), null);
});
