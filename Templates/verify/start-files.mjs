// Which files of its image a program reads until it has started, and what it compiles of strings:
//
//     node start-files.mjs --glue FILE --wasm FILE --image FILE --cwd FOLDER [--env NAME=VALUE]… [--serves PORT]
//                          [--snapshot FILE] -- ARGS…
//
// It prints JSON: the paths in the order in which they are read first (`files`), and the contents of the file of compiled strings
// in base64 (`strings`, compiled_strings.c). The program runs in the virtual world of `frond verify`, with nothing on standard
// input, so the answer is always the same. A start is over when the program ends, when a server (`--serves`; port 0 is the lowest
// on which it listens) has answered one request, or after a number of events.
//
// How it sees them: the program gets an image of which only the index is there, and asks for each file of the rest.

import fs from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { newStrings } from '../glue/compiled-strings.mjs';
import { writeAll } from '../glue/write-all.mjs';
import { parseSnapshot } from '../site/snapshots.mjs';
import { readCommandLine } from './command-line.mjs';
import { play } from './play.mjs';

/** A start of which there is more to tell than this has turned into something else. */
const most = 1_000_000;

const { options, env, args } = readCommandLine();

const whole = fs.readFileSync(options.image);
const indexEnd = 16 + whole.readUInt32LE(12);
const index = JSON.parse(whole.toString('utf8', 16, indexEnd));
const data = whole.subarray((indexEnd + 7) & ~7);
const json = Buffer.from(JSON.stringify({ ...index, rest: 0 }));
const image = Buffer.alloc((16 + json.length + 7) & ~7);
whole.copy(image, 0, 0, 16);
image.writeUInt32LE(json.length, 12);
json.copy(image, 16);

const file = options.snapshot && fs.readFileSync(options.snapshot);
const restore = file ? parseSnapshot(file.buffer.slice(file.byteOffset, file.byteOffset + file.length)) : null;

const read = new Set();
const { boot } = await import(pathToFileURL(options.glue).href);
const check = { args, env, cwd: options.cwd };
if (options.serves !== undefined) {
    check.port = Number(options.serves) || undefined;
    check.requests = [btoa('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n')];
}
let handle;
await play((how) => handle = boot({
    ...how,
    late: {
        read(offset, size) {
            read.add(offset);
            return data.subarray(offset, offset + size);
        },
        arrival() {},
    },
    // The start of a server has two parts in the page, and what the first part compiles belongs to it.
    snapshot: { modules: options.serves === undefined ? [] : ['sys'], restore },
    strings: { keep: true },
}), check, {
    module: WebAssembly.compile(fs.readFileSync(options.wasm)),
    image,
    most,
    line() {},
});
// Files with equal contents share an offset.
const byOffset = Map.groupBy(index.files.filter(([, , size]) => size > 0), ([, offset]) => offset);
const files = [...read].flatMap((offset) => (byOffset.get(offset) ?? []).map(([path]) => path));
const strings = Buffer.from(newStrings(handle.kernel.machine.files)).toString('base64');
process.exit(writeAll(1, Buffer.from(JSON.stringify({ files, strings }))) === 0 ? 0 : 1);
