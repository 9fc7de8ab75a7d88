// Takes the snapshot that a site brings along (Templates/glue/snapshot.mjs), in Node:
//
//     node take-snapshot.mjs --glue FILE --wasm FILE --image FILE --cwd FOLDER [--env NAME=VALUE]… --modules a,b.c -- ARGS…
//
// The first part of the start runs in the virtual world of `frond verify`, on a terminal as in the page; what it left in memory
// is written to standard output, in the form that Templates/site/snapshots.mjs reads. Exit status 3: the first part did something
// that is not in memory, so there is nothing to begin from.

import fs from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { writeAll } from '../glue/write-all.mjs';
import { readCommandLine } from './command-line.mjs';
import { VirtualWorld } from './world.mjs';

const { options, env, args } = readCommandLine();

/** Calls of imports drive the clock, and whoever traces them sees them. */
const world = new VirtualWorld();
let initial = null;

function write({ memory, size, now }) {
    // Most of the module's own data is unchanged, and the visitor has it already.
    let differs = initial.length;
    while (differs > 0 && initial[differs - 1] === 0) differs--;
    for (let at = 0; at < differs; at++) memory[at] ^= initial[at];
    const header = Buffer.alloc(32);
    header.write('FRONDMEM', 'latin1');
    header.writeUInt32LE(1, 8);
    header.writeUInt32LE(differs, 12);
    header.writeDoubleLE(now, 16);
    header.writeUInt32LE(size, 24);
    process.exit(writeAll(1, header) === 0 && writeAll(1, memory) === 0 ? 0 : 1);
}

const { boot } = await import(pathToFileURL(options.glue).href);
const handle = boot({
    module: WebAssembly.compile(fs.readFileSync(options.wasm)),
    image: fs.readFileSync(options.image),
    args,
    env: Object.fromEntries(env),
    cwd: options.cwd,
    isatty: true,
    world,
    backend: 'jspi',
    instantiated(exports) { initial = new Uint8Array(exports.memory.buffer).slice(); },
    trace(line) { if (line.startsWith('call ')) world.count(); },
    stderr: (chunk) => { fs.writeSync(2, chunk); },
    // The program itself is not wanted.
    progress: (step) => { if (step === 'prepared') queueMicrotask(() => process.exit(3)); },
    snapshot: { modules: options.modules.split(','), keep: write },
});
handle.stdin.end();
process.exit(await handle.exit === 0 ? 3 : 1);
