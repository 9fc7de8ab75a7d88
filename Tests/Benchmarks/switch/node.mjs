// One engine's run: prints one line of JSON. Started by run.mjs.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { benchmark } from './switch.mjs';

const module = new WebAssembly.Module(readFileSync(new URL('../../GlueTests/programs/contexts.wasm', import.meta.url)));
console.log(JSON.stringify(await benchmark(module, { backend: process.argv[2], rounds: Number(process.argv[3] ?? 9) })));
