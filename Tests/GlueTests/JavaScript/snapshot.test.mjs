// Starts in two parts (Templates/glue/snapshot.mjs), in Node, with the runtime kit's python.wasm. FROND_KIT names the folder of
// the kit; without it everything here is skipped.

import { test, before } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { boot } from '../../../Templates/glue/boot.mjs';
import { makeImage } from './image.mjs';

const kit = process.env.FROND_KIT;
const limit = { timeout: 60000, skip: kit ? false : 'FROND_KIT is not set' };
let module;
let image;

/** Modules that leave something behind which is not in memory, and some that don't. */
const packages = {
    counts: 'import builtins\nbuiltins.loads = getattr(builtins, "loads", 0) + 1',
    fails: '1/0',
    optional: 'try:\n  import settings\n  found = settings.value\nexcept ImportError:\n  found = "nothing"',
    absent_option: 'try:\n  import no_such_settings\nexcept ImportError:\n  found = "nothing"',
    leaves: 'raise SystemExit(3)',
    writes: 'open("/tmp/written", "w").close()',
    renames: 'import os; os.chmod("/tmp", 0o700)',
    prints: 'print("hello from an import", flush=True)',
    opens: 'file = open("/etc/passwd")',
    maps: 'import mmap, os\nfd = os.open("/etc/passwd", os.O_RDONLY)\nview = mmap.mmap(fd, 0, mmap.MAP_SHARED, mmap.PROT_READ)\nos.close(fd)',
    moves: 'import os; os.chdir("/")',
    masks: 'import os; os.umask(0)',
    spawns: 'import subprocess, sys; subprocess.run([sys.executable, "-c", ""])',
    threads: 'import threading, time\nthread = threading.Thread(target=time.sleep, args=(0.2,)); thread.start()',
    waits: 'import time; time.sleep(0.05)',
};

before(async () => {
    if (!kit) return;
    module = await WebAssembly.compile(fs.readFileSync(path.join(kit, 'python.wasm')));
    const encoder = new TextEncoder();
    image = makeImage({
        '/usr/lib/python3.14': path.join(kit, 'lib/python3.14'),
        '/usr/bin/python3': new Uint8Array(0),
        ...Object.fromEntries(Object.entries(packages).map(([name, text]) =>
            [`/usr/lib/python3.14/site-packages/${name}.py`, encoder.encode(text)])),
        '/app/settings.py': encoder.encode('import builtins\nbuiltins.loads = getattr(builtins, "loads", 0) + 1\nvalue = "the app"'),
    });
});

/** Runs a program; `kept` is what it gave to keep, `steps` are those of its start. */
async function run(args, { modules = [], restore = null, ...more } = {}) {
    const result = { stdout: '', stderr: '', kept: null, steps: [] };
    const decoder = new TextDecoder();
    const handle = boot({
        module,
        image,
        args: ['python3', ...args],
        stdout(chunk) { result.stdout += decoder.decode(chunk); },
        stderr(chunk) { result.stderr += decoder.decode(chunk); },
        progress: (step) => result.steps.push(step),
        snapshot: { modules, restore, keep(snapshot) { result.kept = snapshot; } },
        ...more,
    });
    handle.stdin.end();
    result.status = await handle.exit;
    return result;
}

const twice = async (args, modules, more) => {
    const first = await run(args, { modules, ...more });
    const second = await run(args, { modules, restore: first.kept, ...more });
    return [first, second];
};

test('a later start goes on where the first part ended', limit, async () => {
    const code = 'import builtins, counts, json, sys; print(sys.argv, loads, json.dumps([1]), __name__, "_frond_snapshot" in sys.modules)';
    const [first, second] = await twice(['-c', code, 'word'], ['counts', 'json']);
    const expected = '[\'-c\', \'word\'] 1 [1] __main__ False\n';
    assert.deepEqual([first.status, first.stdout, first.stderr], [0, expected, '']);
    assert.deepEqual([second.status, second.stdout, second.stderr], [0, expected, '']);
    assert.deepEqual(first.steps, ['compiled', 'instantiated', 'started', 'prepared']);
    assert.deepEqual(second.steps, ['compiled', 'instantiated', 'restored', 'started']);
    assert.ok(second.kept === null);
    assert.ok(first.kept.memory.length <= first.kept.size);
});

test('chance and time are not those of the first start', limit, async () => {
    const code = 'import logging, os, random, time; print(random.random(), os.urandom(8).hex(), logging._startTime, time.monotonic_ns())';
    const [first, second] = await twice(['-c', code], ['random', 'logging', 'time']);
    const [chance, bytes, began, clock] = first.stdout.trim().split(' ');
    const [laterChance, laterBytes, laterBegan, laterClock] = second.stdout.trim().split(' ');
    assert.notEqual(chance, laterChance);
    assert.notEqual(bytes, laterBytes);
    assert.ok(BigInt(laterBegan) > BigInt(began));
    // The monotonic clock goes on from the snapshot: nothing that the first part noted lies in the future.
    assert.ok(BigInt(laterClock) > BigInt(Math.floor(first.kept.now * 1e6)), `${laterClock} after ${first.kept.now} ms`);
});

test('a later start may be in another time zone', limit, async () => {
    const code = 'import time; print(time.tzname, time.timezone, time.altzone, time.daylight, time.strftime("%H %Z %z", time.localtime(1e9)))';
    const zone = process.env.TZ;
    try {
        process.env.TZ = 'UTC';
        const { kept, stdout } = await run(['-c', code], { modules: ['time'] });
        assert.equal(stdout, "('UTC', 'UTC') 0 -3600 0 01 UTC +0000\n");
        process.env.TZ = 'America/New_York';
        const whole = await run(['-c', code]);
        const later = await run(['-c', code], { restore: kept });
        assert.equal(later.stdout, whole.stdout);
        assert.equal(later.stdout, "('EST', 'EDT') 18000 14400 1 21 EDT -0400\n");
    } finally {
        if (zone === undefined) delete process.env.TZ;
        else process.env.TZ = zone;
    }
});

test('threads, timers and deep recursion work after a later start', limit, async () => {
    const program = `
import asyncio, threading, time
async def main():
    return await asyncio.gather(*(asyncio.sleep(0.05, n) for n in range(3)))
found = []
thread = threading.Thread(target=lambda: found.append(asyncio.run(main())))
thread.start(); thread.join()
def deep(n): return deep(n + 1)
try: deep(0)
except RecursionError: found.append('deep')
print(found, threading.current_thread().name)
`;
    for (const { status, stdout, stderr } of await twice(['-c', program], ['asyncio', 'threading'])) {
        assert.deepEqual([status, stdout, stderr], [0, '[[0, 1, 2], \'deep\'] MainThread\n', '']);
    }
});

test('what is not in memory alone is not kept', limit, async () => {
    for (const name of ['writes', 'renames', 'prints', 'opens', 'maps', 'moves', 'masks', 'spawns', 'threads']) {
        const { kept, status, stdout } = await run(['-c', `import ${name}; print("ran")`], { modules: [name] });
        assert.ok(kept === null, name); // not equal(): it would print all memory
        assert.equal(status, 0, name);
        assert.ok(stdout.endsWith('ran\n'), `${name}: ${stdout}`);
    }
    const waited = await run(['-c', 'print("ran")'], { modules: ['waits'] });
    assert.ok(waited.kept !== null);
});

test('a module that can\'t be imported fails where the program imports it', limit, async () => {
    const code = 'import sys\nfor name in ("fails", "leaves", "absent"):\n  try: __import__(name)\n  except BaseException as e: print(type(e).__name__)';
    for (const { status, stdout, stderr } of await twice(['-c', code], ['fails', 'leaves', 'absent'])) {
        assert.deepEqual([status, stdout, stderr], [0, 'ZeroDivisionError\nSystemExit\nModuleNotFoundError\n', '']);
    }
});

test('a package finds the modules of the program, when it runs and not before', limit, async () => {
    const code = 'import absent_option, optional, sys; print(optional.found, loads, absent_option.found, [type(f).__name__ for f in sys.meta_path])';
    const whole = await run(['-c', code], { cwd: '/app' });
    for (const { stdout, stderr } of await twice(['-c', code], ['optional', 'absent_option'], { cwd: '/app' })) {
        assert.deepEqual([stdout, stderr], [whole.stdout, '']);
        assert.match(stdout, /^the app 1 nothing /);
    }
});

test('a command line that asks for no program', limit, async () => {
    const version = await run(['--version'], { modules: ['json'] });
    assert.deepEqual([version.status, version.kept === null], [0, true]);
    assert.match(version.stdout, /^Python 3\.14/);
    const wrong = await run(['--what'], { modules: ['json'] });
    assert.deepEqual([wrong.status, wrong.kept === null], [2, true]);
    assert.match(wrong.stderr, /Unknown option: --what/);
});

test('a snapshot may be told as what differs from the module\'s own data', limit, async () => {
    const { kept } = await run(['-c', 'print("ran")'], { modules: ['json'] });
    const { exports } = await WebAssembly.instantiate(module, Object.fromEntries(Map.groupBy(
        WebAssembly.Module.imports(module), (item) => item.module).entries().map(([group, items]) => [group, Object.fromEntries(
        items.map(({ name, kind }) => [name, kind === 'tag' ? new WebAssembly.Tag({ parameters: ['i32'] }) : () => 0]))])));
    const initial = new Uint8Array(exports.memory.buffer);
    const differs = 4_000_000;
    const memory = kept.memory.map((byte, at) => (at < differs ? byte ^ initial[at] : byte));
    const later = await run(['-c', 'print("ran")'], { restore: { ...kept, memory, differs } });
    assert.deepEqual([later.status, later.stdout, later.steps.includes('restored')], [0, 'ran\n', true]);
});

test('what is no snapshot is not used', limit, async () => {
    const { kept } = await run(['-c', ''], { modules: ['json'] });
    const others = [
        {}, { ...kept, now: NaN }, { ...kept, size: kept.size + 1 }, { ...kept, size: 65536 }, { ...kept, memory: [1] }, { ...kept, differs: -1 },
        { ...kept, differs: kept.memory.length + 1 },
        Promise.resolve(undefined), 'rejects',
    ];
    for (const other of others) {
        const restore = other === 'rejects' ? Promise.reject(new Error('no storage')) : other;
        const { status, stdout, steps } = await run(['-c', 'print("ran")'], { modules: ['json'], restore });
        assert.deepEqual([status, stdout, steps.includes('restored')], [0, 'ran\n', false]);
    }
});

test('without modules there is one part', limit, async () => {
    const { steps, kept, stdout } = await run(['-c', 'print("ran")']);
    assert.deepEqual([steps, kept === null, stdout], [['compiled', 'instantiated', 'started'], true, 'ran\n']);
});
