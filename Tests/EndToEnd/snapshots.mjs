// A site whose program is a server, opened again: the later start goes on from a snapshot of the first, or each from the one that
// the site brings along.
//
//     node snapshots.mjs chromium|firefox http://127.0.0.1:8000/

import { inFrame, until, visit } from './visitor.mjs';

const [name, address] = process.argv.slice(2);

/** How far the program has come: the steps of this page's start. */
const steps = 'Object.keys(JSON.parse(document.documentElement.dataset.frondTimes))';
const kept = 'caches.open("frond-snapshot:/").then((cache) => cache.keys()).then((keys) => keys.length)';
/** By a call through ctypes and back: functions that are made at run time are in the table, and no snapshot has that. */
const sorted = inFrame('w.fetch("/sorted?5,2,9,1").then((response) => response.text())');
const home = inFrame('d.title === "Home" && d.readyState === "complete"');

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    const began = async () => (await page.evaluate(steps)).filter((step) => step === 'prepared' || step === 'restored');

    await until(page, 'the first page', home);
    if (await page.evaluate('Boolean(JSON.parse(document.getElementById("frond-configuration").textContent).assets.snapshot)')) {
        const downloads = `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/snapshot.')).length`;
        check('the first visit goes on from the snapshot of the site', await began(), ['restored']);
        check('which it downloads', await page.evaluate(downloads), 1);
        await until(page, 'the snapshot to be kept', `(${kept}).then((count) => count === 1)`);
        await page.reload();
        await until(page, 'the page again', home);
        check('which knows what functions were made before it was taken', await page.evaluate(sorted), '[1, 2, 5, 9]');
        check('the second goes on from what the first has kept', await began(), ['restored']);
        check('and downloads none', await page.evaluate(downloads), 0);
        return;
    }
    check('a first start has two parts', await began(), ['prepared']);
    await until(page, 'the snapshot to be kept', `(${kept}).then((count) => count === 1)`);

    for (const visits of ['a second', 'a third']) {
        await page.reload();
        await until(page, 'the page again', home);
        check(`${visits} visit goes on from the snapshot`, await began(), ['restored']);
        check('and knows what functions were made before', await page.evaluate(sorted), '[1, 2, 5, 9]');
        check('and its server answers', await page.evaluate(inFrame(
            'w.fetch("/upload", { method: "POST", body: "x".repeat(1000) }).then((response) => response.text())')), '1000 120000');
    }
    check('there is one snapshot', await page.evaluate(kept), 1);

    // Whoever goes on from this can't get far.
    await page.evaluate(`caches.open('frond-snapshot:/').then(async (cache) => {
        const [key] = await cache.keys();
        const { headers } = await cache.match(key);
        await cache.put(key, new Response(new Uint8Array(Number(headers.get('x-frond-length'))).fill(255), { headers }));
    })`);
    await page.reload();
    await until(page, 'the end of a program with a broken memory', 'document.documentElement.dataset.frondState === "exited"');
    check('it is forgotten', await page.evaluate(kept), 0);
    await page.reload();
    await until(page, 'the page once more', home);
    check('the next start is a first one', await began(), ['prepared']);
});
