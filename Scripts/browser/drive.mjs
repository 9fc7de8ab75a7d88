// Opens one site in one headless browser, does what it is told and says what it saw.
//
//     node drive.mjs --browser chromium --url http://127.0.0.1:8000/ [--timeout SECONDS] < steps.json
//
// Steps (JSON, one array):
//
//     { "state": "exited" }            wait until the program is in one of the page's states (or several: a, b)
//     { "text": "name? " }             wait until the terminal shows this
//     { "type": "Ada\n" }              type on the keyboard
//     { "chord": ["control", "c"] }    press keys together
//     { "click": "button.x" }          click on an element
//     { "evaluate": "1 + 1" }          note the value of an expression of the page
//     { "until": "globalThis.x > 3" }  wait until an expression of the page is true
//     { "sleep": 500 }                 wait so many milliseconds
//     { "screenshot": "a.png" }        save a picture
//     { "reload": true }               load the page again
//
// A step may have "within": seconds (default: the timeout). A first step { "preload": "() => …" } runs in the page
// before its own scripts. The result is JSON on standard output:
//
//     { "ok": true, "values": [2], "state": "exited", "status": 0, "text": "…", "page": "…", "times": {…}, "console": […] }
//
// and the exit status is 0 when every step came to pass, else 1, with "error" saying which one did not.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Browser } from './bidi.mjs';

const { values: options } = parseArgs({
    options: {
        browser: { type: 'string', default: 'chromium' },
        url: { type: 'string' },
        timeout: { type: 'string', default: '60' },
    },
});

const keys = { control: '\uE009', shift: '\uE008', alt: '\uE00A', enter: '\uE007', escape: '\uE00C', tab: '\uE004' };

/** What the page shows; every part may be missing while it loads. */
const look = `(() => {
    const { frondState: state = null, frondStatus, frondTimes } = document.documentElement.dataset;
    return {
        state, status: frondStatus === undefined ? null : Number(frondStatus),
        text: document.querySelector('frond-app')?.terminal?.text() ?? null,
        page: document.body?.innerText ?? '', times: JSON.parse(frondTimes ?? '{}'),
    };
})()`;

async function until(seconds, what, attempt) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const seen = await attempt();
        if (seen) return;
        if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
    }
}

async function perform(page, step, values) {
    const within = step.within ?? Number(options.timeout);
    const seen = () => page.evaluate(look);
    if ('state' in step) {
        const wanted = step.state.split(',').map((name) => name.trim());
        await until(within, `state ${step.state}`, async () => wanted.includes((await seen()).state));
    } else if ('text' in step) {
        await until(within, `the text ${JSON.stringify(step.text)}`, async () => (await seen()).text?.includes(step.text));
    } else if ('type' in step) {
        await page.type(step.type);
    } else if ('chord' in step) {
        await page.chord(step.chord.map((name) => keys[name] ?? name));
    } else if ('click' in step) {
        await page.click(step.click);
    } else if ('evaluate' in step) {
        values.push((await page.evaluate(step.evaluate)) ?? null);
    } else if ('until' in step) {
        await until(within, step.until, () => page.evaluate(step.until));
    } else if ('sleep' in step) {
        await new Promise((resolve) => setTimeout(resolve, step.sleep));
    } else if ('screenshot' in step) {
        await page.screenshot(step.screenshot);
    } else if ('reload' in step) {
        await page.reload();
    } else {
        throw new Error('unknown step');
    }
}

async function main() {
    const steps = JSON.parse(readFileSync(0, 'utf8') || '[]');
    const result = { ok: false, values: [], console: [] };
    let browser;
    try {
        browser = await Browser.launch(options.browser);
        const preload = steps.filter((step) => 'preload' in step).map((step) => step.preload);
        const page = await browser.open(options.url, preload);
        let current;
        try {
            for (current of steps.filter((step) => !('preload' in step))) await perform(page, current, result.values);
            result.ok = true;
        } catch (error) {
            result.error = `${JSON.stringify(current)}: ${error.message}`;
        }
        Object.assign(result, await page.evaluate(look).catch((error) => ({ page: `(unreadable: ${error.message})` })));
    } catch (error) {
        result.error = error.message;
    } finally {
        result.console = browser?.console ?? [];
        await browser?.close();
    }
    process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(result.ok ? 0 : 1));
}

await main();
