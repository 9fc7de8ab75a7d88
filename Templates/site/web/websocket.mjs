// The client's side of a WebSocket (RFC 6455) over a pair of byte streams.
//
//     handshake:  GET + Upgrade ──▶      ◀── 101 + Sec-WebSocket-Accept
//     frames:     fin, opcode, mask, length, payload; a message may come in several, control frames between them
//
// No extensions are offered, so a frame's reserved bits are zero or the server breaks the protocol. What it says is not
// trusted: messages have a limit, text has to be UTF-8, and whatever else is not allowed ends the connection with the code
// that the standard has for it.

import { joinBytes } from '../bytes.mjs';
import { HttpError, Reader, readHead, requestHead } from './http-client.mjs';

const webSocketMagic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const longestMessage = 64 << 20;
/** How long a server may take to answer a close, ms. */
const closePatience = 10_000;
const opText = 1;
const opBinary = 2;
const opClose = 8;
const opPing = 9;
const opPong = 10;

const base64Of = (bytes) => btoa(String.fromCharCode(...bytes));

/** A connection that the server's frames broke; `code` is what it is told. */
class FrameError extends Error {
    constructor(code, message) {
        super(message);
        this.code = code;
    }
}

/** What the server has to answer to a key. */
export async function acceptOf(key) {
    return base64Of(new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(key + webSocketMagic))));
}

/** One frame of a client, which masks what it sends. */
export function clientFrame(opcode, payload, mask = crypto.getRandomValues(new Uint8Array(4))) {
    const { length } = payload;
    const extra = length < 126 ? 0 : length < 65536 ? 2 : 8;
    const frame = new Uint8Array(6 + extra + length);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
    const view = new DataView(frame.buffer);
    if (extra === 2) view.setUint16(2, length);
    else if (extra === 8) view.setBigUint64(2, BigInt(length));
    frame.set(mask, 2 + extra);
    for (let at = 0, to = 6 + extra; at < length; at++, to++) frame[to] = payload[at] ^ mask[at & 3];
    return frame;
}

/** Whether a server may close with this code. */
function isCloseCode(code) {
    return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

export class WebSocketClient {
    #connection;
    #writer;
    #reader;
    #sentClose = false;
    #patience = 0;
    #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

    constructor(connection) {
        this.#connection = connection;
        this.#writer = connection.writable.getWriter();
        this.#reader = new Reader(connection.readable);
    }

    /**
     * Asks for the connection.
     * @returns {Promise<{ protocol: string, headers: [string, string][] }>}
     */
    async open({ target, headers, protocols }) {
        const key = base64Of(crypto.getRandomValues(new Uint8Array(16)));
        const asked = [...headers, ['connection', 'Upgrade'], ['upgrade', 'websocket'], ['sec-websocket-version', '13'],
            ['sec-websocket-key', key]];
        if (protocols.length > 0) asked.push(['sec-websocket-protocol', protocols.join(', ')]);
        this.#writer.write(requestHead('GET', target, asked)).catch(() => {});
        const answer = await readHead(this.#reader, true);
        const all = (name) => answer.headers.filter(([each]) => each === name).map(([, value]) => value).join(', ');
        if (answer.status !== 101) throw new HttpError(`the server answers ${answer.status}`);
        const protocol = all('sec-websocket-protocol');
        if (all('upgrade').toLowerCase() !== 'websocket' || !/(^|,)\s*upgrade\s*(,|$)/i.test(all('connection'))
            || all('sec-websocket-accept') !== await acceptOf(key) || all('sec-websocket-extensions') !== ''
            || (protocol !== '' && !protocols.includes(protocol))) {
            throw new HttpError('the server agreed to something else than was asked');
        }
        return { protocol, headers: answer.headers };
    }

    /** Sends a text or bytes; resolves when they are with the server's machine. */
    async send(data) {
        const isText = typeof data === 'string';
        const payload = isText ? new TextEncoder().encode(data) : new Uint8Array(data);
        if (!this.#sentClose) await this.#writer.write(clientFrame(isText ? opText : opBinary, payload));
        return payload.length;
    }

    /** Says that this side is done. */
    async close(code, reason) {
        if (this.#sentClose) return;
        this.#sentClose = true;
        const text = code === undefined ? new Uint8Array(0) : new TextEncoder().encode(reason);
        const payload = new Uint8Array(code === undefined ? 0 : 2 + text.length);
        if (code !== undefined) {
            new DataView(payload.buffer).setUint16(0, code);
            payload.set(text, 2);
        }
        this.#patience = setTimeout(() => this.abort(), closePatience);
        await this.#writer.write(clientFrame(opClose, payload)).catch(() => {});
    }

    abort() {
        this.#connection.abort();
    }

    /**
     * Reads until the end.
     * @param {(data: string | ArrayBuffer) => void} onMessage
     * @returns {Promise<{ code: number, reason: string, clean: boolean }>} how it ended, for `close` of the page
     */
    async run(onMessage) {
        try {
            return await this.#read(onMessage);
        } catch (error) {
            if (error instanceof FrameError) await this.close(error.code, '');
            return { code: 1006, reason: '', clean: false };
        } finally {
            clearTimeout(this.#patience);
            this.abort();
        }
    }

    async #read(onMessage) {
        let message = null;
        for (;;) {
            const frame = await this.#frame(longestMessage - (message?.size ?? 0));
            switch (frame.opcode) {
                case opClose: return this.#closing(frame.payload);
                case opPing:
                    if (!this.#sentClose) await this.#writer.write(clientFrame(opPong, frame.payload));
                    continue;
                case opPong: continue;
                case 0:
                    if (message === null) throw new FrameError(1002, 'a message goes on that has not begun');
                    break;
                case opText:
                case opBinary:
                    if (message !== null) throw new FrameError(1002, 'a message begins within another');
                    message = { opcode: frame.opcode, parts: [], size: 0 };
                    break;
                default: throw new FrameError(1002, 'a frame of an unknown kind');
            }
            message.parts.push(frame.payload);
            message.size += frame.payload.length;
            if (!frame.isLast) continue;
            onMessage(this.#content(message));
            message = null;
        }
    }

    #content({ opcode, parts, size }) {
        const whole = joinBytes(parts, size);
        return opcode === opText ? this.#text(whole) : whole.buffer;
    }

    #text(bytes) {
        try {
            return this.#decoder.decode(bytes);
        } catch {
            throw new FrameError(1007, 'a text is not UTF-8');
        }
    }

    async #closing(payload) {
        if (payload.length === 1) throw new FrameError(1002, 'half a code');
        const code = payload.length === 0 ? 1005 : (payload[0] << 8) | payload[1];
        if (payload.length > 0 && !isCloseCode(code)) throw new FrameError(1002, `the code ${code}`);
        const reason = this.#text(payload.subarray(2));
        await this.close(payload.length === 0 ? undefined : code, '');
        return { code, reason, clean: true };
    }

    async #frame(room) {
        const [first, second] = await this.#exactly(2);
        const opcode = first & 15;
        const isLast = (first & 0x80) !== 0;
        if ((first & 0x70) !== 0 || (second & 0x80) !== 0) throw new FrameError(1002, 'reserved bits, or a mask');
        let length = second & 127;
        if (opcode >= 8 && (length > 125 || !isLast)) throw new FrameError(1002, 'a long control frame');
        if (length >= 126) {
            const bytes = await this.#exactly(length === 126 ? 2 : 8);
            length = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
        }
        if (opcode < 8 && length > room) throw new FrameError(1009, 'the message is too long');
        return { opcode, isLast, payload: await this.#exactly(length) };
    }

    /** So many bytes, in memory that grows as they come. */
    async #exactly(count) {
        const parts = [];
        for (let left = count; left > 0;) {
            const bytes = await this.#reader.some(left);
            if (bytes === null) throw new HttpError('the connection ended');
            parts.push(bytes);
            left -= bytes.length;
        }
        // A copy: what comes from the reader is a view of more, and its whole buffer is handed on.
        return parts.length === 1 ? parts[0].slice() : joinBytes(parts, count);
    }
}
