// Machine code from one run to the next (Templates/glue/code-cache.mjs).

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import zlib from 'node:zlib';
import { openCodeCache } from '../../../Templates/glue/code-cache.mjs';

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const adder = Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 3, 2, 1, 0, 7, 7, 1, 3, 0x61, 0x64, 0x64, 0, 0,
    0x0a, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b,
]);
const tried = /^13\.6\./.test(process.versions.v8);

function inFolder(body) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-code-'));
    try {
        const place = path.join(folder, 'app.wasm');
        fs.writeFileSync(place, adder);
        return body(place, `${place}.code`);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** One run: what the cache had, after its code was kept. */
function run(place, file) {
    const cache = openCodeCache(file, place, fs.readFileSync(place));
    const module = cache.module ?? new WebAssembly.Module(adder);
    const { add } = new WebAssembly.Instance(module).exports;
    assert.equal(add(40, 2), 42);
    cache.keep(module, add);
    return cache.module;
}

test('the second run begins with the code of the first', { skip: !tried }, () => inFolder((place, file) => {
    assert.equal(run(place, file), null);
    assert.ok(fs.existsSync(file));
    assert.ok(run(place, file) instanceof WebAssembly.Module);
    assert.deepEqual(fs.readdirSync(path.dirname(place)).sort(), ['app.wasm', 'app.wasm.code']);
}));

test('code that is damaged, cut off, or of another module is not used, and made anew', { skip: !tried }, () => {
    const harms = {
        damaged: (file) => {
            const bytes = fs.readFileSync(file);
            bytes[bytes.length - 1] ^= 1;
            fs.writeFileSync(file, bytes);
        },
        'cut off': (file) => fs.truncateSync(file, 30),
        'only a header': (file) => fs.truncateSync(file, 24),
        empty: (file) => fs.truncateSync(file, 0),
        'of a module that has changed since': (_file, place) => fs.utimesSync(place, 1, 1),
        'of a longer module': (_file, place) => {
            const { mtimeMs } = fs.statSync(place);
            fs.appendFileSync(place, Uint8Array.from([0, 2, 1, 0x78]));
            fs.utimesSync(place, mtimeMs / 1000, mtimeMs / 1000);
        },
    };
    for (const [name, harm] of Object.entries(harms)) {
        inFolder((place, file) => {
            run(place, file);
            harm(file, place);
            assert.equal(run(place, file), null, name);
            assert.ok(run(place, file) instanceof WebAssembly.Module, name);
        });
    }
});

test('code of another engine is not used', { skip: !tried }, () => inFolder((place, file) => {
    run(place, file);
    const bytes = fs.readFileSync(file);
    // V8's own header begins behind ours: a magic number, then hashes of its version and flags.
    bytes.fill(0x5a, 28, 40);
    bytes.writeUInt32LE(zlib.crc32(bytes.subarray(24)), 12);
    fs.writeFileSync(file, bytes);
    assert.equal(run(place, file), null);
}));

test('code is kept after V8 has forgotten functions that were not used for a while', { skip: !tried }, () => inFolder((place, file) => {
    v8.setFlagsFromString('--expose-gc');
    v8.setFlagsFromString('--stress-flush-code');
    const collect = vm.runInNewContext('gc');
    try {
        for (const expected of [null, WebAssembly.Module]) {
            const cache = openCodeCache(file, place, fs.readFileSync(place));
            if (expected === null) assert.equal(cache.module, null);
            else assert.ok(cache.module instanceof expected);
            const module = cache.module ?? new WebAssembly.Module(adder);
            for (let time = 0; time < 10; time++) collect();
            cache.keep(module, new WebAssembly.Instance(module).exports.add);
            assert.ok(fs.existsSync(file));
        }
    } finally {
        v8.setFlagsFromString('--no-stress-flush-code');
    }
}));

test('a cache that can not be written is none', { skip: !tried }, () => inFolder((place) => {
    const file = path.join(path.dirname(place), 'no/such/folder/code');
    assert.equal(run(place, file), null);
    assert.equal(run(place, file), null);
}));
