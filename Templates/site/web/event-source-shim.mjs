// Server-sent events of the app's pages. A browser may stop its service worker while an answer streams through it; Chromium's
// EventSource then gives up for good. So the app's pages get an `EventSource` of ours:
//
//     page ──port──▶ service worker ──port──▶ bridge ──HTTP/1.1──▶ the app's server
//     page ◀═══════════ head, chunk, end, error ══════════▶ bridge          (the port goes from one to the other)
//
// The page speaks to the bridge as a service worker does (call.mjs), so a service worker that ends does not matter. Addresses of
// other hosts get the browser's own class, and so do workers of the app's pages.

/**
 * Runs in the app's pages: the service worker sends the text of this function as a script, so it refers to nothing outside of
 * itself.
 *
 * @param {typeof import('./stand-in.mjs').standIn} standIn
 */
export function installEventSourceShim(standIn) {
    const { serviceWorker } = navigator;
    const mostRedirects = 20;

    /** Takes bytes of an event stream, and gives events. */
    class Parser {
        #decoder = new TextDecoder();
        #text = '';
        #data = '';
        #type = '';
        lastId = '';
        #nextId = '';
        #isStart = true;

        constructor(lastId, onEvent, onRetry) {
            this.lastId = lastId;
            this.#nextId = lastId;
            this.onEvent = onEvent;
            this.onRetry = onRetry;
        }

        take(bytes) {
            this.#text += this.#decoder.decode(bytes, { stream: true });
            if (this.#isStart && this.#text !== '') {
                this.#isStart = false;
                this.#text = this.#text.replace(/^\ufeff/, '');
            }
            for (;;) {
                const end = /\r\n|\n|\r/.exec(this.#text);
                // A CR at the end may be half of a CR LF.
                if (end === null || (end[0] === '\r' && end.index === this.#text.length - 1)) return;
                const line = this.#text.slice(0, end.index);
                this.#text = this.#text.slice(end.index + end[0].length);
                this.#line(line);
            }
        }

        #line(line) {
            if (line === '') {
                this.lastId = this.#nextId;
                if (this.#data !== '') {
                    this.onEvent(this.#type || 'message', this.#data.slice(0, -1), this.lastId);
                }
                this.#data = '';
                this.#type = '';
                return;
            }
            const colon = line.indexOf(':');
            const name = colon < 0 ? line : line.slice(0, colon);
            const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
            if (name === 'data') this.#data += `${value}\n`;
            else if (name === 'event') this.#type = value;
            else if (name === 'id' && !value.includes('\0')) this.#nextId = value;
            else if (name === 'retry' && /^\d+$/.test(value)) this.onRetry(Number(value));
        }
    }

    class Source extends EventTarget {
        #state = 0;
        #port = null;
        #parser = null;
        #letGo = () => {};
        #retry = 3000;
        #lastId = '';

        constructor(url, withCredentials) {
            super();
            this.url = url.href;
            this.withCredentials = withCredentials;
            this.#connect(this.url, 0);
        }

        get readyState() { return this.#state; }

        close() {
            this.#state = 2;
            this.#disconnect();
        }

        #connect(address, redirects) {
            if (this.#state === 2) return;
            const { port1, port2 } = new MessageChannel();
            this.#port = port1;
            const parser = new Parser(this.#lastId, (type, data, lastEventId) => {
                this.#lastId = lastEventId;
                const event = new MessageEvent(type, { data, lastEventId, origin: new URL(address).origin });
                if (this.#state === 1) this.dispatchEvent(event);
            }, (milliseconds) => { this.#retry = milliseconds; });
            this.#parser = parser;
            port1.onmessage = ({ data }) => {
                if (this.#port === port1) this.#receive(data, address, redirects);
            };
            const headers = [['accept', 'text/event-stream'], ['cache-control', 'no-cache']];
            if (this.#lastId !== '') headers.push(['last-event-id', this.#lastId]);
            const lock = `frond-events:${crypto.randomUUID()}`;
            navigator.locks.request(lock, () => {
                if (this.#port !== port1) return undefined;
                port1.postMessage({ type: 'hello', lock });
                port1.postMessage({
                    type: 'request', id: 1, method: 'GET', url: address, headers, referrer: location.href, mode: 'cors',
                    destination: '', client: '', body: null,
                });
                serviceWorker.controller.postMessage({ type: 'caller' }, [port2]);
                return new Promise((resolve) => { this.#letGo = resolve; });
            });
        }

        #disconnect() {
            this.#port?.postMessage({ type: 'abort', id: 1 });
            this.#port?.close();
            this.#port = null;
            this.#letGo();
            this.#letGo = () => {};
        }

        #receive(message, address, redirects) {
            switch (message.type) {
                case 'program': {
                    // Whoever gets the program's lock knows that the program is gone, and with it the connection.
                    const port = this.#port;
                    navigator.locks.request(message.lock, { mode: 'shared' }, () => {
                        if (this.#port === port) this.#broken();
                    });
                    break;
                }
                case 'head': this.#begin(message, address, redirects); break;
                case 'chunk':
                    this.#port.postMessage({ type: 'pull', id: 1 });
                    this.#parser.take(message.bytes);
                    break;
                default: this.#broken(); break;
            }
        }

        #begin({ status, headers, body, end }, address, redirects) {
            const header = (wanted) => headers.find(([name]) => name === wanted)?.[1] ?? '';
            if ([301, 302, 303, 307, 308].includes(status)) {
                const next = new URL(header('location'), address);
                this.#disconnect();
                if (next.origin !== location.origin || redirects >= mostRedirects) this.#fail();
                else this.#connect(next.href, redirects + 1);
                return;
            }
            if (status !== 200 || !/^text\/event-stream\s*(;|$)/i.test(header('content-type'))) {
                this.#fail();
                return;
            }
            this.#state = 1;
            this.dispatchEvent(new Event('open'));
            if (end) {
                if (this.#state === 1) this.#parser.take(body);
                if (this.#state === 1) this.#broken();
            }
        }

        /** The connection is gone; another one is made after a while. */
        #broken() {
            this.#disconnect();
            if (this.#state === 2) return;
            this.#state = 0;
            this.dispatchEvent(new Event('error'));
            setTimeout(() => this.#connect(this.url, 0), this.#retry);
        }

        #fail() {
            this.#disconnect();
            if (this.#state === 2) return;
            this.#state = 2;
            this.dispatchEvent(new Event('error'));
        }
    }

    standIn('EventSource', Source, {
        states: { CONNECTING: 0, OPEN: 1, CLOSED: 2 },
        events: ['open', 'message', 'error'],
        make(address, options) {
            const url = URL.parse(address, document.baseURI);
            const isOurs = url?.origin === location.origin && serviceWorker?.controller;
            return isOurs ? new Source(url, Boolean(options?.withCredentials)) : null;
        },
    });
}
