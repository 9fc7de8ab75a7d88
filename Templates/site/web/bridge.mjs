// The worker's side of the site's requests: each one that the service worker sends over a port becomes an HTTP request to
// the server that the program runs, over the kernel's loopback network.
//
//     service worker ──hello, request, taken, pull, abort──▶ bridge ──HTTP/1.1──▶ uvicorn, flask run, …
//                    ◀──────head, chunk, end, error──────       ◀──────────
//
// A body goes in chunks of at most 64 KiB, of which so many may be under way as the other side has asked for (`pull`), so
// that a fast server waits for a slow page. The path is the app's own: what is before it, when the site lies in a folder of
// its host, is taken away and put before redirects and the paths of cookies again, as a reverse proxy does.
//
// A service worker that ends leaves its requests behind; `call.mjs` says what becomes of them.

import { abandonedCall, Call, Caller } from './call.mjs';
import { Connections } from './connections.mjs';
import { CookieJar } from './cookie-jar.mjs';
import { loadCookies, saveCookies } from './cookie-store.mjs';
import { WebSocketClient } from './websocket.mjs';

/** Redirects that are remembered. */
const mostRedirects = 20;

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
     *           onCookies(cookies: object[]): void, onOpen(count: number): void, onAbandoned?(way: string[]): void,
     *           lock?: string }} options
     *        `wanted`: the app's port, when it says which; `lock`: the name of the one that this worker holds while it lives;
     *        `onAbandoned`: a frame waits for a page in vain; the way is the page's address, and where it was redirected from
     */
    constructor({ network, base, cookies, agent, onCookies, onOpen, onAbandoned = () => {}, wanted = 0, lock = '' }) {
        this.network = network;
        this.lock = lock;
        this.connections = new Connections(network);
        /** @type {Set<Caller>} */
        this.callers = new Set();
        this.base = base;
        this.prefix = base.replace(/\/$/, '');
        this.cookies = cookies;
        this.agent = agent;
        this.onCookies = onCookies;
        this.onOpen = onOpen;
        this.onAbandoned = onAbandoned;
        this.open = 0;
        this.wanted = wanted;
        this.port = 0;
        this.listening = new Promise((resolve) => { this.#heard = resolve; });
        network.onListen(() => this.#choose());
        this.#choose();
    }

    #heard;
    /** Where the last pages were redirected: from by to. */
    #redirects = new Map();

    /** Unless the app says its port: the first on which it listens, and stays so as long as it listens there. */
    #choose() {
        const ports = this.network.listeners().map(({ port }) => port).filter((port) => !this.wanted || port === this.wanted);
        if (ports.length === 0 || ports.includes(this.port)) return;
        this.port = ports.find((port) => port < 32768) ?? ports[0];
        this.#heard(this.port);
    }

    /** Answers what comes over a port. */
    serve(port) {
        const caller = new Caller(port);
        this.callers.add(caller);
        port.onmessage = ({ data, ports }) => {
            const call = caller.calls.get(data.id);
            switch (data.type) {
                case 'hello':
                    // Held as long as the service worker, or the page, lives.
                    navigator.locks.request(data.lock, { mode: 'shared' }, () => this.#leave(caller));
                    break;
                case 'request': this.#take(data, caller); break;
                case 'socket': this.#socket(data, ports[0]); break;
                case 'caller':
                    ports[0].postMessage({ type: 'program', lock: this.lock });
                    this.serve(ports[0]);
                    break;
                case 'taken': call?.taken(); break;
                case 'pull': call?.pull(); break;
                case 'abort': call?.abort(); break;
                default: break;
            }
        };
    }

    #leave(caller) {
        for (const page of caller.end()) {
            const way = new Set();
            for (let url = page; url !== undefined && !way.has(url); url = this.#redirects.get(url)) way.add(url);
            this.onAbandoned([...way]);
        }
        caller.port.close();
        if (caller.calls.size === 0) this.callers.delete(caller);
    }

    /** A request: a new one, or one that a service worker left behind that has ended since. */
    async #take(message, caller) {
        const fresh = new Call(message, caller);
        caller.calls.set(fresh.id, fresh);
        const abandoned = await abandonedCall(this.callers, message, caller);
        if (abandoned !== undefined && !fresh.aborted) {
            abandoned.adopt(fresh.id, caller);
            return;
        }
        this.#count(1);
        try {
            await this.#answer(fresh);
        } catch (error) {
            if (!fresh.aborted) fresh.post({ type: 'error', message: error.message });
        } finally {
            const { caller: last } = fresh;
            last.calls.delete(fresh.id);
            if (last.isGone && last.calls.size === 0) this.callers.delete(last);
            if (fresh.line !== null) this.connections.release(fresh.line);
            this.#count(-1);
        }
    }

    #count(change) {
        this.open += change;
        this.onOpen(this.open);
    }

    async #answer(call) {
        const { message } = call;
        const { method } = message;
        await this.listening;
        if (call.aborted) return;
        const url = new URL(message.url);
        const secure = isSecure(url);
        const path = pathInApp(url.pathname, this.base);
        const answer = await this.connections.exchange(this.port, {
            method,
            target: path + url.search,
            headers: requestHeaders(message, url, this.prefix, this.cookies.header(path, secure), this.agent),
            body: message.body === null ? null : new Uint8Array(message.body),
        }, (line) => {
            call.line = line;
            return !call.aborted;
        });
        if (answer === null) return;
        this.#takeCookies(answer.headers, { host: url.hostname, path, secure });
        const headers = answer.headers.filter(([name]) => !hopByHop.has(name)).map(([name, value]) =>
            [name, name === 'location' ? locationOnSite(value, this.base, url.origin) : value]);
        if (message.mode === 'navigate') this.#rememberRedirect(message.url, headers);
        const head = { type: 'head', status: answer.status, reason: answer.reason, headers, body: null, end: false };
        const { framing } = answer.body;
        if (framing.kind === 'length' && framing.left <= smallBody) {
            head.body = await readAll(answer.body, framing.left);
            head.end = true;
            await call.answer(head);
            return;
        }
        await call.answer(head);
        await this.#stream(call, answer.body);
    }

    #rememberRedirect(url, headers) {
        const to = headers.find(([name]) => name === 'location')?.[1];
        if (to === undefined || !URL.canParse(to, url)) return;
        this.#redirects.set(new URL(to, url).href, url);
        if (this.#redirects.size > mostRedirects) this.#redirects.delete(this.#redirects.keys().next().value);
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

    async #stream(call, body) {
        for (;;) {
            await call.until(() => call.credits > 0);
            if (call.aborted) return;
            const bytes = await body.read();
            if (call.aborted) return;
            if (bytes === null) {
                call.post({ type: 'end' });
                return;
            }
            if (bytes.length === 0) continue;
            call.credits -= 1;
            const copy = bytes.slice();
            call.post({ type: 'chunk', bytes: copy }, [copy.buffer]);
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
        onAbandoned: (way) => post({ type: 'abandoned', way }),
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
