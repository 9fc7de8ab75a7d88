// A process: descriptors, working directory, identity, and the memory that its system calls look into.

import { EBADF, ENOTDIR } from './errno.mjs';
import { AT_FDCWD, O_APPEND, O_RDONLY, O_WRONLY } from './constants.mjs';
import { DescriptorTable } from './descriptor.mjs';
import { DirectoryInode } from './inode.mjs';
import { mountProcess } from './proc.mjs';
import { EventQueue, Waiters } from './waiters.mjs';

/** The process number of the first program; what libc's getpid says. */
export const FIRST_PROCESS = 42;

/** One running program. */
export class Process {
    /**
     * @param {object} machine
     * @param {object} options as for createKernel
     */
    constructor(machine, options) {
        this.machine = machine;
        this.files = machine.files;
        this.memory = options.memory;
        this.args = options.args ?? ['python3'];
        this.env = options.env ?? {};
        this.allocate = options.allocate ?? (() => 0);
        this.release = options.release ?? (() => {});
        this.exit = options.exit;
        this.pid = FIRST_PROCESS;
        this.parentPid = 1;
        this.uid = machine.uid;
        this.gid = machine.gid;
        this.umask = 0o022;
        this.table = new DescriptorTable();
        this.events = new EventQueue(options.onEvent ?? (() => {}));
        /** Ended children: notified when one more is there. */
        this.childWaiters = new Waiters();
        this.children = new Map();
        this.spawn = options.spawn ?? null;
        this.directory = this.startDirectory(options.cwd ?? '/');
        this.procDirectory = mountProcess(machine, machine.files, this);
        [O_RDONLY, O_WRONLY | O_APPEND, O_WRONLY | O_APPEND].forEach((flags, fd) => {
            const description = machine.standard[fd].open(this, flags, true);
            this.table.put(fd, description, false);
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
}
