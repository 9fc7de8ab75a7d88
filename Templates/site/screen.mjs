// The text of a terminal as a value: bytes go in, lines with styled runs come out. It knows nothing of the page, so it
// can be tested anywhere; terminal.mjs draws it.
//
// Model: a list of lines that only grows at its end and is cut at its start (the scroll-back), and a cursor that can go
// back as far as the last `rows` lines, which is the part that programs believe is the screen.
//
//     write('10%\r\x1b[32m100%\n')   →   line 0: "100%" in green, cursor at the start of line 1
//
// A line is { text, runs }: `runs` is null while the whole line has no style, else a list of { length, style } that
// covers the text. Almost every line of almost every program is plain and is only ever appended to; that path is fast.

/**
 * @typedef {{ fg: number | string | null, bg: number | string | null, bold: boolean, dim: boolean, italic: boolean,
 *             underline: boolean, inverse: boolean, strike: boolean }} Style
 *   A colour is 0–15 (the theme's), or `#rrggbb`.
 * @typedef {{ text: string, runs: { length: number, style: Style | null }[] | null, version: number }} Line
 */

const plainStyle = Object.freeze({
    fg: null, bg: null, bold: false, dim: false, italic: false, underline: false, inverse: false, strike: false,
});

/** How typed text looks. */
const typedStyle = Object.freeze({ ...plainStyle, bold: true });

/** The longest line kept; a program that never ends its line must not eat all memory. */
const longestLine = 20_000;

/** The longest escape sequence waited for. */
const longestSequence = 256;

export class Screen {
    /** @param {{ rows?: number, columns?: number, scrollback?: number }} [options] */
    constructor({ rows = 24, columns = 80, scrollback = 10_000 } = {}) {
        this.rows = rows;
        this.columns = columns;
        this.scrollback = scrollback;
        /** @type {Line[]} */
        this.lines = [emptyLine()];
        /** How many lines were cut off at the start; line `i` of the program is `lines[i - dropped]`. */
        this.dropped = 0;
        /** The cursor, in lines of the program and in UTF-16 units. */
        this.row = 0;
        this.column = 0;
        /** The first line that changed since `takeChanges`. */
        this.changedFrom = 0;
        /** What the program set with OSC 0 or 2. */
        this.title = null;
        this.bell = false;
        this.style = null;
        this.saved = { row: 0, column: 0, style: null };
        this.pending = '';
        this.decoders = new Map();
    }

    /** Number of the line after the last. */
    get end() {
        return this.dropped + this.lines.length;
    }

    /** @returns {Line | undefined} */
    line(number) {
        return this.lines[number - this.dropped];
    }

    /**
     * Writes what a program printed. Each stream has a decoder of its own, so that a character cut in two is put together.
     * @param {Uint8Array | string} data
     * @param {string | number} [stream]
     */
    write(data, stream = 1) {
        let text = data;
        if (typeof data !== 'string') {
            let decoder = this.decoders.get(stream);
            if (!decoder) this.decoders.set(stream, (decoder = new TextDecoder()));
            text = decoder.decode(data, { stream: true });
        }
        if (this.pending) {
            text = this.pending + text;
            this.pending = '';
        }
        let at = 0;
        const { length } = text;
        while (at < length) {
            const code = text.charCodeAt(at);
            if (code >= 32 && code !== 127 && !(code >= 0x80 && code < 0xa0)) {
                let stop = at + 1;
                while (stop < length) {
                    const next = text.charCodeAt(stop);
                    if (next < 32 || (next >= 127 && next < 0xa0)) break;
                    stop += 1;
                }
                this.#put(text.slice(at, stop));
                at = stop;
            } else if (code === 27) {
                const used = this.#escape(text, at);
                if (used === 0) {
                    // Cut in the middle: wait for the rest, but not for ever.
                    if (length - at < longestSequence) {
                        this.pending = text.slice(at);
                        return;
                    }
                    at += 1;
                } else at += used;
            } else {
                this.#control(code);
                at += 1;
            }
        }
    }

    /** Writes what a person typed, so that it can be told from what the program says. */
    echo(text) {
        const { style } = this;
        this.style = typedStyle;
        this.#put(text.replace(/[\x00-\x1f\x7f-\x9f]/gu, ''));
        this.style = style;
        this.#newLine();
        this.column = 0;
    }

    /** Forgets everything that was written. */
    clear() {
        this.dropped = this.end;
        this.lines = [emptyLine()];
        this.row = this.dropped;
        this.column = 0;
        this.changedFrom = this.dropped;
    }

    /** The text of all lines, without trailing empty ones. */
    text() {
        return this.lines.map((line) => line.text.trimEnd()).join('\n').trimEnd();
    }

    /** The first line that changed since the last call, and forgets it. */
    takeChanges() {
        const from = Math.max(this.changedFrom, this.dropped);
        this.changedFrom = this.end;
        return from;
    }

    #touch(line) {
        line.version += 1;
        if (this.row < this.changedFrom) this.changedFrom = this.row;
    }

    #put(text) {
        let line = this.lines[this.row - this.dropped];
        if (this.column >= longestLine) {
            this.#newLine();
            this.column = 0;
            line = this.lines[this.row - this.dropped];
        }
        this.#touch(line);
        const { column, style } = this;
        const old = line.text;
        if (column >= old.length) {
            const gap = column - old.length;
            if (gap > 0) appendRun(line, ' '.repeat(gap), null);
            appendRun(line, text, style);
        } else {
            const runs = line.runs ?? [{ length: old.length, style: null }];
            line.text = old.slice(0, column) + text + old.slice(column + text.length);
            line.runs = overwrite(runs, column, text.length, style);
        }
        this.column = column + text.length;
    }

    #control(code) {
        switch (code) {
            case 7: this.bell = true; break;
            case 8: if (this.column > 0) this.column -= 1; break;
            case 9: this.column = Math.min((Math.floor(this.column / 8) + 1) * 8, longestLine); break;
            case 10: case 11: case 12:
                this.#newLine();
                this.column = 0;
                break;
            case 13: this.column = 0; break;
            default: break;
        }
    }

    #newLine() {
        this.row += 1;
        if (this.row < this.end) return;
        if (this.row < this.changedFrom) this.changedFrom = this.row;
        this.lines.push(emptyLine());
        // Cutting many at once keeps the cost of each line constant.
        if (this.lines.length > this.scrollback + Math.max(64, this.scrollback >> 3)) {
            const extra = this.lines.length - this.scrollback;
            this.lines.splice(0, extra);
            this.dropped += extra;
        }
    }

    #moveTo(row, column) {
        const top = Math.max(this.dropped, this.end - this.rows);
        row = Math.max(top, Math.min(row, top + this.rows - 1));
        while (this.end <= row) {
            this.row = this.end - 1;
            this.#newLine();
        }
        this.row = row;
        this.column = Math.max(0, Math.min(column, longestLine));
    }

    /** Handles the sequence at `at`; returns its length, or 0 when the text ends in the middle of it. */
    #escape(text, at) {
        const kind = text[at + 1];
        if (kind === undefined) return 0;
        if (kind === '[') {
            let stop = at + 2;
            while (stop < text.length && (text.charCodeAt(stop) < 0x40 || text.charCodeAt(stop) > 0x7e)) {
                if (text.charCodeAt(stop) < 32 || stop - at > longestSequence) return stop - at;
                stop += 1;
            }
            if (stop >= text.length) return 0;
            this.#sequence(text.slice(at + 2, stop), text[stop]);
            return stop + 1 - at;
        }
        if (kind === ']') {
            for (let stop = at + 2; stop < text.length; stop += 1) {
                const bell = text[stop] === '\x07';
                if (bell || (text[stop] === '\x1b' && text[stop + 1] === '\\')) {
                    const match = /^[02];(.*)$/su.exec(text.slice(at + 2, stop));
                    if (match) this.title = match[1];
                    return stop + (bell ? 1 : 2) - at;
                }
                if (stop - at > 4 * longestSequence) return stop - at;
            }
            return text.length - at < 4 * longestSequence ? 0 : 1;
        }
        if (kind === '7') this.saved = { row: this.row, column: this.column, style: this.style };
        if (kind === '8') this.#restore();
        if (kind === 'c') {
            this.clear();
            this.style = null;
        }
        if (kind === 'M') this.#moveTo(this.row - 1, this.column);
        if (kind === '(' || kind === ')' || kind === '#') return text.length > at + 2 ? 3 : 0;
        return 2;
    }

    #restore() {
        this.#moveTo(this.saved.row, this.saved.column);
        this.style = this.saved.style;
    }

    #sequence(parameters, final) {
        if (final === 'm') {
            this.style = select(this.style, parameters);
            return;
        }
        if (/[^0-9;]/u.test(parameters)) return; // Private modes: cursor shape, bracketed paste, alternate screen.
        const numbers = parameters.split(';').map((text) => Math.min(Number(text) || 0, 9999));
        const count = numbers[0] || 1;
        const top = Math.max(this.dropped, this.end - this.rows);
        switch (final) {
            case 'A': this.#moveTo(this.row - count, this.column); break;
            case 'B': this.#moveTo(this.row + count, this.column); break;
            case 'C': this.#moveTo(this.row, this.column + count); break;
            case 'D': this.#moveTo(this.row, this.column - count); break;
            case 'E': this.#moveTo(this.row + count, 0); break;
            case 'F': this.#moveTo(this.row - count, 0); break;
            case 'G': this.#moveTo(this.row, count - 1); break;
            case 'd': this.#moveTo(top + count - 1, this.column); break;
            case 'H': case 'f': this.#moveTo(top + count - 1, (numbers[1] || 1) - 1); break;
            case 'J': this.#eraseDisplay(numbers[0]); break;
            case 'K': this.#eraseLine(numbers[0]); break;
            case 'P': this.#cut(this.column, count); break;
            case 's': this.saved = { row: this.row, column: this.column, style: this.style }; break;
            case 'u': this.#restore(); break;
            default: break;
        }
    }

    #eraseLine(mode) {
        const line = this.lines[this.row - this.dropped];
        if (mode === 0) this.#cut(this.column, line.text.length);
        else if (mode === 2) this.#cut(0, line.text.length);
        else if (mode === 1) {
            const { column, style } = this;
            this.column = 0;
            this.style = null;
            this.#put(' '.repeat(Math.min(column + 1, line.text.length)));
            this.column = column;
            this.style = style;
        }
    }

    #eraseDisplay(mode) {
        if (mode === 3) return;
        const { row, column } = this;
        const top = Math.max(this.dropped, this.end - this.rows);
        const from = mode === 0 ? row + 1 : top;
        const to = mode === 1 ? row : this.end;
        for (let number = from; number < to; number += 1) {
            this.row = number;
            this.#cut(0, this.lines[number - this.dropped].text.length);
        }
        this.row = row;
        this.column = column;
        if (mode !== 2) this.#eraseLine(mode);
    }

    #cut(start, length) {
        const line = this.lines[this.row - this.dropped];
        if (start >= line.text.length || length === 0) return;
        this.#touch(line);
        const runs = line.runs ?? [{ length: line.text.length, style: null }];
        const stop = Math.min(start + length, line.text.length);
        line.text = line.text.slice(0, start) + line.text.slice(stop);
        line.runs = merge([...slice(runs, 0, start), ...slice(runs, stop, Infinity)]);
    }
}

function emptyLine() {
    return { text: '', runs: null, version: 0 };
}

function appendRun(line, text, style) {
    if (line.runs === null && style !== null) line.runs = line.text ? [{ length: line.text.length, style: null }] : [];
    line.text += text;
    if (line.runs === null) return;
    const last = line.runs.at(-1);
    if (last && last.style === style) last.length += text.length;
    else line.runs.push({ length: text.length, style });
}

function overwrite(runs, start, length, style) {
    return merge([...slice(runs, 0, start), { length, style }, ...slice(runs, start + length, Infinity)]);
}

/** The part of a list of runs between two columns. */
function slice(runs, from, to) {
    const part = [];
    let at = 0;
    for (const run of runs) {
        const start = Math.max(at, from);
        const stop = Math.min(at + run.length, to);
        if (stop > start) part.push({ length: stop - start, style: run.style });
        at += run.length;
    }
    return part;
}

function merge(runs) {
    const merged = [];
    for (const run of runs) {
        const last = merged.at(-1);
        if (last && last.style === run.style) last.length += run.length;
        else merged.push(run);
    }
    return merged.every((run) => run.style === null) ? null : merged;
}

/** Equal styles are the same object, so that runs can be compared with `===`. */
const internedStyles = new Map();

function intern(style) {
    const key = Object.values(style).join();
    if (key === Object.values(plainStyle).join()) return null;
    let known = internedStyles.get(key);
    if (!known) {
        if (internedStyles.size > 5000) internedStyles.clear();
        internedStyles.set(key, (known = Object.freeze(style)));
    }
    return known;
}

/** What a list of parameters makes of a style; programs repeat the same few thousands of times. */
const selections = new Map();

function select(style, parameters) {
    let known = selections.get(style);
    if (known === undefined) {
        if (selections.size > 5000) selections.clear();
        selections.set(style, (known = new Map()));
    }
    let next = known.get(parameters);
    if (next === undefined) {
        if (known.size > 5000) known.clear();
        known.set(parameters, (next = selectGraphics(style, parameters)));
    }
    return next;
}

/** SGR: the style after a list of parameters, in both spellings of long colours (`38;5;n` and `38:5:n`). */
function selectGraphics(style, parameters) {
    const next = { ...(style ?? plainStyle) };
    const codes = parameters.split(/[;:]/u).map((text) => Number(text) || 0);
    for (let i = 0; i < codes.length; i += 1) {
        const code = codes[i];
        if (code === 0) Object.assign(next, plainStyle);
        else if (code === 1) next.bold = true;
        else if (code === 2) next.dim = true;
        else if (code === 3) next.italic = true;
        else if (code === 4) next.underline = true;
        else if (code === 7) next.inverse = true;
        else if (code === 9) next.strike = true;
        else if (code === 22) next.bold = next.dim = false;
        else if (code === 23) next.italic = false;
        else if (code === 24) next.underline = false;
        else if (code === 27) next.inverse = false;
        else if (code === 29) next.strike = false;
        else if (code >= 30 && code <= 37) next.fg = code - 30;
        else if (code === 39) next.fg = null;
        else if (code >= 40 && code <= 47) next.bg = code - 40;
        else if (code === 49) next.bg = null;
        else if (code >= 90 && code <= 97) next.fg = code - 82;
        else if (code >= 100 && code <= 107) next.bg = code - 92;
        else if (code === 38 || code === 48) {
            let colour = null;
            if (codes[i + 1] === 5) {
                colour = indexedColour(codes[i + 2] ?? 0);
                i += 2;
            } else if (codes[i + 1] === 2) {
                colour = hexColour(codes.slice(i + 2, i + 5));
                i += 4;
            } else break;
            if (code === 38) next.fg = colour;
            else next.bg = colour;
        }
    }
    return intern(next);
}

/** Colour `index` of the 256: the theme's sixteen, a 6×6×6 cube, and 24 greys. */
function indexedColour(index) {
    if (index < 16) return index;
    if (index >= 232) {
        const grey = 8 + 10 * (Math.min(index, 255) - 232);
        return hexColour([grey, grey, grey]);
    }
    const level = (value) => (value === 0 ? 0 : 55 + 40 * value);
    const cube = index - 16;
    return hexColour([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

function hexColour(parts) {
    const [red = 0, green = 0, blue = 0] = parts.map((part) => Math.max(0, Math.min(255, part)));
    return '#' + ((1 << 24) | (red << 16) | (green << 8) | blue).toString(16).slice(1);
}
