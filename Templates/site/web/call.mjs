// Requests as Python's worker has them from a service worker, which the browser may end at any moment.
//
//     service worker A ──request──▶ call ──▶ server        A ends: its lock is free
//     service worker B ──the same request──▶ …             the browser asks the next one
//
// What may be repeated (GET, HEAD) simply is: the first one's connection is closed. Anything else must reach the server once.
// So the answer of such a call waits, after its head, until the service worker says that it has `taken` it; while it has not,
// the call is there for the next service worker that asks for the same. What is the same: method, address, page and body. A
// page that really sends the same thing twice does so to one service worker, or after the answer to the first.
//
// Chromium does not ask again for a page of a frame: that frame would wait for ever. So the shell hears of it, and goes there
// once more; when the first was a form, its answer is what it gets.

/** Chunks that may be sent before the page has taken any. */
const firstCredits = 8;

/** How long an answer waits for the next service worker. */
const abandonedFor = 30_000;

/** How long a request may wait to hear that the service worker before has ended. */
const doubt = 1000;

/** Whether a server does the same when it is asked twice. */
export function isRepeatable(method) {
    return method === 'GET' || method === 'HEAD';
}

function isSame(one, other) {
    if (one.url !== other.url) return false;
    if (one.mode === 'navigate' && other.mode === 'navigate' && other.method === 'GET') return true;
    if (one.method !== other.method || one.client !== other.client) return false;
    const [a, b] = [one, other].map(({ body }) => new Uint8Array(body ?? 0));
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** A request, until its answer is with the page. */
export class Call {
    credits = firstCredits;
    aborted = false;
    /** The connection to the server, while there is one. */
    line = null;
    #head = null;
    #wake = null;
    #taken;

    constructor(message, caller) {
        this.message = message;
        this.caller = caller;
        this.id = message.id;
        this.#taken = isRepeatable(message.method);
    }

    post(message, transfer = []) {
        this.caller.port.postMessage({ ...message, id: this.id }, transfer);
    }

    /** Sends the head of the answer, and waits until the page has it. */
    async answer(head) {
        if (this.#taken) {
            this.post(head, head.body === null ? [] : [head.body.buffer]);
            return;
        }
        this.#head = head;
        this.post(head);
        await this.until(() => this.#taken);
    }

    /** Goes on with another service worker, which has asked for the same. */
    adopt(id, caller) {
        this.caller.calls.delete(this.id);
        this.caller = caller;
        this.id = id;
        caller.calls.set(id, this);
        if (this.#head !== null) this.post(this.#head);
    }

    get canBeAdopted() {
        return !this.#taken && !this.aborted;
    }

    taken() {
        this.#taken = true;
        this.#wake?.();
    }

    pull() {
        this.credits += 1;
        this.#wake?.();
    }

    abort() {
        this.aborted = true;
        this.line?.close();
        this.#wake?.();
    }

    /** Waits for a condition, or until nobody wants the answer any more. */
    async until(condition) {
        while (!condition() && !this.aborted) await new Promise((resolve) => { this.#wake = resolve; });
    }
}

/** A service worker, seen from here. */
export class Caller {
    /** @type {Map<number, Call>} */
    calls = new Map();
    isGone = false;

    constructor(port) {
        this.port = port;
        this.gone = new Promise((resolve) => { this.#leave = resolve; });
    }

    #leave;

    /**
     * It has ended. What is left of its calls is for the next one, for a while.
     * @returns {string[]} the pages that frames wait for
     */
    end() {
        this.isGone = true;
        const calls = [...this.calls.values()].filter(({ aborted }) => !aborted);
        const pages = calls.filter((call) => call.message.mode === 'navigate'
            && (call.canBeAdopted || isRepeatable(call.message.method))).map(({ message }) => message.url);
        for (const call of calls) if (!call.canBeAdopted) call.abort();
        setTimeout(() => { for (const call of this.calls.values()) call.abort(); }, abandonedFor);
        this.#leave();
        return pages;
    }
}

/**
 * The call of another service worker, which has ended, that is this request.
 * @param {Iterable<Caller>} callers
 * @param {object} message
 * @param {Caller} caller who asks now
 * @returns {Promise<Call | undefined>}
 */
export async function abandonedCall(callers, message, caller) {
    if (isRepeatable(message.method) && message.mode !== 'navigate') return undefined;
    const fits = (call) => call.canBeAdopted && isSame(call.message, message);
    for (const other of callers) {
        if (other === caller || ![...other.calls.values()].some(fits)) continue;
        if (!other.isGone) await Promise.race([other.gone, new Promise((resolve) => { setTimeout(resolve, doubt); })]);
        const call = [...other.calls.values()].find(fits);
        if (other.isGone && call) return call;
    }
    return undefined;
}
