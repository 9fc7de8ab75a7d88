// The entry of the glue: see glue.d.ts for what it takes and gives.

import { createKernel } from '../kernel/kernel.mjs';
import { bootProgram } from './program.mjs';

/**
 * Starts a program.
 * @param {import('./glue.d.ts').BootOptions} options
 * @returns {import('./glue.d.ts').Handle}
 */
export function boot(options) {
    return bootProgram(options, createKernel);
}
