// Makes random modules with `wasm-tools smith`, each from its seed, and writes down what V8 does with them, as modules.json has it.
//
//     node --experimental-wasm-type-reflection Tests/Scenarios/random/generate.mjs FOLDER [--count N] [--seed S] [--all]
//
// Without --all, only with features that wasmkit has, too, so that three engines can be compared. Another folder than this one is played by
// `FROND_RANDOM_MODULES=FOLDER swift test --filter RandomModuleTests`. wasm-tools is $WASM_TOOLS, or that on PATH; one that needs
// another system's libraries can be given with its loader: WASM_TOOLS="ROOT/lib64/ld-linux-x86-64.so.2 --library-path … wasm-tools".

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { play } from './play.mjs';

const { values: options, positionals: [folder] } = parseArgs({
    allowPositionals: true,
    options: {
        count: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' }, all: { type: 'boolean', default: false },
    },
});
if (folder === undefined) throw new Error('where to? give a folder');
const tool = (process.env.WASM_TOOLS ?? 'wasm-tools').split(' ');

const common = [
    '--ensure-termination', '--canonicalize-nans', 'true', '--max-imports', '0', '--export-everything', 'true', '--min-funcs', '2',
    '--allow-start-export', 'false', '--max-memory32-bytes', '1048576', '--max-table-elements', '1000', '--gc-enabled', 'false',
    '--memory64-enabled', 'false', '--threads-enabled', 'false', '--shared-everything-threads-enabled', 'false',
    '--custom-page-sizes-enabled', 'false', '--wide-arithmetic-enabled', 'false',
];
const core = ['exceptions', 'simd', 'relaxed-simd', 'tail-call', 'extended-const']
    .flatMap((name) => [`--${name}-enabled`, 'false']).concat(['--max-memories', '1', '--max-tags', '0']);

/** Bytes from a seed (xorshift). */
function bytesOf(seed, length) {
    let state = (seed * 2654435769 + 1) >>> 0 || 1;
    return Uint8Array.from({ length }, () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) & 255;
    });
}

function smith(seed) {
    const made = spawnSync(tool[0], [...tool.slice(1), 'smith', ...common, ...(options.all ? [] : core)], { input: bytesOf(seed, 4000) });
    if (made.error) throw made.error;
    if (made.status !== 0) throw new Error(`wasm-tools: ${made.stderr}`);
    return made.stdout;
}

/** JavaScript has no values of these types. */
const isHidden = (type) => type === 'v128' || type === 'exnref';

/** What there is to look at, as modules.json has it. */
function exportsOf(module) {
    return WebAssembly.Module.exports(module).flatMap(({ name, kind, type }) => {
        if (kind === 'function' && !type.results.some(isHidden)) {
            return [{ name, kind: 'func', type: { params: type.parameters.length, results: type.results } }];
        }
        if (kind === 'global' && !isHidden(type.value)) return [{ name, kind, type: type.value }];
        return kind === 'memory' ? [{ name, kind }] : [];
    });
}

mkdirSync(folder, { recursive: true });
const list = join(folder, 'modules.json');
const modules = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : {};
const first = Number(options.seed);
let kept = 0;
for (let seed = first; seed < first + Number(options.count); seed++) {
    const bytes = smith(seed);
    let exports;
    try {
        exports = exportsOf(new WebAssembly.Module(bytes));
    } catch (error) {
        console.log(`${seed}: V8 does not take it: ${error.message}`);
        continue;
    }
    // A call of a module that calls nothing says nothing.
    if (!exports.some(({ kind, type }) => kind === 'func' && type.params === 0)) continue;
    const expected = play(bytes, exports);
    const file = `${options.all ? 'all' : 'core'}-${String(seed).padStart(4, '0')}.wasm`;
    writeFileSync(join(folder, file), bytes);
    modules[file] = { exports, expected };
    kept++;
}
const lines = Object.entries(modules).map(([file, { exports, expected }]) =>
    ` ${JSON.stringify(file)}: {"exports": ${JSON.stringify(exports)},\n  "expected": ${JSON.stringify(expected)}}`);
writeFileSync(list, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${kept} modules kept, ${Object.keys(modules).length} in ${list}`);
