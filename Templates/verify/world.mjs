// Time and chance as the reference runtime has them (Tests/ReferenceRuntime/Kernel/VirtualClock.swift), so that a program sees
// the very same in both and their traces can be compared line by line.
//
//     the clock     stands still, but for 17/64 ms with every call of an import; jumps to the next timer when all wait
//     the date      2026-01-01T00:00:01Z at the start
//     chance        SplitMix64

// Time comes in steps of 1/64 ms, because doubles hold those exactly, in milliseconds and in seconds.
const stepsPerMillisecond = 64;
const perImport = 17;
const epoch = 1_767_225_600_000;
const longest = 2 ** 49;

/** SplitMix64. @param {bigint} seed @returns {(bytes: Uint8Array) => void} */
export function seededRandom(seed) {
    const mask = (1n << 64n) - 1n;
    let state = seed;
    const next = () => {
        state = (state + 0x9E3779B97F4A7C15n) & mask;
        let z = state;
        z = ((z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n) & mask;
        z = ((z ^ (z >> 27n)) * 0x94D049BB133111EBn) & mask;
        return z ^ (z >> 31n);
    };
    return (bytes) => {
        let word = 0n;
        for (let index = 0; index < bytes.length; index++) {
            if (index % 8 === 0) word = next();
            bytes[index] = Number((word >> BigInt(index % 8 * 8)) & 255n);
        }
    };
}

/** A task of the event loop's own. */
function soon(task) {
    if (typeof setImmediate === 'function') {
        setImmediate(task);
        return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
        port1.close();
        task();
    };
    port2.postMessage(0);
}

/** A `World` for the glue (glue.d.ts). */
export class VirtualWorld {
    constructor() {
        /** Steps of the monotonic clock. */
        this.time = 1000 * stepsPerMillisecond;
        this.random = seededRandom(1n);
        this.now = () => this.time / stepsPerMillisecond;
        this.date = () => epoch + this.now();
        this.startTimer = (task, milliseconds) => {
            const due = this.time + Math.ceil(Math.min(milliseconds * stepsPerMillisecond, longest));
            const timer = { live: true };
            soon(() => {
                if (!timer.live) return;
                this.time = Math.max(this.time, due);
                task();
            });
            return timer;
        };
        this.cancelTimer = (timer) => {
            if (timer !== null) timer.live = false;
        };
        this.idle = () => false;
    }

    /** An import was called. */
    count() {
        this.time += perImport;
    }

    /** The same clock for a child, whose calls nobody traces: every look at it counts. */
    forChild() {
        return {
            ...this,
            now: () => {
                this.count();
                return this.now();
            },
        };
    }
}
