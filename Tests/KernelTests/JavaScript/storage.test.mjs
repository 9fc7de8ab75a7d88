// Stored files: what they are, what a full disk does, and what is there after a crash at any moment.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import { fragileFiles, mapFiles, randomFrom } from './fragile-handle.mjs';
import { Volume } from '../../../Templates/kernel/volume.mjs';
import { StoreDamaged } from '../../../Templates/kernel/journal.mjs';
import { EBUSY, ENOSPC, EXDEV } from '../../../Templates/kernel/errno.mjs';

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_APPEND = 0o2000;

function machine(files, paths = ['/data'], options = {}) {
    const { memoryBytes = 1 << 20, ...rest } = options;
    const volume = new Volume(files, rest);
    const guest = new Guest({ memoryBytes, storage: { volume, paths } });
    const floor = guest.top;
    /** Calls allocate and never give back; so each test step begins anew. */
    guest.fresh = () => { guest.top = floor; };
    guest.volume = volume;
    return guest;
}

const again = (files, paths, options) => machine(mapFiles(files, (handle) => handle.afterKill()), paths, options);

/** Everything below a folder: path → contents, or a mark for what is no file. */
function treeOf(volume) {
    const found = new Map();
    const visit = (path, inode) => {
        if (inode.names !== undefined) {
            found.set(path, 'directory');
            [...inode.names].sort(([a], [b]) => (a < b ? -1 : 1)).forEach(([name, below]) => visit(`${path}/${name}`, below));
        } else if (inode.target !== undefined) {
            found.set(path, `link ${inode.target}`);
        } else {
            const bytes = Buffer.alloc(inode.length);
            inode.readBytes(bytes, 0, bytes.length, 0);
            found.set(path, bytes);
        }
    };
    for (const [path, root] of volume.roots) {
        visit(path, root);
    }
    return found;
}

test('files, folders, links, modes and times are there again', () => {
    const files = fragileFiles();
    const guest = machine(files, ['/data', '/app/instance']);
    guest.mkdir('/data/deep');
    guest.writeFile('/data/deep/a.txt', 'hello', 0o640);
    guest.symlink('deep/a.txt', '/data/link');
    guest.link('/data/deep/a.txt', '/data/second');
    guest.writeFile('/app/instance/b.txt', 'x'.repeat(10000));
    guest.writeFile('/tmp/gone', 'x');
    const before = guest.stat('/data/deep/a.txt');
    const next = again(files, ['/data', '/app/instance']);
    assert.equal(next.readFile('/data/link'), 'hello');
    assert.deepEqual(next.stat('/data/second'), before);
    assert.equal(before.links, 2);
    assert.equal(before.mode & 0o777, 0o640);
    assert.equal(next.readFile('/app/instance/b.txt'), 'x'.repeat(10000));
    assert.equal(typeof next.readFile('/tmp/gone'), 'number');
});

test('a file without a name lives as long as it is open, and then gives back its blocks', () => {
    const files = fragileFiles();
    const guest = machine(files);
    const fd = guest.open('/data/a', O_RDWR | O_CREAT);
    guest.write(fd, 'y'.repeat(50000));
    const taken = guest.volume.blocks.taken;
    guest.unlink('/data/a');
    guest.seek(fd, 0);
    assert.equal(guest.read(fd, 3), 'yyy');
    assert.equal(again(files).volume.blocks.taken, 0);
    guest.close(fd);
    guest.writeFile('/data/b', '1');
    guest.volume.weighty = true;
    guest.volume.sync();
    assert.ok(taken >= 13 && guest.volume.blocks.taken === 1);
});

test('holes, truncation and growth read as zeros', () => {
    const files = fragileFiles();
    const guest = machine(files);
    const fd = guest.open('/data/a', O_RDWR | O_CREAT);
    guest.write(fd, 'abcdef');
    guest.ok('__syscall_ftruncate64', fd, 3n);
    guest.ok('__syscall_ftruncate64', fd, 6n);
    guest.seek(fd, 20000);
    guest.write(fd, 'end');
    guest.seek(fd, 0);
    const bytes = Buffer.from(guest.readBytes(fd));
    assert.equal(bytes.length, 20003);
    assert.equal(bytes.subarray(0, 6).toString('latin1'), 'abc\0\0\0');
    assert.ok(bytes.subarray(6, 20000).every((byte) => byte === 0));
    assert.equal(guest.volume.blocks.taken, 2);
    guest.close(fd);
    assert.deepEqual(treeOf(again(files).volume).get('/data/a'), bytes);
});

test('a stored folder is a file system of its own', () => {
    const guest = machine(fragileFiles());
    guest.writeFile('/tmp/a', 'x');
    assert.equal(guest.rename('/tmp/a', '/data/a'), -EXDEV);
    assert.equal(guest.rmdir('/data'), -EBUSY);
    assert.equal(guest.rename('/data', '/other'), -EBUSY);
    assert.notEqual(guest.stat('/data').device, guest.stat('/tmp').device);
});

test('space is used again: a thousand replaced files take no more than a few', () => {
    const files = fragileFiles();
    const guest = machine(files);
    for (let round = 0; round < 1000; round++) {
        guest.fresh();
        guest.writeFile('/data/new', `${round} `.repeat(3000));
        guest.rename('/data/new', '/data/kept');
    }
    assert.ok(files.blocks.getSize() < 8 << 20, `${files.blocks.getSize()} bytes of blocks`);
    assert.ok(files.journals[0].getSize() + files.journals[1].getSize() < 3 << 20);
    guest.unlink('/data/kept');
    guest.volume.sync();
    guest.volume.startGeneration();
    assert.equal(files.blocks.getSize(), 0);
});

test('a full disk is ENOSPC; deleting works and makes room', () => {
    const files = fragileFiles();
    let told = 0;
    const guest = machine(files, ['/data'], { onFull: () => told++ });
    files.blocks.quota = 100000;
    const fd = guest.open('/data/a', O_RDWR | O_CREAT);
    let written = 0;
    let result;
    while ((result = guest.write(fd, 'z'.repeat(5000))) > 0) {
        written += result;
    }
    assert.equal(result, -ENOSPC);
    assert.ok(written >= 90000 && told > 0);
    assert.equal(guest.volume.sync(), 0);
    assert.equal(guest.fstat(fd).size, written);
    guest.close(fd);
    assert.equal(treeOf(again(files).volume).get('/data/a').length, written);
    for (const journal of files.journals) {
        journal.quota = journal.getSize();
    }
    let made = 0;
    while ((result = guest.mkdir(`/data/d${made}`)) === 0) {
        guest.fresh();
        made++;
    }
    assert.equal(result, -ENOSPC);
    assert.equal(guest.unlink('/data/a'), 0);
    assert.equal(guest.volume.sync(), 0);
    assert.equal(again(files).volume.roots.get('/data').find('a'), undefined);
    for (let at = 0; at < made; at++) {
        guest.fresh();
        assert.equal(guest.rmdir(`/data/d${at}`), 0);
    }
});

test('what the image has in the folder is taken over once', () => {
    const index = JSON.stringify({
        mtime: 5, files: [['/data/seed.txt', 0, 4], ['/data/sub/x', 4, 2, 0o755]], links: [['/data/l', 'seed.txt']],
        directories: [],
    });
    const image = Buffer.concat([
        Buffer.from('FRONDIMG'), Buffer.from(new Uint32Array([1, index.length]).buffer), Buffer.from(index),
        Buffer.alloc((8 - (index.length % 8)) % 8), Buffer.from('seedxx'),
    ]);
    const files = fragileFiles();
    const start = (from) => {
        const volume = new Volume(from);
        return new Guest({ image, storage: { volume, paths: ['/data'] } });
    };
    const first = start(files);
    assert.equal(first.readFile('/data/l'), 'seed');
    assert.equal(first.stat('/data/sub/x').mode & 0o777, 0o755);
    assert.equal(first.stat('/data/seed.txt').mtime, 5);
    first.unlink('/data/seed.txt');
    first.writeFile('/data/sub/x', 'mine');
    const second = start(mapFiles(files, (handle) => handle.afterKill()));
    assert.equal(typeof second.readFile('/data/seed.txt'), 'number');
    assert.equal(second.readFile('/data/sub/x'), 'mine');
});

test('damage is said, nothing is changed, and what is readable can be read', () => {
    const files = fragileFiles();
    const guest = machine(files);
    guest.writeFile('/data/first', 'one');
    guest.volume.sync();
    const middle = guest.volume.journal.end;
    for (const name of ['b', 'c']) {
        guest.writeFile(`/data/${name}`, 'more');
        guest.volume.sync();
    }
    const { journals } = files;
    const live = journals[guest.volume.journal.current];
    live.now[middle + 40] ^= 1;
    const before = mapFiles(files, (handle) => handle.afterKill());
    assert.throws(() => new Volume(before), StoreDamaged);
    assert.deepEqual(before.journals.map(({ now }) => now), journals.map(({ now }) => now));
    const salvaged = machine(before, ['/data'], { salvage: true });
    assert.equal(salvaged.readFile('/data/first'), 'one');
    live.now.fill(7, 0, 64);
    assert.throws(() => new Volume(mapFiles(files, (handle) => handle.afterKill())), StoreDamaged);
});

// The property: after a crash the tree is one that existed since the last fsync, and what was fsynced is intact.

/** Does random things to a volume and remembers what has to be there. */
class Chaos {
    constructor(seed) {
        this.random = randomFrom(seed);
        this.restart(fragileFiles());
        this.safe();
    }

    restart(files) {
        this.files = files;
        this.guest = machine(files, ['/data'], { cached: 8 });
        this.open = [];
    }

    /** All that is there now must be there after a crash. */
    safe() {
        this.safeTree = treeOf(this.guest.volume);
        /** Shapes of the tree since then; files written to since then, by inode. */
        this.shapes = [shapeOf(this.guest.volume)];
        this.touched = new Map();
        this.numbers = numbersOf(this.guest.volume);
    }

    path() {
        const { random } = this;
        return `/data/${random.chance(0.4) ? `d${random.below(3)}/` : ''}f${random.below(6)}`;
    }

    touch(fd, from, to) {
        const { inode } = this.guest.fstat(fd);
        const ranges = this.touched.get(inode) ?? [];
        ranges.push([from, to]);
        this.touched.set(inode, ranges);
    }

    step() {
        const { guest, random } = this;
        guest.fresh();
        switch (random.below(12)) {
            case 0:
            case 1: {
                const fd = guest.open(this.path(), O_RDWR | O_CREAT | (random.chance(0.2) ? O_APPEND : 0));
                if (fd >= 0) {
                    this.open.push(fd);
                }
                break;
            }
            case 2:
            case 3:
            case 4:
            case 5:
                this.onFile((fd, size) => {
                    const at = random.chance(0.4) ? size : random.below(size + 6000);
                    const count = 1 + random.below(random.chance(0.3) ? 20000 : 3000);
                    guest.seek(fd, at);
                    guest.write(fd, Buffer.alloc(count, 1 + random.below(255)));
                    // Growing clears what was behind the end.
                    this.touch(fd, Math.min(at, size), at + count);
                });
                break;
            case 6:
                this.onFile((fd, size) => {
                    const to = random.below(size + 3000);
                    guest.ok('__syscall_ftruncate64', fd, BigInt(to));
                    this.touch(fd, Math.min(to, size), Infinity);
                });
                break;
            case 7:
                this.onFile((fd) => {
                    assert.equal(guest.ok('__syscall_fdatasync', fd), 0);
                    this.safe();
                });
                break;
            case 8:
                guest.rename(this.path(), this.path());
                break;
            case 9:
                guest.unlink(this.path());
                break;
            case 10:
                random.chance(0.5) ? guest.mkdir(`/data/d${random.below(3)}`) : guest.rmdir(`/data/d${random.below(3)}`);
                break;
            default:
                if (this.open.length > 0) {
                    guest.close(this.open.splice(random.below(this.open.length), 1)[0]);
                } else {
                    guest.link(this.path(), this.path());
                }
        }
        if (random.chance(0.02)) {
            guest.volume.startGeneration();
        }
        const { journal } = guest.volume;
        if (journal.sequence !== this.sequence || journal.generation !== this.generation) {
            this.sequence = journal.sequence;
            this.generation = journal.generation;
            const shape = shapeOf(guest.volume);
            if (shape !== this.shapes.at(-1)) {
                this.shapes.push(shape);
            }
        }
    }

    onFile(action) {
        if (this.open.length > 0) {
            const fd = this.open[this.random.below(this.open.length)];
            action(fd, this.guest.fstat(fd).size);
        }
    }

    crash() {
        const { random } = this;
        const killed = random.chance(0.4);
        const last = treeOf(this.guest.volume);
        const settled = killed && this.guest.mkdir(`/data/last${random.below(1e9)}`) === 0;
        const { safeTree, shapes, touched, numbers } = this;
        this.restart(mapFiles(this.files, (handle) => (killed ? handle.afterKill() : handle.afterFailure(random))));
        const found = treeOf(this.guest.volume);
        if (settled) {
            // A killed page loses nothing that was done before the last record.
            for (const path of [...found.keys()].filter((name) => name.includes('/last'))) {
                found.delete(path);
                this.guest.rmdir(path);
            }
            assert.deepEqual(found, last);
        } else {
            assert.ok(shapes.includes(shapeOf(this.guest.volume)), 'the tree is none that existed');
            const byNumber = new Map([...numbersOf(this.guest.volume)].map(([path, number]) => [number, path]));
            for (const [path, bytes] of safeTree) {
                const number = numbers.get(path);
                const now = found.get(byNumber.get(number));
                if (bytes instanceof Uint8Array && now !== undefined) {
                    this.compare(path, bytes, now, touched.get(number) ?? []);
                }
            }
        }
        this.guest.volume.weighty = true;
        this.guest.volume.sync();
        this.safe();
    }

    compare(path, safe, now, ranges) {
        const allowed = (at) => ranges.some(([from, to]) => at >= from && at < to);
        if (ranges.length === 0) {
            assert.equal(now.length, safe.length, `${path} has another size`);
        }
        for (let at = 0; at < safe.length; at++) {
            if (safe[at] !== now[at] && !allowed(at)) {
                assert.fail(`${path} differs at ${at}, which nobody wrote: ${safe[at]} became ${now[at]}`);
            }
        }
    }
}

function shapeOf(volume) {
    return JSON.stringify([...numbersOf(volume)]);
}

function numbersOf(volume) {
    const found = new Map();
    const visit = (path, inode) => {
        found.set(path, inode.number);
        if (inode.names !== undefined) {
            [...inode.names].sort(([a], [b]) => (a < b ? -1 : 1)).forEach(([name, below]) => visit(`${path}/${name}`, below));
        }
    };
    volume.roots.forEach((root, path) => visit(path, root));
    return found;
}

test('after 2,000 crashes at random moments, what was fsynced is there and the tree is one that existed', () => {
    for (let seed = 1; seed <= 200; seed++) {
        const chaos = new Chaos(seed);
        for (let crash = 0; crash < 10; crash++) {
            try {
                for (let steps = 1 + chaos.random.below(60); steps > 0; steps--) {
                    chaos.step();
                }
                chaos.crash();
            } catch (error) {
                throw new Error(`seed ${seed}, crash ${crash}: ${error.message}`, { cause: error });
            }
        }
    }
});

// A database as SQLite writes one: old pages to a journal, fsync, new pages in place, fsync, unlink the journal.

const pages = 12;
const pageSize = 4096;

function* transaction(guest, number) {
    const call = (name, ...args) => guest.ok(name, ...args);
    const database = guest.open('/data/db', O_RDWR | O_CREAT);
    const journal = guest.open('/data/db-journal', O_RDWR | O_CREAT);
    yield;
    for (let page = 0; page < pages; page++) {
        guest.seek(database, page * pageSize);
        guest.write(journal, guest.readBytes(database, pageSize));
        yield;
    }
    call('__syscall_fdatasync', journal);
    yield;
    guest.seek(journal, pages * pageSize);
    guest.write(journal, 'whole');
    call('__syscall_fdatasync', journal);
    yield;
    for (let page = 0; page < pages; page++) {
        guest.seek(database, page * pageSize);
        guest.write(database, Buffer.alloc(pageSize, number));
        yield;
    }
    call('__syscall_fdatasync', database);
    yield;
    guest.close(journal);
    guest.unlink('/data/db-journal');
    yield;
    const folder = guest.open('/data', 0o200000);
    call('__syscall_fdatasync', folder);
    guest.close(folder);
    guest.close(database);
}

function rollBack(guest) {
    const journal = guest.open('/data/db-journal');
    if (journal < 0) {
        return;
    }
    const bytes = guest.readBytes(journal, pages * pageSize + 5);
    guest.close(journal);
    if (bytes.length === pages * pageSize + 5 && Buffer.from(bytes.slice(-5)).toString() === 'whole') {
        const database = guest.open('/data/db', O_RDWR);
        guest.write(database, bytes.slice(0, -5));
        guest.ok('__syscall_fdatasync', database);
        guest.close(database);
    }
    guest.unlink('/data/db-journal');
}

test('a database with a rollback journal loses no transaction in 600 crashes', () => {
    for (let seed = 1; seed <= 60; seed++) {
        const random = randomFrom(seed);
        let files = fragileFiles();
        let guest = machine(files);
        guest.writeFile('/data/db', Buffer.alloc(pages * pageSize, 1));
        guest.volume.weighty = true;
        guest.volume.sync();
        let committed = 1;
        for (let crash = 0; crash < 10; crash++) {
            let left = random.below(90);
            let running = transaction(guest, committed + 1);
            while (left-- > 0) {
                guest.fresh();
                if (running.next().done) {
                    committed++;
                    running = transaction(guest, committed + 1);
                }
            }
            const killed = random.chance(0.4);
            files = mapFiles(files, (handle) => (killed ? handle.afterKill() : handle.afterFailure(random)));
            guest = machine(files);
            rollBack(guest);
            const bytes = treeOf(guest.volume).get('/data/db');
            assert.equal(bytes.length, pages * pageSize);
            assert.ok(bytes.every((byte) => byte === bytes[0]), `seed ${seed}: half a transaction`);
            assert.ok(bytes[0] === committed || bytes[0] === committed + 1, `seed ${seed}: ${committed}, found ${bytes[0]}`);
            committed = bytes[0];
        }
    }
});
