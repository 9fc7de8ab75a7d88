// Contexts over core stack switching ("wasmfx"), for engines that have it.
//
// Nothing here is a promise: contexts are continuations, `frond.switch` is a function of a small helper module
// (wasmfx.wat, whose bytes are below), and one wasm module calls the other without JavaScript between. The host runs the
// helper's `run(id)`, which comes back only when every context waits or the event loop is to get a turn.
//
// The bytes are wasmfx.wat as assembled by wasm-tools 1.239, with the opcode of `switch` moved from 0xe5 to 0xe6, where
// the proposal has it since `resume_throw_ref` was added (V8 15 follows the new numbering).

/** Switches until the helper comes back, so that JavaScript can look at the clock. At 60 ns each, that is every millisecond. */
const switchesPerRun = 16384;

const wasmfxModule = (
    'AGFzbQEAAAABQgpOAmACf2MBAX9dAGAAAX9gAX8Bf2ADf398An9jAWACf2MBAGABfwFjAWADf398AX9gAAJ/YwFgAAR/f3xjAWAAAAMIBwUA' +
    'BgcDAwoECAJwAAJjAQBADQUCAAQAAgYmBn8BQQALfwFBAAt8AUQAAAAAAAAAAAt/AUEAC38BQQALfwFBAAsHUAoHZW50cmllcwEABG5leHQD' +
    'AQR3YWl0AwIGYnVkZ2V0AwMEbGl2ZQMEB2NyZWF0ZWQDBQZzd2l0Y2gAAwNydW4ABARraWxsAAUEZHJvcAAGCQUBAwABAQq/AgcQACAAQQBO' +
    'BEAgACABJgELCxoAIAAgARAAIwAEfyMAQQERAwAFQQARAgALCzwBAWMBIAD8EAFPBEDQASAAQcAAavwPARoLIAAlASEBIAHRBEAjBEEBaiQE' +
    'IwVBAWokBdIB4AEhAQsgAQtCAgFjAQF/IwNBAWskAyABQQBIIwNBAEhyBAggACABIALiAAUgARACIQMgASQAIAAgA+YBAQshAyEEIAQgAxAA' +
    'QQALWwEBYwEDQCAAEAIhASAAJAACCUF/0AEgAeMBAgAAAAEBJAEjANABJgEjBEEBayQEIwBFBEBBAg8LIwFBAEgEQEEDDwsjASEADAELIQEk' +
    'AiQBIAEmAQsjAUEATgsoACAA/BABTwRAQQAPCyAAJQHRBEBBAA8LIADQASYBIwRBAWskBEEBCwwAQQDQAfwQAfwRAQs='
);

function wasmfxBytes() {
    return Uint8Array.from(atob(wasmfxModule), (character) => character.charCodeAt(0));
}

/** Whether this engine validates core stack switching. */
export function wasmfxWorks() {
    return WebAssembly.validate(wasmfxBytes());
}

/** The backend; see contexts.mjs for what it must offer. @param {any} core */
export function wasmfxBackend(core) {
    const helper = new WebAssembly.Instance(new WebAssembly.Module(wasmfxBytes())).exports;
    let refills = 0;
    let mostLive = 0;
    let killed = 0;

    function go(id) {
        for (;;) {
            if (helper.budget.value <= 0) {
                helper.budget.value = switchesPerRun;
                refills++;
            }
            let reason;
            try {
                reason = helper.run(id);
            } catch (error) {
                core.failed(error);
                return;
            }
            if (helper.live.value > mostLive) mostLive = helper.live.value;
            const next = helper.next.value;
            if (reason === 0) return core.idle(helper.wait.value);
            if (reason === 2) return core.finished(0, next);
            if (reason === 3) return core.finished(-1, -1);
            if (core.mustBreathe()) return core.breathe(next);
            id = next;
        }
    }

    return {
        switch: helper.switch,

        bind(exports) {
            helper.entries.set(0, exports.frond_start);
            helper.entries.set(1, exports.frond_context_entry);
        },

        go,

        kill(id) {
            killed += helper.kill(id);
        },

        drop() {
            helper.drop();
            helper.entries.set(0, null);
            helper.entries.set(1, null);
        },

        counts() {
            return {
                backend: 'wasmfx',
                live: helper.live.value,
                mostLive: Math.max(mostLive, helper.live.value),
                created: helper.created.value,
                killed,
                switches: refills * switchesPerRun - helper.budget.value,
            };
        },
    };
}
