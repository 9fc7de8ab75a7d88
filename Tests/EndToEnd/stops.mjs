// A site whose program is a server, while the browser stops its service worker: between requests, in the middle of them, and
// while an answer streams.
//
//     node stops.mjs chromium|firefox http://127.0.0.1:8000/
//
// Chromium's is stopped through DevTools. Firefox has no such command, but a preference: its service workers end 9 s after their
// last event, if no request waits for them. What streams longer than that is kept by the page's pings.

import { Browser } from '../../Scripts/browser/bidi.mjs';
import { DevTools } from '../../Scripts/browser/devtools.mjs';
import { inFrame, until, visit } from './visitor.mjs';

const [name, address] = process.argv.slice(2);

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

const stopServiceWorker = (page) => (name === 'firefox' ? pause(10_500) : page.stopServiceWorkers());

/** Seconds that are longer than the service worker lives. */
const slow = name === 'firefox' ? 12.5 : 1.5;

/** A limit for what must not hang. */
const within = (seconds, what, promise) => Promise.race([promise, pause(seconds * 1000).then(() => {
    throw new Error(`waited ${seconds} s for ${what}`);
})]);

const launch = () => (name === 'chromium' ? DevTools.launch() : Browser.launch(name, undefined, {
    'dom.serviceWorkers.idle_timeout': 9000, 'dom.serviceWorkers.idle_extended_timeout': 30_000,
}));

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    await until(page, 'the first page', inFrame('d.title === "Home" && d.readyState === "complete"'));
    const run = (what, code) => within(30, what, page.evaluate(inFrame(`w.eval(${JSON.stringify(`(async () => { ${code} })()`)})`)));

    /** Begins something in the app's page, stops the service worker meanwhile, and gives what came of it. */
    const meanwhile = async (what, code, milliseconds = 300) => {
        await run(what, `globalThis.outcome = (async () => { ${code} })().catch((error) => String(error)); return 0`);
        await pause(milliseconds);
        await stopServiceWorker(page);
        return run(what, 'return globalThis.outcome');
    };

    for (let round = 0; round < (name === 'firefox' ? 2 : 10); round += 1) {
        await stopServiceWorker(page);
        check(`between requests, ${round + 1}`, await run('an answer', `return (await fetch('/number?${round}')).text()`), `${round}`);
    }
    await stopServiceWorker(page);
    check('50 at once for a new one', await run('50 answers', `const all = await Promise.all(Array.from({ length: 50 },
        async (_, i) => await (await fetch('/number?' + i)).text() === String(i))); return all.filter(Boolean).length`), 50);

    check('while a request waits', await meanwhile('the slow answer', `return (await fetch('/slow?${slow}')).status`), 200);
    check('while 20 wait', await meanwhile('the slow answers', `const all = await Promise.all(Array.from({ length: 20 },
        async (_, i) => (await fetch('/slow?${slow}' + i)).status)); return all.filter((status) => status === 200).length`), 20);
    check('while a POST waits', await meanwhile('its answer', `const answer = await fetch('/post?${slow}', { method: 'POST', body: 'one' });
        return (await answer.text()).includes('1 one')`), true);
    check('it has reached the server once', await run('the list', `return (await fetch('/posted')).json()`), ['one']);
    check('two equal ones, each for itself', await run('two answers', `const all = await Promise.all([1, 2].map(async () =>
        (await (await fetch('/post?0.2', { method: 'POST', body: 'twin' })).text()).match(/[0-9] twin/)[0])); return all.sort()`),
    ['2 twin', '3 twin']);
    check('large answers are whole, or an error', await meanwhile('the bytes', `const seen = new Set();
        for (let i = 0; i < 10; i += 1) {
            try { seen.add((await (await fetch('/bytes')).arrayBuffer()).byteLength); } catch { seen.add('error'); }
        }
        return [...seen].filter((size) => size !== 1_000_000 && size !== 'error')`, 150), []);

    const stream = await meanwhile('the stream', `const text = await (await fetch('/ticks?${slow * 10}')).text();
        return /\\ndata: ${slow * 10 - 1}\\n\\n$/.test(text) ? 'whole' : text`, 500);
    // Chromium's breaks off, which is an error; Firefox's goes on.
    check('a stream is whole, or an error', stream.replace(/^TypeError.*/, 'error'), name === 'firefox' ? 'whole' : 'error');
    const count = slow * 10 + 20;
    const ticks = await meanwhile('the events', `return new Promise((resolve) => { const seen = [];
        const source = new EventSource('/ticks?${count}');
        source.onmessage = ({ data }) => { seen.push(Number(data)); if (seen.length === ${count}) { source.close(); resolve(seen); } } })`, 1200);
    check('server-sent events go on', ticks, Array.from({ length: count }, (_, number) => number));
    check('a stream that nobody hears is ended', await run('the number of streams', `for (let i = 0; i < 100; i += 1) {
        if (await (await fetch('/streams')).text() === '0') return 0;
        await new Promise((resolve) => setTimeout(resolve, 50)); }
        return 'open'`), 0);

    const go = (path) => page.evaluate(inFrame(`(w.location.href = '${path}', 1)`));
    await go(`/slow?${slow}`);
    await pause(400);
    await stopServiceWorker(page);
    await until(page, 'the slow page', inFrame(`d.title === "slow ${slow}"`), 30);
    check('while a page is on its way', await page.evaluate('document.title'), `slow ${slow}`);
    await go('/form');
    await until(page, 'the form', inFrame('d.title === "Form" && d.readyState === "complete"'));
    await page.evaluate(inFrame('(d.querySelector("#send").click(), 1)'));
    await pause(500);
    await stopServiceWorker(page);
    await until(page, 'the answer to the form', inFrame('d.title === "Posted"'), 30);
    check('while a form is on its way', await page.evaluate(inFrame('d.querySelector("#out").textContent')), '4 n=v');

    await go('/');
    await until(page, 'the first page', inFrame('d.title === "Home" && d.readyState === "complete"'));
    await stopServiceWorker(page);
    await page.reload();
    await until(page, 'the first page again', inFrame('d.title === "Home" && d.readyState === "complete"'));
    check('after a reload', await run('an answer', `return (await fetch('/number?7')).text()`), '7');
    check('nothing is left open', await run('the number', `await new Promise((resolve) => setTimeout(resolve, 500));
        return (await fetch('/streams')).text()`), '0');
}, launch);
