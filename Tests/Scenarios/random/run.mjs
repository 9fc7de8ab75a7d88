// Runs the random modules of this folder in the engine that runs this file. The expected lines came from V8; RandomModuleTests holds the
// reference runtime, and wasmkit where it can, against the same.
//
//     node Tests/Scenarios/random/run.mjs

import { readFileSync } from 'node:fs';
import { play } from './play.mjs';

const folder = new URL('.', import.meta.url);
const modules = JSON.parse(readFileSync(new URL('modules.json', folder), 'utf8'));
let failures = 0;
for (const [file, { exports, expected }] of Object.entries(modules)) {
    const actual = play(readFileSync(new URL(file, folder)), exports);
    if (actual.join('\n') === expected.join('\n')) continue;
    failures++;
    console.log(`${file}: expected\n    ${expected.join('\n    ')}\ngot\n    ${actual.join('\n    ')}`);
}
console.log(`${Object.keys(modules).length} modules, ${failures} differ`);
process.exitCode = failures === 0 ? 0 : 1;
