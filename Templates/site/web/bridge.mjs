// The worker's side of the site's requests: each one that the service worker sends over a port becomes an HTTP request to
// the server that the program runs, over the kernel's loopback network.
//
//     service worker ──request, pull, abort──▶ bridge ──HTTP/1.1──▶ uvicorn, flask run, …
//                    ◀──head, chunk, end, error──      ◀──────────
//
// A body goes in chunks of at most 64 KiB, of which so many may be under way as the other side has asked for (`pull`), so
// that a fast server waits for a slow page. The path is the app's own: what is before it, when the site lies in a folder of
// its host, is taken away and put before redirects and the paths of cookies again, as a reverse proxy does.

import { Connections } from './connections.mjs';
import { CookieJar } from './cookie-jar.mjs';
import { loadCookies, saveCookies } from './cookie-store.mjs';
import { WebSocketClient } from './websocket.mjs';

/** Chunks that may be sent before the page has taken any. */
const firstCredits = 8;

/** Bodies up to this size go with the head, in one message. */
const smallBody = 65536;

const hopByHop = new Set([
    'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'trailer', 'te', 'set-cookie',
]);

/** What the server gets of the browser's headers: those that a reverse proxy would send. */
export function requestHeaders(message, url, prefix, cookie, agent) {
    const headers = [['host', url.host]];
    const names = new Set(['host', 'cookie', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding']);
    for (const [name, value] of message.headers) {
        // Values arrive as text; on the wire they are bytes.
        if (!names.has(name)) headers.push([name, value]);
    }
    const given = new Set(headers.map(([name]) => name));
    const add = (name, value) => { if (value !== '' && !given.has(name)) headers.push([name, value]); };
    add('user-agent', agent.userAgent ?? '');
    add('accept-language', (agent.languages ?? []).join(', '));
    add('accept', '*/*');
    add('referer', message.referrer ?? '');
    if (message.method !== 'GET' && message.method !== 'HEAD') add('origin', url.origin);
    add('sec-fetch-mode', message.mode ?? '');
    add('sec-fetch-dest', message.destination || 'empty');
    headers.push(['accept-encoding', 'identity']);
    if (cookie !== '') headers.push(['cookie', cookie]);
    headers.push(['x-forwarded-for', '127.0.0.1'], ['x-forwarded-proto', url.protocol.slice(0, -1)],
        ['x-forwarded-host', url.host]);
    if (prefix !== '') headers.push(['x-forwarded-prefix', prefix]);
    return headers;
}

/** Whether cookies that are for secure connections may go to this address. */
function isSecure({ protocol, hostname }) {
    return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The app's path for one of the site's: `/repo/notes` is `/notes`. */
export function pathInApp(pathname, base) {
    return pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : pathname;
}

/** A redirect of the app as the page has to follow it. */
export function locationOnSite(location, base, origin) {
    if (base === '/') return location;
    const absolute = location.startsWith(`${origin}/`) ? location.slice(origin.length) : location;
    if (!absolute.startsWith('/') || absolute.startsWith('//') || absolute.startsWith(base)) return location;
    return base + absolute.slice(1);
}

export class Bridge {
    /**
     * @param {{ network: object, base: string, cookies: CookieJar, agent: object, wanted?: number,
     *           onCookies(cookies: object[]): void, onOpen(count: number): void, lock?: string }} options
     *        `wanted`: the app's port, when it says which; `lock`: the name of the one that this worker holds while it lives
     */
    constructor({ network, base, cookies, agent, onCookies, onOpen, wanted = 0, lock = '' }) {
        this.network = network;
        this.lock = lock;
        this.connections = new Connections(network);
        this.base = base;
        this.prefix = base.replace(/\/$/, '');
        this.cookies = cookies;
        this.agent = agent;
        this.onCookies = onCookies;
        this.onOpen = onOpen;
        this.open = 0;
        this.wanted = wanted;
        this.port = 0;
        this.listening = new Promise((resolve) => { this.#heard = resolve; });
        network.onListen(() => this.#choose());
        this.#choose();
    }

    #heard;

    /** Unless the app says its port: the first on which it listens, and stays so as long as it listens there. */
    #choose() {
        const ports = this.network.listeners().map(({ port }) => port).filter((port) => !this.wanted || port === this.wanted);
        if (ports.length === 0 || ports.includes(this.port)) return;
        this.port = ports.find((port) => port < 32768) ?? ports[0];
        this.#heard(this.port);
    }

    /** Answers what comes over a port. */
    serve(port) {
        /** @type {Map<number, { credits: number, wake: Function | null, aborted: boolean, line: object | null }>} */
        const running = new Map();
        port.onmessage = ({ data, ports }) => {
            const state = running.get(data.id);
            switch (data.type) {
                case 'request': {
                    const fresh = { credits: firstCredits, wake: null, aborted: false, line: null };
                    running.set(data.id, fresh);
                    this.#count(1);
                    this.#answer(port, data, fresh).catch((error) => {
                        if (!fresh.aborted) port.postMessage({ type: 'error', id: data.id, message: error.message });
                    }).finally(() => {
                        running.delete(data.id);
                        if (fresh.line !== null) this.connections.release(fresh.line);
                        this.#count(-1);
                    });
                    break;
                }
                case 'socket': this.#socket(data, ports[0]); break;
                case 'pull':
                    if (state) {
                        state.credits += 1;
                        state.wake?.();
                    }
                    break;
                case 'abort':
                    if (state) {
                        state.aborted = true;
                        state.line?.close();
                        state.wake?.();
                    }
                    break;
                default: break;
            }
        };
    }

    #count(change) {
        this.open += change;
        this.onOpen(this.open);
    }

    async #answer(port, message, state) {
        const { id, method } = message;
        await this.listening;
        if (state.aborted) return;
        const url = new URL(message.url);
        const secure = isSecure(url);
        const path = pathInApp(url.pathname, this.base);
        const answer = await this.connections.exchange(this.port, {
            method,
            target: path + url.search,
            headers: requestHeaders(message, url, this.prefix, this.cookies.header(path, secure), this.agent),
            body: message.body === null ? null : new Uint8Array(message.body),
        }, (line) => {
            state.line = line;
            return !state.aborted;
        });
        if (answer === null) return;
        this.#takeCookies(answer.headers, { host: url.hostname, path, secure });
        const headers = answer.headers.filter(([name]) => !hopByHop.has(name)).map(([name, value]) =>
            [name, name === 'location' ? locationOnSite(value, this.base, url.origin) : value]);
        const head = { type: 'head', id, status: answer.status, reason: answer.reason, headers, body: null, end: false };
        const { framing } = answer.body;
        if (framing.kind === 'length' && framing.left <= smallBody) {
            head.body = await readAll(answer.body, framing.left);
            head.end = true;
            port.postMessage(head, [head.body.buffer]);
            return;
        }
        port.postMessage(head);
        await this.#stream(port, id, answer.body, state);
    }

    /** A WebSocket of a page, over a port to that page (see socket-shim.mjs). */
    async #socket({ url: address, protocols, lock }, page) {
        page.postMessage({ type: 'program', lock: this.lock });
        let socket = null;
        let sending = Promise.resolve();
        let closing = null;
        page.onmessage = ({ data }) => {
            if (data.type === 'close') {
                closing = data;
                // Before it is open there is nobody to close it with.
                if (socket === null) page.postMessage({ type: 'closed', code: 1006, reason: '', clean: false });
            }
            sending = sending.then(async () => {
                if (data.type === 'close') await socket?.close(data.code, data.reason);
                else page.postMessage({ type: 'sent', size: await socket?.send(data.data) });
            }).catch(() => {});
        };
        this.#count(1);
        try {
            await this.listening;
            const url = new URL(address.replace(/^ws/, 'http'));
            const secure = isSecure(url);
            const path = pathInApp(url.pathname, this.base);
            const client = new WebSocketClient(await this.network.connect(this.port));
            // The page is gone when its lock is free.
            navigator.locks?.request(lock, () => client.abort());
            const message = { method: 'GET', headers: [], mode: 'websocket', destination: 'websocket' };
            const { protocol, headers } = await client.open({
                target: path + url.search, protocols,
                headers: [...requestHeaders(message, url, this.prefix, this.cookies.header(path, secure), this.agent),
                    ['origin', url.origin]],
            });
            this.#takeCookies(headers, { host: url.hostname, path, secure });
            socket = client;
            if (closing !== null) {
                client.abort();
                return;
            }
            page.postMessage({ type: 'open', protocol });
            const outcome = await client.run((data) => {
                page.postMessage({ type: 'message', data }, typeof data === 'string' ? [] : [data]);
            });
            page.postMessage({ type: 'closed', ...outcome });
        } catch {
            page.postMessage({ type: 'closed', code: 1006, reason: '', clean: false });
        } finally {
            this.#count(-1);
        }
    }

    async #stream(port, id, body, state) {
        for (;;) {
            while (state.credits === 0 && !state.aborted) await new Promise((resolve) => { state.wake = resolve; });
            if (state.aborted) return;
            const bytes = await body.read();
            if (state.aborted) return;
            if (bytes === null) {
                port.postMessage({ type: 'end', id });
                return;
            }
            if (bytes.length === 0) continue;
            state.credits -= 1;
            const copy = bytes.slice();
            port.postMessage({ type: 'chunk', id, bytes: copy }, [copy.buffer]);
        }
    }

    #takeCookies(headers, from) {
        const changed = headers.filter(([name]) => name === 'set-cookie')
            .map(([, value]) => this.cookies.set(value, from)).filter((cookie) => cookie !== null);
        if (changed.length > 0) this.onCookies(changed);
    }
}

async function readAll(body, length) {
    const whole = new Uint8Array(length);
    for (let at = 0; at < length;) {
        const bytes = await body.read();
        whole.set(bytes, at);
        at += bytes.length;
    }
    return whole;
}

/**
 * Puts a bridge between a running program and the page.
 * @param {object} kernel
 * @param {string} base
 * @param {(message: object) => void} post to the shell
 * @param {number} [wanted] the app's port
 * @returns {Promise<(message: object, ports: MessagePort[]) => void>} takes what the shell sends
 */
export async function startBridge(kernel, base, post, wanted) {
    const jar = new CookieJar(await loadCookies(base));
    const mirror = (cookies) => {
        const shown = cookies.filter(({ httpOnly }) => !httpOnly)
            .map((cookie) => ({ ...cookie, path: base + cookie.path.slice(1) }));
        if (shown.length > 0) post({ type: 'cookies', cookies: shown });
    };
    const instance = crypto.randomUUID();
    const lock = `frond-instance:${instance}`;
    const bridge = new Bridge({
        network: kernel.network,
        lock,
        base,
        wanted,
        cookies: jar,
        agent: navigator,
        onCookies(cookies) {
            mirror(cookies);
            saveCookies(base, jar.list());
        },
        onOpen: (count) => { if (count < 2) post({ type: 'open', count }); },
    });
    mirror(jar.list());
    // The lock is held as long as this worker lives: whoever gets it knows that the worker is gone.
    navigator.locks.request(lock, () => {
        bridge.listening.then((port) => post({ type: 'listening', port, instance }));
        return new Promise(() => {});
    });
    return (message, ports) => {
        if (message.type === 'port') bridge.serve(ports[0]);
        else if (message.type === 'page-cookies') {
            for (const cookie of message.cookies) {
                jar.setFromPage({ ...cookie, path: pathInApp(cookie.path, base) || '/' });
            }
            saveCookies(base, jar.list());
        }
    };
}
