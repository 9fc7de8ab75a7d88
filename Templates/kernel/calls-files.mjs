// The system calls about files, directories and descriptors: arguments out of guest memory, results into it.

import {
    EACCES, EBADF, EFAULT, EINVAL, ENOENT, ENOTDIR, EOPNOTSUPP, ERANGE, ESPIPE,
} from './errno.mjs';
import {
    AT_EMPTY_PATH, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW, F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL,
    F_GETLK, F_GETOWN, F_GETPIPE_SZ, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_SETFD, F_SETFL, F_SETLK, F_SETLKW,
    F_SETOWN, F_SETPIPE_SZ, FD_CLOEXEC, FIOCLEX, FIONBIO, FIONCLEX, O_APPEND, O_ASYNC, O_CLOEXEC, O_CREAT,
    O_DIRECT, O_LARGEFILE, O_NOATIME, O_NONBLOCK, O_PATH, S_IFREG, SEEK_SET,
} from './constants.mjs';
import { inBounds, readInt64, readPath, writeInt64 } from './guest-memory.mjs';
import { DirectoryInode, LinkInode, PERMIT_EXECUTE } from './inode.mjs';
import { dropLocks, lockRange, lockWhole } from './locks.mjs';
import { makePipe, PipeEnd } from './pipe.mjs';
import { encodeName } from './text.mjs';

const statSize = 96;
const statfsSize = 88;
const statusFlags = O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME | O_NONBLOCK;

/** Writes a struct stat. */
function writeStat(memory, at, inode) {
    if (!inBounds(memory, at, statSize)) {
        return -EFAULT;
    }
    const { view } = memory;
    const size = inode.size;
    view.setUint32(at, inode.device, true);
    view.setUint32(at + 4, inode.mode, true);
    view.setUint32(at + 8, inode.links, true);
    view.setUint32(at + 12, inode.uid, true);
    view.setUint32(at + 16, inode.gid, true);
    view.setUint32(at + 20, inode.special, true);
    writeInt64(view, at + 24, size);
    view.setInt32(at + 32, 4096, true);
    view.setInt32(at + 36, Math.ceil(size / 512), true);
    writeInt64(view, at + 40, inode.atime);
    writeInt64(view, at + 48, inode.atimeNanoseconds);
    writeInt64(view, at + 56, inode.mtime);
    writeInt64(view, at + 64, inode.mtimeNanoseconds);
    writeInt64(view, at + 72, inode.ctime);
    writeInt64(view, at + 80, inode.ctimeNanoseconds);
    writeInt64(view, at + 88, inode.number);
    return 0;
}

/** Writes a struct statfs: an in-memory file system of 2 GiB. */
function writeStatfs(memory, size, at, used) {
    if (size < statfsSize) {
        return -EINVAL;
    }
    if (!inBounds(memory, at, statfsSize)) {
        return -EFAULT;
    }
    const { u8, view } = memory;
    const blocks = 524288;
    u8.fill(0, at, at + statfsSize);
    view.setUint32(at, 0x01021994, true);
    view.setUint32(at + 4, 4096, true);
    writeInt64(view, at + 8, blocks);
    writeInt64(view, at + 16, Math.max(0, blocks - used));
    writeInt64(view, at + 24, Math.max(0, blocks - used));
    writeInt64(view, at + 32, 1000000);
    writeInt64(view, at + 40, 900000);
    view.setUint32(at + 48, 0x46524f4e, true);
    view.setUint32(at + 56, 255, true);
    view.setUint32(at + 60, 4096, true);
    view.setUint32(at + 64, 1024, true);
    return 0;
}

/** @param {object} process */
export function fileCalls(process) {
    const { memory, table, files, machine } = process;

    /** The inode that (dirfd, path, flags) names, or a negative error number. */
    function inodeAt(fd, pathPointer, flags) {
        const path = readPath(memory, pathPointer);
        if (typeof path === 'number') {
            return path;
        }
        if (path === '' && (flags & AT_EMPTY_PATH) !== 0) {
            const description = fd === -100 ? null : table.get(fd);
            return description === null ? process.directory : description?.inode ?? -EBADF;
        }
        const base = process.base(fd, path);
        return typeof base === 'number' ? base : files.find(process, base, path, (flags & AT_SYMLINK_NOFOLLOW) === 0);
    }

    /** Calls `action(base, path)` with where a path argument leads. */
    function withPath(fd, pathPointer, action) {
        const path = readPath(memory, pathPointer);
        if (typeof path === 'number') {
            return path;
        }
        const base = process.base(fd, path);
        return typeof base === 'number' ? base : action(base, path);
    }

    function onInode(inode, action) {
        return typeof inode === 'number' ? inode : action(inode);
    }

    function onDescriptor(fd, action) {
        const description = table.get(fd);
        return description === undefined ? -EBADF : action(description);
    }

    function changeDirectory(inode) {
        if (!(inode instanceof DirectoryInode)) {
            return -ENOTDIR;
        }
        if (!inode.permits(process, PERMIT_EXECUTE)) {
            return -EACCES;
        }
        process.directory = inode;
        return 0;
    }

    function closeDescriptor(fd) {
        const description = table.get(fd);
        if (description === undefined) {
            return -EBADF;
        }
        const { inode } = description;
        if (inode !== null && inode.locks !== null) {
            dropLocks(inode, process);
        }
        const result = table.close(fd);
        if (description.references === 0 && inode !== null && inode.locks !== null) {
            dropLocks(inode, description);
        }
        return result;
    }

    function vararg(pointer) {
        return pointer > 0 && inBounds(memory, pointer, 4) ? memory.i32[pointer >> 2] : 0;
    }

    function control(fd, description, command, argument) {
        switch (command) {
            case F_DUPFD:
            case F_DUPFD_CLOEXEC:
                return argument < 0 ? -EINVAL : table.add(description, command === F_DUPFD_CLOEXEC, argument);
            case F_GETFD:
                return table.flagsOf(fd);
            case F_SETFD:
                table.cloexec[fd] = (argument & FD_CLOEXEC) !== 0;
                return 0;
            case F_GETFL:
                return (description.flags & ~O_CLOEXEC) | O_LARGEFILE;
            case F_SETFL:
                if ((description.flags & O_PATH) !== 0) {
                    return -EBADF;
                }
                description.flags = (description.flags & ~statusFlags) | (argument & statusFlags);
                return 0;
            case F_GETLK:
            case F_SETLK:
            case F_SETLKW:
            case F_OFD_GETLK:
            case F_OFD_SETLK:
            case F_OFD_SETLKW:
                return inBounds(memory, argument, 32) ? lockRange(process, description, command, argument) : -EFAULT;
            case F_GETOWN:
                return process.pid;
            case F_SETOWN:
                return 0;
            case F_GETPIPE_SZ:
                return description instanceof PipeEnd ? description.capacity : -EBADF;
            case F_SETPIPE_SZ:
                return description instanceof PipeEnd ? description.setCapacity(argument) : -EBADF;
            default:
                return -EINVAL;
        }
    }

    function setTimes(inode, times) {
        if (times === 0) {
            const now = 0x3fffffff;
            return files.changeTimes(process, inode, 0, now, 0, now);
        }
        if (!inBounds(memory, times, 32)) {
            return -EFAULT;
        }
        const { view } = memory;
        return files.changeTimes(process, inode, readInt64(view, times), view.getInt32(times + 8, true),
            readInt64(view, times + 16), view.getInt32(times + 24, true));
    }

    return {
        __syscall_openat(fd, pathPointer, flags, varargs) {
            return withPath(fd, pathPointer, (base, path) => {
                const description = files.open(process, base, path, flags, (flags & O_CREAT) !== 0 ? vararg(varargs) : 0);
                return typeof description === 'number' ? description : table.add(description, (flags & O_CLOEXEC) !== 0);
            });
        },

        __syscall_stat64(pathPointer, at) {
            return onInode(inodeAt(-100, pathPointer, 0), (inode) => writeStat(memory, at, inode));
        },

        __syscall_lstat64(pathPointer, at) {
            return onInode(inodeAt(-100, pathPointer, AT_SYMLINK_NOFOLLOW), (inode) => writeStat(memory, at, inode));
        },

        __syscall_fstat64(fd, at) {
            return onDescriptor(fd, ({ inode }) => writeStat(memory, at, inode));
        },

        __syscall_newfstatat(fd, pathPointer, at, flags) {
            return onInode(inodeAt(fd, pathPointer, flags), (inode) => writeStat(memory, at, inode));
        },

        __syscall_statfs64(pathPointer, size, at) {
            return onInode(inodeAt(-100, pathPointer, 0), () => writeStatfs(memory, size, at, memory.u8.length >> 12));
        },

        __syscall_fstatfs64(fd, size, at) {
            return onDescriptor(fd, () => writeStatfs(memory, size, at, memory.u8.length >> 12));
        },

        __syscall_faccessat(fd, pathPointer, mode, flags) {
            if ((mode & ~7) !== 0) {
                return -EINVAL;
            }
            return onInode(inodeAt(fd, pathPointer, flags), (inode) => inode.permits(process, mode) ? 0 : -EACCES);
        },

        __syscall_chdir(pathPointer) {
            return onInode(inodeAt(-100, pathPointer, 0), changeDirectory);
        },

        __syscall_fchdir(fd) {
            return onDescriptor(fd, ({ inode }) => changeDirectory(inode));
        },

        __syscall_getcwd(at, size) {
            const path = process.directory.path;
            if (path === null) {
                return -ENOENT;
            }
            const bytes = encodeName(path);
            if (size === 0) {
                return -EINVAL;
            }
            if (bytes.length + 1 > size) {
                return -ERANGE;
            }
            if (!inBounds(memory, at, bytes.length + 1)) {
                return -EFAULT;
            }
            memory.u8.set(bytes, at);
            memory.u8[at + bytes.length] = 0;
            return bytes.length + 1;
        },

        __syscall_chmod(pathPointer, mode) {
            return onInode(inodeAt(-100, pathPointer, 0), (inode) => files.changeMode(process, inode, mode));
        },

        __syscall_fchmod(fd, mode) {
            return onDescriptor(fd, ({ flags, inode }) =>
                (flags & O_PATH) !== 0 ? -EBADF : files.changeMode(process, inode, mode));
        },

        __syscall_fchmodat2(fd, pathPointer, mode, flags) {
            return onInode(inodeAt(fd, pathPointer, flags), (inode) =>
                inode instanceof LinkInode ? -EOPNOTSUPP : files.changeMode(process, inode, mode));
        },

        __syscall_fchown32(fd, uid, gid) {
            return onDescriptor(fd, ({ inode }) => files.changeOwner(process, inode, uid, gid));
        },

        __syscall_fchownat(fd, pathPointer, uid, gid, flags) {
            return onInode(inodeAt(fd, pathPointer, flags), (inode) => files.changeOwner(process, inode, uid, gid));
        },

        __syscall_utimensat(fd, pathPointer, times, flags) {
            if (pathPointer === 0) {
                return onDescriptor(fd, ({ inode }) => setTimes(inode, times));
            }
            return onInode(inodeAt(fd, pathPointer, flags), (inode) => setTimes(inode, times));
        },

        __syscall_umask(mask) {
            const old = process.umask;
            process.umask = mask & 0o777;
            return old;
        },

        __syscall_mkdirat(fd, pathPointer, mode) {
            return withPath(fd, pathPointer, (base, path) => files.makeDirectory(process, base, path, mode));
        },

        __syscall_mknodat(fd, pathPointer, mode) {
            return withPath(fd, pathPointer, (base, path) => files.makeNode(process, base, path, mode));
        },

        __syscall_rmdir(pathPointer) {
            return withPath(-100, pathPointer, (base, path) => files.removeDirectory(process, base, path));
        },

        __syscall_unlinkat(fd, pathPointer, flags) {
            if ((flags & ~AT_REMOVEDIR) !== 0) {
                return -EINVAL;
            }
            return withPath(fd, pathPointer, (base, path) => (flags & AT_REMOVEDIR) !== 0
                ? files.removeDirectory(process, base, path) : files.unlink(process, base, path));
        },

        __syscall_renameat(oldFd, oldPointer, newFd, newPointer) {
            return withPath(oldFd, oldPointer, (oldBase, oldPath) => withPath(newFd, newPointer, (newBase, newPath) =>
                files.rename(process, oldBase, oldPath, newBase, newPath)));
        },

        __syscall_linkat(oldFd, oldPointer, newFd, newPointer, flags) {
            return withPath(oldFd, oldPointer, (oldBase, oldPath) => withPath(newFd, newPointer, (newBase, newPath) =>
                files.link(process, oldBase, oldPath, newBase, newPath, (flags & AT_SYMLINK_FOLLOW) !== 0)));
        },

        __syscall_symlinkat(targetPointer, fd, pathPointer) {
            const target = readPath(memory, targetPointer);
            return typeof target === 'number' ? target : withPath(fd, pathPointer, (base, path) =>
                files.makeLink(process, target, base, path));
        },

        __syscall_readlinkat(fd, pathPointer, at, size) {
            if (size <= 0) {
                return -EINVAL;
            }
            return onInode(inodeAt(fd, pathPointer, AT_SYMLINK_NOFOLLOW), (inode) => {
                if (!(inode instanceof LinkInode)) {
                    return -EINVAL;
                }
                const bytes = encodeName(inode.read(process));
                const count = Math.min(size, bytes.length);
                if (!inBounds(memory, at, count)) {
                    return -EFAULT;
                }
                memory.u8.set(bytes.subarray(0, count), at);
                return count;
            });
        },

        __syscall_truncate64(pathPointer, size) {
            return withPath(-100, pathPointer, (base, path) => files.truncate(process, base, path, Number(size)));
        },

        __syscall_ftruncate64(fd, size) {
            return onDescriptor(fd, (description) => description.truncate(Number(size)));
        },

        __syscall_fallocate(fd, mode, offset, size) {
            return onDescriptor(fd, (description) => description.allocate(mode, Number(offset), Number(size)));
        },

        __syscall_fadvise64(fd, _offset, _size, advice) {
            return onDescriptor(fd, (description) => description.seek(0, 1) === -ESPIPE ? -ESPIPE
                : advice < 0 || advice > 5 ? -EINVAL : 0);
        },

        __syscall_fdatasync(fd) {
            return onDescriptor(fd, (description) => description.sync());
        },

        __syscall_getdents64(fd, at, count) {
            return onDescriptor(fd, (description) =>
                inBounds(memory, at, count) ? description.entries(memory, at, count) : -EFAULT);
        },

        __syscall_dup(fd) {
            return onDescriptor(fd, (description) => table.add(description));
        },

        __syscall_dup3(fd, newFd, flags) {
            if (fd === newFd || (flags & ~O_CLOEXEC) !== 0) {
                return -EINVAL;
            }
            return onDescriptor(fd, (description) => {
                if (table.get(newFd) !== undefined) {
                    description.references++;
                    closeDescriptor(newFd);
                    description.references--;
                }
                return table.put(newFd, description, (flags & O_CLOEXEC) !== 0);
            });
        },

        __syscall_fcntl64(fd, command, varargs) {
            return onDescriptor(fd, (description) => control(fd, description, command, vararg(varargs)));
        },

        __syscall_ioctl(fd, request, varargs) {
            return onDescriptor(fd, (description) => {
                const argument = vararg(varargs);
                switch (request) {
                    case FIOCLEX:
                        table.cloexec[fd] = true;
                        return 0;
                    case FIONCLEX:
                        table.cloexec[fd] = false;
                        return 0;
                    case FIONBIO:
                        if (!inBounds(memory, argument, 4)) {
                            return -EFAULT;
                        }
                        description.flags = memory.view.getInt32(argument, true) !== 0
                            ? description.flags | O_NONBLOCK : description.flags & ~O_NONBLOCK;
                        return 0;
                    default:
                        return description.ioctl(process, request, argument);
                }
            });
        },

        __syscall_pipe2(at, flags) {
            if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) !== 0) {
                return -EINVAL;
            }
            if (!inBounds(memory, at, 8)) {
                return -EFAULT;
            }
            const [reader, writer] = makePipe(machine, flags);
            const cloexec = (flags & O_CLOEXEC) !== 0;
            const readFd = table.add(reader, cloexec);
            if (readFd < 0) {
                writer.close();
                return readFd;
            }
            const writeFd = table.add(writer, cloexec);
            if (writeFd < 0) {
                table.close(readFd);
                return writeFd;
            }
            memory.view.setInt32(at, readFd, true);
            memory.view.setInt32(at + 4, writeFd, true);
            return 0;
        },

        flock(fd, operation) {
            return onDescriptor(fd, (description) => lockWhole(description, operation));
        },

        sendfile(outFd, inFd, offsetPointer, count) {
            const from = table.get(inFd);
            const to = table.get(outFd);
            if (from === undefined || to === undefined || !from.readable || !to.writable) {
                return -EBADF;
            }
            if (from.inode.type !== S_IFREG) {
                return -EINVAL;
            }
            if (offsetPointer !== 0 && !inBounds(memory, offsetPointer, 8)) {
                return -EFAULT;
            }
            const offset = offsetPointer === 0 ? from.position : readInt64(memory.view, offsetPointer);
            const bytes = new Uint8Array(Math.min(count < 0 ? 0x100000 : count, 0x100000));
            const done = from.readAt(bytes, 0, bytes.length, offset);
            const sent = done > 0 ? to.write(bytes, 0, done) : done;
            if (sent > 0) {
                if (offsetPointer === 0) {
                    from.seek(offset + sent, SEEK_SET);
                } else {
                    writeInt64(memory.view, offsetPointer, offset + sent);
                }
            }
            return sent;
        },

        /** Closes a descriptor: for fd_close, and for a process that ends. */
        closeDescriptor,
    };
}
