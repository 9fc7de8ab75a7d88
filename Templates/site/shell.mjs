// The page around a program: <frond-app> checks the browser, downloads with real progress, runs the program in a worker
// and shows its terminal.
//
//     checking ─▶ unsupported
//        │
//        ├─▶ idle ──click──▶ loading ─▶ starting ─▶ running ─▶ exited ──restart──▶ starting
//        └───────────────────▶  │          │          │
//                               └─▶ failed ◀┴──────────┘
//
// What it is doing can be seen from outside, by tests and by pages that embed it: `document.documentElement.dataset`
// has frondState, frondStatus (the exit status) and frondTimes (milliseconds since the page was opened, as JSON), and
// the element sends `frond:state`, `frond:output` and `frond:exit` events, which bubble.

import { missingFeatures } from './support.mjs';
import { loadProgram } from './loader.mjs';
import { Program, stoppedStatus } from './program.mjs';
import { SnapshotShelf } from './snapshots.mjs';
import { Terminal } from './terminal.mjs';
import { button, element } from './elements.mjs';
import { AppFrame, controlPage, CookieMirror, releasePage, Switchboard } from './web/frame.mjs';
import { StorageControl } from './storage-panel.mjs';
import { failurePanel, idlePanel, loadingPanel, unsupportedPanel } from './panels.mjs';

/** How long a program may take to react to Ctrl-C before the page offers to end it. */
const patience = 1500;

const labels = {
    checking: '', unsupported: 'Not supported', idle: 'Ready', loading: 'Loading', starting: 'Starting',
    running: 'Running', exited: 'Finished', failed: 'Failed',
};

const decoder = new TextDecoder();

/** The last line of a text that is not empty, without colours. */
function lastLine(text) {
    return text.replace(/\x1b\[[0-9;]*m/gu, '').trimEnd().split('\n').at(-1).trim();
}

function readConfiguration() {
    return JSON.parse(document.getElementById('frond-configuration').textContent);
}

export class FrondApp extends HTMLElement {
    connectedCallback() {
        if (this.configuration) return;
        this.configuration = readConfiguration();
        this.times = {};
        this.lastError = '';
        this.#build();
        this.#setState('checking');
        const missing = missingFeatures();
        if (!this.configuration.server) releasePage(this.configuration.base);
        if (missing.length > 0) {
            this.#setState('unsupported');
            this.#show(unsupportedPanel(missing));
        } else if (this.configuration.server) {
            this.#serve();
        } else if (this.getAttribute('start') === 'click') {
            this.#setState('idle');
            this.#show(idlePanel(this.#totalSize(), () => this.#load()));
        } else {
            this.#load();
        }
    }

    #build() {
        this.terminal = new Terminal({
            onLine: (text) => this.program?.write(text),
            onEnd: () => this.program?.endInput(),
            onInterrupt: () => this.#interrupt(),
            onResize: (columns, rows) => this.program?.resize(columns, rows),
        });
        this.heading = element('span', { class: 'frond-title' }, this.configuration.title);
        this.status = element('span', { class: 'frond-status', role: 'status' });
        this.interruptButton = button('Interrupt', () => this.#interrupt(), 'Send Ctrl-C to the program');
        this.endButton = button('End input', () => this.program?.endInput(), 'Send Ctrl-D to the program');
        this.endButton.classList.add('frond-touch');
        this.copyButton = button('Copy', () => this.#copy(), 'Copy all output');
        this.restartButton = button('Restart', () => this.#restart(), 'Run the program again');
        const actions = element('div', { class: 'frond-actions' },
            this.interruptButton, this.endButton, this.copyButton, this.restartButton);
        this.storage = new StorageControl(this.configuration, {
            program: () => this.program,
            stop: () => this.program?.dispose(),
            restart: () => this.#restart(),
            show: (panel) => { this.#setState('failed'); this.#show(panel); },
            notice: (...parts) => { this.banner.replaceChildren(...parts); this.banner.hidden = false; },
        });
        if (this.storage.button) actions.prepend(this.storage.button);
        this.panel = element('div', { class: 'frond-panel' });
        this.stage = element('div', { class: 'frond-stage' }, this.terminal.root, this.panel);
        this.banner = element('div', { class: 'frond-banner', role: 'alert', hidden: '' });
        this.replaceChildren(
            element('div', { class: 'frond-bar' }, this.heading, this.status, actions), this.stage, this.banner);
    }

    /**
     * An app that is a server: a frame shows its pages. One tab of all that are open runs the program, the others show it; the
     * next one takes over when that tab is closed.
     */
    async #serve() {
        const { base } = this.configuration;
        this.frame = new AppFrame(base);
        this.drawerButton = button('Output', () => this.#toggleDrawer(), 'Show what the program prints', 'frond-drawer');
        this.prepend(this.frame.node);
        this.append(this.drawerButton);
        this.#view('boot');
        const controlled = controlPage(base);
        controlled.catch((error) => {
            this.isUnreachable = true;
            this.program?.dispose();
            this.#setState('failed');
            this.#show(failurePanel('The site could not be set up', error.message, () => location.reload()));
        });
        navigator.locks.request(`frond-owner:${base}`, { ifAvailable: true }, (lock) => {
            if (lock) return this.#own(controlled);
            controlled.then(() => this.#showFrame('Runs in another tab'), () => {});
            navigator.locks.request(`frond-owner:${base}`, () => this.#own(controlled));
            return null;
        });
    }

    /** Runs the program as long as this page is open. It starts while the service worker does. */
    async #own(controlled) {
        this.controlled = controlled;
        if (!navigator.serviceWorker) await controlled;
        this.switchboard = new Switchboard();
        this.mirror = new CookieMirror((cookies) => {
            if (cookies.length > 0) this.program?.tellCookies(cookies);
        });
        this.#load();
        await new Promise(() => {});
    }

    #listening(instance) {
        this.switchboard.announce(this.program, instance);
        this.#mark('listening');
        this.controlled.then(() => {
            this.#mark('controlled');
            this.#showFrame();
        }, () => {});
    }

    #showFrame(label = '') {
        this.#show(null);
        this.#setState('running', label);
        this.#view('app');
        if (this.frameStarted) {
            this.program?.fetchRest();
            if (this.isStale) this.frame.reload();
            this.isStale = false;
            return;
        }
        this.frameStarted = true;
        this.frame.node.addEventListener('load', () => {
            this.#mark('response');
            this.program?.fetchRest();
        }, { once: true });
        this.frame.start();
    }

    /** `boot`: progress; `app`: the app's page; `both`: and the terminal below it. */
    #view(name) {
        this.dataset.view = name;
    }

    #toggleDrawer() {
        this.#view(this.dataset.view === 'both' ? 'app' : 'both');
    }

    #totalSize() {
        const { module, image, snapshot } = this.configuration.assets;
        return [module, image, snapshot].reduce((sum, asset) => sum + (asset?.br ?? asset?.size ?? 0), 0);
    }

    #setState(state, detail = '') {
        this.state = state;
        this.dataset.state = state;
        const root = document.documentElement.dataset;
        root.frondState = state;
        this.#mark(state);
        this.status.textContent = detail || labels[state];
        const running = state === 'running';
        this.interruptButton.hidden = !running;
        this.endButton.hidden = !running;
        this.copyButton.hidden = !running && state !== 'exited' && state !== 'failed';
        this.restartButton.hidden = !(state === 'exited' || running || (state === 'failed' && this.loaded));
        this.terminal.setOpen(running);
        this.dispatchEvent(new CustomEvent('frond:state', { bubbles: true, detail: { state } }));
    }

    #mark(name) {
        this.times[name] ??= Math.round(performance.now());
        document.documentElement.dataset.frondTimes = JSON.stringify(this.times);
    }

    /** Puts a panel over the terminal, or takes it away. */
    #show(content) {
        this.panel.replaceChildren(...(content ? [content] : []));
        this.panel.hidden = !content;
        this.terminal.root.inert = !!content;
    }

    async #load() {
        this.#setState('loading');
        const panel = loadingPanel(this.configuration.title);
        this.#show(panel.node);
        this.loadingPanel = panel;
        this.#prepare();
        try {
            this.loaded = await loadProgram(await this.#missingAssets(), (received, total) => panel.bytes(received, total),
                (name) => this.#mark(name), this.loaded?.module);
        } catch (error) {
            if (this.isUnreachable) return;
            this.program?.dispose();
            this.#setState('failed');
            this.#show(failurePanel('The program could not be loaded', error.message, () => this.#load()));
            return;
        }
        if (!this.isUnreachable) this.#run();
    }

    /** Everything that the program's memory depends on before the program itself begins; null when no snapshot is kept. */
    #snapshotInputs() {
        const { assets, command, environment, directory, preload } = this.configuration;
        if (!preload && !assets.snapshot) return null;
        const parts = [assets.module, assets.image, assets.glue, assets.snapshot].map((asset) => asset?.url ?? '');
        return { parts, command, environment, directory, preload: preload ?? [] };
    }

    /** What has to be downloaded: all of the program, but for a snapshot that an earlier visit has kept. */
    async #missingAssets() {
        const { assets, base } = this.configuration;
        if (!assets.snapshot || !await new SnapshotShelf(base, this.#snapshotInputs()).has()) return assets;
        return { ...assets, snapshot: undefined };
    }

    /** Starts the worker, which gets itself ready while the program's files arrive. */
    #prepare() {
        const { assets, command, environment, directory, storage } = this.configuration;
        this.program = new Program({
            worker: assets.worker.url, glue: assets.glue.url, command, environment, directory, size: this.terminal.size,
            snapshot: this.#snapshotInputs(), rest: assets.rest, bridge: assets.bridge?.url, base: this.configuration.base, port: this.configuration.port, storage,
        }, {
            onOutput: (stream, chunk) => this.#output(stream, chunk),
            onListening: (instance) => this.#listening(instance),
            onCookies: (cookies) => this.mirror.show(cookies),
            onOpen: (count) => this.switchboard.setOpen(count),
            onAbandoned: (way) => this.frame.resume(way),
            onStep: (step) => {
                this.#mark(step);
                if (step === 'started') this.#started();
            },
            onEcho: (echo) => this.terminal.setEcho(echo),
            onExit: (status, stats) => this.#exited(status, stats),
            onFailure: (message) => this.#failed(message),
            onStorage: (message) => this.storage.receive(message),
        });
    }

    async #run() {
        if (!await this.storage.acquire()) return;
        this.#setState('starting');
        this.switchboard?.start();
        this.loadingPanel.step('Starting Python');
        this.lastError = '';
        this.banner.hidden = true;
        delete document.documentElement.dataset.frondStatus;
        this.program.start(this.loaded);
        // The image went to the worker, without a copy; who starts the program again gets it from the browser's cache.
        this.loaded.image = this.loaded.snapshot = null;
    }

    #started() {
        if (this.configuration.server || this.state !== 'starting') return;
        this.#setState('running');
        this.#show(null);
        // On a touch screen the keyboard would cover what there is to read.
        if (this.hasAttribute('autofocus') && matchMedia('(pointer: fine)').matches) this.terminal.focus();
    }

    #output(stream, chunk) {
        this.#started();
        this.#mark('output');
        if (!this.configuration.server) this.program.fetchRest();
        const text = decoder.decode(chunk);
        if (stream === 2) this.lastError = lastLine(text) || this.lastError;
        this.terminal.write(chunk, stream);
        this.dispatchEvent(new CustomEvent('frond:output', { bubbles: true, detail: { stream, text } }));
    }

    #exited(status, stats) {
        this.#resetInterrupt();
        document.documentElement.dataset.frondStatus = String(status);
        this.#show(null);
        const stopped = status === stoppedStatus && stats === null;
        const label = stopped ? 'Stopped' : status === 0 ? 'Finished' : `Ended with status ${status}`;
        this.dataset.status = status === 0 ? 'good' : 'bad';
        this.#setState('exited', label);
        if (status !== 0 && !stopped) this.#explain(status);
        this.switchboard?.end(`${label}\n\n${this.terminal.text().slice(-8000)}`);
        if (this.configuration.server) this.#view('both');
        this.dispatchEvent(new CustomEvent('frond:exit', { bubbles: true, detail: { status, stats } }));
    }

    #explain(status) {
        const crashed = status === 134;
        const title = crashed ? 'Python crashed' : `The program ended with status ${status}`;
        const parts = [element('strong', {}, title)];
        if (this.lastError !== '') parts.push(element('span', { class: 'frond-reason' }, this.lastError));
        this.banner.replaceChildren(...parts);
        this.banner.hidden = false;
    }

    #failed(message) {
        this.#resetInterrupt();
        this.#setState('failed');
        this.switchboard?.end(message);
        if (this.configuration.server) this.#view('boot');
        this.#show(failurePanel('The program could not be started', message, () => this.#restart()));
    }

    #interrupt() {
        const { program } = this;
        if (!program?.running) return;
        program.interrupt();
        clearTimeout(this.patience);
        this.patience = setTimeout(() => {
            if (this.program !== program || !program.running) return;
            this.#offerToStop(program);
        }, patience);
    }

    /** The program did not react: the button now ends it for certain. */
    #offerToStop(program) {
        this.interruptButton.textContent = 'Stop now';
        this.interruptButton.title = 'End the program whatever it is doing';
        this.interruptButton.onclick = () => program.stop();
    }

    #resetInterrupt() {
        clearTimeout(this.patience);
        this.interruptButton.textContent = 'Interrupt';
        this.interruptButton.title = 'Send Ctrl-C to the program';
        this.interruptButton.onclick = () => this.#interrupt();
    }

    #restart() {
        this.program?.dispose();
        if (this.configuration.server) {
            this.#view('boot');
            this.isStale = true;
        }
        this.#resetInterrupt();
        this.terminal.clear();
        this.#load();
    }

    async #copy() {
        try {
            await navigator.clipboard.writeText(this.terminal.text());
            this.copyButton.textContent = 'Copied';
        } catch {
            this.copyButton.textContent = 'Not allowed';
        }
        setTimeout(() => { this.copyButton.textContent = 'Copy'; }, 1500);
    }

    disconnectedCallback() {
        this.program?.dispose();
    }
}

/** Defining the element starts every one that the page has. */
export const defined = customElements.define('frond-app', FrondApp) ?? true;
