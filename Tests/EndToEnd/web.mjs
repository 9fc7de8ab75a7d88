// A site whose program is a server, in one real browser: what a visitor does, and what a page's scripts do.
//
//     node web.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]
//
// Says every check on standard output; exit status 1 when one fails.

import { inFrame, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);
const base = new URL(address).pathname;

const shows = (page, title) => until(page, `the page ${title}`, inFrame(`d.title === ${JSON.stringify(title)} &&
    d.readyState === 'complete' && document.title === ${JSON.stringify(title)}`));
const click = (page, selector) => until(page, selector,
    inFrame(`d.querySelector('${selector}') !== null && (d.querySelector('${selector}').click(), true)`));
const here = (page) => page.evaluate('location.pathname.replace(/^.*\\/(?=[^/]*$)/, "/") + location.search');

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    await shows(page, 'Home');
    check('the root of the server', await page.evaluate(inFrame('w.location.pathname')), base);
    check('frame in spite of X-Frame-Options and frame-ancestors', await page.evaluate(inFrame('d.title')), 'Home');
    if (picture) await page.screenshot(picture);

    await click(page, '#a');
    await shows(page, 'a');
    check('address follows a link', await here(page), '/a?x=1');
    await page.evaluate('(history.back(), 1)');
    await shows(page, 'Home');
    await page.evaluate('(history.forward(), 1)');
    await shows(page, 'a');
    await page.evaluate('(history.back(), 1)');
    await shows(page, 'Home');
    await click(page, '#r');
    await until(page, 'the redirect', inFrame('d.title === "a" && w.location.search === "?redirected"'));
    await until(page, 'its address', 'location.search === "?redirected"');
    await click(page, '#home');
    await shows(page, 'Home');
    await click(page, '#send');
    await shows(page, 'Echo');
    check('form post', await page.evaluate(inFrame('d.querySelector("#out").textContent')), 'n=v');

    const run = (code) => page.evaluate(inFrame(`w.eval(${JSON.stringify(`(async () => { const base = '${base}'; ${code} })()`)})`));
    check('cookie in document.cookie', await run(`await fetch(base + 'cookie');
        await new Promise((r) => setTimeout(r, 300)); return document.cookie`), 'seen=1');
    check('cookies go to the server', await run(`return (await (await fetch(base + 'headers')).json()).cookie`), 'seen=1; hidden=2');
    const headers = await run(`return (await fetch(base + 'headers')).json()`);
    check('Host and scheme', [headers.host, headers['x-forwarded-proto']], [new URL(address).host, 'http']);
    check('50 at once', await run(`const all = await Promise.all(Array.from({ length: 50 }, async (_, i) =>
        await (await fetch(base + 'number?' + i)).text() === String(i))); return all.filter(Boolean).length`), 50);
    check('a million bytes', await run(`const bytes = new Uint8Array(await (await fetch(base + 'bytes')).arrayBuffer());
        return [bytes.length, bytes.every((byte, i) => byte === (i * 7 & 255))]`), [1_000_000, true]);
    check('range', await run(`const answer = await fetch(base + 'bytes', { headers: { range: 'bytes=10-19' } });
        return [answer.status, (await answer.arrayBuffer()).byteLength]`), [206, 10]);
    check('HEAD', await run(`const answer = await fetch(base + 'bytes', { method: 'HEAD' });
        return [answer.status, answer.headers.get('content-length'), (await answer.text()).length]`), [200, '1000000', 0]);
    check('404', await run(`return (await fetch(base + 'nowhere')).status`), 404);
    check('upload of 3 MB', await run(`const body = new Uint8Array(3e6).fill(2);
        return (await fetch(base + 'upload', { method: 'POST', body })).text()`), '3000000 6000000');
    check('server-sent events', await run(`return new Promise((resolve) => { const seen = [];
        const source = new EventSource(base + 'events?3');
        source.onmessage = ({ data }) => { seen.push(data); if (seen.length === 3) { source.close(); resolve(seen); } } })`),
    ['0', '1', '2']);
    check('an answer that ends too soon is an error', await run(`try { await (await fetch(base + 'short')).arrayBuffer();
        return 'no error' } catch { return 'error' }`), 'error');
    check('abort', await run(`const control = new AbortController();
        const answer = await fetch(base + 'events?100', { signal: control.signal });
        setTimeout(() => control.abort(), 100);
        try { await answer.text(); return 'no error' } catch (error) { return error.name }`), 'AbortError');

    await page.browser.send('browsingContext.navigate', {
        context: page.context, url: `${address}deep/link?q=1`, wait: 'interactive',
    });
    await shows(page, 'deep/link');
    check('deep link', await here(page), '/link?q=1');
    check('cookies outlive the page', await page.evaluate(inFrame(`w.fetch('${base}headers').then((r) => r.json())
        .then((h) => h.cookie)`)), 'seen=1; hidden=2');
    await page.reload();
    await shows(page, 'deep/link');

    const second = await browser.open(`${address}a?second`);
    await shows(second, 'a');
    check('a second tab shares the program', await second.evaluate('document.documentElement.dataset.frondTimes.includes("loading")'), false);

    await page.evaluate(inFrame(`(w.fetch('${base}die').catch(() => {}), 1)`));
    await until(page, 'the end', 'document.documentElement.dataset.frondState === "exited"');
    check('status of the dead server', await page.evaluate('document.documentElement.dataset.frondStatus'), '7');
    const death = await page.evaluate(inFrame(`w.fetch('${base}a').then(async (r) => [r.status, (await r.text()).includes('told to die')])`));
    check('the page that says why', death, [502, true]);
    await page.evaluate(inFrame('w.isOfTheFirstProgram = true'));
    await page.evaluate(`([...document.querySelectorAll('button')].find((b) => b.textContent === 'Restart').click(), 1)`);
    await until(page, 'the program again', 'document.documentElement.dataset.frondState === "running"');
    await until(page, 'the page anew', inFrame('!w.isOfTheFirstProgram'));
    await shows(page, 'deep/link');
    check('after a restart', await page.evaluate(inFrame(`w.fetch('${base}number?5').then((r) => r.text())`)), '5');
});
