// The character devices of /dev that have no state: null, zero, full, random.

import { ENOSPC } from './errno.mjs';
import { Description } from './descriptor.mjs';

class NullDevice extends Description {
    read() {
        return 0;
    }

    write(_u8, _at, count) {
        return count;
    }

    readAt(u8, at, count) {
        return this.read(u8, at, count);
    }

    writeAt(u8, at, count) {
        return this.write(u8, at, count);
    }

    seek() {
        return 0;
    }
}

class ZeroDevice extends NullDevice {
    read(u8, at, count) {
        u8.fill(0, at, at + count);
        return count;
    }
}

class FullDevice extends ZeroDevice {
    write(_u8, _at, count) {
        return count === 0 ? 0 : -ENOSPC;
    }
}

class RandomDevice extends NullDevice {
    constructor(flags, inode, random) {
        super(flags, inode);
        this.random = random;
    }

    read(u8, at, count) {
        this.random(u8.subarray(at, at + count));
        return count;
    }
}

/** @returns {[string, number, number, Function][]} name, major, minor, driver, with Linux's numbers */
export function plainDevices(random) {
    return [
        ['null', 1, 3, (flags, inode) => new NullDevice(flags, inode)],
        ['zero', 1, 5, (flags, inode) => new ZeroDevice(flags, inode)],
        ['full', 1, 7, (flags, inode) => new FullDevice(flags, inode)],
        ['random', 1, 8, (flags, inode) => new RandomDevice(flags, inode, random)],
        ['urandom', 1, 9, (flags, inode) => new RandomDevice(flags, inode, random)],
    ];
}
