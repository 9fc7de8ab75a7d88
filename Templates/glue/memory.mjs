// Linear memory, seen from JavaScript.
//
// Whenever wasm grows its memory, the old ArrayBuffer is detached: every view of it has length 0 from then on. So nobody
// keeps a view; everybody asks this object, which makes new views exactly when the old ones have died. The check is one
// load and one compare.
//
// Pointers are wasm i32 and stay below 2 GiB, so they are never negative here.

const memoryDecoder = new TextDecoder();
const memoryEncoder = new TextEncoder();

/** Typed views of one `WebAssembly.Memory`, renewed after growth. */
export class Memory {
    constructor() {
        /** @type {WebAssembly.Memory | null} */
        this.wasm = null;
        this.bytes = new Uint8Array(0);
        this.words = new Int32Array(0);
        this.unsigned = new Uint32Array(0);
        this.data = new DataView(new ArrayBuffer(0));
    }

    /** @param {WebAssembly.Memory} memory */
    attach(memory) {
        this.wasm = memory;
        this.renew();
    }

    /** Lets go of the buffer, so that a handle kept after the end keeps no memory alive. */
    detach() {
        this.wasm = null;
        this.bytes = new Uint8Array(0);
        this.words = new Int32Array(0);
        this.unsigned = new Uint32Array(0);
        this.data = new DataView(new ArrayBuffer(0));
    }

    renew() {
        if (this.wasm === null) return;
        const buffer = this.wasm.buffer;
        this.bytes = new Uint8Array(buffer);
        this.words = new Int32Array(buffer);
        this.unsigned = new Uint32Array(buffer);
        this.data = new DataView(buffer);
    }

    get u8() {
        if (this.bytes.length === 0) this.renew();
        return this.bytes;
    }

    get i32() {
        if (this.bytes.length === 0) this.renew();
        return this.words;
    }

    get u32() {
        if (this.bytes.length === 0) this.renew();
        return this.unsigned;
    }

    get view() {
        if (this.bytes.length === 0) this.renew();
        return this.data;
    }

    /** Bytes in use now. */
    get size() {
        return this.u8.length;
    }

    /**
     * The text of `length` bytes at `pointer`; malformed UTF-8 becomes U+FFFD.
     * @param {number} pointer @param {number} length
     */
    string(pointer, length) {
        return memoryDecoder.decode(this.u8.subarray(pointer, pointer + length));
    }

    /**
     * The NUL-terminated text at `pointer`; "" for a null pointer.
     * @param {number} pointer
     */
    cString(pointer) {
        if (pointer === 0) return '';
        const bytes = this.u8;
        const end = bytes.indexOf(0, pointer);
        return memoryDecoder.decode(bytes.subarray(pointer, end < 0 ? bytes.length : end));
    }

    /**
     * Writes text and a NUL, at most `limit` bytes in all, never half a character.
     * @param {number} pointer @param {string} text @param {number} limit
     * @returns {number} the bytes written, without the NUL
     */
    writeString(pointer, text, limit) {
        if (limit <= 0) return 0;
        const bytes = this.u8;
        const { written } = memoryEncoder.encodeInto(text, bytes.subarray(pointer, pointer + limit - 1));
        bytes[pointer + written] = 0;
        return written;
    }

    /**
     * Writes an integer as i64, little-endian.
     * @param {number} pointer @param {number | bigint} value
     */
    writeI64(pointer, value) {
        this.view.setBigInt64(pointer, typeof value === 'bigint' ? value : BigInt(Math.trunc(value)), true);
    }
}
