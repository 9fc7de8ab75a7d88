// WebSockets of the app's pages. Service workers never see them, so each of the app's pages gets, before its own scripts, a
// `WebSocket` of ours:
//
//     page ──hello + port──▶ service worker ──port──▶ bridge ──RFC 6455──▶ the app's server
//     page ◀═════════════ open, message, sent, closed ═════▶ bridge          (the port goes from one to the other)
//
// Addresses of other hosts get the browser's own. A page that goes away, however it does, lets go of the lock named after
// the socket; a program that ends lets go of its own (bridge.mjs). Workers of the app's pages have the browser's own class.

/**
 * Runs in the app's pages: the service worker sends the text of this function as a script, so it refers to nothing outside of
 * itself.
 *
 * @param {typeof import('./stand-in.mjs').standIn} standIn
 */
export function installSocketShim(standIn) {
    const { serviceWorker } = navigator;
    const failureCode = 1006;

    class Socket extends EventTarget {
        #port = null;
        #state = 0;
        #protocol = '';
        #buffered = 0;
        #letGo = () => {};
        #sending = Promise.resolve();
        binaryType = 'blob';

        constructor(url, protocols) {
            super();
            this.url = url.href;
            this.extensions = '';
            const { port1, port2 } = new MessageChannel();
            this.#port = port1;
            port1.onmessage = ({ data }) => this.#receive(data);
            const lock = `frond-socket:${crypto.randomUUID()}`;
            navigator.locks.request(lock, () => {
                serviceWorker.controller.postMessage({ type: 'socket', url: this.url, protocols, lock }, [port2]);
                return new Promise((resolve) => { this.#letGo = resolve; });
            });
        }

        get readyState() { return this.#state; }
        get protocol() { return this.#protocol; }
        get bufferedAmount() { return this.#buffered; }

        send(data) {
            if (this.#state === 0) {
                throw new DOMException('the connection is not open yet', 'InvalidStateError');
            }
            if (this.#state !== 1) return;
            if (data instanceof Blob) {
                this.#buffered += data.size;
                const bytes = data.arrayBuffer();
                this.#queue(async () => this.#port.postMessage({ type: 'send', data: await bytes }));
                return;
            }
            let content = data;
            if (data instanceof ArrayBuffer) content = data.slice(0);
            else if (ArrayBuffer.isView(data)) {
                content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
            } else content = String(data).toWellFormed?.() ?? String(data);
            this.#buffered += typeof content === 'string' ? new Blob([content]).size : content.byteLength;
            this.#queue(() => this.#port.postMessage({ type: 'send', data: content }));
        }

        close(code, reason = '') {
            if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
                throw new DOMException(`the code ${code} is neither 1000 nor from 3000 to 4999`, 'InvalidAccessError');
            }
            if (new Blob([reason]).size > 123) throw new DOMException('the reason is too long', 'SyntaxError');
            if (this.#state >= 2) return;
            this.#state = 2;
            this.#queue(() => this.#port.postMessage({ type: 'close', code, reason: String(reason) }));
        }

        /** What is sent keeps its order, though a Blob is read first. */
        #queue(action) {
            this.#sending = this.#sending.then(action, action);
        }

        #receive(message) {
            switch (message.type) {
                case 'program':
                    // Whoever gets the program's lock knows that the program is gone, and with it the connection.
                    navigator.locks.request(message.lock, { mode: 'shared' }, () => {
                        this.#closed({ code: failureCode, reason: '', clean: false });
                    });
                    break;
                case 'open':
                    if (this.#state !== 0) break;
                    this.#state = 1;
                    this.#protocol = message.protocol;
                    this.dispatchEvent(new Event('open'));
                    break;
                case 'message': {
                    if (this.#state !== 1) break;
                    let { data } = message;
                    if (typeof data !== 'string' && this.binaryType === 'blob') data = new Blob([data]);
                    this.dispatchEvent(new MessageEvent('message', { data, origin: new URL(this.url).origin }));
                    break;
                }
                case 'sent': this.#buffered -= message.size; break;
                case 'closed': this.#closed(message); break;
                default: break;
            }
        }

        #closed({ code, reason, clean }) {
            if (this.#state === 3) return;
            this.#state = 3;
            this.#letGo();
            this.#port.close();
            if (!clean) this.dispatchEvent(new Event('error'));
            this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean: clean }));
        }
    }

    /** Whether an address is one of this site. */
    const isOurs = (url) => url.host === location.host && (url.protocol === 'ws:' || location.protocol === 'https:');

    standIn('WebSocket', Socket, {
        states: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
        events: ['open', 'message', 'error', 'close'],
        make(address, protocols = []) {
            const url = new URL(address, document.baseURI);
            url.protocol = { 'http:': 'ws:', 'https:': 'wss:' }[url.protocol] ?? url.protocol;
            const list = [protocols].flat().map(String);
            const usable = !url.hash && list.every((name, at) => /^[\x21-\x7e]+$/.test(name) && list.indexOf(name) === at);
            return usable && isOurs(url) && serviceWorker?.controller ? new Socket(url, list) : null;
        },
    });
}
