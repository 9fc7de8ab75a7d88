// The page's (and Node's) way into the loopback network: a connection to a port on which the guest listens, as a pair of
// web streams with backpressure in both directions.

import { EAGAIN } from './errno.mjs';
import {
    AF_INET, AF_INET6, POLLERR, POLLHUP, POLLNVAL, POLLRDHUP, POLL_READABLE, POLL_WRITABLE, SHUT_WR,
} from './constants.mjs';
import { StreamSocket } from './stream-socket.mjs';

const hostChunk = 65536;
const hostEvents = POLL_READABLE | POLL_WRITABLE | POLLERR | POLLHUP | POLLNVAL | POLLRDHUP;

/** A connection that could not be made, or that broke; `errno` is the guest's error number. */
export class ConnectionError extends Error {
    constructor(message, errno) {
        super(message);
        this.name = 'ConnectionError';
        this.errno = errno;
    }
}

/** Waits for a change of a socket's state, as a promise. */
class HostWatch {
    constructor(socket) {
        this.events = hostEvents;
        this.waiting = [];
        socket.waiters.add(this);
    }

    fire() {
        const waiting = this.waiting;
        this.waiting = [];
        for (const resolve of waiting) {
            resolve();
        }
        return true;
    }

    change() {
        return new Promise((resolve) => {
            this.waiting.push(resolve);
        });
    }
}

/**
 * @param {object} machine
 * @param {number} port
 * @param {{host?: string}} [how] the address to connect to; default 127.0.0.1, then ::1
 * @returns {Promise<{readable: ReadableStream, writable: WritableStream, closed: Promise<void>, quiet: boolean, abort(): void}>}
 */
export async function connectFromHost(machine, port, how = {}) {
    const hosts = how.host === undefined ? ['127.0.0.1', '::1'] : [how.host];
    let failed = 0;
    for (const host of hosts) {
        const family = host.includes(':') ? AF_INET6 : AF_INET;
        const socket = new StreamSocket(machine, family, 6, 0);
        socket.references = 1;
        const watch = new HostWatch(socket);
        const address = { family, host, port, flow: 0, scope: 0 };
        machine.network.outside.add(socket);
        failed = socket.connect(null, address);
        while (failed === -EAGAIN) {
            await watch.change();
            failed = socket.connect(null, address);
        }
        if (failed === 0) {
            return streamsOf(machine, socket, watch);
        }
        socket.close();
    }
    throw new ConnectionError(`nothing listens on port ${port}`, -failed);
}

/**
 * The same without waiting, for whoever acts only while the program stands still.
 * @returns {{send(bytes: Uint8Array): number, receive(): Uint8Array, ended: boolean, close(): void} | null} null: refused
 */
export function openFromHost(machine, port) {
    const socket = new StreamSocket(machine, AF_INET, 6, 0);
    socket.references = 1;
    if (socket.connect(null, { family: AF_INET, host: '127.0.0.1', port, flow: 0, scope: 0 }) !== 0) {
        socket.close();
        return null;
    }
    let ended = false;
    return {
        /** @returns {number} how many bytes there was room for */
        send: (bytes) => Math.max(0, socket.send(bytes, 0, bytes.length, 0, null)),
        receive() {
            const buffer = new Uint8Array(Math.max(1, socket.available));
            const count = socket.receive(buffer, 0, buffer.length, 0);
            ended = count === 0 || (count < 0 && count !== -EAGAIN);
            return buffer.subarray(0, Math.max(0, count));
        },
        get ended() {
            return ended;
        },
        close: () => socket.close(),
    };
}

function streamsOf(machine, socket, watch) {
    let finish;
    const closed = new Promise((resolve) => {
        finish = resolve;
    });
    let open = 2;

    /** One direction is done; after both, so is the connection. */
    function done() {
        if (--open === 0) {
            end();
        }
    }

    function end() {
        open = 0;
        machine.network.outside.delete(socket);
        socket.close();
        finish();
    }

    const readable = new ReadableStream({
        async pull(controller) {
            for (;;) {
                const buffer = new Uint8Array(Math.max(1, Math.min(hostChunk, socket.available)));
                const count = open === 0 ? 0 : socket.receive(buffer, 0, buffer.length, 0);
                if (count > 0) {
                    controller.enqueue(buffer.subarray(0, count));
                    return;
                }
                if (count === 0) {
                    controller.close();
                    done();
                    return;
                }
                if (count !== -EAGAIN) {
                    controller.error(new ConnectionError('the connection was reset', -count));
                    end();
                    return;
                }
                await watch.change();
            }
        },

        cancel() {
            if (open > 0) {
                end();
            }
        },
    }, { highWaterMark: 0 });

    const writable = new WritableStream({
        async write(chunk, controller) {
            const bytes = chunk instanceof Uint8Array ? chunk : new Uint8Array(chunk);
            for (let at = 0; at < bytes.length;) {
                const count = open === 0 ? -1 : socket.send(bytes, at, bytes.length - at, 0, null);
                if (count === -EAGAIN) {
                    await watch.change();
                } else if (count < 0) {
                    controller.error(new ConnectionError('the other side closed the connection', -count));
                    return;
                } else {
                    at += count;
                }
            }
        },

        close() {
            if (open > 0) {
                socket.shutdown(SHUT_WR);
                done();
            }
        },

        abort() {
            if (open > 0) {
                socket.linger = 0;
                end();
            }
        },
    });

    return {
        readable,
        writable,
        closed,
        /** Nothing has come that was not read, not even the end: the other side waits for more to be sent. */
        get quiet() {
            return open === 2 && (socket.poll() & ~POLL_WRITABLE) === 0;
        },
        abort() {
            if (open > 0) {
                socket.linger = 0;
                end();
            }
        },
    };
}
