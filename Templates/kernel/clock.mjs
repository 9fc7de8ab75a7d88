// Clocks. Both come from outside, as functions that give milliseconds, so that a test or a replay can set them.

/** The time, as files are stamped with it and as the clock calls report it. */
export class Clock {
    /**
     * @param {() => number} now monotonic milliseconds, from any origin
     * @param {() => number} date milliseconds since 1970
     */
    constructor(now, date) {
        this.now = now;
        this.date = date;
        this.started = now();
        this.seconds = 0;
        this.nanoseconds = 0;
    }

    /** Puts the current date into `seconds` and `nanoseconds`, without allocating. */
    stamp() {
        const milliseconds = this.date();
        this.seconds = Math.floor(milliseconds / 1000);
        this.nanoseconds = Math.floor((milliseconds - this.seconds * 1000) * 1e6);
    }

    /** Milliseconds since this machine started: the processor time of a machine with one program and no other load. */
    uptime() {
        return this.now() - this.started;
    }
}
