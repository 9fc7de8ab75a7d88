// Stored files where the host has no synchronous files: what is saved, in one piece or not at all, and what a full one does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from './fragile-handle.mjs';
import { Guest } from './guest.mjs';
import { ENOSPC } from '../../../Templates/kernel/errno.mjs';
import { PieceStore, pieceBytes, StoreBusy } from '../../../Templates/kernel/piece-storage.mjs';
import { Volume } from '../../../Templates/kernel/volume.mjs';

const names = ['blocks', 'journal-0', 'journal-1'];
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A database that takes transactions whole, slowly or not at all. */
class Database {
    constructor() {
        this.kept = new Map(names.map((name) => [name, { pieces: [], size: 0 }]));
        this.transactions = 0;
        this.room = Infinity;
        this.busy = false;
    }

    get pieces() {
        return [...this.kept.values()].reduce((sum, { pieces }) => sum + pieces.filter(Boolean).length, 0);
    }

    async save(changes) {
        const copies = changes.map(([name, index, value]) => [name, index, value?.slice?.() ?? value]);
        await settled();
        if (this.busy) throw new StoreBusy();
        const next = new Map([...this.kept].map(([name, { pieces, size }]) => [name, { pieces: [...pieces], size }]));
        for (const [name, index, value] of copies) {
            if (index === -1) next.get(name).size = value;
            else next.get(name).pieces[index] = value;
        }
        const before = this.kept;
        this.kept = next;
        if (this.pieces > this.room) {
            this.kept = before;
            throw new Error('QuotaExceededError');
        }
        this.transactions += 1;
    }

    open(options = {}) {
        const found = new Map([...this.kept].map(([name, { pieces, size }]) => [name, {
            pieces: pieces.map((piece) => piece?.slice()), size,
        }]));
        return new PieceStore({ names, found, save: (changes) => this.save(changes), ...options });
    }
}

function machine(store, onFull = () => {}) {
    const [blocks, ...journals] = store.files;
    const volume = new Volume({ blocks, journals }, { together: true, onFull });
    const guest = new Guest({ memoryBytes: 1 << 22, storage: { volume, paths: ['/data'] } });
    const floor = guest.top;
    guest.fresh = () => { guest.top = floor; };
    guest.volume = volume;
    return guest;
}

test('files are as those of a disk', () => {
    const store = new Database().open();
    const [file] = store.files;
    const random = randomFrom(3);
    let model = new Uint8Array(0);
    for (let step = 0; step < 500; step += 1) {
        const at = random.below(4 * pieceBytes);
        if (random.chance(0.2)) {
            file.truncate(at);
            const next = new Uint8Array(at);
            next.set(model.subarray(0, at));
            model = next;
        } else {
            const bytes = new Uint8Array(random.below(2 * pieceBytes)).fill(step);
            file.write(bytes, { at });
            if (at + bytes.length > model.length) {
                const next = new Uint8Array(at + bytes.length);
                next.set(model);
                model = next;
            }
            model.set(bytes, at);
        }
        assert.equal(file.getSize(), model.length);
        const read = new Uint8Array(model.length + 10);
        assert.equal(file.read(read, { at: 0 }), model.length);
        assert.ok(Buffer.compare(read.subarray(0, model.length), model) === 0);
    }
});

test('what is found later is the tree as it was at some flush', async () => {
    const database = new Database();
    const store = database.open();
    const guest = machine(store);
    guest.writeFile('/data/a', 'x'.repeat(200_000));
    assert.equal(guest.volume.sync(), 0);
    await store.settle();
    guest.fresh();
    guest.unlink('/data/a');
    guest.writeFile('/data/b', 'y'.repeat(100_000));
    // Not flushed: the one before is found.
    const before = machine(database.open());
    assert.equal(before.readFile('/data/a'), 'x'.repeat(200_000));
    assert.equal(typeof before.readFile('/data/b'), 'number');
    guest.volume.close();
    await store.settle();
    const after = machine(database.open());
    assert.equal(typeof after.readFile('/data/a'), 'number');
    assert.equal(after.readFile('/data/b'), 'y'.repeat(100_000));
});

test('a transaction has only what has changed', async () => {
    const database = new Database();
    const store = database.open();
    const guest = machine(store);
    guest.writeFile('/data/a', 'x'.repeat(1_000_000));
    guest.volume.sync();
    await store.settle();
    const seen = [];
    store.save = async (changes) => { seen.push(changes.filter(([, index]) => index >= 0).length); };
    guest.fresh();
    const fd = guest.open('/data/a', 2);
    guest.write(fd, 'changed');
    guest.volume.sync();
    await store.settle();
    assert.ok(seen.length === 1 && seen[0] <= 2, `${seen}`);
});

test('more than there is room for is ENOSPC at once', async () => {
    const database = new Database();
    let told = 0;
    const store = database.open({ estimate: async () => 20 * pieceBytes, onFull: () => { told += 1; } });
    await store.measure();
    const guest = machine(store, () => { told += 1; });
    const fd = guest.open('/data/a', 2 | 0o100);
    let result;
    let written = 0;
    while ((result = guest.write(fd, 'z'.repeat(50_000))) > 0) {
        guest.fresh();
        written += result;
    }
    assert.equal(result, -ENOSPC);
    assert.ok(written > 500_000 && written < 20 * pieceBytes && told > 0, `${written} ${told}`);
    guest.close(fd);
    assert.equal(guest.unlink('/data/a'), 0);
    assert.equal(guest.volume.sync(), 0);
    assert.ok(guest.open('/data/b', 2 | 0o100) >= 0);
});

test('a transaction that fails changes nothing; deleting makes room, and what is kept is whole', async () => {
    const database = new Database();
    let told = 0;
    const store = database.open({ onFull: () => { told += 1; } });
    const guest = machine(store);
    guest.writeFile('/data/small', 'kept');
    guest.volume.sync();
    await store.settle();
    database.room = database.pieces + 5;
    guest.fresh();
    guest.writeFile('/data/large', 'z'.repeat(2_000_000));
    guest.volume.sync();
    await store.settle();
    assert.ok(store.refused && told === 1);
    assert.equal(machine(database.open()).readFile('/data/small'), 'kept');
    guest.fresh();
    const fd = guest.open('/data/more', 2 | 0o100);
    assert.equal(guest.write(fd, 'z'.repeat(70_000)), -ENOSPC);
    guest.close(fd);
    assert.equal(guest.volume.sync(), -ENOSPC);
    guest.fresh();
    assert.equal(guest.unlink('/data/large'), 0);
    guest.volume.sync();
    await store.settle();
    assert.ok(!store.refused);
    guest.fresh();
    guest.writeFile('/data/later', 'written');
    assert.equal(guest.volume.sync(), 0);
    await store.settle();
    const after = machine(database.open());
    assert.equal(after.readFile('/data/small'), 'kept');
    assert.equal(after.readFile('/data/later'), 'written');
    assert.equal(typeof after.readFile('/data/large'), 'number');
});

test('whoever lost the store to another page writes nothing and is told', async () => {
    const database = new Database();
    let lost = 0;
    const store = database.open({ onLost: () => { lost += 1; } });
    const guest = machine(store);
    database.busy = true;
    guest.writeFile('/data/a', 'x');
    guest.volume.sync();
    await store.settle();
    assert.equal(lost, 1);
    assert.equal(database.transactions, 0);
});
