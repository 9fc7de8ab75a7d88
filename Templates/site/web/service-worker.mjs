// The service worker of a site whose program is a server: every request of the page is answered by the program.
//
//     navigation of the top level ──▶ the shell, from the host          (reload and shared links keep their address)
//     a file of the site itself   ──▶ the host
//     everything else             ──▶ a port to the worker that runs Python (bridge.mjs)
//
// The browser may end this worker at any time, so nothing here is needed for long: a new one asks the pages for a port, and
// requests wait until it comes. A `MessagePort` does not say when its other end dies; a lock does: each side holds one, and
// whoever gets the other's knows that it is gone (see bridge.mjs, call.mjs).

import { isRepeatable } from './call.mjs';
import { installEventSourceShim } from './event-source-shim.mjs';
import { installSocketShim } from './socket-shim.mjs';
import { standIn } from './stand-in.mjs';

const scope = self.registration ? new URL(self.registration.scope).pathname : '/';
const shellCache = 'frond-shell';
const patience = 120_000;

/** Names that the site gives its own files; the rest of `assets/` is the app's. */
const ownFile = /^assets\/(app|files|rest|snapshot|glue|worker|shell|bridge)\.[0-9a-f]{12}\.(wasm|img|mjs|css)(\.br|\.gz)?$/;
const siteFiles = new Set(['sw.js', 'frond.json', '.nojekyll', '_headers', 'frond:files']);

/** Whether the host answers this path of the site. */
export function isOwnFile(path) {
    return ownFile.test(path) || siteFiles.has(path);
}

/** Headers of the app as they may reach a frame of the shell, which is of the same origin. */
export function frameableHeaders(headers) {
    const result = [];
    for (const [name, value] of headers) {
        if (name === 'x-frame-options') continue;
        if (name === 'content-security-policy') {
            const rest = value.split(',').map((policy) => policy.split(';')
                .filter((directive) => !/^\s*frame-ancestors(\s|$)/i.test(directive)).join(';')).join(',');
            if (rest.trim() !== '') result.push([name, rest]);
        } else result.push([name, value]);
    }
    return result;
}

/** A page that says why there is no answer. */
export function failurePage(title, detail, status = 502) {
    const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">` +
        `<title>${escape(title)}</title><body style="font: 1rem/1.5 system-ui, sans-serif; margin: 2rem">` +
        `<h1 style="font-size: 1.25rem">${escape(title)}</h1>` +
        `<pre style="white-space: pre-wrap; font-size: .8125rem">${escape(detail)}</pre>`;
    return new Response(html, {
        status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    });
}

/** The script that gives the app's pages their WebSocket and EventSource. */
const shimName = 'frond-page.js';

/** Whether a policy lets a page load a script of its own site. */
export function allowsOwnScripts(headers) {
    const policies = headers.filter(([name]) => name === 'content-security-policy').flatMap(([, value]) => value.split(','));
    return policies.every((policy) => {
        const directives = new Map(policy.split(';').map((directive) => directive.trim().split(/\s+/))
            .map(([name, ...sources]) => [name.toLowerCase(), sources]));
        if (directives.has('sandbox')) return false;
        const sources = directives.get('script-src-elem') ?? directives.get('script-src') ?? directives.get('default-src');
        return sources === undefined || (!sources.includes("'strict-dynamic'")
            && sources.some((source) => source === "'self'" || source === '*'));
    });
}

/** Where in the beginning of a page a script can stand: behind its type, which has to come first. */
export function placeForScript(text) {
    return /^(?:\xef\xbb\xbf)?(?:\s|<!--[^]*?-->)*<!doctype[^>]*>/i.exec(text)?.[0].length ?? 0;
}

/** Puts the script into a page of the app, if the page lets itself be added to. */
function withShims(response, headers) {
    const type = headers.get('content-type') ?? '';
    if (!/^text\/html\b/i.test(type) || /utf-?16/i.test(type) || response === null) return response;
    const tag = new TextEncoder().encode(`<script src="${scope}${shimName}"></script>`);
    headers.delete('content-length');
    let isFirst = true;
    return new Response(response).body.pipeThrough(new TransformStream({
        transform(chunk, controller) {
            if (isFirst && chunk.length > 0) {
                isFirst = false;
                // One byte is one character, so that places in the text are places in the bytes.
                const place = placeForScript(new TextDecoder('latin1').decode(chunk.subarray(0, 4096)));
                controller.enqueue(chunk.subarray(0, place));
                controller.enqueue(tag);
                controller.enqueue(chunk.subarray(place));
            } else controller.enqueue(chunk);
        },
    }));
}

class OwnerDied extends Error {}

/** The name of a lock that this worker holds for as long as it lives. */
const lifeLock = new Promise((resolve) => {
    const lock = `frond-service-worker:${crypto.randomUUID()}`;
    globalThis.navigator?.locks?.request(lock, () => {
        resolve(lock);
        return new Promise(() => {});
    });
});

/** The way to the worker that runs the program, and all requests that are on it. */
class Route {
    port = null;
    instance = null;
    /** Why there is no program any more, when there was one. */
    death = null;
    waiting = [];
    requests = new Map();
    last = 0;

    connect(port, instance) {
        if (instance === this.instance && this.port !== null) {
            port.close();
            return;
        }
        if (this.port !== null) this.lose();
        this.port = port;
        this.instance = instance;
        this.death = null;
        port.onmessage = ({ data }) => this.requests.get(data.id)?.(data);
        lifeLock.then((lock) => port.postMessage({ type: 'hello', lock }));
        navigator.locks.request(`frond-instance:${instance}`, { mode: 'shared' }, () => {
            if (this.instance === instance) this.lose();
        });
        for (const { resolve } of this.waiting.splice(0)) resolve(port);
    }

    /** The owner is gone, and with it every answer that has not arrived. */
    lose() {
        this.port?.close();
        this.port = null;
        this.instance = null;
        const requests = [...this.requests.values()];
        this.requests.clear();
        for (const tell of requests) tell({ type: 'died' });
    }

    /** The program ended, and its shell says why. */
    end(text) {
        this.death = text;
        for (const { reject } of this.waiting.splice(0)) reject(new OwnerDied(text));
    }

    async ready() {
        if (this.port !== null) return this.port;
        if (this.death !== null) throw new OwnerDied(this.death);
        const ready = new Promise((resolve, reject) => {
            const entry = { resolve, reject };
            this.waiting.push(entry);
            setTimeout(() => {
                const at = this.waiting.indexOf(entry);
                if (at >= 0) this.waiting.splice(at, 1);
                reject(new Error('No page of this site runs the program.'));
            }, patience);
        });
        await this.ask();
        return ready;
    }

    async ask() {
        const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
        for (const page of pages) if (page.frameType === 'top-level') page.postMessage({ type: 'need-port' });
    }

    /** One request; the answer's head resolves, its body follows as a stream. */
    send(port, message, signal) {
        const id = ++this.last;
        const chunks = [];
        let wake = null;
        let outcome = null;
        const finish = (result) => {
            outcome ??= result;
            this.requests.delete(id);
            wake?.();
        };
        const abort = () => {
            if (outcome !== null) return;
            port.postMessage({ type: 'abort', id });
            // Nobody reads on; an error would only stand on Firefox's console.
            finish({});
        };
        const stream = () => new ReadableStream({
            async pull(controller) {
                while (chunks.length === 0 && outcome === null) await new Promise((resolve) => { wake = resolve; });
                const bytes = chunks.shift();
                if (bytes !== undefined) {
                    controller.enqueue(bytes);
                    if (outcome === null) port.postMessage({ type: 'pull', id });
                } else if (outcome.error) controller.error(outcome.error);
                else controller.close();
            },
            cancel: abort,
        }, { highWaterMark: 0 });
        const head = new Promise((resolve, reject) => {
            this.requests.set(id, (data) => {
                switch (data.type) {
                    case 'head':
                        if (data.end) finish({});
                        resolve({ ...data, stream, took: () => port.postMessage({ type: 'taken', id }) });
                        break;
                    case 'chunk':
                        chunks.push(data.bytes);
                        wake?.();
                        break;
                    case 'end': finish({}); break;
                    case 'died': {
                        const error = new OwnerDied('the program ended before its answer did');
                        finish({ error });
                        reject(error);
                        break;
                    }
                    default: {
                        const error = new Error(data.message);
                        finish({ error });
                        reject(error);
                        break;
                    }
                }
            });
            signal.addEventListener('abort', () => {
                abort();
                reject(new DOMException('aborted', 'AbortError'));
            });
        });
        port.postMessage({ ...message, type: 'request', id }, message.body === null ? [] : [message.body]);
        return head;
    }
}

const route = new Route();

/** Bodies of form posts of the top level, until the frame asks for the same address. */
const stash = new Map();
const stashAge = 60_000;

const nullBodyStatuses = new Set([204, 205, 304]);

function responseOf(head, { method, mode }) {
    const headers = new Headers();
    let coding = '';
    for (const [name, value] of frameableHeaders(head.headers)) {
        if (name === 'content-encoding') coding = value.trim().toLowerCase();
        try {
            headers.append(name, value);
        } catch {
            // A value that no browser would take.
        }
    }
    let body = null;
    if (!nullBodyStatuses.has(head.status) && method !== 'HEAD') {
        body = head.end ? head.body : head.stream();
        const known = ['gzip', 'x-gzip', 'deflate'].includes(coding);
        if (known && (!head.end || head.body.length > 0)) {
            const source = head.end ? new Response(body).body : body;
            body = source.pipeThrough(new DecompressionStream(coding === 'deflate' ? 'deflate' : 'gzip'));
            headers.delete('content-encoding');
            headers.delete('content-length');
        }
    }
    if (mode === 'navigate' && allowsOwnScripts(head.headers)) body = withShims(body, headers);
    const reason = /^[\t\x20-\x7e]*$/.test(head.reason) ? head.reason : '';
    return new Response(body, { status: head.status, statusText: reason, headers });
}

async function answer(request, url, how = {}) {
    const { method } = request;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    // Gathered, because servers of the WSGI kind read no body without its length.
    const body = how.body ?? (hasBody ? await request.arrayBuffer() : null);
    const message = {
        method: how.method ?? method,
        url: url.href,
        headers: how.headers ?? [...request.headers],
        referrer: how.referrer ?? (/^https?:/.test(request.referrer) ? request.referrer : ''),
        client: how.client ?? '',
        mode: request.mode,
        destination: request.destination,
        body,
    };
    for (let attempt = 0; ; attempt++) {
        let port;
        try {
            port = await route.ready();
            const head = await route.send(port, message, request.signal);
            // What may be repeated needs no word of that it came: it would be asked for again.
            if (!isRepeatable(message.method)) setTimeout(head.took, 0);
            return responseOf(head, message);
        } catch (error) {
            if (error.name === 'AbortError') return Response.error();
            if (error instanceof OwnerDied && port !== undefined && isRepeatable(message.method) && attempt < 3) continue;
            if (error instanceof OwnerDied && route.death !== null) {
                return failurePage('The program has ended', route.death);
            }
            return failurePage('The program gave no answer', error.message);
        }
    }
}

async function shell(event) {
    const { request } = event;
    if (request.method === 'POST') {
        stash.set(request.url, {
            method: 'POST', headers: [...request.headers], body: await request.arrayBuffer(), at: Date.now(),
            referrer: /^https?:/.test(request.referrer) ? request.referrer : '',
        });
    }
    const cache = await caches.open(shellCache);
    try {
        const response = await fetch(scope, { cache: 'no-cache', credentials: 'same-origin' });
        if (!response.ok) throw new Error(`the host says ${response.status}`);
        const page = new Response(response.body, { status: 200, headers: response.headers });
        event.waitUntil(cache.put(scope, page.clone()).catch(() => {}));
        return page;
    } catch (error) {
        return await cache.match(scope) ?? failurePage('The site could not be loaded', error.message, 504);
    }
}

function fetched(event) {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== self.location.origin) return;
    if (url.pathname.startsWith('/__frond/')) return;
    const inside = url.pathname.startsWith(scope);
    if (url.pathname === scope + shimName) {
        const shims = [installSocketShim, installEventSourceShim].map((install) => `(${install})(standIn);`).join('\n');
        event.respondWith(new Response(`(() => {\nconst standIn = ${standIn};\n${shims}\n})();`, {
            headers: { 'content-type': 'text/javascript', 'cache-control': 'no-cache' },
        }));
        return;
    }
    if (inside && isOwnFile(url.pathname.slice(scope.length))) return;
    if (request.mode === 'navigate' && request.destination === 'document') {
        event.respondWith(shell(event));
        return;
    }
    const stashed = request.mode === 'navigate' && request.method === 'GET' ? stash.get(request.url) : undefined;
    if (stashed) {
        stash.delete(request.url);
        if (Date.now() - stashed.at < stashAge) {
            event.respondWith(answer(request, url, { ...stashed, client: event.clientId }));
            return;
        }
    }
    event.respondWith(answer(request, url, { client: event.clientId }));
}

/** A page's WebSocket or EventSource: the worker gets the page's port, and the two go on without this one. */
async function connectPage(message, page) {
    try {
        (await route.ready()).postMessage(message, [page]);
    } catch {
        page.postMessage({ type: 'closed', code: 1006, reason: '', clean: false });
    }
}

function received(event) {
    const { data } = event;
    switch (data?.type) {
        case 'port': route.connect(event.ports[0], data.instance); break;
        case 'bye': if (data.instance === route.instance) route.lose(); break;
        case 'starting': route.death = null; break;
        case 'ended': route.end(data.text); break;
        case 'socket':
        case 'caller': event.waitUntil(connectPage(data, event.ports[0])); break;
        case 'claim': event.waitUntil(self.clients.claim()); break;
        // `ping` does nothing: an event is what keeps this worker alive while an answer streams.
        default: break;
    }
}

function listen() {
    self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
    self.addEventListener('message', received);
    self.addEventListener('fetch', fetched);
    return true;
}

/** Outside of a service worker (tests) there is nothing to listen to. */
export const listening = self.registration ? listen() : false;
