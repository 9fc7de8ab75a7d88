// A small HTTP/1.1 client over a pair of byte streams.
//
//     request ──▶ "POST /notes HTTP/1.1\r\n…\r\n\r\n" + body ──▶ connection.writable
//     { status, headers, body } ◀── head, then a body by length, by chunks, or up to the end ◀── connection.readable
//
// A `Line` is a connection on which requests go one after another; connections.mjs says which are kept for another one.
// What the server says is not trusted: heads have limits, and an answer that is no HTTP, or shorter than it promised, is an
// `HttpError`.

/** An answer that breaks the protocol, or a connection that broke before the answer was whole. */
export class HttpError extends Error {
    constructor(message) {
        super(message);
        this.name = 'HttpError';
    }
}

const longestHead = 262144;
const longestChunkLine = 4096;
const writeSize = 65536;
const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const latin1 = new TextDecoder('latin1');
const utf8Encoder = new TextEncoder();

/** Reads lines and counted bytes from a stream, never more than is asked for at once. */
export class Reader {
    constructor(readable) {
        this.source = readable.getReader();
        this.buffer = new Uint8Array(0);
        this.ended = false;
    }

    /** Fetches more; false at the end. */
    async fill() {
        if (this.ended) return false;
        const { done, value } = await this.source.read();
        if (done) {
            this.ended = true;
            return false;
        }
        if (this.buffer.length === 0) this.buffer = value;
        else {
            const joined = new Uint8Array(this.buffer.length + value.length);
            joined.set(this.buffer);
            joined.set(value, this.buffer.length);
            this.buffer = joined;
        }
        return true;
    }

    take(count) {
        const bytes = this.buffer.subarray(0, count);
        this.buffer = this.buffer.subarray(count);
        return bytes;
    }

    /** One line without its end. */
    async line(limit) {
        let from = 0;
        for (;;) {
            const end = this.buffer.indexOf(10, from);
            if (end > limit || (end < 0 && this.buffer.length > limit)) throw new HttpError('a line of the answer is too long');
            if (end >= 0) {
                const bytes = this.take(end + 1);
                return latin1.decode(bytes.subarray(0, end > 0 && bytes[end - 1] === 13 ? end - 1 : end));
            }
            from = this.buffer.length;
            if (!await this.fill()) throw new HttpError('the connection ended before the answer did');
        }
    }

    /** Some bytes, at most `limit`; null at the end. */
    async some(limit) {
        if (this.buffer.length === 0 && !await this.fill()) return null;
        return this.take(Math.min(limit, this.buffer.length));
    }
}

/** The text of a request's head. Values that could break out of their line are refused. */
export function requestHead(method, target, headers) {
    let text = `${method} ${target} HTTP/1.1\r\n`;
    for (const [name, value] of headers) {
        if (!tokenPattern.test(name) || /[\r\n\0]/.test(value)) throw new HttpError(`the header ${name} can't be sent`);
        text += `${name}: ${value}\r\n`;
    }
    if (/[\s\0]/.test(target) || !tokenPattern.test(method)) throw new HttpError('the address can not be sent');
    return utf8Encoder.encode(`${text}\r\n`);
}

/** The head of an answer, which comes after those that are only interim. */
export async function readHead(reader, mayUpgrade = false) {
    for (;;) {
        const start = await reader.line(longestHead);
        const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/.exec(start);
        if (match === null) throw new HttpError('the server did not answer in HTTP');
        const headers = [];
        let room = longestHead;
        for (;;) {
            const line = await reader.line(longestHead);
            if (line === '') break;
            room -= line.length;
            if (room < 0) throw new HttpError('the head of the answer is too long');
            if (/^[ \t]/.test(line) && headers.length > 0) {
                headers.at(-1)[1] += ` ${line.trim()}`;
                continue;
            }
            const colon = line.indexOf(':');
            const name = line.slice(0, Math.max(0, colon));
            if (!tokenPattern.test(name)) throw new HttpError('the answer has a malformed header');
            headers.push([name.toLowerCase(), line.slice(colon + 1).trim()]);
        }
        const status = Number(match[2]);
        // 100 Continue, 103 Early Hints: the answer is still to come.
        if (status >= 200 || (status === 101 && mayUpgrade)) return { version: match[1], status, reason: match[3] ?? '', headers };
        if (status === 101) throw new HttpError('the server switched to another protocol, which nobody asked for');
    }
}

function framingOf(method, status, headers) {
    if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'length', left: 0 };
    const codings = headers.filter(([name]) => name === 'transfer-encoding')
        .flatMap(([, value]) => value.toLowerCase().split(',')).map((coding) => coding.trim());
    if (codings.length > 0) {
        if (codings.join() === 'chunked') return { kind: 'chunked', left: 0, first: true };
        throw new HttpError(`the answer is in the transfer coding ${codings.join()}`);
    }
    const lengths = new Set(headers.filter(([name]) => name === 'content-length')
        .flatMap(([, value]) => value.split(',')).map((value) => value.trim()));
    if (lengths.size === 0) return { kind: 'end' };
    const [length] = lengths;
    if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw new HttpError('the answer has a malformed length');
    return { kind: 'length', left: Number(length) };
}

/** The body of an answer: `read()` gives bytes, or null at its proper end. */
class Body {
    constructor(reader, framing) {
        this.reader = reader;
        this.framing = framing;
    }

    /** Whether all of it has been read, so that the next answer may follow on the same connection. */
    get whole() {
        const { kind, left, done } = this.framing;
        return kind === 'length' ? left === 0 : kind === 'chunked' && done === true;
    }

    async read(limit = 65536) {
        const { framing, reader } = this;
        if (framing.kind === 'end') return reader.some(limit);
        if (framing.left === 0) {
            if (framing.kind === 'length' || !await this.nextChunk()) return null;
        }
        const bytes = await reader.some(Math.min(limit, framing.left));
        if (bytes === null) throw new HttpError('the connection ended before the answer did');
        framing.left -= bytes.length;
        return bytes;
    }

    async nextChunk() {
        const { framing, reader } = this;
        if (framing.done) return false;
        if (!framing.first && await reader.line(longestChunkLine) !== '') throw new HttpError('a chunk has no end');
        framing.first = false;
        const [size] = (await reader.line(longestChunkLine)).split(';');
        if (!/^[0-9a-fA-F]{1,8}\s*$/.test(size)) throw new HttpError('a chunk has a malformed length');
        framing.left = Number.parseInt(size, 16);
        if (framing.left > 0) return true;
        framing.done = true;
        // Trailers mean nothing here.
        for (let room = longestHead; ;) {
            const line = await reader.line(longestChunkLine);
            room -= line.length + 1;
            if (line === '') return false;
            if (room < 0) throw new HttpError('the trailers are too long');
        }
    }
}

/** Whether a server that answered so waits for another request. */
function keepsOpen({ version, headers }, framing) {
    const said = headers.filter(([name]) => name === 'connection').map(([, value]) => value.toLowerCase()).join();
    return version === '1' && framing.kind !== 'end' && !said.split(',').some((option) => option.trim() === 'close');
}

/** A connection on which requests go one after another. */
export class Line {
    #writer;
    #reader;
    #body = null;
    #keeps = false;

    /** @param {{ readable: ReadableStream, writable: WritableStream, quiet?: boolean, abort(): void }} connection */
    constructor(connection) {
        this.connection = connection;
        this.#writer = connection.writable.getWriter();
        this.#reader = new Reader(connection.readable);
        /** Whether anything has come for the request that is under way. */
        this.answered = false;
    }

    /** Whether another request may be sent: the last answer was read to its end, and the server waits. */
    get free() {
        return this.#keeps && this.#body.whole && this.#reader.buffer.length === 0 && this.connection.quiet === true;
    }

    close() {
        this.connection.abort();
    }

    /**
     * Sends a request and waits for the head of the answer.
     * @param {{ method: string, target: string, headers: [string, string][], body: Uint8Array | null }} request
     * @param {boolean} keep whether the server is asked to wait for another request
     * @returns {Promise<{ status: number, reason: string, headers: [string, string][], body: Body }>}
     */
    async exchange({ method, target, headers, body }, keep) {
        this.answered = false;
        this.#keeps = false;
        const framed = keep ? [...headers] : [...headers, ['connection', 'close']];
        if (body !== null || !['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method)) {
            framed.push(['content-length', String(body?.length ?? 0)]);
        }
        // A server may answer without reading all of the body, and close: then its answer counts, not the broken pipe.
        send(this.#writer, requestHead(method, target, framed), body).catch(() => {});
        if (this.#reader.buffer.length === 0) await this.#reader.fill();
        this.answered = this.#reader.buffer.length > 0;
        const answer = await readHead(this.#reader);
        const framing = framingOf(method, answer.status, answer.headers);
        this.#keeps = keep && keepsOpen(answer, framing);
        this.#body = new Body(this.#reader, framing);
        return { ...answer, body: this.#body };
    }
}

async function send(writer, head, body) {
    if (body !== null && body.length > 0 && body.length <= 4096) {
        const joined = new Uint8Array(head.length + body.length);
        joined.set(head);
        joined.set(body, head.length);
        await writer.write(joined);
        return;
    }
    await writer.write(head);
    for (let at = 0; at < (body?.length ?? 0); at += writeSize) await writer.write(body.subarray(at, at + writeSize));
}
