// Inodes of stored files (volume.mjs): as those in memory, but each change is noted in the volume, and contents are in
// its blocks.

import { EFBIG, EIO } from './errno.mjs';
import { BLOCK } from './block-space.mjs';
import { DirectoryInode, LinkInode, RegularInode } from './inode.mjs';

/** Contents end here: the file of the blocks itself has no other limit. */
const storedBytesMax = 2 ** 40;

function describeAttributes(record, inode) {
    record.push([
        'i', inode.number, inode.mode, inode.uid, inode.gid, inode.length ?? 0, inode.atime, inode.atimeNanoseconds,
        inode.mtime, inode.mtimeNanoseconds, inode.ctime, inode.ctimeNanoseconds, inode.target ?? null,
    ]);
}

/** A regular file. `map[i]` is the block of its i-th 4 KiB, or 0 (or nothing) for a hole. */
export class StoredFile extends RegularInode {
    constructor(volume, permissions, number) {
        super(volume.machine, permissions);
        this.volume = volume;
        this.number = number;
        this.map = [];
        this.uses = 0;
        this.dropped = false;
        /** Since the last record: the map was cut to this many blocks, and has new ones in this range. */
        this.cut = Infinity;
        this.newFrom = Infinity;
        this.newTo = 0;
    }

    touchModified() {
        super.touchModified();
        this.volume.note(this);
    }

    touchChanged() {
        super.touchChanged();
        this.volume.note(this, true);
    }

    opened() {
        this.uses++;
    }

    closed() {
        this.uses--;
        this.dropIfUnused();
        if (this.volume.weighty) {
            this.volume.commit();
        }
    }

    sync() {
        return this.volume.sync();
    }

    /** The last name and the last user are gone: gives the blocks back. */
    dropIfUnused() {
        if (this.links === 0 && this.uses === 0 && !this.dropped) {
            this.dropped = true;
            this.giveFrom(0);
            this.length = 0;
        }
    }

    giveFrom(index) {
        const { map, volume } = this;
        for (let at = index; at < map.length; at++) {
            if (map[at] > 0) {
                volume.blocks.give(map[at]);
            }
        }
        if (map.length > index) {
            map.length = index;
        }
        this.cut = Math.min(this.cut, index);
    }

    remember(index) {
        this.newFrom = Math.min(this.newFrom, index);
        this.newTo = Math.max(this.newTo, index + 1);
        this.volume.weighty = true;
    }

    describe(record, whole = false) {
        const { map, number } = this;
        if (whole) {
            describeRuns(record, number, map, 0, map.length);
        } else {
            if (this.cut !== Infinity) {
                record.push(['t', number, this.cut]);
            }
            describeRuns(record, number, map, Math.min(this.newFrom, map.length), Math.min(this.newTo, map.length));
            this.cut = this.newFrom = Infinity;
            this.newTo = 0;
        }
        describeAttributes(record, this);
    }

    /** How many blocks from `index` on follow each other in the file of blocks, at most `most`. */
    run(index, most) {
        const block = this.map[index] ?? 0;
        let count = 1;
        while (count < most && (this.map[index + count] ?? 0) === (block === 0 ? 0 : block + count)) {
            count++;
        }
        return count;
    }

    readBytes(u8, at, count, position) {
        try {
            while (count > 0) {
                const index = Math.floor(position / BLOCK);
                const offset = position % BLOCK;
                const blocks = this.run(index, Math.ceil((offset + count) / BLOCK));
                const part = Math.min(count, blocks * BLOCK - offset);
                const block = this.map[index] ?? 0;
                if (block === 0) {
                    u8.fill(0, at, at + part);
                } else {
                    this.volume.blocks.read(u8, at, part, block, offset);
                }
                at += part;
                count -= part;
                position += part;
            }
            return 0;
        } catch {
            return -EIO;
        }
    }

    writeBytes(u8, at, count, position) {
        const end = position + count;
        if (end > storedBytesMax) {
            return -EFBIG;
        }
        const failed = position > this.length ? this.clearTail() : 0;
        if (failed < 0) {
            return failed;
        }
        try {
            this.fill(position, end);
            for (let from = at, place = position; place < end;) {
                const index = Math.floor(place / BLOCK);
                const offset = place % BLOCK;
                const blocks = this.run(index, Math.ceil((offset + end - place) / BLOCK));
                const part = Math.min(end - place, blocks * BLOCK - offset);
                this.volume.blocks.write(u8.subarray(from, from + part), this.map[index], offset);
                from += part;
                place += part;
            }
        } catch (error) {
            // Blocks that got no contents must not show what was in them before.
            this.giveBeyond();
            return this.volume.failed(error);
        }
        if (end > this.length) {
            this.length = end;
            this.volume.weighty = true;
        }
        this.volume.note(this);
        return count;
    }

    /** Gives every hole between two positions a block; what of it will not be written is made zero. */
    fill(position, end) {
        const first = Math.floor(position / BLOCK);
        const last = Math.floor((end - 1) / BLOCK);
        for (let index = first; index <= last; index++) {
            if ((this.map[index] ?? 0) !== 0) {
                continue;
            }
            while (this.map.length < index) {
                this.map.push(0);
            }
            const block = this.volume.allocate(this.map[index - 1] ?? 0);
            const partial = (index === first && position % BLOCK !== 0) || (index === last && end % BLOCK !== 0);
            if (partial || index * BLOCK < this.length) {
                try {
                    this.volume.blocks.write(new Uint8Array(BLOCK), block, 0);
                } catch (error) {
                    this.volume.blocks.give(block);
                    throw error;
                }
            }
            this.map[index] = block;
            this.remember(index);
            // A hole that was safe must not show what the block held before, should its zeros get lost.
            this.volume.ordered ||= index * BLOCK < this.length;
        }
    }

    giveBeyond() {
        this.giveFrom(Math.ceil(this.length / BLOCK));
        this.volume.note(this, true);
    }

    /** Makes what the last block holds beyond the end zero, before the end moves on. */
    clearTail() {
        const offset = this.length % BLOCK;
        const block = this.map[Math.floor(this.length / BLOCK)] ?? 0;
        if (offset === 0 || block === 0) {
            return 0;
        }
        try {
            this.volume.blocks.write(new Uint8Array(BLOCK - offset), block, offset);
            return 0;
        } catch (error) {
            return this.volume.failed(error);
        }
    }

    resize(size) {
        if (size > storedBytesMax) {
            return -EFBIG;
        }
        this.mappings?.store(this);
        if (size > this.length) {
            const failed = this.clearTail();
            if (failed < 0) {
                return failed;
            }
        } else {
            this.giveFrom(Math.ceil(size / BLOCK));
        }
        this.length = size;
        this.volume.weighty = true;
        this.touchModified();
        this.mappings?.reload(this);
        return 0;
    }

    allocate(end) {
        if (end > storedBytesMax) {
            return -EFBIG;
        }
        try {
            for (let index = 0; index < Math.ceil(end / BLOCK); index++) {
                if ((this.map[index] ?? 0) === 0) {
                    const from = index * BLOCK;
                    this.fill(from, from + 1);
                }
            }
            return 0;
        } catch (error) {
            this.giveBeyond();
            return this.volume.failed(error);
        }
    }

    punch(from, end) {
        try {
            for (let position = from; position < end;) {
                const index = Math.floor(position / BLOCK);
                const offset = position % BLOCK;
                const part = Math.min(end - position, BLOCK - offset);
                const block = this.map[index] ?? 0;
                if (block !== 0 && part === BLOCK) {
                    this.volume.blocks.give(block);
                    this.map[index] = 0;
                    this.remember(index);
                } else if (block !== 0) {
                    this.volume.blocks.write(new Uint8Array(part), block, offset);
                }
                position += part;
            }
            return 0;
        } catch (error) {
            return this.volume.failed(error);
        }
    }
}

/** A directory. Names of things that can't be stored (pipes, sockets) are there while the program runs. */
export class StoredDirectory extends DirectoryInode {
    constructor(volume, permissions, parent, number) {
        super(volume.machine, permissions, parent);
        this.volume = volume;
        this.number = number;
    }

    touchModified() {
        super.touchModified();
        this.volume.note(this);
    }

    touchChanged() {
        super.touchChanged();
        this.volume.note(this, true);
    }

    makeFile(permissions) {
        return new StoredFile(this.volume, permissions, this.volume.nextNumber++);
    }

    makeDirectory(permissions) {
        return new StoredDirectory(this.volume, permissions, this, this.volume.nextNumber++);
    }

    makeLink(target) {
        return new StoredLink(this.volume, target, this.volume.nextNumber++);
    }

    admits() {
        return this.volume.admits();
    }

    atOnce(action) {
        this.volume.change(action);
    }

    sync() {
        return this.volume.sync();
    }

    link(name, inode) {
        this.volume.change(() => {
            super.link(name, inode);
            if (inode.volume === this.volume) {
                this.volume.record(['l', this.number, name, inode.number]);
                this.volume.changed.add(inode);
                this.volume.orphans.delete(inode);
            }
        });
    }

    unlink(name) {
        this.volume.change(() => {
            const inode = this.names.get(name);
            super.unlink(name);
            if (inode.volume === this.volume) {
                this.volume.record(['u', this.number, name]);
                if (inode instanceof StoredFile && inode.links === 0) {
                    this.volume.orphans.add(inode);
                }
            }
        });
    }

    describe(record) {
        describeAttributes(record, this);
    }
}

/** A symbolic link. */
export class StoredLink extends LinkInode {
    constructor(volume, target, number) {
        super(volume.machine, target);
        this.volume = volume;
        this.number = number;
    }

    touchChanged() {
        super.touchChanged();
        this.volume.note(this, true);
    }

    describe(record) {
        describeAttributes(record, this);
    }
}

/** Adds the runs of a map to a record. */
export function describeRuns(record, number, map, from, to) {
    for (let index = from; index < to;) {
        const block = map[index] ?? 0;
        let count = 1;
        while (index + count < to && (map[index + count] ?? 0) === (block === 0 ? 0 : block + count)) {
            count++;
        }
        record.push(['m', number, index, block, count]);
        index += count;
    }
}
