import assert from 'node:assert/strict';
import { test } from 'node:test';

// The service worker's module asks where it is; here it is nowhere.
globalThis.self ??= globalThis;
const { CookieJar, parseCookieDate } = await import('../../../Templates/site/web/cookie-jar.mjs');
const { frameableHeaders, isOwnFile } = await import('../../../Templates/site/web/service-worker.mjs');
const { Bridge, locationOnSite, pathInApp } = await import('../../../Templates/site/web/bridge.mjs');

const from = { host: 'example.org', path: '/shop/cart', secure: true };

test('cookies: paths, order, expiry', () => {
    let now = 1e12;
    const jar = new CookieJar([], () => now);
    jar.set('a=1', from);
    now += 1;
    jar.set('b=2; Path=/', from);
    jar.set('c=3; Max-Age=10; Path=/', from);
    assert.equal(jar.header('/shop/x', true), 'a=1; b=2; c=3');
    assert.equal(jar.header('/shopping', true), 'b=2; c=3');
    now += 10_001;
    assert.equal(jar.header('/', true), 'b=2');
    jar.set('b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', from);
    assert.equal(jar.header('/', true), '');
});

test('cookies: what is refused', () => {
    const jar = new CookieJar();
    for (const text of ['a=1; Domain=other.org', '__Host-a=1; Secure; Path=/x', '__Secure-a=1', '=', 'a=\x01',
        `a=${'x'.repeat(5000)}`]) assert.equal(jar.set(text, from), null, text);
    assert.equal(jar.set('a=1; Secure', { ...from, secure: false }), null);
    assert.notEqual(jar.set('__Host-a=1; Secure; Path=/', from), null);
    jar.set('h=1; HttpOnly; Path=/', from);
    jar.setFromPage({ name: 'h', value: '2', path: '/', expires: null });
    assert.match(jar.header('/', true), /h=1/);
    for (let i = 0; i < 300; i++) jar.set(`n${i}=1`, from);
    assert.equal(jar.list().length, 180);
});

test('cookie dates', () => {
    const wanted = Date.UTC(1994, 10, 6, 8, 49, 37);
    for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
        assert.equal(parseCookieDate(text), wanted);
    }
    for (const text of ['', 'tomorrow', '30 Feb 2020 00:00:00', '1 Jan 2020 24:00:00']) {
        assert.equal(parseCookieDate(text), null);
    }
});

test('headers that would blank the frame', () => {
    assert.deepEqual(frameableHeaders([['x-frame-options', 'DENY'], ['content-security-policy',
        "default-src 'self'; frame-ancestors 'none'; img-src *"], ['a', 'b']]),
    [['content-security-policy', "default-src 'self'; img-src *"], ['a', 'b']]);
    assert.deepEqual(frameableHeaders([['content-security-policy', "frame-ancestors 'none'"]]), []);
});

test('the files of the site and the paths of the app', () => {
    assert.ok(isOwnFile('assets/app.0123456789ab.wasm.br'));
    assert.ok(isOwnFile('assets/rest.0123456789ab.img'));
    assert.ok(isOwnFile('sw.js'));
    for (const path of ['', 'assets/app.js', 'index.html', 'assets/logo.0123456789ab.png']) assert.ok(!isOwnFile(path));
    assert.equal(pathInApp('/repo/a', '/repo/'), '/a');
    assert.equal(pathInApp('/static/a', '/repo/'), '/static/a');
    assert.equal(locationOnSite('/login', '/repo/', 'https://x'), '/repo/login');
    assert.equal(locationOnSite('https://x/login', '/repo/', 'https://x'), '/repo/login');
    assert.equal(locationOnSite('https://y/login', '/repo/', 'https://x'), 'https://y/login');
    assert.equal(locationOnSite('next', '/repo/', 'https://x'), 'next');
});

test('a body waits for the page, and an abort ends the connection', async (context) => {
    let reads = 0;
    let aborted = 0;
    const network = {
        onListen() {}, listeners: () => [{ port: 8000 }],
        connect: async () => ({
            readable: new ReadableStream({
                pull(controller) {
                    reads += 1;
                    controller.enqueue(reads === 1 ? new TextEncoder().encode('HTTP/1.1 200 OK\r\n\r\n') : new Uint8Array(100));
                },
            }, { highWaterMark: 0 }),
            writable: new WritableStream(),
            abort() { aborted += 1; },
        }),
    };
    const bridge = new Bridge({
        network, base: '/', cookies: new CookieJar(), agent: {}, onCookies() {}, onOpen() {},
    });
    const { port1, port2 } = new MessageChannel();
    context.after(() => port1.close()); // an open port keeps the process
    bridge.serve(port1);
    const seen = [];
    port2.onmessage = ({ data }) => seen.push(data.type);
    const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    /** Until it is so, however slow the machine is; and then a while, in which nothing more may come. */
    const settle = async (isSo) => {
        for (let waited = 0; !isSo() && waited < 10_000; waited += 10) await sleep(10);
        await sleep(100);
    };
    port2.postMessage({ type: 'request', id: 1, method: 'GET', url: 'http://localhost/', headers: [], body: null });
    await settle(() => seen.length >= 9);
    assert.deepEqual(seen, ['head', ...Array(8).fill('chunk')]);
    port2.postMessage({ type: 'pull', id: 1 });
    await settle(() => seen.length >= 10);
    assert.equal(seen.length, 10);
    port2.postMessage({ type: 'abort', id: 1 });
    await settle(() => bridge.open === 0);
    assert.ok(aborted > 0);
    assert.equal(seen.length, 10);
    assert.equal(bridge.open, 0);
});
