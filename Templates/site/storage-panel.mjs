// The stored files as the page shows them: a button, what is stored, export, import, delete; and what to say when the files
// are open elsewhere, damaged, or the disk is full.
//
// One page at a time may have the files open. The page (not its worker) holds the lock `frond-files/<name>`: a page that
// takes over steals it, and the other then ends its worker at once, whatever Python is doing.

import { button, element } from './elements.mjs';
import { readableBytes } from './panels.mjs';

/** The longest that a worker for one thing (import, delete) may take before the page gives up on it. */
const filesPatience = 600_000;

export class StorageControl {
    /**
     * @param {object} configuration of the page; `storage` is null for an app that stores nothing
     * @param {{ program(): object | undefined, stop(): void, restart(): void, show(panel: Node): void,
     *           notice(...parts: Node[]): void }} page
     */
    constructor(configuration, page) {
        this.configuration = configuration;
        this.storage = configuration.storage ?? null;
        this.page = page;
        this.held = false;
        this.waiting = null;
        this.button = null;
        if (this.storage) {
            this.button = button('Files', () => this.open(), 'Files that this app keeps in this browser', 'frond-files');
        }
    }

    /** Makes this page the one that has the files. @returns {Promise<boolean>} false: another has, and the page says so */
    async acquire(steal = false) {
        // Insecure pages have no locks (and no OPFS, whose files would tell that they are open).
        if (!this.storage || this.held || !navigator.locks) return true;
        const granted = await new Promise((resolve) => {
            navigator.locks.request(`frond-files/${this.storage.name}`, steal ? { steal } : { ifAvailable: true }, (lock) => {
                resolve(lock !== null);
                return lock === null ? undefined : new Promise(() => {});
            }).catch(() => this.#lost());
        });
        this.held = granted;
        if (!granted) this.#elsewhere();
        return granted;
    }

    /** Another page has taken over. */
    #lost() {
        this.held = false;
        this.page.stop();
        this.page.show(this.#message('This app goes on in another tab',
            'Its stored files can be open in one tab at a time, and another tab has taken over.',
            button('Use it here', () => this.#takeOver(), 'The other tab stops', 'frond-primary')));
    }

    #elsewhere() {
        this.page.show(this.#message('This app is open in another tab',
            'Its stored files can be open in one tab at a time.',
            button('Use it here', () => this.#takeOver(), 'The other tab stops', 'frond-primary')));
    }

    async #takeOver() {
        if (await this.acquire(true)) this.page.restart();
    }

    #message(title, text, ...actions) {
        return element('div', { class: 'frond-message', role: 'alert' },
            element('h1', {}, title), element('p', {}, text), element('p', { class: 'frond-choices' }, ...actions));
    }

    /** A message of the worker. */
    receive(message) {
        if (message.type === 'files') {
            this.waiting?.(message);
            return;
        }
        switch (message.event) {
            case 'opened':
                this.durable = message.durable;
                // Browsers that ask people do so only where this page is used anyway; most decide by themselves.
                navigator.storage?.persist?.().catch(() => {});
                break;
            case 'full':
                this.page.notice(element('strong', {}, 'No space is left for stored files'),
                    element('span', { class: 'frond-reason' },
                        'The program was told so. Delete files in it, or make room on this device.'));
                break;
            case 'busy':
                this.page.stop();
                this.#elsewhere();
                break;
            case 'damaged':
                this.page.stop();
                this.page.show(this.#message('The stored files are damaged', `${message.message}. Nothing was changed.`,
                    button('Save what is readable', () => this.save(), '', 'frond-primary'),
                    button('Delete stored files', () => this.forget())));
                break;
            default:
                break;
        }
    }

    /** Has something done by the running program's worker, or by one for just that. */
    async #ask(action, archive) {
        const program = this.page.program();
        const own = action === 'export' && program?.running;
        const { assets } = this.configuration;
        const worker = own ? program.worker : new Worker(assets.worker.url, { type: 'module', name: 'files' });
        try {
            return await new Promise((resolve, reject) => {
                const timer = setTimeout(() => reject(new Error('it took too long')), filesPatience);
                const answer = (message) => {
                    clearTimeout(timer);
                    if (message.error) reject(new Error(message.error));
                    else resolve(message);
                };
                if (own) this.waiting = answer;
                else {
                    worker.onmessage = ({ data }) => answer(data);
                    worker.onerror = (event) => { event.preventDefault(); answer({ error: event.message }); };
                }
                worker.postMessage({ type: 'files', action, glue: assets.glue.url, storage: this.storage, archive });
            });
        } finally {
            this.waiting = null;
            if (!own) worker.terminate();
        }
    }

    /** Saves everything as a zip archive. */
    async save() {
        await this.#try('The files could not be saved', async () => {
            const { blob } = await this.#ask('export');
            const link = element('a', { href: URL.createObjectURL(blob), download: `${this.configuration.title}.zip` });
            link.click();
            setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
        });
    }

    /** Puts the files of an archive in place of all stored ones. */
    async replaceBy(archive) {
        this.dialog?.close();
        this.page.stop();
        await this.#try('The archive was not imported; the stored files are as they were', async () => {
            await this.#ask('import', archive);
        });
        this.page.restart();
    }

    async forget() {
        if (!confirm(`Delete all files that “${this.configuration.title}” keeps in this browser?`)) return;
        this.dialog?.close();
        this.page.stop();
        await this.#try('The files could not be deleted', () => this.#ask('delete'));
        this.page.restart();
    }

    async #try(title, action) {
        try {
            await action();
        } catch (error) {
            alert(`${title}: ${error.message}`);
        }
    }

    /** The dialog behind the button. */
    async open() {
        this.dialog?.remove();
        const choose = element('input', { type: 'file', accept: '.zip', hidden: '' });
        choose.onchange = () => { if (choose.files.length === 1) this.replaceBy(choose.files[0]); };
        const usage = element('p', { class: 'frond-quiet' }, '…');
        this.dialog = element('dialog', { class: 'frond-dialog' },
            element('h1', {}, 'Stored files'),
            element('p', {}, `What the program writes below ${this.storage.paths.join(' and ')} stays in this browser.`),
            usage,
            element('div', { class: 'frond-choices' },
                button('Save a copy', () => this.save(), 'All stored files as a zip archive', 'frond-export'),
                button('Import', () => choose.click(), 'Replace all stored files by those of an archive; restarts'),
                button('Delete', () => this.forget(), 'Delete all stored files; restarts', 'frond-delete'),
                button('Close', () => this.dialog.close())), choose);
        document.body.append(this.dialog);
        this.dialog.showModal();
        const [{ usage: used = 0, quota = 0 } = {}, persisted = false] = await Promise.all([
            navigator.storage?.estimate?.(), navigator.storage?.persisted?.()]);
        const kept = this.durable === false
            ? 'This browser has no file system for pages here: a crash may cost the last moment, and a private window forgets them.'
            : persisted ? 'The browser keeps them until you delete them.'
                : 'The browser may delete them when this device runs out of space.';
        usage.textContent = `This site uses ${readableBytes(used)} of ${readableBytes(quota)} that it may use. ${kept}`;
    }
}
