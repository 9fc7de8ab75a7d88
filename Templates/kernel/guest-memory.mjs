// Reading and writing guest memory with checks. `memory` is the glue's `Memory` (or a test's): `memory.u8` and
// `memory.view` are current after every growth, so they are fetched anew by whoever needs them.
//
// A pointer that the guest passes may be anything. Typed arrays do not throw when an index is out of range, they
// silently read `undefined` and drop writes; `DataView` and `set` throw. So every function here, and every system call
// that touches memory, asks `inBounds` first and answers EFAULT.

import { EFAULT, ENAMETOOLONG } from './errno.mjs';
import { PATH_MAX } from './constants.mjs';
import { decodeName, encodeName } from './text.mjs';

/**
 * @param {{u8: Uint8Array}} memory
 * @param {number} pointer
 * @param {number} length
 * @returns {boolean} whether `length` bytes from `pointer` lie in memory (and the pointer is not null)
 */
export function inBounds(memory, pointer, length) {
    return pointer > 0 && length >= 0 && pointer + length <= memory.u8.length;
}

/**
 * The C string at `pointer`, as a path.
 * @returns {string | number} the path, or a negative error number
 */
export function readPath(memory, pointer) {
    const u8 = memory.u8;
    if (pointer <= 0 || pointer >= u8.length) {
        return -EFAULT;
    }
    const end = u8.indexOf(0, pointer);
    if (end < 0) {
        return -EFAULT;
    }
    if (end - pointer >= PATH_MAX) {
        return -ENAMETOOLONG;
    }
    return decodeName(u8, pointer, end);
}

/**
 * Any C string: no limit of length, null pointer gives the empty string.
 * @returns {string}
 */
export function readText(memory, pointer) {
    const u8 = memory.u8;
    if (pointer <= 0 || pointer >= u8.length) {
        return '';
    }
    const end = u8.indexOf(0, pointer);
    return decodeName(u8, pointer, end < 0 ? u8.length : end);
}

/**
 * Writes `text` and a final NUL, cut to `capacity` bytes in all.
 * @returns {number} how many bytes the whole text has, without NUL (as strlcpy: a value ≥ capacity means it was cut)
 */
export function writeText(memory, pointer, text, capacity) {
    const bytes = encodeName(text);
    if (capacity > 0) {
        const count = Math.min(bytes.length, capacity - 1);
        const u8 = memory.u8;
        u8.set(count === bytes.length ? bytes : bytes.subarray(0, count), pointer);
        u8[pointer + count] = 0;
    }
    return bytes.length;
}

/** A signed 64-bit integer of the guest as a JavaScript number; beyond ±2^53 it is only approximate. */
export function readInt64(view, pointer) {
    return view.getInt32(pointer + 4, true) * 0x100000000 + view.getUint32(pointer, true);
}

/** @param {number} value an integer of magnitude at most 2^53 */
export function writeInt64(view, pointer, value) {
    const high = Math.floor(value / 0x100000000);
    view.setUint32(pointer, value - high * 0x100000000, true);
    view.setInt32(pointer + 4, high, true);
}
