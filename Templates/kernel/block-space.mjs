// The blocks of a store: one file cut into pieces of 4 KiB, numbered from 1 (0 stands for a hole in a file).
//
// A block that is given up stays as it is until the journal's record of that is safe: a crash before may bring its old owner
// back. Such blocks wait in `given`; `settle` makes them free. Free blocks are used again, the lowest first behind the
// last one used, so files lie in long runs; what is free at the end of the file is cut off when a snapshot is written.
//
// Reads of less than 64 KiB go through a cache of blocks, which is bounded; writes go to the file at once.

import { writeWhole } from './journal.mjs';

export const BLOCK = 4096;
const blockCacheLargest = 1 << 16;

/** Blocks over a file with the interface of FileSystemSyncAccessHandle. */
export class BlockSpace {
    /**
     * @param {object} handle
     * @param {number} cached blocks kept in memory at most
     */
    constructor(handle, cached = 4096) {
        this.handle = handle;
        this.cached = cached;
        /** @type {Map<number, Uint8Array>} the least recently used first */
        this.cache = new Map();
        /** By block: 1 when it is in use or given up and not settled. */
        this.used = new Uint8Array(1024);
        this.used[0] = 1;
        /** The highest block that may be in use. */
        this.top = 0;
        this.taken = 0;
        this.cursor = 1;
        this.given = [];
        /** Something was written since the last flush. */
        this.dirty = false;
    }

    /** Marks a block as in use, at recovery. @returns {boolean} false when it was marked already */
    claim(block) {
        this.extend(block);
        if (this.used[block] !== 0) {
            return false;
        }
        this.used[block] = 1;
        this.taken++;
        return true;
    }

    extend(block) {
        if (block >= this.used.length) {
            const longer = new Uint8Array(Math.max(block + 1, this.used.length * 2));
            longer.set(this.used);
            this.used = longer;
        }
        this.top = Math.max(this.top, block);
    }

    /** Is a block free below the end of the file? */
    get hasFree() {
        return this.taken < this.top;
    }

    /** A free block, if possible the one after `previous`. */
    allocate(previous) {
        let block = previous + 1;
        if (previous === 0 || this.used[block] !== 0 || block > this.top + 1) {
            block = this.hasFree ? this.used.indexOf(0, Math.min(this.cursor, this.top)) : this.top + 1;
            if (block < 1 || block > this.top) {
                block = this.hasFree ? this.used.indexOf(0, 1) : this.top + 1;
            }
        }
        this.extend(block);
        this.used[block] = 1;
        this.taken++;
        this.cursor = block + 1;
        return block;
    }

    give(block) {
        this.given.push(block);
        this.cache.delete(block);
    }

    /** The journal is safe up to here: what was given up is free. */
    settle() {
        for (const block of this.given) {
            this.used[block] = 0;
            this.cursor = Math.min(this.cursor, block);
        }
        this.taken -= this.given.length;
        this.given = [];
    }

    /** Cuts off what is free at the end of the file. */
    trim() {
        let top = this.top;
        while (top > 0 && this.used[top] === 0) {
            top--;
        }
        if (top < this.top) {
            this.top = top;
            this.cursor = Math.min(this.cursor, top + 1);
            if (this.handle.getSize() > top * BLOCK) {
                this.handle.truncate(top * BLOCK);
                this.dirty = true;
            }
        }
    }

    /** Reads from a run of blocks that follow each other, beginning at `offset` in the first. */
    read(u8, at, count, block, offset) {
        if (count >= blockCacheLargest) {
            this.readFile(u8.subarray(at, at + count), (block - 1) * BLOCK + offset);
            return;
        }
        while (count > 0) {
            const part = Math.min(count, BLOCK - offset);
            const bytes = this.load(block);
            u8.set(part === BLOCK ? bytes : bytes.subarray(offset, offset + part), at);
            at += part;
            count -= part;
            block++;
            offset = 0;
        }
    }

    load(block) {
        let bytes = this.cache.get(block);
        if (bytes !== undefined) {
            this.cache.delete(block);
        } else {
            bytes = new Uint8Array(BLOCK);
            this.readFile(bytes, (block - 1) * BLOCK);
            if (this.cache.size >= this.cached) {
                this.cache.delete(this.cache.keys().next().value);
            }
        }
        this.cache.set(block, bytes);
        return bytes;
    }

    readFile(target, position) {
        const done = this.handle.read(target, { at: position });
        target.fill(0, done);
    }

    /** Writes to a run of blocks that follow each other, beginning at `offset` in the first. */
    write(bytes, block, offset) {
        this.dirty = true;
        try {
            writeWhole(this.handle, bytes, (block - 1) * BLOCK + offset);
        } catch (error) {
            this.cache.clear(); // who knows how far it came
            throw error;
        }
        for (let at = 0; at < bytes.length; block++) {
            const part = Math.min(bytes.length - at, BLOCK - offset);
            this.cache.get(block)?.set(bytes.subarray(at, at + part), offset);
            at += part;
            offset = 0;
        }
    }

    flush() {
        if (this.dirty) {
            this.handle.flush();
            this.dirty = false;
        }
    }
}
