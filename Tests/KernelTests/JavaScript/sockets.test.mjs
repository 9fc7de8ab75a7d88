import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import {
    EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, EBADF, ECONNREFUSED, ECONNRESET, EDESTADDRREQ, EINVAL,
    EISCONN, EMSGSIZE, ENETUNREACH, ENOENT, ENOPROTOOPT, ENOTCONN, ENOTSOCK, EPIPE, EPROTONOSUPPORT, EPROTOTYPE,
} from '../../../Templates/kernel/errno.mjs';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP } from '../../../Templates/kernel/constants.mjs';

const AF_UNIX = 1;
const AF_INET6 = 10;
const DGRAM = 2;
const NONBLOCK = 0o4000;

test('connect, accept, talk, end', () => {
    const guest = new Guest();
    const [client, server] = guest.connection();
    assert.equal(guest.send(client, 'ping'), 4);
    assert.equal(guest.recv(server), 'ping');
    assert.equal(guest.recv(server), -EAGAIN);
    assert.equal(guest.write(server, 'pong'), 4);
    assert.equal(guest.read(client), 'pong');
    guest.close(client);
    assert.equal(guest.recv(server), '');
    assert.equal(guest.send(server, 'x'), 1, 'TCP finds out with this one');
    assert.equal(guest.poll([server, POLLERR])[0] & POLLERR, POLLERR);
    assert.equal(guest.send(server, 'x'), -EPIPE);
    assert.equal(guest.recv(server), '');
});

test('addresses of both ends', () => {
    const guest = new Guest();
    const [client, server, listener] = guest.connection();
    const peer = (fd) => {
        const at = guest.alloc(128);
        guest.ok('__syscall_getpeername', fd, at, guest.words(128), 0, 0, 0);
        return guest.memory.view.getUint16(at + 2, false);
    };
    assert.equal(peer(client), guest.port(listener));
    assert.equal(peer(server), guest.port(client));
    assert.equal(guest.port(server), guest.port(listener));
    assert.ok(guest.port(client) >= 32768);
    assert.equal(guest.env.__syscall_getpeername(listener, guest.scratch, guest.words(16), 0, 0, 0), -ENOTCONN);
    const at = guest.alloc(32);
    guest.memory.u8.fill(0xee, at, at + 32);
    const length = guest.words(4);
    guest.ok('__syscall_getsockname', client, at, length, 0, 0, 0);
    assert.equal(guest.int(length), 16, 'the full length');
    assert.equal(guest.memory.u8[at + 4], 0xee, 'but no byte beyond the room');
});

test('half-close: the rest arrives, then the end; the other direction stays open', () => {
    const guest = new Guest();
    const [client, server] = guest.connection();
    guest.send(client, 'last words');
    assert.equal(guest.env.__syscall_shutdown(client, 1, 0, 0, 0, 0), 0);
    assert.equal(guest.send(client, 'x'), -EPIPE);
    assert.deepEqual(guest.poll([server, POLLIN | POLLOUT | POLLRDHUP]), [POLLIN | POLLOUT | POLLRDHUP]);
    assert.equal(guest.recv(server), 'last words');
    assert.equal(guest.recv(server), '');
    assert.equal(guest.send(server, 'answer'), 6);
    assert.equal(guest.recv(client), 'answer');
    assert.equal(guest.env.__syscall_shutdown(server, 2, 0, 0, 0, 0), 0);
    assert.deepEqual(guest.poll([client, POLLIN]), [POLLIN | POLLHUP]);
    assert.equal(guest.env.__syscall_shutdown(guest.socket(), 1, 0, 0, 0, 0), -ENOTCONN);
    assert.equal(guest.env.__syscall_shutdown(server, 7, 0, 0, 0, 0), -EINVAL);
});

test('closing with unread data resets the connection', () => {
    const guest = new Guest();
    const [client, server] = guest.connection();
    guest.send(server, 'sent before');
    guest.send(client, 'never read');
    guest.close(server);
    assert.equal(guest.poll([client, POLLIN])[0] & (POLLERR | POLLHUP | POLLIN), POLLERR | POLLHUP | POLLIN);
    assert.equal(guest.recv(client), 'sent before');
    assert.equal(guest.option(client, 1, 4), ECONNRESET);
    assert.equal(guest.recv(client), '');
});

test('SO_LINGER of zero resets', () => {
    const guest = new Guest();
    const [client, server] = guest.connection();
    guest.setOption(client, 1, 13, 1, 0);
    guest.close(client);
    assert.equal(guest.recv(server), -ECONNRESET);
});

test('nobody there', () => {
    const guest = new Guest();
    const client = guest.socket();
    assert.equal(guest.connect(client, guest.inet(9)), -ECONNREFUSED);
    assert.equal(guest.connect(client, guest.inet(80, '93.184.216.34')), -ENETUNREACH);
    assert.equal(guest.connect(client, guest.inet(80, '10.0.0.1')), -ENETUNREACH);
    assert.equal(guest.bind(client, guest.inet(0, '10.0.0.1')), -EADDRNOTAVAIL);
    assert.equal(guest.connect(guest.open('/tmp', 0o200000), guest.inet(9)), -ENOTSOCK);
    assert.equal(guest.connect(77, guest.inet(9)), -EBADF);
    assert.equal(guest.recv(client), -ENOTCONN);
    assert.equal(guest.send(client, 'x'), -EPIPE);
    assert.equal(guest.connect(client, guest.inet6(9)), -EAFNOSUPPORT);
});

test('ports: in use, reuse, wildcard, ephemeral', () => {
    const guest = new Guest();
    const a = guest.socket();
    assert.equal(guest.bind(a, guest.inet(8000)), 0);
    assert.equal(guest.bind(a, guest.inet(8001)), -EINVAL);
    const b = guest.socket();
    assert.equal(guest.bind(b, guest.inet(8000)), -EADDRINUSE);
    assert.equal(guest.bind(b, guest.inet(8000, '0.0.0.0')), -EADDRINUSE);
    assert.equal(guest.bind(b, guest.inet(8000, '127.0.0.2')), 0);
    const c = guest.socket();
    guest.setOption(a, 1, 2, 1);
    guest.setOption(c, 1, 2, 1);
    assert.equal(guest.bind(c, guest.inet(8000)), 0, 'both say SO_REUSEADDR and none listens');
    guest.ok('__syscall_listen', a, 1, 0, 0, 0, 0);
    const d = guest.socket();
    guest.setOption(d, 1, 2, 1);
    assert.equal(guest.bind(d, guest.inet(8000)), -EADDRINUSE);
    guest.close(a);
    guest.close(c);
    assert.equal(guest.bind(d, guest.inet(8000)), 0);
    const udp = guest.socket(2, DGRAM);
    assert.equal(guest.bind(udp, guest.inet(8000)), 0, 'UDP ports are others');
    const ports = new Set();
    for (let count = 0; count < 50; count++) {
        const fd = guest.socket();
        guest.bind(fd, guest.inet(0));
        ports.add(guest.port(fd));
    }
    assert.equal(ports.size, 50);
});

test('SO_REUSEPORT shares a port among listeners', () => {
    const guest = new Guest();
    const listeners = [0, 1].map(() => {
        const fd = guest.socket();
        guest.setOption(fd, 1, 15, 1);
        assert.equal(guest.bind(fd, guest.inet(9000)), 0);
        guest.ok('__syscall_listen', fd, 5, 0, 0, 0, 0);
        return fd;
    });
    for (let count = 0; count < 4; count++) {
        assert.equal(guest.connect(guest.socket(), guest.inet(9000)), 0);
    }
    const accepted = listeners.map((fd) => [0, 1, 2].map(() => guest.accept(fd)).filter((got) => got >= 0).length);
    assert.deepEqual(accepted, [2, 2]);
});

test('a full backlog makes connect wait, accept lets it in', () => {
    const guest = new Guest();
    const listener = guest.listener(2, 1);
    const address = guest.inet(guest.port(listener));
    assert.equal(guest.connect(guest.socket(), address), 0);
    assert.equal(guest.connect(guest.socket(), address), 0);
    const third = guest.socket();
    assert.equal(guest.connect(third, address), -EAGAIN);
    assert.deepEqual(guest.poll([third, POLLOUT]), [0]);
    assert.equal(guest.frond.watch(third, POLLOUT, 4), 0);
    assert.ok(guest.accept(listener) > 0);
    assert.equal(guest.frond.take_event(), 4);
    assert.equal(guest.connect(third, address), 0);
    assert.equal(guest.connect(third, address), -EISCONN);
    const fourth = guest.socket(2, 1 | NONBLOCK);
    assert.equal(guest.connect(fourth, address), -EAGAIN);
    assert.equal(guest.connect(fourth, address), -EALREADY);
    guest.close(listener);
    assert.equal(guest.option(fourth, 1, 4), ECONNREFUSED);
});

test('a listener that closes resets who was not accepted', () => {
    const guest = new Guest();
    const listener = guest.listener();
    const client = guest.socket();
    guest.connect(client, guest.inet(guest.port(listener)));
    guest.close(listener);
    assert.equal(guest.recv(client), -ECONNRESET);
});

test('IPv6, and IPv4 through a dual-stack listener', () => {
    const guest = new Guest();
    const listener = guest.socket(AF_INET6);
    assert.equal(guest.bind(listener, guest.inet6(0, new Array(16).fill(0))), 0);
    guest.ok('__syscall_listen', listener, 5, 0, 0, 0, 0);
    const port = guest.port(listener);
    const six = guest.socket(AF_INET6);
    assert.equal(guest.connect(six, guest.inet6(port)), 0);
    const four = guest.socket();
    assert.equal(guest.connect(four, guest.inet(port)), 0);
    const mapped = guest.socket(AF_INET6);
    assert.equal(guest.connect(mapped, guest.inet6(port, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1])), 0);
    guest.accept(listener);
    const at = guest.alloc(64);
    assert.ok(guest.frond.accept4(listener, at, guest.words(28), 0) > 0);
    assert.deepEqual([...guest.memory.u8.slice(at + 18, at + 24)], [255, 255, 127, 0, 0, 1]);
    const only = guest.socket(AF_INET6);
    assert.equal(guest.setOption(only, 41, 26, 1), 0);
    assert.equal(guest.bind(only, guest.inet6(port - 1000, new Array(16).fill(0))), 0);
    assert.equal(guest.bind(guest.socket(), guest.inet(port - 1000)), 0, 'IPv6 only leaves IPv4 free');
    assert.equal(guest.bind(guest.socket(), guest.inet(port)), -EADDRINUSE);
});

test('backpressure: a stream takes what fits and wakes the sender when there is room', () => {
    const guest = new Guest({ memoryBytes: 64 << 20 });
    const [client, server] = guest.connection();
    const big = new Uint8Array(1 << 20);
    const sent = guest.send(client, big);
    assert.ok(sent > 65536 && sent < big.length);
    assert.equal(guest.send(client, 'x'), -EAGAIN);
    assert.deepEqual(guest.poll([client, POLLOUT]), [0]);
    guest.frond.watch(client, POLLOUT, 9);
    let received = 0;
    while (guest.frond.take_event() !== 9) {
        const got = guest.readBytes(server, 16384);
        assert.ok(got.length > 0);
        received += got.length;
    }
    assert.ok(received >= sent / 4 && received < sent);
    assert.ok(guest.send(client, big) > 0);
    guest.setOption(server, 1, 8, 4096);
    guest.setOption(client, 1, 7, 4096);
    while (guest.readBytes(server, 65536).length > 0);
    assert.ok(guest.send(client, big) <= 16384);
});

test('peek', () => {
    const guest = new Guest();
    const [client, server] = guest.connection();
    guest.send(client, 'look');
    assert.equal(guest.recv(server, 2, 2), 'lo');
    assert.equal(guest.recv(server), 'look');
});

test('options', () => {
    const guest = new Guest();
    const fd = guest.socket();
    assert.equal(guest.option(fd, 1, 3), 1);
    assert.equal(guest.option(fd, 1, 39), 2);
    assert.equal(guest.option(fd, 1, 38), 6);
    assert.equal(guest.option(fd, 6, 1), 0);
    assert.equal(guest.setOption(fd, 6, 1, 1), 0);
    assert.equal(guest.option(fd, 6, 1), 1);
    assert.equal(guest.setOption(fd, 1, 9, 5), 0);
    assert.equal(guest.option(fd, 1, 9), 1);
    assert.equal(guest.option(fd, 1, 30), 0);
    assert.equal(guest.setOption(fd, 1, 7, 10000), 0);
    assert.equal(guest.option(fd, 1, 7), 20000);
    assert.equal(guest.option(fd, 1, 9999), -ENOPROTOOPT);
    assert.equal(guest.setOption(guest.socket(AF_UNIX), 6, 1, 1), -ENOPROTOOPT);
    assert.equal(guest.setOption(fd, 1, 66, 1, 0, 500000, 0), 0);
    assert.equal(guest.frond.socket_timeout(fd, 0), 1500);
    assert.equal(guest.frond.socket_timeout(fd, 1), -1);
    assert.equal(guest.socket(2, 3), -137);
    assert.equal(guest.socket(2, 1, 17), -EPROTONOSUPPORT);
    assert.equal(guest.socket(99, 1), -EAFNOSUPPORT);
    const listener = guest.listener();
    assert.equal(guest.option(listener, 1, 30), 1);
});

test('Unix streams: names in the file system, abstract names, pairs', () => {
    const guest = new Guest();
    const listener = guest.socket(AF_UNIX);
    assert.equal(guest.bind(listener, guest.unix('/tmp/s')), 0);
    assert.equal(guest.stat('/tmp/s').mode & 0o170000, 0o140000);
    const early = guest.socket(AF_UNIX);
    assert.equal(guest.connect(early, guest.unix('/tmp/s')), -ECONNREFUSED);
    guest.ok('__syscall_listen', listener, 5, 0, 0, 0, 0);
    assert.equal(guest.bind(guest.socket(AF_UNIX), guest.unix('/tmp/s')), -EADDRINUSE);
    assert.equal(guest.connect(early, guest.unix('/tmp/none')), -ENOENT);
    assert.equal(guest.connect(early, guest.unix('/tmp/s')), 0);
    const server = guest.accept(listener);
    guest.send(early, 'hi');
    assert.equal(guest.recv(server), 'hi');
    guest.close(server);
    assert.equal(guest.send(early, 'x'), -EPIPE);
    assert.equal(guest.poll([early, POLLIN])[0] & POLLHUP, POLLHUP);
    guest.close(listener);
    assert.equal(guest.connect(guest.socket(AF_UNIX), guest.unix('/tmp/s')), -ECONNREFUSED);
    guest.unlink('/tmp/s');
    const abstract = guest.socket(AF_UNIX);
    assert.equal(guest.bind(abstract, guest.unix('\0name')), 0);
    guest.ok('__syscall_listen', abstract, 1, 0, 0, 0, 0);
    assert.equal(guest.connect(guest.socket(AF_UNIX), guest.unix('\0name')), 0);
    assert.equal(guest.connect(guest.socket(AF_UNIX, DGRAM), guest.unix('\0name')), -EPROTOTYPE);
    const at = guest.alloc(8);
    guest.ok('socketpair', AF_UNIX, 1, 0, at);
    const [a, b] = [guest.int(at), guest.int(at + 4)];
    guest.send(a, 'pair');
    assert.equal(guest.recv(b), 'pair');
    const room = guest.words(128);
    guest.ok('__syscall_getsockname', a, guest.scratch, room, 0, 0, 0);
    assert.equal(guest.int(room), 2);
});

/** struct msghdr with one vector, an optional control buffer. */
function header(guest, data, count, control = 0, controlLength = 0, name = 0, nameLength = 0) {
    return guest.words(name, nameLength, guest.words(data, count), 1, control, controlLength, 0);
}

test('descriptors travel over Unix sockets, with their bytes', () => {
    const guest = new Guest();
    const at = guest.alloc(8);
    guest.ok('socketpair', AF_UNIX, 1, 0, at);
    const [a, b] = [guest.int(at), guest.int(at + 4)];
    const [reader, writer] = guest.pipe();
    guest.send(a, 'before');
    const control = guest.words(20, 1, 1, reader, writer);
    assert.equal(guest.frond.sendmsg(a, header(guest, guest.bytes('with'), 4, control, 20), 0), 4);
    guest.send(a, 'after');
    guest.close(reader);
    const room = guest.alloc(64);
    const message = header(guest, guest.scratch, 100, room, 64);
    assert.equal(guest.frond.recvmsg(b, message, 0), 6);
    assert.equal(guest.int(message + 20), 0);
    const second = header(guest, guest.scratch, 100, room, 64);
    assert.equal(guest.frond.recvmsg(b, second, 0), 9);
    assert.equal(guest.int(second + 20), 20);
    const [gotReader, gotWriter] = [guest.int(room + 12), guest.int(room + 16)];
    guest.write(gotWriter, 'alive');
    assert.equal(guest.read(gotReader), 'alive');
    const cut = guest.words(20, 1, 1, gotReader, gotWriter);
    guest.frond.sendmsg(a, header(guest, guest.bytes('x'), 1, cut, 20), 0);
    const third = header(guest, guest.scratch, 100, room, 16);
    assert.equal(guest.frond.recvmsg(b, third, 0), 1);
    assert.equal(guest.int(third + 24) & 8, 8, 'MSG_CTRUNC');
    assert.equal(guest.int(third + 20), 16);
    assert.equal(guest.frond.sendmsg(a, header(guest, guest.bytes('x'), 1, guest.words(16, 1, 1, 99), 16), 0), -EBADF);
});

test('UDP', () => {
    const guest = new Guest();
    const a = guest.socket(2, DGRAM);
    const b = guest.socket(2, DGRAM);
    guest.bind(b, guest.inet(0));
    const port = guest.port(b);
    assert.equal(guest.send(a, 'x'), -EDESTADDRREQ);
    assert.equal(guest.send(a, 'one', 0, guest.inet(port)), 3);
    assert.equal(guest.send(a, 'two', 0, guest.inet(port)), 3);
    assert.ok(guest.port(a) > 0, 'bound by sending');
    const from = guest.alloc(16);
    assert.equal(guest.frond.recvfrom(b, guest.scratch, 2, 0, from, guest.words(16)), 2);
    assert.equal(guest.memory.view.getUint16(from + 2, false), guest.port(a));
    assert.equal(guest.recv(b), 'two', 'the rest of a datagram is gone');
    assert.equal(guest.recv(b), -EAGAIN);
    assert.equal(guest.connect(a, guest.inet(port)), 0);
    assert.equal(guest.send(a, ''), 0);
    assert.equal(guest.recv(b), '', 'an empty datagram is one');
    const stranger = guest.socket(2, DGRAM);
    assert.equal(guest.send(stranger, 'not you', 0, guest.inet(guest.port(a))), 7);
    assert.equal(guest.recv(a), -EAGAIN, 'a connected socket hears only its partner');
    guest.close(b);
    assert.equal(guest.send(a, 'anybody?'), 8);
    assert.equal(guest.recv(a), -ECONNREFUSED);
    assert.equal(guest.send(a, new Uint8Array(70000)), -EMSGSIZE);
    assert.equal(guest.send(stranger, 'x', 0, guest.inet(53, '8.8.8.8')), -ENETUNREACH);
    guest.connect(stranger, guest.inet(port));
    assert.equal(guest.send(stranger, 'truncate me', 0, guest.inet(guest.port(stranger))), 11);
    const message = header(guest, guest.scratch, 4);
    const loop = guest.socket(2, DGRAM);
    guest.bind(loop, guest.inet(0));
    guest.send(loop, 'truncate me', 0, guest.inet(guest.port(loop)));
    assert.equal(guest.frond.recvmsg(loop, message, 0), 4);
    assert.equal(guest.int(message + 24), 0x20);
});

test('IPv6 datagrams carry hop limit and traffic class', () => {
    const guest = new Guest();
    const receiver = guest.socket(AF_INET6, DGRAM);
    guest.bind(receiver, guest.inet6(0));
    guest.setOption(receiver, 41, 51, 1);
    guest.setOption(receiver, 41, 66, 1);
    const sender = guest.socket(AF_INET6, DGRAM);
    const [to, length] = guest.inet6(guest.port(receiver));
    const control = guest.words(16, 41, 52, 5, 16, 41, 67, 9);
    guest.ok('sendmsg', sender, header(guest, guest.bytes('x'), 1, control, 32, to, length), 0);
    const room = guest.alloc(64);
    const got = header(guest, guest.scratch, 10, room, 64);
    assert.equal(guest.frond.recvmsg(receiver, got, 0), 1);
    assert.equal(guest.int(got + 20), 32);
    assert.deepEqual([guest.int(room + 4), guest.int(room + 8), guest.int(room + 12)], [41, 52, 5]);
    assert.deepEqual([guest.int(room + 24), guest.int(room + 28)], [67, 9]);
    guest.ok('sendto', sender, guest.bytes('y'), 1, 0, to, length);
    const cut = header(guest, guest.scratch, 10, room, 30);
    assert.equal(guest.frond.recvmsg(receiver, cut, 0), 1);
    assert.equal(guest.int(room + 12), 64);
    assert.equal(guest.int(room + 16), 14, 'cut off');
    assert.equal(guest.int(cut + 24), 8);
    const wrong = guest.words(16, 41, 52, 256);
    assert.equal(guest.frond.sendmsg(sender, header(guest, guest.bytes('x'), 1, wrong, 16, to, length), 0), -EINVAL);
});

test('UDP drops what nobody reads, a Unix datagram socket makes the sender wait', () => {
    const guest = new Guest();
    const udp = guest.socket(2, DGRAM);
    guest.bind(udp, guest.inet(0));
    for (let count = 0; count < 100; count++) {
        assert.equal(guest.send(udp, new Uint8Array(10000), 0, guest.inet(guest.port(udp))), 10000);
    }
    const receiver = guest.socket(AF_UNIX, DGRAM);
    guest.bind(receiver, guest.unix('/tmp/d'));
    const sender = guest.socket(AF_UNIX, DGRAM);
    let sent = 0;
    while (guest.send(sender, new Uint8Array(10000), 0, guest.unix('/tmp/d')) > 0) {
        sent++;
    }
    assert.ok(sent > 10);
    assert.equal(guest.frond.watch(sender, POLLOUT, 2), 0, 'does not spin');
    guest.recv(receiver);
    assert.equal(guest.frond.take_event(), 2);
    assert.equal(guest.frond.watch(sender, POLLOUT, 2), 1);
});

test('getaddrinfo and getnameinfo', () => {
    const guest = new Guest();
    const out = guest.words(0);
    const look = (node, service, flags = 0, family = 0, type = 0) => {
        const result = guest.env.getaddrinfo(node === null ? 0 : guest.string(node), service === null ? 0
            : guest.string(service), guest.words(flags, family, type, 0, 0, 0, 0, 0), out);
        if (result !== 0) {
            return result;
        }
        const list = [];
        for (let at = guest.int(out); at !== 0; at = guest.int(at + 28)) {
            const address = guest.int(at + 20);
            list.push([guest.int(at + 4), guest.int(at + 8), guest.memory.view.getUint16(address + 2, false)]);
        }
        return list;
    };
    assert.deepEqual(look('localhost', '80', 0, 0, 1), [[10, 1, 80], [2, 1, 80]]);
    assert.deepEqual(look('127.0.0.1', 'http'), [[2, 1, 80]]);
    assert.deepEqual(look('127.0.0.1', '8000'), [[2, 1, 8000], [2, 2, 8000]]);
    assert.deepEqual(look(null, '80', 1, 0, 1), [[2, 1, 80], [10, 1, 80]]);
    assert.deepEqual(look('::1', null, 0, 0, 1), [[10, 1, 0]]);
    assert.equal(look('::1', null, 0, 2, 1), -2);
    assert.equal(look('example.org', '80'), -2);
    assert.equal(look('localhost', 'no-such-service'), -8);
    assert.equal(look(null, null), -2);
    assert.equal(look('localhost', null, 0x8000), -1);
    const [address] = guest.inet(443);
    assert.equal(guest.env.getnameinfo(address, 16, guest.scratch, 64, guest.scratch + 64, 32, 0), 0);
    assert.equal(guest.text(guest.scratch, 9), 'localhost');
    assert.equal(guest.text(guest.scratch + 64, 5), 'https');
    assert.equal(guest.env.getnameinfo(address, 16, guest.scratch, 64, guest.scratch + 64, 32, 3), 0);
    assert.equal(guest.text(guest.scratch, 9), '127.0.0.1');
    assert.equal(guest.text(guest.scratch + 64, 3), '443');
    assert.equal(guest.env.getnameinfo(address, 16, guest.scratch, 4, 0, 0, 0), -12);
});
