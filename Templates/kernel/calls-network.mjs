// The system calls about sockets, readiness and names.

import {
    EAFNOSUPPORT, EBADF, EFAULT, EINVAL, ENOPROTOOPT, EOPNOTSUPP, EPROTONOSUPPORT, ESOCKTNOSUPPORT,
} from './errno.mjs';
import {
    AF_INET, AF_INET6, AF_UNIX, EAI_FAMILY, EAI_MEMORY, EAI_OVERFLOW, EPOLL_CTL_DEL, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP,
    IPV6_HOPLIMIT, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_TCLASS,
    MSG_CMSG_CLOEXEC, MSG_CTRUNC, MSG_TRUNC, O_CLOEXEC, O_NONBLOCK, POLL_ALWAYS, POLLNVAL, SCM_RIGHTS, SOCK_CLOEXEC,
    SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET,
} from './constants.mjs';
import { DatagramSocket, makeDatagramPair } from './datagram-socket.mjs';
import { releaseDescription } from './descriptor.mjs';
import { EpollSet } from './epoll.mjs';
import { inBounds, readText, writeText } from './guest-memory.mjs';
import { nameOfAddress, resolveAddress, resolveHost } from './names.mjs';
import { encodeSocketAddress, parseIPv4, readSocketAddress, writeSocketAddress } from './socket-address.mjs';
import { makeStreamPair, StreamSocket } from './stream-socket.mjs';
import { encodeName } from './text.mjs';
import { gatherVector, scatterVector, vectorLength } from './vectors.mjs';

const messageHeaderSize = 28;
const controlHeaderSize = 12;
const addressInfoSize = 32;
const passedDescriptorsMax = 253;

/** @param {object} process */
export function networkCalls(process) {
    const { memory, table, machine } = process;

    /** Runs `action` with the socket that `fd` names. */
    function onSocket(fd, action) {
        const description = table.open[fd];
        if (description === undefined) {
            return -EBADF;
        }
        const socket = description.socket();
        return typeof socket === 'number' ? socket : action(socket);
    }

    function withAddress(pointer, length, action) {
        const address = readSocketAddress(memory, pointer, length);
        return typeof address === 'number' ? address : action(address);
    }

    function makeSocket(family, type, protocol, make) {
        const kind = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (family !== AF_UNIX && family !== AF_INET && family !== AF_INET6) {
            return -EAFNOSUPPORT;
        }
        if (kind !== SOCK_STREAM && kind !== SOCK_DGRAM) {
            return kind < 1 || kind > 10 ? -EINVAL : -ESOCKTNOSUPPORT;
        }
        if (family === AF_UNIX ? protocol !== 0 && protocol !== AF_UNIX
            : protocol !== 0 && protocol !== (kind === SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP)) {
            return -EPROTONOSUPPORT;
        }
        const number = family === AF_UNIX ? 0 : kind === SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
        return make(kind, number, (type & SOCK_NONBLOCK) !== 0 ? O_NONBLOCK : 0, (type & SOCK_CLOEXEC) !== 0);
    }

    function socketpair(family, type, protocol, at) {
        if (family !== AF_UNIX) {
            return family === AF_INET || family === AF_INET6 ? -EOPNOTSUPP : -EAFNOSUPPORT;
        }
        if (!inBounds(memory, at, 8)) {
            return -EFAULT;
        }
        return makeSocket(family, type, protocol, (kind, _number, flags, cloexec) => {
            const make = kind === SOCK_STREAM ? makeStreamPair : makeDatagramPair;
            const [a, b] = make(machine, process, flags);
            const first = table.add(a, cloexec);
            if (first < 0) {
                b.close();
                return first;
            }
            const second = table.add(b, cloexec);
            if (second < 0) {
                table.close(first);
                return second;
            }
            memory.view.setInt32(at, first, true);
            memory.view.setInt32(at + 4, second, true);
            return 0;
        });
    }

    function accept4(fd, addressPointer, lengthPointer, flags) {
        return onSocket(fd, (socket) => {
            if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) {
                return -EINVAL;
            }
            const accepted = socket.accept();
            if (typeof accepted === 'number') {
                return accepted;
            }
            if ((flags & SOCK_NONBLOCK) !== 0) {
                accepted.flags |= O_NONBLOCK;
            }
            const number = table.add(accepted, (flags & SOCK_CLOEXEC) !== 0);
            if (number >= 0) {
                writeSocketAddress(memory, accepted.remote, addressPointer, lengthPointer);
            }
            return number;
        });
    }

    function recvfrom(fd, at, count, flags, addressPointer, lengthPointer) {
        return onSocket(fd, (socket) => {
            if (count < 0 || (count > 0 && !inBounds(memory, at, count))) {
                return -EFAULT;
            }
            const done = socket.receive(memory.u8, at, count, flags);
            if (done >= 0 && addressPointer !== 0) {
                writeSender(socket, addressPointer, lengthPointer);
            }
            return done;
        });
    }

    function writeSender(socket, addressPointer, lengthPointer) {
        if (socket instanceof DatagramSocket && socket.sender !== null) {
            writeSocketAddress(memory, socket.sender, addressPointer, lengthPointer);
        } else if (inBounds(memory, lengthPointer, 4)) {
            memory.view.setInt32(lengthPointer, 0, true);
        }
    }

    function sendto(fd, at, count, flags, addressPointer, length) {
        return onSocket(fd, (socket) => {
            if (count < 0 || (count > 0 && !inBounds(memory, at, count))) {
                return -EFAULT;
            }
            if (addressPointer === 0 || length === 0) {
                return socket.send(memory.u8, at, count, flags, null, null, process);
            }
            return withAddress(addressPointer, length, (address) =>
                socket.send(memory.u8, at, count, flags, address, null, process));
        });
    }

    /**
     * Reads a control buffer: descriptions to pass (SCM_RIGHTS), header fields for an IPv6 datagram.
     * @returns {object[] | null | number} the descriptions, if any, or a negative error number
     */
    function readControl(socket, pointer, length) {
        let descriptions = null;
        const { view } = memory;
        for (let at = pointer, end = pointer + length; at + controlHeaderSize <= end;) {
            const size = view.getUint32(at, true);
            if (size < controlHeaderSize || at + size > end) {
                return -EINVAL;
            }
            const level = view.getInt32(at + 4, true);
            const type = view.getInt32(at + 8, true);
            const data = at + controlHeaderSize;
            if (level === SOL_SOCKET && type === SCM_RIGHTS && socket.family === AF_UNIX) {
                for (let place = data; place + 4 <= at + size; place += 4) {
                    const description = table.get(view.getInt32(place, true));
                    if (description === undefined) {
                        return -EBADF;
                    }
                    (descriptions ??= []).push(description);
                }
            } else if (level === IPPROTO_IPV6 && socket instanceof DatagramSocket && socket.family === AF_INET6
                && (type === IPV6_HOPLIMIT || type === IPV6_TCLASS)) {
                const value = size === controlHeaderSize + 4 ? view.getInt32(data, true) : -2;
                if (value < -1 || value > 255) {
                    return -EINVAL;
                }
                if (type === IPV6_HOPLIMIT) {
                    socket.nextHopLimit = value;
                } else {
                    socket.nextTrafficClass = value;
                }
            } else {
                return -EINVAL;
            }
            at += (size + 3) & ~3;
        }
        return descriptions !== null && descriptions.length > passedDescriptorsMax ? -EINVAL : descriptions;
    }

    function sendmsg(fd, header, flags) {
        return onSocket(fd, (socket) => {
            if (!inBounds(memory, header, messageHeaderSize)) {
                return -EFAULT;
            }
            const { view, u8 } = memory;
            const word = (offset) => view.getInt32(header + offset, true);
            const [name, nameLength, vector, count, control, controlLength] = [0, 4, 8, 12, 16, 20].map(word);
            const total = vectorLength(memory, vector, count);
            if (total < 0) {
                return total;
            }
            let address = null;
            if (name !== 0 && nameLength > 0) {
                address = readSocketAddress(memory, name, nameLength);
                if (typeof address === 'number') {
                    return address;
                }
            }
            let descriptions = null;
            if (control !== 0 && controlLength > 0) {
                if (!inBounds(memory, control, controlLength)) {
                    return -EFAULT;
                }
                descriptions = readControl(socket, control, controlLength);
                if (typeof descriptions === 'number') {
                    return descriptions;
                }
            }
            descriptions?.forEach((description) => description.references++);
            const single = count === 1;
            const bytes = single ? u8 : gatherVector(memory, vector, count, total);
            const sent = socket.send(bytes, single ? view.getInt32(vector, true) : 0, total, flags, address, descriptions,
                process);
            if (sent < 0 || (sent === 0 && socket instanceof StreamSocket)) {
                descriptions?.forEach(releaseDescription);
            }
            if (socket instanceof DatagramSocket) {
                socket.nextHopLimit = socket.nextTrafficClass = -1;
            }
            return sent;
        });
    }

    /**
     * Writes what came with a message into the caller's control buffer, and how much of it that fills.
     * @returns {number} MSG_CTRUNC when not everything found room (a descriptor without room is closed), else 0
     */
    function writeControl(socket, header, descriptions, flags) {
        const { view } = memory;
        const control = view.getInt32(header + 16, true);
        const room = control === 0 ? 0 : view.getInt32(header + 20, true);
        let used = 0;
        let result = 0;

        function begin(level, type, size) {
            view.setUint32(control + used, controlHeaderSize + size, true);
            view.setInt32(control + used + 4, level, true);
            view.setInt32(control + used + 8, type, true);
        }

        function putField(type, value) {
            if (room - used < controlHeaderSize) {
                result = MSG_CTRUNC;
                return;
            }
            const size = Math.min(4, room - used - controlHeaderSize);
            begin(IPPROTO_IPV6, type, size);
            for (let place = 0; place < size; place++) {
                memory.u8[control + used + controlHeaderSize + place] = value >> (place * 8);
            }
            used += controlHeaderSize + size;
            if (size < 4) {
                result = MSG_CTRUNC;
            }
        }

        if (descriptions.length > 0) {
            const fits = Math.max(0, Math.min(descriptions.length, (room - controlHeaderSize) >> 2));
            let count = 0;
            for (const description of descriptions) {
                const number = count < fits ? table.add(description, (flags & MSG_CMSG_CLOEXEC) !== 0) : -1;
                if (number >= 0) {
                    view.setInt32(control + controlHeaderSize + count * 4, number, true);
                    count++;
                } else {
                    result = MSG_CTRUNC;
                }
                releaseDescription(description);
            }
            if (count > 0) {
                begin(SOL_SOCKET, SCM_RIGHTS, count * 4);
                used = controlHeaderSize + count * 4;
            }
        }
        if (socket instanceof DatagramSocket && socket.family === AF_INET6) {
            if (socket.plainOption(IPPROTO_IPV6, IPV6_RECVHOPLIMIT) !== 0) {
                putField(IPV6_HOPLIMIT, socket.hopLimit);
            }
            if (socket.plainOption(IPPROTO_IPV6, IPV6_RECVTCLASS) !== 0) {
                putField(IPV6_TCLASS, socket.trafficClass);
            }
        }
        view.setInt32(header + 20, used, true);
        return result;
    }

    function recvmsg(fd, header, flags) {
        return onSocket(fd, (socket) => {
            if (!inBounds(memory, header, messageHeaderSize)) {
                return -EFAULT;
            }
            const { view } = memory;
            const word = (offset) => view.getInt32(header + offset, true);
            const [name, vector, count, control, controlLength] = [0, 8, 12, 16, 20].map(word);
            const total = vectorLength(memory, vector, count);
            if (total < 0) {
                return total;
            }
            if (control !== 0 && controlLength > 0 && !inBounds(memory, control, controlLength)) {
                return -EFAULT;
            }
            const passed = [];
            const single = count === 1;
            const bytes = single ? memory.u8 : new Uint8Array(total);
            const done = socket.receive(bytes, single ? view.getInt32(vector, true) : 0, total, flags, passed);
            if (done < 0) {
                return done;
            }
            if (!single) {
                scatterVector(memory, vector, count, bytes, Math.min(done, total));
            }
            const truncated = socket instanceof DatagramSocket && socket.fullLength > total ? MSG_TRUNC : 0;
            if (name !== 0) {
                writeSender(socket, name, header + 4);
            }
            view.setInt32(header + 24, truncated | writeControl(socket, header, passed, flags), true);
            return done;
        });
    }

    function poll(fds, count) {
        if (count < 0 || (count > 0 && !inBounds(memory, fds, count * 8))) {
            return -EFAULT;
        }
        const { view } = memory;
        let ready = 0;
        for (let at = fds, end = fds + count * 8; at < end; at += 8) {
            const fd = view.getInt32(at, true);
            let events = 0;
            if (fd >= 0) {
                const description = table.open[fd];
                events = description === undefined ? POLLNVAL
                    : description.poll() & (view.getUint16(at + 4, true) | POLL_ALWAYS);
                if (events !== 0) {
                    ready++;
                }
            }
            view.setUint16(at + 6, events, true);
        }
        return ready;
    }

    function onEpoll(fd, action) {
        const set = table.open[fd];
        return set === undefined ? -EBADF : set instanceof EpollSet ? action(set) : -EINVAL;
    }

    function epollWait(fd, at, limit) {
        return onEpoll(fd, (set) => limit <= 0 ? -EINVAL
            : inBounds(memory, at, limit * 16) ? set.collect(memory, at, limit) : -EFAULT);
    }

    function connect(fd, pointer, length) {
        return onSocket(fd, (socket) => withAddress(pointer, length, (address) => socket.connect(process, address)));
    }

    function watch(fd, events, thread) {
        if (fd === -1) {
            // Never "ready now": a child that has ended need not be the one that is waited for.
            process.events.watch(process.childWaiters, events, thread);
            return 0;
        }
        const description = table.open[fd];
        if (description === undefined) {
            return -EBADF;
        }
        const wanted = events | POLL_ALWAYS;
        if (description.waiters === null || (description.poll() & wanted) !== 0) {
            return 1;
        }
        process.events.watch(description.waiters, wanted, thread);
        return 0;
    }

    /** Builds libc's list of struct addrinfo: one block of entries, one of addresses, as its freeaddrinfo frees them. */
    function writeAddressList({ canonical, list }, out) {
        const addresses = list.map(encodeSocketAddress);
        const name = canonical === null ? null : encodeName(canonical);
        const size = addresses.reduce((sum, bytes) => sum + ((bytes.length + 7) & ~7), 0);
        const entries = process.allocate(addressInfoSize * list.length);
        const block = entries === 0 ? 0 : process.allocate(size + (name === null ? 0 : name.length + 1));
        if (block === 0) {
            return EAI_MEMORY;
        }
        const { u8, view } = memory;
        let at = block;
        list.forEach((entry, index) => {
            const bytes = addresses[index];
            const info = entries + index * addressInfoSize;
            u8.set(bytes, at);
            view.setInt32(info, 0, true);
            view.setInt32(info + 4, entry.family, true);
            view.setInt32(info + 8, entry.type, true);
            view.setInt32(info + 12, entry.protocol, true);
            view.setInt32(info + 16, bytes.length, true);
            view.setUint32(info + 20, at, true);
            view.setUint32(info + 24, index === 0 && name !== null ? block + size : 0, true);
            view.setUint32(info + 28, index + 1 < list.length ? info + addressInfoSize : 0, true);
            at += (bytes.length + 7) & ~7;
        });
        if (name !== null) {
            u8.set(name, block + size);
            u8[block + size + name.length] = 0;
        }
        view.setUint32(out, entries, true);
        return 0;
    }

    const env = {
        __syscall_socket(family, type, protocol) {
            return makeSocket(family, type, protocol, (kind, number, flags, cloexec) => table.add(kind === SOCK_STREAM
                ? new StreamSocket(machine, family, number, flags)
                : new DatagramSocket(machine, family, number, flags), cloexec));
        },
        __syscall_socketpair: socketpair,

        __syscall_bind(fd, pointer, length) {
            return onSocket(fd, (socket) => withAddress(pointer, length, (address) => socket.bind(process, address)));
        },

        __syscall_listen(fd, backlog) {
            return onSocket(fd, (socket) => socket.listen(process, backlog));
        },

        __syscall_shutdown(fd, how) {
            return onSocket(fd, (socket) => socket.shutdown(how));
        },

        __syscall_getsockname(fd, pointer, lengthPointer) {
            return onSocket(fd, (socket) => pointer === 0 ? -EFAULT
                : writeSocketAddress(memory, socket.name(), pointer, lengthPointer));
        },

        __syscall_getpeername(fd, pointer, lengthPointer) {
            return onSocket(fd, (socket) => {
                const address = socket.peerName();
                return typeof address === 'number' ? address
                    : pointer === 0 ? -EFAULT : writeSocketAddress(memory, address, pointer, lengthPointer);
            });
        },

        __syscall_getsockopt(fd, level, name, value, lengthPointer) {
            return onSocket(fd, (socket) => {
                if (!inBounds(memory, lengthPointer, 4)) {
                    return -EFAULT;
                }
                const room = memory.view.getInt32(lengthPointer, true);
                if (room < 0 || (room > 0 && !inBounds(memory, value, room))) {
                    return room < 0 ? -EINVAL : -EFAULT;
                }
                const used = socket.getOption(memory, level, name, value, room);
                if (used < 0) {
                    return used;
                }
                memory.view.setInt32(lengthPointer, used, true);
                return 0;
            });
        },

        __syscall_setsockopt(fd, level, name, value, length) {
            return onSocket(fd, (socket) => {
                if (length < 0) {
                    return -EINVAL;
                }
                if (length > 0 && !inBounds(memory, value, length)) {
                    return value === 0 ? -ENOPROTOOPT : -EFAULT;
                }
                return socket.setOption(memory, level, name, value, length);
            });
        },

        __syscall_epoll_create1(flags) {
            return (flags & ~O_CLOEXEC) !== 0 ? -EINVAL : table.add(new EpollSet(machine), (flags & O_CLOEXEC) !== 0);
        },

        __syscall_epoll_ctl(epollFd, operation, fd, event) {
            return onEpoll(epollFd, (set) => {
                const { view } = memory;
                if (operation === EPOLL_CTL_DEL) {
                    return set.control(operation, fd, table.open[fd], 0, 0, 0);
                }
                return inBounds(memory, event, 16) ? set.control(operation, fd, table.open[fd], view.getInt32(event, true),
                    view.getUint32(event + 8, true), view.getUint32(event + 12, true)) : -EFAULT;
            });
        },

        getaddrinfo(nodePointer, servicePointer, hint, out) {
            const { view } = memory;
            const hints = hint !== 0 && inBounds(memory, hint, addressInfoSize) ? {
                flags: view.getInt32(hint, true),
                family: view.getInt32(hint + 4, true),
                type: view.getInt32(hint + 8, true),
                protocol: view.getInt32(hint + 12, true),
            } : { flags: 0, family: 0, type: 0, protocol: 0 };
            const node = nodePointer === 0 ? null : readText(memory, nodePointer);
            const service = servicePointer === 0 ? null : readText(memory, servicePointer);
            const found = resolveAddress(node, service, hints);
            return typeof found === 'number' ? found : writeAddressList(found, out);
        },

        getnameinfo(pointer, length, host, hostRoom, service, serviceRoom, flags) {
            const address = readSocketAddress(memory, pointer, length);
            if (typeof address === 'number' || address.family === AF_UNIX) {
                return EAI_FAMILY;
            }
            const names = nameOfAddress(address, flags);
            if (typeof names === 'number') {
                return names;
            }
            if ((hostRoom > 0 && !inBounds(memory, host, hostRoom))
                || (serviceRoom > 0 && !inBounds(memory, service, serviceRoom))) {
                return EAI_MEMORY;
            }
            const cutHost = hostRoom > 0 && writeText(memory, host, names.host, hostRoom) >= hostRoom;
            const cutService = serviceRoom > 0 && writeText(memory, service, names.service, serviceRoom) >= serviceRoom;
            return cutHost || cutService ? EAI_OVERFLOW : 0;
        },

        /** gethostbyname's way to an IPv4 address; libc has no way to hear "no such name" here: 0.0.0.0. */
        _emscripten_lookup_name(pointer) {
            const found = resolveHost(readText(memory, pointer), AF_INET, 0);
            const bytes = typeof found === 'number' ? [0, 0, 0, 0] : parseIPv4(found[0].host);
            return bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24);
        },
    };

    const frond = {
        accept4,
        connect,
        recvfrom,
        recvmsg,
        sendto,
        sendmsg,
        socketpair,
        poll,
        epoll_wait: epollWait,
        watch,

        unwatch(thread) {
            process.events.unwatch(thread);
        },

        take_event() {
            return process.events.take();
        },

        is_nonblocking(fd) {
            const description = table.open[fd];
            return description === undefined ? -EBADF : Number(description.nonblocking);
        },

        socket_timeout(fd, which) {
            const socket = table.open[fd]?.socket();
            return socket === undefined || typeof socket === 'number' ? -1
                : which === 0 ? socket.receiveTimeout : socket.sendTimeout;
        },
    };

    return { env, frond };
}
