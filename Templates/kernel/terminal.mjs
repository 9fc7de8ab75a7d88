// Standard input, output and error: a terminal, or plain streams.
//
// Bytes come from outside through `HostInput.write` and leave through a hook that is called with each written chunk.
// Who edits the line? By default the terminal outside does (the page's terminal, or the developer's real one), and what
// it sends is handed through as it comes, a line with its newline; an empty chunk is Ctrl-D: one read of nothing. With
// `echo` on, this file's own small line discipline does it: erase, kill, Ctrl-C, Ctrl-D, echo.

import { EAGAIN, EBADF, EFAULT, EINVAL, EIO, ENOSPC, EPIPE } from './errno.mjs';
import {
    FIONREAD, POLLHUP, POLL_READABLE, POLL_WRITABLE, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH, S_IFCHR, S_IFIFO, TCFLSH,
    TCGETS, TCSBRK, TCSETS, TCSETSF, TCSETSW, TCXONC, TIOCGPGRP, TIOCGSID, TIOCGWINSZ, TIOCOUTQ, TIOCSCTTY, TIOCSPGRP,
    TIOCSWINSZ,
} from './constants.mjs';
import { Description } from './descriptor.mjs';
import { DeviceInode } from './inode.mjs';
import { inBounds } from './guest-memory.mjs';
import { Waiters } from './waiters.mjs';

const termiosSize = 60;
const termiosEcho = 0o10;
const termiosCanonical = 0o2;
const termiosSignals = 0o1;
const termiosMapReturn = 0o400;
const terminalEncoder = new TextEncoder();

/** What the hook for output may answer, by name. */
const hostOutputErrors = { EAGAIN, EBADF, EIO, ENOSPC, EPIPE };

/** Bytes on their way in, in the chunks in which they came. */
export class HostInput {
    /** @param {() => void} wanted called when somebody looks for input and there is none; cheap, often */
    constructor(wanted = () => {}) {
        this.wanted = wanted;
        this.chunks = [];
        this.offset = 0;
        this.ended = false;
        this.waiters = new Waiters();
    }

    /** @param {Uint8Array} bytes kept; nothing (length 0) is one end-of-file */
    push(bytes) {
        if (!this.ended) {
            this.chunks.push(bytes);
            this.waiters.notify(POLL_READABLE);
        }
    }

    end() {
        this.ended = true;
        this.waiters.notify(POLL_READABLE | POLLHUP);
    }

    get ready() {
        return this.chunks.length > 0 || this.ended;
    }

    get available() {
        return this.chunks.reduce((sum, chunk) => sum + chunk.length, -this.offset);
    }

    /** Takes up to `count` bytes, with `lines` no more than one line. */
    read(u8, at, count, lines) {
        let taken = 0;
        while (taken < count && this.chunks.length > 0) {
            const chunk = this.chunks[0];
            if (chunk.length === 0) {
                if (taken === 0) {
                    this.chunks.shift();
                }
                return taken;
            }
            let end = Math.min(chunk.length, this.offset + count - taken);
            const newline = lines ? chunk.indexOf(10, this.offset) : -1;
            if (newline >= 0 && newline < end) {
                end = newline + 1;
            }
            u8.set(chunk.subarray(this.offset, end), at + taken);
            taken += end - this.offset;
            this.offset = end;
            if (end === chunk.length) {
                this.chunks.shift();
                this.offset = 0;
            }
            if (newline >= 0 && newline < end) {
                break;
            }
        }
        if (taken > 0 || this.ended || count === 0) {
            return taken;
        }
        this.wanted();
        return -EAGAIN;
    }

    flush() {
        this.chunks.length = 0;
        this.offset = 0;
    }
}

/** The controlling terminal: its attributes, its size, its line discipline. */
export class Terminal {
    /**
     * @param {HostInput} input
     * @param {(bytes: Uint8Array) => void} output
     * @param {(signal: number) => void} raise
     */
    constructor(input, output, raise) {
        this.input = input;
        this.output = output;
        this.raise = raise;
        this.columns = 80;
        this.rows = 24;
        /** Whether this side edits lines and echoes; else the terminal outside does. */
        this.echo = false;
        this.line = [];
        this.listeners = [];
        this.attributes = new Uint8Array(termiosSize);
        const view = this.attributesView = new DataView(this.attributes.buffer);
        view.setUint32(0, 0o66400, true); // ICRNL | IXON | IMAXBEL | IUTF8
        view.setUint32(4, 0o5, true); // OPOST | ONLCR
        view.setUint32(8, 0o277, true); // B38400 | CS8 | CREAD
        view.setUint32(12, 0o105073, true); // ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN
        this.attributes.set([3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22], 17);
        view.setUint32(52, 15, true);
        view.setUint32(56, 15, true);
    }

    get localFlags() {
        return this.attributesView.getUint32(12, true);
    }

    get canonical() {
        return (this.localFlags & termiosCanonical) !== 0;
    }

    /** Tells who draws the terminal when the program turns echo or line mode off (getpass) and on. */
    onAttributes(listener) {
        this.listeners.push(listener);
    }

    changed() {
        const state = { echo: (this.localFlags & termiosEcho) !== 0, canonical: this.canonical };
        for (const listener of this.listeners) {
            listener(state);
        }
    }

    resize(columns, rows) {
        if (columns !== this.columns || rows !== this.rows) {
            this.columns = columns;
            this.rows = rows;
            this.raise(SIGWINCH);
        }
    }

    /** Bytes from outside. */
    receive(bytes) {
        if (!this.echo) {
            this.input.push(bytes);
            return;
        }
        for (const byte of bytes) {
            this.key(byte);
        }
    }

    /** One byte of a terminal that has no line editing of its own. */
    key(byte) {
        const flags = this.localFlags;
        const [interrupt, quit, erase, kill, eof] = this.attributes.subarray(17, 22);
        const suspend = this.attributes[17 + 10];
        const eraseWord = this.attributes[17 + 14];
        if ((flags & termiosSignals) !== 0 && byte !== 0 && (byte === interrupt || byte === quit || byte === suspend)) {
            this.show(`^${String.fromCharCode(byte + 64)}\r\n`);
            this.line.length = 0;
            this.raise(byte === interrupt ? SIGINT : byte === quit ? SIGQUIT : SIGTSTP);
            return;
        }
        if (byte === 13 && (this.attributesView.getUint32(0, true) & termiosMapReturn) !== 0) {
            byte = 10;
        }
        if ((flags & termiosCanonical) === 0) {
            this.show(byte === 10 ? '\r\n' : Uint8Array.of(byte));
            this.input.push(Uint8Array.of(byte));
        } else if (byte === erase || byte === 8) {
            this.rubOut();
        } else if (byte === eraseWord) {
            while (this.line.at(-1) === 32) {
                this.rubOut();
            }
            while (this.line.length > 0 && this.line.at(-1) !== 32) {
                this.rubOut();
            }
        } else if (byte === kill) {
            while (this.line.length > 0) {
                this.rubOut();
            }
        } else if (byte === eof) {
            this.input.push(Uint8Array.from(this.line));
            this.line.length = 0;
        } else {
            this.line.push(byte);
            this.show(byte === 10 ? '\r\n' : Uint8Array.of(byte));
            if (byte === 10) {
                this.input.push(Uint8Array.from(this.line));
                this.line.length = 0;
            }
        }
    }

    rubOut() {
        let byte = this.line.pop();
        while (byte !== undefined && byte >= 0x80 && byte < 0xc0) {
            byte = this.line.pop();
        }
        if (byte !== undefined) {
            this.show('\b \b');
        }
    }

    show(what) {
        if ((this.localFlags & termiosEcho) !== 0) {
            this.output(typeof what === 'string' ? terminalEncoder.encode(what) : what);
        }
    }

    control(process, request, argument) {
        const { u8, view } = process.memory;
        switch (request) {
            case TCGETS:
                if (!inBounds(process.memory, argument, termiosSize)) {
                    return -EFAULT;
                }
                u8.set(this.attributes, argument);
                return 0;
            case TCSETSF:
                this.input.flush();
                // falls through
            case TCSETSW:
            case TCSETS:
                if (!inBounds(process.memory, argument, termiosSize)) {
                    return -EFAULT;
                }
                this.attributes.set(u8.subarray(argument, argument + termiosSize));
                this.changed();
                return 0;
            case TIOCGWINSZ:
                if (!inBounds(process.memory, argument, 8)) {
                    return -EFAULT;
                }
                view.setUint16(argument, this.rows, true);
                view.setUint16(argument + 2, this.columns, true);
                view.setUint32(argument + 4, 0, true);
                return 0;
            case TIOCSWINSZ:
                if (!inBounds(process.memory, argument, 8)) {
                    return -EFAULT;
                }
                this.resize(view.getUint16(argument + 2, true), view.getUint16(argument, true));
                return 0;
            case TIOCGPGRP:
            case TIOCGSID:
                if (!inBounds(process.memory, argument, 4)) {
                    return -EFAULT;
                }
                view.setInt32(argument, process.pid, true);
                return 0;
            case TIOCOUTQ:
                if (!inBounds(process.memory, argument, 4)) {
                    return -EFAULT;
                }
                view.setInt32(argument, 0, true);
                return 0;
            case TCFLSH:
                this.input.flush();
                return 0;
            case TIOCSPGRP:
            case TIOCSCTTY:
            case TCSBRK:
            case TCXONC:
                return 0;
            default:
                return -EINVAL;
        }
    }
}

/** An open end of standard input, output or error, or of /dev/tty. */
export class HostStream extends Description {
    /**
     * @param {number} flags
     * @param {DeviceInode} inode
     * @param {HostInput} input
     * @param {(chunk: Uint8Array) => string | void} output gets a copy of what is written; may answer an error's name
     * @param {Terminal | null} terminal
     */
    constructor(flags, inode, input, output, terminal) {
        super(flags, inode);
        this.input = input;
        this.output = output;
        this.terminal = terminal;
        this.isTerminal = terminal !== null;
        this.waiters = input.waiters;
    }

    read(u8, at, count) {
        return this.readable ? this.input.read(u8, at, count, this.terminal !== null && this.terminal.canonical) : -EBADF;
    }

    write(u8, at, count) {
        if (!this.writable) {
            return -EBADF;
        }
        const failure = count > 0 ? this.output(u8.slice(at, at + count)) : undefined;
        return typeof failure === 'string' ? -(hostOutputErrors[failure] ?? EIO) : count;
    }

    poll() {
        if (this.readable && !this.input.ready) {
            this.input.wanted();
        }
        return (this.readable && this.input.ready ? POLL_READABLE : 0) | (this.writable ? POLL_WRITABLE : 0)
            | (this.input.ended && this.readable && !this.writable && this.terminal === null ? POLLHUP : 0);
    }

    ioctl(process, request, argument) {
        if (request === FIONREAD) {
            if (!inBounds(process.memory, argument, 4)) {
                return -EFAULT;
            }
            process.memory.view.setInt32(argument, this.input.available, true);
            return 0;
        }
        return this.terminal === null ? super.ioctl(process, request, argument)
            : this.terminal.control(process, request, argument);
    }
}

/** The inode of a standard stream: a terminal device, or something like a pipe. */
export function streamInode(machine, terminal, input, output) {
    const inode = new DeviceInode(machine, 0o620, terminal === null ? 0 : 136, 0,
        (flags, self) => new HostStream(flags, self, input, output, terminal));
    if (terminal === null) {
        inode.mode = (inode.mode & ~S_IFCHR) | S_IFIFO;
        inode.device = machine.pipeDevice;
    }
    inode.links = 1;
    return inode;
}
