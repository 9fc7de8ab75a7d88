/** The glue of a Frond program: what `glue.mjs` exports. */

/** A linked module, in any form in which it may be at hand. A `Response` of type application/wasm is compiled as it streams. */
export type ModuleSource = WebAssembly.Module | BufferSource | Response;

export interface BootOptions {
    /** The linked module. */
    module: ModuleSource | Promise<ModuleSource>;
    /** The files image (`FRONDIMG`); shared, never written to. */
    image?: ArrayBuffer | Uint8Array | null | Promise<ArrayBuffer | Uint8Array | null>;
    /** The rest of an image that comes in two parts. */
    late?: LateFiles | null;
    /** argv, with the program's name first. Default: `["python3"]`. */
    args?: string[];
    /** Folders whose files outlive the program, and the store that keeps them (docs/persistence.md). */
    storage?: { volume: object; paths: string[] } | null;
    /** Added to HOME, PATH, PYTHONHOME, PWD, LANG and, for a terminal, TERM; wins over them. */
    env?: Record<string, string>;
    /** Take `env` as it is, without those defaults. */
    exactEnv?: boolean;
    /** The folder to start in. Default: `/home/user`. */
    cwd?: string;
    /**
     * Output, in the order in which it was written; the chunk is the callee's to keep. May return the name of an errno
     * (`"EPIPE"`) that the program's write is to fail with.
     */
    stdout?(chunk: Uint8Array): number | string | void;
    stderr?(chunk: Uint8Array): number | string | void;
    /** The program looks for input and there is none. For hosts that read only on demand. */
    wantInput?(): void;
    /** Which of the three are terminals. Default: none. */
    isatty?: boolean | { stdin?: boolean; stdout?: boolean; stderr?: boolean };
    /** Size of the terminal in characters. Default: 80 by 24. */
    size?: { columns: number; rows: number };
    /** `cap`: contexts alive at once (8000). `pool`: finished ones kept (64; 4 in Firefox, whose collector scans them). */
    contexts?: { cap?: number; pool?: number };
    /** How stacks are switched. Default: core stack switching where the engine has it, else JSPI. */
    backend?: 'jspi' | 'wasmfx';
    /**
     * Write down what happens, a line an event (docs/glue.md): `true` keeps the lines for `handle.trace()`, a function gets
     * them. It costs time; without it nothing is recorded. Tracing always runs on JSPI.
     */
    trace?: boolean | ((line: string) => void);
    /** Time and chance from elsewhere, so that a run can be repeated exactly (`frond verify`). Default: this machine's. */
    world?: World;
    /** Steps of the start, for a progress display. */
    progress?(step: 'compiled' | 'instantiated' | 'restored' | 'started' | 'prepared'): void;
    /** The module's exports, before anything of it runs; for those who look after the engine, not the program. */
    instantiated?(exports: WebAssembly.Exports): void;
    /** What strings compile to: `known` from earlier runs, and whether to `keep` what is new (compiled-strings.mjs). */
    strings?: { known?: Uint8Array | null; keep?: boolean };
    /** A start that later starts can begin in the middle of (docs/glue.md, "Snapshots"). */
    snapshot?: {
        /** The modules that the first part imports. */
        modules: string[];
        /** What `keep` got in an earlier start of the same module with the same options; null when there is none. */
        restore?: Snapshot | null | Promise<Snapshot | null>;
        /** Gets a copy to keep, after a first part that can be begun from. It delays the start. */
        keep?(snapshot: Snapshot): void;
    };
}

export interface Snapshot {
    /** Linear memory up to its last byte that is not zero. */
    memory: Uint8Array;
    /** So many of its first bytes are what the new instance's memory differs in (exclusive or). Default: 0. */
    differs?: number;
    /** Its whole size, bytes. */
    size: number;
    /** The program's monotonic clock, ms. */
    now: number;
}

export interface LateFiles {
    /**
     * Bytes of the rest; null while they are on their way, unless they are wanted `now`: then the call takes as long as it
     * takes. Throws when they can't be had; the next call tries again.
     */
    read(offset: number, size: number, now: boolean): Uint8Array | null;
    /** Calls back once, when `read` has an answer: the bytes, or an error. */
    arrival(callback: () => void): void;
}

export interface World {
    /** Monotonic milliseconds. */
    now(): number;
    /** Milliseconds since 1970. */
    date(): number;
    /** Fills an array with random bytes. */
    random(bytes: Uint8Array): void;
    startTimer(task: () => void, milliseconds: number): unknown;
    cancelTimer(timer: unknown): void;
    /** Every context waits. Whoever plays the world outside acts now, and says whether it did. */
    idle?(): boolean;
    /** The world of a child process; the same when there is none. */
    forChild?(): World;
}

export interface Stats {
    backend?: 'jspi' | 'wasmfx';
    /** Contexts with a stack, now and at most. */
    live?: number;
    mostLive?: number;
    created?: number;
    killed?: number;
    /** Switches between contexts. */
    switches?: number;
    /** How often all contexts waited, and how often busy ones let the event loop have a turn. */
    idles?: number;
    breaths?: number;
    /** Linear memory, bytes. */
    memory: number;
    /** From `boot` to each step, ms. */
    milliseconds: {
        compiled?: number; instantiated?: number; restored?: number; started?: number; prepared?: number; ended?: number;
    };
    outcome: 'running' | 'exit' | 'trap' | 'abort' | 'exception' | 'overflow' | 'deadlock' | 'terminated' | 'boot';
}

export interface Handle {
    /**
     * The exit status. Never rejects: a program that traps, aborts, overflows the engine's stack or deadlocks writes why to
     * stderr and ends with 134; one that can't start, with 126; one that `terminate` ended, with 137.
     */
    exit: Promise<number>;
    /** When the program starts. Rejects with the reason when it can't. */
    ready: Promise<void>;
    stdin: {
        /** On a terminal, an empty chunk is ^D: one read that gets nothing. */
        write(data: Uint8Array | string): void;
        end(): void;
    };
    /** The kernel, from `ready` on: `network`, `tty`, … (docs/kernel.md). */
    readonly kernel: any;
    resize(columns: number, rows: number): void;
    /** As ^C: SIGINT for the program's main thread. */
    interrupt(): void;
    /** Any signal, by its number. */
    raise(signal: number): void;
    /** Ends the program at once, whatever it does. */
    terminate(status?: number): void;
    /** The lines recorded so far; empty without `trace: true`. */
    trace(): string[];
    stats(): Stats;
}

/** Starts a program. Returns at once; see `Handle.ready` and `Handle.exit`. */
export function boot(options: BootOptions): Handle;

/**
 * Opens the stored files of that name in this browser; only in dedicated workers. Rejects with an error whose name is
 * `StoreDamaged` (then `salvage: true` reads what is readable) or `StoreBusy` (another worker has them). `close` is resolved
 * when everything is safe.
 */
export function openStore(options: { name: string; salvage?: boolean; onFull?(): void; onLost?(): void }):
    Promise<{ volume: object; durable: boolean; close(): Promise<void> }>;

/** Deletes the stored files of that name. */
export function deleteStore(name: string): Promise<void>;

/** All files of a store, as a zip archive. */
export function exportFiles(volume: object): Blob;

/** Puts the files of a zip archive in the place of all files below `paths`, or changes nothing and rejects. */
export function importFiles(volume: object, archive: Blob, paths: string[]): Promise<number>;

/** Stored files over three files of any host, which have the interface of FileSystemSyncAccessHandle. */
export function openVolume(files: { blocks: object; journals: object[] }, options?: object): object;
