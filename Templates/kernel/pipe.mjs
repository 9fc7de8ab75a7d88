// Pipes and FIFOs: 64 KiB, atomic up to PIPE_BUF.
//
// A FIFO is a pipe with a name. Opening one for reading should wait for a writer (and the other way round); an open that
// can suspend would make every open a blocking call. So it opens at once, and an end that waits for its first partner
// says "would block" instead of "end of file" or "broken pipe", which to a program looks the same.

import { EAGAIN, EBADF, EBUSY, EFAULT, EINVAL, ENXIO, EPIPE } from './errno.mjs';
import {
    FIONREAD, O_ACCMODE, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, PIPE_BUF, POLLERR, POLLHUP, POLL_READABLE,
    POLL_WRITABLE, S_IFIFO,
} from './constants.mjs';
import { ByteQueue } from './byte-queue.mjs';
import { Description } from './descriptor.mjs';
import { inBounds } from './guest-memory.mjs';
import { Inode } from './inode.mjs';
import { Waiters } from './waiters.mjs';

const pipeCapacity = 65536;
const pipeCapacityMax = 1048576;

/** The bytes between the ends, and how many ends there are. */
class Pipe {
    constructor() {
        this.queue = new ByteQueue(pipeCapacity);
        this.waiters = new Waiters();
        this.readers = 0;
        this.writers = 0;
        /** Whether there ever was a reader or writer since the pipe was empty of ends. */
        this.metReader = false;
        this.metWriter = false;
    }

    enter(end) {
        if (end.readable) {
            this.readers++;
            this.metReader = true;
        }
        if (end.writable) {
            this.writers++;
            this.metWriter = true;
        }
        this.waiters.notify(POLL_WRITABLE);
    }

    leave(end) {
        if (end.readable && --this.readers === 0) {
            this.waiters.notify(POLLERR | POLL_WRITABLE);
        }
        if (end.writable && --this.writers === 0) {
            this.waiters.notify(POLLHUP | POLL_READABLE);
        }
        if (this.readers === 0 && this.writers === 0) {
            this.queue.clear();
            this.metReader = false;
            this.metWriter = false;
        }
    }

    resize(capacity) {
        if (capacity < 0 || capacity > pipeCapacityMax) {
            return -EINVAL;
        }
        const limit = Math.max(PIPE_BUF, 2 ** Math.ceil(Math.log2(Math.max(1, capacity))));
        if (limit < this.queue.length) {
            return -EBUSY;
        }
        this.queue.limit = limit;
        return limit;
    }
}

/** One end of a pipe, or both (a FIFO opened for reading and writing). */
export class PipeEnd extends Description {
    constructor(flags, inode, pipe) {
        super(flags, inode);
        this.pipe = pipe;
        this.waiters = pipe.waiters;
        this.whole = true;
        pipe.enter(this);
    }

    read(u8, at, count) {
        const pipe = this.pipe;
        if (!this.readable) {
            return -EBADF;
        }
        if (pipe.queue.length === 0) {
            return count === 0 || (pipe.writers === 0 && (pipe.metWriter || this.nonblocking)) ? 0 : -EAGAIN;
        }
        const taken = pipe.queue.take(u8, at, count);
        if (pipe.waiters.list.length > 0 && pipe.queue.space >= PIPE_BUF) {
            pipe.waiters.notify(POLL_WRITABLE);
        }
        return taken;
    }

    write(u8, at, count) {
        const pipe = this.pipe;
        if (!this.writable) {
            return -EBADF;
        }
        if (pipe.readers === 0) {
            return pipe.metReader || this.nonblocking ? -EPIPE : -EAGAIN;
        }
        const space = pipe.queue.space;
        if (count > space && (count <= PIPE_BUF || space === 0)) {
            return -EAGAIN;
        }
        const put = pipe.queue.put(u8, at, count);
        if (pipe.waiters.list.length > 0 && put > 0) {
            pipe.waiters.notify(POLL_READABLE);
        }
        return put;
    }

    poll() {
        const pipe = this.pipe;
        let mask = 0;
        if (this.readable) {
            mask |= pipe.queue.length > 0 ? POLL_READABLE : 0;
            mask |= pipe.writers === 0 && pipe.metWriter ? POLLHUP : 0;
        }
        if (this.writable) {
            const broken = pipe.readers === 0 && (pipe.metReader || this.nonblocking);
            mask |= (pipe.readers > 0 && pipe.queue.space >= PIPE_BUF) || broken ? POLL_WRITABLE : 0;
            mask |= broken ? POLLERR : 0;
        }
        return mask;
    }

    ioctl(process, request, argument) {
        if (request === FIONREAD) {
            if (!inBounds(process.memory, argument, 4)) {
                return -EFAULT;
            }
            process.memory.view.setInt32(argument, this.pipe.queue.length, true);
            return 0;
        }
        return super.ioctl(process, request, argument);
    }

    /** F_GETPIPE_SZ and F_SETPIPE_SZ. */
    get capacity() {
        return this.pipe.queue.limit;
    }

    setCapacity(capacity) {
        return this.pipe.resize(capacity);
    }

    close() {
        this.pipe.leave(this);
        return 0;
    }
}

/** A pipe in the file system, also behind /proc/self/fd/N of an anonymous pipe. */
export class FifoInode extends Inode {
    constructor(machine, permissions) {
        super(machine, S_IFIFO | permissions);
        this.pipe = null;
    }

    openKind(_process, flags) {
        this.pipe ??= new Pipe();
        const access = flags & O_ACCMODE;
        if (access !== O_RDONLY && access !== O_WRONLY && access !== O_RDWR) {
            return -EINVAL;
        }
        if (access === O_WRONLY && (flags & O_NONBLOCK) !== 0 && this.pipe.readers === 0) {
            return -ENXIO;
        }
        return new PipeEnd(flags & (O_ACCMODE | O_NONBLOCK), this, this.pipe);
    }
}

/** @returns {[PipeEnd, PipeEnd]} the reading and the writing end of a new pipe */
export function makePipe(machine, flags) {
    const inode = new FifoInode(machine, 0o600);
    inode.device = machine.pipeDevice;
    inode.links = 1;
    const pipe = inode.pipe = new Pipe();
    return [
        new PipeEnd(O_RDONLY | (flags & O_NONBLOCK), inode, pipe),
        new PipeEnd(O_WRONLY | (flags & O_NONBLOCK), inode, pipe),
    ];
}
