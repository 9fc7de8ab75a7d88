// The headless runner as a command, with the real kernel and the unbundled glue.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const file = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const runner = file('../../../Templates/glue/run.mjs');
const glue = file('../../../Templates/glue/boot.mjs');
const wasm = file('../programs/contexts.wasm');

/** Starts the runner; `act(child, out)` may talk to it. */
async function run(args, { options = ['--glue', glue, '--wasm', wasm], flags = ['--experimental-wasm-jspi'], act = null } = {}) {
    const child = spawn(process.execPath, [...flags, runner, ...options, '--', 'contexts', ...args.map(String)]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => { stdout += chunk; });
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    const ended = new Promise((resolve) => { child.on('close', (status, signal) => resolve(status ?? signal)); });
    if (act === null) child.stdin.end();
    else await act(child, () => stdout);
    const status = await ended;
    return { status, stdout, stderr };
}

const ms = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const until = async (condition) => { while (!condition()) await ms(5); };

test('the exit status is the program\'s', { timeout: 20000 }, async () => {
    assert.deepEqual(await run(['status', 7]), { status: 7, stdout: '', stderr: '' });
    assert.deepEqual(await run(['exit']), { status: 42, stdout: 'before\n', stderr: '' });
});

test('input arrives while it comes, and ends', { timeout: 20000 }, async () => {
    const { status, stdout, stderr } = await run(['input'], {
        act: async (child, out) => {
            child.stdin.write('one\n');
            await until(() => out() === 'read one\n');
            child.stdin.write('two\n');
            await until(() => out() === 'read one\nread two\n');
            child.stdin.end();
        },
    });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'read one\nread two\nend of input\n', stderr: '' });
});

test('input that the program does not read stays unread', { timeout: 20000 }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-run-'));
    try {
        const input = path.join(folder, 'input');
        fs.writeFileSync(input, 'left for others\n');
        const script = `"$0" --experimental-wasm-jspi "$1" --glue "$2" --wasm "$3" -- contexts status 0 && cat`;
        const child = spawn('sh', ['-c', script, process.execPath, runner, glue, wasm], { stdio: [fs.openSync(input), 'pipe', 'inherit'] });
        let out = '';
        child.stdout.on('data', (chunk) => { out += chunk; });
        await new Promise((resolve) => { child.on('close', resolve); });
        assert.equal(out, 'left for others\n');
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});

test('^C reaches the program', { timeout: 20000 }, async () => {
    const { status, stdout } = await run(['signal'], {
        act: async (child, out) => {
            await until(() => out() === 'waiting\n');
            child.kill('SIGINT');
        },
    });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'waiting\nsignal 2\n' });
});

test('failures are explained', { timeout: 30000 }, async () => {
    const trap = await run(['trap']);
    assert.equal(trap.status, 134);
    assert.match(trap.stderr, /^frond: the program trapped: unreachable\n {4}at fail /);
    const deadlock = await run(['deadlock']);
    assert.equal(deadlock.status, 134);
    assert.match(deadlock.stderr, /^frond: deadlock: /);
});

test('a wrong command line, and files that are not there', { timeout: 30000 }, async () => {
    const wrong = await run([], { options: ['--glu', glue] });
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^frond: unknown option --glu\nusage: /);
    const missing = await run([], { options: ['--glue', glue] });
    assert.match(missing.stderr, /^frond: --wasm is missing\n/);
    const unreadable = await run([], { options: ['--glue', glue, '--wasm', '/no/such/file'] });
    assert.equal(unreadable.status, 126);
    assert.match(unreadable.stderr, /^frond: can't read the module: ENOENT/);
    const text = await run([], { options: ['--glue', glue, '--wasm', runner] });
    assert.equal(text.status, 126);
    assert.match(text.stderr, /^frond: the program can't start: WebAssembly\.compile/);
});

test('an engine without JSPI is told what to do', { timeout: 20000 }, async () => {
    const { status, stderr } = await run(['status', 0], { flags: ['--no-experimental-wasm-jspi'] });
    assert.equal(status, 126);
    assert.match(stderr, /^frond: start Node .* with --experimental-wasm-jspi\n$/);
});

test('a trace is written to its file', { timeout: 20000 }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-run-'));
    try {
        const trace = path.join(folder, 'trace');
        await run(['pingpong', 2], { options: ['--glue', glue, '--wasm', wasm, '--trace', trace] });
        const lines = fs.readFileSync(trace, 'utf8').trimEnd().split('\n');
        assert.equal(lines[0], 'create 0');
        assert.ok(lines.includes('switch 1 0'));
        assert.ok(lines.includes('output 1 "hits"'));
        assert.equal(lines.at(-1), 'exit 0');
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});

test('machine code is kept beside the module, and the next run behaves the same', { timeout: 20000 }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-run-'));
    try {
        const options = ['--glue', glue, '--wasm', wasm, '--code', path.join(folder, 'code')];
        const plain = await run(['exit']);
        for (let time = 0; time < 3; time++) assert.deepEqual(await run(['exit'], { options }), plain);
        if (/^13\.6\./.test(process.versions.v8)) assert.deepEqual(fs.readdirSync(folder), ['code']);
        assert.deepEqual(await run(['exit'], { options: [...options.slice(0, -1), `${folder}/no/code`] }), plain);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});

test('a files image that is none', { timeout: 20000 }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-run-'));
    try {
        const image = path.join(folder, 'files.img');
        const options = ['--glue', glue, '--wasm', wasm, '--image', image];
        const contents = {
            'ends too soon': 'FROND',
            'does not begin with FRONDIMG': 'this is another file altogether',
            'index is not JSON': 'FRONDIMG\u0001\0\0\0\u0002\0\0\0{!',
        };
        assert.match((await run(['exit'], { options })).stderr, /^frond: can't read the files image: ENOENT/);
        for (const [message, text] of Object.entries(contents)) {
            fs.writeFileSync(image, text);
            const { status, stderr } = await run(['exit'], { options });
            assert.equal(status, 126);
            assert.match(stderr, new RegExp(message));
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});
