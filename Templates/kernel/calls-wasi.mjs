// The system calls of `wasi_snapshot_preview1` that Emscripten's libc uses: reading and writing, clocks, arguments,
// environment, randomness, exit. They answer with a positive error number.

import { EBADF, EFAULT, EINVAL } from './errno.mjs';
import { O_APPEND, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK } from './constants.mjs';
import { inBounds, writeInt64 } from './guest-memory.mjs';
import { Socket } from './socket.mjs';
import { encodeName } from './text.mjs';
import { readVector, writeVector } from './vectors.mjs';

const wasiRandomChunk = 65536;

function wasiFileType(inode) {
    switch (inode.type) {
        case S_IFCHR: return 2;
        case S_IFDIR: return 3;
        case S_IFREG: return 4;
        case S_IFLNK: return 7;
        case S_IFIFO: return 0;
        case S_IFSOCK: return 6;
        default: return 0;
    }
}

/**
 * @param {object} process
 * @param {(fd: number) => number} closeDescriptor
 */
export function wasiCalls(process, closeDescriptor) {
    const { memory, table, machine } = process;
    const { clock } = machine;

    function finish(result, pointer) {
        if (result < 0) {
            return 0 - result;
        }
        if (!inBounds(memory, pointer, 4)) {
            return EFAULT;
        }
        memory.i32[pointer >> 2] = result;
        return 0;
    }

    /** Milliseconds of a clock, or NaN for one that does not exist. */
    function clockTime(id) {
        switch (id) {
            case 0:
            case 5:
                return clock.date();
            case 1:
            case 4:
            case 6:
            case 7:
                return clock.now();
            case 2:
            case 3:
                return clock.processorTime();
            default:
                return NaN;
        }
    }

    function stringSizes(strings, countPointer, sizePointer) {
        if (!inBounds(memory, countPointer, 4) || !inBounds(memory, sizePointer, 4)) {
            return EFAULT;
        }
        memory.view.setUint32(countPointer, strings.length, true);
        memory.view.setUint32(sizePointer, strings.reduce((sum, bytes) => sum + bytes.length + 1, 0), true);
        return 0;
    }

    function writeStrings(strings, pointers, at) {
        const size = strings.reduce((sum, bytes) => sum + bytes.length + 1, 0);
        if ((strings.length > 0 && !inBounds(memory, pointers, strings.length * 4))
            || (size > 0 && !inBounds(memory, at, size))) {
            return EFAULT;
        }
        const { u8, view } = memory;
        for (const bytes of strings) {
            view.setUint32(pointers, at, true);
            u8.set(bytes, at);
            u8[at + bytes.length] = 0;
            pointers += 4;
            at += bytes.length + 1;
        }
        return 0;
    }

    const argumentBytes = () => process.args.map(encodeName);
    const environmentBytes = () => Object.entries(process.env).map(([name, value]) => encodeName(`${name}=${value}`));

    return {
        fd_read(fd, vector, count, pointer) {
            const description = table.open[fd];
            return description === undefined ? EBADF
                : finish(readVector(memory, description, vector, count, -1), pointer);
        },

        fd_write(fd, vector, count, pointer) {
            const description = table.open[fd];
            return description === undefined ? EBADF
                : finish(writeVector(memory, description, vector, count, -1), pointer);
        },

        fd_pread(fd, vector, count, offset, pointer) {
            const description = table.open[fd];
            const position = Number(offset);
            return description === undefined ? EBADF : position < 0 ? EINVAL
                : finish(readVector(memory, description, vector, count, position), pointer);
        },

        fd_pwrite(fd, vector, count, offset, pointer) {
            const description = table.open[fd];
            const position = Number(offset);
            return description === undefined ? EBADF : position < 0 ? EINVAL
                : finish(writeVector(memory, description, vector, count, position), pointer);
        },

        fd_seek(fd, offset, whence, pointer) {
            const description = table.open[fd];
            if (description === undefined) {
                return EBADF;
            }
            const position = description.seek(Number(offset), whence);
            if (position < 0) {
                return 0 - position;
            }
            if (!inBounds(memory, pointer, 8)) {
                return EFAULT;
            }
            writeInt64(memory.view, pointer, position);
            return 0;
        },

        fd_close(fd) {
            return 0 - closeDescriptor(fd);
        },

        fd_sync(fd) {
            const description = table.open[fd];
            return description === undefined ? EBADF : 0 - description.sync();
        },

        fd_fdstat_get(fd, at) {
            const description = table.open[fd];
            if (description === undefined) {
                return EBADF;
            }
            if (!inBounds(memory, at, 24)) {
                return EFAULT;
            }
            const { u8, view } = memory;
            u8.fill(0, at, at + 24);
            u8[at] = description instanceof Socket ? 6 : wasiFileType(description.inode);
            view.setUint16(at + 2, ((description.flags & O_APPEND) !== 0 ? 1 : 0) | (description.nonblocking ? 4 : 0), true);
            return 0;
        },

        clock_time_get(id, _precision, pointer) {
            const time = clockTime(id);
            if (Number.isNaN(time)) {
                return EINVAL;
            }
            if (!inBounds(memory, pointer, 8)) {
                return EFAULT;
            }
            // Nanoseconds since 1970 are beyond 2^53: whole seconds and the rest go in one by one.
            const seconds = Math.floor(time / 1000);
            const rest = Math.floor((time - seconds * 1000) * 1e6);
            memory.view.setBigInt64(pointer, BigInt(seconds) * 1000000000n + BigInt(rest), true);
            return 0;
        },

        clock_res_get(id, pointer) {
            if (Number.isNaN(clockTime(id))) {
                return EINVAL;
            }
            if (!inBounds(memory, pointer, 8)) {
                return EFAULT;
            }
            writeInt64(memory.view, pointer, id === 0 || id === 5 ? 1000000 : 5000);
            return 0;
        },

        random_get(at, count) {
            if (count < 0 || (count > 0 && !inBounds(memory, at, count))) {
                return EFAULT;
            }
            const { u8 } = memory;
            // The Web's getRandomValues fills at most 64 KiB at a time.
            for (let from = at; from < at + count; from += wasiRandomChunk) {
                machine.random(u8.subarray(from, Math.min(from + wasiRandomChunk, at + count)));
            }
            return 0;
        },

        args_sizes_get(countPointer, sizePointer) {
            return stringSizes(argumentBytes(), countPointer, sizePointer);
        },

        args_get(pointers, at) {
            return writeStrings(argumentBytes(), pointers, at);
        },

        environ_sizes_get(countPointer, sizePointer) {
            return stringSizes(environmentBytes(), countPointer, sizePointer);
        },

        environ_get(pointers, at) {
            return writeStrings(environmentBytes(), pointers, at);
        },

        proc_exit(status) {
            process.exited = true;
            process.exit(status);
        },
    };
}
