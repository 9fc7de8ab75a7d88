// Python's side of the page: a worker that runs one program and passes its input and output on.
//
//     page ──prepare, start, input, end-input, interrupt, resize, rest, files──▶ worker ──output, step, tty, exit, failed, storage, files──▶ page

import { joinBytes } from './bytes.mjs';
import { RestOfFiles } from './rest.mjs';
import { parseSnapshot, SnapshotShelf } from './snapshots.mjs';

let handle = null;
/** The part of the files image that comes later, when there is one. */
let rest = null;
/** The files that outlive the program, while they are open; kept under [tool.frond] persist. */
let stored = null;

/** Where a snapshot of the program is kept, when its start has two parts; what is found there; and what it preloads. */
let snapshots = null;
let found = null;
let preload = [];

/** Takes messages for the server's bridge, which may be on its way still. */
let bridge = null;

function post(message, transfer) {
    self.postMessage(message, transfer);
}

// Each message costs the page some microseconds, so output is gathered when there is much of it: after 32 messages within
// 16 ms, the rest waits for 16 ms or 64 KiB, whichever comes first. Anything less is sent at once: a program that prints a
// line and then computes for a minute must show that line first.
const burst = 32;
const window = 16;
const enough = 65536;

/** The status of a program that ended in a trap or could not go on. */
const crashed = 134;

function makeOutput() {
    let gathered = [];
    let size = 0;
    let windowBegan = 0;
    let sent = 0;
    let timer = 0;

    function flush() {
        clearTimeout(timer);
        timer = 0;
        windowBegan = performance.now();
        sent = 0;
        for (const { stream, parts, length } of gathered) send(stream, joinBytes(parts, length));
        gathered = [];
        size = 0;
    }

    function send(stream, chunk) {
        // The glue hands over a copy; what shares its buffer with anything else must not be transferred.
        const whole = chunk.byteLength === chunk.buffer.byteLength;
        post({ type: 'output', stream, chunk }, whole ? [chunk.buffer] : []);
    }

    function write(stream, chunk) {
        const now = performance.now();
        const fresh = now - windowBegan >= window;
        if (fresh && size > 0) flush();
        else if (fresh) {
            windowBegan = now;
            sent = 0;
        }
        if (sent < burst && size === 0) {
            sent += 1;
            send(stream, chunk);
            return;
        }
        const last = gathered.at(-1);
        if (last?.stream === stream) {
            last.parts.push(chunk);
            last.length += chunk.byteLength;
        } else gathered.push({ stream, parts: [chunk], length: chunk.byteLength });
        size += chunk.byteLength;
        if (size >= enough) flush();
        else if (timer === 0) timer = setTimeout(flush, window);
    }

    return { write, flush };
}

async function start({
    glue, module, image, snapshot, rest: restAsset, way, command, environment, directory, size, storage, bridge: bridgeUrl, base, port,
}) {
    const { boot, openStore } = await import(glue);
    const output = makeOutput();
    if (restAsset) rest = new RestOfFiles(restAsset, way);
    if (storage) {
        const onFull = () => post({ type: 'storage', event: 'full' });
        const onLost = () => post({ type: 'storage', event: 'busy' });
        stored = await openStore({ name: storage.name, onFull, onLost });
        post({ type: 'storage', event: 'opened', durable: stored.durable });
    }
    const brought = snapshot ? parseSnapshot(snapshot) : null;
    if (brought !== null) snapshots.keep(brought);
    handle = boot({
        module,
        image,
        late: rest,
        args: command,
        env: environment,
        cwd: directory,
        isatty: true,
        size,
        storage: stored && { volume: stored.volume, paths: storage.paths },
        snapshot: snapshots && { modules: preload, restore: brought ?? found, keep: (taken) => snapshots.keep(taken) },
        stdout: (chunk) => output.write(1, chunk),
        stderr: (chunk) => output.write(2, chunk),
        progress: (step) => post({ type: 'step', step }),
    });
    const running = handle;
    if (bridgeUrl) {
        bridge = Promise.all([import(bridgeUrl), running.ready])
            .then(([{ startBridge }]) => startBridge(running.kernel, base, post, port));
        bridge.catch(() => {}); // a program that can't start says so itself
    }
    running.ready.then(() => {
        running.kernel?.tty?.onAttributes?.(({ echo }) => {
            output.flush();
            post({ type: 'tty', echo });
        });
    }, () => {});
    const status = await running.exit;
    output.flush();
    if (status === crashed) await snapshots?.forget();
    await stored?.close();
    post({ type: 'exit', status, stats: running.stats() });
}

/** What the page wants done with the stored files: export, import, delete. All but the first need them for themselves. */
async function files({ action, glue, storage, archive }) {
    const { deleteStore, exportFiles, importFiles, openStore } = await import(glue);
    if (action === 'delete') {
        await deleteStore(storage.name);
        return {};
    }
    if (action === 'export' && stored) return { blob: exportFiles(stored.volume) };
    const { volume, close } = await openStore({ name: storage.name, salvage: action === 'export' });
    try {
        if (action === 'export') return { blob: exportFiles(volume) };
        return { count: await importFiles(volume, archive, storage.paths) };
    } finally {
        await close();
    }
}

function receive(event) {
    const { data } = event;
    switch (data.type) {
        case 'prepare':
            // While the program's files arrive. What can't be loaded says so when it is needed.
            for (const module of data.modules) import(module).catch(() => {});
            if (data.snapshot) {
                ({ preload } = data.snapshot);
                snapshots = new SnapshotShelf(data.base, data.snapshot);
                found = snapshots.find();
            }
            break;
        case 'start':
            start(data).catch((error) => {
                const event = { StoreDamaged: 'damaged', StoreBusy: 'busy' }[error?.name];
                if (event) post({ type: 'storage', event, message: error.message });
                else post({ type: 'failed', message: String(error?.message ?? error) });
            });
            break;
        case 'files':
            files(data).then(
                (result) => post({ type: 'files', ...result }),
                (error) => post({ type: 'files', error: String(error?.message ?? error) }));
            break;
        case 'input':
            handle?.stdin.write(data.text);
            break;
        case 'end-input':
            // One empty read, as Ctrl-D gives on a terminal; later reads wait again.
            handle?.stdin.write('');
            break;
        case 'interrupt':
            handle?.interrupt();
            break;
        case 'resize':
            handle?.resize?.(data.columns, data.rows);
            break;
        case 'rest':
            rest?.fetch();
            snapshots?.write();
            break;
        case 'port':
        case 'page-cookies': {
            const { ports } = event;
            bridge?.then((take) => take(data, ports), () => {});
            break;
        }
        default:
            break;
    }
}

/** Listens; a statement of a module's top level has to be a declaration to be joined with others. */
export const listens = [
    self.addEventListener('message', receive),
    self.addEventListener('unhandledrejection', (event) => {
        post({ type: 'failed', message: `something went wrong in the glue: ${event.reason?.stack ?? event.reason}` });
    }),
];
