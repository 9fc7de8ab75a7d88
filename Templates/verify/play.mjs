// Plays one check of `frond verify` in the engine that runs this file, and gives back its trace.
//
// A check is a command line with standard input, or a command line that serves and requests that are sent to it. Requests are
// sent one after the other, each when all contexts of the program wait, exactly as the reference runtime sends them.

import { VirtualWorld } from './world.mjs';

/**
 * @param {(options: object) => object} boot the glue's
 * @param {{ args: string[], env: [string, string][], cwd: string, stdin?: string, port?: number,
 *     requests?: string[] }} check stdin and requests in base64
 * @param {{ module: unknown, image: unknown, most: number, line: (text: string) => void }} host `most` events are written
 *     down; with one more, the check is given up
 * @returns {Promise<{ status: number, responses: string[], failure?: string }>} the bytes of each response, in base64
 */
export async function play(boot, check, { module, image, most, line }) {
    const world = new VirtualWorld();
    const visitor = check.requests === undefined ? null : new Visitor(check, () => handle);
    if (visitor !== null) world.idle = () => visitor.act();
    let count = 0;
    let giveUp = () => {};
    const givenUp = new Promise((resolve) => {
        giveUp = resolve;
    });
    const handle = boot({
        module, image, args: check.args, env: Object.fromEntries(check.env), cwd: check.cwd, world, backend: 'jspi',
        trace(text) {
            if (text.startsWith('call ')) world.count();
            if (++count <= most) line(text);
            else giveUp({ status: -1, responses: [], failure: `it did not end within ${most} events` });
        },
        contexts: { pool: 64 },
    });
    if (check.stdin !== undefined) handle.stdin.write(bytesOf(check.stdin));
    handle.stdin.end();
    const ended = handle.exit.then((status) => ({ status, responses: visitor?.responses ?? [] }));
    return Promise.race([ended, givenUp]);
}

/** Sends requests to the program, one at a time. */
class Visitor {
    constructor({ requests, port }, handle) {
        this.requests = requests.map(bytesOf);
        this.port = port;
        this.handle = handle;
        this.responses = [];
        this.connection = null;
        this.received = [];
        this.unsent = new Uint8Array(0);
    }

    /** All contexts wait: does what can be done now. @returns {boolean} whether that was anything */
    act() {
        const { network } = this.handle().kernel;
        if (this.connection === null) {
            if (this.responses.length === this.requests.length) {
                this.handle().terminate(0);
                return true;
            }
            const ports = network.listeners().map(({ port }) => port).filter((port) => port > 0).sort((a, b) => a - b);
            const port = this.port ?? ports[0];
            if (!ports.includes(port)) return false;
            this.connection = network.open(port);
            if (this.connection === null) return false;
            this.unsent = this.requests[this.responses.length];
        }
        let acted = false;
        if (this.unsent.length > 0) {
            const count = this.connection.send(this.unsent);
            this.unsent = this.unsent.subarray(count);
            acted = count > 0;
        }
        const bytes = this.connection.receive();
        if (bytes.length > 0) {
            this.received.push(bytes);
            acted = true;
        } else if (this.connection.ended) {
            this.connection.close();
            this.connection = null;
            this.responses.push(base64Of(this.received));
            this.received = [];
            acted = true;
        }
        return acted;
    }
}

function bytesOf(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function base64Of(chunks) {
    let text = '';
    for (const chunk of chunks) for (const byte of chunk) text += String.fromCharCode(byte);
    return btoa(text);
}
