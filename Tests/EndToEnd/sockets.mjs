// WebSockets of an app's pages, in one real browser.
//
//     node sockets.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]

import { inFrame, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);
const base = new URL(address).pathname;

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    const shows = () => until(page, 'the page', inFrame('d.title === "Sockets" && d.readyState === "complete"'));
    await shows();
    if (picture) await page.screenshot(picture);
    const run = (code) => page.evaluate(inFrame(`w.eval(${JSON.stringify(`(async () => { const base = '${base}';
        const opened = (socket) => new Promise((resolve, reject) => { socket.onopen = resolve; socket.onclose = reject; });
        const next = (socket) => new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(data); });
        const closed = (socket) => new Promise((resolve) => socket.addEventListener('close',
            ({ code, reason, wasClean }) => resolve([code, reason, wasClean])));
        ${code} })()`)})`));
    check('the page stays in standards mode, with its language', await page.evaluate(inFrame(
        '[d.compatMode, d.documentElement.lang, d.title]')), ['CSS1Compat', 'en', 'Sockets']);
    check('texts, bytes and order', await run(`const socket = new WebSocket(base + 'echo', ['one', 'two']);
        socket.binaryType = 'arraybuffer';
        await opened(socket);
        const seen = [socket.protocol, socket.readyState, socket instanceof WebSocket, WebSocket.OPEN];
        const got = [];
        const all = new Promise((resolve) => { socket.onmessage = ({ data }) => {
            got.push(typeof data === 'string' ? data.length : [...new Uint8Array(data)].slice(0, 3)); if (got.length === 4) resolve(); } });
        socket.send('grün');
        socket.send(new Blob([new Uint8Array([1, 2, 3])]));
        socket.send('x'.repeat(200_000));
        socket.send(new Uint8Array([4, 5, 6]));
        await all;
        for (let i = 0; i < 100 && socket.bufferedAmount > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(socket.bufferedAmount, got);
        socket.close(3001, 'enough');
        return [...seen, await closed(socket), socket.readyState]`),
    ['two', 1, true, 1, 0, [4, [1, 2, 3], 200000, [4, 5, 6]], [3001, 'enough', true], 3]);
    check('the server heard why', await run(`return (await fetch(base + 'codes')).json()`), [3001]);
    check('host, origin; a close of the server', await run(`const socket = new WebSocket(base + 'about');
        const { host, origin, cookie } = JSON.parse(await next(socket));
        return [host, origin, cookie, await closed(socket)]`),
    [new URL(address).host, new URL(address).origin, null, [4001, 'that was all', true]]);
    check('its cookie', await run(`const socket = new WebSocket(base + 'about');
        return JSON.parse(await next(socket)).cookie`), 'socket=1');
    check('refused', await run(`const socket = new WebSocket(base + 'refuse'); let error = 0;
        socket.onerror = () => { error += 1; };
        return [...await closed(socket), error]`), [1006, '', false, 1]);
    check('another host is the business of the browser', await run(`const socket = new WebSocket('ws://127.0.0.1:1/');
        return [Object.prototype.toString.call(socket), (await closed(socket))[0]]`), ['[object WebSocket]', 1006]);
    check('what is refused at once', await run(`const refused = [];
        for (const [url, protocols] of [[base + 'echo#x', []], [base + 'echo', ['a', 'a']]]) {
            try { new WebSocket(url, protocols); refused.push('no'); } catch (error) { refused.push(error.name); }
        }
        return refused`), ['SyntaxError', 'SyntaxError']);
    await run(`globalThis.left = new WebSocket(base + 'echo'); await opened(left); return 1`);
    await page.evaluate(inFrame('(w.location.reload(), 1)'));
    await until(page, 'the end of the socket of the page that is gone', inFrame(`w.left === undefined && d.title === 'Sockets'
        && w.fetch('${base}codes').then((r) => r.json()).then((codes) => codes.length === 2)`));

    await page.evaluate(inFrame(`(w.location.replace('${base}?policy=' + encodeURIComponent("script-src 'none'")), 1)`));
    await until(page, 'the page with a policy', inFrame('w.location.search !== "" && d.title === "Sockets"'));
    check('a page that allows no scripts gets none', await page.evaluate(inFrame('d.querySelectorAll("script[src]").length')), 0);
    await page.evaluate(inFrame(`(w.location.replace('${base}'), 1)`));
    await until(page, 'the page without it', inFrame('w.location.search === "" && d.title === "Sockets"'));
});
