// The file system calls, on plain values: paths in, inodes and error numbers out. The system calls proper
// (syscalls-files.mjs) only move arguments and results between guest memory and these.

import {
    EACCES, EADDRINUSE, EBUSY, ECONNREFUSED, EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY, EOPNOTSUPP,
    EPERM, EXDEV,
} from './errno.mjs';
import {
    O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_PATH, O_TMPFILE, O_TRUNC, S_IFCHR,
    S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, S_ISGID, S_ISUID, UTIME_NOW, UTIME_OMIT,
} from './constants.mjs';
import {
    DeviceInode, DirectoryInode, Inode, LinkInode, PERMIT_EXECUTE, PERMIT_WRITE, RegularInode, SocketInode,
} from './inode.mjs';
import { FifoInode } from './pipe.mjs';
import { PathWalker } from './paths.mjs';

/** The tree of one machine and what can be done to it. */
export class Files {
    constructor(machine, root) {
        this.machine = machine;
        this.root = root;
        this.walker = new PathWalker(root);
    }

    /** May `process` add and remove names in `directory`? */
    alterable(process, directory) {
        return directory.permits(process, PERMIT_WRITE | PERMIT_EXECUTE);
    }

    /**
     * @param {number} flags of open
     * @returns {object | number} an open description, or a negative error number
     */
    open(process, base, path, flags, mode) {
        const { walker } = this;
        if ((flags & O_TMPFILE) === O_TMPFILE) {
            return -EOPNOTSUPP;
        }
        const exclusive = (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
        const failed = walker.lookup(process, base, path, !exclusive && (flags & O_NOFOLLOW) === 0);
        if (failed < 0) {
            return (flags & O_CREAT) !== 0 && failed === -ENOTDIR && walker.slash ? -EISDIR : failed;
        }
        let { inode } = walker;
        let fresh = false;
        if (inode === null) {
            if ((flags & O_CREAT) === 0) {
                return -ENOENT;
            }
            if (walker.slash) {
                return -EISDIR;
            }
            if (!this.alterable(process, walker.directory)) {
                return -EACCES;
            }
            const full = walker.directory.admits();
            if (full < 0) {
                return full;
            }
            inode = walker.directory.makeFile(mode & ~process.umask & 0o7777);
            walker.directory.link(walker.name, inode);
            fresh = true;
        } else if (exclusive) {
            return -EEXIST;
        } else if (inode instanceof LinkInode) {
            return (flags & O_PATH) !== 0 ? inode.open(process, flags, true) : -ELOOP;
        } else if ((flags & O_CREAT) !== 0 && inode instanceof DirectoryInode) {
            return -EISDIR;
        }
        if ((flags & O_DIRECTORY) !== 0 && !(inode instanceof DirectoryInode)) {
            return -ENOTDIR;
        }
        if (fresh) {
            flags &= ~O_TRUNC;
        }
        const { directory, name } = walker;
        const description = inode.open(process, flags & ~(O_CREAT | O_EXCL | O_CLOEXEC), fresh);
        if (typeof description !== 'number') {
            description.flags &= ~O_TRUNC;
            description.path ??= { directory, name };
        }
        return description;
    }

    /** @returns {Inode | number} what is at `path` */
    find(process, base, path, follow) {
        const failed = this.walker.lookup(process, base, path, follow);
        return failed < 0 ? failed : this.walker.inode ?? -ENOENT;
    }

    /** Looks up where something is to be made; on success `walker` says where. */
    vacancy(process, base, path) {
        const { walker } = this;
        const failed = walker.lookup(process, base, path, false);
        if (failed < 0) {
            return failed === -ENOTDIR && walker.inode !== null ? -EEXIST : failed;
        }
        if (walker.inode !== null) {
            return -EEXIST;
        }
        return this.alterable(process, walker.directory) ? walker.directory.admits() : -EACCES;
    }

    makeDirectory(process, base, path, mode) {
        const failed = this.vacancy(process, base, path);
        if (failed < 0) {
            return failed;
        }
        const { directory, name } = this.walker;
        const inode = directory.makeDirectory(mode & ~process.umask & 0o1777);
        inode.device = directory.device;
        directory.link(name, inode);
        return 0;
    }

    makeNode(process, base, path, mode) {
        const failed = this.vacancy(process, base, path);
        if (failed < 0) {
            return failed;
        }
        if (this.walker.slash) {
            return -ENOENT;
        }
        const permissions = mode & ~process.umask & 0o7777;
        let inode;
        switch (mode & S_IFMT) {
            case 0:
            case S_IFREG:
                inode = this.walker.directory.makeFile(permissions);
                break;
            case S_IFIFO:
                inode = new FifoInode(this.machine, permissions);
                break;
            case S_IFSOCK:
                inode = new SocketInode(this.machine, permissions, null);
                break;
            case S_IFCHR:
                return process.uid === 0 ? this.place(new DeviceInode(this.machine, permissions, 0, 0, null)) : -EPERM;
            default:
                return process.uid === 0 ? -EINVAL : -EPERM;
        }
        return this.place(inode);
    }

    place(inode) {
        this.walker.directory.link(this.walker.name, inode);
        return 0;
    }

    makeLink(process, target, base, path) {
        if (target === '') {
            return -ENOENT;
        }
        const failed = this.vacancy(process, base, path);
        if (failed < 0) {
            return failed;
        }
        return this.walker.slash ? -ENOENT : this.place(this.walker.directory.makeLink(target));
    }

    /** A second name for a file. */
    link(process, oldBase, oldPath, newBase, newPath, follow) {
        const inode = this.find(process, oldBase, oldPath, follow);
        if (typeof inode === 'number') {
            return inode;
        }
        if (inode instanceof DirectoryInode) {
            return -EPERM;
        }
        const failed = this.vacancy(process, newBase, newPath);
        if (failed < 0) {
            return failed;
        }
        if (this.walker.slash) {
            return -ENOENT;
        }
        return this.walker.directory.device !== inode.device ? -EXDEV : this.place(inode);
    }

    unlink(process, base, path) {
        const { walker } = this;
        const failed = walker.lookup(process, base, path, false);
        if (failed < 0) {
            return failed;
        }
        const { directory, name, inode } = walker;
        if (inode === null) {
            return -ENOENT;
        }
        if (inode instanceof DirectoryInode) {
            return -EISDIR;
        }
        if (!this.alterable(process, directory)) {
            return -EACCES;
        }
        if (directory.protects(process, inode)) {
            return -EPERM;
        }
        directory.unlink(name);
        return 0;
    }

    removeDirectory(process, base, path) {
        const { walker } = this;
        const failed = walker.lookup(process, base, path, false);
        if (failed < 0) {
            return failed;
        }
        const { directory, name, inode } = walker;
        if (inode === null) {
            return -ENOENT;
        }
        if (!(inode instanceof DirectoryInode)) {
            return -ENOTDIR;
        }
        if (name === '.') {
            return inode === this.root ? -EBUSY : -EINVAL;
        }
        if (name === '..') {
            return -ENOTEMPTY;
        }
        if (inode.device !== directory.device) {
            return -EBUSY; // something is mounted there
        }
        if (inode.children.size > 0) {
            return -ENOTEMPTY;
        }
        if (!this.alterable(process, directory)) {
            return -EACCES;
        }
        if (directory.protects(process, inode)) {
            return -EPERM;
        }
        directory.unlink(name);
        inode.removed = true;
        inode.links = 0;
        return 0;
    }

    rename(process, oldBase, oldPath, newBase, newPath) {
        const { walker } = this;
        let failed = walker.lookup(process, oldBase, oldPath, false);
        if (failed < 0) {
            return failed;
        }
        const { directory: oldDirectory, name: oldName, inode, slash: oldSlash } = walker;
        if (inode === null) {
            return -ENOENT;
        }
        failed = walker.lookup(process, newBase, newPath, false);
        if (failed < 0) {
            return failed;
        }
        const { directory: newDirectory, name: newName, inode: target, slash: newSlash } = walker;
        const isDirectory = inode instanceof DirectoryInode;
        if (oldName === '.' || oldName === '..' || newName === '.' || newName === '..') {
            return -EBUSY;
        }
        if ((oldSlash || newSlash) && !isDirectory) {
            return -ENOTDIR;
        }
        if (oldDirectory.device !== newDirectory.device) {
            return -EXDEV;
        }
        if (inode.device !== oldDirectory.device || (target !== null && target.device !== newDirectory.device)) {
            return -EBUSY; // something is mounted there
        }
        if (!this.alterable(process, oldDirectory) || !this.alterable(process, newDirectory)) {
            return -EACCES;
        }
        if (oldDirectory.protects(process, inode) || (target !== null && newDirectory.protects(process, target))) {
            return -EPERM;
        }
        if (target === inode) {
            return 0;
        }
        if (isDirectory && newDirectory.isWithin(inode)) {
            return -EINVAL;
        }
        if (target !== null) {
            if (target instanceof DirectoryInode) {
                if (!isDirectory) {
                    return -EISDIR;
                }
                if (target.children.size > 0) {
                    return -ENOTEMPTY;
                }
            } else if (isDirectory) {
                return -ENOTDIR;
            }
        }
        newDirectory.atOnce(() => {
            if (target !== null) {
                newDirectory.unlink(newName);
                if (target instanceof DirectoryInode) {
                    target.removed = true;
                    target.links = 0;
                }
            }
            oldDirectory.unlink(oldName);
            newDirectory.link(newName, inode);
        });
        return 0;
    }

    changeMode(process, inode, mode) {
        if (!inode.ownedBy(process)) {
            return -EPERM;
        }
        if (process.uid !== 0 && inode.gid !== process.gid) {
            mode &= ~S_ISGID;
        }
        inode.mode = (inode.mode & S_IFMT) | (mode & 0o7777);
        inode.touchChanged();
        return 0;
    }

    changeOwner(process, inode, uid, gid) {
        if (process.uid !== 0 && ((uid !== -1 && uid !== inode.uid) || !inode.ownedBy(process)
            || (gid !== -1 && gid !== process.gid && gid !== inode.gid))) {
            return -EPERM;
        }
        if (uid !== -1) {
            inode.uid = uid;
        }
        if (gid !== -1) {
            inode.gid = gid;
        }
        if (inode.type === S_IFREG && (inode.mode & 0o111) !== 0) {
            inode.mode &= ~(S_ISUID | S_ISGID);
        }
        inode.touchChanged();
        return 0;
    }

    /** Sets access and modification times: seconds and nanoseconds (or UTIME_NOW, UTIME_OMIT) of each. */
    changeTimes(process, inode, atime, atimeNanoseconds, mtime, mtimeNanoseconds) {
        const valid = (nanoseconds) => nanoseconds === UTIME_NOW || nanoseconds === UTIME_OMIT
            || (nanoseconds >= 0 && nanoseconds < 1e9);
        if (!valid(atimeNanoseconds) || !valid(mtimeNanoseconds)) {
            return -EINVAL;
        }
        const now = atimeNanoseconds === UTIME_NOW && mtimeNanoseconds === UTIME_NOW;
        if (!inode.ownedBy(process)) {
            if (!now) {
                return -EPERM;
            }
            if (!inode.permits(process, PERMIT_WRITE)) {
                return -EACCES;
            }
        }
        inode.touchChanged();
        if (atimeNanoseconds !== UTIME_OMIT) {
            inode.atime = atimeNanoseconds === UTIME_NOW ? inode.ctime : atime;
            inode.atimeNanoseconds = atimeNanoseconds === UTIME_NOW ? inode.ctimeNanoseconds : atimeNanoseconds;
        }
        if (mtimeNanoseconds !== UTIME_OMIT) {
            inode.mtime = mtimeNanoseconds === UTIME_NOW ? inode.ctime : mtime;
            inode.mtimeNanoseconds = mtimeNanoseconds === UTIME_NOW ? inode.ctimeNanoseconds : mtimeNanoseconds;
        }
        return 0;
    }

    truncate(process, base, path, size) {
        const inode = this.find(process, base, path, true);
        if (typeof inode === 'number') {
            return inode;
        }
        if (inode instanceof DirectoryInode) {
            return -EISDIR;
        }
        if (!(inode instanceof RegularInode) || size < 0) {
            return -EINVAL;
        }
        return inode.permits(process, PERMIT_WRITE) ? inode.resize(size) : -EACCES;
    }

    // Names of Unix sockets

    bindSocket(process, path, socket) {
        if (path === '') {
            return -ENOENT;
        }
        const failed = this.vacancy(process, process.directory, path);
        if (failed < 0) {
            return failed === -EEXIST ? -EADDRINUSE : failed;
        }
        const inode = new SocketInode(this.machine, 0o777 & ~process.umask, socket);
        socket.boundInode = inode;
        return this.place(inode);
    }

    findSocket(process, path) {
        const inode = this.find(process, process.directory, path, true);
        if (typeof inode === 'number') {
            return inode;
        }
        if (!(inode instanceof SocketInode) || inode.socket === null) {
            return -ECONNREFUSED;
        }
        return inode.permits(process, PERMIT_WRITE) ? inode.socket : -EACCES;
    }

    // For building the tree from this side

    /** Makes a directory and those above it, as the machine itself does. */
    directoryAt(path, permissions = 0o755) {
        let directory = this.root;
        for (const name of path.split('/').filter((part) => part !== '')) {
            let next = directory.names.get(name);
            if (next === undefined) {
                next = new DirectoryInode(this.machine, permissions, directory);
                directory.adopt(name, next);
            }
            directory = next;
        }
        return directory;
    }

    /** Makes a file with these contents, as the machine itself does. */
    fileAt(path, contents, permissions = 0o644) {
        const slash = path.lastIndexOf('/');
        const inode = new RegularInode(this.machine, permissions);
        inode.bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
        inode.length = inode.bytes.length;
        this.directoryAt(path.slice(0, slash)).adopt(path.slice(slash + 1), inode);
        return inode;
    }
}
