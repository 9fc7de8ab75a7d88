// Measures the linker: time and memory of a link, and what others make of its output.
//
//     node Tests/Benchmarks/linker/run.mjs [--runs 5] [--json FILE] [--write]
//
// CPython with greenlet, pydantic-core, jiter and msgpack, the current ones of the index; and CPython alone. Each link is a
// process of its own (`link-files`, which is compiled first). Every output is given to `wasm-tools validate` and to wasm-opt:
// what its removal of dead code (--remove-unused-module-elements) leaves, against what it writes with nothing removed, is what
// the linker missed. Both tools are those of the runtime kit's builder, or on PATH. --write puts the table into
// docs/benchmarks.md. Exit status 1 when a limit is missed or an output is not valid.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, markdownTable, writeSection } from '../page-section.mjs';

const { values: options } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, json: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const root = fileURLToPath(new URL('../../../', import.meta.url));
const frond = process.env.FROND ?? path.join(root, '.build/release/frond');
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'frond');
const packages = ['greenlet', 'pydantic-core', 'jiter', 'msgpack'];

function must(program, args, settings = {}) {
    const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...settings });
    if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr || result.error || result.status}`);
    return result.stdout;
}

/** Runs a tool of the kit's builder on files of a folder, or the one on PATH. */
function tool(name, folder, args) {
    const roots = path.join(cache, 'toolchain');
    const keys = fs.existsSync(roots) ? fs.readdirSync(roots) : [];
    const own = keys.map((key) => path.join(roots, key, 'root')).find((place) => fs.existsSync(path.join(place, 'usr/bin', name)));
    if (own === undefined) return must(name, args, { cwd: folder });
    const enter = path.join(root, 'Sources/PythonRuntime/Recipe/enter-root.sh');
    return must('sh', [enter, own, `${folder}:/mnt`, '--', 'sh', '-c', 'cd /mnt && exec "$0" "$@"', name, ...args]);
}

/** The wheels that the lock of an app names, out of the cache, and the kit's greenlet. */
function wheels(folder, kit) {
    const app = path.join(folder, 'app');
    fs.mkdirSync(app);
    fs.writeFileSync(path.join(app, 'main.py'), '');
    fs.writeFileSync(path.join(app, 'pyproject.toml'),
        `[project]\nname = "links"\nversion = "1"\ndependencies = ${JSON.stringify(packages)}\n`);
    must(frond, ['run', '--app', app, '-c', '']);
    const lock = fs.readFileSync(path.join(app, 'pylock.toml'), 'utf8');
    const found = [...lock.matchAll(/\b[0-9a-f]{64}\b/gu)].flatMap(([hash]) => {
        const place = path.join(cache, 'wheels', hash.slice(0, 2), hash);
        return fs.existsSync(place) ? fs.readdirSync(place).map((name) => path.join(place, name)) : [];
    });
    const own = path.join(kit, 'wheels');
    const all = [...fs.readdirSync(own).map((name) => path.join(own, name)), ...found];
    return packages.map((name) => {
        const wheel = all.find((file) => path.basename(file).startsWith(`${name.replaceAll('-', '_')}-`));
        if (wheel === undefined) throw new Error(`no wheel of ${name} was found`);
        return wheel;
    });
}

const rows = [];
function report(what, name, values, unit, digits, limit) {
    const sorted = [...values].sort((a, b) => a - b);
    const row = { what, name, unit, median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1), limit };
    row.missed = limit !== undefined && row.median > limit;
    rows.push(row);
    const spread = values.length > 1 ? ` (${row.least.toFixed(digits)}–${row.most.toFixed(digits)})` : '';
    row.cells = [what, name, `${row.median.toFixed(digits)} ${unit}${spread}`,
        limit === undefined ? '' : `at most ${limit} ${unit}${row.missed ? ': missed' : ''}`];
    console.log(row.cells.map((cell, at) => cell.padEnd([50, 42, 26, 0][at])).join(''));
}

function measure(what, folder, linker, kit, libraries, limits) {
    const output = path.join(folder, 'app.wasm');
    const answers = Array.from({ length: Number(options.runs) }, () =>
        JSON.parse(must(linker, [output, path.join(kit, 'python.wasm'), ...libraries])));
    report(what, 'link', answers.map((each) => each.seconds), 's', 2, limits.seconds);
    report(what, 'memory', answers.map((each) => each.memory / 1e6), 'MB', 0, limits.memory);
    report(what, 'modules that go in', [answers[0].input / 1e6], 'MB', 2);
    report(what, 'the module that comes out', [answers[0].output / 1e6], 'MB', 2);
    tool('wasm-tools', folder, ['validate', '--features', 'all', 'app.wasm']);
    const size = (flags, file) => {
        tool('wasm-opt', folder, ['--all-features', '-g', ...flags, 'app.wasm', '-o', file]);
        return fs.statSync(path.join(folder, file)).size;
    };
    const whole = size([], 'whole.wasm');
    const left = size(['--remove-unused-module-elements'], 'left.wasm');
    report(what, 'dead code that wasm-opt still finds', [(whole - left) / whole * 100], '%', 3, 0.1);
    report(what, 'larger than what wasm-opt leaves by', [(answers[0].output - left) / left * 100], '%', 3, 0.1);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-links-'));
try {
    must('swift', ['build', '-c', 'release', '--product', 'link-files'], { cwd: root });
    const linker = path.join(root, '.build/release/link-files');
    const kit = process.env.FROND_KIT ?? must(frond, ['runtime', 'path']).trim();
    measure('CPython, greenlet, pydantic-core, jiter, msgpack', folder, linker, kit, wheels(folder, kit),
        { seconds: 1.0, memory: 400 });
    measure('CPython alone', folder, linker, kit, [], {});
} finally {
    fs.rmSync(folder, { recursive: true, force: true });
}
const today = new Date().toISOString().slice(0, 10);
if (options.json) {
    const shown = rows.map(({ cells, ...row }) => row);
    fs.writeFileSync(options.json, `${JSON.stringify({ date: today, machine: machine(), rows: shown }, null, 2)}\n`);
}
if (options.write) {
    writeSection('The linker', `\`node Tests/Benchmarks/linker/run.mjs --write\`, ${today}, ${machine()}. Every output passes \`wasm-tools validate\`.

${markdownTable([['link', 'figure', 'median', 'limit'], ...rows.map((row) => row.cells)])}`);
}
process.exitCode = rows.some((row) => row.missed) ? 1 : 0;
