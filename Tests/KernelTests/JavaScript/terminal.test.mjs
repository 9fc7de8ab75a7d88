import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import { EAGAIN, EBADF, ENOSPC, ENOTTY, ENXIO, EPIPE } from '../../../Templates/kernel/errno.mjs';
import { POLLHUP, POLLIN, POLLOUT } from '../../../Templates/kernel/constants.mjs';

const terminal = { isatty: { stdin: true, stdout: true, stderr: true } };
const text = (chunks) => chunks.map((chunk) => new TextDecoder().decode(chunk)).join('');

test('output goes to the hooks, in chunks that they may keep', () => {
    const guest = new Guest();
    guest.write(1, 'out');
    guest.write(2, 'err');
    guest.memory.u8.fill(0);
    assert.equal(text(guest.out), 'out');
    assert.equal(text(guest.err), 'err');
    assert.equal(guest.readBytes(1), -EBADF);
});

test('a hook may say that the output is gone', () => {
    const guest = new Guest({ stdout: () => 'EPIPE', stderr: () => 'ENOSPC' });
    assert.equal(guest.write(1, 'x'), -EPIPE);
    assert.equal(guest.write(2, 'x'), -ENOSPC);
    assert.equal(guest.write(1, ''), 0);
});

test('standard input as a stream: waits, wakes, ends for ever', () => {
    let wanted = 0;
    const guest = new Guest({ wantInput: () => wanted++ });
    assert.equal(wanted, 0);
    assert.equal(guest.readBytes(0), -EAGAIN);
    assert.equal(wanted, 1);
    assert.equal(guest.kernel.hasExternalSources(), false, 'nobody waits for it');
    assert.equal(guest.frond.watch(0, POLLIN, 1), 0);
    assert.equal(guest.kernel.hasExternalSources(), true);
    guest.kernel.stdin.write('');
    assert.equal(guest.events, 0);
    guest.kernel.stdin.write('two\nlines\n');
    assert.equal(guest.frond.take_event(), 1);
    assert.equal(guest.read(0), 'two\nlines\n');
    guest.kernel.stdin.write('rest');
    guest.kernel.stdin.end();
    assert.equal(guest.read(0, 2), 're');
    assert.equal(guest.read(0), 'st');
    assert.equal(guest.read(0), '');
    assert.equal(guest.read(0), '');
    assert.equal(guest.poll([0, POLLIN])[0] & POLLIN, POLLIN);
    assert.equal(guest.kernel.hasExternalSources(), false);
    assert.equal(guest.fstat(0).mode & 0o170000, 0o010000);
    assert.equal(guest.env.__syscall_ioctl(0, 0x5413, guest.words(guest.scratch)), -ENOTTY);
    assert.equal(guest.open('/dev/tty'), -ENXIO);
});

test('a terminal gives a line at a time; nothing is Ctrl-D, once', () => {
    const guest = new Guest(terminal);
    guest.kernel.stdin.write('one\ntwo\nthr');
    assert.equal(guest.read(0), 'one\n');
    assert.equal(guest.read(0, 2), 'tw');
    assert.equal(guest.read(0), 'o\n');
    assert.equal(guest.read(0), 'thr');
    assert.equal(guest.readBytes(0), -EAGAIN);
    guest.kernel.stdin.write('');
    assert.deepEqual(guest.poll([0, POLLIN | POLLOUT]), [POLLIN]);
    assert.equal(guest.read(0), '');
    assert.equal(guest.readBytes(0), -EAGAIN);
    guest.kernel.stdin.end();
    assert.equal(guest.poll([0, POLLIN])[0] & POLLHUP, 0);
    assert.equal(guest.read(0), '');
    assert.equal(guest.fstat(0).mode & 0o170000, 0o020000);
    const tty = guest.open('/dev/tty', 2);
    guest.write(tty, 'direct');
    assert.equal(text(guest.out), 'direct');
});

test('size and attributes of the terminal', () => {
    const guest = new Guest({ ...terminal, size: { columns: 100, rows: 30 } });
    const at = guest.alloc(64);
    assert.equal(guest.env.__syscall_ioctl(1, 0x5413, guest.words(at)), 0);
    assert.deepEqual([guest.memory.view.getUint16(at, true), guest.memory.view.getUint16(at + 2, true)], [30, 100]);
    guest.kernel.resize(80, 25);
    assert.deepEqual(guest.signals, [28]);
    assert.equal(guest.env.__syscall_ioctl(0, 0x5401, guest.words(at)), 0);
    const states = [];
    guest.kernel.tty.onAttributes((state) => states.push(state));
    guest.memory.view.setUint32(at + 12, guest.memory.view.getUint32(at + 12, true) & ~0o10, true);
    assert.equal(guest.env.__syscall_ioctl(0, 0x5402, guest.words(at)), 0);
    assert.deepEqual(states, [{ echo: false, canonical: true }]);
    assert.equal(guest.env.__syscall_ioctl(0, 0x5401, guest.words(-1)), -21);
});

test('the line discipline of the kernel, for a terminal that has none', () => {
    const guest = new Guest(terminal);
    guest.kernel.tty.echo = true;
    guest.kernel.stdin.write('helo\x7flo\r');
    assert.equal(guest.read(0), 'hello\n');
    assert.equal(text(guest.out), 'helo\b \blo\r\n');
    guest.kernel.stdin.write('all of it\x15x\r');
    assert.equal(guest.read(0), 'x\n');
    guest.kernel.stdin.write('two words\x17one\n');
    assert.equal(guest.read(0), 'two one\n');
    guest.kernel.stdin.write('é\x7fe\r');
    assert.equal(guest.read(0), 'e\n');
    guest.kernel.stdin.write('lost\x03');
    assert.deepEqual(guest.signals, [2]);
    guest.kernel.stdin.write('part\x04');
    assert.equal(guest.read(0), 'part');
    guest.kernel.stdin.write('\x04');
    assert.equal(guest.read(0), '');
    assert.equal(guest.readBytes(0), -EAGAIN);
});

test('devices', () => {
    const guest = new Guest();
    assert.equal(guest.read(guest.open('/dev/null')), '');
    assert.equal(guest.write(guest.open('/dev/null', 1), 'gone'), 4);
    assert.deepEqual([...guest.readBytes(guest.open('/dev/zero'), 3)], [0, 0, 0]);
    assert.equal(guest.write(guest.open('/dev/full', 1), 'x'), -ENOSPC);
    assert.notDeepEqual(guest.readBytes(guest.open('/dev/urandom'), 32), guest.readBytes(guest.open('/dev/urandom'), 32));
    assert.equal(guest.open('/dev/new', 0o101), -2, 'only root makes files in /dev');
    assert.equal(guest.readlink('/dev/stdout'), '/proc/self/fd/1');
    guest.write(guest.open('/dev/stdout', 1), 'through');
    assert.equal(text(guest.out), 'through');
    const at = guest.alloc(200000);
    assert.equal(guest.wasi.random_get(at, 200000), 0);
    assert.ok(guest.memory.u8.subarray(at + 199990, at + 200000).some((byte) => byte !== 0));
});
