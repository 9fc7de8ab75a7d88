// A guest without wasm: an array as memory, a bump allocator, and the system calls as a C program would make them.

import { createKernel } from '../../../Templates/kernel/kernel.mjs';

/** Memory with the accessors of the glue's `Memory`. */
class FakeMemory {
    constructor(size) {
        this.buffer = new ArrayBuffer(size);
        this.u8 = new Uint8Array(this.buffer);
        this.i32 = new Int32Array(this.buffer);
        this.u32 = new Uint32Array(this.buffer);
        this.view = new DataView(this.buffer);
    }
}

/** What a system call answered when it was expected to succeed. */
export class CallError extends Error {
    constructor(name, errno) {
        super(`${name} answered ${errno}`);
        this.errno = errno;
    }
}

/** A kernel and its guest. */
export class Guest {
    constructor(options = {}) {
        this.memory = new FakeMemory(options.memoryBytes ?? 16 << 20);
        this.top = 1 << 16;
        this.out = [];
        this.err = [];
        this.signals = [];
        this.events = 0;
        this.time = 1700000000000;
        this.kernel = createKernel({
            memory: this.memory,
            image: null,
            args: ['python3', '-c', 'pass'],
            env: { HOME: '/home/user', LANG: 'C.UTF-8' },
            cwd: '/',
            stdout: (chunk) => this.out.push(chunk),
            stderr: (chunk) => this.err.push(chunk),
            isatty: {},
            now: () => performance.now(),
            date: () => (this.time += 0.001),
            random: (bytes) => crypto.getRandomValues(bytes),
            onEvent: () => this.events++,
            exit: (status) => {
                throw new Error(`exit ${status}`);
            },
            allocate: (bytes) => this.alloc(bytes),
            release: () => {},
            raise: (signal) => this.signals.push(signal),
            ...options,
        });
        this.env = this.kernel.imports.env;
        this.wasi = this.kernel.imports.wasi_snapshot_preview1;
        this.frond = this.kernel.imports.frond;
        this.scratch = this.alloc(65536);
        this.vector = this.alloc(64);
    }

    alloc(bytes) {
        const at = (this.top + 15) & ~15;
        this.top = at + bytes;
        return at;
    }

    /** A C string. */
    string(text) {
        const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
        const at = this.alloc(bytes.length + 1);
        this.memory.u8.set(bytes, at);
        this.memory.u8[at + bytes.length] = 0;
        return at;
    }

    bytes(data) {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        const at = this.alloc(bytes.length);
        this.memory.u8.set(bytes, at);
        return at;
    }

    words(...values) {
        const at = this.alloc(values.length * 4);
        values.forEach((value, index) => this.memory.view.setInt32(at + index * 4, value, true));
        return at;
    }

    int(at) {
        return this.memory.view.getInt32(at, true);
    }

    text(at, count) {
        return new TextDecoder().decode(this.memory.u8.slice(at, at + count));
    }

    /** A call that must succeed. */
    ok(name, ...args) {
        const result = (this.env[name] ?? this.frond[name])(...args);
        if (result < 0) {
            throw new CallError(name, result);
        }
        return result;
    }

    open(path, flags = 0, mode = 0o644) {
        return this.env.__syscall_openat(-100, this.string(path), flags, this.words(mode));
    }

    /** @returns {number} bytes written or a negative error number */
    write(fd, data) {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        const done = this.words(0);
        const error = this.frond.fd_write(fd, this.words(this.bytes(bytes), bytes.length), 1, done);
        return error > 0 ? -error : this.int(done);
    }

    /** @returns {Uint8Array | number} bytes read or a negative error number */
    readBytes(fd, count = 65536) {
        const done = this.words(0);
        const at = count <= 65536 ? this.scratch : this.alloc(count);
        const error = this.frond.fd_read(fd, this.words(at, count), 1, done);
        return error > 0 ? -error : this.memory.u8.slice(at, at + this.int(done));
    }

    read(fd, count) {
        const result = this.readBytes(fd, count);
        return typeof result === 'number' ? result : new TextDecoder().decode(result);
    }

    close(fd) {
        return 0 - this.wasi.fd_close(fd);
    }

    seek(fd, offset, whence = 0) {
        const at = this.alloc(8);
        const error = this.wasi.fd_seek(fd, BigInt(offset), whence, at);
        return error > 0 ? -error : Number(this.memory.view.getBigInt64(at, true));
    }

    stat(path, { follow = true } = {}) {
        const at = this.alloc(96);
        const result = this.env.__syscall_newfstatat(-100, this.string(path), at, follow ? 0 : 0x100);
        return result < 0 ? result : this.statAt(at);
    }

    fstat(fd) {
        const at = this.alloc(96);
        const result = this.env.__syscall_fstat64(fd, at);
        return result < 0 ? result : this.statAt(at);
    }

    statAt(at) {
        const { view } = this.memory;
        return {
            device: view.getUint32(at, true),
            mode: view.getUint32(at + 4, true),
            links: view.getUint32(at + 8, true),
            uid: view.getUint32(at + 12, true),
            size: Number(view.getBigInt64(at + 24, true)),
            blocks: view.getInt32(at + 36, true),
            mtime: Number(view.getBigInt64(at + 56, true)),
            mtimeNanoseconds: view.getInt32(at + 64, true),
            inode: Number(view.getBigInt64(at + 88, true)),
        };
    }

    writeFile(path, text, mode = 0o644) {
        const fd = this.open(path, 0o1101, mode);
        if (fd < 0) {
            return fd;
        }
        const result = this.write(fd, text);
        this.close(fd);
        return result;
    }

    readFile(path) {
        const fd = this.open(path);
        if (fd < 0) {
            return fd;
        }
        let text = '';
        for (;;) {
            const part = this.read(fd);
            if (typeof part === 'number' || part === '') {
                this.close(fd);
                return typeof part === 'number' ? part : text;
            }
            text += part;
        }
    }

    /** The names that getdents64 gives. */
    list(fd, room = 4096) {
        const names = [];
        const at = this.alloc(room);
        for (;;) {
            const used = this.env.__syscall_getdents64(fd, at, room);
            if (used <= 0) {
                return used < 0 ? used : names;
            }
            for (let entry = at; entry < at + used; entry += this.memory.view.getUint16(entry + 16, true)) {
                const end = this.memory.u8.indexOf(0, entry + 19);
                names.push(this.text(entry + 19, end - entry - 19));
            }
        }
    }

    listPath(path) {
        const fd = this.open(path, 0o200000);
        if (fd < 0) {
            return fd;
        }
        const names = this.list(fd);
        this.close(fd);
        return Array.isArray(names) ? names.filter((name) => name !== '.' && name !== '..').sort() : names;
    }

    path(name, ...args) {
        return this.env[name](...args.map((value) => typeof value === 'string' ? this.string(value) : value));
    }

    mkdir(path, mode = 0o777) {
        return this.path('__syscall_mkdirat', -100, path, mode);
    }

    unlink(path) {
        return this.path('__syscall_unlinkat', -100, path, 0);
    }

    rmdir(path) {
        return this.path('__syscall_unlinkat', -100, path, 0x200);
    }

    rename(from, to) {
        return this.path('__syscall_renameat', -100, from, -100, to);
    }

    symlink(target, path) {
        return this.path('__syscall_symlinkat', target, -100, path);
    }

    link(from, to) {
        return this.path('__syscall_linkat', -100, from, -100, to, 0);
    }

    readlink(path) {
        const at = this.alloc(4096);
        const count = this.path('__syscall_readlinkat', -100, path, at, 4096);
        return count < 0 ? count : this.text(at, count);
    }

    pipe(flags = 0) {
        const at = this.alloc(8);
        this.ok('__syscall_pipe2', at, flags);
        return [this.int(at), this.int(at + 4)];
    }

    /** poll on [fd, events] pairs; the revents. */
    poll(...pairs) {
        const at = this.alloc(pairs.length * 8);
        pairs.forEach(([fd, events], index) => {
            this.memory.view.setInt32(at + index * 8, fd, true);
            this.memory.view.setInt16(at + index * 8 + 4, events, true);
        });
        this.frond.poll(at, pairs.length);
        return pairs.map((_, index) => this.memory.view.getUint16(at + index * 8 + 6, true));
    }

    // Sockets

    inet(port, host = '127.0.0.1') {
        const at = this.alloc(16);
        const { view, u8 } = this.memory;
        view.setUint16(at, 2, true);
        view.setUint16(at + 2, port, false);
        u8.set(host.split('.').map(Number), at + 4);
        return [at, 16];
    }

    inet6(port, bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) {
        const at = this.alloc(28);
        const { view, u8 } = this.memory;
        u8.fill(0, at, at + 28);
        view.setUint16(at, 10, true);
        view.setUint16(at + 2, port, false);
        u8.set(bytes, at + 8);
        return [at, 28];
    }

    unix(path) {
        const bytes = new TextEncoder().encode(path);
        const at = this.alloc(bytes.length + 3);
        this.memory.view.setUint16(at, 1, true);
        this.memory.u8.set(bytes, at + 2);
        this.memory.u8[at + 2 + bytes.length] = 0;
        return [at, bytes.length + 2 + (path.startsWith('\0') ? 0 : 1)];
    }

    socket(family = 2, type = 1, protocol = 0) {
        return this.env.__syscall_socket(family, type, protocol, 0, 0, 0);
    }

    bind(fd, address) {
        return this.env.__syscall_bind(fd, ...address, 0, 0, 0);
    }

    connect(fd, address) {
        return this.frond.connect(fd, ...address);
    }

    accept(fd) {
        return this.frond.accept4(fd, 0, 0, 0);
    }

    port(fd) {
        const at = this.alloc(128);
        this.ok('__syscall_getsockname', fd, at, this.words(128), 0, 0, 0);
        return this.memory.view.getUint16(at + 2, false);
    }

    listener(family = 2, backlog = 5) {
        const fd = this.socket(family, 1);
        this.bind(fd, family === 10 ? this.inet6(0) : this.inet(0));
        this.ok('__syscall_listen', fd, backlog, 0, 0, 0, 0);
        return fd;
    }

    /** [client, server, listener] */
    connection() {
        const listener = this.listener();
        const client = this.socket();
        this.connect(client, this.inet(this.port(listener)));
        return [client, this.accept(listener), listener];
    }

    send(fd, data, flags = 0, address = [0, 0]) {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        return this.frond.sendto(fd, this.bytes(bytes), bytes.length, flags, ...address);
    }

    recv(fd, count = 65536, flags = 0) {
        const done = this.frond.recvfrom(fd, this.scratch, count, flags, 0, 0);
        return done < 0 ? done : this.text(this.scratch, done);
    }

    option(fd, level, name) {
        const at = this.alloc(64);
        const length = this.words(64);
        const result = this.env.__syscall_getsockopt(fd, level, name, at, length, 0);
        return result < 0 ? result : this.int(at);
    }

    setOption(fd, level, name, ...values) {
        return this.env.__syscall_setsockopt(fd, level, name, this.words(...values), values.length * 4, 0);
    }
}

/** A files image with these files, links and directories; files beyond the offset `rest` come later. */
export function makeImage({ files = {}, links = {}, directories = [], mtime = 1600000000, rest = undefined }) {
    const encoder = new TextEncoder();
    const byPath = (a, b) => Buffer.compare(Buffer.from(a[0] ?? a), Buffer.from(b[0] ?? b));
    const index = { mtime, files: [], links: Object.entries(links).sort(byPath), directories: [...directories].sort(), rest };
    const data = [];
    let size = 0;
    for (const [path, text, mode] of Object.entries(files).map(([path, value]) => [path, ...[value].flat()]).sort(byPath)) {
        const bytes = encoder.encode(text);
        index.files.push(mode === undefined ? [path, size, bytes.length] : [path, size, bytes.length, mode]);
        data.push(bytes);
        size += bytes.length;
    }
    const json = encoder.encode(JSON.stringify(index));
    const start = (16 + json.length + 7) & ~7;
    const image = new Uint8Array(start + size);
    image.set(encoder.encode('FRONDIMG'));
    new DataView(image.buffer).setUint32(8, 1, true);
    new DataView(image.buffer).setUint32(12, json.length, true);
    image.set(json, 16);
    let at = start;
    for (const bytes of data) {
        image.set(bytes, at);
        at += bytes.length;
    }
    return image.buffer;
}
