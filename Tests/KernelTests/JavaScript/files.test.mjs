import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest, makeImage } from './guest.mjs';
import {
    EACCES, EAGAIN, EBADF, EBUSY, EEXIST, EFAULT, EINVAL, EIO, EISDIR, ELOOP, EMFILE, ENAMETOOLONG, ENOENT, ENOTDIR, ENOTEMPTY,
    ENOTTY, EPERM, ERANGE, ESPIPE, EXDEV,
} from '../../../Templates/kernel/errno.mjs';

const O_WRONLY = 1;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;
const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;

test('a file is created, written, read, and its position moves', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/a', O_RDWR | O_CREAT);
    assert.equal(fd, 3);
    assert.equal(guest.write(fd, 'hello'), 5);
    assert.equal(guest.seek(fd, 0), 0);
    assert.equal(guest.read(fd, 2), 'he');
    assert.equal(guest.read(fd), 'llo');
    assert.equal(guest.read(fd), '');
    assert.equal(guest.seek(fd, -1, 2), 4);
    assert.equal(guest.seek(fd, -10, 1), -EINVAL);
    assert.equal(guest.seek(fd, 1, 9), -EINVAL);
    assert.equal(guest.stat('/tmp/a').size, 5);
    assert.equal(guest.close(fd), 0);
    assert.equal(guest.close(fd), -EBADF);
});

test('open flags', () => {
    const guest = new Guest();
    assert.equal(guest.open('/tmp/none'), -ENOENT);
    assert.equal(guest.open('/tmp/x/y', O_CREAT), -ENOENT);
    guest.writeFile('/tmp/a', 'abc');
    assert.equal(guest.open('/tmp/a', O_WRONLY | O_CREAT | O_EXCL), -EEXIST);
    assert.equal(guest.open('/tmp/a/', 0), -ENOTDIR);
    assert.equal(guest.open('/tmp/a/b', O_CREAT), -ENOTDIR);
    assert.equal(guest.open('/tmp', O_WRONLY), -EISDIR);
    assert.equal(guest.open('/tmp/new/', O_CREAT | O_WRONLY), -EISDIR);
    assert.equal(guest.open('/tmp/a', O_DIRECTORY), -ENOTDIR);
    guest.symlink('a', '/tmp/link');
    assert.equal(guest.open('/tmp/link', O_NOFOLLOW), -ELOOP);
    guest.symlink('gone', '/tmp/dangling');
    assert.equal(guest.open('/tmp/dangling', O_CREAT | O_EXCL | O_WRONLY), -EEXIST);
    assert.ok(guest.open('/tmp/dangling', O_CREAT | O_WRONLY) > 0, 'creates through a dangling link');
    assert.equal(guest.stat('/tmp/gone').size, 0);
    guest.close(guest.open('/tmp/a', O_WRONLY | O_TRUNC));
    assert.equal(guest.stat('/tmp/a').size, 0);
    const reading = guest.open('/tmp/a');
    assert.equal(guest.write(reading, 'x'), -EBADF);
    const writing = guest.open('/tmp/a', O_WRONLY);
    assert.equal(guest.readBytes(writing), -EBADF);
});

test('append always writes at the end, even after another writer', () => {
    const guest = new Guest();
    const a = guest.open('/tmp/log', O_WRONLY | O_CREAT | O_APPEND);
    const b = guest.open('/tmp/log', O_WRONLY | O_APPEND);
    guest.write(a, 'one ');
    guest.write(b, 'two ');
    guest.write(a, 'three');
    assert.equal(guest.readFile('/tmp/log'), 'one two three');
});

test('holes read as zeros, and growing after shrinking does not bring bytes back', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/sparse', O_RDWR | O_CREAT);
    guest.write(fd, 'secret');
    guest.ok('__syscall_ftruncate64', fd, 2n);
    guest.ok('__syscall_ftruncate64', fd, 6n);
    guest.seek(fd, 0);
    assert.deepEqual([...guest.readBytes(fd)], [115, 101, 0, 0, 0, 0]);
    guest.seek(fd, 10);
    guest.write(fd, 'x');
    guest.seek(fd, 6);
    assert.deepEqual([...guest.readBytes(fd)], [0, 0, 0, 0, 120]);
    guest.ok('__syscall_ftruncate64', fd, 1n << 40n);
    assert.equal(guest.fstat(fd).size, 2 ** 40);
    guest.seek(fd, 2 ** 40 - 2);
    assert.deepEqual([...guest.readBytes(fd)], [0, 0]);
    assert.equal(guest.env.__syscall_ftruncate64(fd, -1n), -EINVAL);
});

test('many appends stay linear', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/big', O_WRONLY | O_CREAT);
    const start = process.cpuUsage();
    const chunk = new Uint8Array(4096).fill(7);
    const at = guest.bytes(chunk);
    const vector = guest.words(at, 4096);
    const done = guest.words(0);
    for (let count = 0; count < 8192; count++) {
        guest.frond.fd_write(fd, vector, 1, done);
    }
    assert.equal(guest.fstat(fd).size, 32 << 20);
    assert.ok(process.cpuUsage(start).user < 2000000);
});

test('pread and pwrite leave the position alone', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/p', O_RDWR | O_CREAT);
    guest.write(fd, '0123456789');
    const done = guest.words(0);
    assert.equal(guest.wasi.fd_pwrite(fd, guest.words(guest.bytes('AB'), 2), 1, 3n, done), 0);
    assert.equal(guest.wasi.fd_pread(fd, guest.words(guest.scratch, 4), 1, 2n, done), 0);
    assert.equal(guest.text(guest.scratch, guest.int(done)), '2AB5');
    assert.equal(guest.seek(fd, 0, 1), 10);
    assert.equal(guest.wasi.fd_pread(fd, guest.words(guest.scratch, 4), 1, -1n, done), EINVAL);
    const [reader] = guest.pipe();
    assert.equal(guest.wasi.fd_pread(reader, guest.words(guest.scratch, 4), 1, 0n, done), ESPIPE);
});

test('vectors gather and scatter', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/v', O_RDWR | O_CREAT);
    const done = guest.words(0);
    const vector = guest.words(guest.bytes('ab'), 2, 0, 0, guest.bytes('cde'), 3);
    assert.equal(guest.frond.fd_write(fd, vector, 3, done), 0);
    assert.equal(guest.int(done), 5);
    guest.seek(fd, 0);
    const a = guest.alloc(3);
    const b = guest.alloc(8);
    assert.equal(guest.frond.fd_read(fd, guest.words(a, 3, b, 8), 2, done), 0);
    assert.equal(guest.int(done), 5);
    assert.equal(guest.text(a, 3) + guest.text(b, 2), 'abcde');
    assert.equal(guest.frond.fd_read(fd, guest.words(a, 3), 100000, done), EINVAL);
    assert.equal(guest.frond.fd_read(fd, guest.words(-5, 3), 1, done), EFAULT);
    assert.equal(guest.frond.fd_read(fd, guest.words(a, 0x7fffffff), 1, done), EFAULT);
    assert.equal(guest.frond.fd_read(fd, 0x7ffffff0, 1, done), EFAULT);
});

test('unlink while open: the file lives on, its name is free', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/a', O_RDWR | O_CREAT);
    guest.write(fd, 'kept');
    assert.equal(guest.unlink('/tmp/a'), 0);
    assert.equal(guest.stat('/tmp/a'), -ENOENT);
    assert.equal(guest.fstat(fd).links, 0);
    guest.writeFile('/tmp/a', 'other');
    guest.seek(fd, 0);
    assert.equal(guest.read(fd), 'kept');
    assert.equal(guest.readlink(`/proc/self/fd/${fd}`), '/tmp/a (deleted)');
});

test('rename replaces, also what is open', () => {
    const guest = new Guest();
    guest.writeFile('/tmp/old', 'old');
    guest.writeFile('/tmp/new', 'new');
    const fd = guest.open('/tmp/old');
    assert.equal(guest.rename('/tmp/new', '/tmp/old'), 0);
    assert.equal(guest.readFile('/tmp/old'), 'new');
    assert.equal(guest.read(fd), 'old');
    assert.equal(guest.stat('/tmp/new'), -ENOENT);
    assert.equal(guest.rename('/tmp/none', '/tmp/x'), -ENOENT);
    assert.equal(guest.rename('/tmp/old', '/tmp/old'), 0);
});

test('rename of directories', () => {
    const guest = new Guest();
    guest.mkdir('/tmp/a');
    guest.mkdir('/tmp/a/b');
    guest.mkdir('/tmp/c');
    guest.writeFile('/tmp/f', '');
    assert.equal(guest.rename('/tmp/a', '/tmp/a/b/c'), -EINVAL);
    assert.equal(guest.rename('/tmp/a', '/tmp/f'), -ENOTDIR);
    assert.equal(guest.rename('/tmp/f', '/tmp/a'), -EISDIR);
    assert.equal(guest.rename('/tmp/c', '/tmp/a'), -ENOTEMPTY);
    assert.equal(guest.rename('/tmp/a', '/tmp/c'), 0, 'over an empty directory');
    assert.deepEqual(guest.listPath('/tmp'), ['c', 'f']);
    guest.ok('__syscall_chdir', guest.string('/tmp/c/b'));
    guest.rename('/tmp/c', '/tmp/d');
    guest.ok('__syscall_getcwd', guest.scratch, 100);
    assert.equal(guest.text(guest.scratch, 8), '/tmp/d/b');
    assert.equal(guest.rename('/tmp/d/.', '/tmp/e'), -EBUSY);
    assert.equal(guest.rename('/tmp/f', '/dev/f'), -EXDEV);
});

test('hard links', () => {
    const guest = new Guest();
    guest.writeFile('/tmp/a', 'x');
    assert.equal(guest.link('/tmp/a', '/tmp/b'), 0);
    assert.equal(guest.stat('/tmp/a').links, 2);
    assert.equal(guest.stat('/tmp/a').inode, guest.stat('/tmp/b').inode);
    assert.equal(guest.link('/tmp/a', '/tmp/b'), -EEXIST);
    assert.equal(guest.link('/tmp', '/tmp/d'), -EPERM);
    guest.unlink('/tmp/a');
    assert.equal(guest.stat('/tmp/b').links, 1);
    assert.equal(guest.rename('/tmp/b', '/tmp/b'), 0);
});

test('symbolic links: chains, loops, dots, trailing slashes', () => {
    const guest = new Guest();
    guest.mkdir('/tmp/d');
    guest.writeFile('/tmp/d/f', 'in d');
    guest.symlink('d', '/tmp/l1');
    guest.symlink('/tmp/l1', '/tmp/l2');
    assert.equal(guest.readFile('/tmp/l2/f'), 'in d');
    assert.equal(guest.readFile('/tmp/l2/../d/./f'), 'in d');
    assert.equal(guest.readlink('/tmp/l1'), 'd');
    assert.equal(guest.stat('/tmp/l1', { follow: false }).size, 1);
    assert.equal(guest.stat('/tmp/l1/', { follow: false }).mode & 0o170000, 0o040000);
    guest.symlink('loop', '/tmp/loop');
    assert.equal(guest.stat('/tmp/loop'), -ELOOP);
    assert.equal(guest.readlink('/tmp/d'), -EINVAL);
    assert.equal(guest.stat('/tmp/' + 'n'.repeat(256)), -ENAMETOOLONG);
    assert.equal(guest.stat('/' + 'a/'.repeat(3000)), -ENAMETOOLONG);
    assert.equal(guest.stat(''), -ENOENT);
});

test('directories: make, list, remove, list while removing', () => {
    const guest = new Guest();
    assert.equal(guest.mkdir('/tmp/d/'), 0);
    assert.equal(guest.mkdir('/tmp/d'), -EEXIST);
    for (let index = 0; index < 300; index++) {
        guest.writeFile(`/tmp/d/file-number-${index}`, '');
    }
    assert.equal(guest.listPath('/tmp/d').length, 300);
    assert.equal(guest.rmdir('/tmp/d'), -ENOTEMPTY);
    const fd = guest.open('/tmp/d', O_DIRECTORY);
    const seen = [];
    const room = guest.alloc(512);
    for (;;) {
        const used = guest.env.__syscall_getdents64(fd, room, 512);
        if (used === 0) {
            break;
        }
        for (let entry = room; entry < room + used; entry += guest.memory.view.getUint16(entry + 16, true)) {
            const end = guest.memory.u8.indexOf(0, entry + 19);
            const name = guest.text(entry + 19, end - entry - 19);
            seen.push(name);
            if (name.startsWith('file')) {
                assert.equal(guest.unlink(`/tmp/d/${name}`), 0);
            }
        }
    }
    assert.equal(new Set(seen).size, 302);
    assert.equal(guest.rmdir('/tmp/d'), 0);
    assert.equal(guest.list(fd), -ENOENT);
    assert.equal(guest.unlink('/tmp'), -EISDIR);
    guest.writeFile('/tmp/f', '');
    assert.equal(guest.rmdir('/tmp/f'), -ENOTDIR);
    assert.equal(guest.env.__syscall_getdents64(guest.open('/tmp/f'), room, 512), -ENOTDIR);
});

test('a removed working directory', () => {
    const guest = new Guest();
    guest.mkdir('/tmp/d');
    guest.ok('__syscall_chdir', guest.string('/tmp/d'));
    guest.rmdir('/tmp/d');
    assert.equal(guest.env.__syscall_getcwd(guest.scratch, 100), -ENOENT);
    assert.equal(guest.open('x', O_CREAT | O_WRONLY), -ENOENT);
    guest.ok('__syscall_chdir', guest.string('/'));
    assert.equal(guest.env.__syscall_getcwd(guest.scratch, 1), -ERANGE);
});

test('permissions', () => {
    const guest = new Guest();
    guest.writeFile('/tmp/a', 'x');
    assert.equal(guest.path('__syscall_chmod', '/tmp/a', 0o400), 0);
    assert.equal(guest.open('/tmp/a', O_RDWR), -EACCES);
    assert.ok(guest.open('/tmp/a') > 0);
    assert.equal(guest.path('__syscall_faccessat', -100, '/tmp/a', 2, 0), -EACCES);
    assert.equal(guest.path('__syscall_faccessat', -100, '/tmp/a', 4, 0), 0);
    guest.mkdir('/tmp/d');
    guest.writeFile('/tmp/d/f', '');
    guest.path('__syscall_chmod', '/tmp/d', 0o500);
    assert.equal(guest.unlink('/tmp/d/f'), -EACCES);
    assert.equal(guest.open('/tmp/d/g', O_CREAT | O_WRONLY), -EACCES);
    guest.path('__syscall_chmod', '/tmp/d', 0o000);
    assert.equal(guest.stat('/tmp/d/f'), -EACCES);
    assert.equal(guest.path('__syscall_fchownat', -100, '/tmp/a', 0, 0, 0), -EPERM);
    assert.equal(guest.path('__syscall_fchownat', -100, '/tmp/a', -1, 1000, 0), 0);
    guest.ok('__syscall_umask', 0o077);
    guest.writeFile('/tmp/masked', '', 0o666);
    assert.equal(guest.stat('/tmp/masked').mode & 0o777, 0o600);
    assert.equal(guest.env.__syscall_umask(0), 0o077);
    assert.equal(guest.open('/tmp/ro', O_CREAT | O_RDWR, 0o400) > 0, true, 'the creator may write, whatever the mode');
});

test('times', () => {
    const guest = new Guest();
    guest.writeFile('/tmp/a', 'x');
    const times = guest.alloc(32);
    const { view } = guest.memory;
    view.setBigInt64(times, 1n, true);
    view.setInt32(times + 8, 0x3ffffffe, true);
    view.setBigInt64(times + 16, 1234567890n, true);
    view.setInt32(times + 24, 123456789, true);
    assert.equal(guest.path('__syscall_utimensat', -100, '/tmp/a', times, 0), 0);
    const { mtime, mtimeNanoseconds } = guest.stat('/tmp/a');
    assert.deepEqual([mtime, mtimeNanoseconds], [1234567890, 123456789]);
    view.setInt32(times + 24, 1000000000, true);
    assert.equal(guest.path('__syscall_utimensat', -100, '/tmp/a', times, 0), -EINVAL);
    const fd = guest.open('/tmp/a', O_WRONLY);
    guest.write(fd, 'y');
    assert.ok(guest.stat('/tmp/a').mtime >= 1700000000);
    view.setBigInt64(times + 16, -5n, true);
    view.setInt32(times + 24, 5, true);
    assert.equal(guest.env.__syscall_utimensat(fd, 0, times, 0), 0);
    assert.equal(guest.stat('/tmp/a').mtime, -5);
});

test('descriptors: dup shares the position, numbers are reused, the table has a limit', () => {
    const guest = new Guest();
    guest.writeFile('/tmp/a', 'abcdef');
    const fd = guest.open('/tmp/a');
    const copy = guest.ok('__syscall_dup', fd);
    guest.read(fd, 2);
    assert.equal(guest.read(copy, 2), 'cd');
    guest.close(fd);
    assert.equal(guest.read(copy, 2), 'ef');
    assert.equal(guest.open('/tmp/a'), fd);
    assert.equal(guest.ok('__syscall_dup3', copy, 100, 0), 100);
    assert.equal(guest.env.__syscall_dup3(copy, copy, 0), -EINVAL);
    assert.equal(guest.env.__syscall_dup3(copy, 1 << 20, 0), -EBADF);
    assert.equal(guest.ok('__syscall_fcntl64', copy, 1030, guest.words(50)), 50);
    assert.equal(guest.ok('__syscall_fcntl64', 50, 1, 0), 1);
    assert.equal(guest.ok('__syscall_fcntl64', 50, 2, guest.words(0)), 0);
    assert.equal(guest.ok('__syscall_fcntl64', 50, 1, 0), 0);
    let last = 0;
    for (let count = 0; count < 5000 && last >= 0; count++) {
        last = guest.env.__syscall_dup(copy);
    }
    assert.equal(last, -EMFILE);
    assert.equal(guest.env.__syscall_fcntl64(copy, 0, guest.words(-1)), -EINVAL);
    assert.equal(guest.env.__syscall_dup(-1), -EBADF);
});

test('POSIX locks never conflict in one process; OFD locks and flock do', () => {
    const guest = new Guest();
    const a = guest.open('/tmp/l', O_RDWR | O_CREAT);
    const b = guest.open('/tmp/l', O_RDWR);
    const lock = guest.alloc(32);
    const set = (fd, command, kind, start, length) => {
        guest.memory.u8.fill(0, lock, lock + 32);
        guest.memory.view.setInt16(lock, kind, true);
        guest.memory.view.setBigInt64(lock + 8, BigInt(start), true);
        guest.memory.view.setBigInt64(lock + 16, BigInt(length), true);
        return guest.env.__syscall_fcntl64(fd, command, guest.words(lock));
    };
    assert.equal(set(a, 13, 1, 0, 10), 0);
    assert.equal(set(b, 13, 1, 0, 10), 0);
    assert.equal(set(a, 37, 1, 0, 10), -6, 'the process holds it');
    assert.equal(set(a, 13, 2, 0, 0), 0);
    assert.equal(set(a, 37, 1, 0, 10), 0);
    assert.equal(set(b, 37, 0, 5, 1), -6);
    assert.equal(set(b, 37, 0, 10, 1), 0);
    assert.equal(set(b, 36, 1, 0, 1), 0);
    assert.equal(guest.memory.view.getInt16(lock, true), 1);
    assert.equal(guest.frond.flock(a, 2), 0);
    assert.equal(guest.frond.flock(b, 2 | 4), -6);
    guest.close(a);
    assert.equal(guest.frond.flock(b, 2 | 4), 0);
});

test('fallocate, sync, ioctl', () => {
    const guest = new Guest();
    const fd = guest.open('/tmp/a', O_RDWR | O_CREAT);
    assert.equal(guest.env.__syscall_fallocate(fd, 0, 0n, 100n), 0);
    assert.equal(guest.fstat(fd).size, 100);
    assert.equal(guest.env.__syscall_fallocate(fd, 0, 0n, 0n), -EINVAL);
    assert.equal(guest.wasi.fd_sync(fd), 0);
    assert.equal(guest.wasi.fd_sync(guest.pipe()[0]), EINVAL);
    assert.equal(guest.env.__syscall_ioctl(fd, 0x5401, guest.words(guest.scratch)), -ENOTTY);
    assert.equal(guest.env.__syscall_ioctl(fd, 0x541b, guest.words(guest.scratch)), 0);
    assert.equal(guest.int(guest.scratch), 100);
});

test('wrong pointers are EFAULT, never an exception', () => {
    const guest = new Guest();
    const wild = [0, -1, -0x80000000, 0x7fffffff, 16 << 20];
    for (const pointer of wild) {
        assert.equal(guest.env.__syscall_openat(-100, pointer, 0, 0), -EFAULT);
        assert.equal(guest.env.__syscall_fstat64(1, pointer), -EFAULT);
        assert.equal(guest.env.__syscall_pipe2(pointer, 0), -EFAULT);
        assert.equal(guest.wasi.random_get(pointer, 16), EFAULT);
        assert.equal(guest.wasi.clock_time_get(0, 0n, pointer), EFAULT);
        assert.equal(guest.env.__syscall_getcwd(pointer, 64), -EFAULT);
        assert.equal(guest.env.__syscall_getdents64(guest.open('/tmp', O_DIRECTORY), pointer, 64), -EFAULT);
    }
});

test('names that are not UTF-8 come back as they were', () => {
    const guest = new Guest();
    const name = new Uint8Array([47, 116, 109, 112, 47, 0xff, 0xc3, 0xa9, 0x80, 0xe2, 0x82]);
    const fd = guest.env.__syscall_openat(-100, guest.string(name), O_CREAT | O_WRONLY, guest.words(0o600));
    assert.ok(fd > 0);
    const dir = guest.open('/tmp', O_DIRECTORY);
    const used = guest.env.__syscall_getdents64(dir, guest.scratch, 1024);
    const bytes = guest.memory.u8.slice(guest.scratch, guest.scratch + used);
    assert.ok(Buffer.from(bytes).includes(Buffer.from(name.slice(5))));
    assert.equal(guest.env.__syscall_unlinkat(-100, guest.string(name), 0), 0);
});

test('the image: in place until written, directories load on first look', () => {
    const image = makeImage({
        files: {
            '/usr/lib/python3.14/os.py': 'import sys', '/usr/lib/python3.14/json/__init__.py': 'json',
            '/usr/lib/python3.14.txt': 'sorts between', '/app/main.py': ['print(1)', 0o755], '/tmp/from-image': 'i',
            '/app/ü😀.txt': 'wide', '/app/\uffee.txt': 'wider',
        },
        links: { '/usr/bin/python': 'python3' },
        directories: ['/app/empty'],
    });
    const guest = new Guest({ image, cwd: '/app' });
    assert.deepEqual(guest.listPath('/usr/lib'), ['python3.14', 'python3.14.txt']);
    assert.deepEqual(guest.listPath('/usr/lib/python3.14'), ['json', 'os.py']);
    assert.deepEqual(guest.listPath('/app'), ['empty', 'main.py', 'ü😀.txt', '\uffee.txt'].sort());
    assert.equal(guest.readFile('/app/ü😀.txt'), 'wide');
    assert.equal(guest.readFile('/app/\uffee.txt'), 'wider');
    assert.deepEqual(guest.listPath('/app/empty'), []);
    assert.equal(guest.readFile('main.py'), 'print(1)');
    assert.equal(guest.stat('main.py').mode & 0o777, 0o755);
    assert.equal(guest.stat('main.py').mtime, 1600000000);
    assert.equal(guest.readlink('/usr/bin/python'), 'python3');
    assert.deepEqual(guest.listPath('/tmp'), ['from-image']);
    const before = guest.stat('main.py').inode;
    const copy = new Uint8Array(image.slice(0));
    const fd = guest.open('main.py', O_RDWR);
    guest.write(fd, 'PRINT');
    assert.equal(guest.readFile('main.py'), 'PRINT(1)');
    assert.equal(guest.stat('main.py').inode, before);
    assert.deepEqual(new Uint8Array(image), copy, 'the image is never written to');
    guest.ok('__syscall_ftruncate64', fd, 3n);
    guest.ok('__syscall_ftruncate64', fd, 5n);
    assert.equal(guest.readFile('main.py'), 'PRI\0\0');
    assert.equal(guest.unlink('/usr/lib/python3.14/os.py'), 0);
    assert.deepEqual(guest.listPath('/usr/lib/python3.14'), ['json']);
});

test('an image of many files starts quickly', () => {
    const files = {};
    for (let index = 0; index < 20000; index++) {
        files[`/usr/lib/package${index % 200}/module${index}.py`] = 'x';
    }
    const image = makeImage({ files });
    const start = process.cpuUsage();
    const guest = new Guest({ image });
    assert.equal(guest.readFile('/usr/lib/package7/module7.py'), 'x');
    const used = process.cpuUsage(start);
    assert.ok(used.user + used.system < 300000, `${used.user + used.system} µs`);
    assert.equal(guest.listPath('/usr/lib').length, 200);
});

test('images that are none', () => {
    assert.throws(() => new Guest({ image: new ArrayBuffer(4) }), /truncated/);
    assert.throws(() => new Guest({ image: new Uint8Array(64) }), /FRONDIMG/);
    const image = makeImage({ files: { '/a': 'text' } });
    assert.throws(() => new Guest({ image: image.slice(0, 20) }), /truncated/);
    assert.throws(() => new Guest({ image: image.slice(0, -2) }), /ends beyond/);
});

/** A rest of an image that arrives when the test says so. */
function makeRest(bytes) {
    const rest = {
        arrived: false, broken: false, callbacks: [], reads: [],
        read(offset, size, now) {
            rest.reads.push([offset, size, now]);
            if (rest.broken) throw new Error('no network');
            return rest.arrived || now ? bytes.subarray(offset, offset + size) : null;
        },
        arrival: (callback) => rest.callbacks.push(callback),
        arrive() {
            rest.arrived = true;
            for (const callback of rest.callbacks.splice(0)) callback();
        },
    };
    return rest;
}

test('files of the rest of an image: a read waits for them, and only that read', () => {
    const image = new Uint8Array(makeImage({ files: { '/a.txt': 'first', '/b.txt': 'second', '/c.txt': 'third', '/d': '' }, rest: 5 }));
    const late = makeRest(image.slice(-11));
    const guest = new Guest({ image: image.slice(0, -11), late, cwd: '/' });
    assert.ok(['a.txt', 'b.txt', 'c.txt', 'd'].every((name) => guest.listPath('/').includes(name)));
    assert.equal(guest.stat('/b.txt').size, 6);
    assert.equal(guest.readFile('/a.txt'), 'first');
    assert.equal(guest.readFile('/d'), '');
    assert.deepEqual(late.reads, []);

    const fd = guest.open('/b.txt', 0);
    assert.equal(guest.read(fd, 10), -EAGAIN);
    assert.equal(guest.frond.watch(fd, 1, 7), 0, 'the thread waits');
    assert.ok(guest.kernel.hasExternalSources(), 'and that is no deadlock');
    assert.equal(guest.kernel.takeEvent(), -1);
    late.arrive();
    assert.equal(guest.kernel.takeEvent(), 7);
    assert.equal(guest.read(fd, 3), 'sec');
    assert.equal(guest.read(fd, 10), 'ond');
    assert.equal(guest.readFile('/c.txt'), 'third');
});

test('files of the rest: calls that cannot wait get them at once, and errors are errors', () => {
    const image = new Uint8Array(makeImage({ files: { '/a.txt': 'first', '/b.txt': 'second', '/c.txt': 'third' }, rest: 5 }));
    const late = makeRest(image.slice(-11));
    const guest = new Guest({ image: image.slice(0, -11), late, cwd: '/' });
    late.broken = true;
    const fd = guest.open('/b.txt', 0);
    assert.equal(guest.read(fd, 10), -EIO);
    assert.equal(guest.env.__syscall_openat(-100, guest.string('/c.txt'), O_RDWR, 0), -EIO);
    assert.equal(guest.env.__syscall_truncate64(guest.string('/c.txt'), 2n), -EIO);
    late.broken = false;
    const writer = guest.open('/c.txt', O_RDWR);
    guest.write(writer, 'TH');
    assert.equal(guest.readFile('/c.txt'), 'THird');
    const [into, done] = [guest.alloc(8), guest.words(0)];
    assert.equal(guest.wasi.fd_pread(fd, guest.words(into, 3), 1, 2n, done), 0);
    assert.equal(guest.text(into, guest.int(done)), 'con');
    assert.throws(() => new Guest({ image: image.slice(0, -11) }), /ends beyond/, 'nobody has the rest');
    assert.throws(() => new Guest({ image: image.slice(0, -12), late }), /ends beyond/, 'the first part is cut off');
});

test('the index of an image alone, for a host that can read any part of it', () => {
    const image = new Uint8Array(makeImage({ files: { '/a.txt': 'first', '/d': '', '/e/b.txt': 'second' }, links: { '/l': 'e/b.txt' } }));
    const late = makeRest(image.slice(-11));
    late.arrive();
    const guest = new Guest({ image: image.slice(0, -11), late, cwd: '/' });
    assert.deepEqual(late.reads, [], 'nothing is read before somebody asks');
    assert.equal(guest.readFile('/l'), 'second');
    assert.equal(guest.readFile('/d'), '');
    assert.equal(guest.readFile('/a.txt'), 'first');
    assert.deepEqual(late.reads.map(([offset, size]) => [offset, size]), [[5, 6], [0, 5]]);
    assert.throws(() => new Guest({ image: image.slice(0, -11) }), /ends beyond/, 'nobody can read the rest');
});
