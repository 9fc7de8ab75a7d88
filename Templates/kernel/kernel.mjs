// The kernel: the machine that the guest believes it runs on. Everything behind the imports that are system calls.
//
//     createKernel(options) → { imports, stdin, network, tty, … }
//
// The glue instantiates the module with `imports`, and asks `takeEvent` for threads that became ready. The kernel never
// calls into wasm, but for memory (`options.allocate`), and never keeps a view of guest memory between calls.

import { fileCalls } from './calls-files.mjs';
import { networkCalls } from './calls-network.mjs';
import { processCalls } from './calls-process.mjs';
import { wasiCalls } from './calls-wasi.mjs';
import { connectFromHost, openFromHost } from './host-connection.mjs';
import { Machine } from './machine.mjs';
import { mappingCalls } from './mapping.mjs';
import { Process } from './process.mjs';
import { INTERPRETER, spawnCalls } from './spawn.mjs';
import { timeCalls } from './time-zone.mjs';

const kernelEncoderForInput = new TextEncoder();

/**
 * @param {object} options
 * @param {object} options.memory guest memory: `u8`, `i32`, `view` current after growth
 * @param {ArrayBuffer | Uint8Array | null} options.image the files image
 * @param {object | null} [options.late] the rest of an image in two parts (late.mjs)
 * @param {{volume: object, paths: string[]} | null} [options.storage] folders that outlive the program (volume.mjs)
 * @param {string[]} options.args
 * @param {Record<string, string>} options.env
 * @param {string} options.cwd
 * @param {(chunk: Uint8Array) => string | void} options.stdout gets a copy that it may keep; may answer 'EPIPE'…
 * @param {(chunk: Uint8Array) => string | void} options.stderr
 * @param {(() => void) | null} [options.wantInput] called when standard input is looked at and empty; often
 * @param {{stdin?: boolean, stdout?: boolean, stderr?: boolean}} options.isatty
 * @param {{columns: number, rows: number}} [options.size] of the terminal
 * @param {() => number} options.now monotonic milliseconds
 * @param {() => number} options.date milliseconds since 1970
 * @param {() => number} [options.busy] milliseconds that the program ran: what process_time counts; else all time does
 * @param {(bytes: Uint8Array) => void} options.random fills it
 * @param {() => void} options.onEvent called when a thread became ready and none was
 * @param {(status: number) => never} options.exit
 * @param {(bytes: number) => number} options.allocate guest malloc
 * @param {(pointer: number) => void} options.release guest free
 * @param {(signal: number) => void} options.raise a signal for the guest
 * @param {Function | null} [options.startProgram] runs the same module once more: (makeKernel, {args, env, cwd}) →
 *     {exit: Promise<number>, raise(signal), terminate(status)}
 */
export function createKernel(options) {
    const machine = new Machine(options);
    const process = new Process(machine, options, null);
    machine.makeExecutable(process, INTERPRETER);
    return kernelOf(process, options);
}

/** The kernel as one process sees it: `createKernel` for the first, `spawn` for the others. */
function kernelOf(process, options) {
    const { machine } = process;
    process.attach(options);
    const files = fileCalls(process);
    const wasi = wasiCalls(process, files.closeDescriptor);
    const network = networkCalls(process);
    const own = processCalls(process);
    const env = { ...files, ...network.env, ...own.env, ...mappingCalls(process), ...timeCalls(process) };
    for (const name of ['closeDescriptor', 'flock', 'sendfile']) {
        delete env[name];
    }
    const { terminal, input } = machine;
    const { changes } = machine;
    const interactive = Boolean(options.isatty?.stdin);

    return {
        imports: {
            env,
            wasi_snapshot_preview1: wasi,
            frond: {
                ...network.frond,
                ...own.frond,
                ...spawnCalls(process, kernelOf),
                fd_read: wasi.fd_read,
                fd_write: wasi.fd_write,
                flock: files.flock,
                sendfile: files.sendfile,
            },
        },

        /** What comes to the guest's standard input. */
        stdin: {
            /** Nothing ('') is Ctrl-D on a terminal: one read that returns 0. */
            write(chunk) {
                const bytes = typeof chunk === 'string' ? kernelEncoderForInput.encode(chunk) : chunk;
                if (interactive) {
                    terminal.receive(bytes);
                } else if (bytes.length > 0) {
                    input.push(bytes);
                }
            },

            end() {
                input.end();
            },
        },

        /** The line discipline: `echo = true` when the terminal outside only draws (no echo, no editing of its own). */
        tty: terminal,

        /** The guest's loopback network, from outside. */
        network: {
            connect: (port, how) => connectFromHost(machine, port, how),
            open: (port) => openFromHost(machine, port),
            onListen(callback) {
                machine.network.listenHooks.push(callback);
            },
            listeners() {
                return [...machine.network.listening].map(({ local }) => ({ port: local.port, address: local.host }));
            },
        },

        /** Has the program left nothing outside of its memory yet? See snapshot.mjs. */
        isPristine: () => process.isPristine(changes),

        takeEvent: () => process.events.take(),
        hasEvents: () => !process.events.empty,

        /** May something from outside still complete a watch that is registered now? */
        hasExternalSources() {
            const { network: net } = machine;
            return (!input.ended && input.waiters.list.length > 0)
                || machine.lateWaiters.list.length > 0
                || net.outside.size > 0
                || (net.listenHooks.length > 0 && net.listening.size > 0)
                || machine.processes.size > 1;
        },

        resize(columns, rows) {
            terminal.resize(columns, rows);
        },

        /** For tests and for later parts: the objects behind it all. */
        machine,
        process,
    };
}
