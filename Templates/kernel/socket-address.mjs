// Socket addresses: between `struct sockaddr_*` in guest memory and plain values.
//
//     { family: AF_INET,  host: '127.0.0.1', port: 8000 }
//     { family: AF_INET6, host: '::1', port: 8000, flow: 0, scope: 0 }
//     { family: AF_UNIX,  path: '/tmp/app.sock' }      '' = unnamed; a leading NUL = abstract
//
// Hosts are always in canonical text form, so that they can be compared as strings.

import { EAFNOSUPPORT, EFAULT, EINVAL } from './errno.mjs';
import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC } from './constants.mjs';
import { decodeName, encodeName } from './text.mjs';
import { inBounds } from './guest-memory.mjs';

const unixPathMax = 108;

/** @returns {number[] | null} the 4 bytes of a dotted address; with `short`, also "127.1" and hexadecimal, as inet_aton */
export function parseIPv4(text, short = false) {
    if (!short) {
        const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
        const bytes = match?.slice(1).map(Number);
        return bytes !== undefined && bytes.every((byte) => byte < 256) ? bytes : null;
    }
    const parts = text.split('.');
    if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|[0-9]+)$/i.test(part))) {
        return null;
    }
    const numbers = parts.map((part) => /^0[0-7]+$/.test(part) ? parseInt(part, 8) : Number(part));
    const last = numbers.pop();
    if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) {
        return null;
    }
    for (let place = 3 - numbers.length; place >= 0; place--) {
        numbers.push(Math.floor(last / 256 ** place) % 256);
    }
    return numbers;
}

/** @returns {number[] | null} the 16 bytes of an IPv6 address in text form (without a scope) */
export function parseIPv6(text) {
    const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
    if (dotted !== null) {
        const tail = parseIPv4(dotted[2]);
        if (tail === null) {
            return null;
        }
        text = dotted[1] + ((tail[0] << 8) | tail[1]).toString(16) + ':' + ((tail[2] << 8) | tail[3]).toString(16);
    }
    const halves = text.split('::');
    if (halves.length > 2) {
        return null;
    }
    const [front, back] = halves.map((half) => half === '' ? [] : half.split(':'));
    const count = front.length + (back?.length ?? 0);
    if (back === undefined ? count !== 8 : count > 7) {
        return null;
    }
    const groups = back === undefined ? front : [...front, ...new Array(8 - count).fill('0'), ...back];
    const bytes = [];
    for (const group of groups) {
        if (!/^[0-9a-f]{1,4}$/i.test(group)) {
            return null;
        }
        const value = parseInt(group, 16);
        bytes.push(value >> 8, value & 255);
    }
    return bytes;
}

/** The canonical text form (RFC 5952) of 16 bytes. */
export function formatIPv6(bytes) {
    const groups = [];
    for (let at = 0; at < 16; at += 2) {
        groups.push((bytes[at] << 8) | bytes[at + 1]);
    }
    if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
        return `::ffff:${bytes.slice(12, 16).join('.')}`;
    }
    let from = -1;
    let length = 1;
    for (let at = 0; at < 8; at++) {
        let end = at;
        while (end < 8 && groups[end] === 0) {
            end++;
        }
        if (end - at > length) {
            from = at;
            length = end - at;
        }
    }
    const hex = groups.map((group) => group.toString(16));
    return from < 0 ? hex.join(':') : `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`;
}

/** The IPv4 address inside an IPv4-mapped IPv6 address, or null. */
export function unmapIPv4(host) {
    return host.startsWith('::ffff:') && host.includes('.') ? host.slice(7) : null;
}

/** Is this an address of this machine: loopback, or "any"? */
export function isLocalHost(host) {
    const inner = unmapIPv4(host) ?? host;
    return inner === '::1' || inner === '::' || inner === '0.0.0.0' || /^127\.\d+\.\d+\.\d+$/.test(inner);
}

/**
 * @returns {object | number} the address, or a negative error number
 */
export function readSocketAddress(memory, pointer, length) {
    if (length < 2 || length > 128) {
        return -EINVAL;
    }
    if (!inBounds(memory, pointer, length)) {
        return -EFAULT;
    }
    const { u8, view } = memory;
    const family = view.getUint16(pointer, true);
    switch (family) {
        case AF_INET:
            if (length < 16) {
                return -EINVAL;
            }
            return {
                family,
                host: `${u8[pointer + 4]}.${u8[pointer + 5]}.${u8[pointer + 6]}.${u8[pointer + 7]}`,
                port: view.getUint16(pointer + 2, false),
            };
        case AF_INET6:
            if (length < 24) {
                return -EINVAL;
            }
            return {
                family,
                host: formatIPv6(Array.from(u8.subarray(pointer + 8, pointer + 24))),
                port: view.getUint16(pointer + 2, false),
                flow: view.getUint32(pointer + 4, false),
                scope: length >= 28 ? view.getUint32(pointer + 24, true) : 0,
            };
        case AF_UNIX: {
            if (length > 2 + unixPathMax) {
                return -EINVAL;
            }
            const start = pointer + 2;
            let end = pointer + length;
            if (length === 3 && u8[start] === 0) {
                // An empty C string, not an abstract name: what other systems than Linux pass for "".
                return { family, path: '', empty: true };
            }
            if (length > 2 && u8[start] !== 0) {
                const terminator = u8.subarray(start, end).indexOf(0);
                end = terminator < 0 ? end : start + terminator;
            }
            return { family, path: decodeName(u8, start, end) };
        }
        case AF_UNSPEC:
            return { family };
        default:
            return -EAFNOSUPPORT;
    }
}

/** @returns {Uint8Array} the bytes of the C structure */
export function encodeSocketAddress(address) {
    if (address.family === AF_UNIX) {
        const path = encodeName(address.path);
        const named = path.length > 0 && path[0] !== 0;
        const bytes = new Uint8Array(2 + path.length + (named ? 1 : 0));
        bytes[0] = AF_UNIX;
        bytes.set(path, 2);
        return bytes;
    }
    const bytes = new Uint8Array(address.family === AF_INET6 ? 28 : 16);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, address.family, true);
    view.setUint16(2, address.port, false);
    if (address.family === AF_INET6) {
        view.setUint32(4, address.flow ?? 0, false);
        bytes.set(parseIPv6(address.host), 8);
        view.setUint32(24, address.scope ?? 0, true);
    } else {
        bytes.set(parseIPv4(address.host), 4);
    }
    return bytes;
}

/**
 * Writes an address where accept, getsockname and recvfrom want it: cut to the caller's room, full length reported.
 * @returns {number} 0 or a negative error number
 */
export function writeSocketAddress(memory, address, pointer, lengthPointer) {
    if (pointer === 0) {
        return 0;
    }
    if (!inBounds(memory, lengthPointer, 4)) {
        return -EFAULT;
    }
    const { u8, view } = memory;
    const room = view.getInt32(lengthPointer, true);
    if (room < 0) {
        return -EINVAL;
    }
    const bytes = encodeSocketAddress(address);
    const count = Math.min(room, bytes.length);
    if (!inBounds(memory, pointer, count)) {
        return -EFAULT;
    }
    u8.set(bytes.subarray(0, count), pointer);
    view.setInt32(lengthPointer, bytes.length, true);
    return 0;
}
