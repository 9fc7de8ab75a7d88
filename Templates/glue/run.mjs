// The headless runner: a Frond program as a command, in Node or Deno.
//
//     node --experimental-wasm-jspi run.mjs --glue glue.mjs --wasm app.wasm --image files.img -- python3 main.py …
//     deno run -A run.mjs …
//
// A drop-in for `python3 main.py …`: standard input is read only when the program reads it, output is written before the
// call returns, ^C is KeyboardInterrupt, servers can be reached at the ports on which they listen, and the exit status is the
// program's. Statuses of its own: 2 for a wrong command
// line, 126 when the program can't start, 134 when it ended in a trap, an abort or a deadlock (see docs/glue.md).

import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tty from 'node:tty';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { openCodeCache } from './code-cache.mjs';
import { newStrings } from './compiled-strings.mjs';
import { openStringCache } from './string-cache.mjs';
import { writeAll } from './write-all.mjs';

const usage = 'usage: run.mjs --glue FILE --wasm FILE [--image FILE] [--env NAME=VALUE]… [--cwd FOLDER]\n' +
    '               [--code FILE] [--strings FILE] [--trace FILE] [--cap CONTEXTS] [--backend jspi|wasmfx] [--stats]\n' +
    '               [--persist FOLDER --persist-path PATH…] -- ARGV0 ARGUMENTS…\n';

function fail(status, message) {
    fs.writeSync(2, `frond: ${message}\n`);
    process.exit(status);
}

function parse(argv) {
    const found = { env: {}, args: ['python3'], paths: [] };
    const values = new Set([
        'glue', 'wasm', 'image', 'code', 'strings', 'cwd', 'trace', 'cap', 'backend', 'env', 'persist', 'persist-path',
    ]);
    for (let i = 0; i < argv.length; i++) {
        const word = argv[i];
        if (word === '--') {
            found.args = argv.slice(i + 1);
            break;
        }
        const name = word.startsWith('--') ? word.slice(2) : '';
        if (name === 'stats') {
            found.stats = true;
            continue;
        }
        if (!values.has(name)) fail(2, `unknown option ${word}\n${usage}`);
        const value = argv[++i];
        if (value === undefined) fail(2, `${word} needs a value\n${usage}`);
        if (name === 'env') {
            const equals = value.indexOf('=');
            if (equals < 1) fail(2, `--env wants NAME=VALUE, not ${value}`);
            found.env[value.slice(0, equals)] = value.slice(equals + 1);
        } else if (name === 'persist-path') {
            found.paths.push(value);
        } else {
            found[name] = value;
        }
    }
    for (const name of ['glue', 'wasm']) if (found[name] === undefined) fail(2, `--${name} is missing\n${usage}`);
    if (found.args.length === 0) fail(2, `a program name is missing after --\n${usage}`);
    return found;
}

function checkEngine() {
    if (typeof WebAssembly.Suspending === 'function') return;
    if (globalThis.Deno !== undefined) fail(126, `Deno ${globalThis.Deno.version.deno} has no JSPI; 2.9 and newer have`);
    const major = Number(process.versions.node?.split('.')[0] ?? 0);
    if (major >= 24) fail(126, `start Node ${process.versions.node} with --experimental-wasm-jspi`);
    fail(126, `Node 24 or newer is needed (with --experimental-wasm-jspi); this is ${process.versions.node}`);
}

function read(path, what) {
    try {
        return fs.readFileSync(path);
    } catch (error) {
        return fail(126, `can't read the ${what}: ${error.message}`);
    }
}

/**
 * The files image, of which only what the program reads is read: its index now, each file when it is wanted.
 * @returns {{index: Uint8Array, late: import('./glue.d.ts').LateFiles}}
 */
function openImage(path) {
    const begin = new Uint8Array(16);
    let fd;
    let index;
    const fill = (bytes, at) => {
        for (let done = 0; done < bytes.length;) {
            const count = fs.readSync(fd, bytes, done, bytes.length - done, at + done);
            if (count === 0) throw new Error(`${path} ends too soon`);
            done += count;
        }
        return bytes;
    };
    try {
        fd = fs.openSync(path);
        fill(begin, 0);
        // What is no image is told by whoever parses the index.
        const length = Math.min(new DataView(begin.buffer).getUint32(12, true), fs.fstatSync(fd).size - begin.length);
        index = fill(new Uint8Array(begin.length + length), 0);
    } catch (error) {
        return fail(126, `can't read the files image: ${error.message}`);
    }
    const data = (index.length + 7) & ~7;
    // Not zeroed first: all of it is filled, or nobody gets it.
    const room = (size) => new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    return { index, late: { read: (offset, size) => fill(room(size), data + offset), arrival() {} } };
}

/** A file with the interface of FileSystemSyncAccessHandle. */
function fileHandle(path) {
    const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    return {
        getSize: () => fs.fstatSync(fd).size,
        read: (target, { at }) => fs.readSync(fd, target, 0, target.length, at),
        write: (source, { at }) => fs.writeSync(fd, source, 0, source.length, at),
        truncate: (size) => fs.ftruncateSync(fd, size),
        flush: () => fs.fdatasyncSync(fd),
        close: () => fs.closeSync(fd),
    };
}

/** The stored files in a folder of this machine; `owner` keeps two programs from using them at once. */
function openFolder(folder, openVolume) {
    const owner = `${folder}/owner`;
    try {
        fs.mkdirSync(folder, { recursive: true });
        const other = fs.existsSync(owner) ? Number(fs.readFileSync(owner, 'utf8')) : 0;
        if (other > 0 && other !== process.pid && fs.existsSync(`/proc/${other}`)) {
            fail(126, `${folder} is used by process ${other}; one program at a time can keep its files there`);
        }
        fs.writeFileSync(owner, String(process.pid));
        process.once('exit', () => fs.rmSync(owner, { force: true }));
        const [blocks, ...journals] = ['blocks', 'journal-0', 'journal-1'].map((name) => fileHandle(`${folder}/${name}`));
        const defer = (action, milliseconds) => setTimeout(action, milliseconds).unref();
        return openVolume({ blocks, journals }, { defer });
    } catch (error) {
        return fail(126, `the files of ${folder} can't be used: ${error.message}`);
    }
}

/**
 * Standard input, read in pieces and only when it is wanted: what the program does not read is left to whoever shares it.
 */
function inputPump(write, end) {
    let started = false;
    const pump = {
        /** Read on, whether it is wanted or not. */
        flows: false,
        want() {
            if (started) {
                process.stdin.resume();
                return;
            }
            started = true;
            process.stdin.on('data', (chunk) => {
                if (!pump.flows) process.stdin.pause();
                write(chunk);
            });
            process.stdin.on('end', end);
            process.stdin.on('error', end); // closed from the start, or a folder
        },
    };
    return pump;
}

/**
 * The real terminal edits and echoes lines as long as the program wants lines and echo. When it wants something else
 * (getpass, the interactive prompt, curses), the real one is made raw and the kernel's own line discipline takes over;
 * then ^C is a byte like others, so input has to be read even while nobody waits for it.
 */
function followTerminal(terminal, pump) {
    let raw = false;
    terminal.onAttributes(({ echo, canonical }) => {
        if (raw === !(echo && canonical)) return;
        raw = !raw;
        terminal.echo = raw;
        pump.flows = raw;
        process.stdin.setRawMode(raw);
        if (raw) pump.want();
    });
}

/**
 * A server in the program listens in the kernel's own network. Each of its ports is opened on this machine too, at the same
 * address and number, and connections are handed through.
 */
function shareListeners(network) {
    const servers = new Map();
    const open = ({ port, address }) => {
        if (!(port > 0) || servers.has(port)) return; // a Unix socket has no port
        const server = net.createServer({ allowHalfOpen: true }, (socket) => handThrough(network, port, socket));
        server.on('error', (error) => {
            fs.writeSync(2, `frond: port ${port} can't be opened on this machine (${error.message}): ` +
                'the program itself can reach it, others can\'t\n');
        });
        server.listen(port, address);
        servers.set(port, server);
    };
    network.listeners().forEach(open);
    network.onListen((listener) => {
        if (listener.listening) {
            open(listener);
        } else {
            servers.get(listener.port)?.close();
            servers.delete(listener.port);
        }
    });
}

async function handThrough(network, port, socket) {
    socket.on('error', () => {}); // the streams tell it, too
    let connection;
    try {
        connection = await network.connect(port);
        const outside = Duplex.toWeb(socket);
        await Promise.all([
            outside.readable.pipeTo(connection.writable),
            connection.readable.pipeTo(outside.writable),
        ]);
    } catch {
        connection?.abort();
        socket.destroy();
    }
}

/** What others send, and the program may handle; the numbers are Linux's, outside and inside. */
const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 };

/** Ends this process by the signal that has ended the program, so that whoever waits for it sees what python would show. */
function endBy(signal) {
    const name = Object.keys(signals).find((each) => signals[each] === signal);
    if (name === undefined) return;
    process.removeAllListeners(name);
    process.kill(process.pid, name);
}

async function main() {
    const options = parse(process.argv.slice(2));
    checkEngine();
    const wasm = read(options.wasm, 'module');
    const code = options.code === undefined ? null : openCodeCache(options.code, options.wasm, wasm);
    const compiling = code?.module ? Promise.resolve(code.module) : WebAssembly.compile(wasm);
    compiling.catch(() => {});
    const image = options.image === undefined ? null : openImage(options.image);
    const strings = options.strings === undefined ? null : openStringCache(options.strings);
    let boot;
    let openVolume;
    try {
        ({ boot, openVolume } = await import(pathToFileURL(options.glue).href));
    } catch (error) {
        fail(126, `can't load the glue: ${error.message}`);
    }
    const isatty = { stdin: tty.isatty(0), stdout: tty.isatty(1), stderr: tty.isatty(2) };
    const env = isatty.stdout && process.env.TERM ? { TERM: process.env.TERM, ...options.env } : options.env;
    const trace = options.trace === undefined ? undefined : fs.openSync(options.trace, 'w');
    const size = { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
    const volume = options.persist === undefined ? null : openFolder(options.persist, openVolume);
    let handle;
    let exports = null;
    const pump = inputPump((chunk) => handle.stdin.write(chunk), () => handle.stdin.end());
    handle = boot({
        module: compiling,
        image: image?.index,
        late: image?.late,
        args: options.args,
        env,
        cwd: options.cwd ?? '/app',
        isatty,
        size,
        storage: volume && { volume, paths: options.paths },
        stdout: (chunk) => writeAll(1, chunk),
        stderr: (chunk) => writeAll(2, chunk),
        wantInput: pump.want,
        contexts: options.cap === undefined ? undefined : { cap: Number(options.cap) },
        backend: options.backend,
        strings: strings === null ? undefined : { known: strings.known, keep: true },
        instantiated: (found) => { exports = found; },
        trace: trace === undefined ? undefined : (line) => fs.writeSync(trace, `${line}\n`),
    });
    handle.ready.then(() => {
        if (isatty.stdin) followTerminal(handle.kernel.tty, pump);
        shareListeners(handle.kernel.network);
    }, () => {});
    for (const [name, number] of Object.entries(signals)) process.on(name, () => handle.raise(number));
    if (isatty.stdout) {
        process.on('SIGWINCH', () => {
            // Node updates the size on the same signal, after its own handlers.
            setImmediate(() => handle.resize(process.stdout.columns ?? 80, process.stdout.rows ?? 24));
        });
    }
    // A program that waits for nothing that Node knows of (a timer that the kernel holds, say) must not end here.
    const alive = setInterval(() => {}, 0x7fffffff);
    const status = await handle.exit;
    clearInterval(alive);
    volume?.close();
    if (exports !== null) code?.keep(await compiling, exports.frond_next);
    if (handle.kernel) strings?.keep(newStrings(handle.kernel.machine.files));
    if (options.stats) fs.writeSync(2, `${JSON.stringify(handle.stats())}\n`);
    endBy(handle.kernel?.process.deadlySignal);
    process.exit(status);
}

await main();
