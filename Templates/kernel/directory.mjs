// Open directories: getdents64 over a directory that may change meanwhile.
//
// The names are listed when reading begins (and again after a rewind). What is removed later is skipped, what is added
// later is not seen until the next rewind, nothing is seen twice: what POSIX allows, and what `shutil.rmtree` needs.

import { EINVAL, EISDIR, ENOENT } from './errno.mjs';
import {
    DT_BLK, DT_CHR, DT_DIR, DT_FIFO, DT_LNK, DT_REG, DT_SOCK, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFSOCK,
    SEEK_CUR, SEEK_SET,
} from './constants.mjs';
import { Description } from './descriptor.mjs';
import { encodeName } from './text.mjs';
import { writeInt64 } from './guest-memory.mjs';

function directoryEntryType(type) {
    switch (type) {
        case S_IFDIR: return DT_DIR;
        case S_IFLNK: return DT_LNK;
        case S_IFCHR: return DT_CHR;
        case S_IFBLK: return DT_BLK;
        case S_IFIFO: return DT_FIFO;
        case S_IFSOCK: return DT_SOCK;
        default: return DT_REG;
    }
}

/** An open directory. */
export class DirectoryStream extends Description {
    constructor(flags, inode) {
        super(flags, inode);
        this.position = 0;
        this.list = null;
    }

    read() {
        return -EISDIR;
    }

    write() {
        return -EISDIR;
    }

    readAt() {
        return -EISDIR;
    }

    writeAt() {
        return -EISDIR;
    }

    sync() {
        return this.inode.sync();
    }

    seek(offset, whence) {
        const position = whence === SEEK_SET ? offset : whence === SEEK_CUR ? this.position + offset : -1;
        if (position < 0) {
            return -EINVAL;
        }
        if (position === 0) {
            this.list = null;
        }
        this.position = position;
        return position;
    }

    entries(memory, at, count) {
        const directory = this.inode;
        if (directory.removed) {
            return -ENOENT;
        }
        this.list ??= ['.', '..', ...directory.children.keys()];
        const { u8, view } = memory;
        let used = 0;
        while (this.position < this.list.length) {
            const name = this.list[this.position];
            const inode = this.position === 0 ? directory
                : this.position === 1 ? directory.parent : directory.find(name);
            if (inode === undefined) {
                this.position++;
                continue;
            }
            const bytes = encodeName(name);
            const length = (19 + bytes.length + 1 + 7) & ~7;
            if (used + length > count) {
                return used === 0 ? -EINVAL : used;
            }
            const entry = at + used;
            this.position++;
            writeInt64(view, entry, inode.number);
            writeInt64(view, entry + 8, this.position);
            view.setUint16(entry + 16, length, true);
            u8[entry + 18] = directoryEntryType(inode.type);
            u8.set(bytes, entry + 19);
            u8.fill(0, entry + 19 + bytes.length, entry + length);
            used += length;
        }
        return used;
    }
}
