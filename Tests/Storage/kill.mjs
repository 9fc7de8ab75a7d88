// Kills a tab, or the whole browser, at random moments while an app writes into SQLite databases, and looks whether anything
// that was reported as committed is gone, or a database damaged.
//
//     node Tests/Storage/kill.mjs --site FOLDER --browser chromium|firefox [--kills 100] [--seed 1]
//
// FOLDER is Tests/EndToEnd/Apps/ledger, built (`frond build Tests/EndToEnd/Apps/ledger -o FOLDER`). The app writes to one database
// with a rollback journal and to one with a write-ahead log, in transactions of 1, 3 and 60 rows. A transaction counts as
// reported when this process, outside of the browser, has heard of it before it sent SIGKILL. Of five kills, four end the
// processes of the tab, and the fifth ends the whole browser. Prints a line a kill, then JSON; exits with 1 when anything was lost.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Browser } from '../../Scripts/browser/bidi.mjs';
import { serveSite } from './site-server.mjs';

const { values: options } = parseArgs({
    options: {
        site: { type: 'string' },
        browser: { type: 'string', default: 'chromium' },
        kills: { type: 'string', default: '100' },
        seed: { type: 'string', default: '1' },
    },
});

const deadline = 60_000;

/** Passes the app's output on to the console, which the browser sends to this process. */
const report = `() => {
    let text = '';
    addEventListener('frond:output', ({ detail }) => {
        text += detail.text;
        const lines = text.split('\\n');
        text = lines.pop();
        for (const line of lines) console.log(line.trim());
    });
}`;

function randomFrom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 4294967296;
    };
}

/** The process of a browser in which a page works hardest: that of the app. */
function busiestPage(group) {
    let found = { pid: 0, ticks: -1 };
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry))) {
        try {
            const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
            const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
            const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
            const isPage = /--type=renderer/u.test(command) || /-contentproc[^]*[\0 ]tab[\0 ]*$/u.test(command);
            const ticks = Number(words[11]) + Number(words[12]);
            if (Number(words[2]) === group && isPage && ticks > found.ticks) found = { pid: Number(name), ticks };
        } catch {
            // It ended meanwhile.
        }
    }
    return found.pid;
}

async function main() {
    const kills = Number(options.kills);
    const random = randomFrom(Number(options.seed) * 7919 + (options.browser === 'firefox' ? 1 : 0));
    const server = await serveSite(options.site);
    const url = `http://127.0.0.1:${server.address().port}/`;
    const profile = mkdtempSync(join(tmpdir(), 'frond-kill-'));
    const reported = { delete: 0, wal: 0 };
    const result = { browser: options.browser, kills: 0, tabs: 0, browsers: 0, lost: 0, damaged: 0, unreported: 0 };
    let browser = null;
    let transactions = 0;

    /** Opens the app, and waits until it has looked at its databases and written something. */
    async function begin() {
        const checked = {};
        let ready;
        let failed;
        const looked = new Promise((resolve, reject) => { ready = resolve; failed = reject; });
        const timer = setTimeout(() => failed(new Error(`nothing for ${deadline} ms: ${browser.console.slice(-5).join(' | ')}`)), deadline);
        browser.onConsole = (line) => {
            const [kind, mode, number, ...rest] = line.split(' ');
            if (kind === 'checked') {
                checked[mode] = { number: Number(number), text: rest.join(' ') };
            } else if (kind === 'committed') {
                reported[mode] = Number(number);
                transactions++;
                ready();
            }
        };
        const page = await browser.open(url, preloaded ? [] : [report]);
        preloaded = true;
        try {
            await looked;
        } catch (error) {
            error.message += `; ${await page.evaluate('document.body.innerText').catch(() => '')}`;
            throw error;
        } finally {
            clearTimeout(timer);
        }
        return { page, checked };
    }

    let preloaded = false;
    try {
        let before = { ...reported };
        for (let kill = 0; kill <= kills; kill++) {
            if (browser === null) {
                browser = await Browser.launch(options.browser, profile);
                preloaded = false;
            }
            before = { ...reported };
            const { checked } = await begin();
            for (const mode of ['delete', 'wal']) {
                const { number, text } = checked[mode];
                if (number < before[mode]) result.lost += before[mode] - number;
                else result.unreported += number - before[mode];
                if (text !== 'whole') result.damaged++;
                if (number < before[mode] || text !== 'whole') {
                    console.log(`kill ${kill}: ${mode}: reported ${before[mode]}, found ${number}, ${text}`);
                }
            }
            if (kill === kills) break;
            await new Promise((resolve) => setTimeout(resolve, random() * 700));
            const whole = kill % 5 === 4;
            const page = whole ? 0 : busiestPage(browser.group);
            if (!whole && page === 0) throw new Error('found no process of the tab');
            if (whole) browser.kill();
            else process.kill(page, 'SIGKILL');
            // What was said until the signal counts, though it is heard a moment later.
            await new Promise((resolve) => setTimeout(resolve, 150));
            browser.onConsole = () => {};
            if (whole) browser = null;
            result.kills++;
            result[whole ? 'browsers' : 'tabs']++;
            console.log(`kill ${kill + 1}: ${whole ? 'browser' : 'tab'} after ${reported.delete} and ${reported.wal} transactions`);
        }
    } finally {
        await browser?.close();
        server.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
    console.log(JSON.stringify({ ...result, transactions }));
    return result.lost === 0 && result.damaged === 0 ? 0 : 1;
}

process.exit(await main());
