// Open regular files: a position in an inode's bytes.

import { EBADF, EFAULT, EFBIG, EINVAL, ENODEV, EOPNOTSUPP } from './errno.mjs';
import {
    FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, FIONREAD, O_APPEND, O_PATH, SEEK_CUR, SEEK_END, SEEK_SET,
} from './constants.mjs';
import { Description } from './descriptor.mjs';
import { inBounds } from './guest-memory.mjs';

/** An open regular file. */
export class RegularFile extends Description {
    constructor(flags, inode) {
        super(flags, inode);
        this.position = 0;
    }

    read(u8, at, count) {
        const done = this.readAt(u8, at, count, this.position);
        if (done > 0) {
            this.position += done;
        }
        return done;
    }

    write(u8, at, count) {
        if ((this.flags & O_APPEND) !== 0) {
            this.position = this.inode.length;
        }
        const done = this.writeAt(u8, at, count, this.position);
        if (done > 0) {
            this.position += done;
        }
        return done;
    }

    readAt(u8, at, count, position) {
        const inode = this.inode;
        if (!this.readable) {
            return -EBADF;
        }
        if (position < 0) {
            return -EINVAL;
        }
        if (inode.mappings !== null) {
            inode.mappings.store(inode);
        }
        const left = inode.length - position;
        if (count > left) {
            count = left;
        }
        if (count <= 0) {
            return 0;
        }
        const failed = inode.readBytes(u8, at, count, position);
        return failed < 0 ? failed : count;
    }

    writeAt(u8, at, count, position) {
        const inode = this.inode;
        if (!this.writable) {
            return -EBADF;
        }
        if (position < 0) {
            return -EINVAL;
        }
        if (count === 0) {
            return 0;
        }
        const done = inode.writeBytes(u8, at, count, position);
        if (done > 0) {
            inode.touchModified();
            inode.mappings?.reload(inode, position, position + done);
        }
        return done;
    }

    seek(offset, whence) {
        const base = whence === SEEK_SET ? 0 : whence === SEEK_CUR ? this.position
            : whence === SEEK_END ? this.inode.length : -1;
        if (base < 0) {
            return this.seekData(offset, whence);
        }
        const position = base + offset;
        if (position < 0) {
            return -EINVAL;
        }
        this.position = position;
        return position;
    }

    /** SEEK_DATA (3) and SEEK_HOLE (4): the whole file counts as data. */
    seekData(_offset, _whence) {
        return -EINVAL;
    }

    truncate(size) {
        if (!this.writable) {
            return -EINVAL;
        }
        return size < 0 ? -EINVAL : this.inode.resize(size);
    }

    allocate(mode, offset, size) {
        if (!this.writable) {
            return -EBADF;
        }
        if (offset < 0 || size <= 0) {
            return -EINVAL;
        }
        const inode = this.inode;
        const end = offset + size;
        if (mode === 0) {
            const failed = inode.allocate(end);
            if (failed < 0) {
                return failed;
            }
            return end > inode.length ? inode.resize(end) : 0;
        }
        if (mode === FALLOC_FL_KEEP_SIZE) {
            return end > Number.MAX_SAFE_INTEGER ? -EFBIG : 0;
        }
        if (mode === (FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) {
            const failed = offset < inode.length ? inode.punch(offset, Math.min(end, inode.length)) : 0;
            if (failed < 0) {
                return failed;
            }
            inode.touchModified();
            inode.mappings?.reload(inode);
            return 0;
        }
        return -EOPNOTSUPP;
    }

    sync() {
        this.inode.mappings?.store(this.inode);
        return this.inode.sync();
    }

    close() {
        this.inode.closed();
        return 0;
    }

    mappable() {
        return (this.flags & O_PATH) !== 0 ? -ENODEV : this.inode;
    }

    ioctl(process, request, argument) {
        if (request === FIONREAD) {
            if (!inBounds(process.memory, argument, 4)) {
                return -EFAULT;
            }
            process.memory.view.setInt32(argument, Math.max(0, this.inode.length - this.position), true);
            return 0;
        }
        return super.ioctl(process, request, argument);
    }
}
