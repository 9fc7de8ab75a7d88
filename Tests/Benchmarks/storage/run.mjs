// What stored files cost from Python, beside files in memory (the peer) and plain OPFS from JavaScript (the floor).
//
//     node Tests/Benchmarks/storage/run.mjs --site FOLDER [--browser chromium|firefox] [--json FILE]
//
// FOLDER is Tests/Benchmarks/storage/app, built. Microseconds a call: median (least to most) of 5 rounds, all in one page.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Browser } from '../../../Scripts/browser/bidi.mjs';
import { serveSite } from '../../Storage/site-server.mjs';

const { values: options } = parseArgs({
    options: { site: { type: 'string' }, browser: { type: 'string', default: 'chromium' }, json: { type: 'string' } },
});

const server = await serveSite(options.site, { '/plain.mjs': fileURLToPath(new URL('plain.mjs', import.meta.url)) });
const browser = await Browser.launch(options.browser);
const page = await browser.open(`http://127.0.0.1:${server.address().port}/`, [`() => {
    let text = '';
    addEventListener('frond:output', ({ detail }) => {
        text += detail.text;
        const found = /^result (.*)$/mu.exec(text);
        if (found && text.endsWith('\\n')) globalThis.measured = JSON.parse(found[1]);
    });
}`]);
const deadline = Date.now() + 110_000;
while (!await page.evaluate('Boolean(globalThis.measured)')) {
    if (Date.now() > deadline) throw new Error(await page.evaluate('document.body.innerText'));
    await new Promise((resolve) => setTimeout(resolve, 200));
}
const { memory, stored } = await page.evaluate('measured');
const plain = await page.evaluate(`new Promise((resolve, reject) => {
    const worker = new Worker('/plain.mjs', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
})`);
await browser.close();
server.close();

const show = (value) => value === undefined ? '' : `${value.median.toFixed(1)} (${value.least.toFixed(1)}–${value.most.toFixed(1)})`;
console.log(`${options.browser}, µs a call: median (least–most) of 5 rounds\n`);
console.log('| | stored | in memory | plain OPFS | stored / plain |\n|---|---|---|---|---|');
for (const name of Object.keys(stored)) {
    const ratio = plain[name] === undefined ? '' : (stored[name].median / plain[name].median).toFixed(2);
    console.log(`| ${name} | ${show(stored[name])} | ${show(memory[name])} | ${show(plain[name])} | ${ratio} |`);
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ browser: options.browser, stored, memory, plain }, null, 2)}\n`);
process.exit(0);
