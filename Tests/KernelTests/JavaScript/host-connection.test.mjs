import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import { EAGAIN, ECONNRESET } from '../../../Templates/kernel/errno.mjs';
import { POLLIN } from '../../../Templates/kernel/constants.mjs';

const encode = (text) => new TextEncoder().encode(text);
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test('a page connects to the guest, both talk, both end', async () => {
    const guest = new Guest();
    const heard = [];
    guest.kernel.network.onListen((event) => heard.push(event));
    const listener = guest.listener();
    const port = guest.port(listener);
    assert.deepEqual(heard, [{ port, address: '127.0.0.1', listening: true }]);
    assert.deepEqual(guest.kernel.network.listeners(), [{ port, address: '127.0.0.1' }]);
    assert.ok(guest.kernel.hasExternalSources());
    assert.equal(guest.frond.watch(listener, POLLIN, 1), 0);
    const connection = await guest.kernel.network.connect(port);
    assert.equal(guest.frond.take_event(), 1);
    const server = guest.accept(listener);
    const writer = connection.writable.getWriter();
    await writer.write(encode('GET / HTTP/1.1\r\n'));
    assert.equal(guest.recv(server), 'GET / HTTP/1.1\r\n');
    const reader = connection.readable.getReader();
    const answer = reader.read();
    guest.send(server, 'HTTP/1.1 200 OK');
    assert.equal(new TextDecoder().decode((await answer).value), 'HTTP/1.1 200 OK');
    await writer.close();
    assert.equal(guest.recv(server), '');
    guest.send(server, 'last');
    guest.close(server);
    assert.equal(new TextDecoder().decode((await reader.read()).value), 'last');
    assert.equal((await reader.read()).done, true);
    await connection.closed;
    guest.close(listener);
    assert.equal(heard.at(-1).listening, false);
    assert.equal(guest.kernel.hasExternalSources(), false);
});

test('backpressure: a writer waits until the guest has read', async () => {
    const guest = new Guest();
    const listener = guest.listener();
    const connection = await guest.kernel.network.connect(guest.port(listener));
    const server = guest.accept(listener);
    const writer = connection.writable.getWriter();
    let written = false;
    const big = writer.write(new Uint8Array(1 << 20)).then(() => {
        written = true;
    });
    await turn();
    assert.equal(written, false);
    let received = 0;
    while (received < 1 << 20) {
        const bytes = guest.readBytes(server, 65536);
        if (typeof bytes === 'number') {
            assert.equal(bytes, -EAGAIN);
            await turn();
        } else {
            received += bytes.length;
        }
    }
    await big;
    assert.ok(written);
});

test('backpressure: the guest waits until the page has read', async () => {
    const guest = new Guest();
    const listener = guest.listener();
    const connection = await guest.kernel.network.connect(guest.port(listener));
    const server = guest.accept(listener);
    let sent = 0;
    for (let count = guest.send(server, new Uint8Array(65536)); count > 0; count = guest.send(server, new Uint8Array(65536))) {
        sent += count;
    }
    await turn();
    assert.equal(guest.send(server, 'x'), -EAGAIN, 'nothing is read ahead');
    const reader = connection.readable.getReader();
    for (let received = 0; received < sent;) {
        received += (await reader.read()).value.length;
    }
    assert.equal(guest.send(server, 'x'), 1);
});

test('an abort resets, a reset is an error', async () => {
    const guest = new Guest();
    const listener = guest.listener();
    const connection = await guest.kernel.network.connect(guest.port(listener));
    const server = guest.accept(listener);
    connection.abort();
    assert.equal(guest.recv(server), -ECONNRESET);
    await connection.closed;
    const second = await guest.kernel.network.connect(guest.port(listener));
    const serverTwo = guest.accept(listener);
    const writer = second.writable.getWriter();
    await writer.write(encode('unread'));
    guest.close(serverTwo);
    await assert.rejects(second.readable.getReader().read(), /reset/);
});

test('nobody listens; a full backlog waits', async () => {
    const guest = new Guest();
    await assert.rejects(guest.kernel.network.connect(81), (error) => error.errno === 14 && /port 81/.test(error.message));
    const listener = guest.listener(2, 0);
    const port = guest.port(listener);
    await guest.kernel.network.connect(port);
    let connected = false;
    const waiting = guest.kernel.network.connect(port).then(() => {
        connected = true;
    });
    await turn();
    assert.equal(connected, false);
    guest.accept(listener);
    await waiting;
    assert.ok(connected);
    const six = guest.listener(10);
    await guest.kernel.network.connect(guest.port(six));
    assert.ok(guest.accept(six) > 0, '::1 is tried after 127.0.0.1');
});
