// Child processes: posix_spawn of the Python interpreter starts the same module once more, with its own memory, on the same
// machine (files, network, terminal), in the same host thread. There is no fork, and no other program to start.

import { EACCES, EBADF, ECHILD, EFAULT, EINVAL, ENOENT, ENOEXEC, ENOSYS, ENOTDIR, EPERM, ESRCH } from './errno.mjs';
import { O_CLOEXEC, POLL_READABLE, SIGCHLD } from './constants.mjs';
import { inBounds, readPath, readText } from './guest-memory.mjs';
import { DirectoryInode, PERMIT_EXECUTE, RegularInode } from './inode.mjs';
import { Process } from './process.mjs';
import { decodeName } from './text.mjs';

const spawnActionSize = 24;
const spawnListMax = 65536;
const spawnKill = 9;
/** WNOWAIT: only look, the child can be waited for again. */
const spawnNoReap = 0x1000000;

/** Where the interpreter lies; what is found there stands for this very module. */
export const INTERPRETER = '/usr/bin/python3';

/**
 * @param {Process} process
 * @param {(process: Process, options: object) => object} makeKernel the kernel for a child, once its memory is there
 */
export function spawnCalls(process, makeKernel) {
    const { memory, files, machine } = process;

    /** The strings of a null-terminated array, or a negative error number. */
    function stringArray(pointer) {
        const strings = [];
        for (let at = pointer; strings.length < spawnListMax; at += 4) {
            if (!inBounds(memory, at, 4)) {
                return -EFAULT;
            }
            const string = memory.view.getInt32(at, true);
            if (string === 0) {
                return strings;
            }
            strings.push(readText(memory, string));
        }
        return -EINVAL;
    }

    /** @returns {string[] | number} the arguments with which the interpreter runs the file at `path` */
    function interpreterArguments(path, args) {
        const inode = files.find(process, process.directory, path, true);
        if (typeof inode === 'number') {
            return inode;
        }
        if (inode === files.find(process, files.root, INTERPRETER, true)) {
            return args;
        }
        if (!(inode instanceof RegularInode) || !inode.permits(process, PERMIT_EXECUTE)) {
            return -EACCES;
        }
        const head = new Uint8Array(Math.min(inode.length, 256));
        inode.readBytes(head, 0, head.length, 0);
        const line = decodeName(head, 0, head.length).split('\n')[0];
        const words = line.slice(2).trim().split(/\s+/);
        const isPython = line.startsWith('#!')
            && words.some((word) => /(^|\/)python(3(\.\d+)?)?$/.test(word)) && !/\/(sh|bash)$/.test(words[0]);
        if (!isPython) {
            return line.startsWith('#!') ? -ENOENT : -ENOEXEC;
        }
        const options = words.filter((word) => word.startsWith('-') && word !== '-S');
        return [INTERPRETER, ...options, path, ...args.slice(1)];
    }

    /** Carries out libc's list of file actions in the child, then closes what is to be closed on exec. */
    function prepareDescriptors(child, actions) {
        const { table } = child;
        for (let at = actions; actions !== 0; at += spawnActionSize) {
            if (!inBounds(memory, at, spawnActionSize)) {
                return -EFAULT;
            }
            const [kind, fd, source, flags, mode, pathPointer] = memory.i32.subarray(at >> 2, (at >> 2) + 6);
            if (kind === 0) {
                break;
            }
            const failed = prepareDescriptor(child, kind, fd, source, flags, mode, pathPointer);
            if (failed < 0) {
                return failed;
            }
        }
        for (const fd of table.numbers()) {
            if (table.cloexec[fd]) {
                table.close(fd);
            }
        }
        return 0;
    }

    function prepareDescriptor(child, kind, fd, source, flags, mode, pathPointer) {
        const { table } = child;
        switch (kind) {
            case 1:
                table.close(fd);
                return 0;
            case 2: {
                const description = table.get(source);
                if (description === undefined) {
                    return -EBADF;
                }
                if (fd === source) {
                    table.cloexec[fd] = false;
                    return 0;
                }
                return table.put(fd, description, false);
            }
            case 3: {
                const path = readPath(memory, pathPointer);
                const description = typeof path === 'number' ? path : files.open(child, child.directory, path, flags, mode);
                return typeof description === 'number' ? description
                    : table.put(fd, description, (flags & O_CLOEXEC) !== 0);
            }
            case 4: {
                const path = readPath(memory, pathPointer);
                return changeDirectory(child, typeof path === 'number' ? path
                    : files.find(child, child.directory, path, true));
            }
            case 5:
                return changeDirectory(child, table.get(fd)?.inode ?? -EBADF);
            default:
                return -EINVAL;
        }
    }

    function changeDirectory(child, inode) {
        if (typeof inode === 'number') {
            return inode;
        }
        if (!(inode instanceof DirectoryInode)) {
            return -ENOTDIR;
        }
        child.directory = inode;
        return 0;
    }

    /**
     * A child's end: what waitpid reports, and SIGCHLD. A program that ends without calling exit was ended: 134 by a trap
     * or abort, 137 from outside; one that a signal ends says so before it calls exit.
     */
    function ended(child, entry, status) {
        const signal = child.deadlySignal || (!child.exited && status > 128 ? status - 128 : 0);
        entry.status = signal !== 0 ? signal : (status & 255) << 8;
        child.end();
        // A parent that has ended itself hears nothing; nobody else takes its orphans.
        if (machine.processes.has(process)) {
            process.childWaiters.notify(POLL_READABLE);
            process.raise(SIGCHLD);
        }
    }

    function spawn(pathPointer, argsPointer, envPointer, actions) {
        if (process.startProgram === null) {
            return -ENOSYS;
        }
        const path = readPath(memory, pathPointer);
        const given = stringArray(argsPointer);
        const variables = envPointer === 0 ? [] : stringArray(envPointer);
        for (const value of [path, given, variables]) {
            if (typeof value === 'number') {
                return value;
            }
        }
        const args = interpreterArguments(path, given);
        if (typeof args === 'number') {
            return args;
        }
        const env = Object.fromEntries(variables.filter((text) => text.includes('=')).map((text) => {
            const at = text.indexOf('=', 1);
            return [text.slice(0, at), text.slice(at + 1)];
        }));
        const child = new Process(machine, { args, env }, process);
        const failed = prepareDescriptors(child, actions);
        if (failed < 0) {
            child.end();
            return failed;
        }
        const entry = { pid: child.pid, status: null, program: null };
        process.children.set(child.pid, entry);
        const cwd = child.directory.path ?? '/';
        entry.program = process.startProgram((options) => makeKernel(child, options), { args, env, cwd });
        entry.program.exit.then((status) => ended(child, entry, status));
        return child.pid;
    }

    function wait4(pid, statusPointer, options, usage) {
        const candidates = [...process.children.values()].filter((child) => pid <= 0 || child.pid === pid);
        if (candidates.length === 0) {
            return -ECHILD;
        }
        if (statusPointer !== 0 && !inBounds(memory, statusPointer, 4)) {
            return -EFAULT;
        }
        const done = candidates.find((child) => child.status !== null);
        if (done === undefined) {
            return 0;
        }
        if ((options & spawnNoReap) === 0) {
            process.children.delete(done.pid);
        }
        if (statusPointer !== 0) {
            memory.view.setInt32(statusPointer, done.status, true);
        }
        if (usage !== 0 && inBounds(memory, usage, 152)) {
            memory.u8.fill(0, usage, usage + 152);
        }
        return done.pid;
    }

    return {
        spawn,
        wait4,
        getpid: () => process.pid,
        getppid: () => process.parentPid,

        /** The default action of a signal is about to end this process: exit follows. */
        killed_by(signal) {
            process.deadlySignal = signal;
        },

        /** kill() of another process, child or not: signal 0 asks whether it is there. */
        kill_process(pid, signal) {
            const mine = process.children.get(pid);
            if (mine !== undefined && mine.status !== null) {
                return 0; // ended, and nobody has waited for it yet
            }
            const target = [...machine.processes].find((each) => each.pid === pid);
            if (target === undefined) {
                return -ESRCH;
            }
            const program = target.parent?.children.get(pid)?.program;
            if (signal === spawnKill) {
                if (!program) {
                    return -EPERM; // the first process is its host's to end
                }
                program.terminate(128 + spawnKill);
            } else if (signal !== 0) {
                (program ?? target).raise(signal);
            }
            return 0;
        },
    };
}
