// Open file descriptions and the table that gives them numbers.
//
// POSIX has two levels, and so has this: a *descriptor number* (with its close-on-exec flag) names an *open file
// description* (with position, status flags and mode). `dup` makes a second number for the same description.
// Every kind of thing that can be open is a subclass of `Description`, in a file of its own, and answers the same
// questions. The base class answers each as Linux answers it for a descriptor of the wrong kind.
// All functions return a count or zero, or a negative error number; they never throw and never block: EAGAIN means
// "would block", and then `waiters` will be notified.

import { EBADF, EINVAL, EMFILE, ENODEV, ENOTDIR, ENOTSOCK, ENOTTY, ESPIPE } from './errno.mjs';
import {
    FD_CLOEXEC, O_ACCMODE, O_NONBLOCK, O_PATH, O_RDONLY, O_WRONLY, OPEN_MAX, POLL_READABLE, POLL_WRITABLE,
} from './constants.mjs';

/** What is open: one file, pipe end, socket, terminal, directory, epoll set. */
export class Description {
    /**
     * @param {number} flags access mode and status flags, as F_GETFL reports them
     * @param {object | null} inode what fstat reports on
     */
    constructor(flags, inode) {
        this.flags = flags;
        this.inode = inode;
        this.references = 0;
        this.waiters = null;
        /** Items of epoll sets that watch it, or null; they end with its last descriptor. */
        this.epollItems = null;
        this.isTerminal = false;
        /** One read or write is one message (datagrams), or must stay whole (pipes): vectors are gathered first. */
        this.whole = false;
        /** Where it was opened, for /proc/self/fd; null if it has no path. */
        this.path = null;
    }

    get readable() {
        return (this.flags & O_ACCMODE) !== O_WRONLY && (this.flags & O_PATH) === 0;
    }

    get writable() {
        return (this.flags & O_ACCMODE) !== O_RDONLY && (this.flags & O_PATH) === 0;
    }

    get nonblocking() {
        return (this.flags & O_NONBLOCK) !== 0;
    }

    /** Reads up to `count` bytes to `u8` at `at`; 0 at the end. */
    read(_u8, _at, _count) {
        return -EINVAL;
    }

    /** Writes `count` bytes of `u8` from `at`, or as many of them as fit. */
    write(_u8, _at, _count) {
        return -EINVAL;
    }

    /** As `read`, from `position`, which leaves the description's own position alone. */
    readAt(_u8, _at, _count, _position) {
        return -ESPIPE;
    }

    writeAt(_u8, _at, _count, _position) {
        return -ESPIPE;
    }

    seek(_offset, _whence) {
        return -ESPIPE;
    }

    truncate(_size) {
        return -EINVAL;
    }

    allocate(_mode, _offset, _size) {
        return -ESPIPE;
    }

    sync() {
        return -EINVAL;
    }

    /** The conditions that hold now, of POLLIN, POLLOUT, POLLHUP…; always ready unless a kind says otherwise. */
    poll() {
        return (this.readable ? POLL_READABLE : 0) | (this.writable ? POLL_WRITABLE : 0);
    }

    /** Entries of a directory from `at` on, as getdents64 writes them. */
    entries(_memory, _at, _count) {
        return -ENOTDIR;
    }

    ioctl(_process, _request, _argument) {
        return -ENOTTY;
    }

    /** Contents for mmap: a regular file's inode, or -ENODEV. */
    mappable() {
        return -ENODEV;
    }

    /** This description as a socket, or -ENOTSOCK. */
    socket() {
        return -ENOTSOCK;
    }

    /** The last descriptor is gone. */
    close() {
        return 0;
    }
}

/** The descriptor numbers of one process. */
export class DescriptorTable {
    constructor() {
        /** @type {(Description | undefined)[]} */
        this.open = [];
        this.cloexec = [];
        this.lowest = 0;
        this.limit = OPEN_MAX;
    }

    /** @returns {Description | undefined} */
    get(fd) {
        return this.open[fd];
    }

    /**
     * Gives `description` the lowest free number that is at least `from`.
     * @returns {number} the number, or -EMFILE; then a description that nothing else refers to is closed
     */
    add(description, cloexec = false, from = 0) {
        let fd = from > this.lowest ? from : this.lowest;
        while (this.open[fd] !== undefined) {
            fd++;
        }
        if (fd >= this.limit) {
            if (description.references === 0) {
                description.close();
            }
            return from >= this.limit ? -EINVAL : -EMFILE;
        }
        if (from <= this.lowest) {
            this.lowest = fd + 1;
        }
        this.open[fd] = description;
        this.cloexec[fd] = cloexec;
        description.references++;
        return fd;
    }

    /** Makes `fd` name `description`, closing what it named before. */
    put(fd, description, cloexec) {
        if (fd < 0 || fd >= this.limit) {
            return -EBADF;
        }
        description.references++;
        if (this.open[fd] !== undefined) {
            this.close(fd);
        }
        while (this.open.length < fd) {
            this.open.push(undefined);
            this.cloexec.push(false);
        }
        this.open[fd] = description;
        this.cloexec[fd] = cloexec;
        return fd;
    }

    close(fd) {
        const description = this.open[fd];
        if (description === undefined) {
            return -EBADF;
        }
        this.open[fd] = undefined;
        if (fd < this.lowest) {
            this.lowest = fd;
        }
        return releaseDescription(description);
    }

    flagsOf(fd) {
        return this.cloexec[fd] ? FD_CLOEXEC : 0;
    }

    /** Every number that is in use, in order. */
    numbers() {
        const numbers = [];
        this.open.forEach((description, fd) => {
            if (description !== undefined) {
                numbers.push(fd);
            }
        });
        return numbers;
    }

    closeAll() {
        for (const fd of this.numbers()) {
            this.close(fd);
        }
    }
}

/** One reference less; the last one closes. Descriptors in flight (SCM_RIGHTS) hold references too. */
export function releaseDescription(description) {
    if (--description.references > 0) {
        return 0;
    }
    if (description.epollItems !== null) {
        for (const item of [...description.epollItems]) {
            item.set.forget(item);
        }
    }
    return description.close();
}
