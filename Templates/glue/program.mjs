// One running program: module, memory, contexts and kernel put together.
//
//     choose a backend ─┐
//     compile ──────────┼─▶ imports = kernel + runtime + contexts ─▶ instantiate ─▶ constructors ─▶ main context starts
//     files image ──────┘                                                              or snapshot
//
// `boot` returns at once; what happens later is told through the hooks and the handle.

import { Memory } from './memory.mjs';
import { makeStopper } from './trap.mjs';
import { afterHostTasks, cancelTimer, startTimer } from './host-tasks.mjs';
import { placeStrings } from './compiled-strings.mjs';
import { createContexts } from './contexts.mjs';
import { jspiBackend, jspiWorks } from './jspi.mjs';
import { wasmfxBackend, wasmfxWorks } from './wasmfx.mjs';
import { createRuntime } from './runtime.mjs';
import { isSnapshot, restoreSnapshot, takeSnapshot } from './snapshot.mjs';
import { explain, messageOf, statusOf, statusOfBootFailure } from './report.mjs';
import { setFunction } from './made-functions.mjs';
import { manifest } from './manifest.mjs';

/** Contexts alive at once. Browsers die at 15,000 to 16,300, and nothing catches that. */
const defaultCap = 8000;

/** Finished contexts kept for the next one. Firefox's collector scans every parked stack at every turn. */
const defaultPool = 64;
const defaultPoolFirefox = 4;

const neededExports = [
    'memory', '__wasm_call_ctors', 'frond_start', 'frond_context_entry', 'frond_next', 'frond_wait_ms', 'frond_raise',
    'frond_host_depth', 'frond_events_pending', 'malloc', 'free',
];

const noJSPI = 'this JavaScript engine has no WebAssembly stack switching (JSPI). It is in Chrome and Edge since 137, ' +
    'Firefox since 153, Safari since 27 and Deno since 2.9; Node 24 has it with --experimental-wasm-jspi';

/**
 * `boot` with the kernel as a parameter, so that tests can put another in its place.
 * @param {import('./glue.d.ts').BootOptions} options
 * @param {(options: any) => any} createKernel
 * @returns {import('./glue.d.ts').Handle}
 */
export function bootProgram(options, createKernel) {
    const began = performance.now();
    const marks = {};
    const memory = new Memory();
    const stopper = makeStopper();
    const encoder = new TextEncoder();
    const world = options.world ?? realWorld();
    let { now } = world;
    const lines = [];
    const trace = options.trace
        ? typeof options.trace === 'function' ? options.trace : (line) => lines.push(line)
        : null;
    // V8 keeps 10 frames of an error; Python's own are many more.
    if (!(Error.stackTraceLimit >= 60)) Error.stackTraceLimit = 60;

    let compiled = null;
    let kernel = null;
    let contexts = null;
    let exports = null;
    let outcome = null;
    let running = false;
    let finalSize = 0;
    let wrote = false;
    let earlyInput = [];
    let resolveExit;
    let resolveReady;
    let rejectReady;
    const exit = new Promise((resolve) => { resolveExit = resolve; });
    const ready = new Promise((resolve, reject) => { resolveReady = resolve; rejectReady = reject; });
    ready.catch(() => {}); // the same is said on stderr and by `exit`

    const mark = (step) => {
        marks[step] = performance.now() - began;
        options.progress?.(step);
    };
    const output = (fd, hook) => (chunk) => {
        wrote = true;
        trace?.(`output ${fd} ${JSON.stringify(new TextDecoder().decode(chunk))}`);
        return hook?.(chunk) || 0;
    };
    const stdout = output(1, options.stdout);
    const stderr = output(2, options.stderr);

    function ended(result) {
        outcome = result;
        const text = explain(result, () => memory.cString(contexts.inspect('frond_describe')));
        if (text !== '') {
            stderr(encoder.encode(text));
            // Python says where it was, on file descriptor 2.
            contexts.inspect('frond_dump_traceback');
        }
        marks.ended = performance.now() - began;
        resolveReady();
        resolveExit(statusOf(result));
        // Whoever keeps the handle is not to keep the memory. Killed contexts unwind first.
        afterHostTasks(() => {
            finalSize = memory.size;
            memory.detach();
            exports = null;
        });
    }

    function failed(error) {
        outcome = { kind: 'boot', error };
        stderr(encoder.encode(`frond: the program can't start: ${messageOf(error)}\n`));
        rejectReady(error);
        resolveExit(statusOfBootFailure);
    }

    async function start() {
        const compiling = compile(options.module);
        const image = Promise.resolve(options.image);
        const snapshot = keptSnapshot();
        // Whichever fails first is reported; the other must not be an unhandled rejection.
        compiling.catch(() => {});
        image.catch(() => {});
        const backend = await chooseBackend(options.backend, trace !== null);
        const [module, files, kept] = await Promise.all([compiling, image, snapshot]);
        if (outcome !== null) return; // terminated meanwhile
        compiled = module;
        mark('compiled');

        if (kept !== null) {
            const ahead = kept.now - world.now();
            now = () => world.now() + ahead;
        }
        contexts = createContexts({
            backend,
            memory,
            stopper,
            trace,
            now,
            startTimer: world.startTimer,
            cancelTimer: world.cancelTimer,
            lookOutside: () => world.idle?.() === true,
            hasEvents: () => kernel.hasEvents(),
            hasExternalSources: () => kernel.hasExternalSources(),
            onPrepared: keepSnapshot,
            onEnd: ended,
        });
        kernel = createKernel(kernelOptions(files));
        if (options.strings) placeStrings(kernel.machine.files, options.strings);
        const instance = await WebAssembly.instantiate(module, importsFor(module));
        if (contexts.ended) return;
        exports = instance.exports;
        const missing = neededExports.filter((name) => !(name in exports));
        if (missing.length > 0) throw new Error(`the module does not export ${missing.join(', ')}`);
        const found = WebAssembly.Module.imports(module).map((item) => `${item.module}.${item.name}`).join();
        if (manifest.imports !== null && manifest.imports.join() !== found) {
            throw new Error('this glue was generated for another module; use the two files of one build');
        }
        memory.attach(exports.memory);
        contexts.bind(exports);
        options.instantiated?.(exports);
        mark('instantiated');
        if (kept !== null) {
            restoreSnapshot(memory, kept);
            mark('restored');
        }
        // A snapshot may be one of a program that was traced.
        if (exports.frond_trace_enabled) memory.i32[exports.frond_trace_enabled.value >> 2] = trace === null ? 0 : 1;
        if (kept === null) {
            exports.__wasm_call_ctors();
            askForPreload();
        }
        running = true;
        for (const input of earlyInput) input();
        earlyInput = [];
        mark('started');
        resolveReady();
        contexts.start();
    }

    /** What an earlier start has kept, or null. */
    async function keptSnapshot() {
        try {
            const kept = await options.snapshot?.restore;
            return isSnapshot(kept) ? kept : null;
        } catch {
            return null; // the start takes longer
        }
    }

    /** Makes this a start in two parts. */
    function askForPreload() {
        const names = options.snapshot?.modules.join(',') ?? '';
        if (names === '' || !exports.frond_preload) return;
        const room = 3 * names.length + 1;
        const text = exports.malloc(room);
        if (text === 0) return;
        memory.writeString(text, names, room);
        memory.i32[exports.frond_preload.value >> 2] = text;
    }

    /** Between the parts of a first start. */
    function keepSnapshot() {
        mark('prepared');
        const alone = contexts.stats().created === 1;
        if (options.snapshot?.keep && alone && !wrote && kernel.isPristine()) {
            options.snapshot.keep(takeSnapshot(memory, now()));
        }
    }

    function kernelOptions(image) {
        const args = options.args ?? ['python3'];
        const cwd = options.cwd ?? '/home/user';
        const tty = terminals(options.isatty);
        const env = { HOME: '/home/user', PATH: '/usr/bin', PYTHONHOME: '/usr', PWD: cwd, LANG: 'C.UTF-8' };
        if (tty.stdout) env.TERM = 'xterm-256color';
        return {
            memory,
            image: image ?? null,
            late: options.late ?? null,
            args,
            env: options.exactEnv ? { ...options.env } : { ...env, ...options.env },
            cwd,
            stdout,
            stderr,
            isatty: tty,
            size: options.size ?? { columns: 80, rows: 24 },
            now,
            date: world.date,
            busy: options.world === undefined ? () => contexts.busy() : null,
            random: world.random,
            onEvent: () => contexts.event(),
            exit: (status) => contexts.stop({ kind: 'exit', status: status & 255 }),
            allocate: (size) => exports.malloc(size),
            release: (pointer) => exports.free(pointer),
            raise: (signal) => contexts.raise(signal),
            wantInput: options.wantInput ?? null,
            startProgram,
            storage: options.storage ?? null,
            trace: null,
        };
    }

    /**
     * Starts a child: the same module once more, with a memory of its own, on a kernel that shares this one's machine.
     * @param {(options: any) => any} makeKernel as `createKernel`, for a process that is prepared already
     * @param {{ args: string[], env: Record<string, string>, cwd: string }} how
     */
    function startProgram(makeKernel, { args, env, cwd }) {
        const child = bootProgram({
            ...options, module: compiled, image: null, storage: null, args, env, exactEnv: true, cwd, trace: undefined,
            progress: undefined, instantiated: undefined, snapshot: undefined, strings: undefined,
            world: world.forChild?.() ?? options.world,
        }, makeKernel);
        return { exit: child.exit, terminate: child.terminate, raise: child.raise };
    }

    /** The import object for exactly what the module asks for. */
    function importsFor(module) {
        const runtime = createRuntime({
            memory,
            abort: (reason) => contexts.stop({ kind: 'abort', error: new Error(reason) }),
        });
        const cap = options.contexts?.cap ?? capOf(options.env) ?? defaultCap;
        const pool = options.contexts?.pool ?? (isFirefox() ? defaultPoolFirefox : defaultPool);
        const own = {
            switch: contexts.imports.switch,
            kill: contexts.imports.kill,
            cap: () => cap,
            pool: () => pool,
            set_function: (slot, bytes, size) => setFunction(exports, slot, memory.u8.slice(bytes, bytes + size)),
            trace: (kind, a, b) => trace?.(`program ${kind} ${a} ${b}`),
            take_event: () => kernel.takeEvent(),
        };
        const sources = [{ frond: own }, kernel.imports, runtime];
        const imports = {};
        const missing = [];
        for (const { module: group, name, kind } of WebAssembly.Module.imports(module)) {
            const source = sources.find((candidate) => candidate[group] !== undefined && name in candidate[group]);
            if (source === undefined) {
                missing.push(`${group}.${name} (${kind})`);
                continue;
            }
            imports[group] ??= {};
            const value = source[group][name];
            const plain = kind === 'function' && !manifest.suspending.includes(`${group}.${name}`);
            imports[group][name] = trace !== null && plain ? traced(`${group}.${name}`, value) : value;
        }
        if (missing.length > 0) throw new Error(`the module imports what no host has: ${missing.join(', ')}`);
        return imports;
    }

    function traced(name, call) {
        return (...args) => {
            const result = call(...args);
            trace(`call ${name}(${args.join(', ')})${result === undefined ? '' : ` = ${result}`}`);
            return result;
        };
    }

    /** Input from before the kernel is there waits for it. */
    function withKernel(action) {
        if (outcome !== null) return;
        if (!running) earlyInput.push(action);
        else action();
    }

    start().catch((error) => {
        if (error === stopper || outcome !== null) return;
        failed(error);
    });

    return {
        exit,
        ready,
        stdin: {
            write(data) {
                withKernel(() => kernel.stdin.write(data));
            },
            end() {
                withKernel(() => kernel.stdin.end());
            },
        },
        get kernel() {
            return kernel;
        },
        resize(columns, rows) {
            withKernel(() => kernel.resize(columns, rows));
        },
        interrupt() {
            withKernel(() => contexts.raise(2));
        },
        raise(signal) {
            withKernel(() => contexts.raise(signal));
        },
        terminate(status = 137) {
            if (outcome !== null) return;
            if (contexts !== null) {
                contexts.end({ kind: 'terminated', status });
                return;
            }
            outcome = { kind: 'terminated', status };
            rejectReady(new Error('terminated before it started'));
            resolveExit(status);
        },
        trace() {
            return lines.slice();
        },
        stats() {
            return {
                ...(contexts === null ? {} : contexts.stats()),
                memory: memory.size || finalSize,
                milliseconds: { ...marks },
                outcome: outcome === null ? 'running' : outcome.kind,
            };
        },
    };
}

async function compile(source) {
    const module = await source;
    if (module instanceof WebAssembly.Module) return module;
    if (typeof Response === 'function' && module instanceof Response) {
        if (!module.ok) throw new Error(`the module could not be loaded: HTTP ${module.status} for ${module.url}`);
        if (/^application\/wasm\b/.test(module.headers.get('content-type') ?? '')) {
            return WebAssembly.compileStreaming(module);
        }
        return WebAssembly.compile(await module.arrayBuffer());
    }
    return WebAssembly.compile(module);
}

async function chooseBackend(wanted, tracing) {
    // Switches between continuations pass no JavaScript, so nobody could write them down.
    const first = wanted ?? (!tracing && wasmfxWorks() ? 'wasmfx' : 'jspi');
    if (first === 'wasmfx') {
        if (!wasmfxWorks()) throw new Error('this JavaScript engine has no core stack switching (wasmfx)');
        return wasmfxBackend;
    }
    if (!await jspiWorks()) throw new Error(noJSPI);
    return jspiBackend;
}

function terminals(isatty) {
    if (typeof isatty === 'object' && isatty !== null) {
        return { stdin: !!isatty.stdin, stdout: !!isatty.stdout, stderr: !!isatty.stderr };
    }
    return { stdin: !!isatty, stdout: !!isatty, stderr: !!isatty };
}

/**
 * Milliseconds since the epoch, finer than `Date.now()`. The monotonic clock stops while a laptop sleeps and knows nothing
 * of clocks that are set, so the two are compared at every reading.
 */
function wallClock() {
    let origin = performance.timeOrigin;
    return () => {
        const fine = origin + performance.now();
        const coarse = Date.now();
        if (Math.abs(fine - coarse) < 20) return fine;
        origin += coarse - fine;
        return coarse;
    };
}

/** A program's own choice of how many contexts may exist, for its children too: FROND_CONTEXTS in its environment. */
function capOf(env) {
    const number = Number(env?.FROND_CONTEXTS);
    return Number.isInteger(number) && number > 0 ? Math.min(number, defaultCap) : undefined;
}

/** Time and chance as the machine has them; whoever plays a program again gives others (`BootOptions.world`). */
function realWorld() {
    return { now: () => performance.now(), date: wallClock(), random: fillRandom, startTimer, cancelTimer };
}

function isFirefox() {
    return typeof navigator === 'object' && /\bFirefox\//.test(navigator?.userAgent ?? '');
}

function fillRandom(bytes) {
    // The Web Cryptography API takes 65,536 bytes at a time.
    for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
}
