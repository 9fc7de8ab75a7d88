// What is said of failures, in the forms that the engines give them.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { explain, messageOf, statusOf, wasmStack } from '../../../Templates/glue/report.mjs';

test('wasm frames look the same from every engine, and JavaScript is left out', () => {
    const v8 = 'RuntimeError: unreachable\n    at PyRun (wasm://wasm/0123abcd:wasm-function[77]:0x1a2b)\n' +
        '    at wasm://wasm/0123abcd:wasm-function[5]:0x10\n    at go (file:///glue.mjs:1:2)';
    assert.equal(wasmStack({ stack: v8 }),
        '    at PyRun (function 77, offset 0x1a2b)\n    at (unnamed) (function 5, offset 0x10)\n');
    const firefox = 'PyRun@http://host/app.wasm:wasm-function[77]:0x1a2b\ngo@http://host/glue.mjs:1:2\n';
    assert.equal(wasmStack({ stack: firefox }), '    at PyRun (function 77, offset 0x1a2b)\n');
    assert.equal(wasmStack({ stack: '<?>.wasm-function[PyRun]@[wasm code]\ngo@http://host/glue.mjs' }), '    at PyRun\n');
    assert.equal(wasmStack(null), '');
});

test('C++ names keep their parentheses', () => {
    const stack = '    at greenlet::G::switch(int) (wasm://wasm/0123abcd:wasm-function[7]:0x1)';
    assert.equal(wasmStack({ stack }), '    at greenlet::G::switch(int) (function 7, offset 0x1)\n');
});

test('long stacks are cut', () => {
    const stack = Array.from({ length: 60 }, (_, i) => `    at f (wasm://wasm/1:wasm-function[${i}]:0x1)`).join('\n');
    const lines = wasmStack({ stack }).trimEnd().split('\n');
    assert.equal(lines.length, 41);
    assert.equal(lines.at(-1), '    … 20 more');
});

test('statuses and texts of the ends', () => {
    assert.equal(statusOf({ kind: 'exit', status: 3 }), 3);
    assert.equal(statusOf({ kind: 'terminated', status: 137 }), 137);
    for (const kind of ['trap', 'abort', 'exception', 'overflow', 'deadlock']) assert.equal(statusOf({ kind }), 134);
    assert.equal(explain({ kind: 'exit', status: 0 }, () => ''), '');
    assert.equal(explain({ kind: 'deadlock' }, () => 'main: lock\nworker: sleep\n'),
        'frond: deadlock: every thread waits, and nothing is left that could wake one\n    main: lock\n    worker: sleep\n');
    assert.match(explain({ kind: 'abort', error: new Error('assertion failed: x') }, () => ''), /^frond: the program aborted: assertion/);
    assert.equal(messageOf('text'), 'text');
    assert.equal(messageOf(undefined), 'undefined');
});
