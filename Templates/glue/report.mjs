// What is said when a program ends in a way that it did not choose.

/** As a process that SIGABRT ended: traps, abort(), the engine's stack overflow, deadlock. */
const statusOfAbort = 134;

/** As a shell says of something that can't be executed: the engine or the module does not fit. */
export const statusOfBootFailure = 126;

/** Frames shown of a wasm stack. */
const framesShown = 40;

/** The exit status for an outcome; see contexts.mjs. @param {any} outcome @returns {number} */
export function statusOf(outcome) {
    return outcome.kind === 'exit' || outcome.kind === 'terminated' ? outcome.status : statusOfAbort;
}

/**
 * The lines for stderr; "" when the program ended by itself.
 * @param {any} outcome @param {() => string} describe what the threads wait for
 */
export function explain(outcome, describe) {
    switch (outcome.kind) {
        case 'trap':
            return `frond: the program trapped: ${messageOf(outcome.error)}\n${wasmStack(outcome.error)}`;
        case 'abort':
            return `frond: the program aborted: ${messageOf(outcome.error)}\n${wasmStack(outcome.error)}`;
        case 'exception':
            return `frond: an exception left the program: ${messageOf(outcome.error)}\n${wasmStack(outcome.error)}`;
        case 'overflow':
            return `frond: the engine's stack overflowed: ${messageOf(outcome.error)}\n${wasmStack(outcome.error)}`;
        case 'deadlock': {
            const threads = describe().trimEnd();
            return 'frond: deadlock: every thread waits, and nothing is left that could wake one\n' +
                (threads === '' ? '' : threads.replace(/^/gm, '    ') + '\n');
        }
        default:
            return '';
    }
}

/** @param {any} error */
export function messageOf(error) {
    if (typeof error === 'string') return error;
    return error?.message || String(error);
}

/**
 * The wasm frames of an error, innermost first, in one form for all engines; JavaScript's own frames are left out.
 *
 *     V8:       at PyEval_EvalCode (wasm://wasm/0123abcd:wasm-function[77]:0x1a2b)
 *     Firefox:  PyEval_EvalCode@http://host/app.wasm:wasm-function[77]:0x1a2b
 *     both  →   at PyEval_EvalCode (function 77, offset 0x1a2b)
 *     Safari:   <?>.wasm-function[PyEval_EvalCode]@[wasm code]   →   at PyEval_EvalCode
 * @param {any} error @returns {string}
 */
export function wasmStack(error) {
    const lines = String(error?.stack ?? '').split('\n');
    const frames = [];
    for (const line of lines) {
        const safari = /\.wasm-function\[(.+)\]@\[wasm code\]/.exec(line);
        if (safari !== null) frames.push(`    at ${safari[1]}\n`);
        const place = /wasm-function\[(\d+)\]:(0x[0-9a-f]+)/.exec(line);
        if (place === null) continue;
        const name = /^\s*at (.+?) \(/.exec(line)?.[1] ?? /^([^@]*)@/.exec(line)?.[1] ?? '';
        const readable = name === '' || name.startsWith('wasm-function') ? '(unnamed)' : name.replace(/^[^ ]*\.wasm\./, '');
        frames.push(`    at ${readable} (function ${place[1]}, offset ${place[2]})\n`);
    }
    const rest = frames.length - framesShown;
    if (rest > 0) frames.splice(framesShown, rest, `    … ${rest} more\n`);
    return frames.join('');
}
