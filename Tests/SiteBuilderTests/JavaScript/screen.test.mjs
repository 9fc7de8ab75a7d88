import assert from 'node:assert/strict';
import test from 'node:test';
import { Screen } from '../../../Templates/site/screen.mjs';

const lines = (screen) => screen.lines.map((line) => line.text);
const written = (...chunks) => {
    const screen = new Screen({ rows: 5, columns: 20, scrollback: 100 });
    for (const chunk of chunks) screen.write(chunk);
    return screen;
};

test('lines, returns, backspaces and tabs', () => {
    assert.deepEqual(lines(written('one\ntwo\n')), ['one', 'two', '']);
    assert.deepEqual(lines(written('10%\r100%')), ['100%']);
    assert.deepEqual(lines(written('abc\b\bX')), ['aXc']);
    assert.deepEqual(lines(written('a\tb')), ['a       b']);
    assert.deepEqual(lines(written('one\r\ntwo')), ['one', 'two']);
});

test('erasing and moving', () => {
    assert.deepEqual(lines(written('hello\r\x1b[Kbye')), ['bye']);
    assert.deepEqual(lines(written('hello\x1b[2K!')), ['     !']);
    assert.deepEqual(lines(written('a\nb\nc\x1b[2A\rX')), ['X', 'b', 'c']);
    assert.deepEqual(lines(written('abc\x1b[2DX')), ['aXc']);
    assert.deepEqual(lines(written('x\x1b[5GY')), ['x   Y']);
    assert.deepEqual(lines(written('1\n2\n3\x1b[H\x1b[Jnew')), ['new', '', '']);
    assert.deepEqual(lines(written('abcdef\x1b[3D\x1b[1K')), ['    ef']);
    // Not above what a program may believe is the screen.
    const far = written(Array.from({ length: 10 }, (_, i) => `${i}\n`).join(''), '\x1b[99AX');
    assert.equal(lines(far).indexOf('X'), 6);
});

test('styles: runs cover the text, equal styles are one object', () => {
    const [line] = written('a\x1b[1;31mbc\x1b[0md').lines;
    assert.equal(line.text, 'abcd');
    assert.deepEqual(line.runs.map((run) => [run.length, run.style?.fg ?? null, run.style?.bold ?? false]),
        [[1, null, false], [2, 1, true], [1, null, false]]);
    const screen = written('\x1b[32mx\x1b[0m \x1b[32my');
    assert.equal(screen.lines[0].runs[0].style, screen.lines[0].runs[2].style);
    assert.equal(written('plain').lines[0].runs, null);
    assert.equal(written('\x1b[31mred\r\x1b[0mnow').lines[0].runs, null);
});

test('long colours', () => {
    const colour = (codes) => written(`\x1b[${codes}mx`).lines[0].runs[0].style;
    assert.equal(colour('38;5;208').fg, '#ff8700');
    assert.equal(colour('38;5;9').fg, 9);
    assert.equal(colour('38;5;244').fg, '#808080');
    assert.equal(colour('48;2;1;2;255').bg, '#0102ff');
    assert.equal(colour('97').fg, 15);
    assert.equal(colour('38;2;999;0;0').fg, '#ff0000');
});

test('sequences and characters that arrive in pieces', () => {
    const text = 'a\x1b[31mü\x1b]0;title\x07€\x1b[0m!\n';
    const bytes = new TextEncoder().encode(text);
    const whole = written(bytes);
    const pieces = written(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    assert.deepEqual(pieces.lines.map(({ text: t, runs }) => [t, runs]), whole.lines.map(({ text: t, runs }) => [t, runs]));
    assert.equal(pieces.title, 'title');
    assert.equal(pieces.lines[0].text, 'aü€!');
});

test('what is not understood is left out and swallows nothing', () => {
    assert.deepEqual(lines(written('a\x1b[?25lb\x1b[?2004hc\x1b(Bd\x1b=e')), ['abcde']);
    assert.deepEqual(lines(written('x\x1b[1;2;3zy')), ['xy']);
    assert.deepEqual(lines(written(`\x1b[${'9'.repeat(500)}`, 'after')).join('').endsWith('after'), true);
    assert.deepEqual(lines(written('\x1b[31\nnext')), ['', 'next']);
    assert.deepEqual(lines(written('\x00\x01a\x7f')), ['a']);
});

test('the scroll-back is cut, and numbers of lines go on', () => {
    const screen = new Screen({ scrollback: 100 });
    for (let i = 0; i < 1000; i += 1) screen.write(`line ${i}\n`);
    assert.ok(screen.lines.length <= 100 + 65);
    assert.equal(screen.end, 1001);
    assert.equal(screen.line(999).text, 'line 999');
    assert.equal(screen.line(0), undefined);
});

test('changes name the first line that changed', () => {
    const screen = new Screen();
    screen.write('a\nb\n');
    assert.equal(screen.takeChanges(), 0);
    screen.write('c');
    assert.equal(screen.takeChanges(), 2);
    screen.write('\x1b[Ax');
    assert.equal(screen.takeChanges(), 1);
    assert.equal(screen.takeChanges(), screen.end);
});

test('typed text stands out and can carry no sequences', () => {
    const screen = written('? ');
    screen.echo('a\x1b[31mb\n');
    assert.deepEqual(lines(screen), ['? a[31mb', '']);
    assert.equal(screen.lines[0].runs[1].style.bold, true);
});

test('a line without an end is broken at some length', () => {
    const screen = new Screen();
    for (let i = 0; i < 100; i += 1) screen.write('x'.repeat(1000));
    assert.ok(screen.lines.length > 1);
    assert.ok(screen.lines.every((line) => line.text.length <= 21_000));
});

test('a hundred thousand lines take little time', () => {
    const screen = new Screen();
    const began = performance.now();
    for (let i = 0; i < 100_000; i += 1) screen.write(`\x1b[32mline\x1b[0m ${i}\n`);
    assert.ok(performance.now() - began < 5000);
});
