// Runs the switch benchmark in every engine on this machine, and prints a table and JSON.
//
//     node Tests/Benchmarks/switch/run.mjs [--json FILE] [--only node,deno,chromium,firefox]
//
// Engines: `node` (the one that runs this), `deno`, `chromium` and `firefox-esr` or `firefox` from PATH; NODE, DENO,
// CHROMIUM and FIREFOX name others. With core stack switching behind its flag, Deno and Chromium run twice.

import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = 'Tests/Benchmarks/switch';
const deadline = 240000;

function option(name) {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? undefined : process.argv[at + 1];
}

function onPath(...names) {
    for (const name of names.filter(Boolean)) {
        if (name.includes('/')) return name;
        for (const folder of (process.env.PATH ?? '').split(':')) {
            const file = path.join(folder, name);
            if (fs.existsSync(file)) return file;
        }
    }
    return null;
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

const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** Opens the page in a browser with a profile of its own and waits for what it posts. */
async function runBrowser(program, args, query) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-switch-'));
    let child;
    let server;
    try {
        return await new Promise((resolve) => {
            const timer = setTimeout(() => resolve({ error: 'no result in time' }), deadline);
            server = http.createServer((request, response) => {
                const url = new URL(request.url, 'http://localhost');
                if (url.pathname === '/result') {
                    let body = '';
                    request.on('data', (chunk) => { body += chunk; });
                    request.on('end', () => {
                        response.end();
                        clearTimeout(timer);
                        resolve(JSON.parse(body));
                    });
                    return;
                }
                const file = path.join(root, path.normalize(url.pathname));
                if (!file.startsWith(root) || !fs.existsSync(file)) {
                    response.writeHead(404).end();
                    return;
                }
                response.writeHead(200, {
                    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
                    // Isolated pages have clocks of 5 µs instead of 100.
                    'cross-origin-opener-policy': 'same-origin',
                    'cross-origin-embedder-policy': 'require-corp',
                });
                response.end(fs.readFileSync(file));
            });
            server.listen(0, '127.0.0.1', () => {
                const url = `http://127.0.0.1:${server.address().port}/${here}/page.html${query}`;
                child = spawn(program, [...args(profile), url], { stdio: 'ignore', detached: true });
            });
        });
    } finally {
        server?.close();
        try {
            if (child?.pid) process.kill(-child.pid, 'SIGKILL');
        } catch { /* it has gone by itself */ }
        await new Promise((resolve) => setTimeout(resolve, 300));
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

const chromiumArgs = (extra) => (profile) => [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`, ...extra,
];
const firefoxArgs = (profile) => ['--headless', '--no-remote', '--profile', profile];

const node = process.env.NODE ?? process.execPath;
const deno = onPath(process.env.DENO, 'deno');
const chromium = onPath(process.env.CHROMIUM, 'chromium', 'google-chrome');
const firefox = onPath(process.env.FIREFOX, 'firefox', 'firefox-esr');

const engines = [
    { name: 'node', program: node, run: () => runCommand(node, ['--experimental-wasm-jspi', `${here}/node.mjs`, 'jspi']) },
    { name: 'deno', program: deno, run: () => runCommand(deno, ['run', '-A', '--no-check', `${here}/node.mjs`, 'jspi']) },
    {
        name: 'deno wasmfx', program: deno,
        run: () => runCommand(deno, [
            'run', '-A', '--no-check', '--v8-flags=--experimental-wasm-wasmfx', `${here}/node.mjs`, 'wasmfx',
        ]),
    },
    { name: 'chromium', program: chromium, run: () => runBrowser(chromium, chromiumArgs([]), '?backend=jspi') },
    {
        name: 'chromium wasmfx', program: chromium,
        run: () => runBrowser(chromium, chromiumArgs(['--js-flags=--wasm-wasmfx']), '?backend=wasmfx'),
    },
    { name: 'firefox', program: firefox, run: () => runBrowser(firefox, firefoxArgs, '?backend=jspi') },
];

const only = option('only')?.split(',');
const results = [];
for (const { name, program, run } of engines) {
    if (only && !only.includes(name.split(' ')[0])) continue;
    if (program === null) {
        results.push({ engine: name, error: 'not on this machine' });
        continue;
    }
    results.push({ engine: name, version: version(program), ...await run() });
}

console.log('nanoseconds          floor   switch   ratio   create   with 5,000 parked');
for (const r of results) {
    if (r.error) console.log(`${r.engine.padEnd(18)} ${r.error}`);
    else {
        const cell = (value, width) => String(value).padStart(width);
        console.log(`${r.engine.padEnd(18)}${cell(r.floor, 8)}${cell(r.switch, 9)}${cell(r.ratio, 8)}` +
            `${cell(r.create, 9)}${cell(r.parked, 20)}`);
    }
}
const report = { date: new Date().toISOString().slice(0, 10), cpu: os.cpus()[0]?.model, cores: os.cpus().length, results };
if (option('json')) fs.writeFileSync(option('json'), `${JSON.stringify(report, null, 2)}\n`);
else console.log(JSON.stringify(report));
