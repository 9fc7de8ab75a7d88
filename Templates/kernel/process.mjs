// A process: descriptors, working directory, identity, and the memory that its system calls look into.

import { EBADF, ENOTDIR } from './errno.mjs';
import { AT_FDCWD, O_APPEND, O_RDONLY, O_WRONLY } from './constants.mjs';
import { DescriptorTable } from './descriptor.mjs';
import { DirectoryInode } from './inode.mjs';
import { mountProcess } from './proc.mjs';
import { EventQueue, Waiters } from './waiters.mjs';

/** One running program. */
export class Process {
    /**
     * @param {object} machine
     * @param {{args: string[], env: Record<string, string>, cwd?: string}} program
     * @param {Process | null} parent whose descriptors, directory and umask it inherits
     */
    constructor(machine, program, parent) {
        this.machine = machine;
        this.files = machine.files;
        this.parent = parent;
        this.args = program.args ?? ['python3'];
        this.env = program.env ?? {};
        this.pid = machine.nextProcess++;
        this.parentPid = parent?.pid ?? 1;
        this.uid = machine.uid;
        this.gid = machine.gid;
        this.umask = parent?.umask ?? 0o022;
        this.table = new DescriptorTable();
        /** Notified when a child ended. */
        this.childWaiters = new Waiters();
        /** @type {Map<number, {pid: number, status: number | null, program: object}>} */
        this.children = new Map();
        this.directory = this.firstDirectory = parent?.directory ?? this.startDirectory(program.cwd ?? '/');
        this.memory = null;
        this.events = null;
        /** It called exit; and the signal that made it do so, or 0. */
        this.exited = false;
        this.deadlySignal = 0;
        machine.processes.add(this);
        mountProcess(machine, machine.files, this);
        if (parent === null) {
            this.openStandardStreams();
        } else {
            for (const fd of parent.table.numbers()) {
                this.table.put(fd, parent.table.get(fd), parent.table.cloexec[fd]);
            }
        }
    }

    /** Gives it the memory and the hooks of the instance that runs it. */
    attach(options) {
        this.memory = options.memory;
        this.allocate = options.allocate ?? (() => 0);
        this.release = options.release ?? (() => {});
        this.exit = options.exit;
        this.raise = options.raise ?? (() => {});
        this.startProgram = options.startProgram ?? null;
        this.events = new EventQueue(options.onEvent ?? (() => {}));
    }

    openStandardStreams() {
        [O_RDONLY, O_WRONLY | O_APPEND, O_WRONLY | O_APPEND].forEach((flags, fd) => {
            this.table.put(fd, this.machine.standard[fd].open(this, flags, true), false);
        });
    }

    startDirectory(path) {
        const inode = this.files.find(this, this.files.root, path, true);
        return inode instanceof DirectoryInode ? inode : this.files.directoryAt(path);
    }

    /**
     * Where a relative path begins.
     * @returns {DirectoryInode | number} the directory, or a negative error number
     */
    base(fd, path) {
        if (fd === AT_FDCWD || path.charCodeAt(0) === 47) {
            return this.directory;
        }
        const description = this.table.get(fd);
        if (description === undefined) {
            return -EBADF;
        }
        return description.inode instanceof DirectoryInode ? description.inode : -ENOTDIR;
    }

    /**
     * Whether the machine is still as it was when this process, its first and only one, began: then all that the program has
     * done is in its memory. Signals and timers are in memory, too; a changed terminal is not looked for.
     * @param {number} changes what `machine.changes` was
     */
    isPristine(changes) {
        const { machine, table } = this;
        return machine.changes === changes && machine.nextProcess === this.pid + 1
            && this.directory === this.firstDirectory && this.umask === 0o022
            && [...table.numbers()].join() === '0,1,2';
    }

    /** It is over: its descriptors are closed, and it leaves /proc. */
    end() {
        this.machine.processes.delete(this);
        this.table.closeAll();
        this.files.directoryAt('/proc').names.delete(String(this.pid));
    }
}
