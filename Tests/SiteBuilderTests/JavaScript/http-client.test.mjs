import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError, Line, requestHead } from '../../../Templates/site/web/http-client.mjs';

const encoder = new TextEncoder();

/** A connection whose other side sends `pieces`, and what was sent to it. */
function connection(pieces) {
    const sent = [];
    const readable = new ReadableStream({
        pull(controller) {
            if (pieces.length === 0) controller.close();
            else controller.enqueue(encoder.encode(pieces.shift()));
        },
    }, { highWaterMark: 0 });
    const writable = new WritableStream({ write(chunk) { sent.push(...chunk); } });
    return { readable, writable, abort() {}, sent: () => new TextDecoder().decode(new Uint8Array(sent)) };
}

/** One request on a connection of its own. */
const exchange = (connection, request) => new Line(connection).exchange(request, false);

const get = { method: 'GET', target: '/', headers: [['host', 'a']], body: null };

async function whole(answer) {
    let text = '';
    for (let bytes; (bytes = await answer.body.read()) !== null;) text += new TextDecoder().decode(bytes);
    return text;
}

test('a body by length, in every cut', async () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello';
    for (let cut = 1; cut < text.length; cut++) {
        const answer = await exchange(connection([text.slice(0, cut), text.slice(cut)]), get);
        assert.equal(answer.status, 200);
        assert.deepEqual(answer.headers.slice(1), [['x-a', '1'], ['x-a', '2']]);
        assert.equal(await whole(answer), 'hello');
    }
});

test('chunks, extensions and trailers, byte by byte', async () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n';
    assert.equal(await whole(await exchange(connection([...text]), get)), 'abc0123456789');
});

test('a body up to the end, interim answers, no body', async () => {
    assert.equal(await whole(await exchange(connection(['HTTP/1.0 200 OK\n\nabc', 'def']), get)), 'abcdef');
    const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 204 None\r\n\r\n';
    const answer = await exchange(connection([early]), get);
    assert.equal(answer.status, 204);
    assert.equal(await answer.body.read(), null);
    const head = await exchange(connection(['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n']), { ...get, method: 'HEAD' });
    assert.equal(await head.body.read(), null);
});

test('what breaks the protocol is an error', async () => {
    for (const text of [
        'hello\r\n\r\n', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n',
        'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 'HTTP/1.1 200 OK\r\n',
        `HTTP/1.1 200 OK\r\na: ${'x'.repeat(300_000)}\r\n\r\n`, 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
        'HTTP/1.1 101 Switching\r\n\r\n',
    ]) await assert.rejects(exchange(connection([text]), get), HttpError, text.slice(0, 60));
    for (const text of ['content-length: 5\r\n\r\nabc', 'transfer-encoding: chunked\r\n\r\n5\r\nabc',
        'transfer-encoding: chunked\r\n\r\nzz\r\nabc', 'transfer-encoding: chunked\r\n\r\n1\r\nabc\r\n']) {
        const answer = await exchange(connection([`HTTP/1.1 200 OK\r\n${text}`]), get);
        await assert.rejects(whole(answer), HttpError, text);
    }
});

test('requests', async () => {
    const to = connection(['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n']);
    await exchange(to, { method: 'POST', target: '/a?b', headers: [['host', 'h']], body: encoder.encode('body') });
    assert.equal(to.sent(), 'POST /a?b HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody');
    assert.throws(() => requestHead('GET', '/', [['a', 'b\r\nc: d']]), HttpError);
    assert.throws(() => requestHead('GET', '/a b', []), HttpError);
});
