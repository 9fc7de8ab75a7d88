// Files of the image whose contents are still on their way.
//
//     read of such a file  →  EAGAIN  →  libc waits for the descriptor, as for a pipe  →  arrival  →  reads again
//
// Only the context that reads waits. Calls that have no way to wait (pread, mmap, opening to write) get the bytes while
// everything waits. What a host does to have them is its own business: `late` of `BootOptions`, in glue.d.ts.

import { EAGAIN, EIO } from './errno.mjs';
import { O_ACCMODE, O_RDONLY, POLL_READABLE } from './constants.mjs';
import { RegularFile } from './file.mjs';
import { RegularInode } from './inode.mjs';

/** A file of the rest. */
export class LateFile extends RegularInode {
    constructor(machine, permissions, offset, size) {
        super(machine, permissions);
        this.offset = offset;
        this.length = size;
        this.shared = true;
        this.here = null;
    }

    get bytes() {
        if (this.here === null) {
            this.fetch(true);
        }
        return this.here;
    }

    set bytes(bytes) {
        this.here = bytes;
    }

    /** @returns {number} 0 when the contents are here, or a negative error number */
    fetch(now) {
        if (this.here !== null) {
            return 0;
        }
        try {
            this.here = this.machine.late.read(this.offset, this.length, now);
        } catch {
            return -EIO;
        }
        return this.here === null ? -EAGAIN : 0;
    }

    openKind(process, flags) {
        if (this.here === null && (flags & O_ACCMODE) === O_RDONLY) {
            this.opened();
            return new LateRegularFile(flags, this);
        }
        const failed = this.fetch(true);
        return failed < 0 ? failed : super.openKind(process, flags);
    }

    resize(size) {
        const failed = this.fetch(true);
        return failed < 0 ? failed : super.resize(size);
    }

    readBytes(u8, at, count, position) {
        const failed = this.fetch(true);
        return failed < 0 ? failed : super.readBytes(u8, at, count, position);
    }
}

/** Such a file, opened for reading. */
class LateRegularFile extends RegularFile {
    constructor(flags, inode) {
        super(flags, inode);
        this.waiters = inode.machine.lateWaiters;
    }

    read(u8, at, count) {
        const failed = this.inode.fetch(false);
        return failed < 0 ? failed : super.read(u8, at, count);
    }

    poll() {
        const { machine } = this.inode;
        if (this.inode.fetch(false) !== -EAGAIN) {
            return super.poll();
        }
        machine.late.arrival(() => machine.lateWaiters.notify(POLL_READABLE));
        return 0;
    }
}
