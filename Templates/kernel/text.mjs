// Names between guest memory (bytes) and the kernel (JavaScript strings).
//
// A POSIX name is bytes. Valid UTF-8 becomes the text it is; a byte that is not part of valid UTF-8 becomes the lone
// surrogate U+DC80..U+DCFF, and goes back to that byte: Python's "surrogateescape", so every name survives the round trip.

const kernelDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const kernelEncoder = new TextEncoder();

/**
 * @param {Uint8Array} u8
 * @param {number} start
 * @param {number} end
 * @returns {string}
 */
export function decodeName(u8, start, end) {
    // One call into the engine beats any loop over characters, even for short names.
    const bytes = u8.subarray(start, end);
    try {
        return kernelDecoder.decode(bytes);
    } catch {
        return decodeEscaped(bytes);
    }
}

/** Takes the longest valid sequences and escapes the other bytes one by one. */
function decodeEscaped(bytes) {
    let text = '';
    let at = 0;
    while (at < bytes.length) {
        const first = bytes[at];
        const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
        if (length > 0 && at + length <= bytes.length) {
            try {
                text += kernelDecoder.decode(bytes.subarray(at, at + length));
                at += length;
                continue;
            } catch {
                // Not a sequence after all.
            }
        }
        text += String.fromCharCode(0xdc00 + first);
        at++;
    }
    return text;
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encodeName(text) {
    if (text.isWellFormed ? text.isWellFormed() : !/[\ud800-\udfff]/.test(text)) {
        return kernelEncoder.encode(text);
    }
    const bytes = [];
    for (const character of text) {
        const code = character.codePointAt(0);
        if (code >= 0xdc80 && code <= 0xdcff) {
            bytes.push(code - 0xdc00);
        } else {
            bytes.push(...kernelEncoder.encode(character));
        }
    }
    return Uint8Array.from(bytes);
}

/**
 * The order of the bytes of two names, which is the order of the image's index. UTF-16 code units have the same order
 * as UTF-8 bytes, but for surrogates (characters beyond U+FFFF), which UTF-16 puts before U+E000.
 * @param {string} a
 * @param {string} b
 * @returns {number} negative, zero or positive
 */
export function compareBytewise(a, b) {
    const length = Math.min(a.length, b.length);
    for (let at = 0; at < length; at++) {
        let x = a.charCodeAt(at);
        let y = b.charCodeAt(at);
        if (x !== y) {
            if (x >= 0xd800 && y >= 0xd800) {
                x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
                y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
            }
            return x - y;
        }
    }
    return a.length - b.length;
}
