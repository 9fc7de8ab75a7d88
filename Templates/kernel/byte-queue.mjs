// Bytes on their way: the ring buffer behind pipes and stream sockets.
//
//     capacity 8     . . c d e f . .      head = 2, length = 4
//     put "ghij" →   i j c d e f g h      wraps; length = 8, full
//
// It starts small and doubles up to its limit, so that a thousand idle connections cost little.

const byteQueueStart = 4096;

/** Copies without allocating a view when that is cheaper (a view costs as much as some dozens of bytes). */
export function copyBytes(target, at, source, from, count) {
    if (count <= 48) {
        for (let index = 0; index < count; index++) {
            target[at + index] = source[from + index];
        }
    } else {
        target.set(source.subarray(from, from + count), at);
    }
}

/** A first-in, first-out buffer of bytes with a limit. */
export class ByteQueue {
    /** @param {number} limit in bytes */
    constructor(limit) {
        this.limit = limit;
        this.buffer = new Uint8Array(Math.min(limit, byteQueueStart));
        this.head = 0;
        this.length = 0;
        /** How many bytes were ever taken out; `taken + length` were ever put in. */
        this.taken = 0;
    }

    get space() {
        const space = this.limit - this.length;
        return space > 0 ? space : 0;
    }

    /**
     * Puts in as much as there is space for.
     * @returns {number} how many bytes that was
     */
    put(source, from, count) {
        const space = this.limit - this.length;
        if (count > space) {
            count = space > 0 ? space : 0;
        }
        if (count === 0) {
            return 0;
        }
        if (this.length + count > this.buffer.length) {
            this.grow(this.length + count);
        }
        const buffer = this.buffer;
        let tail = this.head + this.length;
        if (tail >= buffer.length) {
            tail -= buffer.length;
        }
        const first = buffer.length - tail;
        if (count <= first) {
            copyBytes(buffer, tail, source, from, count);
        } else {
            copyBytes(buffer, tail, source, from, first);
            copyBytes(buffer, 0, source, from + first, count - first);
        }
        this.length += count;
        return count;
    }

    /** Copies up to `count` bytes to `target` and leaves them in the queue, starting `skip` bytes in. */
    peek(target, at, count, skip = 0) {
        const available = this.length - skip;
        if (count > available) {
            count = available > 0 ? available : 0;
        }
        const buffer = this.buffer;
        let from = this.head + skip;
        if (from >= buffer.length) {
            from -= buffer.length;
        }
        const first = buffer.length - from;
        if (count <= first) {
            copyBytes(target, at, buffer, from, count);
        } else {
            copyBytes(target, at, buffer, from, first);
            copyBytes(target, at + first, buffer, 0, count - first);
        }
        return count;
    }

    /** Takes up to `count` bytes out, to `target`. */
    take(target, at, count) {
        const taken = this.peek(target, at, count);
        this.drop(taken);
        return taken;
    }

    /** Forgets `count` bytes at the front; there must be that many. */
    drop(count) {
        this.length -= count;
        this.taken += count;
        this.head += count;
        if (this.length === 0) {
            this.head = 0;
        } else if (this.head >= this.buffer.length) {
            this.head -= this.buffer.length;
        }
    }

    clear() {
        this.drop(this.length);
    }

    grow(needed) {
        let capacity = this.buffer.length * 2;
        while (capacity < needed) {
            capacity *= 2;
        }
        const buffer = new Uint8Array(Math.max(needed, Math.min(capacity, this.limit)));
        const length = this.peek(buffer, 0, this.length);
        this.buffer = buffer;
        this.head = 0;
        this.length = length;
    }
}
