// Local time: what libc's localtime, mktime and tzset ask of the host.
//
// The zone is that of the browser or of Node, or the one that TZ names (an IANA name). `Date` and `Intl` know the rules.

import { inBounds, writeText } from './guest-memory.mjs';

const tmSize = 44;
const zoneNameMax = 17;

/** The rules of one time zone. */
export class TimeZone {
    /** @param {string | undefined} name IANA name; undefined or unknown: the host's own zone */
    constructor(name) {
        this.format = null;
        this.zone = undefined;
        const wanted = name?.replace(/^:/, '');
        if (wanted) {
            try {
                this.format = new Intl.DateTimeFormat('en-US', {
                    timeZone: wanted, hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric',
                    hour: 'numeric', minute: 'numeric', second: 'numeric',
                });
                this.zone = wanted;
            } catch {
                // Not an IANA name: the host's zone it is.
            }
        }
    }

    /** Seconds east of UTC at a moment (milliseconds since 1970). */
    offset(moment) {
        if (this.format === null) {
            return -new Date(moment).getTimezoneOffset() * 60;
        }
        const parts = {};
        for (const { type, value } of this.format.formatToParts(moment)) {
            parts[type] = value;
        }
        const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
        const local = utcMoment(year, parts.month - 1, Number(parts.day), Number(parts.hour), Number(parts.minute),
            Number(parts.second));
        return Math.round((local - Math.floor(moment / 1000) * 1000) / 1000);
    }

    /** The offsets of standard time and of summer time in the year of a moment. */
    offsetsOfYear(year) {
        const january = this.offset(utcMoment(year, 0, 1, 0, 0, 0));
        const july = this.offset(utcMoment(year, 6, 1, 0, 0, 0));
        return { standard: Math.min(january, july), summer: Math.max(january, july), juneIsSummer: july > january };
    }

    /** "CET", "EST"; where there is no such abbreviation, "+03" as the zone database has it. */
    abbreviation(moment) {
        const offset = this.offset(moment);
        for (const locale of ['en-US', 'en-GB', 'en-AU']) {
            const parts = new Intl.DateTimeFormat(locale, { timeZone: this.zone, timeZoneName: 'short' })
                .formatToParts(moment);
            const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
            if (/^[A-Z]{3,5}$/.test(name)) {
                return name === 'GMT' && offset === 0 && /^(UTC|Etc)/.test(this.zone ?? '') ? 'UTC' : name;
            }
        }
        const minutes = Math.abs(offset) / 60;
        const digits = (number) => String(Math.floor(number)).padStart(2, '0');
        return (offset < 0 ? '-' : '+') + digits(minutes / 60) + (minutes % 60 === 0 ? '' : digits(minutes % 60));
    }
}

/** Milliseconds since 1970 of a date in UTC; unlike Date.UTC it takes the years 0 to 99 as they are. */
function utcMoment(year, month, day, hour, minute, second) {
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    date.setUTCHours(hour, minute, second, 0);
    return date.getTime();
}

/** @param {object} process */
export function timeCalls(process) {
    const { memory, machine } = process;
    const { clock } = machine;
    let zone = null;
    let names = null;
    const localZone = () => (zone ??= new TimeZone(process.env.TZ));

    /** Writes the fields of struct tm for a moment shifted to its local time. */
    function writeFields(at, moment) {
        const date = new Date(moment);
        if (Number.isNaN(date.getTime())) {
            return false;
        }
        const year = date.getUTCFullYear();
        const { view } = memory;
        view.setInt32(at, date.getUTCSeconds(), true);
        view.setInt32(at + 4, date.getUTCMinutes(), true);
        view.setInt32(at + 8, date.getUTCHours(), true);
        view.setInt32(at + 12, date.getUTCDate(), true);
        view.setInt32(at + 16, date.getUTCMonth(), true);
        view.setInt32(at + 20, year - 1900, true);
        view.setInt32(at + 24, date.getUTCDay(), true);
        view.setInt32(at + 28, Math.floor((moment - utcMoment(year, 0, 1, 0, 0, 0)) / 86400000), true);
        return true;
    }

    function readFields(at) {
        const { view } = memory;
        const field = (offset) => view.getInt32(at + offset, true);
        return utcMoment(field(20) + 1900, field(16), field(12), field(8), field(4), field(0));
    }

    function zoneNames() {
        const rules = localZone();
        const year = new Date(clock.date()).getUTCFullYear();
        const { standard, summer, juneIsSummer } = rules.offsetsOfYear(year);
        const daylight = standard !== summer;
        const january = rules.abbreviation(Date.UTC(year, 0, 1));
        const july = rules.abbreviation(Date.UTC(year, 6, 1));
        const southern = daylight && !juneIsSummer;
        return {
            standard, daylight, standardName: southern ? july : january, summerName: southern ? january : july,
        };
    }

    function isSummer(moment, offset) {
        const { standard, summer } = localZone().offsetsOfYear(new Date(moment).getUTCFullYear());
        return standard !== summer && offset === summer;
    }

    return {
        emscripten_get_now() {
            return clock.now();
        },

        emscripten_get_now_res() {
            return 5000;
        },

        emscripten_date_now() {
            return clock.date();
        },

        _gmtime_js(seconds, at) {
            if (!inBounds(memory, at, tmSize) || !writeFields(at, Number(seconds) * 1000)) {
                return 1;
            }
            memory.view.setInt32(at + 32, 0, true);
            memory.view.setInt32(at + 36, 0, true);
            return 0;
        },

        _localtime_js(seconds, at) {
            const moment = Number(seconds) * 1000;
            if (!inBounds(memory, at, tmSize) || !(Math.abs(moment) <= 8.64e15)) {
                return 1;
            }
            const offset = localZone().offset(moment);
            if (!writeFields(at, moment + offset * 1000)) {
                return 1;
            }
            memory.view.setInt32(at + 32, Number(isSummer(moment, offset)), true);
            memory.view.setInt32(at + 36, offset, true);
            return 0;
        },

        _timegm_js(at) {
            const moment = inBounds(memory, at, tmSize) ? readFields(at) : NaN;
            if (Number.isNaN(moment)) {
                return -1n;
            }
            writeFields(at, moment);
            memory.view.setInt32(at + 32, 0, true);
            memory.view.setInt32(at + 36, 0, true);
            return BigInt(Math.floor(moment / 1000));
        },

        _mktime_js(at) {
            const local = inBounds(memory, at, tmSize) ? readFields(at) : NaN;
            if (Number.isNaN(local)) {
                return -1n;
            }
            const { view } = memory;
            const wanted = view.getInt32(at + 32, true);
            const rules = localZone();
            const { standard, summer } = rules.offsetsOfYear(new Date(local).getUTCFullYear());
            // A local time may exist twice or never; tm_isdst says which reading is meant. Otherwise the one that holds.
            const first = wanted > 0 ? summer : standard;
            let moment = local - first * 1000;
            const actual = rules.offset(moment);
            if (actual !== first && (wanted < 0 || (actual !== standard && actual !== summer))) {
                moment = local - actual * 1000;
                const again = rules.offset(moment);
                if (again !== actual) {
                    moment = local - again * 1000;
                }
            }
            const offset = rules.offset(moment);
            if (!writeFields(at, moment + offset * 1000)) {
                return -1n;
            }
            view.setInt32(at + 32, Number(isSummer(moment, offset)), true);
            view.setInt32(at + 36, offset, true);
            return BigInt(Math.floor(moment / 1000));
        },

        _tzset_js(zonePointer, daylightPointer, standardName, summerName) {
            if (![zonePointer, daylightPointer].every((pointer) => inBounds(memory, pointer, 4))
                || ![standardName, summerName].every((pointer) => inBounds(memory, pointer, zoneNameMax))) {
                return;
            }
            // libc asks before every conversion: work it out once.
            names ??= zoneNames();
            memory.view.setInt32(zonePointer, -names.standard, true);
            memory.view.setInt32(daylightPointer, Number(names.daylight), true);
            writeText(memory, standardName, names.standardName, zoneNameMax);
            writeText(memory, summerName, names.summerName, zoneNameMax);
        },
    };
}
