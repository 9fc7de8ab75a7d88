// Names of the network: getaddrinfo and getnameinfo for localhost and numeric addresses, protocols and services.
//
// There is nobody to ask about other names: a name that is not local does not resolve (EAI_NONAME).

import {
    AF_INET, AF_INET6, AF_UNSPEC, AI_ADDRCONFIG, AI_ALL, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_PASSIVE,
    AI_V4MAPPED, EAI_BADFLAGS, EAI_FAMILY, EAI_NONAME, EAI_SERVICE, EAI_SOCKTYPE, IPPROTO_TCP,
    IPPROTO_UDP, NI_DGRAM, NI_NAMEREQD, NI_NUMERICHOST, NI_NUMERICSERV, SOCK_DGRAM, SOCK_STREAM,
} from './constants.mjs';
import { formatIPv6, parseIPv4, parseIPv6 } from './socket-address.mjs';

/** The machine's name, as gethostname gives it. */
export const HOST_NAME = 'frond';

/** The services that programs ask for by name: [name, port, protocols]. */
export const SERVICES = [
    ['echo', 7, 'tcp udp'], ['discard', 9, 'tcp udp'], ['daytime', 13, 'tcp udp'], ['ftp-data', 20, 'tcp'],
    ['ftp', 21, 'tcp'], ['ssh', 22, 'tcp'], ['telnet', 23, 'tcp'], ['smtp', 25, 'tcp'], ['time', 37, 'tcp udp'],
    ['domain', 53, 'tcp udp'], ['tftp', 69, 'udp'], ['http', 80, 'tcp'], ['pop3', 110, 'tcp'], ['ntp', 123, 'udp'],
    ['imap2', 143, 'tcp'], ['snmp', 161, 'tcp udp'], ['ldap', 389, 'tcp udp'], ['https', 443, 'tcp udp'],
    ['submissions', 465, 'tcp'], ['syslog', 514, 'udp'], ['submission', 587, 'tcp'], ['ldaps', 636, 'tcp udp'],
    ['imaps', 993, 'tcp'], ['pop3s', 995, 'tcp'], ['mysql', 3306, 'tcp'], ['postgresql', 5432, 'tcp'],
    ['redis', 6379, 'tcp'], ['http-alt', 8080, 'tcp udp'],
];

/** @returns {number | null} */
export function servicePort(name, protocol) {
    const found = SERVICES.find(([known, , protocols]) => known === name
        && (protocol === null || protocols.split(' ').includes(protocol)));
    return found === undefined ? null : found[1];
}

/** @returns {string | null} */
export function serviceName(port, protocol) {
    const found = SERVICES.find(([, known, protocols]) => known === port && protocols.split(' ').includes(protocol));
    return found === undefined ? null : found[0];
}

/**
 * The addresses of a name, as text.
 * @returns {{family: number, host: string, scope?: number}[] | number} an EAI_* number when there is none
 */
export function resolveHost(name, family, flags) {
    const four = parseIPv4(name, true);
    if (four !== null) {
        if (family === AF_INET6) {
            return (flags & AI_V4MAPPED) !== 0
                ? [{ family: AF_INET6, host: `::ffff:${four.join('.')}` }] : EAI_NONAME;
        }
        return [{ family: AF_INET, host: four.join('.') }];
    }
    const [bare, scopeName] = name.split('%');
    const six = parseIPv6(bare);
    if (six !== null) {
        if (family === AF_INET) {
            return EAI_NONAME;
        }
        const scope = scopeName === undefined ? 0 : scopeName === 'lo' ? 1 : /^\d+$/.test(scopeName) ? Number(scopeName) : -1;
        return scope < 0 ? EAI_NONAME : [{ family: AF_INET6, host: formatIPv6(six), scope }];
    }
    const lower = name.toLowerCase().replace(/\.$/, '');
    const isLocal = lower === 'localhost' || lower.endsWith('.localhost') || lower === HOST_NAME
        || lower === 'localhost.localdomain' || lower === 'ip6-localhost';
    if ((flags & AI_NUMERICHOST) !== 0 || !isLocal) {
        return EAI_NONAME;
    }
    const addresses = [];
    if (family !== AF_INET && lower !== HOST_NAME) {
        addresses.push({ family: AF_INET6, host: '::1' });
    }
    if (family !== AF_INET6) {
        addresses.push({ family: AF_INET, host: '127.0.0.1' });
    } else if (addresses.length === 0) {
        addresses.push({ family: AF_INET6, host: '::1' });
    }
    return addresses;
}

/**
 * getaddrinfo, on plain values. `node` and `service` may be null.
 * @returns {{canonical: string | null, list: {family, type, protocol, host, port, scope}[]} | number}
 */
export function resolveAddress(node, service, { flags, family, type, protocol }) {
    const known = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | AI_NUMERICSERV;
    if ((flags & ~known) !== 0) {
        return EAI_BADFLAGS;
    }
    if (node === null && service === null) {
        return EAI_NONAME;
    }
    if ((flags & AI_CANONNAME) !== 0 && node === null) {
        return EAI_BADFLAGS;
    }
    if (family !== AF_UNSPEC && family !== AF_INET && family !== AF_INET6) {
        return EAI_FAMILY;
    }
    let kinds = [[SOCK_STREAM, IPPROTO_TCP], [SOCK_DGRAM, IPPROTO_UDP]].filter(([kind, number]) =>
        (type === 0 || type === kind) && (protocol === 0 || protocol === number));
    if (kinds.length === 0) {
        return type !== 0 && type !== SOCK_STREAM && type !== SOCK_DGRAM ? EAI_SOCKTYPE : EAI_SERVICE;
    }
    let ports = () => 0;
    if (service !== null) {
        if (/^\d+$/.test(service)) {
            const port = Number(service);
            if (port > 65535) {
                return EAI_SERVICE;
            }
            ports = () => port;
        } else {
            if ((flags & AI_NUMERICSERV) !== 0) {
                return EAI_NONAME;
            }
            const byKind = (kind) => servicePort(service, kind === SOCK_STREAM ? 'tcp' : 'udp');
            kinds = kinds.filter(([kind]) => byKind(kind) !== null);
            if (kinds.length === 0) {
                return EAI_SERVICE;
            }
            ports = byKind;
        }
    }
    let hosts;
    if (node === null) {
        const passive = (flags & AI_PASSIVE) !== 0;
        hosts = [];
        if (family !== AF_INET6) {
            hosts.push({ family: AF_INET, host: passive ? '0.0.0.0' : '127.0.0.1' });
        }
        if (family !== AF_INET) {
            hosts.push({ family: AF_INET6, host: passive ? '::' : '::1' });
        }
    } else {
        hosts = resolveHost(node, family, flags);
        if (typeof hosts === 'number') {
            return hosts;
        }
    }
    const list = [];
    for (const { family: hostFamily, host, scope = 0 } of hosts) {
        for (const [kind, number] of kinds) {
            list.push({ family: hostFamily, type: kind, protocol: number, host, port: ports(kind), scope });
        }
    }
    return { canonical: (flags & AI_CANONNAME) !== 0 ? node : null, list };
}

/**
 * getnameinfo, on plain values.
 * @returns {{host: string, service: string} | number}
 */
export function nameOfAddress(address, flags) {
    let { host } = address;
    if ((flags & NI_NUMERICHOST) === 0 && (host === '127.0.0.1' || host === '::1')) {
        host = 'localhost';
    } else if ((flags & NI_NAMEREQD) !== 0) {
        return EAI_NONAME;
    } else if (address.scope > 0) {
        host += address.scope === 1 ? '%lo' : `%${address.scope}`;
    }
    const protocol = (flags & NI_DGRAM) !== 0 ? 'udp' : 'tcp';
    const named = (flags & NI_NUMERICSERV) !== 0 ? null : serviceName(address.port, protocol);
    return { host, service: named ?? String(address.port) };
}
