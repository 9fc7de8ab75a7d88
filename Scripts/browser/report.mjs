// Prints what a page showed: the text of its program on standard output, the rest on standard error.
//
//     node report.mjs result.json        (the result of drive.mjs)

import { readFileSync } from 'node:fs';

const result = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.stdout.write(result.text ? `${result.text.trimEnd()}\n` : '');
const times = Object.entries(result.times ?? {}).map(([name, time]) => `${name} ${time} ms`).join(', ');
console.error(`\nThe page is ${result.state ?? 'not loaded'}; exit status ${result.status ?? 'none'}. ${times}`);
if (!result.ok || result.state !== 'exited' || result.status !== 0) {
    console.error(result.error ?? '');
    console.error(result.page ?? '');
    for (const line of result.console) console.error(line);
    process.exitCode = 1;
}
