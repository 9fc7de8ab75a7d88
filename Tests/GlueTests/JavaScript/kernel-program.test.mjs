// A C program that asks the kernel for files, pipes, sockets, poll and time (../programs/kernel.c), on the real kernel. What it has
// to print is in a file that the reference runtime's kernel is held against, too (KernelProgramTests.swift).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { boot } from '../../../Templates/glue/boot.mjs';

const file = (name) => readFileSync(new URL(`../programs/${name}`, import.meta.url));

test('the kernel does what POSIX prescribes', { timeout: 20000 }, async () => {
    let stdout = '';
    let stderr = '';
    const decoder = new TextDecoder();
    const handle = boot({
        module: new WebAssembly.Module(file('kernel.wasm')),
        args: ['kernel'],
        stdout: (chunk) => { stdout += decoder.decode(chunk); },
        stderr: (chunk) => { stderr += decoder.decode(chunk); },
    });
    assert.equal(await handle.exit, 0, stderr);
    assert.deepEqual(stdout.split('\n'), file('kernel.txt').toString().split('\n'));
});
