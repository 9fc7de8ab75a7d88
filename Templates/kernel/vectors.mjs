// Scatter and gather: the arrays of (base, length) that readv, writev, recvmsg and sendmsg pass.

import { EFAULT, EINVAL } from './errno.mjs';
import { IOV_MAX } from './constants.mjs';
import { inBounds } from './guest-memory.mjs';

const vectorGatherMax = 262144;

/**
 * Checks a vector.
 * @returns {number} the bytes it covers, or a negative error number
 */
export function vectorLength(memory, vector, count) {
    if (count < 0 || count > IOV_MAX) {
        return -EINVAL;
    }
    if (count > 0 && !inBounds(memory, vector, count * 8)) {
        return -EFAULT;
    }
    const words = memory.i32;
    let total = 0;
    for (let entry = vector >> 2, end = entry + count * 2; entry < end; entry += 2) {
        const length = words[entry + 1];
        if (length < 0) {
            return -EINVAL;
        }
        if (length > 0 && !inBounds(memory, words[entry], length)) {
            return -EFAULT;
        }
        total += length;
    }
    return total;
}

/** Copies the bytes that a vector covers into one array. */
export function gatherVector(memory, vector, count, total) {
    const { u8, i32 } = memory;
    const bytes = new Uint8Array(total);
    let at = 0;
    for (let entry = vector >> 2, end = entry + count * 2; entry < end; entry += 2) {
        const length = i32[entry + 1];
        if (length > 0) {
            bytes.set(u8.subarray(i32[entry], i32[entry] + length), at);
            at += length;
        }
    }
    return bytes;
}

/** Spreads `length` bytes over a vector. */
export function scatterVector(memory, vector, count, bytes, length) {
    const { u8, i32 } = memory;
    let at = 0;
    for (let entry = vector >> 2, end = entry + count * 2; entry < end && at < length; entry += 2) {
        const part = Math.min(i32[entry + 1], length - at);
        u8.set(bytes.subarray(at, at + part), i32[entry]);
        at += part;
    }
}

/** One piece of a vector; `position` is where, or -1 for the description's own position. */
const readPiece = (description, u8, at, length, position) => (position < 0
    ? description.read(u8, at, length) : description.readAt(u8, at, length, position));
const writePiece = (description, u8, at, length, position) => (position < 0
    ? description.write(u8, at, length) : description.writeAt(u8, at, length, position));

/** Reads or writes piece by piece, until one is not filled. @returns {number} bytes, or a negative error number */
function transferPieces(memory, description, vector, count, position, piece) {
    const { u8, i32 } = memory;
    let sum = 0;
    for (let entry = vector >> 2, end = entry + count * 2; entry < end; entry += 2) {
        const length = i32[entry + 1];
        if (length === 0) {
            continue;
        }
        const done = piece(description, u8, i32[entry], length, position < 0 ? position : position + sum);
        if (done < 0) {
            return sum > 0 ? sum : done;
        }
        sum += done;
        if (done < length) {
            break;
        }
    }
    return sum;
}

/**
 * readv and preadv.
 * @param {number} position where to read, or -1 for the description's own position
 */
export function readVector(memory, description, vector, count, position) {
    const total = vectorLength(memory, vector, count);
    if (total < 0) {
        return total;
    }
    if (count === 1) {
        return readPiece(description, memory.u8, memory.i32[vector >> 2], total, position);
    }
    if (total === 0) {
        return description.read(memory.u8, 0, 0); // still says whether the descriptor can be read at all
    }
    if (description.whole && total <= vectorGatherMax) {
        const bytes = new Uint8Array(total);
        const done = description.read(bytes, 0, total);
        if (done > 0) {
            scatterVector(memory, vector, count, bytes, done);
        }
        return done;
    }
    return transferPieces(memory, description, vector, count, position, readPiece);
}

/** writev and pwritev. */
export function writeVector(memory, description, vector, count, position) {
    const total = vectorLength(memory, vector, count);
    if (total < 0) {
        return total;
    }
    if (count === 1) {
        return writePiece(description, memory.u8, memory.i32[vector >> 2], total, position);
    }
    if (total === 0) {
        return description.write(memory.u8, 0, 0);
    }
    if (description.whole && total <= vectorGatherMax) {
        return description.write(gatherVector(memory, vector, count, total), 0, total);
    }
    return transferPieces(memory, description, vector, count, position, writePiece);
}
