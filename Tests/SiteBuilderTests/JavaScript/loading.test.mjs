import assert from 'node:assert/strict';
import test from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { chooseWay, fetchAsset } from '../../../Templates/site/loader.mjs';
import { missingFeatures } from '../../../Templates/site/support.mjs';
import { readableBytes } from '../../../Templates/site/panels.mjs';

test('a host that sent the small form of one file will send it of the others', () => {
    const shell = { url: '/s', size: 3000, br: 1000, gz: 1200 };
    const always = () => true;
    const gzipOnly = (format) => format === 'gzip';
    assert.equal(chooseWay(shell, { encodedBodySize: 1000 }, gzipOnly), 'plain');
    assert.equal(chooseWay(shell, { encodedBodySize: 3000 }, always), 'br');
    assert.equal(chooseWay(shell, { encodedBodySize: 3000 }, gzipOnly), 'gz');
    assert.equal(chooseWay(shell, { encodedBodySize: 1200 }, always), 'br');
    assert.equal(chooseWay(shell, undefined, gzipOnly), 'gz');
    assert.equal(chooseWay({ url: '/s', size: 5 }, { encodedBodySize: 5 }, gzipOnly), 'gz');
});

const plain = new TextEncoder().encode('text '.repeat(10_000));
const forms = { '/f': plain, '/f.gz': gzipSync(plain), '/f.br': brotliCompressSync(plain) };
const asset = { url: '/f', size: plain.length, gz: forms['/f.gz'].length, br: forms['/f.br'].length };

function withFetch(answer, body) {
    const { fetch } = globalThis;
    globalThis.fetch = async (url) => answer(url);
    return body().finally(() => { globalThis.fetch = fetch; });
}

test('the small form is decoded, and progress counts what crosses the network', () => withFetch(
    (url) => new Response(forms[url]), async () => {
        const seen = [];
        const response = await fetchAsset(asset, 'gz', 'application/wasm', (...step) => seen.push(step));
        assert.deepEqual(new Uint8Array(await response.arrayBuffer()), plain);
        assert.equal(response.headers.get('content-type'), 'application/wasm');
        assert.deepEqual(seen[0], [0, asset.gz]);
        assert.deepEqual(seen.at(-1), [asset.gz, asset.gz]);
    }));

test('a host that labels the small form has it decoded by the browser already', () => withFetch(
    () => new Response(plain, { headers: { 'content-encoding': 'br' } }), async () => {
        const seen = [];
        const response = await fetchAsset(asset, 'br', 'x/y', (...step) => seen.push(step));
        assert.equal((await response.arrayBuffer()).byteLength, plain.length);
        assert.deepEqual(seen.at(-1), [asset.br, asset.br]);
    }));

test('a file that has no small form is fetched plain', () => withFetch(
    (url) => new Response(forms[url]), async () => {
        const response = await fetchAsset({ url: '/f', size: plain.length }, 'gz', 'x/y', () => {});
        assert.equal((await response.arrayBuffer()).byteLength, plain.length);
    }));

test('errors say which file and what the server said', async () => {
    await withFetch(() => new Response('', { status: 404 }), () => assert.rejects(
        fetchAsset(asset, 'gz', 'x/y', () => {}), /f\.gz could not be downloaded: the server says 404/u));
    await withFetch(() => { throw new TypeError('no network'); }, () => assert.rejects(
        fetchAsset(asset, 'plain', 'x/y', () => {}), /f could not be downloaded: no network/u));
});

test('what a browser lacks is named', () => {
    assert.deepEqual(missingFeatures({}), ['WebAssembly']);
    const old = { WebAssembly: { validate: () => false } };
    assert.deepEqual(missingFeatures(old), ['WebAssembly stack switching (JSPI)', 'WebAssembly exceptions',
        'WebAssembly function types', 'web workers', 'decompression streams']);
    const { WebAssembly } = globalThis;
    const recent = {
        WebAssembly: { validate: WebAssembly.validate, Suspending() {}, promising() {} }, Worker() {},
        DecompressionStream,
    };
    assert.deepEqual(missingFeatures(recent), []);
});

test('sizes', () => {
    assert.equal(readableBytes(10), '1 kB');
    assert.equal(readableBytes(450_000), '450 kB');
    assert.equal(readableBytes(5_240_000), '5.2 MB');
});
