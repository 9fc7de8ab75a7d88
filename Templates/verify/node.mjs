// Plays a check in Node or Deno:  node.mjs JOB RESULT
//
// JOB is JSON: { glue, wasm, image, check, most } (see play.mjs); RESULT gets the trace line by line, then one line of JSON.

import fs from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { play } from './play.mjs';

const [jobFile, resultFile] = process.argv.slice(2);
const job = JSON.parse(fs.readFileSync(jobFile, 'utf8'));
const { boot } = await import(pathToFileURL(job.glue).href);
const result = fs.openSync(resultFile, 'w');
let lines = [];
let size = 0;
function flush() {
    if (lines.length > 0) fs.writeSync(result, `${lines.join('\n')}\n`);
    lines = [];
    size = 0;
}
// A program that never ends is stopped from outside; what it did until then must be there.
setInterval(flush, 200);
const outcome = await play(boot, job.check, {
    module: WebAssembly.compile(fs.readFileSync(job.wasm)),
    image: fs.readFileSync(job.image),
    most: job.most,
    line(text) {
        lines.push(text);
        size += text.length;
        if (size > 65536) flush();
    },
});
flush();
fs.writeSync(result, `${JSON.stringify(outcome)}\n`);
process.exit(0);
