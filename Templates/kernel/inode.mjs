// What files are, apart from their names: type, permissions, times, contents. Directories map names to inodes.
//
// There is one tree, in memory. The read-only image is the lower layer of it: its directories are filled in when they
// are first looked into (image.mjs), and the contents of its files stay views of the image until somebody writes
// (copy-up is therefore one assignment: the inode, its number and its names stay what they are).

import { EACCES, EISDIR, ELOOP, EFBIG, ENODEV, ENOSPC, ENXIO } from './errno.mjs';
import {
    O_ACCMODE, O_PATH, O_RDONLY, O_TRUNC, O_WRONLY, S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG,
    S_IFSOCK, S_ISVTX,
} from './constants.mjs';
import { Description } from './descriptor.mjs';
import { copyBytes } from './byte-queue.mjs';
import { RegularFile } from './file.mjs';
import { DirectoryStream } from './directory.mjs';
import { encodeName } from './text.mjs';

export const PERMIT_READ = 4;
export const PERMIT_WRITE = 2;
export const PERMIT_EXECUTE = 1;

/** One file can have at most this many bytes of contents in memory. */
export const FILE_BYTES_MAX = 0x7fffffff;
const inodeNoBytes = new Uint8Array(0);

/** The base of everything that has a mode and times. */
export class Inode {
    /**
     * @param {object} machine gives numbers and the time
     * @param {number} mode type and permissions
     */
    constructor(machine, mode) {
        const clock = machine.clock;
        clock.stamp();
        this.machine = machine;
        this.number = machine.nextInode++;
        this.device = 1;
        this.mode = mode;
        this.links = 0;
        this.uid = machine.uid;
        this.gid = machine.gid;
        this.special = 0;
        this.atime = clock.seconds;
        this.atimeNanoseconds = clock.nanoseconds;
        this.mtime = clock.seconds;
        this.mtimeNanoseconds = clock.nanoseconds;
        this.ctime = clock.seconds;
        this.ctimeNanoseconds = clock.nanoseconds;
        /** Advisory locks (locks.mjs), made when the first is taken. */
        this.locks = null;
    }

    get type() {
        return this.mode & S_IFMT;
    }

    get size() {
        return 0;
    }

    /** Contents changed: sets mtime and ctime. */
    touchModified() {
        this.machine.changes++;
        const clock = this.machine.clock;
        clock.stamp();
        this.mtime = clock.seconds;
        this.mtimeNanoseconds = clock.nanoseconds;
        this.ctime = clock.seconds;
        this.ctimeNanoseconds = clock.nanoseconds;
    }

    /** Mode, owner, links or name changed: sets ctime. */
    touchChanged() {
        this.machine.changes++;
        const clock = this.machine.clock;
        clock.stamp();
        this.ctime = clock.seconds;
        this.ctimeNanoseconds = clock.nanoseconds;
    }

    /** Sets the times of a file that comes from the image. */
    setTimes(seconds) {
        this.atime = this.mtime = this.ctime = seconds;
        this.atimeNanoseconds = this.mtimeNanoseconds = this.ctimeNanoseconds = 0;
    }

    /**
     * @param {object} process
     * @param {number} wanted PERMIT_READ, PERMIT_WRITE, PERMIT_EXECUTE together
     * @returns {boolean}
     */
    permits(process, wanted) {
        if (process.uid === 0) {
            return true;
        }
        const shift = process.uid === this.uid ? 6 : process.gid === this.gid ? 3 : 0;
        return ((this.mode >> shift) & wanted) === wanted;
    }

    /** May `process` change mode, times or owner? */
    ownedBy(process) {
        return process.uid === 0 || process.uid === this.uid;
    }

    /**
     * Opens it: permissions first, then as its kind does.
     * @returns {Description | number}
     */
    open(process, flags, fresh = false) {
        if ((flags & O_PATH) !== 0) {
            return new Description(flags, this);
        }
        if (!fresh) {
            const access = flags & O_ACCMODE;
            const wanted = (access === O_WRONLY ? 0 : PERMIT_READ) | (access === O_RDONLY ? 0 : PERMIT_WRITE)
                | ((flags & O_TRUNC) !== 0 ? PERMIT_WRITE : 0);
            if (!this.permits(process, wanted)) {
                return -EACCES;
            }
        }
        return this.openKind(process, flags);
    }

    openKind(_process, _flags) {
        return -ENXIO;
    }
}

/** A regular file. */
export class RegularInode extends Inode {
    constructor(machine, permissions) {
        super(machine, S_IFREG | permissions);
        /** The bytes, with room to grow; bytes between `length` and the end of `bytes` are zero. */
        this.bytes = inodeNoBytes;
        this.length = 0;
        /** The bytes belong to the image: copy before writing. */
        this.shared = false;
        /** Shared mappings of this file (mapping.mjs), or null. */
        this.mappings = null;
    }

    get size() {
        return this.length;
    }

    openKind(_process, flags) {
        if ((flags & O_TRUNC) !== 0) {
            const failed = this.resize(0);
            if (failed < 0) {
                return failed;
            }
        }
        this.opened();
        return new RegularFile(flags, this);
    }

    /** Makes `bytes` our own and at least `needed` long; grows by doubling, so that appending stays linear. */
    reserve(needed) {
        if (needed > FILE_BYTES_MAX) {
            return -EFBIG;
        }
        const old = this.bytes;
        if (!this.shared && needed <= old.length) {
            return 0;
        }
        const grown = this.shared ? needed : old.length < 0x4000000 ? old.length * 2 : old.length + (old.length >> 2);
        let bytes;
        try {
            bytes = new Uint8Array(Math.min(FILE_BYTES_MAX, Math.max(needed, grown)));
        } catch {
            return -ENOSPC;
        }
        const kept = Math.min(this.length, old.length);
        bytes.set(kept === old.length ? old : old.subarray(0, kept));
        this.bytes = bytes;
        this.shared = false;
        return 0;
    }

    /** Copies `count` bytes from `position` on, which are in the file, to `u8` at `at`. @returns {number} 0 or an error */
    readBytes(u8, at, count, position) {
        const { bytes } = this;
        const stored = bytes.length - position;
        if (stored >= count) {
            copyBytes(u8, at, bytes, position, count);
        } else {
            const copied = stored > 0 ? stored : 0;
            copyBytes(u8, at, bytes, position, copied);
            u8.fill(0, at + copied, at + count);
        }
        return 0;
    }

    /** Writes, and makes the file longer if need be. @returns {number} bytes written, or a negative error number */
    writeBytes(u8, at, count, position) {
        const end = position + count;
        if (this.shared || end > this.bytes.length) {
            const failed = this.reserve(end > this.length ? end : Math.max(this.bytes.length, end));
            if (failed < 0) {
                return failed;
            }
        }
        copyBytes(this.bytes, position, u8, at, count);
        if (end > this.length) {
            this.length = end;
        }
        return count;
    }

    /** Makes room for contents up to `end`, which then can't fail to be written. */
    allocate(end) {
        return this.reserve(Math.max(end, this.bytes.length));
    }

    /** Makes the bytes from `from` to `end`, which are in the file, zero. */
    punch(from, end) {
        const failed = this.reserve(this.bytes.length);
        if (failed < 0) {
            return failed;
        }
        this.bytes.fill(0, from, end);
        return 0;
    }

    /** Makes the contents safe. */
    sync() {
        return 0;
    }

    /** Descriptions and mappings that need the contents though the last name may be gone. */
    opened() {}

    closed() {}

    /** Sets the size; what is added is zero. A hole at the end takes no memory until it is written to. */
    resize(size) {
        if (size > Number.MAX_SAFE_INTEGER) {
            return -EFBIG;
        }
        this.mappings?.store(this);
        if (size < this.length) {
            if (this.shared) {
                this.bytes = this.bytes.slice(0, size);
                this.shared = false;
            } else if (size < this.bytes.length) {
                if (size === 0) {
                    this.bytes = inodeNoBytes;
                } else {
                    this.bytes.fill(0, size, this.length);
                }
            }
        } else if (size > this.length && this.shared) {
            const failed = this.reserve(this.length);
            if (failed < 0) {
                return failed;
            }
        }
        this.length = size;
        this.touchModified();
        this.mappings?.reload(this);
        return 0;
    }
}

/** A directory. Its entries may be loaded late: `load` fills them from the image. */
export class DirectoryInode extends Inode {
    constructor(machine, permissions, parent) {
        super(machine, S_IFDIR | permissions);
        this.links = 2;
        this.parent = parent ?? this;
        this.name = '';
        /** @type {Map<string, Inode>} */
        this.names = new Map();
        this.loader = null;
        /** The directory's path in the image, when it is in the image. */
        this.imagePrefix = null;
        this.removed = false;
    }

    get size() {
        return 4096;
    }

    /** Fills in the entries, if nobody has looked into the directory yet. */
    load() {
        if (this.loader !== null) {
            const loader = this.loader;
            this.loader = null;
            loader(this);
        }
    }

    /** @returns {Map<string, Inode>} */
    get children() {
        this.load();
        return this.names;
    }

    /** @returns {Inode | undefined} */
    find(name) {
        return this.children.get(name);
    }

    openKind(_process, flags) {
        if ((flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0) {
            return -EISDIR;
        }
        return new DirectoryStream(flags, this);
    }

    /** What is made in this directory lives where the directory lives. */
    makeFile(permissions) {
        return new RegularInode(this.machine, permissions);
    }

    makeDirectory(permissions) {
        return new DirectoryInode(this.machine, permissions, this);
    }

    makeLink(target) {
        return new LinkInode(this.machine, target);
    }

    /** Can a name be added? @returns {number} 0 or a negative error number */
    admits() {
        return 0;
    }

    /** Calls `change`, which alters several names: after a crash it has happened, or not. */
    atOnce(change) {
        change();
    }

    /** Makes names and times safe. */
    sync() {
        return 0;
    }

    /** Adds an entry and counts the link; replaces one of that name, whose link the caller has taken off. */
    link(name, inode) {
        this.load();
        this.adopt(name, inode);
        inode.touchChanged();
        this.touchModified();
    }

    unlink(name) {
        const inode = this.children.get(name);
        this.names.delete(name);
        if (inode instanceof DirectoryInode) {
            this.links--;
        } else {
            inode.links--;
        }
        inode.touchChanged();
        this.touchModified();
    }

    /** As from the image: without touching times. */
    adopt(name, inode) {
        this.names.set(name, inode);
        inode.device = this.device;
        if (inode instanceof DirectoryInode) {
            inode.parent = this;
            inode.name = name;
            this.links++;
        } else {
            inode.links++;
        }
    }

    /** In a sticky directory (/tmp) only the owner of the file or of the directory may remove or rename. */
    protects(process, inode) {
        return (this.mode & S_ISVTX) !== 0 && process.uid !== 0 && process.uid !== inode.uid && process.uid !== this.uid;
    }

    /** Is this `other`, or somewhere below it? */
    isWithin(other) {
        let directory = this;
        while (directory !== other && directory.parent !== directory) {
            directory = directory.parent;
        }
        return directory === other;
    }

    /** The absolute path, or null when the directory has been removed. */
    get path() {
        if (this.parent === this) {
            return '/';
        }
        let path = '';
        for (let directory = this; directory.parent !== directory; directory = directory.parent) {
            if (directory.removed) {
                return null;
            }
            path = '/' + directory.name + path;
        }
        return path;
    }
}

/** A symbolic link. */
export class LinkInode extends Inode {
    constructor(machine, target) {
        super(machine, S_IFLNK | 0o777);
        this.target = target;
    }

    get size() {
        return encodeName(this.target).length;
    }

    openKind() {
        return -ELOOP;
    }

    /** The text that readlink gives. */
    read(_process) {
        return this.target;
    }

    /** A link of /proc/self/fd leads to an object, not to a path; this gives the object's inode, or null. */
    jump(_process) {
        return null;
    }
}

/** A character device: `driver(flags, inode, process)` opens it. */
export class DeviceInode extends Inode {
    constructor(machine, permissions, major, minor, driver) {
        super(machine, S_IFCHR | permissions);
        this.special = (major << 8) | minor;
        this.driver = driver;
    }

    openKind(process, flags) {
        return this.driver === null ? -ENODEV : this.driver(flags, this, process);
    }
}

/** The name of a bound Unix socket; it can't be opened, only connected to. */
export class SocketInode extends Inode {
    constructor(machine, permissions, socket) {
        super(machine, S_IFSOCK | permissions);
        this.socket = socket;
    }
}

/** What fstat shows for things without a name: pipes, sockets, epoll sets. */
export class AnonymousInode extends Inode {
    constructor(machine, mode, device) {
        super(machine, mode);
        this.device = device;
        this.links = 1;
    }
}

