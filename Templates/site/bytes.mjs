// Bytes that come in pieces.

/** @param {Uint8Array[]} parts of `length` bytes in all @returns {Uint8Array} the only one as it is, or a copy of all */
export function joinBytes(parts, length) {
    if (parts.length === 1) return parts[0];
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.byteLength;
    }
    return whole;
}
