// epoll: level-triggered, edge-triggered, one-shot.
//
// Each registered descriptor has an item that sits in the descriptor's list of waiters for as long as it is registered.
// When the descriptor becomes ready the item goes into the set's ready list; `collect` looks at the ready list only:
//
//     level   asks the descriptor again; not ready any more → leaves the list; ready → reported, and stays in the list
//     edge    reported once, leaves the list until the next change
//     oneshot reported once, then disarmed until EPOLL_CTL_MOD
//
// So a wait costs what is ready, not what is registered.

import { EBADF, EEXIST, EINVAL, ELOOP, ENOENT, EPERM } from './errno.mjs';
import {
    EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, O_RDWR, POLLERR, POLLHUP,
    POLLNVAL, POLL_READABLE,
} from './constants.mjs';
import { Description } from './descriptor.mjs';
import { AnonymousInode } from './inode.mjs';
import { Waiters } from './waiters.mjs';

const epollEventSize = 16;
const epollAlways = POLLERR | POLLHUP;

/** One registered descriptor; also an entry of its list of waiters. */
class EpollItem {
    constructor(set, fd, description) {
        this.set = set;
        this.fd = fd;
        this.description = description;
        this.interest = 0;
        this.dataLow = 0;
        this.dataHigh = 0;
        this.queued = false;
        this.removed = false;
        /** What the waiters' list looks at. */
        this.events = 0;
    }

    arm(interest) {
        this.interest = interest;
        this.events = (interest & 0xffff) | epollAlways;
    }

    /** @returns {boolean} stays in the list of waiters */
    fire() {
        if (this.events !== 0) {
            this.set.enqueue(this);
        }
        return true;
    }

    /** What holds now, of what was asked for. */
    ready() {
        return this.events === 0 ? 0 : this.description.poll() & ((this.interest & 0xffff) | epollAlways);
    }
}

/** An epoll set. */
export class EpollSet extends Description {
    constructor(machine) {
        super(O_RDWR, new AnonymousInode(machine, 0o600, machine.anonymousDevice));
        /** @type {Map<number, EpollItem[]>} by descriptor number; more than one only after that number was reused */
        this.items = new Map();
        this.queue = [];
        this.waiters = new Waiters();
    }

    find(fd, description) {
        return this.items.get(fd)?.find((item) => item.description === description);
    }

    /** Is `other` this set, or does this set watch it, directly or not? */
    contains(other, depth = 0) {
        if (other === this || depth > 5) {
            return true;
        }
        for (const items of this.items.values()) {
            for (const { description } of items) {
                if (description instanceof EpollSet && description.contains(other, depth + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    control(operation, fd, description, interest, dataLow, dataHigh) {
        if (description === undefined) {
            return -EBADF;
        }
        if (description === this) {
            return -EINVAL;
        }
        if (description.waiters === null) {
            return -EPERM;
        }
        const known = this.find(fd, description);
        switch (operation) {
            case EPOLL_CTL_ADD: {
                if (known !== undefined) {
                    return -EEXIST;
                }
                if (description instanceof EpollSet && description.contains(this)) {
                    return -ELOOP;
                }
                const item = new EpollItem(this, fd, description);
                const items = this.items.get(fd);
                if (items === undefined) {
                    this.items.set(fd, [item]);
                } else {
                    items.push(item);
                }
                description.waiters.add(item);
                (description.epollItems ??= []).push(item);
                this.change(item, interest, dataLow, dataHigh);
                return 0;
            }
            case EPOLL_CTL_MOD:
                if (known === undefined) {
                    return -ENOENT;
                }
                if (((known.interest | interest) & EPOLLEXCLUSIVE) !== 0) {
                    return -EINVAL;
                }
                this.change(known, interest, dataLow, dataHigh);
                return 0;
            case EPOLL_CTL_DEL:
                if (known === undefined) {
                    return -ENOENT;
                }
                this.forget(known);
                return 0;
            default:
                return -EINVAL;
        }
    }

    change(item, interest, dataLow, dataHigh) {
        item.arm(interest);
        item.dataLow = dataLow;
        item.dataHigh = dataHigh;
        if (item.ready() !== 0) {
            this.enqueue(item);
        }
    }

    forget(item) {
        item.removed = true;
        item.description.waiters.remove(item);
        const others = item.description.epollItems;
        others.splice(others.indexOf(item), 1);
        const items = this.items.get(item.fd);
        if (items !== undefined) {
            const at = items.indexOf(item);
            if (at >= 0) {
                items.splice(at, 1);
            }
            if (items.length === 0) {
                this.items.delete(item.fd);
            }
        }
    }

    enqueue(item) {
        if (!item.queued) {
            item.queued = true;
            this.queue.push(item);
        }
        if (this.waiters.list.length > 0) {
            this.waiters.notify(POLL_READABLE);
        }
    }

    /**
     * Writes the events that are ready now.
     * @returns {number} how many
     */
    collect(memory, at, limit) {
        const { view } = memory;
        const queue = this.queue;
        let count = 0;
        // Whatever stays ready goes to the end, so that with a small `limit` every descriptor gets its turn.
        for (let left = queue.length; left > 0 && count < limit; left--) {
            const item = queue.shift();
            item.queued = false;
            if (item.removed) {
                continue;
            }
            const events = item.ready();
            if (events === 0) {
                continue;
            }
            const event = at + count * epollEventSize;
            view.setUint32(event, events, true);
            view.setUint32(event + 8, item.dataLow, true);
            view.setUint32(event + 12, item.dataHigh, true);
            count++;
            if ((item.interest & EPOLLONESHOT) !== 0) {
                item.events = 0;
            } else if ((item.interest & EPOLLET) === 0) {
                item.queued = true;
                queue.push(item);
            }
        }
        return count;
    }

    poll() {
        const queue = this.queue;
        while (queue.length > 0) {
            if (!queue[0].removed && queue[0].ready() !== 0) {
                return POLL_READABLE;
            }
            queue.shift().queued = false;
        }
        return 0;
    }

    close() {
        for (const items of [...this.items.values()]) {
            for (const item of [...items]) {
                this.forget(item);
            }
        }
        this.waiters.notify(POLLNVAL);
        return 0;
    }
}
