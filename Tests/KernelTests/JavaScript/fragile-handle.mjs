// Files as FileSystemSyncAccessHandle has them, that can crash: what was written since the last flush may be lost, come in
// any order, or be torn at the boundaries of sectors; or (a killed page) be all there.

const sector = 512;

/** A small generator of random numbers (mulberry32): the same seed gives the same crashes. */
export function randomFrom(seed) {
    let state = seed >>> 0;
    const next = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let value = Math.imul(state ^ (state >>> 15), state | 1);
        value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
        return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
    };
    return { real: next, below: (count) => Math.floor(next() * count), chance: (part) => next() < part };
}

/** One file. `quota`: bytes it may grow to. */
export class FragileHandle {
    constructor(durable = new Uint8Array(0)) {
        this.durable = durable;
        this.now = durable.slice();
        /** What was done since the last flush. */
        this.pending = [];
        this.quota = Infinity;
        this.flushes = 0;
    }

    getSize() {
        return this.now.length;
    }

    read(target, { at }) {
        const part = this.now.subarray(at, at + target.length);
        target.set(part);
        return part.length;
    }

    resizeTo(size) {
        if (size > this.quota) {
            throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
        }
        const bytes = new Uint8Array(size);
        bytes.set(this.now.subarray(0, size));
        this.now = bytes;
    }

    write(source, { at }) {
        if (at + source.length > this.now.length) {
            this.resizeTo(at + source.length);
        }
        this.now.set(source, at);
        this.pending.push({ at, bytes: source.slice(), size: this.now.length });
        return source.length;
    }

    truncate(size) {
        this.resizeTo(size);
        this.pending.push({ at: 0, bytes: null, size });
    }

    flush() {
        this.flushes++;
        this.durable = this.now.slice();
        this.pending = [];
    }

    close() {}

    /** What another program finds after the machine failed now. */
    afterFailure(random) {
        const { pending, durable } = this;
        const upTo = () => (random.chance(0.3) ? 0 : random.chance(0.3) ? pending.length : random.below(pending.length + 1));
        const sizes = [durable.length, ...pending.map(({ size }) => size)];
        const result = new Uint8Array(sizes[upTo()]);
        result.set(durable.subarray(0, result.length));
        for (let start = 0; start < result.length; start += sector) {
            const end = Math.min(start + sector, result.length);
            const touching = pending.filter(({ at, bytes, size }) =>
                bytes === null ? size < end : at < end && at + bytes.length > start);
            if (touching.length === 0) {
                continue;
            }
            const cut = random.chance(0.3) ? 0 : random.below(touching.length + 1);
            for (const { at, bytes, size } of touching.slice(0, cut)) {
                if (bytes === null) {
                    result.fill(0, Math.max(start, size), end);
                } else {
                    const from = Math.max(at, start);
                    result.set(bytes.subarray(from - at, Math.min(end - at, bytes.length)), from);
                }
            }
        }
        return new FragileHandle(result);
    }

    /** What another program finds after this one was killed now: the host keeps what it was given. */
    afterKill() {
        const handle = new FragileHandle(this.durable);
        handle.now = this.now.slice();
        handle.pending = [...this.pending];
        return handle;
    }
}

/** The three files of a store. */
export function fragileFiles() {
    return { blocks: new FragileHandle(), journals: [new FragileHandle(), new FragileHandle()] };
}

export function mapFiles({ blocks, journals }, change) {
    return { blocks: change(blocks), journals: journals.map(change) };
}
