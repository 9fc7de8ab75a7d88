// Clocks. Both come from outside, as functions that give milliseconds, so that a test or a replay can set them.

/** The time, as files are stamped with it and as the clock calls report it. */
export class Clock {
    /**
     * @param {() => number} now monotonic milliseconds, from any origin
     * @param {() => number} date milliseconds since 1970
     * @param {(() => number) | null} busy milliseconds during which the program ran (was not idle)
     */
    constructor(now, date, busy) {
        this.now = now;
        this.date = date;
        this.busy = busy;
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

    /** Milliseconds since this machine started. */
    uptime() {
        return this.now() - this.started;
    }

    /** Processor time in milliseconds: all time but what was idle, where the host counts that. */
    processorTime() {
        return this.busy === null ? this.uptime() : this.busy();
    }
}
