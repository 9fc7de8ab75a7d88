// Measures what the README promises of Examples/greenlets, and prints a table and, with --json FILE, JSON.
//
//     node Tests/Benchmarks/figures/run.mjs --frond .build/release/frond [--runs 5] [--json FILE]
//
// Every figure is a median of several runs with its smallest and largest value, beside the limit that is promised. The
// browsers start with an empty profile each time, so their caches are empty. Nothing here fails when a limit is passed
// over: a benchmark reports, tests decide.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const app = path.join(root, 'Examples/greenlets');

function option(name, otherwise) {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
}

const frond = path.resolve(option('frond', path.join(root, '.build/release/frond')));
const runs = Number(option('runs', '5'));

function must(program, args, options = {}) {
    const result = spawnSync(program, args, { encoding: 'utf8', timeout: 1_200_000, ...options });
    if (result.status !== 0) {
        throw new Error(`${path.basename(program)} ${args.join(' ')}: ${result.stderr || result.error || result.status}`);
    }
    return result;
}

/** The seconds that `body` takes. */
function seconds(body) {
    const began = performance.now();
    body();
    return (performance.now() - began) / 1000;
}

function summary(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1), runs: values.length };
}

/** Seconds until the first line of output of a program in Node, from the start of the process `frond`. */
function firstLine() {
    return new Promise((resolve, reject) => {
        const began = performance.now();
        // -u: into a pipe, Python would keep the lines until it ends.
        const child = spawn(frond, ['run', '-u', app], { stdio: ['ignore', 'pipe', 'inherit'] });
        child.stdout.once('data', () => resolve((performance.now() - began) / 1000));
        child.once('error', reject);
        child.once('exit', (status) => reject(new Error(`frond run ended with status ${status} before it printed`)));
    });
}

/** Serves a built site; resolves to its address and a way to stop. */
function serve(site) {
    return new Promise((resolve, reject) => {
        const server = spawn(frond, ['serve', site, '--port', '0', '--no-watch'], { stdio: ['ignore', 'ignore', 'pipe'] });
        let text = '';
        server.stderr.on('data', (chunk) => {
            text += chunk;
            const address = /http:\/\/[0-9.]+:\d+\/\S*/.exec(text)?.[0];
            if (address) resolve({ address, stop: () => server.kill() });
        });
        server.once('exit', (status) => reject(new Error(`frond serve ended with status ${status}: ${text}`)));
    });
}

/** Seconds from navigation to the first output, as the page itself measured them. */
function firstLineIn(browser, address) {
    const driver = path.join(root, 'Scripts/browser/drive.mjs');
    const { stdout } = must(process.execPath, [driver, '--browser', browser, '--url', address, '--timeout', '120'], {
        input: JSON.stringify([{ state: 'exited' }]),
    });
    return JSON.parse(stdout).times.output / 1000;
}

const rows = [];
function report(name, values, unit, limit) {
    const row = { name, unit, limit, ...summary(values) };
    rows.push(row);
    const digits = unit === 's' ? 2 : unit === 'MB' ? 2 : 1;
    const show = (value) => value.toFixed(digits);
    const spread = row.runs > 1 ? `${show(row.min)} to ${show(row.max)}` : '';
    console.log(`${name.padEnd(52)} ${show(row.median).padStart(7)} ${unit.padEnd(3)} ${spread.padEnd(14)} ≤ ${limit} ${unit}`);
}

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-figures-'));
try {
    const site = path.join(work, 'site');
    must(frond, ['build', app, '-o', site]);
    const manifest = JSON.parse(fs.readFileSync(path.join(site, 'frond.json'), 'utf8'));

    console.log(`${'figure'.padEnd(52)} ${'median'.padStart(7)}     spread         promised`);
    report('frond build Examples/greenlets, warm cache',
        Array.from({ length: runs }, () => seconds(() => must(frond, ['build', app, '-o', site]))), 's', 5);

    const brotli = [];
    for (const name of fs.readdirSync(site, { recursive: true })) {
        if (name.endsWith('.br')) brotli.push({ name, size: fs.statSync(path.join(site, name)).size });
    }
    report('transfer of the whole site as Brotli', [brotli.reduce((sum, file) => sum + file.size, 0) / 1e6], 'MB', 5.5);
    const glue = brotli.find((file) => /glue\.[^/]*\.mjs\.br$/.test(file.name));
    report('the glue as Brotli', [glue.size / 1000], 'KB', 40);

    must(frond, ['run', app]);
    const inNode = [];
    for (let run = 0; run < runs; run += 1) inNode.push(await firstLine());
    report('first line in Node (frond run, process start to line)', inNode, 's', 0.6);

    const server = await serve(site);
    try {
        for (const [browser, limit] of [['chromium', 2.0], ['firefox', 2.0]]) {
            report(`first line in ${browser}, empty cache, localhost`,
                Array.from({ length: runs }, () => firstLineIn(browser, server.address)), 's', limit);
        }
    } finally {
        server.stop();
    }

    const json = option('json');
    if (json) {
        const machine = { cpu: os.cpus()[0].model, cores: os.cpus().length, node: process.version };
        fs.writeFileSync(json, `${JSON.stringify({ machine, manifest: manifest.runtime ?? null, rows }, null, 2)}\n`);
    }
} finally {
    fs.rmSync(work, { recursive: true, force: true });
}
