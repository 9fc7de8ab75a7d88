// docs/benchmarks.md: each benchmark keeps one section of it, from its heading to the next.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const opening = '# Benchmarks\n\nEach section is written by the command that it names.\n';

/** A text with the section `heading` replaced by, or followed by, `body`. */
export function withSection(text, heading, body) {
    const section = `## ${heading}\n\n${body.trim()}\n`;
    const parts = text.trimEnd().split(/\n(?=## )/u);
    const at = parts.findIndex((part) => part.split('\n', 1)[0] === `## ${heading}`);
    if (at < 0) parts.push(section);
    else parts[at] = section;
    return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

/** Writes one benchmark's section and leaves the others as they are. */
export function writeSection(heading, body) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : opening;
    writeFileSync(`${file}.new`, withSection(text, heading, body));
    renameSync(`${file}.new`, file);
}

/** The machine in a few words. */
export function machine() {
    return `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.cpus().length} cores`;
}

export function markdownTable(rows) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [line(rows[0]), `|${'---|'.repeat(rows[0].length)}`, ...rows.slice(1).map(line)].join('\n');
}
