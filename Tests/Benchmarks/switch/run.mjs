// Runs the switch benchmark in every engine on this machine, and prints a table and JSON.
//
//     node Tests/Benchmarks/switch/run.mjs [--json FILE] [--only "node,deno,deno wasmfx,chromium,chromium wasmfx,firefox"]
//
// Engines: `node` (the one that runs this), `deno`, `chromium` and `firefox-esr` or `firefox` from PATH; NODE, DENO,
// CHROMIUM and FIREFOX name others. With core stack switching behind its flag, Deno and Chromium run twice.

import fs from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { findProgram, root, runInBrowser } from '../../GlueTests/JavaScript/browser.mjs';

const here = 'Tests/Benchmarks/switch';
const deadline = 240000;

function option(name) {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? undefined : process.argv[at + 1];
}

function version(program) {
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    return (stdout ?? '').trim().split('\n')[0];
}

function runCommand(program, args) {
    const { stdout, stderr, status } = spawnSync(program, args, { cwd: root, encoding: 'utf8', timeout: deadline });
    if (status !== 0) return { error: (stderr || `status ${status}`).trim().split('\n')[0] };
    return JSON.parse(stdout);
}

const node = process.env.NODE ?? process.execPath;
const deno = findProgram('deno');
const chromium = findProgram('chromium');
const firefox = findProgram('firefox');
const page = (backend) => `${here}/page.html?backend=${backend}`;

const engines = [
    { name: 'node', program: node, run: () => runCommand(node, ['--experimental-wasm-jspi', `${here}/node.mjs`, 'jspi']) },
    { name: 'deno', program: deno, run: () => runCommand(deno, ['run', '-A', '--no-check', `${here}/node.mjs`, 'jspi']) },
    {
        name: 'deno wasmfx', program: deno,
        run: () => runCommand(deno, [
            'run', '-A', '--no-check', '--v8-flags=--experimental-wasm-wasmfx', `${here}/node.mjs`, 'wasmfx',
        ]),
    },
    { name: 'chromium', program: chromium, run: () => runInBrowser('chromium', page('jspi'), { deadline }) },
    {
        name: 'chromium wasmfx', program: chromium,
        run: () => runInBrowser('chromium', page('wasmfx'), { deadline, flags: ['--js-flags=--wasm-wasmfx'] }),
    },
    { name: 'firefox', program: firefox, run: () => runInBrowser('firefox', page('jspi'), { deadline }) },
];

const only = option('only')?.split(',');
const results = [];
for (const { name, program, run } of engines) {
    if (only && !only.includes(name)) continue;
    if (program === null) {
        results.push({ engine: name, error: 'not on this machine' });
        continue;
    }
    results.push({ engine: name, version: version(program), ...await run() });
}

console.log('nanoseconds          floor     bare   switch   to floor   to bare   create   with 5,000 parked');
for (const r of results) {
    if (r.error) console.log(`${r.engine.padEnd(18)} ${r.error}`);
    else {
        const cell = (value, width) => String(value).padStart(width);
        console.log(`${r.engine.padEnd(18)}${cell(r.floor, 8)}${cell(r.bare, 9)}${cell(r.switch, 9)}${cell(r.ratio, 11)}` +
            `${cell(r.bareRatio, 10)}${cell(r.create, 9)}${cell(r.parked, 20)}`);
    }
}
const report = { date: new Date().toISOString().slice(0, 10), cpu: os.cpus()[0]?.model, cores: os.cpus().length, results };
if (option('json')) fs.writeFileSync(option('json'), `${JSON.stringify(report, null, 2)}\n`);
else console.log(JSON.stringify(report));
