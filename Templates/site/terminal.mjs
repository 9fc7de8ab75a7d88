// Draws a Screen into the page and reads lines from a person.
//
// Model: lines are drawn in blocks of 200. A frame draws the last two blocks at most; an older block that was never drawn
// is an empty box of about its height, filled when it comes into sight or when there is nothing else to do. So a frame
// costs the same whether a program printed ten lines or a hundred thousand. The last line stands beside the input field,
// so that a prompt and its answer are on one row.

import { Screen } from './screen.mjs';
import { element } from './elements.mjs';

const linesPerBlock = 200;
const millisecondsBeforeFilling = 60;
const millisecondsBetweenAnnouncements = 700;
const linesPerAnnouncement = 12;

export class Terminal {
    /**
     * @param {{ onLine(text: string): void, onEnd(): void, onInterrupt(): void,
     *           onResize(columns: number, rows: number): void }} callbacks
     */
    constructor(callbacks) {
        this.callbacks = callbacks;
        this.screen = new Screen();
        /** @type {{ start: number, first: number, node: HTMLElement, filled: boolean }[]} without gaps */
        this.blocks = [];
        /** The line that was last when last drawn; all before it are in blocks. */
        this.drawn = 0;
        this.lineHeight = 21;
        this.filling = 0;
        this.frame = 0;
        this.stuck = true;
        this.history = [];
        this.historyAt = 0;
        this.draft = '';
        this.announced = 0;
        this.announcing = 0;
        this.open = false;
        this.echo = true;
        this.#build();
    }

    #build() {
        this.lines = element('div', { class: 'frond-lines' });
        this.prompt = element('span', { class: 'frond-prompt' });
        this.input = element('input', {
            class: 'frond-input', type: 'text', autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off',
            spellcheck: 'false', enterkeyhint: 'send', 'aria-label': 'Input for the program',
        });
        this.entry = element('div', { class: 'frond-entry' }, this.prompt, this.input);
        this.ruler = element('span', { class: 'frond-ruler', 'aria-hidden': 'true' }, 'M'.repeat(20));
        this.scroll = element('div', { class: 'frond-scroll', role: 'region', 'aria-label': 'Output', tabindex: '0' },
            this.lines, this.entry, this.ruler);
        this.latest = element('button', { class: 'frond-latest', type: 'button', hidden: '' }, 'Jump to latest');
        this.announcer = element('div', { class: 'frond-hidden', role: 'log', 'aria-live': 'polite' });
        this.root = element('div', { class: 'frond-terminal' }, this.scroll, this.latest, this.announcer);
        this.input.hidden = true;

        this.scroll.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        this.scroll.addEventListener('click', () => this.#clicked());
        this.scroll.addEventListener('keydown', (event) => this.#keyInOutput(event));
        this.latest.addEventListener('click', () => {
            this.#stick();
            if (this.open) this.input.focus({ preventScroll: true });
        });
        this.input.addEventListener('keydown', (event) => this.#keyInInput(event));
        this.input.addEventListener('paste', (event) => this.#paste(event));
        this.sight = new IntersectionObserver((entries) => {
            for (const { isIntersecting, target } of entries) {
                if (isIntersecting && !target.frondBlock.filled) this.#fill(target.frondBlock);
            }
        }, { root: this.scroll, rootMargin: '800px' });
        this.observer = new ResizeObserver(() => this.#measure());
        this.observer.observe(this.scroll);
    }

    /** Columns and rows that fit. */
    get size() {
        return { columns: this.screen.columns, rows: this.screen.rows };
    }

    /** Shows bytes that a program printed. */
    write(chunk, stream) {
        this.screen.write(chunk, stream);
        this.#schedule();
    }

    /** Lets a person type, or not. */
    setOpen(open) {
        this.open = open;
        this.input.hidden = !open;
        if (!open) this.setEcho(true);
        this.#schedule();
    }

    /** Whether typed text may be seen; programs switch it off for passwords. */
    setEcho(echo) {
        this.echo = echo;
        this.input.type = echo ? 'text' : 'password';
    }

    focus() {
        if (this.open) this.input.focus({ preventScroll: true });
    }

    clear() {
        this.screen.clear();
        while (this.blocks.length > 0) this.#dropFirstBlock();
        this.drawn = this.screen.dropped;
        this.announced = this.screen.dropped;
        this.stuck = true;
        this.#schedule();
    }

    /** All of the text that is still there. */
    text() {
        return this.screen.text();
    }

    // Drawing

    #schedule() {
        // A hidden page gets no frames, and needs none.
        if (this.frame === 0) this.frame = requestAnimationFrame(() => this.#draw());
        if (this.announcing === 0) {
            this.announcing = setTimeout(() => this.#announce(), millisecondsBetweenAnnouncements);
        }
    }

    #draw() {
        this.frame = 0;
        // Asked before anything changes: scroll events come late, and also for what is done here.
        this.stuck = this.stuck && this.#isAtEnd();
        const { screen, blocks } = this;
        while (blocks.length > 0 && blocks[0].start + linesPerBlock <= screen.dropped) this.#dropFirstBlock();
        const last = screen.end - 1;
        // What stood beside the input field until now moves into a block, whether it changed or not.
        const from = Math.min(screen.takeChanges(), this.drawn);
        this.drawn = last;
        if (blocks.length === 0 && last > screen.dropped) this.#addBlock(screen.dropped);
        while (blocks.length > 0 && blocks.at(-1).start + linesPerBlock < last) {
            this.#addBlock(blocks.at(-1).start + linesPerBlock);
        }
        for (let index = blocks.length - 1; index >= 0; index -= 1) {
            const block = blocks[index];
            if (block.start + linesPerBlock <= from) break;
            if (block.filled || last - block.start <= 2 * linesPerBlock) this.#fill(block, from);
            else this.#reserve(block);
        }
        drawInto(this.prompt, screen.line(last));
        this.entry.hidden = !this.open && screen.line(last).text === '';
        if (this.stuck) this.scroll.scrollTop = this.scroll.scrollHeight;
        else this.latest.hidden = false;
        this.#fillLater();
    }

    #addBlock(start) {
        const first = start - (start % linesPerBlock);
        const block = { start: first, first: start, node: element('div', { class: 'frond-block' }), filled: false };
        block.node.frondBlock = block;
        this.blocks.push(block);
        this.lines.append(block.node);
        this.sight.observe(block.node);
    }

    #dropFirstBlock() {
        const block = this.blocks.shift();
        this.sight.unobserve(block.node);
        block.node.remove();
    }

    /** Draws the lines of a block from `from` on; all of them when it was empty. */
    #fill(block, from = 0) {
        const { screen } = this;
        if (!block.filled) {
            block.filled = true;
            block.first = Math.max(block.start, screen.dropped);
            block.node.style.removeProperty('block-size');
            from = block.first;
        }
        const { children } = block.node;
        const stop = Math.min(block.start + linesPerBlock, screen.end - 1);
        const added = document.createDocumentFragment();
        for (let number = Math.max(from, block.first, screen.dropped); number < stop; number += 1) {
            let node = children[number - block.first];
            if (node === undefined) added.append((node = document.createElement('div')));
            drawInto(node, screen.line(number));
        }
        block.node.append(added);
    }

    /** Keeps the room that a block will need. */
    #reserve(block) {
        const count = Math.min(block.start + linesPerBlock, this.screen.end - 1) - block.start;
        block.node.style.setProperty('block-size', `${count * this.lineHeight}px`);
    }

    /** Draws what nobody has looked at yet when there is nothing else to do, so that the page's search finds it. */
    #fillLater() {
        clearTimeout(this.filling);
        const next = this.blocks.findLast((block) => !block.filled);
        if (next === undefined) return;
        this.filling = setTimeout(() => {
            this.stuck = this.stuck && this.#isAtEnd();
            this.#fill(next);
            if (this.stuck) this.scroll.scrollTop = this.scroll.scrollHeight;
            this.#fillLater();
        }, millisecondsBeforeFilling);
    }

    /** Tells a screen reader what is new, in portions that one can listen to. */
    #announce() {
        this.announcing = 0;
        const { screen } = this;
        const to = screen.end;
        const from = Math.max(this.announced, screen.dropped, to - linesPerAnnouncement);
        const skipped = from - Math.max(this.announced, 0);
        const lines = [];
        for (let number = from; number < to; number += 1) lines.push(screen.line(number).text);
        const text = lines.join('\n').trim();
        if (text !== '') this.announcer.textContent = skipped > 0 ? `${skipped} more lines, then: ${text}` : text;
        this.announced = to - 1;
    }

    #measure() {
        const box = this.ruler.getBoundingClientRect();
        if (box.width === 0) return;
        if (this.stuck) this.#stick();
        this.lineHeight = box.height;
        const style = getComputedStyle(this.scroll);
        const inner = this.scroll.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        const height = this.scroll.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
        const columns = Math.max(20, Math.floor(inner / (box.width / 20)));
        const rows = Math.max(5, Math.floor(height / box.height));
        if (columns === this.screen.columns && rows === this.screen.rows) return;
        this.screen.columns = columns;
        this.screen.rows = rows;
        this.callbacks.onResize(columns, rows);
    }

    #scrolled() {
        if (this.#isAtEnd()) {
            this.stuck = true;
            this.latest.hidden = true;
        }
    }

    #isAtEnd() {
        const { scrollTop, scrollHeight, clientHeight } = this.scroll;
        return scrollHeight - scrollTop - clientHeight < 8;
    }

    #stick() {
        this.stuck = true;
        this.latest.hidden = true;
        this.scroll.scrollTop = this.scroll.scrollHeight;
    }

    // Typing

    #clicked() {
        if (this.open && getSelection()?.isCollapsed !== false) this.focus();
    }

    #keyInOutput(event) {
        if (event.target === this.input || !this.open) return;
        if (isInterrupt(event) && getSelection()?.isCollapsed !== false) {
            event.preventDefault();
            this.#interrupt();
        } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
            // Typing anywhere goes to the program.
            this.focus();
        }
    }

    #keyInInput(event) {
        if (event.isComposing) return;
        const { input } = this;
        const selected = input.selectionStart !== input.selectionEnd || getSelection()?.isCollapsed === false;
        if (event.key === 'Enter') {
            event.preventDefault();
            this.#submit(input.value);
        } else if (isInterrupt(event)) {
            if (selected) return;
            event.preventDefault();
            this.#interrupt();
        } else if (isControl(event, 'd')) {
            event.preventDefault();
            if (input.value === '') this.callbacks.onEnd();
        } else if (isControl(event, 'l')) {
            event.preventDefault();
            this.clear();
        } else if (isControl(event, 'u')) {
            event.preventDefault();
            input.setRangeText('', 0, input.selectionStart ?? input.value.length, 'start');
        } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault();
            this.#recall(event.key === 'ArrowUp' ? -1 : 1);
        } else if (event.key === 'PageUp' || event.key === 'PageDown') {
            event.preventDefault();
            const page = this.scroll.clientHeight * 0.9;
            this.scroll.scrollBy({ top: event.key === 'PageUp' ? -page : page });
        }
    }

    #paste(event) {
        const text = event.clipboardData?.getData('text/plain') ?? '';
        if (!/[\r\n]/u.test(text)) return;
        event.preventDefault();
        const { input } = this;
        const before = input.value.slice(0, input.selectionStart);
        const after = input.value.slice(input.selectionEnd);
        const lines = (before + text).split(/\r\n|\r|\n/u);
        const rest = lines.pop();
        for (const line of lines) this.#submit(line);
        input.value = rest + after;
        input.setSelectionRange(rest.length, rest.length);
    }

    #submit(text) {
        this.input.value = '';
        if (this.echo) {
            this.screen.echo(text);
            if (text.trim() !== '' && this.history.at(-1) !== text) this.history.push(text);
            if (this.history.length > 500) this.history.shift();
        }
        this.historyAt = this.history.length;
        this.#stick();
        this.callbacks.onLine(`${text}\n`);
        this.#schedule();
    }

    #interrupt() {
        this.screen.echo(`${this.input.value}^C`);
        this.input.value = '';
        this.callbacks.onInterrupt();
        this.#schedule();
    }

    #recall(step) {
        const { history, input } = this;
        if (this.historyAt === history.length) this.draft = input.value;
        const at = Math.max(0, Math.min(history.length, this.historyAt + step));
        if (at === this.historyAt) return;
        this.historyAt = at;
        input.value = at === history.length ? this.draft : history[at];
        input.setSelectionRange(input.value.length, input.value.length);
    }
}

function isControl(event, key) {
    return event.ctrlKey && !event.metaKey && !event.altKey && event.key.toLowerCase() === key;
}

function isInterrupt(event) {
    return isControl(event, 'c') && !event.shiftKey;
}

/** Draws a line into an element that may show an earlier version of it. */
function drawInto(node, line) {
    if (line.runs === null) {
        if (line.text === '') node.replaceChildren(document.createElement('br'));
        else node.textContent = line.text;
        return;
    }
    const parts = [];
    let at = 0;
    for (const { length, style } of line.runs) {
        const text = line.text.slice(at, at + length);
        at += length;
        parts.push(style === null ? document.createTextNode(text) : styled(text, style));
    }
    node.replaceChildren(...parts);
}

function styled(text, style) {
    const span = document.createElement('span');
    span.textContent = text;
    const { classList } = span;
    for (const name of ['bold', 'dim', 'italic', 'underline', 'strike']) if (style[name]) classList.add(`f-${name}`);
    let { fg, bg } = style;
    if (style.inverse) [fg, bg] = [bg ?? 'back', fg ?? 'fore'];
    paint(span, 'fg', 'color', fg);
    paint(span, 'bg', 'background-color', bg);
    return span;
}

/** A colour of the theme is a class; any other is set on the element, which a strict policy allows for scripts. */
function paint(span, kind, property, colour) {
    if (colour === null) return;
    if (typeof colour === 'string' && colour.startsWith('#')) span.style.setProperty(property, colour);
    else span.classList.add(`f-${kind}-${colour}`);
}
