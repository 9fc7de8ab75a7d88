// Runs the JSPI scenarios of this folder and compares the events with what each scenario expects. The reference runtime runs the
// same files (Tests/ReferenceRuntimeTests), so engines and model are held against one another.
//
//     node --experimental-wasm-jspi Tests/Scenarios/run.mjs [NAME…]
//     deno run -A Tests/Scenarios/run.mjs
//     node Tests/Scenarios/run.mjs --browser chromium
//     node Tests/Scenarios/run.mjs --browser firefox

import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { Browser } from '../../Scripts/browser/bidi.mjs';
import { engineName, playAll } from './play.mjs';

const folder = new URL('.', import.meta.url);

/** Serves this folder, and opens a page that plays the scenarios. */
async function playInBrowser(name, scenarios) {
    const server = http.createServer((request, response) => {
        const file = { '/play.mjs': 'text/javascript', '/probes.wasm': 'application/wasm' }[request.url];
        response.setHeader('Content-Type', file ?? 'text/html');
        response.end(file === undefined ? '<!DOCTYPE html>' : readFileSync(new URL(`.${request.url}`, folder)));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await Browser.launch(name);
    try {
        const page = await browser.open(`http://127.0.0.1:${server.address().port}/`);
        return await page.evaluate(`(async () => {
            const { engineName, playAll } = await import('/play.mjs');
            const module = await WebAssembly.compileStreaming(fetch('/probes.wasm'));
            return { engine: engineName(), ...await playAll(module, ${JSON.stringify(scenarios)}) };
        })()`);
    } finally {
        await browser.close();
        server.close();
    }
}

const words = globalThis.process.argv.slice(2);
const browser = words[0] === '--browser' ? words.splice(0, 2)[1] : null;
const scenarios = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).scenarios)
    .filter(({ name }) => words.length === 0 || words.includes(name));
const { engine, count, failures } = browser === null
    ? { engine: engineName(), ...await playAll(new WebAssembly.Module(readFileSync(new URL('probes.wasm', folder))), scenarios) }
    : await playInBrowser(browser, scenarios);
for (const failure of failures) console.log(failure);
console.log(`${count} scenarios in ${engine}: ${count - failures.length} as expected, ${failures.length} not`);
globalThis.process.exit(failures.length === 0 ? 0 : 1);
