import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import { EBADF, EEXIST, EINVAL, ELOOP, ENOENT, EPERM } from '../../../Templates/kernel/errno.mjs';
import { EPOLLET, EPOLLONESHOT, POLLHUP, POLLIN, POLLOUT } from '../../../Templates/kernel/constants.mjs';

/** epoll calls on one set. */
class Epoll {
    constructor(guest) {
        this.guest = guest;
        this.fd = guest.ok('__syscall_epoll_create1', 0);
        this.event = guest.alloc(16);
        this.events = guest.alloc(16 * 64);
    }

    control(operation, fd, interest = 0, data = fd) {
        const { view } = this.guest.memory;
        view.setInt32(this.event, interest, true);
        view.setBigInt64(this.event + 8, BigInt(data), true);
        return this.guest.env.__syscall_epoll_ctl(this.fd, operation, fd, this.event);
    }

    add(fd, interest) {
        return this.control(1, fd, interest);
    }

    wait(limit = 64) {
        const count = this.guest.frond.epoll_wait(this.fd, this.events, limit);
        const { view } = this.guest.memory;
        return count < 0 ? count : Array.from({ length: count }, (_, index) => [
            Number(view.getBigInt64(this.events + index * 16 + 8, true)), view.getUint32(this.events + index * 16, true),
        ]);
    }
}

test('level: reported as long as it is ready', () => {
    const guest = new Guest();
    const epoll = new Epoll(guest);
    const [reader, writer] = guest.pipe();
    assert.equal(epoll.add(reader, POLLIN), 0);
    assert.deepEqual(epoll.wait(), []);
    guest.write(writer, 'ab');
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
    guest.read(reader);
    assert.deepEqual(epoll.wait(), []);
    guest.close(writer);
    assert.deepEqual(epoll.wait(), [[reader, POLLHUP]]);
});

test('edge: once per change; one-shot: once until rearmed', () => {
    const guest = new Guest();
    const epoll = new Epoll(guest);
    const [reader, writer] = guest.pipe();
    epoll.add(reader, POLLIN | EPOLLET);
    guest.write(writer, 'a');
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
    assert.deepEqual(epoll.wait(), []);
    guest.write(writer, 'b');
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
    assert.equal(epoll.control(3, reader, POLLIN | EPOLLONESHOT), 0);
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
    guest.write(writer, 'c');
    assert.deepEqual(epoll.wait(), []);
    epoll.control(3, reader, POLLIN | EPOLLONESHOT);
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
});

test('errors', () => {
    const guest = new Guest();
    const epoll = new Epoll(guest);
    const [reader] = guest.pipe();
    assert.equal(epoll.add(reader, POLLIN), 0);
    assert.equal(epoll.add(reader, POLLIN), -EEXIST);
    assert.equal(epoll.control(2, reader), 0);
    assert.equal(epoll.control(2, reader), -ENOENT);
    assert.equal(epoll.control(3, reader), -ENOENT);
    assert.equal(epoll.add(99, POLLIN), -EBADF);
    assert.equal(epoll.add(epoll.fd, POLLIN), -EINVAL);
    assert.equal(epoll.add(guest.open('/tmp', 0o200000), POLLIN), -EPERM);
    assert.equal(guest.frond.epoll_wait(reader, epoll.events, 1), -EINVAL);
    assert.equal(guest.frond.epoll_wait(epoll.fd, epoll.events, 0), -EINVAL);
    const other = new Epoll(guest);
    assert.equal(epoll.add(other.fd, POLLIN), 0);
    assert.equal(other.add(epoll.fd, POLLIN), -ELOOP);
});

test('many descriptors, few at a time: each gets its turn', () => {
    const guest = new Guest();
    const epoll = new Epoll(guest);
    const pipes = Array.from({ length: 10 }, () => guest.pipe());
    for (const [reader, writer] of pipes) {
        epoll.add(reader, POLLIN);
        guest.write(writer, 'x');
    }
    const seen = new Set();
    for (let round = 0; round < 4; round++) {
        epoll.wait(3).forEach(([fd]) => seen.add(fd));
    }
    assert.equal(seen.size, 10);
});

test('a set is itself a descriptor that becomes readable and wakes threads', () => {
    const guest = new Guest();
    const inner = new Epoll(guest);
    const outer = new Epoll(guest);
    const [reader, writer] = guest.pipe();
    inner.add(reader, POLLIN);
    outer.add(inner.fd, POLLIN);
    assert.deepEqual(guest.poll([outer.fd, POLLIN]), [0]);
    assert.equal(guest.frond.watch(outer.fd, POLLIN, 5), 0);
    guest.write(writer, 'x');
    assert.equal(guest.frond.take_event(), 5);
    assert.deepEqual(guest.poll([outer.fd, POLLIN]), [POLLIN]);
    assert.deepEqual(outer.wait(), [[inner.fd, POLLIN]]);
    guest.read(reader);
    assert.deepEqual(outer.wait(), []);
});

test('closing a descriptor takes it out, a duplicate keeps it in', () => {
    const guest = new Guest();
    const epoll = new Epoll(guest);
    const [reader, writer] = guest.pipe();
    epoll.add(reader, POLLIN);
    const copy = guest.ok('__syscall_dup', reader);
    guest.close(reader);
    guest.write(writer, 'x');
    assert.deepEqual(epoll.wait(), [[reader, POLLIN]]);
    guest.close(copy);
    assert.deepEqual(epoll.wait(), []);
    const [again, writer2] = guest.pipe();
    assert.equal(again, reader);
    assert.equal(epoll.add(again, POLLIN), 0);
    guest.write(writer2, 'y');
    assert.deepEqual(epoll.wait(), [[again, POLLIN]]);
    assert.equal(guest.close(epoll.fd), 0);
});

test('connections: readable listener, writable client', () => {
    const guest = new Guest();
    const epoll = new Epoll(guest);
    const listener = guest.listener();
    epoll.add(listener, POLLIN);
    const client = guest.socket();
    guest.connect(client, guest.inet(guest.port(listener)));
    assert.deepEqual(epoll.wait(), [[listener, POLLIN]]);
    const server = guest.accept(listener);
    epoll.add(client, POLLIN | POLLOUT | EPOLLET);
    assert.deepEqual(epoll.wait(), [[client, POLLOUT]]);
    guest.send(server, 'x');
    assert.deepEqual(epoll.wait(), [[client, POLLIN | POLLOUT]]);
});
