// What strings compile to, from one start to the next (compiled-strings.mjs, string-cache.mjs, the context shim's
// compiled_strings.c), in Node, with the runtime kit's python.wasm. FROND_KIT names the folder of the kit; without it the tests
// of Python are skipped.

import { test, before } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { boot } from '../../../Templates/glue/boot.mjs';
import { newStrings } from '../../../Templates/glue/compiled-strings.mjs';
import { openStringCache } from '../../../Templates/glue/string-cache.mjs';
import { makeImage } from './image.mjs';

const kit = process.env.FROND_KIT;
const limit = { timeout: 60000, skip: kit ? false : 'FROND_KIT is not set' };
let module;
let image;

before(async () => {
    if (!kit) return;
    module = await WebAssembly.compile(fs.readFileSync(path.join(kit, 'python.wasm')));
    image = makeImage({
        '/usr/lib/python3.14': path.join(kit, 'lib/python3.14'),
        '/usr/bin/python3': new Uint8Array(0),
        '/usr/lib/python3.14/names.py': new TextEncoder().encode('answer = eval("6 * 7")\n'),
        '/app/script.py': new TextEncoder().encode('print("a script")\n'),
    });
});

/** Runs a program; `made` are the entries of strings that were new. */
async function run(args, known = null, more = {}) {
    const result = { stdout: '', stderr: '' };
    const decoder = new TextDecoder();
    const handle = boot({
        module,
        image,
        args: ['python3', ...args],
        cwd: '/app',
        stdout(chunk) { result.stdout += decoder.decode(chunk); },
        stderr(chunk) { result.stderr += decoder.decode(chunk); },
        strings: { known, keep: true },
        ...more,
    });
    handle.stdin.end();
    result.status = await handle.exit;
    result.entries = Buffer.from(newStrings(handle.kernel.machine.files));
    result.made = parse(result.entries);
    return result;
}

function parse(entries) {
    const found = [];
    for (let at = 0; at < entries.length;) {
        const [keySize, codeSize] = [entries.readUInt32LE(at), entries.readUInt32LE(at + 4)];
        const key = entries.subarray(at + 8, at + 8 + keySize);
        const nameSize = key.readUInt32LE(12);
        found.push({
            key, file: key.toString('utf8', 16, 16 + nameSize), source: key.toString('utf8', 16 + nameSize),
            code: entries.subarray(at + 8 + keySize, at + 8 + keySize + codeSize),
        });
        at += (8 + keySize + codeSize + 3) & ~3;
    }
    return found;
}

function entry(key, code) {
    const bytes = Buffer.alloc((8 + key.length + code.length + 3) & ~3);
    bytes.writeUInt32LE(key.length, 0);
    bytes.writeUInt32LE(code.length, 4);
    key.copy(bytes, 8);
    code.copy(bytes, 8 + key.length);
    return bytes;
}

/** Without those of the standard library's named tuples and dataclasses. */
const sources = (made) => made.map(({ source }) => source).filter((text) => !/^(lambda _cls|def __create_fn__)/.test(text));

test('what was compiled once is known to the next start', limit, async () => {
    const program = ['-c', 'for _ in range(3): print(eval("6 * 7"), end=" ")\nexec("def f(): return 1 / 0\\n\\nf()")'];
    const first = await run(program);
    // Each once, though one is compiled three times.
    assert.deepEqual(sources(first.made), [`${program[1]}\n`, '6 * 7', 'def f(): return 1 / 0\n\nf()']);
    assert.match(first.stdout, /42 42 42/);
    assert.equal(first.status, 1);
    const second = await run(program, first.entries);
    assert.deepEqual(second.made, []);
    const seen = ({ stdout, stderr, status }) => ({ stdout, stderr, status });
    assert.deepEqual(seen(second), seen(first));
});

test('a start in two parts knows in the second what the first has compiled', limit, async () => {
    const { made, stdout } = await run(['-c', 'import names; print(eval("6 * 7"), names.answer)'], null, {
        snapshot: { modules: ['names'], restore: null },
    });
    assert.equal(stdout, '42 42\n');
    assert.equal(made.filter(({ source }) => source === '6 * 7').length, 1);
    assert.equal(new Set(made.map(({ key }) => key.toString('latin1'))).size, made.length);
});

test('the code of a known string is what runs', limit, async () => {
    const [answer] = (await run(['-c', 'eval("6 * 9")'])).made.filter(({ source }) => source === '6 * 9');
    const [question] = (await run(['-c', 'eval("6 * 7")'])).made.filter(({ source }) => source === '6 * 7');
    const { stdout } = await run(['-c', 'print(eval("6 * 7"), eval("6 * 8"))'], entry(question.key, answer.code));
    assert.equal(stdout, '54 48\n');
});

test('everything that a compilation depends on is told apart', limit, async () => {
    const program = ['-c', [
        'import __future__',
        'text = "def f(x: int): assert x"',
        'for flags in 0, __future__.annotations.compiler_flag:',
        '    for name in "a", "b":',
        '        for level in 0, 2:',
        '            code = compile(text, name, "exec", flags, True, level)',
        '            assert code.co_filename == name',
        '            print(bool(code.co_flags & flags), end=" ")',
        'print(eval("1"), exec("1"), eval(compile("__debug__", "", "eval", optimize=1)), eval("__debug__"))',
    ].join('\n')];
    const first = await run(program);
    assert.equal(first.stdout, 'False False False False True True True True 1 None False True\n');
    assert.equal(first.made.filter(({ source }) => source.startsWith('def f(x')).length, 8);
    const second = await run(program, first.entries);
    assert.equal(second.stdout, first.stdout);
    assert.deepEqual(second.made, []);
});

test('what a string has from __future__ goes on in the interactive interpreter', limit, async () => {
    const program = ['-c', [
        'import codeop',
        'compile = codeop.Compile()',
        'for text in "from __future__ import annotations", "def f(x: undefined): pass":',
        '    code = compile(text, "<input>", "exec")',
        '    exec(code, space := {})',
        'print(space["f"].__annotations__)',
    ].join('\n')];
    const first = await run(program);
    assert.equal(first.stdout, "{'x': 'undefined'}\n");
    assert.equal((await run(program, first.entries)).stdout, first.stdout);
});

test('strings that warn, are wrong, or make no code object are compiled each time', limit, async () => {
    const program = ['-c', [
        'import ast, warnings',
        'eval("1 is 1"); eval(r"\'\\d\'")',
        'print(ast.dump(ast.parse("a")))',
        'try: eval("1 +")',
        'except SyntaxError as error: print(error)',
        'warnings.simplefilter("error")',
        'try: eval("2 is 2")',
        'except SyntaxError as error: print(error)',
    ].join('\n')];
    const first = await run(program);
    assert.deepEqual(sources(first.made), [`${program[1]}\n`]);
    assert.match(first.stderr, /SyntaxWarning: "is" with 'int' literal/);
    assert.match(first.stderr, /invalid escape sequence/);
    const second = await run(program, first.entries);
    assert.deepEqual([second.stdout, second.stderr], [first.stdout, first.stderr]);
});

test('audit hooks hear of every compilation', limit, async () => {
    const program = ['-c', [
        'import sys',
        'sys.addaudithook(lambda name, args: print(name, args[0]) if name in ("compile", "exec") else None)',
        'eval("6 * 7")',
        'compile("6 * 7", "name", "eval")',
    ].join('\n')];
    const first = await run(program);
    assert.match(first.stdout, /^compile b'6 \* 7'\nexec <code object <module>.*>\ncompile b'6 \* 7'\n/);
    const second = await run(program, first.entries);
    assert.equal(second.stdout.replace(/0x\w+/g, ''), first.stdout.replace(/0x\w+/g, ''));
    assert.deepEqual(second.made, []);
});

test('sources of scripts and of modules are not kept', limit, async () => {
    assert.deepEqual((await run(['script.py'])).made, []);
});

test('a file of known strings that is none is no harm', limit, async () => {
    const good = (await run(['-c', 'print(eval("6 * 7"))'])).entries;
    const strange = [
        good.subarray(0, good.length - 5), Buffer.from([1]), Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.alloc(5 << 20),
        entry(parse(good).at(-1).key, Buffer.from('?')), entry(parse(good).at(-1).key, Buffer.from('N')), Buffer.concat([good, good]),
    ];
    for (const known of strange) {
        const { stdout, stderr, status } = await run(['-c', 'print(eval("6 * 7"))'], known);
        assert.deepEqual({ stdout, stderr, status }, { stdout: '42\n', stderr: '', status: 0 });
    }
});

test('a program may delete the files, or put others in their place', limit, async () => {
    const folder = '/usr/lib/frond';
    for (const deed of [`shutil.rmtree("${folder}")`, `shutil.rmtree("${folder}"); open("${folder}", "w").close()`]) {
        const { made, stderr, status } = await run(['-c', `import os, shutil; ${deed}; eval("6 * 7")`]);
        assert.deepEqual({ made, stderr, status }, { made: [], stderr: '', status: 0 });
    }
});

test('no more is kept than has room', limit, async () => {
    const text = 'for n in range(4000):\n    assert eval(f"{n} and " + "\'" + "x" * 2000 + "\'") or not n\nprint(eval("6 * 7"))';
    const { made, entries, stdout } = await run(['-c', text]);
    assert.equal(stdout, '42\n');
    assert.ok(entries.length <= 1 << 22 && made.length > 500, `${made.length} entries of ${entries.length} bytes`);
});

// --- the file between runs ---

const a = entry(Buffer.from('key a'), Buffer.from('code a'));
const b = entry(Buffer.from('key b'), Buffer.from('code'));

test('the cache adds what is new, and begins anew when it has become too large', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-strings-'));
    try {
        const file = path.join(folder, 'app.wasm.strings');
        assert.equal(openStringCache(file).known, null);
        openStringCache(file).keep(new Uint8Array(0));
        assert.deepEqual(fs.readdirSync(folder), []);
        openStringCache(file).keep(a);
        openStringCache(file).keep(b);
        assert.deepEqual(openStringCache(file).known, Buffer.concat([a, b]));
        const large = entry(Buffer.from('key c'), Buffer.alloc(1 << 21));
        openStringCache(file).keep(large);
        assert.deepEqual(openStringCache(file).known, large);
        assert.deepEqual(fs.readdirSync(folder), ['app.wasm.strings']);
        openStringCache(path.join(folder, 'no', 'such', 'folder')).keep(a);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});
