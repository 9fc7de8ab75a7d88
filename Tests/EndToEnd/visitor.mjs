// What the end-to-end tests of servers share: a browser, checks that are said as they pass, waiting.

import { Browser, Page } from '../../Scripts/browser/bidi.mjs';

/** An expression of the app's page, which is in a frame of the shell: `w` is its window, `d` its document. */
export const inFrame = (expression) => `(() => { const w = document.querySelector('.frond-frame').contentWindow;
    const d = w.document; return ${expression}; })()`;

/** The frame with the app as a page of its own: clicks and keys in it are real ones. A reload of the page makes a new one. */
export async function frameOf(page) {
    for (let attempt = 0; attempt < 1200; attempt += 1) {
        const { contexts } = await page.browser.send('browsingContext.getTree', { root: page.context });
        const child = contexts[0].children?.[0];
        if (child) return new AppPage(page.browser, child.context);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the app has no frame');
}

class AppPage extends Page {
    /** Scrolls to an element and clicks it with the pointer. */
    async press(selector) {
        // Not before all of the page is there, or things move away from the pointer.
        await until(this, selector, `(() => { const found = document.querySelector(${JSON.stringify(selector)});
            found?.scrollIntoView({ block: 'center', behavior: 'instant' });
            return found !== null && document.readyState === 'complete'; })()`);
        await this.click(selector);
    }

    /** Clicks the link or button that says `text`. */
    async pressText(text, among = 'a, button, input[type=submit]') {
        await until(this, text, `(() => { const named = [...document.querySelectorAll(${JSON.stringify(among)})]
            .find((e) => (e.value || e.textContent).trim() === ${JSON.stringify(text)});
            document.querySelectorAll('[data-press]').forEach((e) => delete e.dataset.press);
            if (named) named.dataset.press = ''; return named !== undefined; })()`);
        await this.press('[data-press]');
    }

    /** Clicks a field and types into it, in place of what it has. */
    async write(selector, text) {
        await this.press(selector);
        await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`);
        await this.type(text);
    }

    /** Waits until the page has these words. */
    async says(text, seconds) {
        await until(this, text, `document.body.innerText.includes(${JSON.stringify(text)})`, seconds);
    }

    /** The texts of all elements that match. */
    texts(selector) {
        return this.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.innerText.trim())`);
    }
}

/** Waits until page and frame are both at an address: a path, with its query or with any. */
export async function at(page, app, path) {
    const there = `location.pathname${path.includes('?') ? ' + location.search' : ''} === ${JSON.stringify(path)}`;
    await until(page, path, there);
    await until(app, `the page of ${path}`, `${there} && document.readyState === 'complete'`);
}

/**
 * The errors on the browser's console. Firefox writes one without an address whenever a page is left while an answer of
 * its service worker still streams (server-sent events do), which is no error of the page.
 */
export const errorsOf = (browser) => browser.console.filter((line) => /error/i.test(line)
    && !line.includes("Failed to load ‘’. A ServiceWorker intercepted the request"));

/** Waits until an expression of the page is true; while it can't be evaluated, it is not. */
export async function until(page, what, expression, seconds = 60) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const seen = await page.evaluate(expression).catch(() => false);
        if (seen) return;
        if (Date.now() > end) {
            const state = await page.evaluate(`[document.documentElement.dataset.frondState, location.href,
                document.body.innerText.slice(0, 2000), document.title,
                document.querySelector('.frond-frame')?.contentDocument?.documentElement?.outerHTML.slice(0, 500),
                document.querySelector('.frond-frame')?.contentWindow.location.href]`).catch(String);
            throw new Error(`waited ${seconds} s for ${what}: ${JSON.stringify(state)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/**
 * Opens a browser, lets `story(browser, check)` use it, and ends the process: status 1 when something was not as wanted.
 * @param {() => Promise<object>} [launch] how to open it, when not as usual
 */
export async function visit(name, story, launch = () => Browser.launch(name)) {
    let failures = 0;
    const check = (what, seen, wanted) => {
        const passed = JSON.stringify(seen) === JSON.stringify(wanted);
        if (!passed) failures += 1;
        console.log(passed ? `ok   ${what}` : `FAIL ${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
    };
    const browser = await launch();
    try {
        await story(browser, check);
    } catch (error) {
        failures += 1;
        console.log(`FAIL ${error.message}\n${browser.console.join('\n')}`);
    } finally {
        await browser.close();
    }
    process.exit(failures === 0 ? 0 : 1);
}
