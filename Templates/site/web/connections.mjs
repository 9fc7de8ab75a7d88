// Connections to the app's server. Making one costs Python more than a small answer does, so they are kept for the next
// request, where that is safe:
//
//                      first answer             another request is answered beside it
//     unknown ──────────────────────▶ a witness ──────────────────────────────────────▶ parallel: lines are kept
//                                        └──not within 100 ms, three times──▶ serial: a line a request
//
// A server that serves one connection at a time (`http.server.HTTPServer`) would wait on a kept line and answer nobody else,
// so the first kept line is only watched. A kept line is left after a short while, sooner than servers do it, and only takes
// requests that may be sent again if the server closes it at that very moment.

import { Line } from './http-client.mjs';

const mostKept = 8;
const keptFor = 1500;
const suspicion = 100;
const mostSuspicions = 3;

export class Connections {
    #network;
    #kept = [];
    #busy = 0;
    #parallel = false;
    #suspicions = 0;
    #timer = 0;

    /** @param {{ connect(port: number): Promise<object> }} network */
    constructor(network) {
        this.#network = network;
    }

    /**
     * Sends a request over a line, which is `release`d when the answer was read, or is of no use any more.
     * @param {number} port
     * @param {object} request as for `Line.exchange`
     * @param {(line: Line) => boolean} onLine gets each line that is tried, null when it is given up; false: the request is not wanted any more
     */
    async exchange(port, request, onLine) {
        if (this.#parallel && (request.method === 'GET' || request.method === 'HEAD')) {
            const line = this.#take(port);
            if (line !== null) {
                if (!onLine(line)) return null;
                try {
                    return await line.exchange(request, true);
                } catch (error) {
                    if (line.answered) throw error;
                    this.release(line);
                    onLine(null);
                }
            }
        }
        const line = new Line(await this.#network.connect(port));
        line.port = port;
        this.#busy += 1;
        if (!onLine(line)) return null;
        if (this.#parallel) return line.exchange(request, true);
        if (this.#suspicions >= mostSuspicions) return line.exchange(request, false);
        return this.#beside(this.#kept[0], line, request);
    }

    /** Takes a line back: kept when it can serve another request, else closed. */
    release(line) {
        this.#busy -= 1;
        const room = this.#parallel ? mostKept : this.#busy === 0 ? 1 : 0;
        if (!line.free || this.#kept.length >= room) {
            line.close();
            return;
        }
        line.since = performance.now();
        this.#kept.push(line);
        if (this.#timer === 0) this.#timer = setTimeout(() => this.#sweep(), keptFor);
    }

    /** An exchange beside a witness: when the server answers although the older line is open, it serves several at once. */
    async #beside(witness, line, request) {
        if (witness === undefined) return line.exchange(request, true);
        const timer = setTimeout(() => {
            this.#suspicions += 1;
            this.#leave(witness);
        }, suspicion);
        try {
            const answer = await line.exchange(request, true);
            if (witness.free) this.#parallel = true;
            return answer;
        } finally {
            clearTimeout(timer);
        }
    }

    #take(port) {
        for (let line; (line = this.#kept.pop());) {
            if (line.port === port && line.free) {
                this.#busy += 1;
                return line;
            }
            line.close();
        }
        return null;
    }

    #leave(line) {
        this.#kept = this.#kept.filter((other) => other !== line);
        line.close();
    }

    #sweep() {
        const old = performance.now() - keptFor + 50;
        for (const line of this.#kept.filter(({ since, free }) => since < old || !free)) this.#leave(line);
        this.#timer = this.#kept.length === 0 ? 0 : setTimeout(() => this.#sweep(), keptFor);
    }
}
