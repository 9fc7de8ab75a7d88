import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connections } from '../../../Templates/site/web/connections.mjs';

const get = { method: 'GET', target: '/', headers: [['host', 'a']], body: null };
const answer = new TextEncoder().encode('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');

/** A server that keeps connections; `serial`: it reads from one at a time, the oldest that is open. */
class Server {
    connections = [];
    requests = 0;

    constructor(serial) {
        this.serial = serial;
    }

    async connect() {
        const one = { open: true, waiting: 0, controller: null, dropped: false };
        this.connections.push(one);
        const readable = new ReadableStream({ start: (controller) => { one.controller = controller; } });
        const writable = new WritableStream({
            write: () => {
                one.waiting += 1;
                setTimeout(() => this.work());
            },
        });
        return {
            readable, writable, get quiet() { return one.open && !one.dropped; },
            abort: () => {
                one.open = false;
                this.work();
            },
        };
    }

    work() {
        for (const one of this.connections) {
            if (!one.open) continue;
            for (; one.waiting > 0; one.waiting -= 1) {
                this.requests += 1;
                if (one.dropped === 'soon') {
                    one.open = false;
                    one.controller.close();
                    break;
                }
                one.controller.enqueue(answer);
            }
            if (this.serial) return;
        }
    }
}

async function ask(connections, request = get) {
    let line;
    const { body } = await connections.exchange(1, request, (next) => {
        line = next;
        return true;
    });
    while (await body.read() !== null);
    connections.release(line);
}

test('a server that serves several at once gets its requests on few connections', async () => {
    const server = new Server(false);
    const connections = new Connections(server);
    for (let i = 0; i < 10; i++) await ask(connections);
    assert.equal(server.connections.length, 2);
    await Promise.all(Array.from({ length: 20 }, () => ask(connections)));
    assert.equal(server.requests, 30);
    assert.equal(server.connections.filter(({ open }) => open).length, 8);
    await new Promise((resolve) => setTimeout(resolve, 3200));
    assert.equal(server.connections.filter(({ open }) => open).length, 0);
});

test('one that serves one after the other is not kept waiting', async () => {
    const server = new Server(true);
    const connections = new Connections(server);
    for (let i = 0; i < 8; i++) await ask(connections);
    await Promise.all(Array.from({ length: 5 }, () => ask(connections)));
    assert.equal(server.requests, 13);
    assert.equal(server.connections.length, 13);
    assert.equal(server.connections.filter(({ open }) => open).length, 0);
});

test('a connection that the server closes is replaced; only what may be sent again goes over a kept one', async () => {
    const server = new Server(false);
    const connections = new Connections(server);
    for (let i = 0; i < 3; i++) await ask(connections);
    const before = server.connections.length;
    for (const one of server.connections) one.dropped = true;
    await ask(connections);
    assert.equal(server.connections.length, before + 1);
    await ask(connections, { ...get, method: 'POST', body: new Uint8Array(3) });
    assert.equal(server.connections.length, before + 2);
});

test('a request that the server did not see is sent again', async () => {
    const server = new Server(false);
    const connections = new Connections(server);
    for (let i = 0; i < 3; i++) await ask(connections);
    const before = server.connections.length;
    // It closes without an answer at the moment at which the request comes.
    const connect = server.connect;
    for (const one of server.connections) Object.defineProperty(one, 'waiting', { get: () => 0, set() {
        one.open = false;
        setTimeout(() => one.controller.close());
    } });
    server.connect = connect;
    await ask(connections);
    assert.ok(server.connections.length > before);
});
