// How long a switch between two contexts takes at C level, against what the engine could do at best.
//
//     floor     two async functions hand over to each other through promises
//     bare      two stacks of a module of one loop do so: the least that JSPI costs (bare.mjs)
//     switch    two contexts of programs/contexts.c ping-pong through frond.switch, whole glue
//     create    a context is made, runs and finishes; pooled
//     parked    a switch while 5,000 other contexts are parked
//
// Medians of interleaved rounds, nanoseconds; the ratios of switch to the floors are the medians of the rounds' own. `node run.mjs`
// runs it in every engine that is there.

import { bootProgram } from '../../../Templates/glue/program.mjs';
import { bareSwitch } from './bare.mjs';
import { createStubKernel } from '../../GlueTests/JavaScript/stub-kernel.mjs';

const median = (values) => values.slice().sort((a, b) => a - b)[values.length >> 1];

/** @returns {Promise<number>} ns a hand-over */
async function floor(n) {
    const slots = [null, null];
    const hand = (me, other) => {
        const wake = slots[other];
        const parked = new Promise((resolve) => { slots[me] = resolve; });
        if (wake) wake();
        return parked;
    };
    const side = async (me, other) => {
        for (let i = 0; i < n; i++) await hand(me, other);
        slots[other]?.();
    };
    const from = performance.now();
    await Promise.all([side(0, 1), side(1, 0)]);
    return (performance.now() - from) * 1e6 / (2 * n);
}

/** @returns {Promise<number>} ns as the program measured them */
async function measure(module, backend, ...args) {
    let out = '';
    const handle = bootProgram({
        module, backend, args: ['contexts', ...args.map(String)],
        stdout: (chunk) => { out += new TextDecoder().decode(chunk); },
        stderr: (chunk) => { out += new TextDecoder().decode(chunk); },
    }, createStubKernel);
    await handle.exit;
    const found = /picoseconds (\d+)/.exec(out);
    if (found === null) throw new Error(out);
    return Number(found[1]) / 1000;
}

/**
 * @param {WebAssembly.Module} module programs/contexts.wasm
 * @param {{ backend?: string, rounds?: number, switches?: number }} options
 */
export async function benchmark(module, { backend = 'jspi', rounds = 9, switches = 300000 } = {}) {
    const samples = { floor: [], bare: [], switch: [], create: [], parked: [] };
    for (let round = 0; round <= rounds; round++) {
        const sample = {
            floor: await floor(switches),
            bare: await bareSwitch(switches),
            switch: await measure(module, backend, 'pingpong', switches),
            create: await measure(module, backend, 'pool', 100000),
        };
        if (round > 0) for (const name of Object.keys(sample)) samples[name].push(sample[name]); // the first warms up
    }
    // Last: what is left of thousands of stacks until the engine collects them would slow the rounds after it.
    for (let round = 0; round < 3; round++) samples.parked.push(await measure(module, backend, 'parked', 5000));
    const result = { backend };
    for (const name of Object.keys(samples)) result[name] = Math.round(median(samples[name]) * 10) / 10;
    // Of each round by itself: a machine that others use has slow and fast moments, and a round lies within one.
    const ratioTo = (name) => Math.round(median(samples.switch.map((each, round) => each / samples[name][round])) * 100) / 100;
    result.ratio = ratioTo('floor');
    result.bareRatio = ratioTo('bare');
    return result;
}
