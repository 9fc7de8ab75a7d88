// Stored files in one real browser where it has no OPFS, or no room: what a visitor sees, and what the program is told.
//
//     node storage.mjs chromium|firefox SITE [PICTURE.png]
//
// SITE is the folder of Apps/stored. Where OPFS is to be missing, the worker gets a line before its own that takes it away.

import { readdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser } from '../../Scripts/browser/bidi.mjs';
import { serveSite } from '../Storage/site-server.mjs';
import { until, visit } from './visitor.mjs';

const [name, site, picture] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'frond-storage-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));

/** What is missing in a browser, and the line that makes it so. */
const missing = {
    'all of OPFS': 'delete StorageManager.prototype.getDirectory;',
    'handles of OPFS': 'delete FileSystemFileHandle.prototype.createSyncAccessHandle;',
    nothing: '',
};

/** Serves the site to a browser that lacks something. */
async function serve(line) {
    const worker = readdirSync(join(site, 'assets')).find((file) => /^worker\.[0-9a-f]+\.mjs$/.test(file));
    const changed = join(work, worker);
    writeFileSync(changed, `${line}\n${readFileSync(join(site, 'assets', worker), 'utf8')}`);
    const server = await serveSite(site, { [`/assets/${worker}`]: changed });
    return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

const text = 'document.querySelector("frond-app").terminal.text()';
const shows = (page, words) => until(page, words, `${text}.includes(${JSON.stringify(words)})`, 90);
const enter = async (page, line) => {
    await page.evaluate('(document.querySelector("frond-app").terminal.focus(), 1)');
    await page.type(`${line}\n`);
};

/** What IndexedDB has of the stores: it gets what is written a moment later, and a page that goes away does not wait for it. */
const stored = `(async () => {
    const sums = [];
    for (const { name } of (await indexedDB.databases()).filter((each) => each.name.startsWith('frond/'))) {
        const opening = indexedDB.open(name);
        await new Promise((resolve) => { opening.onsuccess = resolve; });
        const asking = opening.result.transaction('pieces').objectStore('pieces').getAll();
        await new Promise((resolve) => { asking.onsuccess = resolve; });
        opening.result.close();
        const bytes = asking.result.filter(ArrayBuffer.isView);
        sums.push(asking.result.length, ...bytes.map((piece) => piece.reduce((sum, byte) => (sum * 31 + byte) | 0, 0)));
    }
    const same = globalThis.storedBefore === sums.join();
    globalThis.storedBefore = sums.join();
    return same && sums.length > 0;
})()`;

/** Limits what Chromium gives to a page's site. */
async function limit(page, quotaSize) {
    const { session } = await page.browser.send('goog:cdp.getSession', { context: page.context });
    await page.browser.send('goog:cdp.sendCommand', {
        method: 'Storage.overrideQuotaForOrigin', session,
        params: { origin: new URL(await page.evaluate('location.href')).origin, quotaSize },
    });
}

/** 10 MiB for a site in Firefox; Chromium is told later. */
const small = { 'dom.quotaManager.temporaryStorage.fixedLimit': 51200 };

const launch = () => Browser.launch(name, undefined, small);

await visit(name, async (first, check) => {
    for (const what of ['all of OPFS', 'handles of OPFS']) {
        const host = await serve(missing[what]);
        const page = await first.open(host.address);
        await shows(page, 'start 1');
        await until(page, 'nothing more is stored', stored);
        await page.reload();
        await shows(page, 'start 2');
        await enter(page, 'forget');
        await shows(page, 'forgotten');
        await enter(page, 'quit');
        await until(page, 'the end', 'document.documentElement.dataset.frondState === "exited"');
        // At once: what was written before the end must be safe when the page hears of the end.
        await page.reload();
        await shows(page, 'start 3');
        check(`without ${what}: files and databases after two reloads`, (await page.evaluate(text)).split('\n').slice(0, 6),
            ['seed is gone', 'mode delete', 'rows 3, ok', 'mode wal', 'rows 3, ok', 'start 3']);
        check(`without ${what}: IndexedDB has them`, await page.evaluate(
            'indexedDB.databases().then((all) => all.map((database) => database.name).filter((each) => each.startsWith("frond/")).length)'), 1);
        await page.evaluate('document.querySelector("frond-app").storage.open().then(() => 1)');
        check(`without ${what}: the dialog says so`, await page.evaluate(
            `document.querySelector('.frond-dialog').innerText.includes('has no file system')`), true);
        host.stop();
    }
    for (const what of ['all of OPFS', 'nothing']) {
        const host = await serve(missing[what]);
        // Firefox has one limit for all ports of a host.
        const browser = await launch();
        const page = await browser.open(host.address);
        await shows(page, 'start 1');
        // What a small disk leaves: some megabytes.
        if (name === 'chromium') {
            const { usage } = await page.evaluate('navigator.storage.estimate()');
            await limit(page, usage + 8_000_000);
            await page.reload();
            await shows(page, 'start 2');
        }
        await enter(page, 'fill');
        await shows(page, 'error ENOSPC No space left on device');
        check(`full, without ${what}: the page says so`, await page.evaluate(
            'document.querySelector(".frond-banner").innerText.includes("No space is left")'), true);
        if (picture && what === 'nothing') await page.screenshot(picture);
        // Chromium's IndexedDB gives room back whenever it likes to.
        if (name === 'firefox' || what === 'nothing') {
            await enter(page, 'make room');
            await shows(page, 'made room');
        }
        // Firefox keeps its limit over the reload: with OPFS, which it counts exactly, the next start would have no room either.
        if (name === 'chromium' ? what === 'nothing' : what !== 'nothing') {
            await enter(page, 'fill the database');
            await shows(page, 'error database or disk is full');
        }
        await enter(page, 'quit');
        await until(page, 'the end', 'document.documentElement.dataset.frondState === "exited"');
        if (name === 'chromium') await limit(page, undefined);
        await page.reload();
        await shows(page, name === 'chromium' ? 'start 3' : 'start 2');
        check(`full, without ${what}: databases are whole afterwards`, await page.evaluate(
            `(${text}.match(/rows \\d+, ok/g) ?? []).length`), 2);
        await browser.close();
        host.stop();
    }
}, launch);
