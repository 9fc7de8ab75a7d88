// A headless browser over WebDriver BiDi: Chromium through chromedriver, Firefox directly. No dependencies; Node ≥ 22.
//
// The protocol is one WebSocket: { id, method, params } one way, { id, result } and { method, params } (events) back.

import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What ends this process; it goes by its exit then, which cleans up. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const leave = () => process.exit(130);

/** Things that Firefox does by itself and that disturb a test. */
const firefoxPreferences = {
    'app.update.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.sessionstore.resume_from_crash': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'remote.active-protocols': 1,
    'toolkit.startup.max_resumed_crashes': -1,
};

const chromiumArguments = [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage',
    '--disable-background-networking', '--window-size=1000,700',
];

/** Chromium's switches for one run, as in FROND_BROWSER_ARGUMENTS="--js-flags=--wasm-wasmfx". */
function moreArguments() {
    return (process.env.FROND_BROWSER_ARGUMENTS ?? '').split(' ').filter((word) => word !== '');
}

/** Finds a program as a shell would; chromedriver wants a whole path. */
function find(name) {
    for (const folder of name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter)) {
        const file = join(folder, name);
        try {
            accessSync(file, constants.X_OK);
            return file;
        } catch {
            // Not here.
        }
    }
    throw new Error(`there is no ${name}; frond doctor says what is missing`);
}

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/** Calls `attempt` until it does not throw. */
async function retry(what, seconds, attempt) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        try {
            return await attempt();
        } catch (error) {
            if (error.final || Date.now() > end) throw new Error(`${what}: ${error.message}`);
            await sleep(150);
        }
    }
}

/** Ends a process and what it started; it leads a group of its own. */
function endGroup(child) {
    try {
        process.kill(-child.pid, 'SIGKILL');
    } catch {
        // It has ended already.
    }
}

export class Browser {
    #socket;
    #pending = new Map();
    #next = 0;
    #child;
    #profile;
    #keeps = false;
    /** Called with each line of the page's console. */
    onConsole = () => {};
    #endSession = async () => {};
    /** Lines of the page's console and its uncaught errors, the newest last. */
    console = [];

    /**
     * Starts a browser.
     * @param {'chromium' | 'firefox'} name
     * @param {string} [profile] a folder that is kept; else one for this browser alone
     * @param {Record<string, unknown>} [preferences] more of Firefox's
     */
    static async launch(name, profile, preferences = {}) {
        const browser = new Browser();
        browser.#keeps = profile !== undefined;
        browser.#profile = profile ?? mkdtempSync(join(tmpdir(), `frond-${name}-`));
        process.once('exit', browser.#cleanUp);
        for (const signal of signals) process.once(signal, leave);
        try {
            await (name === 'firefox' ? browser.#startFirefox(preferences) : browser.#startChromium());
            await browser.send('session.subscribe', { events: ['log.entryAdded'] });
        } catch (error) {
            await browser.close();
            throw error;
        }
        return browser;
    }

    async #startChromium() {
        const port = await freePort();
        this.#spawn(process.env.FROND_CHROMEDRIVER ?? 'chromedriver', [`--port=${port}`]);
        const binary = find(process.env.FROND_CHROMIUM ?? 'chromium');
        const body = JSON.stringify({
            capabilities: {
                alwaysMatch: {
                    webSocketUrl: true,
                    'goog:chromeOptions': {
                        binary, args: [...chromiumArguments, ...moreArguments(), `--user-data-dir=${this.#profile}`],
                    },
                },
            },
        });
        const address = `http://127.0.0.1:${port}/session`;
        const session = await retry('chromedriver', 40, async () => {
            const response = await fetch(address, { method: 'POST', body });
            const { value } = await response.json();
            if (!value.capabilities) throw Object.assign(new Error(value.message), { final: true });
            return value;
        });
        this.#endSession = () => fetch(`${address}/${session.sessionId}`, { method: 'DELETE' });
        await this.#connect(session.capabilities.webSocketUrl);
    }

    async #startFirefox(more) {
        const port = await freePort();
        const preferences = Object.entries({ ...firefoxPreferences, ...more })
            .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
        writeFileSync(join(this.#profile, 'user.js'), preferences.join(''));
        this.#spawn(process.env.FROND_FIREFOX ?? 'firefox-esr', [
            '--headless', '--no-remote', '--width', '1000', '--height', '700', '--profile', this.#profile,
            `--remote-debugging-port=${port}`, '--remote-allow-system-access', 'about:blank',
        ]);
        await this.#connect(`ws://127.0.0.1:${port}/session`);
        await this.send('session.new', { capabilities: {} });
        this.#endSession = () => this.send('browser.close');
    }

    #spawn(program, args) {
        this.#child = spawn(program, args, {
            stdio: 'ignore', detached: true, env: { ...process.env, HOME: this.#profile, MOZ_HEADLESS: '1' },
        });
        this.#child.once('error', (error) => {
            console.error(`${program}: ${error.message}`);
            process.exit(3);
        });
    }

    async #connect(address) {
        this.#socket = await retry(address, 60, () => new Promise((resolve, reject) => {
            const socket = new WebSocket(address);
            socket.onopen = () => resolve(socket);
            socket.onerror = () => reject(new Error('no connection'));
        }));
        this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
        this.#socket.onclose = () => {
            for (const { reject } of this.#pending.values()) reject(new Error('the browser is gone'));
            this.#pending.clear();
        };
    }

    #receive(message) {
        const waiting = this.#pending.get(message.id);
        if (waiting) {
            this.#pending.delete(message.id);
            if (message.type === 'error') waiting.reject(new Error(`${message.error}: ${message.message}`));
            else waiting.resolve(message.result);
        } else if (message.method === 'log.entryAdded') {
            this.console.push(`${message.params.level}: ${message.params.text}`);
            if (this.console.length > 200) this.console.shift();
            this.onConsole(message.params.text);
        }
    }

    /** Has Firefox give back all memory that it can do without, in all of its processes. */
    async minimizeMemory() {
        const { contexts } = await this.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
        await this.send('script.evaluate', {
            expression: `new Promise((resolve) => Cc['@mozilla.org/memory-reporter-manager;1']
                .getService(Ci.nsIMemoryReporterManager).minimizeMemoryUsage(resolve))`,
            target: { context: contexts[0].context }, awaitPromise: true,
        });
    }

    /** Sends one command and waits for its result. */
    send(method, params = {}) {
        return new Promise((resolve, reject) => {
            const id = ++this.#next;
            this.#pending.set(id, { resolve, reject });
            this.#socket.send(JSON.stringify({ id, method, params }));
        });
    }

    /**
     * Opens a page in a new tab.
     * @param {string} url
     * @param {string[]} preload functions, as text, that run in the page before its own scripts
     * @returns {Promise<Page>}
     */
    async open(url, preload = []) {
        const { context } = await this.send('browsingContext.create', { type: 'tab' });
        for (const functionDeclaration of preload) await this.send('script.addPreloadScript', { functionDeclaration });
        await this.send('browsingContext.navigate', { context, url, wait: 'interactive' });
        return new Page(this, context);
    }

    async close() {
        try {
            await Promise.race([this.#endSession(), sleep(3000)]);
        } catch {
            // It is killed below in any case.
        }
        this.#socket?.close();
        this.#cleanUp();
        process.off('exit', this.#cleanUp);
        for (const signal of signals) process.off(signal, leave);
    }

    /** The leader of the browser's processes. */
    get group() {
        return this.#child.pid;
    }

    /** Ends all of the browser's processes at this moment, as a failing machine would. */
    kill() {
        endGroup(this.#child);
        this.#socket?.close();
    }

    #cleanUp = () => {
        if (this.#child) endGroup(this.#child);
        if (this.#keeps) return;
        rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    };
}

export class Page {
    constructor(browser, context) {
        this.browser = browser;
        this.context = context;
    }

    /** The value of an expression in the page; a promise is awaited. */
    async evaluate(expression) {
        const answer = await this.browser.send('script.evaluate', {
            expression: `(async () => JSON.stringify(await (${expression})))()`,
            target: { context: this.context }, awaitPromise: true, userActivation: true,
        });
        if (answer.type === 'exception') throw new Error(`in the page: ${answer.exceptionDetails.text}`);
        return answer.result.type === 'string' ? JSON.parse(answer.result.value) : undefined;
    }

    /** Types on the keyboard, as a person would; `\n` is the Enter key. */
    async type(text) {
        const keys = [...text].map((character) => (character === '\n' ? '\uE007' : character));
        const actions = keys.flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
        await this.browser.send('input.performActions', {
            context: this.context, actions: [{ type: 'key', id: 'keyboard', actions }],
        });
    }

    /** Clicks in the middle of an element, with the pointer. */
    async click(selector) {
        const { result } = await this.browser.send('script.evaluate', {
            expression: `document.querySelector(${JSON.stringify(selector)})`,
            target: { context: this.context }, awaitPromise: false,
        });
        if (!result?.sharedId) throw new Error(`there is no ${selector}`);
        const origin = { type: 'element', element: { sharedId: result.sharedId } };
        await this.browser.send('input.performActions', {
            context: this.context,
            actions: [{
                type: 'pointer', id: 'mouse', actions: [
                    { type: 'pointerMove', x: 0, y: 0, origin },
                    { type: 'pointerDown', button: 0 },
                    { type: 'pointerUp', button: 0 },
                ],
            }],
        });
    }

    /** Presses keys together, for example `['\uE009', 'c']` for Ctrl-C. */
    async chord(keys) {
        const actions = [
            ...keys.map((value) => ({ type: 'keyDown', value })),
            ...keys.toReversed().map((value) => ({ type: 'keyUp', value })),
        ];
        await this.browser.send('input.performActions', {
            context: this.context, actions: [{ type: 'key', id: 'keyboard', actions }],
        });
    }

    /** Saves a picture of the page. */
    async screenshot(file) {
        const { data } = await this.browser.send('browsingContext.captureScreenshot', { context: this.context });
        writeFileSync(file, Buffer.from(data, 'base64'));
    }

    async reload() {
        await this.browser.send('browsingContext.reload', { context: this.context, wait: 'interactive' });
    }

    async close() {
        await this.browser.send('browsingContext.close', { context: this.context });
    }
}
