// Contexts over JS Promise Integration.
//
// A context is one call of a `WebAssembly.promising` export: it runs on a stack of its own. `frond.switch` is the one
// `WebAssembly.Suspending` import: it returns a promise, and the engine parks the stack on it.
//
//     switch(me, next):   wake[me] = the resolver of a new promise
//                         next parked before?  wake[next](0)            its stack runs in the next microtask
//                         never started?       entry(next)              its stack runs now, inside this call
//                         return the promise                            `me` is parked when this returns
//
// What makes it fast (measured on four engines): the promise's executor is written in line, so that V8 never allocates
// its closure; the resolver is called directly, no microtask of our own between; no list, no scheduler, no `await`.
//
// A suspended stack that nothing can reach is never collected by V8. So a context that will not run again is *killed*: its switch
// returns 1, the program traps at once, the promise rejects, and that rejection is swallowed here.

/** Switches between two looks at the clock. At 100 ns each, that is every 50 µs; in Firefox, every millisecond. */
const switchesPerLook = 512;

/** A context that starts inside a switch nests native frames (Firefox takes 544 of them, V8 about 1500). */
const deepestStart = 64;

/** Whether this engine has JS Promise Integration, and it works (a call that suspends once is made). */
export async function jspiWorks() {
    if (typeof WebAssembly.Suspending !== 'function' || typeof WebAssembly.promising !== 'function') return false;
    // (module (import "" "s" (func (result i32))) (func (export "f") (result i32) (call 0)))
    const probe = [
        0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 2, 6, 1, 0, 1, 115, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 1,
        10, 6, 1, 4, 0, 16, 0, 11,
    ];
    try {
        const imports = { '': { s: new WebAssembly.Suspending(() => Promise.resolve(42)) } };
        const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(probe)), imports);
        return (await WebAssembly.promising(instance.exports.f)()) === 42;
    } catch {
        return false;
    }
}

/** The backend; see contexts.mjs for what it must offer. @param {any} core */
export function jspiBackend(core) {
    /** @type {(((killed: number) => void) | undefined)[]} the resolver of a parked context; undefined: no stack yet */
    const resolvers = [];
    /** @type {({ killed: boolean } | undefined)[]} one object per stack: ids are used again at once after a kill */
    const lives = [];
    let enterMain;
    let enterContext;
    let nesting = 0;
    let countdown = switchesPerLook;
    let looks = 0;
    let live = 0;
    let mostLive = 0;
    let created = 0;
    let killed = 0;

    function start(id) {
        const life = { killed: false };
        lives[id] = life;
        created++;
        if (++live > mostLive) mostLive = live;
        core.trace?.(`create ${id}`);
        // The resolver of the life before, if any, is not ours.
        resolvers[id] = undefined;
        let run;
        try {
            run = id === 0 ? enterMain() : enterContext(id);
        } catch (error) {
            // The engine has no room for one more stack. It must not be thrown into the program that asked for it.
            core.failed(error);
            return;
        }
        run.then((next) => {
            live--;
            lives[id] = undefined;
            resolvers[id] = undefined;
            core.finished(id, next);
        }, (error) => {
            live--;
            if (life.killed) return;
            lives[id] = undefined;
            core.failed(error);
        });
    }

    function startInside(id) {
        if (nesting < deepestStart) {
            nesting++;
            try {
                start(id);
            } finally {
                nesting--;
            }
        } else {
            queueMicrotask(() => start(id));
        }
    }

    function park(me, next, waitMs) {
        if (next < 0 || --countdown < 0) return parkSlowly(me, next, waitMs);
        const resume = resolvers[next];
        const parked = new Promise((resolve) => {
            resolvers[me] = resolve;
        });
        if (resume !== undefined) resume(0);
        else startInside(next);
        return parked;
    }

    function parkSlowly(me, next, waitMs) {
        if (countdown < 0) {
            countdown = switchesPerLook;
            looks++;
        }
        if (next >= 0 && !core.mustBreathe()) return park(me, next, waitMs);
        const parked = new Promise((resolve) => {
            resolvers[me] = resolve;
        });
        if (next < 0) core.idle(waitMs);
        else core.breathe(next);
        return parked;
    }

    function parkTraced(me, next, waitMs) {
        if (next >= 0) core.trace(`switch ${me} ${next}`);
        return park(me, next, waitMs);
    }

    function kill(id) {
        const life = lives[id];
        if (life === undefined) return; // never started: there is no stack
        const resume = resolvers[id];
        life.killed = true;
        lives[id] = undefined;
        resolvers[id] = undefined;
        killed++;
        resume?.(1);
    }

    return {
        switch: new WebAssembly.Suspending(core.trace ? parkTraced : park),

        bind(exports) {
            enterMain = WebAssembly.promising(exports.frond_start);
            enterContext = WebAssembly.promising(exports.frond_context_entry);
        },

        /** Goes on with a context from the host, where no wasm frame is below. */
        go(id) {
            const resume = resolvers[id];
            if (resume !== undefined) resume(0);
            else start(id);
        },

        kill,

        /** Lets go of every stack. */
        drop() {
            for (let id = 0; id < lives.length; id++) if (lives[id] !== undefined) kill(id);
        },

        counts() {
            const switches = looks * (switchesPerLook + 1) + (switchesPerLook - countdown);
            return { backend: 'jspi', live, mostLive, created, killed, switches };
        },
    };
}
