// What the hot calls cost, without Python: `node benchmark.mjs`. Figures are medians of several rounds.

import { Guest } from './guest.mjs';

const rounds = 7;

function median(values) {
    return values.sort((a, b) => a - b)[values.length >> 1];
}

/** Nanoseconds per call of `body(count)`. */
function measure(count, body) {
    const times = [];
    for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        body(count);
        times.push((performance.now() - start) * 1e6 / count);
    }
    return median(times);
}

function report(what, value, unit) {
    console.log(`${what.padEnd(52)} ${value.toFixed(value < 100 ? 1 : 0).padStart(9)} ${unit}`);
}

const guest = new Guest({ memoryBytes: 64 << 20 });
const data = guest.alloc(1 << 20);
const done = guest.words(0);
const small = guest.words(data, 16);
const page = guest.words(data, 4096);
const { fd_read: read, fd_write: write } = guest.frond;

const [reader, writer] = guest.pipe();
for (const [name, vector] of [['16 bytes', small], ['4 KiB', page]]) {
    report(`pipe: write and read ${name}`, measure(200000, (count) => {
        for (let index = 0; index < count; index++) {
            write(writer, vector, 1, done);
            read(reader, vector, 1, done);
        }
    }) / 2, 'ns per call');
}

const file = guest.open('/tmp/file', 0o102);
write(file, page, 1, done);
report('file: pread 4 KiB', measure(200000, (count) => {
    for (let index = 0; index < count; index++) {
        guest.wasi.fd_pread(file, page, 1, 0n, done);
    }
}), 'ns per call');
report('file: stat', measure(100000, (count) => {
    const path = guest.string('/tmp/file');
    for (let index = 0; index < count; index++) {
        guest.env.__syscall_stat64(path, data);
    }
}), 'ns per call');

const [client, server] = guest.connection();
report('TCP: request and answer of 16 bytes', 1e9 / measure(100000, (count) => {
    for (let index = 0; index < count; index++) {
        guest.frond.sendto(client, data, 16, 0, 0, 0);
        guest.frond.recvfrom(server, data, 65536, 0, 0, 0);
        guest.frond.sendto(server, data, 16, 0, 0, 0);
        guest.frond.recvfrom(client, data, 65536, 0, 0, 0);
    }
}), 'round trips per second');
report('TCP: request and answer, each end watched first', 1e9 / measure(100000, (count) => {
    for (let index = 0; index < count; index++) {
        guest.frond.watch(server, 1, 1);
        guest.frond.sendto(client, data, 16, 0, 0, 0);
        guest.frond.take_event();
        guest.frond.unwatch(1);
        guest.frond.recvfrom(server, data, 65536, 0, 0, 0);
        guest.frond.watch(client, 1, 2);
        guest.frond.sendto(server, data, 16, 0, 0, 0);
        guest.frond.take_event();
        guest.frond.unwatch(2);
        guest.frond.recvfrom(client, data, 65536, 0, 0, 0);
    }
}), 'round trips per second');
report('TCP: 256 KiB writes', 1e9 / measure(400, (count) => {
    for (let index = 0; index < count; index++) {
        for (let sent = 0; sent < 262144;) {
            sent += guest.frond.sendto(client, data, 262144 - sent, 0, 0, 0);
        }
        for (let received = 0; received < 262144;) {
            received += guest.frond.recvfrom(server, data, 262144, 0, 0, 0);
        }
    }
}) * 262144 / 1e6, 'MB/s');

const epoll = guest.ok('__syscall_epoll_create1', 0);
const event = guest.words(1, 0, 0, 0);
const idle = Array.from({ length: 1000 }, () => guest.pipe()[0]);
[...idle, reader].forEach((fd) => guest.env.__syscall_epoll_ctl(epoll, 1, fd, event));
write(writer, small, 1, done);
report('epoll: wait with 1 ready of 1,001', measure(100000, (count) => {
    for (let index = 0; index < count; index++) {
        guest.frond.epoll_wait(epoll, data, 64);
    }
}), 'ns per call');
