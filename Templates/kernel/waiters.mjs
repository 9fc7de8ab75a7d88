// Who waits for a descriptor to become ready.
//
// The scheduler (in C) knows threads by number and descriptors by number, nothing else. It asks `watch(fd, events,
// thread)`: "tell me once when one of these events holds". Everything that can become ready (a pipe, a socket, the
// terminal, an epoll set) has a `Waiters` list, and calls `notify(mask)` when its state changes:
//
//     thread 7 reads an empty pipe   → EAGAIN → watch(5, POLLIN, 7) → park
//     thread 3 writes to that pipe   → notify(POLLIN) → the watch fires: 7 goes into the event queue, the watch is gone
//     scheduler: take_event() → 7    → 7 is ready → reads again
//
// A watch fires at most once, and a thread is in the queue at most once. Nothing polls.
// Epoll items live in the same lists; they stay until removed (`fire` says so).

/** One entry of a `Waiters` list. Reused: a server registers one for every read that has to wait. */
class ThreadWatch {
    constructor() {
        this.events = 0;
        this.thread = -1;
        this.queue = null;
        this.waiters = null;
    }

    /** @returns {boolean} whether the entry stays in the list */
    fire() {
        this.waiters = null;
        this.queue.push(this.thread);
        return false;
    }
}

/** The list of everything that waits for one object. */
export class Waiters {
    constructor() {
        this.list = [];
    }

    add(watch) {
        this.list.push(watch);
    }

    remove(watch) {
        const list = this.list;
        const at = list.indexOf(watch);
        if (at >= 0) {
            list[at] = list[list.length - 1];
            list.pop();
        }
    }

    /** @param {number} mask what holds now or changed just now */
    notify(mask) {
        const list = this.list;
        let at = list.length;
        while (--at >= 0) {
            const watch = list[at];
            if (watch !== undefined && (watch.events & mask) !== 0 && !watch.fire(mask)) {
                this.remove(watch);
            }
        }
    }
}

/** The threads that were woken and that the scheduler has not taken yet, and what every thread still waits for. */
export class EventQueue {
    /** @param {() => void} onEvent called when the queue stops being empty */
    constructor(onEvent) {
        this.onEvent = onEvent;
        this.threads = [];
        this.head = 0;
        this.queued = new Set();
        this.watches = new Map();
        this.spare = [];
    }

    push(thread) {
        if (this.queued.has(thread)) {
            return;
        }
        this.queued.add(thread);
        this.threads.push(thread);
        if (this.threads.length - this.head === 1) {
            this.onEvent();
        }
    }

    /** @returns {number} a woken thread, or -1 */
    take() {
        if (this.head === this.threads.length) {
            return -1;
        }
        const thread = this.threads[this.head++];
        if (this.head === this.threads.length) {
            this.threads.length = 0;
            this.head = 0;
        }
        this.queued.delete(thread);
        return thread;
    }

    get empty() {
        return this.head === this.threads.length;
    }

    /** Registers one watch of `thread` in `waiters`. */
    watch(waiters, events, thread) {
        const watch = this.spare.pop() ?? new ThreadWatch();
        watch.events = events;
        watch.thread = thread;
        watch.queue = this;
        watch.waiters = waiters;
        waiters.add(watch);
        const list = this.watches.get(thread);
        if (list === undefined) {
            this.watches.set(thread, [watch]);
        } else {
            list.push(watch);
        }
    }

    /** Drops every watch of `thread`, fired or not. */
    unwatch(thread) {
        const list = this.watches.get(thread);
        if (list === undefined) {
            return;
        }
        for (const watch of list) {
            if (watch.waiters !== null) {
                watch.waiters.remove(watch);
                watch.waiters = null;
            }
            if (this.spare.length < 256) {
                this.spare.push(watch);
            }
        }
        list.length = 0;
        if (this.watches.size > 1024) {
            this.watches.delete(thread);
        }
    }
}
