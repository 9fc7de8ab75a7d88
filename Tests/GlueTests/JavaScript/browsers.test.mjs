// What only a real browser can say of contexts: the same cases as in Node, in Chromium and Firefox, in a worker. A browser
// that is not on this machine is skipped, and says so.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findProgram, runInBrowser } from './browser.mjs';

const cases = [
    'pingpong 1000', 'pool 1000', 'stress 200', 'chain 300', 'parked 8003', 'kill 300', 'sleep', 'starve 100', 'deadlock',
    'trap', 'exit', 'exit-in-main', 'status 7', 'overflow', 'overflow-in-main',
];

function check(results, backend) {
    assert.equal(results.error, undefined);
    const is = (words, status, stdout, stderr = '') => {
        const { backend: used, ...found } = results[words];
        assert.deepEqual(found, { status, stdout, stderr }, words);
        assert.equal(used, backend);
    };
    is('pingpong 1000', 0, 'hits 1000\n');
    is('pool 1000', 0, 'hits 1000\nmade 2\n');
    assert.equal(results['stress 200'].status, 0);
    is('chain 300', 0, 'hits 301\n');
    assert.match(results['parked 8003'].stdout, /^parked 8000\nrefused 3\n.*\nkilled 8000\n$/);
    is('kill 300', 0, 'hits 300\nmade 2\n');
    is('sleep', 0, 'woke 100\nwoke 200\nwoke 300\nall woke\n');
    is('starve 100', 0, 'busy 100\n');
    assert.equal(results.deadlock.status, 134);
    assert.match(results.deadlock.stderr, /^frond: deadlock: /);
    assert.equal(results.trap.status, 134);
    assert.match(results.trap.stderr, /^frond: the program trapped: unreachable.*\n {4}at fail \(function \d+, offset 0x/);
    is('exit', 42, 'before\n');
    is('exit-in-main', 43, '');
    is('status 7', 7, '');
    for (const words of ['overflow', 'overflow-in-main']) {
        assert.equal(results[words].status, 134);
        assert.match(results[words].stderr, /^frond: the engine's stack overflowed: /);
    }
}

const page = (backend) => `Tests/GlueTests/JavaScript/page.html?backend=${backend}&cases=${cases.join(',')}`;

for (const [kind, backend, flags] of [
    ['chromium', 'jspi', []],
    ['chromium', 'wasmfx', ['--js-flags=--wasm-wasmfx']],
    ['firefox', 'jspi', []],
]) {
    const skip = findProgram(kind) === null ? `${kind} is not on this machine` : false;
    test(`${kind}, ${backend}`, { timeout: 120000, skip }, async () => {
        check(await runInBrowser(kind, page(backend), { deadline: 100000, flags }), backend);
    });
}
