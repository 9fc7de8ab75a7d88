// Contexts, in whatever engine runs this: Node (JSPI) or, with its flag, one with core stack switching.
// FROND_BACKEND=jspi|wasmfx chooses; FROND_GLUE=FILE runs a generated glue.mjs, with the real kernel, instead of the files
// of Templates with a stub. The cases are in ../programs/contexts.c.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bootProgram } from '../../../Templates/glue/program.mjs';
import { createStubKernel } from './stub-kernel.mjs';

const backend = globalThis.process?.env.FROND_BACKEND || 'jspi';
const bundle = globalThis.process?.env.FROND_GLUE;
const start = bundle
    ? (await import(bundle)).boot
    : (options) => bootProgram(options, createStubKernel);
const module = new WebAssembly.Module(readFileSync(new URL('../programs/contexts.wasm', import.meta.url)));

/** Runs one case; `act(handle, out)` may talk to it meanwhile. */
async function run(args, options = {}, act = null) {
    let stdout = '';
    let stderr = '';
    const decoder = new TextDecoder();
    const handle = start({
        module,
        args: ['contexts', ...args.map(String)],
        stdout: (chunk) => { stdout += decoder.decode(chunk); },
        stderr: (chunk) => { stderr += decoder.decode(chunk); },
        backend,
        ...options,
    });
    const acting = act?.(handle, () => stdout);
    const status = await handle.exit;
    await acting;
    return { status, stdout, stderr, stats: handle.stats(), handle };
}

const ms = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('two contexts switch back and forth', { timeout: 10000 }, async () => {
    const { status, stdout, stderr, stats } = await run(['pingpong', 1000]);
    assert.equal(stderr, '');
    assert.equal(stdout, 'hits 1000\n');
    assert.equal(status, 0);
    assert.equal(stats.backend, backend);
    assert.ok(stats.switches >= 2000, `switches ${stats.switches}`);
});

test('a finished context is used again', { timeout: 10000 }, async () => {
    const { stdout, stats } = await run(['pool', 1000]);
    assert.equal(stdout, 'hits 1000\nmade 2\n');
    assert.equal(stats.created, 2); // main and one
});

test('shadow stacks keep what is on them', { timeout: 10000 }, async () => {
    const { status, stdout } = await run(['stress', 300]);
    assert.equal(status, 0);
    assert.match(stdout, /^switches \d+\n$/);
});

test('500 contexts start inside each other, and all return', { timeout: 10000 }, async () => {
    const { status, stdout, stderr } = await run(['chain', 500]);
    assert.equal(stderr, '');
    assert.equal(stdout, 'hits 501\n');
    assert.equal(status, 0);
});

test('8,000 contexts are parked at once, the next one is refused', { timeout: 60000 }, async () => {
    const { status, stdout, stderr, stats } = await run(['parked', 8003]);
    assert.equal(stderr, '');
    assert.match(stdout, /^parked 8000\nrefused 3\npicoseconds \d+\nkilled 8000\n$/);
    assert.equal(status, 0);
    assert.equal(stats.mostLive, 8001);
    assert.equal(stats.killed, 8000);
});

test('the cap is configurable', { timeout: 10000 }, async () => {
    const { stdout } = await run(['parked', 20], { contexts: { cap: 7 } });
    assert.match(stdout, /^parked 7\nrefused 13\n/);
});

test('killed contexts say nothing, and their ids serve again', { timeout: 20000 }, async () => {
    const { status, stdout, stderr, stats } = await run(['kill', 2000]);
    assert.equal(stderr, '');
    assert.equal(stdout, 'hits 2000\nmade 2\n');
    assert.equal(status, 0);
    assert.equal(stats.killed, 2000);
    await ms(20);
    assert.ok(stats.live <= 1 + 1, `live ${stats.live}`);
});

test('timers wake in the order of their time', { timeout: 10000 }, async () => {
    const { status, stdout, stderr } = await run(['sleep']);
    assert.equal(stderr, '');
    assert.equal(stdout, 'woke 100\nwoke 200\nwoke 300\nall woke\n');
    assert.equal(status, 0);
});

test('contexts that keep each other busy do not starve the event loop', { timeout: 10000 }, async () => {
    let ticks = 0;
    const ticker = setInterval(() => ticks++, 5);
    const { stdout, stats } = await run(['starve', 1500]);
    clearInterval(ticker);
    assert.equal(stdout, 'busy 1500\n');
    assert.ok(ticks >= 5, `${ticks} ticks in 1500 ms`);
    assert.ok(stats.breaths >= 5, `${stats.breaths} breaths`);
});

test('input wakes the context that waits for it', { timeout: 10000 }, async () => {
    const { status, stdout, stderr } = await run(['input'], {}, async (handle) => {
        handle.stdin.write('early\n'); // before the kernel is there
        await ms(30);
        handle.stdin.write('late\n');
        await ms(10);
        handle.stdin.end();
    });
    assert.equal(stderr, '');
    assert.equal(stdout, 'read early\nread late\nend of input\n');
    assert.equal(status, 0);
});

test('a deadlock is reported, and ends the program', { timeout: 10000 }, async () => {
    const { status, stderr, stats } = await run(['deadlock']);
    assert.equal(stderr, 'frond: deadlock: every thread waits, and nothing is left that could wake one\n' +
        '    thread 1 (main): waits for the test\n');
    assert.equal(status, 134);
    assert.equal(stats.outcome, 'deadlock');
});

test('a signal wakes the main context', { timeout: 10000 }, async () => {
    const { status, stdout } = await run(['signal'], {}, async (handle, out) => {
        while (out() === '') await ms(5);
        handle.interrupt();
    });
    assert.equal(stdout, 'waiting\nsignal 2\n');
    assert.equal(status, 0);
});

test('a trap inside a context ends the program with its wasm stack', { timeout: 10000 }, async () => {
    const { status, stdout, stderr } = await run(['trap']);
    assert.equal(stdout, 'before\n');
    assert.match(stderr, /^frond: the program trapped: unreachable.*\n( {4}at \S+ \(function \d+, offset 0x[0-9a-f]+\)\n)+$/);
    assert.match(stderr, /at (fail|life|frond_context_entry) /);
    assert.equal(status, 134);
});

test('exit inside a context ends the program', { timeout: 10000 }, async () => {
    const { status, stdout, stderr } = await run(['exit']);
    assert.equal(stderr, '');
    assert.equal(stdout, 'before\n');
    assert.equal(status, 42);
});

test('exit in the main context, and returning from it', { timeout: 10000 }, async () => {
    assert.equal((await run(['exit-in-main'])).status, 43);
    assert.equal((await run(['status', 7])).status, 7);
});

test("the engine's stack overflow is reported, in a context and in main", { timeout: 20000 }, async () => {
    for (const name of ['overflow', 'overflow-in-main']) {
        const { status, stderr } = await run([name]);
        assert.match(stderr, /^frond: the engine's stack overflowed: .+\n {4}at recurse /);
        assert.ok(stderr.split('\n').length < 70);
        assert.equal(status, 134);
    }
});

test('terminate ends a program from outside', { timeout: 10000 }, async () => {
    const { status, stderr } = await run(['signal'], {}, async (handle, out) => {
        while (out() === '') await ms(5);
        handle.terminate();
    });
    assert.equal(stderr, '');
    assert.equal(status, 137);
});

test('terminate works before the program has started, too', { timeout: 10000 }, async () => {
    const { status, stdout, stderr, stats } = await run(['status', 0], {}, async (handle) => {
        handle.terminate(99);
        await assert.rejects(handle.ready, /terminated/);
    });
    assert.deepEqual({ status, stdout, stderr }, { status: 99, stdout: '', stderr: '' });
    assert.equal(stats.outcome, 'terminated');
});

test('the trace tells contexts, calls and output', { timeout: 10000 }, async () => {
    const { handle } = await run(['pingpong', 2], { trace: true, backend: 'jspi' });
    const lines = handle.trace().filter((line) => !line.includes('emscripten_get_now'));
    assert.deepEqual(lines.map((line) => line.replace(/\b\d{5,}\b/g, 'P')), [
        'create 0',
        'call wasi_snapshot_preview1.args_sizes_get(P, P) = 0',
        'call wasi_snapshot_preview1.args_get(P, P) = 0',
        'call frond.cap() = 8000',
        'switch 0 1', 'create 1', 'switch 1 0', 'switch 0 1', 'switch 1 0',
        'output 1 "hits"', 'call frond.fd_write(1, P, 1, P) = 0',
        'output 1 " "', 'call frond.fd_write(1, P, 1, P) = 0',
        'output 1 "2"', 'call frond.fd_write(1, P, 1, P) = 0',
        'output 1 "\\n"', 'call frond.fd_write(1, P, 1, P) = 0',
        'finish 0', 'exit 0',
    ]);
});

test('what can not start says why', { timeout: 10000 }, async () => {
    const unknown = Uint8Array.from([ // (module (import "env" "no_such_call" (func)))
        0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 20, 1, 3, 101, 110, 118, 12, 110, 111, 95, 115, 117, 99, 104,
        95, 99, 97, 108, 108, 0, 0,
    ]);
    const imports = await run([], { module: unknown });
    assert.equal(imports.stderr,
        "frond: the program can't start: the module imports what no host has: env.no_such_call (function)\n");
    assert.equal(imports.status, 126);
    const exports = await run([], { module: Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]) });
    assert.match(exports.stderr, /^frond: the program can't start: the module does not export memory, __wasm_call_ctors,/);
    const broken = await run([], { module: Uint8Array.from([1, 2, 3, 4]) });
    assert.match(broken.stderr, /^frond: the program can't start: WebAssembly/);
    assert.equal(broken.status, 126);
    const rejected = await run([], { image: Promise.reject(new Error('no image here')) });
    assert.match(rejected.stderr, /no image here/);
});
