// Datagram sockets: UDP over the loopback, Unix datagrams and their pairs.
//
// Each socket has a queue of messages with their senders. UDP drops what does not fit, as networks do; a Unix socket
// makes the sender wait. A UDP datagram to a port where nobody listens comes back to a connected sender as ECONNREFUSED.

import {
    EACCES, EAGAIN, ECONNREFUSED, ECONNRESET, EDESTADDRREQ, EINVAL, EMSGSIZE, ENETUNREACH, ENOTCONN,
    EOPNOTSUPP, EPERM, EPIPE, EPROTOTYPE,
} from './errno.mjs';
import {
    AF_INET6, AF_UNIX, AF_UNSPEC, IPPROTO_IPV6, IPV6_TCLASS, IPV6_UNICAST_HOPS, MSG_OOB, MSG_PEEK, MSG_TRUNC, POLLERR, POLLHUP, POLLNVAL, POLLRDHUP, POLL_READABLE,
    POLL_WRITABLE, SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST,
} from './constants.mjs';
import { copyBytes } from './byte-queue.mjs';
import { releaseDescription } from './descriptor.mjs';
import { addressFor, Socket } from './socket.mjs';
import { unmapIPv4 } from './socket-address.mjs';

const datagramMax = 65507;
const datagramUnixMax = 212960;
const datagramOverhead = 256;

/** A datagram socket. */
export class DatagramSocket extends Socket {
    constructor(machine, family, protocol, flags) {
        super(machine, family, SOCK_DGRAM, protocol, flags);
        this.ports = machine.network.udp;
        /** Messages that came: {bytes, from, descriptions}. */
        this.messages = [];
        this.size = 0;
        /** A Unix socket's connected partner. */
        this.peer = null;
        /** Senders that wait for room here. */
        this.blocked = null;
        /** Where this socket's last datagram did not fit. */
        this.stalled = null;
        /** Of the message received last: who sent it, its whole length. */
        this.sender = null;
        this.fullLength = 0;
        /** Header fields of IPv6: of the message received last, and what sendmsg says for the next one. */
        this.hopLimit = 0;
        this.trafficClass = 0;
        this.nextHopLimit = -1;
        this.nextTrafficClass = -1;
        this.closed = false;
        this.whole = true;
    }

    connect(process, address) {
        if (address.family === AF_UNSPEC) {
            this.remote = null;
            this.peer = null;
            return 0;
        }
        let failed = this.checkDestination(address);
        if (failed < 0) {
            return failed;
        }
        if (this.family === AF_UNIX) {
            const peer = this.findUnix(process, address);
            if (typeof peer === 'number') {
                return peer;
            }
            if (peer.type !== SOCK_DGRAM) {
                return -EPROTOTYPE;
            }
            if (peer.peer !== null && peer.peer !== this) {
                return -EPERM;
            }
            this.peer = peer;
            this.remote = address;
            return 0;
        }
        const target = this.normal(address);
        if (!this.reaches(target)) {
            return this.isBroadcast(address) && !this.allowsBroadcast(address) ? -EACCES : -ENETUNREACH;
        }
        failed = this.bindIfNeeded();
        if (failed < 0) {
            return failed;
        }
        this.remote = target;
        return 0;
    }

    isBroadcast(address) {
        return address.host === '255.255.255.255';
    }

    allowsBroadcast(address) {
        return this.isBroadcast(address) && this.plainOption(SOL_SOCKET, SO_BROADCAST) !== 0;
    }

    /** "Any" as a destination means this machine. */
    normal(address) {
        const host = address.host === '0.0.0.0' ? '127.0.0.1' : address.host === '::' ? '::1' : address.host;
        return host === address.host ? address : { ...address, host };
    }

    bindIfNeeded() {
        return this.local === null ? this.ports.bind(this, this.unnamed) : 0;
    }

    /** Its own address: once connected, the address from which packets leave. */
    name() {
        const { local, remote } = this;
        if (local !== null && remote !== null && this.family !== AF_UNIX
            && (local.host === '0.0.0.0' || local.host === '::')) {
            return { ...local, host: this.sourceHost(remote) };
        }
        return super.name();
    }

    sourceHost(target) {
        if (this.local.host !== '0.0.0.0' && this.local.host !== '::') {
            return this.local.host;
        }
        return this.family === AF_INET6 ? (unmapIPv4(target.host) === null ? '::1' : '::ffff:127.0.0.1') : '127.0.0.1';
    }

    send(u8, at, count, flags, address, descriptions = null, process = null) {
        if (this.error !== 0) {
            return -this.takeError();
        }
        if (this.writeShut) {
            return -EPIPE;
        }
        if ((flags & MSG_OOB) !== 0) {
            return -EOPNOTSUPP;
        }
        const target = this.family === AF_UNIX ? this.unixTarget(process, address) : this.udpTarget(address, count);
        if (target === null) {
            return count;
        }
        if (typeof target === 'number') {
            return target;
        }
        if (this.family === AF_UNIX) {
            if (count > datagramUnixMax) {
                return -EMSGSIZE;
            }
            if (target.size > 0 && target.size + count + datagramOverhead > target.receiveBuffer + this.sendBuffer) {
                (target.blocked ??= new Set()).add(this);
                this.stalled = target;
                return -EAGAIN;
            }
        } else if (target.size + count + datagramOverhead > target.receiveBuffer + this.sendBuffer) {
            return count;
        }
        target.messages.push({
            bytes: u8.slice(at, at + count),
            from: this.source(address ?? this.remote),
            descriptions,
            hopLimit: this.headerField(this.nextHopLimit, IPV6_UNICAST_HOPS, 64),
            trafficClass: this.headerField(this.nextTrafficClass, IPV6_TCLASS, 0),
        });
        target.size += count + datagramOverhead;
        target.waiters.notify(POLL_READABLE);
        return count;
    }

    headerField(next, option, otherwise) {
        const value = next >= 0 || this.family !== AF_INET6 ? next : this.plainOption(IPPROTO_IPV6, option);
        return value >= 0 ? value : otherwise;
    }

    source(target) {
        if (this.family === AF_UNIX) {
            return this.local ?? this.unnamed;
        }
        return { family: this.family, host: this.sourceHost(this.normal(target)), port: this.local.port };
    }

    unixTarget(process, address) {
        if (address === null) {
            if (this.peer === null) {
                return this.remote === null ? -ENOTCONN : -ECONNREFUSED;
            }
            if (this.peer.closed) {
                return this.peer.local === null ? -ECONNRESET : -ECONNREFUSED;
            }
            return this.peer.readShut ? -EPIPE : this.peer;
        }
        if (address.family !== AF_UNIX) {
            return -EINVAL;
        }
        const target = this.findUnix(process, address);
        if (typeof target === 'number') {
            return target;
        }
        if (target.type !== SOCK_DGRAM) {
            return -EPROTOTYPE;
        }
        return target.peer !== null && target.peer !== this ? -EPERM : target;
    }

    /** @returns {DatagramSocket | null | number} null: the datagram is lost */
    udpTarget(address, count) {
        if (address === null && this.remote === null) {
            return -EDESTADDRREQ;
        }
        if (address !== null) {
            const failed = this.checkDestination(address);
            if (failed < 0) {
                return failed;
            }
            if (address.port === 0) {
                return -EINVAL;
            }
        }
        if (count > datagramMax) {
            return -EMSGSIZE;
        }
        const destination = this.normal(address ?? this.remote);
        if (!this.reaches(destination)) {
            return this.isBroadcast(destination) && !this.allowsBroadcast(destination) ? -EACCES : -ENETUNREACH;
        }
        const failed = this.bindIfNeeded();
        if (failed < 0) {
            return failed;
        }
        const source = this.source(destination);
        const target = this.ports.find(destination.host, destination.port, (socket) => socket.takesFrom(source));
        if (target === null) {
            if (this.remote !== null && address === null) {
                this.error = ECONNREFUSED;
                this.waiters.notify(POLLERR | POLL_READABLE);
            }
            return null;
        }
        return target;
    }

    /** A connected UDP socket hears only its partner. */
    takesFrom(source) {
        if (this.remote === null) {
            return true;
        }
        const host = unmapIPv4(this.remote.host) ?? this.remote.host;
        return this.remote.port === source.port && host === (unmapIPv4(source.host) ?? source.host);
    }

    receive(u8, at, count, flags, passed = null) {
        if (this.error !== 0) {
            return -this.takeError();
        }
        const message = this.messages[0];
        if (message === undefined) {
            return this.readShut ? 0 : -EAGAIN;
        }
        const copied = Math.min(count, message.bytes.length);
        copyBytes(u8, at, message.bytes, 0, copied);
        this.sender = this.family === AF_UNIX ? message.from : addressFor(this.family, message.from);
        this.fullLength = message.bytes.length;
        this.hopLimit = message.hopLimit;
        this.trafficClass = message.trafficClass;
        if ((flags & MSG_PEEK) === 0) {
            this.messages.shift();
            this.size -= message.bytes.length + datagramOverhead;
            if (message.descriptions !== null) {
                if (passed === null) {
                    message.descriptions.forEach(releaseDescription);
                } else {
                    passed.push(...message.descriptions);
                }
            }
            if (this.blocked !== null) {
                const blocked = this.blocked;
                this.blocked = null;
                for (const sender of blocked) {
                    sender.waiters.notify(POLL_WRITABLE);
                }
            }
        }
        return (flags & MSG_TRUNC) !== 0 ? message.bytes.length : copied;
    }

    get available() {
        return this.messages[0]?.bytes.length ?? 0;
    }

    poll() {
        const full = this.stalled !== null && this.stalled.blocked !== null && this.stalled.blocked.has(this);
        return (this.messages.length > 0 || this.readShut || this.error !== 0 ? POLL_READABLE : 0)
            | (full ? 0 : POLL_WRITABLE)
            | (this.error !== 0 ? POLLERR : 0)
            | (this.readShut ? POLLRDHUP : 0)
            | (this.readShut && this.writeShut ? POLLHUP : 0);
    }

    shutdown(how) {
        if (how < SHUT_RD || how > SHUT_RDWR) {
            return -EINVAL;
        }
        if (this.remote === null) {
            return -ENOTCONN;
        }
        this.readShut ||= how !== SHUT_WR;
        this.writeShut ||= how !== SHUT_RD;
        this.waiters.notify(POLL_READABLE | POLL_WRITABLE | POLLRDHUP | POLLHUP);
        return 0;
    }

    peerName() {
        return this.remote ?? -ENOTCONN;
    }

    listen() {
        return -EOPNOTSUPP;
    }

    close() {
        this.closed = true;
        for (const { descriptions } of this.messages) {
            descriptions?.forEach(releaseDescription);
        }
        this.messages.length = 0;
        if (this.blocked !== null) {
            for (const sender of this.blocked) {
                sender.waiters.notify(POLL_WRITABLE | POLLERR);
            }
            this.blocked = null;
        }
        this.unbind();
        this.waiters.notify(POLLNVAL);
        return 0;
    }
}

/** socketpair */
export function makeDatagramPair(machine, process, flags) {
    const pair = [new DatagramSocket(machine, AF_UNIX, 0, flags), new DatagramSocket(machine, AF_UNIX, 0, flags)];
    pair[0].peer = pair[1];
    pair[1].peer = pair[0];
    for (const socket of pair) {
        socket.remote = socket.unnamed;
        socket.credentials = { pid: process.pid, uid: process.uid, gid: process.gid };
    }
    return pair;
}
