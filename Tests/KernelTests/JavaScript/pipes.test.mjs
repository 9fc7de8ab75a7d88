import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import { EAGAIN, EBADF, ENXIO, EPIPE } from '../../../Templates/kernel/errno.mjs';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLNVAL } from '../../../Templates/kernel/constants.mjs';

test('a pipe carries bytes, ends, breaks', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    assert.equal(guest.readBytes(reader), -EAGAIN);
    assert.equal(guest.write(writer, 'abc'), 3);
    assert.equal(guest.read(reader, 2), 'ab');
    assert.equal(guest.read(reader), 'c');
    assert.equal(guest.write(reader, 'x'), -EBADF);
    guest.close(writer);
    assert.equal(guest.read(reader), '');
    const [reader2, writer2] = guest.pipe();
    guest.close(reader2);
    assert.equal(guest.write(writer2, 'x'), -EPIPE);
});

test('a pipe holds 64 KiB; writes up to PIPE_BUF are whole', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    assert.equal(guest.write(writer, new Uint8Array(65000)), 65000);
    assert.equal(guest.write(writer, new Uint8Array(1000)), -EAGAIN);
    assert.equal(guest.write(writer, new Uint8Array(5000)), 536);
    assert.equal(guest.write(writer, new Uint8Array(5000)), -EAGAIN);
    assert.deepEqual(guest.poll([writer, POLLOUT], [reader, POLLIN]), [0, POLLIN]);
    assert.equal(guest.readBytes(reader, 65536).length, 65536);
    assert.deepEqual(guest.poll([writer, POLLOUT], [reader, POLLIN]), [POLLOUT, 0]);
});

test('bytes keep their order through many wraps of the ring', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    let next = 0;
    let expected = 0;
    for (let round = 0; round < 500; round++) {
        const chunk = Uint8Array.from({ length: (round * 37) % 4000 + 1 }, () => next++ & 255);
        assert.equal(guest.write(writer, chunk), chunk.length);
        for (const byte of guest.readBytes(reader, round % 10 === 9 ? 65536 : (round * 53) % 4100 + 1)) {
            assert.equal(byte, expected++ & 255);
        }
        guest.top = guest.top > 8 << 20 ? 1 << 20 : guest.top;
    }
});

test('poll of pipes', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    assert.deepEqual(guest.poll([reader, POLLIN], [writer, POLLOUT]), [0, POLLOUT]);
    guest.close(writer);
    assert.deepEqual(guest.poll([reader, POLLIN], [99, POLLIN], [-1, POLLIN]), [POLLHUP, POLLNVAL, 0]);
    const [reader2, writer2] = guest.pipe();
    guest.close(reader2);
    assert.deepEqual(guest.poll([writer2, POLLOUT]), [POLLOUT | POLLERR]);
});

test('watches: once, for the right event, forgotten on request', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    assert.equal(guest.frond.watch(writer, POLLOUT, 1), 1, 'ready already');
    assert.equal(guest.frond.watch(reader, POLLIN, 7), 0);
    assert.equal(guest.frond.take_event(), -1);
    guest.write(writer, 'a');
    guest.write(writer, 'b');
    assert.equal(guest.events, 1);
    assert.equal(guest.frond.take_event(), 7);
    assert.equal(guest.frond.take_event(), -1);
    guest.frond.unwatch(7);
    guest.read(reader);
    guest.frond.watch(reader, POLLIN, 8);
    guest.frond.unwatch(8);
    guest.write(writer, 'c');
    assert.equal(guest.frond.take_event(), -1);
    assert.equal(guest.frond.watch(123, POLLIN, 1), -EBADF);
});

test('one thread that watches several descriptors wakes once; several threads wake in order', () => {
    const guest = new Guest();
    const pipes = [guest.pipe(), guest.pipe(), guest.pipe()];
    for (const [reader] of pipes) {
        guest.frond.watch(reader, POLLIN, 5);
    }
    guest.frond.watch(pipes[2][0], POLLIN, 6);
    for (const [, writer] of pipes) {
        guest.write(writer, 'x');
    }
    assert.deepEqual([guest.frond.take_event(), guest.frond.take_event(), guest.frond.take_event()], [5, 6, -1]);
});

test('a reader wakes when the writer goes, a writer when there is room', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    guest.frond.watch(reader, POLLIN, 1);
    guest.close(writer);
    assert.equal(guest.frond.take_event(), 1);
    const [reader2, writer2] = guest.pipe();
    guest.write(writer2, new Uint8Array(65536));
    assert.equal(guest.frond.watch(writer2, POLLOUT, 2), 0);
    guest.readBytes(reader2, 100);
    assert.equal(guest.frond.take_event(), -1, 'less than PIPE_BUF is no room');
    guest.readBytes(reader2, 4096);
    assert.equal(guest.frond.take_event(), 2);
});

test('an event queue that is emptied and filled again calls the host each time', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    for (let round = 1; round <= 3; round++) {
        guest.frond.watch(reader, POLLIN, round);
        guest.write(writer, 'x');
        assert.equal(guest.events, round);
        assert.ok(guest.kernel.hasEvents());
        assert.equal(guest.kernel.takeEvent(), round);
        guest.read(reader);
    }
});

test('FIFOs: no end is in a hurry', () => {
    const guest = new Guest();
    assert.equal(guest.path('__syscall_mknodat', -100, '/tmp/f', 0o010644, 0), 0);
    assert.equal(guest.open('/tmp/f', 1 | 0o4000), -ENXIO);
    const reader = guest.open('/tmp/f');
    assert.equal(guest.readBytes(reader), -EAGAIN, 'waits for the first writer');
    assert.equal(guest.frond.watch(reader, POLLIN, 3), 0);
    const writer = guest.open('/tmp/f', 1);
    guest.write(writer, 'through');
    assert.equal(guest.frond.take_event(), 3);
    assert.equal(guest.read(reader), 'through');
    guest.close(writer);
    assert.equal(guest.read(reader), '');
    const again = guest.open('/tmp/f', 1);
    assert.equal(guest.readBytes(reader), -EAGAIN);
    guest.close(again);
    guest.close(reader);
    const alone = guest.open('/tmp/f', 1);
    assert.equal(guest.write(alone, 'x'), -EAGAIN, 'waits for the first reader');
    assert.equal(guest.frond.watch(alone, POLLOUT, 4), 0, 'and does not spin');
    guest.open('/tmp/f');
    assert.equal(guest.frond.take_event(), 4);
    assert.equal(guest.fstat(alone).mode & 0o170000, 0o010000);
});

test('/proc/self/fd and /dev/fd reopen', () => {
    const guest = new Guest();
    const [reader, writer] = guest.pipe();
    guest.write(writer, 'again');
    const second = guest.open(`/dev/fd/${reader}`);
    assert.equal(guest.read(second), 'again');
    assert.match(guest.readlink(`/proc/self/fd/${reader}`), /^pipe:\[\d+\]$/);
    assert.ok(guest.listPath('/proc/self/fd').includes(String(writer)));
    guest.writeFile('/tmp/a', 'abc');
    const file = guest.open('/tmp/a');
    guest.read(file, 1);
    assert.equal(guest.readFile(`/proc/self/fd/${file}`), 'abc', 'a description of its own');
});

test('SETPIPE_SZ', () => {
    const guest = new Guest();
    const [, writer] = guest.pipe();
    assert.equal(guest.ok('__syscall_fcntl64', writer, 1032, 0), 65536);
    assert.equal(guest.ok('__syscall_fcntl64', writer, 1031, guest.words(100)), 4096);
    assert.equal(guest.write(writer, new Uint8Array(10000)), 4096);
});
