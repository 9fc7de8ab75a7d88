// The machine: what all processes share. Clock, random numbers, the tree of files, the network, the terminal.

import { ENXIO } from './errno.mjs';
import { S_IFDIR } from './constants.mjs';
import { Clock } from './clock.mjs';
import { plainDevices } from './devices.mjs';
import { Files } from './files.mjs';
import { mountImage, parseImage } from './image.mjs';
import { DeviceInode, DirectoryInode, LinkInode } from './inode.mjs';
import { HOST_NAME, SERVICES } from './names.mjs';
import { Network } from './network.mjs';
import { mountProc } from './proc.mjs';
import { HostInput, HostStream, streamInode, Terminal } from './terminal.mjs';
import { Waiters } from './waiters.mjs';

/** User and group of everything that is not the system's. */
export const USER_ID = 1000;

/** The number of the first process. */
export const FIRST_PROCESS = 42;

/** One machine. */
export class Machine {
    /** @param {object} options as for createKernel */
    constructor(options) {
        this.clock = new Clock(options.now, options.date, options.busy ?? null);
        this.random = options.random;
        this.uid = USER_ID;
        this.gid = USER_ID;
        // Not from 1 on: CPython keeps small numbers in store, and what is allocated should not depend on a file's number.
        this.nextInode = 10000;
        this.nextAbstract = 1;
        /** Counts changes of files, of their names and of what is known of them. */
        this.changes = 0;
        this.nextProcess = FIRST_PROCESS;
        /** Every process that runs. */
        this.processes = new Set();
        this.devDevice = 5;
        this.procDevice = 6;
        this.pipeDevice = 10;
        this.socketDevice = 11;
        this.anonymousDevice = 12;
        /** The part of the image that is not here yet (late.mjs), or null; and who waits for it. */
        this.late = options.late ?? null;
        this.lateWaiters = new Waiters();
        const root = new DirectoryInode(this, 0o755, null);
        this.files = new Files(this, root);
        this.network = new Network(this);
        this.openStandardStreams(options);
        this.makeTree();
        if (options.image !== null && options.image !== undefined) {
            mountImage(this, root, parseImage(options.image, this.late !== null));
        }
        this.giveToRoot();
        /** Files that outlive the program (volume.mjs), or null. */
        this.volume = options.storage?.volume ?? null;
        this.volume?.mount(this, options.storage.paths);
    }

    /** What programs must not write to belongs to root; the rest of the tree is the user's. */
    giveToRoot() {
        for (const path of ['/dev', '/etc', '/proc', '/root']) {
            const directory = this.files.directoryAt(path);
            directory.uid = directory.gid = 0;
        }
    }

    /** The image holds an empty file in the interpreter's place; programs look whether it can be executed. */
    makeExecutable(process, path) {
        const inode = this.files.find(process, this.files.root, path, true);
        if (typeof inode !== 'number') {
            inode.mode |= 0o111;
        }
    }

    openStandardStreams({ isatty = {}, stdout, stderr, raise, size, wantInput }) {
        this.input = new HostInput(wantInput ?? undefined);
        this.terminal = new Terminal(this.input, stdout, raise ?? (() => {}));
        if (size) {
            this.terminal.columns = size.columns;
            this.terminal.rows = size.rows;
        }
        const terminalIf = (condition) => condition ? this.terminal : null;
        this.standard = [
            streamInode(this, terminalIf(isatty.stdin), this.input, stdout),
            streamInode(this, terminalIf(isatty.stdout), this.input, stdout),
            streamInode(this, terminalIf(isatty.stderr), this.input, stderr),
        ];
        this.hasTerminal = Boolean(isatty.stdin || isatty.stdout || isatty.stderr);
        this.stdout = stdout;
    }

    makeTree() {
        const { files } = this;
        for (const path of ['/home/user', '/var', '/run', '/usr', '/opt', '/mnt', '/etc', '/root']) {
            files.directoryAt(path);
        }
        for (const path of ['/tmp', '/var/tmp']) {
            files.directoryAt(path).mode = S_IFDIR | 0o1777;
        }
        this.makeDevices();
        mountProc(this, files);
        files.fileAt('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n'
            + 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n');
        files.fileAt('/etc/group', 'root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n');
        files.fileAt('/etc/hostname', `${HOST_NAME}\n`);
        files.fileAt('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.0.1\t${HOST_NAME}\n::1\tlocalhost ip6-localhost\n`);
        files.fileAt('/etc/protocols', 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\nipv6\t41\tIPv6\n');
        files.fileAt('/etc/services', SERVICES.flatMap(([name, port, protocols]) =>
            protocols.split(' ').map((protocol) => `${name}\t${port}/${protocol}\n`)).join(''));
        files.fileAt('/etc/os-release', 'ID=frond\nNAME="Frond"\nPRETTY_NAME="Frond"\n');
    }

    makeDevices() {
        const dev = this.files.directoryAt('/dev');
        dev.device = this.devDevice;
        for (const [name, major, minor, driver] of plainDevices(this.random)) {
            dev.adopt(name, new DeviceInode(this, 0o666, major, minor, driver));
        }
        dev.adopt('tty', new DeviceInode(this, 0o666, 5, 0, (flags, inode) => this.hasTerminal
            ? new HostStream(flags, inode, this.input, this.stdout, this.terminal) : -ENXIO));
        dev.adopt('fd', new LinkInode(this, '/proc/self/fd'));
        ['stdin', 'stdout', 'stderr'].forEach((name, fd) => {
            dev.adopt(name, new LinkInode(this, `/proc/self/fd/${fd}`));
        });
        const shm = this.files.directoryAt('/dev/shm');
        shm.mode = S_IFDIR | 0o1777;
    }
}
