// What all sockets have in common: addresses, options, pending error, timeouts.

import {
    EADDRINUSE, EAFNOSUPPORT, ECONNREFUSED, EDOM, EFAULT, EINVAL, ENODEV, ENOPROTOOPT, ENOTCONN, EOPNOTSUPP,
} from './errno.mjs';
import {
    AF_INET, AF_INET6, AF_UNIX, IP_BIND_ADDRESS_NO_PORT, IP_MULTICAST_LOOP, IP_MULTICAST_TTL, IP_TOS, IP_TTL,
    IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_TCLASS,
    IPV6_UNICAST_HOPS,
    IPV6_V6ONLY, O_NONBLOCK, O_RDWR, SIOCATMARK, SIOCGIFINDEX, SIOCGIFNAME, FIONREAD, SO_ACCEPTCONN, SO_BROADCAST, SO_DEBUG, SO_DOMAIN,
    SO_DONTROUTE, SO_ERROR, SO_INCOMING_CPU, SO_KEEPALIVE, SO_LINGER, SO_OOBINLINE, SO_PASSCRED, SO_PEERCRED,
    SO_PRIORITY, SO_PROTOCOL, SO_RCVBUF, SO_RCVLOWAT, SO_RCVTIMEO, SO_REUSEADDR, SO_REUSEPORT, SO_SNDBUF, SO_SNDLOWAT,
    SO_SNDTIMEO, SO_TYPE, SOCK_STREAM, SOL_SOCKET, S_IFSOCK, TCP_CONGESTION, TCP_CORK, TCP_DEFER_ACCEPT, TCP_FASTOPEN,
    TCP_INFO, TCP_KEEPCNT, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_LINGER2, TCP_MAXSEG, TCP_NODELAY, TCP_NOTSENT_LOWAT,
    TCP_QUICKACK, TCP_USER_TIMEOUT,
} from './constants.mjs';
import { Description } from './descriptor.mjs';
import { AnonymousInode } from './inode.mjs';
import { inBounds, readInt64, readText, writeInt64, writeText } from './guest-memory.mjs';
import { isLocalHost, unmapIPv4 } from './socket-address.mjs';
import { Waiters } from './waiters.mjs';

/** Bytes that one side may have on the way when nobody set SO_SNDBUF and SO_RCVBUF. */
export const SOCKET_BUFFER = 131072;
const socketBufferMin = 2304;
const socketBufferMax = 8388608;

/** Options that are remembered and given back, with what they are before anybody sets them. */
const socketPlainOptions = new Map([
    [SOL_SOCKET, new Map([
        [SO_DEBUG, 0], [SO_REUSEADDR, 0], [SO_DONTROUTE, 0], [SO_BROADCAST, 0], [SO_KEEPALIVE, 0], [SO_OOBINLINE, 0],
        [SO_PRIORITY, 0], [SO_REUSEPORT, 0], [SO_PASSCRED, 0], [SO_RCVLOWAT, 1], [SO_SNDLOWAT, 1],
        [SO_INCOMING_CPU, 0],
    ])],
    [IPPROTO_TCP, new Map([
        [TCP_NODELAY, 0], [TCP_MAXSEG, 65483], [TCP_CORK, 0], [TCP_KEEPIDLE, 7200], [TCP_KEEPINTVL, 75],
        [TCP_KEEPCNT, 9], [TCP_LINGER2, 60], [TCP_DEFER_ACCEPT, 0], [TCP_QUICKACK, 1], [TCP_USER_TIMEOUT, 0],
        [TCP_FASTOPEN, 0], [TCP_NOTSENT_LOWAT, -1],
    ])],
    [IPPROTO_IP, new Map([
        [IP_TOS, 0], [IP_TTL, 64], [IP_MULTICAST_TTL, 1], [IP_MULTICAST_LOOP, 1], [IP_BIND_ADDRESS_NO_PORT, 0],
    ])],
    [IPPROTO_IPV6, new Map([
        [IPV6_UNICAST_HOPS, 64], [IPV6_MULTICAST_HOPS, 1], [IPV6_MULTICAST_LOOP, 1], [IPV6_TCLASS, 0],
        [IPV6_RECVHOPLIMIT, 0], [IPV6_RECVTCLASS, 0],
    ])],
]);

/** The base of stream and datagram sockets. */
export class Socket extends Description {
    constructor(machine, family, type, protocol, flags) {
        super(O_RDWR | (flags & O_NONBLOCK), new AnonymousInode(machine, S_IFSOCK | 0o777, machine.socketDevice));
        this.machine = machine;
        this.family = family;
        this.type = type;
        this.protocol = protocol;
        this.waiters = new Waiters();
        /** Its own address and the other side's, once it has them. */
        this.local = null;
        this.remote = null;
        this.error = 0;
        this.options = null;
        this.reuseAddress = false;
        this.reusePort = false;
        this.onlyIPv6 = false;
        this.linger = -1;
        this.sendBuffer = SOCKET_BUFFER;
        this.receiveBuffer = SOCKET_BUFFER;
        /** Milliseconds, -1 = none. */
        this.receiveTimeout = -1;
        this.sendTimeout = -1;
        this.listening = false;
        /** Its local address is the listener's, and not its own to give back. */
        this.inherited = false;
        this.readShut = false;
        this.writeShut = false;
        this.boundInode = null;
        this.credentials = null;
    }

    socket() {
        return this;
    }

    read(u8, at, count) {
        return this.receive(u8, at, count, 0);
    }

    write(u8, at, count) {
        return this.send(u8, at, count, 0, null);
    }

    /** Takes the pending error, once. */
    takeError() {
        const error = this.error;
        this.error = 0;
        return error;
    }

    get unnamed() {
        if (this.family === AF_UNIX) {
            return { family: AF_UNIX, path: '' };
        }
        return { family: this.family, host: this.family === AF_INET6 ? '::' : '0.0.0.0', port: 0 };
    }

    /** Is there a network to this address's host? */
    reaches(address) {
        return isLocalHost(address.host);
    }

    /** Binds to a port or to a name in the file system. */
    bind(process, address) {
        if (this.local !== null) {
            return -EINVAL;
        }
        if (address.family !== this.family) {
            return this.family === AF_UNIX ? -EINVAL : -EAFNOSUPPORT;
        }
        if (this.family !== AF_UNIX) {
            return this.ports.bind(this, address);
        }
        if (address.path === '' && !address.empty) {
            address = { family: AF_UNIX, path: '\0' + (this.machine.nextAbstract++).toString(16).padStart(5, '0') };
        }
        if (address.path.charCodeAt(0) === 0) {
            const names = this.machine.network.abstract;
            if (names.has(address.path)) {
                return -EADDRINUSE;
            }
            names.set(address.path, this);
        } else {
            const failed = process.files.bindSocket(process, address.path, this);
            if (failed < 0) {
                return failed;
            }
        }
        this.local = address;
        return 0;
    }

    /** The Unix socket that has this name, or a negative error number. */
    findUnix(process, address) {
        if (address.path.charCodeAt(0) === 0) {
            return this.machine.network.abstract.get(address.path) ?? -ECONNREFUSED;
        }
        return process.files.findSocket(process, address.path);
    }

    /** The name is free again. */
    unbind() {
        if (this.local === null || this.inherited) {
            return;
        }
        if (this.family !== AF_UNIX) {
            this.ports.release(this);
        } else if (this.local.path.charCodeAt(0) === 0) {
            this.machine.network.abstract.delete(this.local.path);
        } else if (this.boundInode !== null) {
            this.boundInode.socket = null;
        }
    }

    listen() {
        return -EOPNOTSUPP;
    }

    accept() {
        return -EOPNOTSUPP;
    }

    /** @returns {object | number} its own address */
    name() {
        return this.local ?? this.unnamed;
    }

    peerName() {
        return this.remote ?? -ENOTCONN;
    }

    ioctl(process, request, argument) {
        if (!inBounds(process.memory, argument, 4)) {
            return -EFAULT;
        }
        if (request === FIONREAD) {
            process.memory.view.setInt32(argument, this.available, true);
            return 0;
        }
        if (request === SIOCGIFINDEX || request === SIOCGIFNAME) {
            return interfaceOfSocket(process.memory, request, argument);
        }
        if (request === SIOCATMARK) {
            process.memory.view.setInt32(argument, 0, true);
            return 0;
        }
        return super.ioctl(process, request, argument);
    }

    get available() {
        return 0;
    }

    /** The sizes of the buffers changed. */
    resizeBuffers() {}

    /**
     * @param {object} memory guest memory; `value` points to `length` bytes, checked
     * @returns {number} 0 or a negative error number
     */
    setOption(memory, level, name, value, length) {
        const { view } = memory;
        if (level === SOL_SOCKET && (name === SO_RCVTIMEO || name === SO_SNDTIMEO)) {
            if (length < 16) {
                return -EINVAL;
            }
            const microseconds = readInt64(view, value + 8);
            if (microseconds < 0 || microseconds >= 1e6) {
                return -EDOM;
            }
            const milliseconds = readInt64(view, value) * 1000 + microseconds / 1000;
            const timeout = milliseconds === 0 ? -1 : Math.max(0, milliseconds);
            if (name === SO_RCVTIMEO) {
                this.receiveTimeout = timeout;
            } else {
                this.sendTimeout = timeout;
            }
            return 0;
        }
        if (level === SOL_SOCKET && name === SO_LINGER) {
            if (length < 8) {
                return -EINVAL;
            }
            this.linger = view.getInt32(value, true) !== 0 ? view.getInt32(value + 4, true) : -1;
            return 0;
        }
        if (level === IPPROTO_TCP && name === TCP_CONGESTION && this.isTCP) {
            return 0;
        }
        if (length < 4 && !(level === IPPROTO_IP && length >= 1)) {
            return -EINVAL;
        }
        const number = length < 4 ? memory.u8[value] : view.getInt32(value, true);
        if (level === SOL_SOCKET && (name === SO_SNDBUF || name === SO_RCVBUF)) {
            // Linux doubles the value, for its own bookkeeping, and reports the double.
            const size = Math.min(socketBufferMax, Math.max(socketBufferMin, number * 2));
            if (name === SO_SNDBUF) {
                this.sendBuffer = size;
            } else {
                this.receiveBuffer = size;
            }
            this.resizeBuffers();
            return 0;
        }
        if (level === IPPROTO_IPV6 && name === IPV6_V6ONLY && this.family === AF_INET6) {
            if (this.local !== null) {
                return -EINVAL;
            }
            this.onlyIPv6 = number !== 0;
            return 0;
        }
        if (!this.hasOption(level, name)) {
            return -ENOPROTOOPT;
        }
        const boolean = level === SOL_SOCKET && name !== SO_PRIORITY && name !== SO_RCVLOWAT && name !== SO_INCOMING_CPU;
        (this.options ??= new Map()).set(level * 65536 + name, boolean ? Number(number !== 0) : number);
        if (level === SOL_SOCKET && name === SO_REUSEADDR) {
            this.reuseAddress = number !== 0;
        } else if (level === SOL_SOCKET && name === SO_REUSEPORT) {
            if (this.family === AF_UNIX) {
                return -EOPNOTSUPP;
            }
            this.reusePort = number !== 0;
        }
        return 0;
    }

    get isTCP() {
        return this.type === SOCK_STREAM && this.family !== AF_UNIX;
    }

    hasOption(level, name) {
        if (level === IPPROTO_TCP && !this.isTCP) {
            return false;
        }
        if (level === IPPROTO_IP && this.family === AF_UNIX) {
            return false;
        }
        if (level === IPPROTO_IPV6 && this.family !== AF_INET6) {
            return false;
        }
        return socketPlainOptions.get(level)?.has(name) ?? false;
    }

    plainOption(level, name) {
        return this.options?.get(level * 65536 + name) ?? socketPlainOptions.get(level).get(name);
    }

    /** @returns {number} how many bytes were written to `value`, or a negative error number */
    getOption(memory, level, name, value, room) {
        const { u8, view } = memory;
        if (level === SOL_SOCKET && (name === SO_RCVTIMEO || name === SO_SNDTIMEO)) {
            if (room < 16) {
                return -EINVAL;
            }
            const timeout = Math.max(0, name === SO_RCVTIMEO ? this.receiveTimeout : this.sendTimeout);
            writeInt64(view, value, Math.floor(timeout / 1000));
            writeInt64(view, value + 8, Math.round((timeout % 1000) * 1000));
            return 16;
        }
        if (level === SOL_SOCKET && name === SO_LINGER) {
            if (room < 8) {
                return -EINVAL;
            }
            view.setInt32(value, this.linger >= 0 ? 1 : 0, true);
            view.setInt32(value + 4, Math.max(0, this.linger), true);
            return 8;
        }
        if (level === SOL_SOCKET && name === SO_PEERCRED) {
            if (room < 12) {
                return -EINVAL;
            }
            const { pid, uid, gid } = this.credentials ?? { pid: 0, uid: -1, gid: -1 };
            view.setInt32(value, pid, true);
            view.setInt32(value + 4, uid, true);
            view.setInt32(value + 8, gid, true);
            return 12;
        }
        if (level === IPPROTO_TCP && name === TCP_CONGESTION && this.isTCP) {
            const text = [108, 111, 0];
            const count = Math.min(room, text.length);
            u8.set(text.slice(0, count), value);
            return count;
        }
        if (level === IPPROTO_TCP && name === TCP_INFO && this.isTCP) {
            const count = Math.min(room, 232);
            u8.fill(0, value, value + count);
            if (count > 0) {
                u8[value] = this.tcpState;
            }
            return count;
        }
        const number = this.numberOption(level, name);
        if (number === null) {
            return -ENOPROTOOPT;
        }
        if (room < 4) {
            u8.fill(number, value, value + Math.min(room, 1));
            return Math.min(room, 1);
        }
        view.setInt32(value, number, true);
        return 4;
    }

    numberOption(level, name) {
        if (level === SOL_SOCKET) {
            switch (name) {
                case SO_ERROR: return this.takeError();
                case SO_TYPE: return this.type;
                case SO_DOMAIN: return this.family;
                case SO_PROTOCOL: return this.protocol;
                case SO_ACCEPTCONN: return Number(this.listening);
                case SO_SNDBUF: return this.sendBuffer;
                case SO_RCVBUF: return this.receiveBuffer;
                default:
            }
        }
        if (level === IPPROTO_IPV6 && name === IPV6_V6ONLY && this.family === AF_INET6) {
            return Number(this.onlyIPv6);
        }
        return this.hasOption(level, name) ? this.plainOption(level, name) : null;
    }

    /** State as TCP_INFO numbers it. */
    get tcpState() {
        return 7;
    }

    /** @returns {number} 0 when `address` can be a destination of this socket, or a negative error number */
    checkDestination(address) {
        if (address.family !== this.family) {
            return this.family === AF_UNIX ? -EINVAL : -EAFNOSUPPORT;
        }
        return 0;
    }
}

/** The one network interface, "lo", by name or by number (1), in a struct ifreq. */
function interfaceOfSocket(memory, request, at) {
    if (!inBounds(memory, at, 32)) {
        return -EFAULT;
    }
    const { view } = memory;
    if (request === SIOCGIFINDEX) {
        if (readText(memory, at) !== 'lo') {
            return -ENODEV;
        }
        view.setInt32(at + 16, 1, true);
        return 0;
    }
    if (view.getInt32(at + 16, true) !== 1) {
        return -ENODEV;
    }
    writeText(memory, at, 'lo', 16);
    return 0;
}

/** An address as a socket of `family` sees it: IPv4 as mapped IPv6, and back. */
export function addressFor(family, address) {
    if (family === AF_INET6 && address.family === AF_INET) {
        return { family, host: `::ffff:${address.host}`, port: address.port, flow: 0, scope: 0 };
    }
    const inner = family === AF_INET && address.family === AF_INET6 ? unmapIPv4(address.host) : null;
    return inner === null ? address : { family, host: inner, port: address.port };
}
