// /proc, as far as Python programs look: /proc/self (fd, exe, cmdline, environ, cwd, status, stat, maps) and a few files
// about the machine. Contents are made when a file is opened.

import { EPERM } from './errno.mjs';
import { O_ACCMODE, O_RDONLY, S_IFREG, S_IFSOCK, S_IFIFO, S_IFMT } from './constants.mjs';
import { DirectoryInode, Inode, LinkInode, RegularInode } from './inode.mjs';
import { RegularFile } from './file.mjs';
import { encodeName } from './text.mjs';

/** A file whose text is computed at open. */
export class ComputedInode extends Inode {
    constructor(machine, text) {
        super(machine, S_IFREG | 0o444);
        this.text = text;
        this.uid = this.gid = 0;
    }

    openKind(process, flags) {
        if ((flags & O_ACCMODE) !== O_RDONLY) {
            return -EPERM;
        }
        const contents = new RegularInode(this.machine, 0o444);
        contents.number = this.number;
        contents.device = this.device;
        contents.links = 1;
        contents.bytes = encodeName(this.text(process));
        contents.length = contents.bytes.length;
        return new RegularFile(flags, contents);
    }
}

/** A link whose target depends on who asks. */
class ComputedLink extends LinkInode {
    constructor(machine, target) {
        super(machine, '');
        this.compute = target;
        this.uid = this.gid = 0;
    }

    read(process) {
        return this.compute(process);
    }
}

/** /proc/<pid>/fd/<n>: shows where the descriptor was opened, and leads to the thing itself. */
class DescriptorLink extends LinkInode {
    constructor(machine, description) {
        super(machine, '');
        this.description = description;
    }

    read() {
        return describeDescription(this.description);
    }

    jump() {
        return this.description.inode;
    }
}

/** The text of /proc/self/fd/N. */
export function describeDescription(description) {
    const { inode, path } = description;
    if (inode instanceof DirectoryInode) {
        return inode.path ?? '(deleted)';
    }
    if (path !== null) {
        const directory = path.directory.path ?? '';
        const name = `${directory === '/' ? '' : directory}/${path.name}`;
        return inode.links === 0 ? `${name} (deleted)` : name;
    }
    switch (inode.mode & S_IFMT) {
        case S_IFIFO: return `pipe:[${inode.number}]`;
        case S_IFSOCK: return `socket:[${inode.number}]`;
        default: return description.isTerminal ? '/dev/tty' : 'anon_inode:[eventpoll]';
    }
}

/** /proc/<pid>/fd */
class DescriptorDirectory extends DirectoryInode {
    constructor(machine, process, parent) {
        super(machine, 0o500, parent);
        this.process = process;
    }

    get children() {
        const names = new Map();
        for (const fd of this.process.table.numbers()) {
            const link = new DescriptorLink(this.machine, this.process.table.get(fd));
            link.device = this.device;
            names.set(String(fd), link);
        }
        return names;
    }
}

function procStatus(process) {
    return [
        'Name:\tpython3', 'Umask:\t' + process.umask.toString(8).padStart(4, '0'), 'State:\tR (running)',
        `Tgid:\t${process.pid}`, `Pid:\t${process.pid}`, `PPid:\t${process.parentPid}`, 'TracerPid:\t0',
        `Uid:\t${process.uid}\t${process.uid}\t${process.uid}\t${process.uid}`,
        `Gid:\t${process.gid}\t${process.gid}\t${process.gid}\t${process.gid}`,
        `VmPeak:\t${process.memory.u8.length >> 10} kB`, `VmSize:\t${process.memory.u8.length >> 10} kB`,
        `VmHWM:\t${process.memory.u8.length >> 10} kB`, `VmRSS:\t${process.memory.u8.length >> 10} kB`, 'Threads:\t1', '',
    ].join('\n');
}

function procStat(process) {
    const ticks = Math.floor(process.machine.clock.processorTime() / 10);
    const fields = new Array(49).fill(0);
    fields[0] = process.parentPid;
    fields[1] = fields[2] = process.pid;
    fields[10] = ticks;
    fields[16] = 1;
    fields[19] = process.memory.u8.length;
    fields[20] = process.memory.u8.length >> 12;
    return `${process.pid} (python3) R ${fields.join(' ')}\n`;
}

const procMounts = 'image / frond rw,relatime 0 0\nproc /proc proc rw 0 0\ndev /dev devtmpfs rw 0 0\n';

/** Fills /proc but for the processes. */
export function mountProc(machine, files) {
    const proc = files.directoryAt('/proc', 0o555);
    proc.device = machine.procDevice;
    const computed = (name, text) => proc.adopt(name, new ComputedInode(machine, text));
    proc.adopt('self', new ComputedLink(machine, (process) => String(process.pid)));
    proc.adopt('thread-self', new ComputedLink(machine, (process) => `${process.pid}/task/${process.pid}`));
    proc.adopt('mounts', new ComputedLink(machine, () => 'self/mounts'));
    computed('filesystems', () => 'nodev\tproc\n\tfrond\n');
    computed('cpuinfo', () => 'processor\t: 0\nvendor_id\t: WebAssembly\nmodel name\t: wasm32\n\n');
    computed('loadavg', () => '0.00 0.00 0.00 1/1 42\n');
    computed('uptime', () => `${(machine.clock.uptime() / 1000).toFixed(2)} 0.00\n`);
    computed('version', () => 'Emscripten version frond\n');
    computed('stat', () => 'cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n'
        + `btime ${Math.floor((machine.clock.date() - machine.clock.uptime()) / 1000)}\n`);
    computed('meminfo', (process) => {
        const total = 2097152;
        const free = total - (process.memory.u8.length >> 10);
        return `MemTotal:       ${total} kB\nMemFree:        ${free} kB\nMemAvailable:   ${free} kB\n`
            + 'Buffers:        0 kB\nCached:         0 kB\nSwapTotal:      0 kB\nSwapFree:       0 kB\n';
    });
}

/** Makes /proc/<pid>. */
export function mountProcess(machine, files, process) {
    const proc = files.directoryAt('/proc');
    const directory = new DirectoryInode(machine, 0o555, proc);
    proc.adopt(String(process.pid), directory);
    const computed = (name, text) => directory.adopt(name, new ComputedInode(machine, text));
    computed('cmdline', () => process.args.map((text) => `${text}\0`).join(''));
    computed('comm', () => 'python3\n');
    computed('environ', () => Object.entries(process.env).map(([name, value]) => `${name}=${value}\0`).join(''));
    computed('maps', () => `00000000-${process.memory.u8.length.toString(16).padStart(8, '0')} rw-p 00000000 00:00 0\n`);
    computed('mounts', () => procMounts);
    computed('stat', () => procStat(process));
    computed('statm', () => `${`${process.memory.u8.length >> 12} `.repeat(2)}0 0 0 0 0\n`);
    computed('status', () => procStatus(process));
    computed('limits', () => `Limit                     Soft Limit           Hard Limit           Units\n`
        + `Max open files            ${process.table.limit}                 ${process.table.limit}                 files\n`);
    directory.adopt('exe', new ComputedLink(machine, () => '/usr/bin/python3'));
    directory.adopt('cwd', new ComputedLink(machine, () => process.directory.path ?? '(deleted)'));
    directory.adopt('root', new ComputedLink(machine, () => '/'));
    directory.adopt('fd', new DescriptorDirectory(machine, process, directory));
    const task = new DirectoryInode(machine, 0o555, directory);
    directory.adopt('task', task);
    const thread = new DirectoryInode(machine, 0o555, task);
    task.adopt(String(process.pid), thread);
    thread.adopt('comm', new ComputedInode(machine, () => 'python3\n'));
    thread.adopt('stat', new ComputedInode(machine, () => procStat(process)));
    return directory;
}
