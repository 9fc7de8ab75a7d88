// The journal of a store: an append-only list of records in one of two files, each record whole or not there.
//
//     record: "FRJ1" | generation u32 | sequence u32 | length u32 | flushed f64 | CRC-32 u32 | 0 u32 | JSON | zeros to 8
//
// The first record of a generation is a snapshot of everything; the others are changes since. When the changes outgrow
// the snapshot, the next generation begins in the *other* file: snapshot, flush, and only then is the old file emptied.
// So at every moment at least one file begins with a whole snapshot, and recovery takes the younger one.
//
// A crash may lose, reorder or tear what was written since the last flush. Recovery reads records until one is not whole
// (or not the next in sequence); what comes after was not flushed, and so nobody was told that it is safe. Whether that
// is true can be checked: each record says how many bytes were known to be flushed when it was written. A later whole
// record that says "more than up to here" is the proof of damage, and damage is reported, never repaired in silence.
//
// Room for deleting things when the disk is full: the file is kept longer than what is in it.

import { crc32 } from './crc32.mjs';

const recordMagic = 0x314a5246;
const recordHeader = 32;
/** The file grows in steps of this many bytes, and at least half a step is kept in reserve. */
const journalStep = 1 << 18;
const journalReserve = journalStep >> 1;
/** Changes may take this many bytes before a new snapshot is thought of. */
const journalPatience = 1 << 20;

const journalEncoder = new TextEncoder();
const journalDecoder = new TextDecoder();

/** A store whose journal can't be trusted: nothing was changed. */
export class StoreDamaged extends Error {
    constructor(message) {
        super(`the stored files are damaged: ${message}`);
        this.name = 'StoreDamaged';
    }
}

/** Writes all of it; a short write is what some browsers make of a full disk. */
export function writeWhole(handle, bytes, at) {
    const done = handle.write(bytes, { at });
    if (done !== bytes.length) {
        throw Object.assign(new Error('no space is left'), { name: 'QuotaExceededError' });
    }
}

/** The journal over two files with the interface of FileSystemSyncAccessHandle. */
export class Journal {
    constructor(handles) {
        this.handles = handles;
        this.current = 0;
        this.generation = 0;
        this.sequence = 0;
        this.end = 0;
        this.flushed = 0;
        this.snapshotEnd = 0;
        this.capacity = 0;
    }

    /**
     * Reads what is there.
     * @returns {{records: object[], damage: string | null, tail: boolean}} `tail`: something lies behind the last record
     */
    recover() {
        const candidates = this.handles.map((handle, which) => {
            const bytes = new Uint8Array(handle.getSize());
            handle.read(bytes, { at: 0 });
            const first = this.parse(bytes, 0);
            return { which, bytes, first: first !== null && first.sequence === 0 ? first : null };
        }).filter(({ bytes }) => bytes.length > 0);
        const usable = candidates.filter(({ first }) => first !== null)
            .sort((a, b) => b.first.generation - a.first.generation);
        if (usable.length === 0) {
            const blank = candidates.every(({ bytes }) => bytes.every((byte) => byte === 0));
            return { records: [], damage: blank ? null : 'the journal has no beginning', tail: false };
        }
        const { which, bytes, first } = usable[0];
        const records = [];
        let end = 0;
        for (let record = first; record !== null; record = this.parse(bytes, end)) {
            if (record.generation !== first.generation || record.sequence !== records.length) {
                break;
            }
            records.push(record.content);
            end = record.end;
        }
        this.current = which;
        this.generation = first.generation;
        this.sequence = records.length;
        this.end = end;
        this.flushed = end;
        this.snapshotEnd = first.end;
        this.capacity = bytes.length;
        return { records, damage: this.findDamage(bytes, end), tail: bytes.subarray(end).some((byte) => byte !== 0) };
    }

    /** The record at `at` if it is whole, else null. */
    parse(bytes, at) {
        if (at + recordHeader > bytes.length) {
            return null;
        }
        const view = new DataView(bytes.buffer, bytes.byteOffset + at);
        const length = view.getUint32(12, true);
        if (view.getUint32(0, true) !== recordMagic || at + recordHeader + length > bytes.length) {
            return null;
        }
        const text = bytes.subarray(at + recordHeader, at + recordHeader + length);
        if (crc32(text, crc32(bytes.subarray(at, at + 24))) !== view.getUint32(24, true)) {
            return null;
        }
        return {
            generation: view.getUint32(4, true),
            sequence: view.getUint32(8, true),
            flushed: view.getFloat64(16, true),
            content: JSON.parse(journalDecoder.decode(text)),
            end: at + recordHeader + ((length + 7) & ~7),
        };
    }

    findDamage(bytes, from) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        for (let at = from; at + recordHeader <= bytes.length; at += 8) {
            if (view.getUint32(at, true) === recordMagic && view.getUint32(at + 4, true) === this.generation) {
                const record = this.parse(bytes, at);
                if (record !== null && record.flushed > from) {
                    return `the journal is broken at byte ${from}, before records that were safe`;
                }
            }
        }
        return null;
    }

    encode(content) {
        const text = journalEncoder.encode(JSON.stringify(content));
        const bytes = new Uint8Array(recordHeader + ((text.length + 7) & ~7));
        const view = new DataView(bytes.buffer);
        view.setUint32(0, recordMagic, true);
        view.setUint32(4, this.generation, true);
        view.setUint32(8, this.sequence, true);
        view.setUint32(12, text.length, true);
        view.setFloat64(16, this.flushed, true);
        bytes.set(text, recordHeader);
        view.setUint32(24, crc32(text, crc32(bytes.subarray(0, 24))), true);
        return bytes;
    }

    /** Makes sure of some room behind the end. @returns {boolean} whether there is any */
    reserve() {
        if (this.capacity - this.end >= journalReserve) {
            return true;
        }
        try {
            this.handles[this.current].truncate(this.end + journalStep);
            this.capacity = this.end + journalStep;
            return true;
        } catch {
            return false;
        }
    }

    /** Adds a record; it is safe after the next `flush`. */
    append(content) {
        const bytes = this.encode(content);
        this.reserve();
        writeWhole(this.handles[this.current], bytes, this.end);
        this.sequence++;
        this.end += bytes.length;
        this.capacity = Math.max(this.capacity, this.end);
    }

    flush() {
        this.handles[this.current].flush();
        this.flushed = this.end;
    }

    /** Have the changes outgrown the snapshot? */
    get isLong() {
        return this.end - this.snapshotEnd > Math.max(journalPatience, 2 * this.snapshotEnd);
    }

    /** Begins the next generation with a snapshot. When that fails, the old one goes on. */
    rewrite(snapshot) {
        const { current, generation, sequence, flushed } = this;
        const next = 1 - current;
        const handle = this.handles[next];
        this.generation = generation + 1;
        this.sequence = 0;
        this.flushed = 0;
        let bytes;
        try {
            bytes = this.encode(snapshot);
            handle.truncate(0);
            writeWhole(handle, bytes, 0);
            handle.flush();
        } catch (error) {
            Object.assign(this, { generation, sequence, flushed });
            throw error;
        }
        this.current = next;
        this.sequence = 1;
        this.end = this.flushed = this.snapshotEnd = this.capacity = bytes.length;
        this.handles[current].truncate(0);
        this.handles[current].flush();
        this.reserve();
    }
}
