// CRC-32 as zip, gzip and Ethernet have it (polynomial 0xedb88320), four bytes a step with four tables.

const crcTables = makeCrcTables();

function makeCrcTables() {
    const tables = [0, 1, 2, 3].map(() => new Uint32Array(256));
    for (let byte = 0; byte < 256; byte++) {
        let value = byte;
        for (let bit = 0; bit < 8; bit++) {
            value = (value & 1) !== 0 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
        }
        tables[0][byte] = value;
    }
    for (let byte = 0; byte < 256; byte++) {
        for (let table = 1; table < 4; table++) {
            const before = tables[table - 1][byte];
            tables[table][byte] = (before >>> 8) ^ tables[0][before & 255];
        }
    }
    return tables;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} [before] the sum of the bytes before these
 * @returns {number} unsigned
 */
export function crc32(bytes, before = 0) {
    const [first, second, third, fourth] = crcTables;
    let sum = ~before;
    let at = 0;
    for (const end = bytes.length - 3; at < end; at += 4) {
        sum ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
        sum = fourth[sum & 255] ^ third[(sum >>> 8) & 255] ^ second[(sum >>> 16) & 255] ^ first[sum >>> 24];
    }
    for (; at < bytes.length; at++) {
        sum = first[(sum ^ bytes[at]) & 255] ^ (sum >>> 8);
    }
    return ~sum >>> 0;
}
