import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptOf, clientFrame, WebSocketClient } from '../../../Templates/site/web/websocket.mjs';

globalThis.self ??= globalThis;
const { allowsOwnScripts, placeForScript } = await import('../../../Templates/site/web/service-worker.mjs');

const encoder = new TextEncoder();

/** A connection that sends `bytes` in pieces of `step`, and what was sent to it. */
function connection(bytes, step = 1) {
    const sent = [];
    let at = 0;
    return {
        sent,
        readable: new ReadableStream({
            pull(controller) {
                if (at >= bytes.length) controller.close();
                else controller.enqueue(Uint8Array.from(bytes.slice(at, at += step)));
            },
        }, { highWaterMark: 0 }),
        writable: new WritableStream({ write(chunk) { sent.push(...chunk); } }),
        abort() {},
    };
}

async function outcomeOf(bytes, step) {
    const to = connection(bytes, step);
    const messages = [];
    const end = await new WebSocketClient(to).run((data) => messages.push(typeof data === 'string' ? data : [...new Uint8Array(data)]));
    return { messages, end, sent: to.sent };
}

test('the key and answer of RFC 6455', async () => {
    assert.equal(await acceptOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('frames of a client: masked, lengths in three forms', () => {
    const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
    assert.deepEqual([...clientFrame(1, encoder.encode('Hello'), mask)],
        [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    assert.deepEqual([...clientFrame(2, new Uint8Array(126), mask).subarray(0, 4)], [0x82, 0xfe, 0, 126]);
    assert.deepEqual([...clientFrame(2, new Uint8Array(65536), mask).subarray(0, 10)], [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]);
});

test('texts, bytes, pieces with a ping between, close; in every cut', async () => {
    const frames = [0x81, 2, 0xc3, 0xbc, 0x02, 1, 7, 0x89, 1, 5, 0x80, 1, 8, 0x88, 4, 0x0f, 0xa1, 0x6f, 0x6b];
    for (let step = 1; step < frames.length; step++) {
        const { messages, end, sent } = await outcomeOf(frames, step);
        assert.deepEqual(messages, ['ü', [7, 8]]);
        assert.deepEqual(end, { code: 4001, reason: 'ok', clean: true });
        assert.deepEqual([sent[0], sent[1], sent[7]], [0x8a, 0x81, 0x88]);
    }
});

test('what breaks the protocol ends it with its code', async () => {
    for (const [bytes, code] of [
        [[0xc1, 0], 1002], [[0x81, 0x80, 0, 0, 0, 0], 1002], [[0x83, 0], 1002], [[0x80, 0], 1002], [[0x01, 0, 0x81, 0], 1002],
        [[0x09, 0], 1002], [[0x89, 126, 0, 126], 1002], [[0x88, 1, 3], 1002], [[0x88, 2, 3, 237], 1002],
        [[0x81, 1, 0xff], 1007], [[0x82, 127, 0, 0, 0, 0, 255, 0, 0, 0], 1009], [[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255], 1009],
    ]) {
        const { end, sent } = await outcomeOf(bytes);
        assert.deepEqual(end, { code: 1006, reason: '', clean: false }, String(bytes));
        assert.deepEqual([sent[0], ((sent[6] ^ sent[2]) << 8) | (sent[7] ^ sent[3])], [0x88, code], String(bytes));
    }
    const { end } = await outcomeOf([0x81, 5, 65]);
    assert.equal(end.code, 1006);
});

test('a handshake that says something else is refused', async () => {
    for (const text of ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', 'HTTP/1.1 101 Switching\r\n\r\n',
        'HTTP/1.1 101 S\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n']) {
        await assert.rejects(new WebSocketClient(connection([...encoder.encode(text)], 100))
            .open({ target: '/', headers: [['host', 'a']], protocols: [] }), /server/);
    }
});

test('where the script goes, and where it may not', () => {
    assert.equal(placeForScript('<!DOCTYPE html><p>'), 15);
    assert.equal(placeForScript('\xef\xbb\xbf\n<!-- a --> <!doctype html>\n'), 30);
    assert.equal(placeForScript('<html>'), 0);
    const allows = (policy) => allowsOwnScripts([['content-security-policy', policy]]);
    assert.ok(allowsOwnScripts([]) && allows("default-src 'self'") && allows("script-src 'nonce-x' 'self'; img-src x"));
    assert.ok(!allows("default-src 'none'") && !allows("script-src 'none', default-src 'self'") && !allows("script-src 'nonce-a'")
        && !allows("script-src 'self' 'strict-dynamic'") && !allows('sandbox'));
});
