// A program as the page sees it: a worker with Python in it, and callbacks.

/** The status of a program that was stopped from outside. */
export const stoppedStatus = 130;

export class Program {
    /**
     * @param {{ worker: string, glue: string, rest?: object, snapshot: object | null, command: string[], environment: Record<string, string>,
     *           directory: string, size: { columns: number, rows: number },
     *           storage: { name: string, paths: string[] } | null }} settings
     * @param {{ onOutput(stream: number, chunk: Uint8Array): void, onStep(step: string): void,
     *           onEcho(echo: boolean): void, onExit(status: number, stats: object | null): void,
     *           onFailure(message: string): void, onStorage(message: object): void }} callbacks
     */
    constructor(settings, callbacks) {
        this.settings = settings;
        this.callbacks = callbacks;
        this.running = false;
        this.finished = false;
        this.hasRest = false;
        this.worker = new Worker(settings.worker, { type: 'module', name: 'python' });
        this.worker.addEventListener('message', ({ data }) => this.#receive(data));
        this.worker.addEventListener('error', (event) => {
            event.preventDefault();
            this.#fail(event.message || 'the worker could not be loaded');
        });
        this.worker.addEventListener('messageerror', () => this.#fail('the module could not be handed to the worker'));
        this.worker.postMessage({
            type: 'prepare', modules: [settings.glue, settings.bridge].filter(Boolean), base: settings.base, snapshot: settings.snapshot,
        });
    }

    /**
     * Starts the program with a compiled module, which stays usable, and files, which do not.
     * @param {{ module: WebAssembly.Module, image: ArrayBuffer, snapshot: ArrayBuffer | null, way: string }} loaded
     */
    start({ module, image, snapshot, way }) {
        const { glue, rest, command, environment, directory, size, storage, bridge, base, port } = this.settings;
        this.running = true;
        this.worker.postMessage({
            type: 'start', glue, module, image, snapshot, rest, way, command, environment, directory, size, storage, bridge, base, port,
        }, [image, snapshot].filter(Boolean));
    }

    /** The program has started: now is the time for what a start does not read. */
    fetchRest() {
        if (this.hasRest || !this.running) return;
        this.hasRest = true;
        this.worker.postMessage({ type: 'rest' });
    }

    /** Sends text to the program's standard input. */
    write(text) {
        if (this.running) this.worker.postMessage({ type: 'input', text });
    }

    /** What Ctrl-D does. */
    endInput() {
        if (this.running) this.worker.postMessage({ type: 'end-input' });
    }

    /** What Ctrl-C does. */
    interrupt() {
        if (this.running) this.worker.postMessage({ type: 'interrupt' });
    }

    /** Gives the program's server a port over which requests come. */
    connect(port) {
        this.worker.postMessage({ type: 'port' }, [port]);
    }

    /** Tells the program's server of cookies that scripts of its pages set. */
    tellCookies(cookies) {
        this.worker.postMessage({ type: 'page-cookies', cookies });
    }

    /** Tells the program how large its terminal is. */
    resize(columns, rows) {
        if (this.running) this.worker.postMessage({ type: 'resize', columns, rows });
    }

    /** Ends the program at once, whatever it is doing. */
    stop() {
        const wasRunning = this.running;
        this.dispose();
        if (wasRunning) this.callbacks.onExit(stoppedStatus, null);
    }

    /** Ends the worker and says nothing. */
    dispose() {
        this.running = false;
        this.finished = true;
        this.worker.terminate();
    }

    #receive(message) {
        const { callbacks } = this;
        if (this.finished) return;
        switch (message.type) {
            case 'output': callbacks.onOutput(message.stream, message.chunk); break;
            case 'step': callbacks.onStep(message.step); break;
            case 'tty': callbacks.onEcho(message.echo); break;
            case 'listening': callbacks.onListening?.(message.instance, message.port); break;
            case 'cookies': callbacks.onCookies?.(message.cookies); break;
            case 'open': callbacks.onOpen?.(message.count); break;
            case 'abandoned': callbacks.onAbandoned?.(message.way); break;
            case 'exit':
                this.dispose();
                callbacks.onExit(message.status, message.stats);
                break;
            case 'storage':
            case 'files': callbacks.onStorage(message); break;
            case 'failed': this.#fail(message.message); break;
            default: break;
        }
    }

    #fail(message) {
        if (this.finished) return;
        this.dispose();
        this.callbacks.onFailure(message);
    }
}
