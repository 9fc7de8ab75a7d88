// Chromium over its own protocol, for what chromedriver disturbs: it attaches itself to every service worker and holds a new one
// before its first line, so that one that was stopped never comes back; and it has the browser keep a copy of every answer.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class DevTools {
    /** Uncaught errors and lines of the page's console, the newest last. */
    console = [];
    #socket;
    #child;
    #profile;
    #pending = new Map();
    #next = 0;

    static async launch() {
        const browser = new DevTools();
        browser.#profile = mkdtempSync(join(tmpdir(), 'frond-devtools-'));
        process.once('exit', browser.#cleanUp);
        browser.#child = spawn(process.env.FROND_CHROMIUM ?? 'chromium', [
            '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage',
            '--disable-background-networking', '--window-size=1000,700', '--remote-debugging-port=0',
            `--user-data-dir=${browser.#profile}`, 'about:blank',
        ], { stdio: 'ignore', detached: true });
        for (let attempt = 0; ; attempt += 1) {
            await sleep(100);
            try {
                const [port, path] = readFileSync(join(browser.#profile, 'DevToolsActivePort'), 'utf8').split('\n');
                await browser.#connect(`ws://127.0.0.1:${port}${path}`);
                return browser;
            } catch (error) {
                if (attempt > 300) throw error;
            }
        }
    }

    #connect(address) {
        return new Promise((resolve, reject) => {
            const socket = new WebSocket(address);
            socket.onopen = () => resolve();
            socket.onerror = () => reject(new Error('no connection to Chromium'));
            socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
            this.#socket = socket;
        });
    }

    #receive({ id, method, params, result, error }) {
        if (id !== undefined) {
            const { resolve, reject } = this.#pending.get(id);
            this.#pending.delete(id);
            if (error) reject(new Error(error.message));
            else resolve(result);
        } else if (method === 'Runtime.consoleAPICalled') {
            this.console.push(`${params.type}: ${params.args.map((arg) => arg.value ?? arg.description).join(' ')}`);
        } else if (method === 'Runtime.exceptionThrown') {
            this.console.push(`error: ${params.exceptionDetails.text}`);
        }
    }

    /** Sends one command, to a page if a session is given, and waits for its result. */
    send(method, params = {}, sessionId = undefined) {
        return new Promise((resolve, reject) => {
            const id = ++this.#next;
            this.#pending.set(id, { resolve, reject });
            this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
        });
    }

    /** Opens a page in a new tab; `preload` are functions, as text, that run in it before its own scripts. */
    async open(url, preload = []) {
        const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
        await this.send('Runtime.enable', {}, sessionId);
        await this.send('Page.enable', {}, sessionId);
        for (const text of preload) {
            await this.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${text})()` }, sessionId);
        }
        await this.send('Page.navigate', { url }, sessionId);
        return new DevToolsPage(this, sessionId, targetId);
    }

    /** Has the browser give back memory that it can do without. */
    async minimizeMemory() {
        const { targetInfos } = await this.send('Target.getTargets');
        for (const { targetId, type } of targetInfos) {
            if (type !== 'page') continue;
            const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
            await this.send('HeapProfiler.collectGarbage', {}, sessionId);
            await this.send('Memory.simulatePressureNotification', { level: 'critical' }, sessionId);
            await this.send('Target.detachFromTarget', { sessionId });
        }
    }

    /** The leader of the browser's processes. */
    get group() {
        return this.#child.pid;
    }

    async close() {
        this.#socket?.close();
        this.#cleanUp();
        process.off('exit', this.#cleanUp);
    }

    #cleanUp = () => {
        try {
            process.kill(-this.#child.pid, 'SIGKILL');
        } catch {
            // It has ended already.
        }
        rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    };
}

class DevToolsPage {
    constructor(browser, session, target) {
        this.browser = browser;
        this.session = session;
        this.target = target;
    }

    /** The value of an expression in the page; a promise is awaited. */
    async evaluate(expression) {
        const { result, exceptionDetails } = await this.browser.send('Runtime.evaluate', {
            expression: `(async () => JSON.stringify(await (${expression})))()`, awaitPromise: true, userGesture: true,
        }, this.session);
        if (exceptionDetails) throw new Error(`in the page: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
        return result.type === 'string' ? JSON.parse(result.value) : undefined;
    }

    reload() {
        return this.browser.send('Page.reload', {}, this.session);
    }

    async close() {
        await this.browser.send('Target.closeTarget', { targetId: this.target });
    }

    /** Ends all service workers, as the browser may at any time. */
    async stopServiceWorkers() {
        await this.browser.send('ServiceWorker.enable', {}, this.session);
        await this.browser.send('ServiceWorker.stopAllWorkers', {}, this.session);
        await this.browser.send('ServiceWorker.disable', {}, this.session);
    }
}
