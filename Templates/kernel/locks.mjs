// Advisory locks on files: ranges (fcntl) and whole files (flock).
//
// The owner of a POSIX lock is the process, of an OFD lock and of a flock the open description. Within one process POSIX
// locks never conflict, which is what SQLite counts on; closing any descriptor of the file drops them.

import { EAGAIN, EBADF, EINVAL } from './errno.mjs';
import {
    F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, LOCK_EX, LOCK_NB, LOCK_SH,
    LOCK_UN, SEEK_CUR, SEEK_END, SEEK_SET,
} from './constants.mjs';
import { readInt64, writeInt64 } from './guest-memory.mjs';

const lockToEnd = Number.MAX_SAFE_INTEGER;

/** @returns {{owner, kind, start, end, whole}[]} locks of other owners that are in the way */
function conflictingLocks(inode, owner, kind, start, end, whole) {
    return (inode.locks ?? []).filter((lock) => lock.owner !== owner && lock.whole === whole
        && lock.start < end && start < lock.end && (lock.kind === F_WRLCK || kind === F_WRLCK));
}

/** Replaces what `owner` holds in the range, splitting what sticks out. */
function replaceLocks(inode, owner, kind, start, end, whole) {
    const locks = [];
    for (const lock of inode.locks ?? []) {
        if (lock.owner !== owner || lock.whole !== whole || lock.end <= start || lock.start >= end) {
            locks.push(lock);
            continue;
        }
        if (lock.start < start) {
            locks.push({ ...lock, end: start });
        }
        if (lock.end > end) {
            locks.push({ ...lock, start: end });
        }
    }
    if (kind !== F_UNLCK) {
        locks.push({ owner, kind, start, end, whole });
    }
    inode.locks = locks.length > 0 ? locks : null;
}

/** Drops all that `owner` holds. */
export function dropLocks(inode, owner) {
    if (inode !== null && inode.locks !== null) {
        const locks = inode.locks.filter((lock) => lock.owner !== owner);
        inode.locks = locks.length > 0 ? locks : null;
    }
}

/** The flock function. @returns {number} 0, or -EAGAIN when another description holds a lock that is in the way */
export function lockWhole(description, operation) {
    const kinds = { [LOCK_SH]: F_RDLCK, [LOCK_EX]: F_WRLCK, [LOCK_UN]: F_UNLCK };
    const kind = kinds[operation & ~LOCK_NB];
    if (kind === undefined) {
        return -EINVAL;
    }
    const inode = description.inode;
    if (inode === null) {
        return -EBADF;
    }
    if (kind !== F_UNLCK && conflictingLocks(inode, description, kind, 0, lockToEnd, true).length > 0) {
        return -EAGAIN;
    }
    replaceLocks(inode, description, kind, 0, lockToEnd, true);
    return 0;
}

/** F_GETLK, F_SETLK, F_SETLKW and their OFD forms; `argument` points to a struct flock. */
export function lockRange(process, description, command, argument) {
    const view = process.memory.view;
    const inode = description.inode;
    const kind = view.getInt16(argument, true);
    const whence = view.getInt16(argument + 2, true);
    const offset = readInt64(view, argument + 8);
    const length = readInt64(view, argument + 16);
    const base = whence === SEEK_SET ? 0 : whence === SEEK_CUR ? description.position ?? 0
        : whence === SEEK_END ? inode?.size ?? 0 : NaN;
    let start = base + offset;
    let end = length === 0 ? lockToEnd : start + length;
    if (length < 0) {
        [start, end] = [end, start];
    }
    if (!(start >= 0) || kind < F_RDLCK || kind > F_UNLCK || inode === null) {
        return -EINVAL;
    }
    const ofd = command === F_OFD_GETLK || command === F_OFD_SETLK || command === F_OFD_SETLKW;
    if (ofd && view.getInt32(argument + 24, true) !== 0) {
        return -EINVAL;
    }
    const owner = ofd ? description : process;
    const conflicts = kind === F_UNLCK ? [] : conflictingLocks(inode, owner, kind, start, end, false);
    if (command === F_SETLK || command === F_SETLKW || command === F_OFD_SETLK || command === F_OFD_SETLKW) {
        if ((kind === F_RDLCK && !description.readable) || (kind === F_WRLCK && !description.writable)) {
            return -EBADF;
        }
        if (conflicts.length > 0) {
            return -EAGAIN;
        }
        replaceLocks(inode, owner, kind, start, end, false);
        return 0;
    }
    if (conflicts.length === 0) {
        view.setInt16(argument, F_UNLCK, true);
        return 0;
    }
    const [lock] = conflicts;
    view.setInt16(argument, lock.kind, true);
    view.setInt16(argument + 2, SEEK_SET, true);
    writeInt64(view, argument + 8, lock.start);
    writeInt64(view, argument + 16, lock.end === lockToEnd ? 0 : lock.end - lock.start);
    view.setInt32(argument + 24, lock.owner.pid ?? -1, true);
    return 0;
}
