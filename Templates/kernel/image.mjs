// The read-only image of files (standard library, packages, app) as the lower layer of the tree.
//
//     "FRONDIMG", version u32, length of index u32, index as JSON, padding to 8, data
//     index: {"mtime": s, "files": [[path, offset, size, mode?]…], "links": [[path, target]…], "directories": [path…]}
//
// The lists are sorted bytewise by path, so everything below a directory is one run of each list. A directory therefore
// loads its own entries when somebody first looks into it, by going through its runs and jumping over subdirectories
// with a binary search; starting a machine costs one JSON.parse. File contents are never copied: an inode holds a view.
//
// A site sends the image in two parts: up to `rest` (an offset into the data, in the index) what a start reads, then what
// it probably never asks for. All names are there from the start; files beyond `rest` are in late.mjs. A host that can read
// any part of an image at once may give its index alone: then every file is one of the rest.

import { S_IFDIR } from './constants.mjs';
import { compareBytewise } from './text.mjs';
import { DirectoryInode, LinkInode, RegularInode } from './inode.mjs';
import { LateFile } from './late.mjs';

const imageMagic = 'FRONDIMG';
const imageVersion = 1;

/** A files image that can't be used, with the reason. */
export class ImageError extends Error {
    constructor(message) {
        super(`files image: ${message}`);
        this.name = 'ImageError';
    }
}

/**
 * @param {ArrayBuffer | Uint8Array} image
 * @param {boolean} mayBePart whether the rest of it can come later
 * @returns {{data: Uint8Array, mtime: number, files: Array, links: Array, directories: Array}}
 */
export function parseImage(image, mayBePart) {
    const bytes = image instanceof Uint8Array ? image : new Uint8Array(image);
    if (bytes.length < 16) {
        throw new ImageError(`${bytes.length} bytes are too few; is it truncated?`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < 8; at++) {
        if (bytes[at] !== imageMagic.charCodeAt(at)) {
            throw new ImageError('does not begin with FRONDIMG; was something else downloaded in its place?');
        }
    }
    const version = view.getUint32(8, true);
    if (version !== imageVersion) {
        throw new ImageError(`version ${version}, but this kernel reads version ${imageVersion}`);
    }
    const length = view.getUint32(12, true);
    if (16 + length > bytes.length) {
        throw new ImageError(`index of ${length} bytes in an image of ${bytes.length} bytes; is it truncated?`);
    }
    let index;
    try {
        index = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + length)));
    } catch (error) {
        throw new ImageError(`index is not JSON: ${error.message}`);
    }
    const data = bytes.subarray(Math.min(bytes.length, (16 + length + 7) & ~7));
    const isPart = mayBePart && (data.length === 0 || index.rest === data.length);
    for (const [path, offset, size] of index.files ?? []) {
        if (offset + size > data.length && !(isPart && offset >= data.length)) {
            throw new ImageError(`${path} ends beyond the end of the image; is it truncated?`);
        }
    }
    return {
        data,
        mtime: index.mtime ?? 0,
        files: index.files ?? [],
        links: index.links ?? [],
        directories: index.directories ?? [],
    };
}

/** The first place in `list[from..<to]` whose path is not before `path`. */
function imageLowerBound(list, pathOf, path, from, to) {
    while (from < to) {
        const middle = (from + to) >> 1;
        if (compareBytewise(pathOf(list[middle]), path) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

/** Hangs the image's tree into `root`; nothing but the runs of the root's entries is looked at yet. */
export function mountImage(machine, root, image) {
    const pathOfPair = (entry) => entry[0];
    const pathOfName = (entry) => entry;
    const lists = [
        { list: image.files, pathOf: pathOfPair, make: makeFile },
        { list: image.links, pathOf: pathOfPair, make: makeLink },
        { list: image.directories, pathOf: pathOfName, make: makeDirectory },
    ];

    function makeFile(entry) {
        const [, offset, size, mode] = entry;
        if (size > 0 && offset >= image.data.length) {
            const late = new LateFile(machine, mode ?? 0o644, offset - image.data.length, size);
            late.setTimes(image.mtime);
            return late;
        }
        const inode = new RegularInode(machine, mode ?? 0o644);
        inode.bytes = image.data.subarray(offset, offset + size);
        inode.length = size;
        inode.shared = true;
        inode.setTimes(image.mtime);
        return inode;
    }

    function makeLink(entry) {
        const inode = new LinkInode(machine, entry[1]);
        inode.setTimes(image.mtime);
        return inode;
    }

    function makeDirectory() {
        const inode = new DirectoryInode(machine, 0o755, null);
        inode.setTimes(image.mtime);
        return inode;
    }

    /** Lets `directory` load, on first look, what the lists hold under `prefix` ("/" or "/usr/") in these runs. */
    function deferLoading(directory, prefix, runs) {
        const previous = directory.loader;
        directory.loader = (self) => {
            previous?.(self);
            lists.forEach((source, which) => loadRun(self, prefix, source, which, runs[which], runs));
        };
    }

    function loadRun(directory, prefix, source, which, run, runs) {
        const { list, pathOf, make } = source;
        let at = run[0];
        while (at < run[1]) {
            const path = pathOf(list[at]);
            const slash = path.indexOf('/', prefix.length);
            if (slash < 0) {
                const name = path.slice(prefix.length);
                if (name !== '' && !directory.names.has(name)) {
                    const inode = make(list[at]);
                    directory.adopt(name, inode);
                    if (inode instanceof DirectoryInode) {
                        deferBelow(inode, path + '/', runs);
                    }
                }
                at++;
                continue;
            }
            const name = path.slice(prefix.length, slash);
            const below = path.slice(0, slash + 1);
            // Everything under "below" comes before "below" with its last "/" replaced by the next character, "0".
            at = imageLowerBound(list, pathOf, path.slice(0, slash) + '0', at, run[1]);
            const known = directory.names.get(name);
            if (known === undefined) {
                const inode = makeDirectory();
                directory.adopt(name, inode);
                deferBelow(inode, below, runs);
            } else if (known.type === S_IFDIR && known.imagePrefix !== below) {
                // A directory of the machine's own (/tmp, /home): the image adds to it.
                deferBelow(known, below, runs);
            }
        }
    }

    function deferBelow(directory, prefix, runs) {
        directory.imagePrefix = prefix;
        const end = prefix.slice(0, -1) + '0';
        deferLoading(directory, prefix, lists.map(({ list, pathOf }, which) => {
            const from = imageLowerBound(list, pathOf, prefix, runs[which][0], runs[which][1]);
            return [from, imageLowerBound(list, pathOf, end, from, runs[which][1])];
        }));
    }

    root.imagePrefix = '/';
    deferLoading(root, '/', lists.map(({ list }) => [0, list.length]));
}
