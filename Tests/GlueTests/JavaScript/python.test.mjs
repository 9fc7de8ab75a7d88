// CPython on this glue, in Node: the runtime kit's python.wasm as it is, without any package. FROND_KIT names the folder of
// the kit; without it everything here is skipped.

import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeImage } from './image.mjs';

const kit = process.env.FROND_KIT;
const skip = kit ? false : 'FROND_KIT is not set';
const glue = fileURLToPath(new URL('../../../Templates/glue/', import.meta.url));
const limit = { timeout: 60000, skip };
let folder = '';

before(() => {
    if (!kit) return;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-python-'));
    fs.writeFileSync(path.join(folder, 'files.img'), makeImage({
        '/usr/lib/python3.14': path.join(kit, 'lib/python3.14'),
        '/usr/bin/python3': new Uint8Array(0),
    }));
});

after(() => {
    if (folder) fs.rmSync(folder, { recursive: true });
});

function start(...args) {
    const child = spawn(process.execPath, [
        '--experimental-wasm-jspi', path.join(glue, 'run.mjs'), '--glue', path.join(glue, 'boot.mjs'),
        '--wasm', path.join(kit, 'python.wasm'), '--image', path.join(folder, 'files.img'), '--', 'python3', ...args,
    ]);
    const result = { child, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => { result.stdout += chunk; });
    child.stderr.on('data', (chunk) => { result.stderr += chunk; });
    result.ended = new Promise((resolve) => { child.on('close', (status, signal) => resolve(status ?? signal)); });
    return result;
}

async function run(code, input = '') {
    const result = start('-c', code);
    result.child.stdin.end(input);
    const status = await result.ended;
    return { status, stdout: result.stdout, stderr: result.stderr };
}

/** Waits for a condition on a program that runs. */
async function until(result, condition) {
    while (!condition()) {
        if (result.child.exitCode !== null) assert.fail(`ended: ${result.stdout}${result.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

test('output, arguments and exit statuses', limit, async () => {
    assert.deepEqual(await run('print("hello")'), { status: 0, stdout: 'hello\n', stderr: '' });
    assert.deepEqual(await run('import sys; sys.exit(3)'), { status: 3, stdout: '', stderr: '' });
    const error = await run('1/0');
    assert.equal(error.status, 1);
    assert.match(error.stderr, /^Traceback .*\nZeroDivisionError: division by zero\n$/s);
    const atexit = await run('import atexit, os; atexit.register(print, "bye"); print(os.getcwd(), __name__)');
    assert.equal(atexit.stdout, '/app __main__\nbye\n');
});

test('sleep, input and threads wait without stopping the others', limit, async () => {
    const { status, stdout } = await run(`
import threading, time
def tick():
    for i in range(3):
        time.sleep(0.05)
        print('tick', i, flush=True)
thread = threading.Thread(target=tick)
thread.start()
began = time.monotonic()
time.sleep(0.3)
assert 0.29 < time.monotonic() - began < 5
thread.join()
print(input('name? '))
`, 'Frond\n');
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'tick 0\ntick 1\ntick 2\nname? Frond\n' });
});

test('recursion ends in RecursionError, in Python and in C', limit, async () => {
    const { status, stdout, stderr } = await run(`
import json, threading
nested = []
for _ in range(100000): nested = [nested]
def recurse(n): return recurse(n + 1)
def sort(_): return sorted([1, 2], key=sort)
class Getter:
    def __getattr__(self, name): return getattr(self, name + 'x')
def all_of_them(where):
    for case in (lambda: recurse(0), lambda: repr(nested), lambda: json.dumps(nested), lambda: sort(0), lambda: Getter().y):
        try: case()
        except RecursionError: print(where, 'ok')
all_of_them('main')
thread = threading.Thread(target=all_of_them, args=['thread'])
thread.start(); thread.join()
`);
    assert.equal(stderr, '');
    assert.equal(stdout, 'main ok\n'.repeat(5) + 'thread ok\n'.repeat(5));
    assert.equal(status, 0);
});

test('^C is KeyboardInterrupt, asleep and busy', limit, async () => {
    const result = start('-u', '-c', `
import time
try:
    print('asleep'); time.sleep(60)
except KeyboardInterrupt: print('busy')
while True: pass
`);
    await until(result, () => result.stdout === 'asleep\n');
    result.child.kill('SIGINT');
    await until(result, () => result.stdout === 'asleep\nbusy\n');
    result.child.kill('SIGINT');
    assert.equal(await result.ended, 130);
    assert.match(result.stderr, /KeyboardInterrupt\n$/);
});

test('a closed pipe is BrokenPipeError', limit, async () => {
    const result = start('-c', 'import time\nfor i in range(100000): print("line", i, flush=True)');
    result.child.stdout.once('data', () => result.child.stdout.destroy());
    assert.notEqual(await result.ended, 0);
    assert.match(result.stderr, /BrokenPipeError/);
});

test('running out of memory is MemoryError', limit, async () => {
    const { stdout } = await run('try: bytearray((1 << 31) - 100)\nexcept MemoryError: print("MemoryError", len(bytearray(1000)))');
    assert.equal(stdout, 'MemoryError 1000\n');
});

test('a deadlock names the waiting threads, and where Python was', limit, async () => {
    const { status, stderr } = await run('import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()');
    assert.equal(status, 134);
    assert.match(stderr, /^frond: deadlock: .*\n {4}main: .*\n.*File "<string>", line 4 in <module>\n/s);
});

test('in a deadlock each thread says what it waits for', limit, async () => {
    const { status, stderr } = await run(`
import os, select, socket, threading, time
lock = threading.Lock(); lock.acquire()
reading, writing = os.pipe()
one, other = socket.socketpair()
for wait in (lock.acquire, lambda: os.read(reading, 1), lambda: one.recv(1), lambda: select.select([other], [], [])):
    threading.Thread(target=wait).start()
time.sleep(0.1)
threading.enumerate()[1].join()`);
    assert.equal(status, 134);
    const lines = stderr.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.trim());
    assert.deepEqual(lines.slice(0, 5).map((line) => line.replace(/descriptor \d+$/, 'descriptor N')), [
        'main: waits for a lock or semaphore', 'thread 1: waits for a lock or semaphore',
        'thread 2: waits for descriptor N', 'thread 3: waits for descriptor N', 'thread 4: polls descriptors',
    ], stderr);
});

test('processor time does not pass while everybody waits', limit, async () => {
    const { stdout, stderr } = await run(`
import time
began, worked = time.monotonic(), time.process_time()
time.sleep(0.5)
print(time.monotonic() - began >= 0.5, time.process_time() - worked < 0.4)
worked = time.process_time()
while time.process_time() - worked < 0.05: pass
print('worked')`);
    assert.equal(stdout, 'True True\nworked\n', stderr);
});

test('the stock asyncio loop talks to itself', limit, async () => {
    const { stdout, stderr } = await run(`
import asyncio
async def main():
    async def serve(reader, writer):
        writer.write(b'got ' + await reader.readline()); await writer.drain(); writer.close()
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b'hello\\n')
    print(await reader.read())
    server.close()
asyncio.run(main())
`);
    assert.equal(stderr, '');
    assert.equal(stdout, "b'got hello\\n'\n");
});

test('a server can be reached from this machine', limit, async () => {
    const result = start('-u', '-c', `
import socket
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1])
connection, _ = server.accept()
connection.sendall(connection.recv(100).upper())
connection.close()
`);
    await until(result, () => result.stdout.endsWith('\n'));
    const ask = () => new Promise((resolve) => {
        const socket = net.connect(Number(result.stdout), '127.0.0.1', () => socket.write('hello'));
        socket.on('data', (chunk) => resolve(String(chunk)));
        socket.on('error', () => resolve(null));
    });
    // The port is opened here a moment after the program has it.
    let answer = null;
    for (let i = 0; i < 50 && answer === null; i++) answer = await ask();
    result.child.stdin.end();
    assert.equal(answer, 'HELLO');
    assert.equal(await result.ended, 0);
});

test('sys.executable starts a child', limit, async () => {
    const { stdout, stderr } = await run(`
import subprocess, sys
done = subprocess.run([sys.executable, '-c', 'import sys; print(sys.stdin.read().upper()); sys.exit(5)'],
                      input='from the parent', capture_output=True, text=True)
print(done.returncode, done.stdout.strip(), done.stderr)
`);
    assert.equal(stderr, '');
    assert.equal(stdout, '5 FROM THE PARENT \n');
});

test('a child is in the session and the process group of its parent', limit, async () => {
    const { status, stdout, stderr } = await run(`
import os, subprocess, sys
show = 'import os; print(os.getsid(0), os.getsid(os.getpid()), os.getpgid(os.getpid()), os.getpgrp(), os.getsid(os.getppid()))'
subprocess.run([sys.executable, '-c', show], check=True)
print(os.getsid(0), os.getpgid(0), os.getpid())
try:
    os.getsid(4711)
except ProcessLookupError as error:
    print(error.strerror)
`);
    assert.deepEqual([status, stdout, stderr], [0, '42 42 42 42 42\n42 42 42\nNo such process\n', '']);
});
