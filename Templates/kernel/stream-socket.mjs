// Stream sockets: TCP over the loopback, Unix streams, socket pairs.
//
// A connection is two sockets that know each other; each owns the queue of bytes that come to it:
//
//     client.send → server.queue → server.receive        server.send → client.queue → client.receive
//
// There is no wire, so connecting, ending and resetting take effect at once. What of TCP a program can notice is kept:
// backlog, half-close, end of file after the last byte, reset when unread data is thrown away, EPIPE after that.

import {
    EAGAIN, EALREADY, ECONNREFUSED, ECONNRESET, EINVAL, EISCONN, ENETUNREACH, ENOTCONN, EOPNOTSUPP,
    EPIPE, EPROTOTYPE,
} from './errno.mjs';
import {
    AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, MSG_OOB, MSG_PEEK, POLLERR, POLLHUP, POLLNVAL, POLLRDHUP, POLL_READABLE,
    POLL_WRITABLE, SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_STREAM,
} from './constants.mjs';
import { ByteQueue } from './byte-queue.mjs';
import { releaseDescription } from './descriptor.mjs';
import { addressFor, Socket } from './socket.mjs';
import { unmapIPv4 } from './socket-address.mjs';

const streamFresh = 0;
const streamListening = 1;
const streamConnecting = 2;
const streamConnected = 3;
const streamBacklogMax = 4096;

/** A stream socket in any of its states. */
export class StreamSocket extends Socket {
    constructor(machine, family, protocol, flags) {
        super(machine, family, SOCK_STREAM, protocol, flags);
        this.ports = machine.network.tcp;
        this.state = streamFresh;
        /** Bytes that came and were not read. */
        this.queue = null;
        /** The socket at the other end, until that is closed. */
        this.peer = null;
        /** The other end sends no more. */
        this.ended = false;
        /** A connection that was made later is not yet known to the caller of connect. */
        this.unreported = false;
        /** Descriptors on their way (SCM_RIGHTS): [{at, descriptions}], `at` counts all bytes that ever came. */
        this.passing = null;
        /** The other side was closed and has had a write since. */
        this.refused = false;
        /** The connection was reset, whether or not somebody has seen the error yet. */
        this.wasReset = false;
        this.backlog = 0;
        this.pending = null;
        this.waitingConnects = null;
    }

    // Listening

    listen(process, backlog) {
        if (this.state === streamConnected || this.state === streamConnecting) {
            return -EINVAL;
        }
        if (this.local === null) {
            if (this.family === AF_UNIX) {
                return -EINVAL;
            }
            const failed = this.bind(process, this.unnamed);
            if (failed < 0) {
                return failed;
            }
        }
        this.backlog = Math.min(backlog < 0 ? streamBacklogMax : backlog, streamBacklogMax);
        if (this.state !== streamListening) {
            this.state = streamListening;
            this.listening = true;
            this.pending = [];
            this.waitingConnects = [];
            this.credentials = { pid: process.pid, uid: process.uid, gid: process.gid };
            if (this.family !== AF_UNIX) {
                this.machine.network.announce(this, true);
            }
        }
        return 0;
    }

    /** @returns {StreamSocket | number} the oldest connection that waits, or -EAGAIN */
    accept() {
        if (this.state !== streamListening) {
            return -EINVAL;
        }
        const socket = this.pending.shift();
        if (socket === undefined) {
            return -EAGAIN;
        }
        while (this.waitingConnects.length > 0 && this.pending.length <= this.backlog) {
            this.establish(this.waitingConnects.shift());
        }
        return socket;
    }

    /** Makes the server's half of a connection and lets it wait for accept. */
    establish(client) {
        const server = new StreamSocket(this.machine, this.family, this.protocol, 0);
        server.inherited = true;
        server.onlyIPv6 = this.onlyIPv6;
        server.options = this.options === null ? null : new Map(this.options);
        server.sendBuffer = this.sendBuffer;
        server.receiveBuffer = this.receiveBuffer;
        server.linger = this.linger;
        if (this.family === AF_UNIX) {
            server.local = this.local;
            server.remote = client.local ?? client.unnamed;
            client.remote = this.local;
        } else {
            const inner = (address) => addressFor(AF_INET, address);
            server.local = addressFor(this.family, inner(client.remote));
            server.remote = addressFor(this.family, inner(client.local));
        }
        client.credentials = this.credentials;
        client.unreported = client.state === streamConnecting;
        connectStreams(client, server);
        this.pending.push(server);
        this.waiters.notify(POLL_READABLE);
        client.waiters.notify(POLL_WRITABLE);
    }

    // Connecting

    connect(process, address) {
        if (address.family === AF_UNSPEC) {
            return this.disconnect();
        }
        switch (this.state) {
            case streamListening:
                return this.family === AF_UNIX ? -EINVAL : -EISCONN;
            case streamConnecting:
                return this.error !== 0 ? -this.takeError() : this.nonblocking ? -EALREADY : -EAGAIN;
            case streamConnected:
                if (this.unreported) {
                    this.unreported = false;
                    return 0;
                }
                return -EISCONN;
            default:
        }
        const failed = this.checkDestination(address);
        if (failed < 0) {
            return failed;
        }
        const listener = this.family === AF_UNIX ? this.findUnix(process, address) : this.findListener(process, address);
        if (typeof listener === 'number') {
            return listener;
        }
        if (listener.type !== SOCK_STREAM) {
            return -EPROTOTYPE;
        }
        if (listener.state !== streamListening) {
            return -ECONNREFUSED;
        }
        if (process !== null) {
            this.credentials = { pid: process.pid, uid: process.uid, gid: process.gid };
        }
        if (listener.pending.length > listener.backlog) {
            this.state = streamConnecting;
            this.target = listener;
            listener.waitingConnects.push(this);
            return -EAGAIN;
        }
        listener.establish(this);
        return 0;
    }

    /** Finds who listens there, and gives this socket its addresses. */
    findListener(process, address) {
        let host = address.host;
        if (host === '0.0.0.0') {
            host = '127.0.0.1';
        } else if (host === '::') {
            host = '::1';
        }
        if (!this.reaches({ host })) {
            return -ENETUNREACH;
        }
        const mapped = unmapIPv4(host);
        if (mapped !== null && this.onlyIPv6) {
            return -ENETUNREACH;
        }
        const listener = this.ports.find(host, address.port, (socket) => socket.listening);
        if (listener === null) {
            return -ECONNREFUSED;
        }
        const source = this.family === AF_INET6 ? (mapped === null ? '::1' : '::ffff:127.0.0.1') : '127.0.0.1';
        if (this.local === null) {
            const failed = this.ports.bind(this, { ...this.unnamed, host: source });
            if (failed < 0) {
                return failed;
            }
        } else if (this.local.host === '0.0.0.0' || this.local.host === '::') {
            this.local = { ...this.local, host: source };
        }
        this.remote = { ...address, host };
        return listener;
    }

    /** connect to AF_UNSPEC: back to a fresh socket. */
    disconnect() {
        if (this.state === streamListening || this.family === AF_UNIX) {
            return -EINVAL;
        }
        this.leave(true);
        this.state = streamFresh;
        this.remote = null;
        this.readShut = false;
        this.writeShut = false;
        return 0;
    }

    peerName() {
        return this.state === streamConnected ? this.remote : -ENOTCONN;
    }

    // Bytes

    /** Sends `count` bytes, or as many as fit; with `descriptions`, passes those along with the first byte. */
    send(u8, at, count, flags, address, descriptions = null) {
        if (this.error !== 0) {
            return -this.takeError();
        }
        if ((flags & MSG_OOB) !== 0) {
            return -EOPNOTSUPP;
        }
        if (address !== null && this.family === AF_UNIX) {
            return this.state === streamConnected ? -EISCONN : -EOPNOTSUPP;
        }
        if (this.state === streamConnecting) {
            return -EAGAIN;
        }
        if (this.state !== streamConnected) {
            return this.family === AF_UNIX ? -ENOTCONN : -EPIPE;
        }
        const peer = this.peer;
        if (this.writeShut) {
            return -EPIPE;
        }
        if (peer === null) {
            return this.sendIntoTheVoid(count);
        }
        if (peer.readShut) {
            return this.family === AF_UNIX ? -EPIPE : count;
        }
        if (descriptions !== null && count > 0 && peer.queue.space > 0) {
            (peer.passing ??= []).push({ at: peer.queue.taken + peer.queue.length, descriptions });
        }
        const put = peer.queue.put(u8, at, count);
        if (put === 0) {
            return count === 0 ? 0 : -EAGAIN;
        }
        if (peer.waiters.list.length > 0) {
            peer.waiters.notify(POLL_READABLE);
        }
        return put;
    }

    /**
     * The other side is closed. TCP learns that from the answer to its next segment only: the first write after the
     * end of input still succeeds, and is lost; the second fails.
     */
    sendIntoTheVoid(count) {
        if (this.family === AF_UNIX || this.refused || this.wasReset) {
            return -EPIPE;
        }
        this.refused = true;
        this.waiters.notify(POLLERR | POLLHUP | POLL_READABLE | POLL_WRITABLE);
        return count;
    }

    /**
     * Receives up to `count` bytes. `passed`, an array, gets the descriptions that came with them; without it they are
     * closed, as recv does.
     */
    receive(u8, at, count, flags, passed = null) {
        const queue = this.queue;
        if ((flags & MSG_OOB) !== 0) {
            return -EINVAL;
        }
        if (queue === null) {
            return this.error !== 0 ? -this.takeError() : this.state === streamConnecting ? -EAGAIN
                : this.family === AF_UNIX ? -EINVAL : -ENOTCONN;
        }
        if (queue.length === 0) {
            if (count === 0) {
                return 0;
            }
            if (this.error !== 0) {
                return -this.takeError();
            }
            return this.ended || this.readShut ? 0 : -EAGAIN;
        }
        if (this.passing !== null) {
            count = this.takePassed(count, flags, passed);
        }
        if ((flags & MSG_PEEK) !== 0) {
            return queue.peek(u8, at, count);
        }
        const taken = queue.take(u8, at, count);
        const peer = this.peer;
        if (peer !== null && peer.waiters.list.length > 0 && queue.space * 4 >= queue.limit) {
            peer.waiters.notify(POLL_WRITABLE);
        }
        return taken;
    }

    /** Descriptors stay with their byte: one receive never reads past the next batch of them. */
    takePassed(count, flags, passed) {
        const position = this.queue.taken;
        const [first] = this.passing;
        if (first.at > position) {
            return Math.min(count, first.at - position);
        }
        if ((flags & MSG_PEEK) === 0) {
            this.passing.shift();
            if (passed === null) {
                first.descriptions.forEach(releaseDescription);
            } else {
                passed.push(...first.descriptions);
            }
        }
        const next = this.passing[(flags & MSG_PEEK) === 0 ? 0 : 1];
        if (this.passing.length === 0) {
            this.passing = null;
        }
        return next === undefined ? count : Math.min(count, next.at - position);
    }

    get available() {
        return this.queue?.length ?? 0;
    }

    resizeBuffers() {
        if (this.queue !== null) {
            this.queue.limit = this.receiveBuffer + (this.peer?.sendBuffer ?? 0);
        }
        if (this.peer !== null && this.peer.queue !== null) {
            this.peer.queue.limit = this.peer.receiveBuffer + this.sendBuffer;
        }
    }

    poll() {
        switch (this.state) {
            case streamListening:
                return this.pending.length > 0 ? POLL_READABLE : 0;
            case streamConnecting:
                return this.error !== 0 ? POLLERR | POLLHUP | POLL_READABLE | POLL_WRITABLE : 0;
            case streamFresh:
                return POLLHUP | POLL_WRITABLE;
            default:
        }
        const peer = this.peer;
        let mask = 0;
        if (this.queue.length > 0 || this.ended || this.readShut || this.error !== 0) {
            mask |= POLL_READABLE;
        }
        if (this.ended || this.readShut) {
            mask |= POLLRDHUP;
        }
        if (peer === null || this.writeShut || peer.readShut || peer.queue.space * 4 >= peer.queue.limit) {
            mask |= POLL_WRITABLE;
        }
        if (this.error !== 0 || this.refused) {
            mask |= POLLERR | POLLHUP;
        }
        if ((this.ended && this.writeShut) || (this.readShut && this.writeShut)
            || (peer === null && this.family === AF_UNIX)) {
            mask |= POLLHUP;
        }
        return mask;
    }

    // Ending

    shutdown(how) {
        if (how < SHUT_RD || how > SHUT_RDWR) {
            return -EINVAL;
        }
        if (this.state === streamListening && this.family !== AF_UNIX) {
            if (how !== SHUT_WR) {
                this.stopListening();
                this.state = streamFresh;
            }
            return 0;
        }
        if (this.state !== streamConnected) {
            return -ENOTCONN;
        }
        if (how !== SHUT_WR) {
            this.readShut = true;
        }
        if (how !== SHUT_RD && !this.writeShut) {
            this.writeShut = true;
            this.peer?.endInput();
        }
        this.waiters.notify(POLL_READABLE | POLL_WRITABLE | POLLRDHUP | POLLHUP);
        return 0;
    }

    /** The other end sends no more. */
    endInput() {
        this.ended = true;
        this.waiters.notify(POLL_READABLE | POLLRDHUP | (this.writeShut ? POLLHUP : 0));
    }

    /** The connection is broken off. */
    reset() {
        this.error = ECONNRESET;
        this.wasReset = true;
        this.ended = true;
        this.waiters.notify(POLL_READABLE | POLL_WRITABLE | POLLERR | POLLHUP | POLLRDHUP);
    }

    stopListening() {
        this.listening = false;
        if (this.family !== AF_UNIX) {
            this.machine.network.announce(this, false);
        }
        for (const server of this.pending.splice(0)) {
            server.leave(true);
        }
        for (const client of this.waitingConnects.splice(0)) {
            client.error = ECONNREFUSED;
            client.waiters.notify(POLLERR | POLLHUP | POLL_READABLE | POLL_WRITABLE);
        }
        this.waiters.notify(POLL_READABLE | POLLHUP);
    }

    /** Ends the connection from this side; `hard` resets it. */
    leave(hard) {
        const peer = this.peer;
        if (this.state === streamConnecting) {
            const at = this.target.waitingConnects?.indexOf(this) ?? -1;
            if (at >= 0) {
                this.target.waitingConnects.splice(at, 1);
            }
        }
        if (this.passing !== null) {
            for (const { descriptions } of this.passing) {
                descriptions.forEach(releaseDescription);
            }
            this.passing = null;
        }
        this.peer = null;
        if (peer !== null) {
            peer.peer = null;
            if (hard || this.queue.length > 0 || this.linger === 0) {
                peer.reset();
            } else {
                peer.ended = true;
                peer.waiters.notify(POLL_READABLE | POLL_WRITABLE | POLLRDHUP | POLLHUP);
            }
        }
        this.queue = null;
    }

    close() {
        if (this.state === streamListening) {
            this.stopListening();
        } else {
            this.leave(false);
        }
        this.unbind();
        this.state = streamFresh;
        this.machine.network.outside.delete(this);
        this.waiters.notify(POLLNVAL);
        return 0;
    }

    get tcpState() {
        switch (this.state) {
            case streamListening: return 10;
            case streamConnecting: return 2;
            case streamConnected: return this.ended ? 8 : this.writeShut ? 5 : 1;
            default: return 7;
        }
    }
}

/** Joins two fresh sockets. */
export function connectStreams(a, b) {
    a.peer = b;
    b.peer = a;
    a.queue = new ByteQueue(a.receiveBuffer + b.sendBuffer);
    b.queue = new ByteQueue(b.receiveBuffer + a.sendBuffer);
    a.ended = b.ended = false;
    a.state = b.state = streamConnected;
}

/** socketpair */
export function makeStreamPair(machine, process, flags) {
    const pair = [new StreamSocket(machine, AF_UNIX, 0, flags), new StreamSocket(machine, AF_UNIX, 0, flags)];
    connectStreams(pair[0], pair[1]);
    for (const socket of pair) {
        socket.remote = socket.unnamed;
        socket.credentials = { pid: process.pid, uid: process.uid, gid: process.gid };
    }
    return pair;
}
