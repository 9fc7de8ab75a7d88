// Stored files: a tree of files that outlives the program, in three files of the host.
//
//     blocks       contents, in pieces of 4 KiB                    (block-space.mjs)
//     journal-0/1  everything else: names, modes, times, sizes,    (journal.mjs)
//                  and which block holds which piece of which file
//
// The three have the interface of FileSystemSyncAccessHandle: synchronous, which the kernel's calls are too. In memory there
// is the tree (inodes, names, block numbers) and a bounded cache of blocks; contents stay in the file.
//
// What happens when:
//
//     write        contents go to their blocks at once, in place. New blocks and the new size are remembered as a change.
//     create, rename, unlink, mkdir, link…   one record of the journal, written before the call returns, with all
//                  changes so far. A record is whole or not there, so each of these is atomic.
//     close        the changes so far, as one record.
//     fsync        flush blocks, write the changes as a record, flush the journal: then it returns.
//     20 ms, 1 s   after any change, what is remembered is written, and flushed, without anybody asking.
//
// So when the page or the browser is killed, everything that a call had reported as done is there (the host's own
// cache survives us), and when the machine fails, everything that was fsynced; in either case the tree is one that existed.
// Blocks that were given up are not used again before the record of that is flushed. Files without a name, that were
// still open, are simply not found again.
//
// A record is a list of operations, each a list that begins with a letter:
//
//     ["i", inode, mode, uid, gid, size, atime, ns, mtime, ns, ctime, ns, target | null]   attributes
//     ["t", inode, count]                       the map of the file ends after `count` blocks
//     ["m", inode, index, block, count]         `count` blocks from `index` on are `block` and the following; 0: a hole
//     ["l", directory, name, inode]  ["u", directory, name]                                  names
//     ["r", path, inode]                        a folder that is mounted at `path`
//     ["n", next]                               the next free inode number (snapshots only)

import { EIO, ENOSPC } from './errno.mjs';
import { S_IFDIR, S_IFLNK, S_IFMT } from './constants.mjs';
import { BlockSpace } from './block-space.mjs';
import { Journal, StoreDamaged } from './journal.mjs';
import { RegularInode } from './inode.mjs';
import { describeRuns, StoredDirectory, StoredFile, StoredLink } from './stored.mjs';

/** The number by which stat shows that these files are on a device of their own. */
const storedDevice = 20;
const writeDelay = 20;
const flushDelay = 1000;
/** So many given up blocks make a flush worthwhile before the file is made longer. */
const givenMany = 256;

/** A node of the tree as the journal describes it, before it is an inode. */
class StoredNode {
    constructor() {
        this.attributes = null;
        this.map = [];
        this.names = new Map();
    }
}

/** Stored files, from their three files to inodes. */
export class Volume {
    /**
     * @param {{blocks: object, journals: object[]}} files handles
     * @param {{defer?: (action: () => void, ms: number) => void, onFull?: () => void, cached?: number, salvage?: boolean,
     *     together?: boolean}} options
     *     `salvage`: read what is readable of a damaged store, and write nothing; `together`: the three files become safe at one
     *     moment, so a block is free as soon as the record that gives it up is written
     * @throws {StoreDamaged}
     */
    constructor(files, { defer = () => {}, onFull = () => {}, cached, salvage = false, together = false } = {}) {
        this.files = files;
        this.defer = defer;
        this.onFull = onFull;
        this.readOnly = salvage;
        this.together = together;
        /** There was no space once. */
        this.full = false;
        this.blocks = new BlockSpace(files.blocks, cached);
        this.journal = new Journal(files.journals);
        /** @type {Map<number, StoredNode>} */
        this.nodes = new Map();
        /** Mounted folders: path → inode number, and later → inode. */
        this.rootNumbers = new Map();
        this.roots = new Map();
        this.nextNumber = 1;
        this.machine = null;
        this.depth = 0;
        this.operations = [];
        /** Inodes whose attributes or blocks changed. */
        this.changed = new Set();
        /** Files that have lost their last name within the running change. */
        this.orphans = new Set();
        /** The changes are more than times; the journal has records that were not flushed. */
        this.weighty = false;
        this.unflushed = false;
        /** The contents must be flushed before the next record is written. */
        this.ordered = false;
        this.writeTimer = false;
        this.flushTimer = false;
        this.recover();
    }

    // Recovery

    recover() {
        const { records, damage, tail } = this.journal.recover();
        if (damage !== null && !this.readOnly
            && !(records.length === 0 && this.files.blocks.getSize() === 0)) {
            throw new StoreDamaged(damage);
        }
        for (const record of records) {
            for (const operation of record) {
                this.replay(operation);
            }
        }
        this.rootNumbers.delete('import'); // one that came to no end (archive.mjs)
        this.dropUnreachable();
        const cut = this.claimBlocks();
        if (this.readOnly) {
            return;
        }
        // The last program may have been killed before it flushed.
        this.blocks.dirty = true;
        if (records.length === 0 || tail || cut || this.journal.isLong) {
            this.startGeneration();
        } else {
            this.blocks.flush();
            this.journal.flush();
            this.blocks.trim();
        }
    }

    node(number) {
        let node = this.nodes.get(number);
        if (node === undefined) {
            node = new StoredNode();
            this.nodes.set(number, node);
            this.nextNumber = Math.max(this.nextNumber, number + 1);
        }
        return node;
    }

    replay([kind, number, ...rest]) {
        switch (kind) {
            case 'i':
                this.node(number).attributes = rest;
                break;
            case 't': {
                const { map } = this.node(number);
                map.length = Math.min(map.length, rest[0]);
                break;
            }
            case 'm': {
                const { map } = this.node(number);
                const [index, block, count] = rest;
                while (map.length < index) {
                    map.push(0);
                }
                for (let at = 0; at < count; at++) {
                    map[index + at] = block === 0 ? 0 : block + at;
                }
                break;
            }
            case 'l':
                this.node(number).names.set(rest[0], rest[1]);
                break;
            case 'u':
                this.node(number).names.delete(rest[0]);
                break;
            case 'r':
                this.rootNumbers.set(number, rest[0]);
                break;
            case 'n':
                this.nextNumber = Math.max(this.nextNumber, number);
                break;
            default:
                throw new StoreDamaged(`this version does not know the operation ${JSON.stringify(kind)}`);
        }
    }

    dropUnreachable() {
        const reached = new Map();
        const visit = (number) => {
            const node = this.nodes.get(number);
            if (node === undefined || node.attributes === null || reached.has(number)) {
                return;
            }
            reached.set(number, node);
            for (const below of node.names.values()) {
                visit(below);
            }
        };
        for (const number of this.rootNumbers.values()) {
            visit(number);
        }
        this.nodes = reached;
    }

    /** Marks what is in use. @returns {boolean} whether maps had to be changed */
    claimBlocks() {
        // A record that was not flushed may speak of blocks that never came to be; they are holes.
        let cut = false;
        const end = Math.ceil(this.files.blocks.getSize() / 4096);
        for (const { map } of this.nodes.values()) {
            map.forEach((block, index) => {
                if (block > end) {
                    map[index] = 0;
                    cut = true;
                } else if (block !== 0 && !this.blocks.claim(block) && !this.readOnly) {
                    throw new StoreDamaged(`block ${block} belongs to two files`);
                }
            });
        }
        this.blocks.extend(end);
        return cut;
    }

    // Inodes

    /**
     * Makes inodes, and hangs each path's folder into the machine's tree. What the image has there is taken over the first
     * time.
     * @param {object} machine
     * @param {string[]} paths absolute
     */
    mount(machine, paths) {
        this.attach(machine);
        for (const path of paths) {
            const slash = path.lastIndexOf('/');
            const parent = findOrMake(machine.files.root, path.slice(0, slash));
            const name = path.slice(slash + 1);
            const beneath = parent.find(name);
            const root = this.root(path, beneath);
            if (beneath !== undefined) {
                parent.unlink(name);
            }
            parent.adopt(name, root);
            root.device = storedDevice;
        }
    }

    /** Makes inodes of what was read. */
    attach(machine) {
        this.machine = machine;
        const inodes = new Map();
        const make = (number) => {
            let inode = inodes.get(number);
            if (inode === undefined) {
                const node = this.nodes.get(number);
                inode = this.makeInode(number, node);
                inodes.set(number, inode);
                for (const [name, below] of node.names) {
                    if (this.nodes.has(below)) {
                        inode.adopt(name, make(below));
                    }
                }
            }
            return inode;
        };
        for (const [path, number] of this.rootNumbers) {
            if (this.nodes.has(number)) {
                this.roots.set(path, make(number));
            }
        }
        this.nodes = new Map();
    }

    makeInode(number, { attributes, map }) {
        const [mode, uid, gid, size, atime, ans, mtime, mns, ctime, cns, target] = attributes;
        let inode;
        switch (mode & S_IFMT) {
            case S_IFDIR:
                inode = new StoredDirectory(this, 0, null, number);
                break;
            case S_IFLNK:
                inode = new StoredLink(this, target, number);
                break;
            default:
                inode = new StoredFile(this, 0, number);
                inode.length = size;
                inode.map = map;
        }
        return Object.assign(inode, {
            mode, uid, gid, device: storedDevice, atime, atimeNanoseconds: ans, mtime, mtimeNanoseconds: mns, ctime,
            ctimeNanoseconds: cns,
        });
    }

    /** The stored folder for a path, made if there is none. */
    root(path, beneath) {
        let root = this.roots.get(path);
        if (root === undefined) {
            root = new StoredDirectory(this, 0o755, null, this.nextNumber++);
            root.device = storedDevice;
            this.roots.set(path, root);
            this.change(() => {
                this.changed.add(root);
                this.record(['r', path, root.number]);
                if (beneath?.children !== undefined) {
                    copyTree(beneath, root);
                }
            });
            this.sync();
        }
        return root;
    }

    // Changes

    /** Remembers an operation. */
    record(operation) {
        this.operations.push(operation);
        this.weighty = true;
    }

    /** Remembers that an inode's attributes changed; `weighty` when it is more than times. */
    note(inode, weighty = false) {
        if (inode.links > 0 || this.depth > 0) {
            this.changed.add(inode);
            this.weighty ||= weighty;
            this.later();
        }
    }

    /** Calls `action`; all that it changes is one record, written before this returns. */
    change(action) {
        this.depth++;
        try {
            action();
        } finally {
            if (--this.depth === 0) {
                for (const inode of this.orphans) {
                    inode.dropIfUnused();
                }
                this.orphans.clear();
                this.commit();
            }
        }
    }

    /** Writes what is remembered as one record. @returns {number} 0 or a negative error number */
    commit() {
        if (this.readOnly || this.depth > 0 || (this.operations.length === 0 && this.changed.size === 0)) {
            return 0;
        }
        const record = this.operations;
        for (const inode of this.changed) {
            if (inode.links > 0) {
                inode.describe(record);
            }
        }
        this.changed.clear();
        // What is not written now stays remembered.
        this.operations = record;
        if (record.length === 0) {
            return 0;
        }
        try {
            if (this.journal.isLong) {
                this.startGeneration();
            } else {
                if (this.ordered) {
                    this.blocks.flush();
                    this.ordered = false;
                }
                this.journal.append(record);
                this.unflushed ||= this.weighty;
            }
        } catch (error) {
            return this.failed(error);
        }
        this.operations = [];
        this.weighty = false;
        this.later();
        return 0;
    }

    /** Makes everything safe. @returns {number} 0 or a negative error number */
    sync() {
        if (this.readOnly || this.depth > 0) {
            return 0;
        }
        try {
            if (this.together && (!this.weighty || this.commit() === 0)) {
                this.reuse();
            }
            this.blocks.flush();
            if (this.weighty) {
                const failed = this.commit();
                if (failed < 0) {
                    return failed;
                }
            }
            if (this.unflushed) {
                this.journal.flush();
                this.unflushed = false;
                this.reuse();
            }
            return 0;
        } catch (error) {
            return this.failed(error);
        }
    }

    /** What was given up is free. Those who wait for space get what is free at the end. */
    reuse() {
        this.blocks.settle();
        if (this.full) {
            this.blocks.trim();
        }
    }

    /** What an exception of the host means for the program. */
    failed(error) {
        if (/quota|space/iu.test(`${error?.name} ${error?.message} ${error?.code}`)) {
            this.full = true;
            this.onFull();
            return -ENOSPC;
        }
        return -EIO;
    }

    /** Is there room in the journal for something new? */
    admits() {
        if (this.readOnly || !this.journal.reserve()) {
            this.onFull();
            return -ENOSPC;
        }
        return 0;
    }

    later() {
        if (!this.writeTimer) {
            this.writeTimer = true;
            this.defer(() => {
                this.writeTimer = false;
                this.commit();
            }, writeDelay);
        }
        if (!this.flushTimer) {
            this.flushTimer = true;
            this.defer(() => {
                this.flushTimer = false;
                this.commit();
                this.sync();
            }, flushDelay);
        }
    }

    /** A block for a file. */
    allocate(previous) {
        if (!this.blocks.hasFree && this.blocks.given.length > Math.max(givenMany, this.blocks.taken >> 3)) {
            this.weighty = true;
            this.sync();
        }
        return this.blocks.allocate(previous);
    }

    startGeneration() {
        this.blocks.flush();
        this.journal.rewrite(this.snapshot());
        this.unflushed = false;
        this.blocks.settle();
        this.blocks.trim();
    }

    /** Everything, as one record. */
    snapshot() {
        const record = [['n', this.nextNumber]];
        if (this.machine === null) {
            for (const [number, { attributes, map, names }] of this.nodes) {
                record.push(['i', number, ...attributes]);
                describeRuns(record, number, map, 0, map.length);
                for (const [name, below] of names) {
                    record.push(['l', number, name, below]);
                }
            }
            for (const [path, number] of this.rootNumbers) {
                record.push(['r', path, number]);
            }
            return record;
        }
        const seen = new Set();
        const visit = (inode) => {
            if (seen.has(inode)) {
                return;
            }
            seen.add(inode);
            inode.describe(record, true);
            for (const [name, below] of inode.names ?? []) {
                if (below.volume === this) {
                    record.push(['l', inode.number, name, below.number]);
                    visit(below);
                }
            }
        };
        for (const [path, root] of this.roots) {
            record.push(['r', path, root.number]);
            visit(root);
        }
        return record;
    }

    /** Bytes that the files take. */
    get bytes() {
        return this.blocks.taken * 4096 + this.journal.end;
    }

    /** Writes and flushes everything, and lets go of the files. */
    close() {
        this.commit();
        this.sync();
        this.readOnly = true;
        for (const handle of [this.files.blocks, ...this.files.journals]) {
            handle.close();
        }
    }
}

function findOrMake(root, path) {
    let directory = root;
    for (const name of path.split('/').filter((part) => part !== '')) {
        let next = directory.find(name);
        if (next === undefined) {
            next = directory.makeDirectory(0o755);
            directory.adopt(name, next);
        }
        directory = next;
    }
    return directory;
}

/** Copies what the image has in a folder. */
function copyTree(from, to) {
    const buffer = new Uint8Array(1 << 16);
    for (const [name, inode] of from.children) {
        let copy;
        if (inode.children !== undefined) {
            copy = to.makeDirectory(inode.mode & 0o7777);
            to.link(name, copy);
            copyTree(inode, copy);
        } else if (inode instanceof RegularInode) {
            copy = to.makeFile(inode.mode & 0o7777);
            to.link(name, copy);
            for (let at = 0; at < inode.length; at += buffer.length) {
                const count = Math.min(buffer.length, inode.length - at);
                inode.readBytes(buffer, 0, count, at);
                copy.writeBytes(buffer, 0, count, at);
            }
        } else if (inode.target !== undefined) {
            copy = to.makeLink(inode.target);
            to.link(name, copy);
        } else {
            continue;
        }
        copy.setTimes(inode.mtime);
    }
}
