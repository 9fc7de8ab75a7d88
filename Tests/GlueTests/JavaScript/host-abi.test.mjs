// Templates/host-abi.json and what implements it agree: nothing is missing, and nothing is there that the table has not.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Memory } from '../../../Templates/glue/memory.mjs';
import { createRuntime } from '../../../Templates/glue/runtime.mjs';
import { createKernel } from '../../../Templates/kernel/kernel.mjs';

const table = JSON.parse(readFileSync(new URL('../../../Templates/host-abi.json', import.meta.url), 'utf8')).imports;

/** Those that program.mjs makes itself: they need its contexts. */
const ofProgram = ['frond.switch', 'frond.kill', 'frond.cap', 'frond.pool', 'frond.set_function', 'frond.trace'];

function names(imports) {
    return Object.entries(imports).flatMap(([module, entries]) => Object.keys(entries).map((name) => `${module}.${name}`));
}

const kernel = createKernel({
    memory: new Memory(), image: null, args: ['python3'], env: {}, cwd: '/', stdout() {}, stderr() {},
    isatty: { stdin: false, stdout: false, stderr: false }, size: { columns: 80, rows: 24 },
    now: () => 0, date: () => 0, random() {}, onEvent() {}, exit() {}, allocate: () => 0, release() {}, raise() {},
    wantInput: null, spawn: null, startProgram: null, trace: null,
});
const runtime = createRuntime({ memory: new Memory(), abort() {} });

test('every row of the kernel is in the kernel', () => {
    const there = new Set(names(kernel.imports));
    const missing = table.filter((row) => row.by === 'kernel').map((row) => `${row.module}.${row.name}`);
    assert.deepEqual(missing.filter((name) => !there.has(name)), []);
});

test('every row of the glue is in the glue', () => {
    const there = new Set([...names(runtime), ...ofProgram]);
    const missing = table.filter((row) => row.by === 'glue').map((row) => `${row.module}.${row.name}`);
    assert.deepEqual(missing.filter((name) => !there.has(name)), []);
});

test('nothing is implemented that the table does not have', () => {
    const rows = new Set(table.map((row) => `${row.module}.${row.name}`));
    assert.deepEqual([...names(kernel.imports), ...names(runtime)].filter((name) => !rows.has(name)), []);
});

test('no implementation takes more parameters than its row has', () => {
    for (const row of table) {
        const call = kernel.imports[row.module]?.[row.name] ?? runtime[row.module]?.[row.name];
        if (typeof call !== 'function') continue;
        assert.ok(call.length <= row.params.length, `${row.module}.${row.name} takes ${call.length}`);
    }
});
