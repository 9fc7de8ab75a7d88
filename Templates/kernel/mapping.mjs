// mmap of files, as Emscripten's libc asks for it.
//
// Linear memory has no page tables, so a mapping is a copy. A private one is that and nothing more. A shared one is kept
// in step at the moments when the difference could be seen: before a read of the file its bytes go to the file, after a
// write or truncate the file's bytes come to it, and msync and munmap store it. Mapping the same range of the same file
// again gives the same memory, so that two mappings of one file agree at once.

import { EACCES, EBADF, EFAULT, EINVAL, ENODEV, ENOMEM } from './errno.mjs';
import { MAP_PRIVATE, MAP_SHARED, MAP_TYPE, PROT_WRITE } from './constants.mjs';
import { inBounds } from './guest-memory.mjs';

/** The shared mappings of one file. */
class FileMappings {
    constructor() {
        this.list = [];
    }

    /** Memory → file. */
    store(inode) {
        for (const mapping of this.list) {
            if (mapping.writable) {
                const count = Math.min(mapping.length, inode.length - mapping.offset);
                if (count > 0) {
                    inode.writeBytes(mapping.process.memory.u8, mapping.address, count, mapping.offset);
                }
            }
        }
    }

    /** File → memory, of the bytes from `from` to `end`; what the program stored elsewhere in the mapping stays. */
    reload(inode, from = 0, end = inode.length) {
        for (const mapping of this.list) {
            const start = Math.max(from, mapping.offset);
            const stop = Math.min(end, mapping.offset + mapping.length, inode.length);
            if (stop > start) {
                const { u8 } = mapping.process.memory;
                const at = mapping.address + start - mapping.offset;
                inode.readBytes(u8, at, stop - start, start);
            }
        }
    }
}

/** The calls that libc's mmap makes into the host. */
export function mappingCalls(process) {
    const { memory, table } = process;
    /** @type {Map<number, {mapping: object, inode: object, uses: number}>} shared mappings by address */
    const shared = new Map();

    function unmap(address) {
        const entry = shared.get(address);
        if (entry === undefined || --entry.uses > 0) {
            return;
        }
        shared.delete(address);
        const { inode, mapping } = entry;
        inode.mappings.store(inode);
        inode.mappings.list.splice(inode.mappings.list.indexOf(mapping), 1);
        if (inode.mappings.list.length === 0) {
            inode.mappings = null;
        }
        inode.closed();
        process.release(address);
    }

    function makeShared(inode, offset, length, writable, allocated, pointer) {
        for (const entry of shared.values()) {
            if (entry.inode === inode && entry.mapping.offset === offset && entry.mapping.length === length) {
                entry.uses++;
                entry.mapping.writable ||= writable;
                memory.view.setInt32(allocated, 0, true);
                memory.view.setUint32(pointer, entry.mapping.address, true);
                return 0;
            }
        }
        const address = process.allocate(length);
        if (address === 0) {
            return -ENOMEM;
        }
        const mapping = { process, address, length, offset, writable };
        memory.u8.fill(0, address, address + length);
        inode.opened();
        inode.mappings ??= new FileMappings();
        inode.mappings.store(inode);
        inode.mappings.list.push(mapping);
        inode.mappings.reload(inode);
        shared.set(address, { mapping, inode, uses: 1 });
        process.machine.changes++;
        memory.view.setInt32(allocated, 0, true);
        memory.view.setUint32(pointer, address, true);
        return 0;
    }

    return {
        _mmap_js(length, protection, flags, fd, offset64, allocated, pointer) {
            const offset = Number(offset64);
            const description = table.get(fd);
            if (description === undefined) {
                return -EBADF;
            }
            if (!inBounds(memory, allocated, 4) || !inBounds(memory, pointer, 4)) {
                return -EFAULT;
            }
            if (length <= 0 || offset < 0) {
                return -EINVAL;
            }
            const kind = flags & MAP_TYPE;
            const writable = (protection & PROT_WRITE) !== 0;
            if (!description.readable || (kind === MAP_SHARED && writable && !description.writable)) {
                return -EACCES;
            }
            const inode = description.mappable();
            if (typeof inode === 'number') {
                // /dev/zero is memory, as it always was.
                const zeros = inode === -ENODEV && description.inode?.special === 0x105;
                if (!zeros) {
                    return inode;
                }
            }
            if (typeof inode !== 'number' && kind !== MAP_PRIVATE) {
                return makeShared(inode, offset, length, writable, allocated, pointer);
            }
            const address = process.allocate(length);
            if (address === 0) {
                return -ENOMEM;
            }
            const { u8, view } = memory;
            u8.fill(0, address, address + length);
            if (typeof inode !== 'number') {
                description.readAt(u8, address, length, offset);
            }
            view.setInt32(allocated, 1, true);
            view.setUint32(pointer, address, true);
            return 0;
        },

        _munmap_js(address, _length, _protection, _flags, _fd, _offset) {
            unmap(address);
            return 0;
        },

        _msync_js(address, _length, _protection, _flags, _fd, _offset) {
            const entry = shared.get(address);
            if (entry !== undefined) {
                entry.inode.mappings.store(entry.inode);
                entry.inode.touchModified();
            }
            return 0;
        },
    };
}
