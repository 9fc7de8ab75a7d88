// The loopback network of the machine: who is bound to which port, and how connections find listeners.
//
// There is one interface, `lo`, with 127.0.0.0/8 and ::1. Everything else is unreachable, and says so (ENETUNREACH): the
// way out of this machine is `fetch`, not a socket.

import { EADDRINUSE, EADDRNOTAVAIL } from './errno.mjs';
import { AF_INET6 } from './constants.mjs';
import { isLocalHost, unmapIPv4 } from './socket-address.mjs';

const networkFirstEphemeral = 32768;
const networkLastEphemeral = 60999;

function isWildcard(host) {
    return host === '0.0.0.0' || host === '::';
}

/** The ports of one protocol. */
export class PortTable {
    constructor() {
        /** @type {Map<number, object[]>} sockets by port */
        this.bound = new Map();
        this.next = networkFirstEphemeral;
        this.turn = 0;
    }

    /** Do two bound addresses overlap? A wildcard IPv6 socket also receives IPv4, unless it is IPv6 only. */
    static overlap(a, b) {
        if (a.family === b.family) {
            return a.host === b.host || isWildcard(a.host) || isWildcard(b.host);
        }
        const [six, four] = a.family === AF_INET6 ? [a, b] : [b, a];
        const inner = unmapIPv4(six.host);
        if (inner !== null) {
            return inner === four.host || inner === '0.0.0.0' || isWildcard(four.host);
        }
        return six.host === '::' && !six.onlyIPv6;
    }

    /**
     * Binds `socket` to `address`, choosing a port if it is 0.
     * @returns {number} 0 or a negative error number; sets `socket.local`
     */
    bind(socket, address) {
        if (!isLocalHost(address.host)) {
            return -EADDRNOTAVAIL;
        }
        const local = { ...address, onlyIPv6: socket.onlyIPv6 };
        if (local.port === 0) {
            const port = this.freePort(local);
            if (port < 0) {
                return port;
            }
            local.port = port;
        } else if (this.conflict(socket, local)) {
            return -EADDRINUSE;
        }
        socket.local = local;
        const sockets = this.bound.get(local.port);
        if (sockets === undefined) {
            this.bound.set(local.port, [socket]);
        } else {
            sockets.push(socket);
        }
        return 0;
    }

    conflict(socket, local) {
        for (const other of this.bound.get(local.port) ?? []) {
            if (other === socket || !PortTable.overlap(local, other.local)) {
                continue;
            }
            const shared = (socket.reusePort && other.reusePort)
                || (socket.reuseAddress && other.reuseAddress && !other.listening);
            if (!shared) {
                return true;
            }
        }
        return false;
    }

    freePort(local) {
        for (let tries = networkFirstEphemeral; tries <= networkLastEphemeral; tries++) {
            const port = this.next;
            this.next = port === networkLastEphemeral ? networkFirstEphemeral : port + 1;
            const taken = this.bound.get(port)?.some((other) => PortTable.overlap(local, other.local));
            if (!taken) {
                return port;
            }
        }
        return -EADDRINUSE;
    }

    release(socket) {
        const port = socket.local?.port;
        const sockets = this.bound.get(port);
        if (sockets === undefined) {
            return;
        }
        const at = sockets.indexOf(socket);
        if (at >= 0) {
            sockets.splice(at, 1);
            if (sockets.length === 0) {
                this.bound.delete(port);
            }
        }
    }

    /**
     * The socket that gets what is sent to `host`:`port`: the most exactly bound one among those that `accepts` takes.
     * @returns {object | null}
     */
    find(host, port, accepts) {
        let best = [];
        let rank = 0;
        const inner = unmapIPv4(host);
        const wanted = inner ?? host;
        for (const socket of this.bound.get(port) ?? []) {
            const { local } = socket;
            const bound = unmapIPv4(local.host) ?? local.host;
            let match = 0;
            if (bound === wanted) {
                match = 3;
            } else if (isWildcard(bound) && bound.includes(':') === wanted.includes(':')) {
                match = 2;
            } else if (bound === '::' && !wanted.includes(':') && !socket.onlyIPv6) {
                match = 1;
            }
            if (match === 0 || match < rank || !accepts(socket)) {
                continue;
            }
            if (match > rank) {
                rank = match;
                best = [];
            }
            best.push(socket);
        }
        return best.length === 0 ? null : best[this.turn++ % best.length];
    }
}

/** All that sockets of one machine share. */
export class Network {
    constructor(machine) {
        this.machine = machine;
        this.tcp = new PortTable();
        this.udp = new PortTable();
        /** Unix sockets with abstract names. */
        this.abstract = new Map();
        this.listenHooks = [];
        /** TCP sockets that listen. */
        this.listening = new Set();
        /** Connections that reach out of the machine (the page's). */
        this.outside = new Set();
    }

    /** Tells those who asked (the host, which wants to know the port that the app serves). */
    announce(socket, listening) {
        if (listening) {
            this.listening.add(socket);
        } else {
            this.listening.delete(socket);
        }
        for (const hook of this.listenHooks) {
            hook({ port: socket.local.port, address: socket.local.host, listening });
        }
    }
}
