// Contexts: the stacks that a program runs on.
//
// The scheduler is in the program itself (C, linear memory): run queue, timers, who waits for what. What C can't do is
// leave a stack and go on with another one. That is here, behind one import:
//
//     frond.switch(me, next, wait_ms) → 0, or 1 when `me` was killed
//
// It parks context `me` and goes on with `next`, which starts if it never ran. `next = -1` says that no context is
// ready: the program is *idle* until an event, or until `wait_ms` are over (-1: no limit, 0: let the event loop take a
// turn). While idle, and only then, the host asks `frond_next()` whom to go on with.
//
//     main:    switch(0, 1, 0) ─────────────────parked────────────────▶ returns 0
//     worker:                  ▶ runs … switch(1, -1, 50) ──parked──
//     host:                                              idle, timer 50 ms, frond_next() = 0
//
// How a stack is left and entered is the *backend's* business; this file holds what they have in common: the idle state
// with its one timer, fairness towards the event loop, and how a program ends. Two backends fit the seam:
//
//     jspi.mjs    a context is one `WebAssembly.promising` call, parking is a promise      (every current engine)
//     wasmfx.mjs  a context is a continuation of core stack switching, no promise at all   (engines that validate it)
//
// A backend is made by a function (core) => { switch, bind(exports), go(id), kill(id), drop(), counts() } and calls back
// core.idle(waitMs), core.mustBreathe(), core.breathe(next), core.finished(id, next) and core.failed(error).

import { afterHostTasks } from './host-tasks.mjs';

/** What the main context returns after the first part of a start in two parts (start.c). */
const preparedStatus = 256;

/** How long contexts may switch among themselves before the event loop gets a turn, ms. */
const breathAfter = 12;

/**
 * @typedef {{ kind: 'exit', status: number } | { kind: 'trap' | 'overflow' | 'exception', error: unknown }
 *     | { kind: 'deadlock' } | { kind: 'abort', error: unknown } | { kind: 'terminated', status: number }} Outcome
 */

/**
 * @param {object} options
 * @param {(core: object) => object} options.backend
 * @param {import('./memory.mjs').Memory} options.memory
 * @param {WebAssembly.RuntimeError} options.stopper what `exit` throws
 * @param {() => number} options.now monotonic, ms
 * @param {(task: () => void, milliseconds: number) => unknown} options.startTimer
 * @param {(timer: unknown) => void} options.cancelTimer
 * @param {() => boolean} options.lookOutside every context waits: whoever plays the world outside may act now; true if so
 * @param {() => boolean} options.hasEvents the kernel has woken threads
 * @param {() => boolean} options.hasExternalSources something outside may still wake a thread
 * @param {() => void} options.onPrepared between the parts of a start in two parts (snapshot.mjs)
 * @param {(outcome: Outcome) => void} options.onEnd called once
 * @param {((event: string) => void) | null} options.trace
 */
export function createContexts({
    backend: makeBackend, memory, stopper, now, startTimer, cancelTimer, lookOutside, hasEvents, hasExternalSources,
    onPrepared, onEnd, trace,
}) {
    /** @type {any} */
    let exports = null;
    let depthAddress = 0;
    let eventsAddress = 0;
    let idle = false;
    let ended = false;
    let wakeQueued = false;
    let timer = null;
    let arming = 0; // counts the idle waits, so that a late task knows that it is late
    let lastBreath = now();
    // Of the real clock, whatever clock the program is shown: that one may count how often it is looked at.
    const startedAt = performance.now();
    let idleSince = 0;
    let idleTime = 0; // ms, without the wait that lasts
    let idles = 0;
    let breaths = 0;

    const core = {
        trace,

        /** Every context waits. @param {number} waitMs */
        idle(waitMs) {
            if (ended) return;
            idle = true;
            idleSince = performance.now();
            idles++;
            trace?.(`idle ${waitMs < 0 ? 'event' : 'timer'}`);
            arm(waitMs);
        },

        /** Whether the contexts have switched among themselves for so long that the event loop starves. */
        mustBreathe() {
            return now() - lastBreath >= breathAfter;
        },

        /** Goes on with `next`, but after the event loop had its turn. @param {number} next */
        breathe(next) {
            breaths++;
            afterHostTasks(() => {
                lastBreath = now();
                if (!ended) backend.go(next);
            });
        },

        /** Context `id` returned from its entry; the main context returns the exit status. */
        finished(id, next) {
            if (ended) return;
            trace?.(`finish ${id}`);
            if (id === 0 && next === preparedStatus) {
                onPrepared();
                backend.go(0);
            } else if (id === 0) end({ kind: 'exit', status: next & 255 });
            else if (next >= 0) backend.go(next);
            else core.idle(callPlain('frond_wait_ms'));
        },

        /** A context ended in an error that nothing in the program caught. */
        failed(error) {
            if (ended || error === stopper) return;
            end(outcomeOf(error));
        },
    };
    const backend = makeBackend(core);

    /** Calls an export that never suspends. -1 when the program ended in it. */
    function callPlain(name, argument) {
        const address = depthAddress >> 2;
        memory.i32[address]++;
        try {
            return exports[name](argument);
        } catch (error) {
            core.failed(error);
            return -1;
        } finally {
            if (!ended) memory.i32[address]--;
        }
    }

    function arm(waitMs) {
        const armed = ++arming;
        cancelTimer(timer);
        timer = null;
        const due = () => {
            if (armed !== arming) return;
            lastBreath = now();
            wake();
        };
        while (!ended && !hasEvents() && lookOutside()) { /* until it has nothing more to do */ }
        if (ended) return;
        if (waitMs === 0) afterHostTasks(due);
        else if (waitMs > 0) timer = startTimer(due, waitMs);
        if (hasEvents()) event();
        else if (waitMs < 0) queueMicrotask(() => armed === arming && findDeadlock());
    }

    /** Asks the program whom to go on with; nobody: waits on. */
    function wake() {
        if (!idle || ended) return;
        const next = callPlain('frond_next');
        if (ended) return;
        if (next < 0) {
            arm(callPlain('frond_wait_ms'));
            return;
        }
        idle = false;
        idleTime += performance.now() - idleSince;
        arming++;
        cancelTimer(timer);
        timer = null;
        trace?.(`wake ${next}`);
        backend.go(next);
    }

    /** The kernel, or a signal, has something for the program. */
    function event() {
        if (ended || exports === null) return;
        memory.i32[eventsAddress >> 2] = 1;
        if (!idle || wakeQueued) return;
        wakeQueued = true;
        // A microtask, because the kernel may be in the middle of something.
        queueMicrotask(() => {
            wakeQueued = false;
            wake();
        });
    }

    function findDeadlock() {
        if (!idle || ended || hasEvents() || hasExternalSources()) return;
        end({ kind: 'deadlock' });
    }

    /** @param {Outcome} outcome */
    function end(outcome) {
        if (ended) return;
        ended = true;
        idle = false;
        cancelTimer(timer);
        timer = null;
        trace?.(outcome.kind === 'exit' ? `exit ${outcome.status}` : `end ${outcome.kind}`);
        onEnd(outcome);
        // Not now: the caller may still be on one of the stacks.
        queueMicrotask(() => backend.drop());
    }

    return {
        imports: {
            switch: backend.switch,
            kill(id) {
                trace?.(`kill ${id}`);
                backend.kill(id);
            },
        },

        /** @param {any} instanceExports */
        bind(instanceExports) {
            exports = instanceExports;
            depthAddress = exports.frond_host_depth.value;
            eventsAddress = exports.frond_events_pending.value;
            backend.bind(exports);
        },

        /** Starts the main context. */
        start() {
            lastBreath = now();
            backend.go(0);
        },

        event,

        /** Marks a signal pending. @param {number} signal */
        raise(signal) {
            if (ended || exports === null) return;
            callPlain('frond_raise', signal);
            if (idle) event();
        },

        /** Ends the program from inside one of its calls. @param {Outcome} outcome @returns {never} */
        stop(outcome) {
            end(outcome);
            throw stopper;
        },

        /** Ends the program from outside. @param {Outcome} outcome */
        end,

        /** For reports: an export that only reads, also after the end. */
        inspect(name) {
            if (exports === null || typeof exports[name] !== 'function') return 0;
            try {
                memory.i32[depthAddress >> 2]++;
                return exports[name]();
            } catch {
                return 0; // a program that has just failed may fail again
            }
        },

        get ended() {
            return ended;
        },

        /** Milliseconds since the start during which not all contexts waited. */
        busy() {
            const until = performance.now();
            return until - startedAt - idleTime - (idle ? until - idleSince : 0);
        },

        stats() {
            return { ...backend.counts(), idles, breaths };
        },
    };
}

/**
 * What an uncaught error means. @param {unknown} error @returns {Outcome}
 */
function outcomeOf(error) {
    // V8 says RangeError, Firefox InternalError ("too much recursion").
    if (error instanceof RangeError && /call stack/i.test(error.message)) return { kind: 'overflow', error };
    if (error?.name === 'InternalError' && /recursion/i.test(error.message)) return { kind: 'overflow', error };
    if (error instanceof WebAssembly.Exception) return { kind: 'exception', error };
    return { kind: 'trap', error };
}
