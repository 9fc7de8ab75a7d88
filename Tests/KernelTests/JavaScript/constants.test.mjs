// The kernel's numbers against those of the C library that the kit was compiled with (FROND_KIT=folder of a kit).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as constants from '../../../Templates/kernel/constants.mjs';
import * as errors from '../../../Templates/kernel/errno.mjs';

const kit = process.env.FROND_KIT;

test('constants and error numbers are those of the kit', { skip: kit === undefined && 'FROND_KIT is not set' }, () => {
    const abi = JSON.parse(readFileSync(`${kit}/abi.json`, 'utf8'));
    const known = new Map();
    const collect = (value) => {
        for (const [name, entry] of Object.entries(value)) {
            if (typeof entry === 'number') {
                known.set(name, entry);
            } else if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) {
                collect(entry);
            }
        }
    };
    collect(abi);
    let compared = 0;
    for (const [name, value] of [...Object.entries(constants), ...Object.entries(errors)]) {
        if (known.has(name)) {
            assert.equal(value >>> 0, known.get(name) >>> 0, name);
            compared++;
        }
    }
    assert.ok(compared > 100, `${compared} compared`);
});

test('error numbers are all different', () => {
    const values = Object.values(errors);
    assert.equal(new Set(values).size, values.length);
});
