// Measures what a site whose program is a server promises, in Chromium and Firefox, and prints a table.
//
//     node Tests/Benchmarks/web/run.mjs [--browser chromium|firefox] [--only requests,memory,stream,start,long]
//                                       [--rounds 5] [--seconds 300] [--json FILE] [--from FILE]… [--write]
//
//     requests   FastAPI's requests/s beside plain fetches through a service worker that passes everything on; 50 at once;
//                how long the page's main thread was blocked meanwhile
//     stream     delay of server-sent events
//     memory     10,000 requests in a row, three times: what stays of them, beside plain fetches through a service worker
//     start      from opening the page to the first response of Examples/fastapi-sqlalchemy, cold and warm, and where it goes; once as
//                it is (the warm one begins from the browser's snapshot) and once with a snapshot in the site
//     long       a stream of server-sent events of --seconds; only when asked for by name
//
// --write puts the table into docs/benchmarks.md; --from takes figures that --json kept in place of measuring, from as many files as
// it is given (a quiet machine may be had for a part at a time). Wants a built frond (FROND names another). Exit status 1 when a limit is missed.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Browser } from '../../../Scripts/browser/bidi.mjs';
import { DevTools } from '../../../Scripts/browser/devtools.mjs';
import { machine, markdownTable, writeSection } from '../page-section.mjs';
import { inPage, peer } from './page.mjs';

const { values: options } = parseArgs({
    options: {
        browser: { type: 'string', multiple: true, default: ['chromium', 'firefox'] },
        only: { type: 'string', default: 'requests,stream,memory,start' },
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '300' },
        json: { type: 'string' },
        from: { type: 'string', multiple: true, default: [] },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
    },
});

const root = fileURLToPath(new URL('../../../', import.meta.url));
const frond = process.env.FROND ?? join(root, '.build/release/frond');
const rounds = Number(options.rounds);
const parts = new Set(options.only.split(','));
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

if (options.help) {
    const text = readFileSync(fileURLToPath(import.meta.url), 'utf8');
    console.log(text.slice(0, text.indexOf('\nimport')).replace(/^\/\/ ?/gmu, '').trim());
    process.exit(0);
}

/** A program's site, served as a host does that negotiates encodings; the two are ended by `stop`. */
async function serve(site) {
    const server = spawn(frond, ['serve', site, '--port', '0', '--no-watch'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    const address = await new Promise((resolve, reject) => {
        server.stderr.on('data', (chunk) => {
            text += chunk;
            const found = /http:\/\/[0-9.]+:\d+\/\S*/u.exec(text)?.[0];
            if (found) resolve(found);
        });
        server.once('exit', (status) => reject(new Error(`frond serve ended with status ${status}: ${text}`)));
    });
    return { address, stop: () => server.kill() };
}

/** The local static server: a few files, from memory. */
function servePeer(files) {
    const server = createServer((request, response) => {
        const [type, text] = files[request.url] ?? ['text/plain', ''];
        response.writeHead(text === '' ? 404 : 200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
        response.end(text);
    });
    return new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve({
            address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close(),
        }));
    });
}

async function until(page, what, expression, seconds = 120) {
    const end = Date.now() + seconds * 1000;
    while (!await page.evaluate(expression).catch(() => false)) {
        if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}: ${await page.evaluate('document.body.innerText')}`);
        await pause(50);
    }
}

const appIsThere = `document.documentElement.dataset.frondTimes?.includes('"response"')`;
const app = 'document.querySelector(".frond-frame").contentWindow.frondBenchmark';
const shell = 'globalThis.frondBenchmark';

/** A browser; without chromedriver, which has Chromium keep a copy of every answer. */
function launch(name) {
    return name === 'chromium' ? DevTools.launch() : Browser.launch(name);
}

/** Memory of all of a browser's processes, MB: shared pages count once. */
function memoryOf(browser) {
    let sum = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
        try {
            const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
            if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== browser.group) continue;
            sum += Number(/^Pss:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;
        } catch {
            // It ended meanwhile.
        }
    }
    return sum;
}

function summary(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) };
}

const rows = [];
let missed = 0;

/** `limit`: ['most' | 'least', number], or nothing when the figure is only to be known. */
function report(browser, name, values, unit, limit, note = '') {
    const row = { browser, name, unit, ...summary(values), limit, note };
    const { median } = row;
    row.holds = limit === undefined || (limit[0] === 'most' ? median <= limit[1] : median >= limit[1]);
    if (!row.holds) missed += 1;
    rows.push(row);
    const [shown, spread, promised] = cells(row);
    console.log(`${browser.padEnd(9)} ${name.padEnd(58)} ${shown.padStart(9)} ${unit.padEnd(10)} ${spread.padEnd(18)} ${promised} ${note}`);
    return row;
}

/** Starts have a table of their own. */
function reportStart(...figure) {
    report(...figure).isStart = true;
}

function cells({ median, least, most, limit, holds }) {
    const show = (value) => Math.abs(value) >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
    const promised = limit === undefined ? '' : `${limit[0] === 'most' ? '≤' : '≥'} ${limit[1]}${holds ? '' : ' **missed**'}`;
    return [show(median), least === most ? '' : `${show(least)} to ${show(most)}`, promised];
}

async function measureRequests(name, page, peerPage) {
    const rate = async (target, where, path, count, width) => {
        await target.browser.send('browsingContext.activate', { context: target.context });
        const { milliseconds } = await target.evaluate(`${where}.fetches('${path}', ${count}, ${width})`);
        return count / milliseconds * 1000;
    };
    for (const [width, count, text] of [[1, 150, 'one at a time'], [8, 400, '8 at once']]) {
        const ours = [];
        const plain = [];
        await rate(page, app, '/json', count, width);
        await rate(peerPage, shell, '/json', count, width);
        for (let round = 0; round < rounds; round += 1) {
            ours.push(await rate(page, app, '/json', count, width));
            plain.push(await rate(peerPage, shell, '/json', count, width));
        }
        report(name, `FastAPI JSON, ${text}`, ours, 'requests/s');
        report(name, `plain fetches through a service worker, ${text}`, plain, 'requests/s');
        report(name, `ratio, ${text}`, ours.map((value, round) => value / plain[round]), '', ['least', 0.8]);
    }
    const alone = [];
    for (let round = 0; round < rounds; round += 1) {
        alone.push((await page.evaluate(`document.querySelector('.frond-frame').contentWindow.fetch('/alone?count=100')
            .then((response) => response.json())`)).milliseconds);
    }
    report(name, 'of each request Python, asked from within', alone, 'ms');
    report(name, '50 at once, lost or mixed up, in 20 rounds', [await page.evaluate(`(async () => {
        let wrong = 0;
        for (let round = 0; round < 20; round += 1) wrong += await ${app}.numbered('/echo/', round * 50, 50);
        return wrong;
    })()`)], '', ['most', 0]);
}

/** The main thread while Python computes and while it answers. */
async function measureMainThread(name, page) {
    await page.browser.send('browsingContext.activate', { context: page.context });
    for (const [text, work] of [
        ['Python computes for 3 s', `${app}.fetches('/work/3000', 1, 1)`],
        ['Python answers 500 requests, 8 at once', `${app}.fetches('/json', 500, 8)`],
    ]) {
        await page.evaluate(`(${shell}.takeBlocked(), 0)`);
        await page.evaluate(work);
        const blocked = await page.evaluate(`${shell}.takeBlocked()`);
        report(name, `main thread blocked at most, while ${text}`, [blocked.gap], 'ms', ['most', 50],
            name === 'chromium' ? `${blocked.longTasks} long tasks` : '');
    }
}

async function measureStream(name, page) {
    const path = '/events?count=1&pause=0';
    await page.evaluate(`${app}.events('${path}', 1)`);
    const first = [];
    for (let round = 0; round < rounds; round += 1) first.push((await page.evaluate(`${app}.events('${path}', 1)`))[0]);
    report(name, 'first server-sent event after its yield', first, 'ms', ['most', 50]);
    const delays = await page.evaluate(`${app}.events('/events?count=50&pause=0.02', 50)`);
    report(name, 'each of 50 events, one every 20 ms', delays, 'ms', ['most', 50]);
}

/**
 * What 10,000 requests leave in memory, MB, several times over, and how many there were a second; without what the browser would give
 * back.
 */
async function memoryOfRequests(browser, page, where, turns) {
    const load = (count) => page.evaluate(`${where}.fetches('/json', ${count}, 1)`);
    const least = async () => {
        await pause(3000);
        await browser.minimizeMemory();
        await pause(2000);
        return memoryOf(browser);
    };
    await load(2000);
    const before = await least();
    const more = [];
    let last = before;
    let milliseconds = 0;
    for (let turn = 0; turn < turns; turn += 1) {
        for (let done = 0; done < 10_000; done += 1000) {
            milliseconds += (await load(1000)).milliseconds;
            // What is to be seen is what stays, not how long a browser leaves garbage (Firefox: 15,000 requests and 300 MB) or what
            // holes it leaves when it is gone.
            await browser.minimizeMemory();
        }
        const now = await least();
        more.push(now - last);
        last = now;
    }
    return { before, more, rate: turns * 10_000 / milliseconds * 1000 };
}

async function measureMemory(name, browser, page, peerPage) {
    const ours = await memoryOfRequests(browser, page, app, 3);
    const plain = await memoryOfRequests(browser, peerPage, shell, 1);
    report(name, '30,000 requests in a row', [ours.rate], 'requests/s');
    report(name, 'memory of the browser before them', [ours.before], 'MB');
    report(name, 'more memory after each 10,000 of them', ours.more, 'MB', ['most', 10]);
    report(name, 'more memory after 10,000 plain fetches through a service worker', plain.more, 'MB');
}

async function measureLongStream(name, page) {
    const seconds = Number(options.seconds);
    // A command of the protocol has no such patience; the page keeps the result.
    await page.evaluate(`(${app}.events('/events?count=${seconds}&pause=1', ${seconds})
        .then((delays) => { globalThis.streamed = delays; }, (error) => { globalThis.streamed = error.message; }), 0)`);
    await until(page, 'the stream', 'globalThis.streamed !== undefined', seconds * 2 + 60);
    const delays = await page.evaluate('globalThis.streamed');
    if (typeof delays === 'string') throw new Error(delays);
    report(name, `events of a stream of ${seconds} s that arrived`, [delays.length], '', ['least', seconds]);
    report(name, 'delay of each of them', delays, 'ms');
}

/** Milliseconds of a start by what they went for. */
function splitOf(times) {
    return {
        'page, checks': times.loading,
        'download, compile': (times.module ?? times.starting) - times.loading,
        'rest of the download': times.starting - (times.module ?? times.starting),
        'worker, instantiate': times.started - times.starting,
        'interpreter, imports': (times.prepared ?? times.started) - times.started,
        'the app, until it listens': times.listening - (times.prepared ?? times.started),
        'first request': times.response - times.listening,
    };
}

async function measureStart(name, address, label) {
    const look = 'JSON.parse(document.documentElement.dataset.frondTimes)';
    const opened = async (browser) => {
        const page = await browser.open(address, [`${inPage}`]);
        await until(page, 'the first page', appIsThere);
        const times = await page.evaluate(look);
        const blocked = await page.evaluate(`${shell}.takeBlocked()`);
        return { page, times, blocked };
    };
    const cold = [];
    const warm = [];
    for (let round = 0; round < rounds; round += 1) {
        const browser = await launch(name);
        try {
            // Its own pages and updates first: it is the site that is measured.
            await pause(5000);
            const first = await opened(browser);
            cold.push(first);
            if (round > 0) continue;
            // The browser writes its caches of compiled code a while after the page stands.
            await pause(8000);
            await first.page.close().catch(() => {});
            for (let visit = 0; visit < rounds; visit += 1) {
                const again = await opened(browser);
                warm.push(again);
                await pause(1500);
                await again.page.close().catch(() => {});
            }
        } finally {
            await browser.close();
        }
    }
    for (const [text, visits, limit] of [['cold', cold, 3.0], ['warm', warm, 1.8]]) {
        reportStart(name, `opening the page to the first response, ${text}${label}`, visits.map(({ times }) => times.response / 1000), 's',
            name === 'chromium' ? ['most', limit] : undefined);
        const splits = visits.map(({ times }) => splitOf(times));
        for (const key of Object.keys(splits[0])) {
            reportStart(name, `— ${text}${label}: ${key}`, splits.map((split) => split[key] / 1000), 's');
        }
        // Before the program's worker is there, the browser compiles the module.
        const longest = (chosen) => visits.map(({ times, blocked }) =>
            Math.max(0, ...blocked.gaps.filter(([end]) => chosen(end, times)).map(([, length]) => length)));
        reportStart(name, `main thread blocked at most, ${text} start${label}, while Python works`,
            longest((end, times) => end > times.started), 'ms', ['most', 50]);
        reportStart(name, `main thread blocked at most, ${text} start${label}, before that`,
            longest((end, times) => end <= times.started), 'ms');
    }
}

/** The site of the app beside this file. */
function buildApp(folder) {
    const program = join(folder, 'program');
    cpSync(fileURLToPath(new URL('app', import.meta.url)), program, { recursive: true });
    const site = join(folder, 'site');
    execFileSync(frond, ['build', program, '-o', site, '--fast', '--quiet'], { stdio: 'inherit' });
    return site;
}

/** The site of the example; `snapshot` as in its settings, the usual one when not given. */
function buildExample(folder, snapshot) {
    const program = join(folder, `example-${snapshot}`);
    const site = join(folder, `example-${snapshot}-site`);
    cpSync(join(root, 'Examples/fastapi-sqlalchemy'), program, { recursive: true });
    if (snapshot) {
        const settings = join(program, 'pyproject.toml');
        const text = readFileSync(settings, 'utf8').replace('[tool.frond]', `[tool.frond]\nsnapshot = "${snapshot}"`);
        writeFileSync(settings, text);
    }
    execFileSync(frond, ['build', program, '-o', site, '--quiet'], { stdio: 'inherit' });
    return site;
}

/** The local static server with the same answer as the app's, behind a service worker, in a tab of its own. */
async function openPeer(browser, page) {
    const json = await page.evaluate(`document.querySelector('.frond-frame').contentWindow.fetch('/json')
        .then((response) => response.text())`);
    const plain = await servePeer({ ...peer, '/json': ['application/json', json] });
    // What a Browser was given for one page, it puts into all.
    const peerPage = await browser.open(plain.address, browser instanceof DevTools ? [`${inPage}`] : []);
    await until(peerPage, 'the peer', 'document.title === "Ready"');
    return { peerPage, stop: plain.stop };
}

async function measure(name, work) {
    if (['requests', 'stream', 'long'].some((part) => parts.has(part))) {
        const ours = await serve(buildApp(work));
        const browser = await Browser.launch(name);
        let stop = () => {};
        try {
            const page = await browser.open(ours.address, [`${inPage}`]);
            await until(page, 'the app', appIsThere);
            if (parts.has('requests')) {
                let peerPage;
                ({ peerPage, stop } = await openPeer(browser, page));
                await measureRequests(name, page, peerPage);
                await measureMainThread(name, page);
            }
            if (parts.has('stream')) await measureStream(name, page);
            if (parts.has('long')) await measureLongStream(name, page);
        } finally {
            await browser.close();
            ours.stop();
            stop();
        }
    }
    if (parts.has('memory')) {
        const ours = await serve(buildApp(work));
        const browser = await launch(name);
        try {
            const page = await browser.open(ours.address, [`${inPage}`]);
            await until(page, 'the app', appIsThere);
            const { peerPage, stop } = await openPeer(browser, page);
            try {
                await measureMemory(name, browser, page, peerPage);
            } finally {
                stop();
            }
        } finally {
            await browser.close();
            ours.stop();
        }
    }
    if (parts.has('start')) {
        for (const snapshot of [undefined, 'site']) {
            const server = await serve(buildExample(work, snapshot));
            try {
                await measureStart(name, server.address, snapshot ? ', snapshot in the site' : '');
            } finally {
                server.stop();
            }
        }
    }
}

if (options.from.length > 0) {
    const kept = options.from.map((file) => JSON.parse(readFileSync(file, 'utf8')));
    rows.push(...kept.flatMap((run) => run.rows).toSorted((a, b) => a.browser.localeCompare(b.browser)));
    parts.clear();
    for (const part of kept.flatMap(({ only }) => only)) parts.add(part);
    missed = rows.filter(({ holds }) => !holds).length;
} else {
    const work = mkdtempSync(join(tmpdir(), 'frond-web-'));
    try {
        for (const name of options.browser) await measure(name, work);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}
const today = new Date().toISOString().slice(0, 10);
if (options.json) {
    writeFileSync(options.json, `${JSON.stringify({ date: today, machine: machine(), only: [...parts], rows }, null, 2)}\n`);
}
/** Writes rows into their section of the page, when there are any. */
function writeTable(heading, text, only, chosen) {
    if (chosen.length === 0) return;
    const table = [['browser', 'figure', 'median', 'unit', 'least to most', 'promised'], ...chosen.map((row) => {
        const [shown, spread, promised] = cells(row);
        return [row.browser, row.name, shown, row.unit, spread, promised];
    })];
    writeSection(heading, `\`node Tests/Benchmarks/web/run.mjs --only ${only} --write\`, ${today}, ${machine()}.

${text}

${markdownTable(table)}`);
}

if (options.write) {
    writeTable('Servers in the page', 'The app is `Tests/Benchmarks/web/app` (FastAPI on uvicorn).',
        [...parts].filter((part) => part !== 'start'), rows.filter((row) => !row.isStart));
    writeTable('Starts in the page', 'Of `Examples/fastapi-sqlalchemy`, on localhost: as it is, so that the warm start begins from the '
        + 'browser\'s snapshot, and with `snapshot = "site"` ([site.md](site.md#snapshots)).', 'start', rows.filter((row) => row.isStart));
}
process.exit(missed === 0 ? 0 : 1);
