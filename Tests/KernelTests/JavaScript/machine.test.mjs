import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest, makeImage } from './guest.mjs';
import { EACCES, ECHILD, EINVAL, ENOENT, ENOEXEC, ENOSYS, EPERM } from '../../../Templates/kernel/errno.mjs';
import { POLLIN } from '../../../Templates/kernel/constants.mjs';

test('arguments and environment', () => {
    const guest = new Guest({ args: ['python3', 'ü'], env: { A: '1', B: 'x=y' } });
    const [count, size] = [guest.words(0), guest.words(0)];
    guest.wasi.args_sizes_get(count, size);
    assert.deepEqual([guest.int(count), guest.int(size)], [2, 11]);
    const [pointers, bytes] = [guest.alloc(64), guest.alloc(64)];
    guest.wasi.args_get(pointers, bytes);
    assert.equal(guest.text(guest.int(pointers + 4), 2), 'ü');
    guest.wasi.environ_sizes_get(count, size);
    assert.deepEqual([guest.int(count), guest.int(size)], [2, 10]);
    guest.wasi.environ_get(pointers, bytes);
    assert.equal(guest.text(bytes, 9), 'A=1\0B=x=y');
});

test('clocks', () => {
    const guest = new Guest({ now: () => 5000.5, date: () => 1700000000123.25 });
    const at = guest.alloc(8);
    assert.equal(guest.wasi.clock_time_get(0, 0n, at), 0);
    assert.equal(guest.memory.view.getBigInt64(at, true), 1700000000123250000n);
    guest.wasi.clock_time_get(1, 0n, at);
    assert.equal(guest.memory.view.getBigInt64(at, true), 5000500000n);
    guest.wasi.clock_time_get(2, 0n, at);
    assert.equal(guest.memory.view.getBigInt64(at, true), 0n);
    assert.equal(guest.wasi.clock_time_get(77, 0n, at), EINVAL);
    assert.equal(guest.wasi.clock_res_get(1, at), 0);
});

/** struct tm as an object, through _localtime_js and friends. */
function fields(guest, at) {
    const names = ['sec', 'min', 'hour', 'mday', 'mon', 'year', 'wday', 'yday', 'isdst', 'gmtoff'];
    return Object.fromEntries(names.map((name, index) => [name, guest.int(at + index * 4)]));
}

test('local time, in the zone that TZ names', () => {
    const guest = new Guest({ env: { TZ: 'Europe/Paris' } });
    const at = guest.alloc(44);
    assert.equal(guest.env._localtime_js(1700000000n, at), 0);
    assert.deepEqual(fields(guest, at), {
        sec: 20, min: 13, hour: 23, mday: 14, mon: 10, year: 123, wday: 2, yday: 317, isdst: 0, gmtoff: 3600,
    });
    assert.equal(guest.env._localtime_js(1690000000n, at), 0);
    assert.equal(fields(guest, at).isdst, 1);
    assert.equal(guest.env._mktime_js(at), 1690000000n);
    assert.equal(guest.env._gmtime_js(-1n, at), 0);
    assert.deepEqual([fields(guest, at).year, fields(guest, at).sec], [69, 59]);
    assert.equal(guest.env._timegm_js(at), -1n);
    assert.equal(guest.env._localtime_js(1n << 60n, at), 1);
    const [zone, daylight, standard, summer] = [guest.words(0), guest.words(0), guest.alloc(20), guest.alloc(20)];
    guest.env._tzset_js(zone, daylight, standard, summer);
    assert.deepEqual([guest.int(zone), guest.int(daylight)], [-3600, 1]);
    assert.equal(guest.text(standard, 4), 'CET\0');
});

test('mktime where a local time exists twice or not at all', () => {
    const guest = new Guest({ env: { TZ: 'America/New_York' } });
    const make = (isdst, month, day, hour) => {
        const at = guest.words(0, 30, hour, day, month, 123, 0, 0, isdst, 0, 0);
        return Number(guest.env._mktime_js(at));
    };
    assert.equal(make(1, 10, 5, 1), 1699162200);
    assert.equal(make(0, 10, 5, 1), 1699165800);
    assert.ok([1699162200, 1699165800].includes(make(-1, 10, 5, 1)));
    const gap = make(-1, 2, 12, 2);
    assert.ok(Math.abs(gap - 1678606200) <= 3600);
    const southern = new Guest({ env: { TZ: 'Australia/Sydney' } });
    const at = southern.alloc(44);
    southern.env._localtime_js(1704067200n, at);
    assert.deepEqual([fields(southern, at).isdst, fields(southern, at).gmtoff], [1, 39600]);
    const odd = new Guest({ env: { TZ: 'No/Such_Zone' } });
    assert.equal(odd.env._localtime_js(0n, odd.alloc(44)), 0);
});

test('/proc', () => {
    const guest = new Guest();
    assert.equal(guest.readFile('/proc/self/cmdline'), 'python3\0-c\0pass\0');
    assert.equal(guest.readlink('/proc/self'), '42');
    assert.equal(guest.readlink('/proc/self/exe'), '/usr/bin/python3');
    assert.match(guest.readFile('/proc/self/status'), /Pid:\t42\n/);
    assert.match(guest.readFile('/proc/meminfo'), /MemTotal/);
    assert.match(guest.readFile('/proc/self/environ'), /HOME=\/home\/user\0/);
    assert.equal(guest.open('/proc/self/status', 1), -EACCES);
    assert.equal(guest.readlink('/proc/self/cwd'), '/');
    assert.match(guest.readFile('/etc/passwd'), /^user:x:1000:/m);
    assert.match(guest.readFile('/etc/services'), /^http\t80\/tcp$/m);
});

test('limits, usage, identity', () => {
    const guest = new Guest();
    const at = guest.alloc(400);
    assert.equal(guest.frond.prlimit(0, 7, 0, at), 0);
    assert.equal(guest.memory.view.getBigInt64(at, true), 4096n);
    guest.memory.view.setBigInt64(at, 10n, true);
    assert.equal(guest.frond.prlimit(0, 7, at, 0), 0);
    const opened = [];
    for (let fd = guest.open('/dev/null'); fd >= 0; fd = guest.open('/dev/null')) {
        opened.push(fd);
    }
    assert.deepEqual(opened, [3, 4, 5, 6, 7, 8, 9]);
    guest.memory.view.setBigInt64(at + 8, 99999n, true);
    assert.equal(guest.frond.prlimit(0, 7, at, 0), -EPERM);
    assert.equal(guest.frond.getrusage(0, at), 0);
    assert.equal(guest.frond.uname(at), 0);
    assert.equal(guest.text(at, 10), 'Emscripten');
    assert.equal(guest.env.__syscall_getuid32(), 1000);
});

test('mmap: private copies, shared stays in step with the file', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/m', 2 | 0o100);
    guest.write(fd, 'mapped file');
    const [allocated, pointer] = [guest.words(0), guest.words(0)];
    const map = (flags, protection, length = 16, offset = 0n, from = fd) => {
        const result = guest.env._mmap_js(length, protection, flags, from, offset, allocated, pointer);
        return result < 0 ? result : guest.int(pointer);
    };
    const copy = map(2, 3);
    assert.equal(guest.int(allocated), 1);
    assert.equal(guest.text(copy, 16), 'mapped file\0\0\0\0\0');
    guest.memory.u8[copy] = 88;
    guest.seek(fd, 0);
    assert.equal(guest.read(fd, 6), 'mapped');
    const shared = map(1, 3);
    assert.equal(map(1, 1), shared, 'the same range is the same memory');
    guest.memory.u8[shared] = 77;
    guest.seek(fd, 0);
    assert.equal(guest.read(fd), 'Mapped file', 'read sees what was stored, and not beyond the end');
    guest.seek(fd, 1);
    guest.write(fd, 'APPED');
    assert.equal(guest.text(shared, 11), 'MAPPED file', 'the mapping sees what was written');
    guest.memory.u8[shared + 7] = 70;
    guest.close(fd);
    assert.equal(guest.env._munmap_js(shared, 16, 3, 1, fd, 0n), 0);
    assert.equal(guest.env._munmap_js(shared, 16, 3, 1, fd, 0n), 0);
    assert.equal(guest.readFile('/tmp/m'), 'MAPPED File', 'also after the descriptor was closed');
    const reading = guest.open('/tmp/m');
    assert.equal(map(1, 2, 16, 0n, reading), -EACCES);
    assert.equal(map(2, 2, 0, 0n, reading), -EINVAL);
    assert.equal(map(2, 1, 16, 0n, guest.open('/dev/zero')) > 0, true);
});

/** A guest whose programs are started by hand. */
function parent(options = {}) {
    const started = [];
    const guest = new Guest({
        image: makeImage({ files: {
            '/usr/bin/python3': '', '/app/script': ['#!/usr/bin/env python3\n', 0o755], '/app/data': 'text',
            '/app/program': ['\x7fELF', 0o755],
        } }),
        cwd: '/app',
        startProgram: (makeKernel, program) => {
            let finish;
            const exit = new Promise((resolve) => {
                finish = resolve;
            });
            const child = { ...program, makeKernel, finish, exit, raised: [], terminated: null };
            started.push(child);
            return { exit, raise: (signal) => child.raised.push(signal), terminate: (status) => finish(status) };
        },
        ...options,
    });
    const array = (strings) => guest.words(...strings.map((string) => guest.string(string)), 0);
    const spawn = (path, args, env = [], actions = []) => guest.frond.spawn(guest.string(path), array(args), array(env),
        guest.words(...actions.flat().map((value) => typeof value === 'string' ? guest.string(value) : value), 0));
    return { guest, started, spawn };
}

test('a child inherits, opens and closes what it was told to, and its end is reported', async () => {
    const { guest, started, spawn } = parent();
    const [reader, writer] = guest.pipe();
    const [, hidden] = guest.pipe(0o2000000);
    guest.mkdir('/tmp/work');
    const pid = spawn('/usr/bin/python3', ['python3', '-c', 'pass'], ['A=1'], [
        [2, 1, writer, 0, 0, 0], [3, 0, 0, 0, 0, '/app/data'], [4, 0, 0, 0, 0, '/tmp/work'], [1, reader, 0, 0, 0, 0],
    ]);
    assert.equal(pid, 43);
    assert.deepEqual([started[0].args, started[0].env, started[0].cwd], [['python3', '-c', 'pass'], { A: '1' }, '/tmp/work']);
    const child = new Guest();
    const kernel = started[0].makeKernel({ memory: child.memory, onEvent() {}, exit() {} });
    child.frond = kernel.imports.frond;
    child.env = kernel.imports.env;
    child.wasi = kernel.imports.wasi_snapshot_preview1;
    assert.equal(child.frond.getpid(), 43);
    assert.equal(child.frond.getppid(), 42);
    child.write(1, 'from the child');
    assert.equal(guest.read(reader), 'from the child');
    assert.equal(child.read(0), 'text');
    assert.equal(child.write(hidden, 'x'), -8);
    assert.equal(child.write(reader, 'x'), -8);
    assert.equal(child.readlink('/proc/self'), '43');
    child.writeFile('made-here', 'shared');
    assert.equal(guest.readFile('/tmp/work/made-here'), 'shared');
    assert.ok(guest.kernel.hasExternalSources());
    const status = guest.words(0);
    assert.equal(guest.frond.wait4(-1, status, 1, 0), 0);
    assert.equal(guest.frond.watch(-1, POLLIN, 9), 0);
    guest.close(writer);
    started[0].finish(3);
    await started[0].exit;
    await null;
    assert.equal(guest.frond.take_event(), 9);
    assert.deepEqual(guest.signals, [17]);
    assert.equal(guest.read(reader), '', 'the child has let go of its end');
    assert.equal(guest.frond.watch(-1, POLLIN, 8), 0, 'another child may be meant');
    assert.equal(guest.frond.wait4(-1, status, 0x1000000, 0), 43, 'WNOWAIT');
    assert.equal(guest.frond.wait4(-1, status, 0, 0), 43);
    assert.equal(guest.int(status), 3 << 8);
    assert.equal(guest.frond.wait4(-1, status, 0, 0), -ECHILD);
    assert.equal(guest.stat('/proc/43'), -ENOENT);
});

test('what can be started, and what not', () => {
    const { started, spawn } = parent();
    assert.ok(spawn('/app/script', ['script', 'arg']) > 0);
    assert.deepEqual(started[0].args, ['/usr/bin/python3', '/app/script', 'arg']);
    assert.equal(spawn('/bin/ls', ['ls']), -ENOENT);
    assert.equal(spawn('/app/data', ['data']), -EACCES);
    assert.equal(spawn('/app/program', ['program']), -ENOEXEC);
    assert.equal(spawn('/usr/bin/python3', ['python3'], [], [[4, 0, 0, 0, 0, '/none']]), -ENOENT);
    const alone = new Guest();
    assert.equal(alone.frond.spawn(alone.string('/usr/bin/python3'), alone.words(0), 0, 0), -ENOSYS);
});

test('signals from a child to its parent and to another child', () => {
    const { guest, started, spawn } = parent();
    spawn('/usr/bin/python3', ['python3']);
    const sibling = spawn('/usr/bin/python3', ['python3']);
    const { kill_process: kill } = started[0].makeKernel({ memory: guest.memory, exit() {} }).imports.frond;
    assert.equal(kill(42, 0), 0);
    assert.deepEqual(guest.signals, []);
    assert.equal(kill(42, 10), 0);
    assert.deepEqual(guest.signals, [10]);
    assert.equal(kill(sibling, 12), 0);
    assert.deepEqual(started[1].raised, [12]);
    assert.equal(kill(42, 9), -EPERM, 'the first process is its host\'s to end');
    assert.equal(kill(99, 0), -71);
});

test('signals to a child', async () => {
    const { guest, started, spawn } = parent();
    const pid = spawn('/usr/bin/python3', ['python3']);
    assert.equal(guest.frond.kill_process(pid, 0), 0);
    assert.equal(guest.frond.kill_process(99, 15), -71);
    assert.equal(guest.frond.kill_process(pid, 15), 0);
    assert.deepEqual(started[0].raised, [15]);
    const kernel = started[0].makeKernel({ memory: guest.memory, exit() {} });
    kernel.imports.frond.killed_by(15);
    kernel.imports.wasi_snapshot_preview1.proc_exit(143);
    started[0].finish(143);
    await started[0].exit;
    await null;
    const status = guest.words(0);
    assert.equal(guest.frond.wait4(pid, status, 0, 0), pid);
    assert.equal(guest.int(status), 15);
    const other = spawn('/usr/bin/python3', ['python3']);
    guest.frond.kill_process(other, 9);
    await started[1].exit;
    await null;
    guest.frond.wait4(other, status, 0, 0);
    assert.equal(guest.int(status), 9);
    const aborted = spawn('/usr/bin/python3', ['python3']);
    started[2].finish(134);
    await started[2].exit;
    await null;
    guest.frond.wait4(aborted, status, 0, 0);
    assert.equal(guest.int(status), 6);
    const honest = spawn('/usr/bin/python3', ['python3']);
    started[3].makeKernel({ memory: guest.memory, exit() {} }).imports.wasi_snapshot_preview1.proc_exit(130);
    started[3].finish(130);
    await started[3].exit;
    await null;
    guest.frond.wait4(honest, status, 0, 0);
    assert.equal(guest.int(status), 130 << 8);
});
