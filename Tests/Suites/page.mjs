// Runs a site's program again and again in one headless browser, each time with other environment variables.
//
//     node page.mjs --browser chromium --url http://127.0.0.1:8000/
//
// Standard input has one JSON line for each run: { "env": { "NAME": "value" } }. Standard output has, one JSON line each,
// { "output": text } as the program prints, and at the end { "exit": status, "state": …, "backend": …, "page": text }. The line
// { "stop": true } ends a run that hangs. End of input closes the browser.

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Browser } from '../../Scripts/browser/bidi.mjs';

const { values: options } = parseArgs({ options: { browser: { type: 'string' }, url: { type: 'string' } } });

/**
 * Runs in the page before its own scripts: puts the variables into the page's configuration before the page reads it, and
 * gathers what the program prints until somebody asks for it.
 */
const preload = String(() => {
    const suite = { text: '', backend: null, wake: () => {} };
    globalThis.frondSuite = suite;
    document.addEventListener('readystatechange', () => {
        const element = document.getElementById('frond-configuration');
        if (!element || !location.hash.startsWith('#suite=')) return;
        const configuration = JSON.parse(element.textContent);
        Object.assign(configuration.environment, JSON.parse(decodeURIComponent(location.hash.slice(7))));
        element.textContent = JSON.stringify(configuration);
    }, { once: true });
    document.addEventListener('frond:output', ({ detail }) => {
        suite.text += detail.text;
        suite.wake();
    });
    document.addEventListener('frond:state', () => suite.wake());
    document.addEventListener('frond:exit', ({ detail }) => { suite.backend = detail.stats?.backend; });
    /** What was printed since the last time, and the state; waits up to half a second for something new. */
    suite.next = async () => {
        if (suite.text === '') {
            await new Promise((resolve) => {
                suite.wake = resolve;
                setTimeout(resolve, 500);
            });
        }
        const output = suite.text;
        suite.text = '';
        const { frondState: state, frondStatus: status } = document.documentElement.dataset;
        return { output, state, backend: suite.backend, status: status === undefined ? null : Number(status) };
    };
});

function say(message) {
    process.stdout.write(`${JSON.stringify(message)}\n`);
}

let stopped = false;

async function run(browser, { env }, isFirst) {
    const fragment = `#suite=${encodeURIComponent(JSON.stringify(env))}`;
    const page = await browser.open(options.url + fragment, isFirst ? [preload] : []);
    const ends = new Set(['exited', 'failed', 'unsupported']);
    for (;;) {
        const { output, state, status, backend } = await page.evaluate('frondSuite.next()');
        if (output !== '') say({ output });
        else if (ends.has(state) || stopped) {
            const text = state === 'exited' ? '' : await page.evaluate('document.body.innerText');
            say({ exit: status, state, backend, page: text });
            break;
        }
    }
    await page.close();
}

const browser = await Browser.launch(options.browser);
const jobs = [];
let wake = () => {};
let ended = false;
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
    const message = JSON.parse(line);
    if (message.stop) stopped = true;
    else jobs.push(message);
    wake();
});
lines.on('close', () => {
    ended = true;
    stopped = true;
    wake();
});

for (let number = 0; ; number++) {
    while (jobs.length === 0 && !ended) await new Promise((resolve) => { wake = resolve; });
    if (jobs.length === 0) break;
    stopped = false;
    try {
        await run(browser, jobs.shift(), number === 0);
    } catch (error) {
        say({ exit: null, state: 'lost', page: `${error.message}\n${browser.console.join('\n')}` });
        break;
    }
}
await browser.close();
process.exit(0);
