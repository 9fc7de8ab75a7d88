// Stored files as a zip archive, and back.
//
// Export writes every file as it is at this moment (method "stored", UTF-8 names, Unix modes; links as Info-ZIP does).
// Import takes archives from anywhere, so nothing in one is believed: names that are not plain paths below a stored folder,
// sizes and sums that are not those of the contents, encryption, zip64, other methods than "stored" and "deflate" are
// refused, and no more is ever unpacked than an entry says of itself. The new files come beside the old ones;
// one record of the journal exchanges them, when all of it is there.

import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from './constants.mjs';
import { Clock } from './clock.mjs';
import { crc32 } from './crc32.mjs';
import { StoredDirectory } from './stored.mjs';
import { decodeName, encodeName } from './text.mjs';

const zipPiece = 1 << 20;
const zipLimit = 0xffffffff;
const zipEntriesMost = 200000;
const zipDirectoryMost = 1 << 26;
/** Deflate never makes less than this of anything. */
const deflateMost = 1040;

/** An archive that can't be imported. */
export class ArchiveError extends Error {
    constructor(message) {
        super(message);
        this.name = 'ArchiveError';
    }
}

function offlineMachine() {
    return { clock: new Clock(() => performance.now(), () => Date.now(), null), uid: 1000, gid: 1000, nextInode: 2 };
}

/** An inode's contents in pieces. */
function* contentsOf(inode) {
    if (inode.target !== undefined) {
        yield encodeName(inode.target);
        return;
    }
    for (let at = 0; at < (inode.length ?? 0); at += zipPiece) {
        const piece = new Uint8Array(Math.min(zipPiece, inode.length - at));
        if (inode.readBytes(piece, 0, piece.length, at) < 0) {
            throw new Error('a stored file can\'t be read');
        }
        yield piece;
    }
}

function* everything(path, inode) {
    yield [path, inode];
    if (inode.names !== undefined) {
        for (const [name, below] of [...inode.names].sort(([a], [b]) => (a < b ? -1 : 1))) {
            if (below.volume !== undefined) {
                yield* everything(`${path}/${name}`, below);
            }
        }
    }
}

function dosTime(seconds) {
    const date = new Date(Math.max(seconds, 315532800) * 1000);
    return ((date.getUTCFullYear() - 1980) << 25 | (date.getUTCMonth() + 1) << 21 | date.getUTCDate() << 16
        | date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1) >>> 0;
}

/** One file's header: in its own place (30 bytes) or in the directory (46 bytes). */
function zipHeader(entry, central) {
    const bytes = new Uint8Array((central ? 46 : 30) + entry.name.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, central ? 0x02014b50 : 0x04034b50, true);
    let at = 4;
    if (central) {
        view.setUint16(at, 0x0314, true); // made by Unix
        at += 2;
    }
    view.setUint16(at, 20, true);
    view.setUint16(at + 2, 0x0800, true);
    view.setUint32(at + 6, entry.time, true);
    view.setUint32(at + 10, entry.sum, true);
    view.setUint32(at + 14, entry.size, true);
    view.setUint32(at + 18, entry.size, true);
    view.setUint16(at + 22, entry.name.length, true);
    if (central) {
        view.setUint32(38, (entry.mode << 16) >>> 0, true);
        view.setUint32(42, entry.offset, true);
    }
    bytes.set(entry.name, central ? 46 : 30);
    return bytes;
}

/** @returns {Blob} all stored files */
export function exportArchive(volume) {
    if (volume.machine === null) {
        volume.attach(offlineMachine());
    }
    const parts = [];
    const entries = [];
    let offset = 0;
    const add = (part) => {
        parts.push(part);
        offset += part.byteLength ?? part.size;
        if (offset > zipLimit) {
            throw new Error('the stored files are more than 4 GiB, which this archive can\'t hold');
        }
    };
    for (const [root, top] of volume.roots) {
        for (const [path, inode] of everything(root, top)) {
            let sum = 0;
            let size = 0;
            for (const piece of contentsOf(inode)) {
                sum = crc32(piece, sum);
                size += piece.length;
            }
            const name = encodeName(path.slice(1) + (inode.names === undefined ? '' : '/'));
            const entry = { name, sum, size, mode: inode.mode, time: dosTime(inode.mtime), offset };
            entries.push(entry);
            add(zipHeader(entry, false));
            for (const piece of contentsOf(inode)) {
                add(new Blob([piece])); // which the browser may keep outside of memory
            }
        }
    }
    const start = offset;
    entries.forEach((entry) => add(zipHeader(entry, true)));
    const end = new DataView(new ArrayBuffer(22));
    if (entries.length > 0xffff) {
        throw new Error('there are more than 65,535 stored files, which this archive can\'t hold');
    }
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, entries.length, true);
    end.setUint16(10, entries.length, true);
    end.setUint32(12, offset - start, true);
    end.setUint32(16, start, true);
    parts.push(new Uint8Array(end.buffer));
    return new Blob(parts, { type: 'application/zip' });
}

async function bytesOf(blob, from, to) {
    return new Uint8Array(await blob.slice(from, to).arrayBuffer());
}

/** The entries that an archive's directory lists, checked. */
async function readZipDirectory(archive) {
    const tail = await bytesOf(archive, Math.max(0, archive.size - 65557), archive.size);
    const view = new DataView(tail.buffer);
    let at = tail.length - 22;
    while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) {
        at--;
    }
    if (at < 0) {
        throw new ArchiveError('this is not a zip archive');
    }
    const count = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const start = view.getUint32(at + 16, true);
    if (count > zipEntriesMost || size > zipDirectoryMost || start + size > archive.size) {
        throw new ArchiveError('the archive\'s directory makes no sense');
    }
    const bytes = await bytesOf(archive, start, start + size);
    const directory = new DataView(bytes.buffer);
    const entries = [];
    for (let place = 0; entries.length < count;) {
        if (place + 46 > bytes.length || directory.getUint32(place, true) !== 0x02014b50) {
            throw new ArchiveError('the archive\'s directory is broken');
        }
        const nameLength = directory.getUint16(place + 28, true);
        const next = place + 46 + nameLength + directory.getUint16(place + 30, true) + directory.getUint16(place + 32, true);
        if (next > bytes.length) {
            throw new ArchiveError('the archive\'s directory is broken');
        }
        const unix = directory.getUint8(place + 5) === 3;
        entries.push({
            name: decodeName(bytes, place + 46, place + 46 + nameLength),
            flags: directory.getUint16(place + 8, true),
            method: directory.getUint16(place + 10, true),
            sum: directory.getUint32(place + 16, true),
            packed: directory.getUint32(place + 20, true),
            size: directory.getUint32(place + 24, true),
            mode: unix ? directory.getUint32(place + 38, true) >>> 16 : 0,
            offset: directory.getUint32(place + 42, true),
        });
        place = next;
    }
    return entries;
}

/** The parts of an entry's path below the root. */
function zipPath(entry, paths) {
    const { name } = entry;
    const parts = name.replace(/\/$/u, '').split('/');
    const strange = /[\\\0]/u.test(name) || parts.some((part) => part === '' || part === '.' || part === '..' || part.length > 255);
    if (strange) {
        throw new ArchiveError(`the archive names ${JSON.stringify(name)}, which is no plain path`);
    }
    const path = `/${parts.join('/')}`;
    const isFolder = name.endsWith('/');
    const below = paths.some((root) => path === root ? isFolder : path.startsWith(`${root}/`));
    const above = isFolder && paths.some((root) => root.startsWith(`${path}/`));
    if (!below && !above) {
        throw new ArchiveError(`the archive has ${path}, which is not below ${paths.join(' or ')}`);
    }
    return parts;
}

/** An entry's contents, never more than it says. */
async function unpack(archive, entry, take) {
    const { name, flags, method, packed, size, offset } = entry;
    if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) {
        throw new ArchiveError(`${name} is encrypted or packed in a way that is not known here`);
    }
    if (packed === zipLimit || size === zipLimit || (method === 0 && packed !== size) || size > packed * deflateMost + 64) {
        throw new ArchiveError(`${name} says of itself what can't be: ${packed} bytes that become ${size}`);
    }
    const header = await bytesOf(archive, offset, offset + 30);
    const view = new DataView(header.buffer);
    if (header.length < 30 || view.getUint32(0, true) !== 0x04034b50) {
        throw new ArchiveError(`${name} is not where the archive says`);
    }
    const start = offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
    if (start + packed > archive.size) {
        throw new ArchiveError(`${name} ends beyond the end of the archive`);
    }
    let stream = archive.slice(start, start + packed).stream();
    if (method === 8) {
        stream = stream.pipeThrough(new DecompressionStream('deflate-raw'));
    }
    let sum = 0;
    let done = 0;
    const reader = stream.getReader();
    for (;;) {
        const { value, done: ended } = await reader.read().catch((error) => {
            throw new ArchiveError(`${name} can't be unpacked: ${error.message}`);
        });
        if (ended) {
            break;
        }
        if (done + value.length > size) {
            reader.cancel().catch(() => {});
            throw new ArchiveError(`${name} is longer than the ${size} bytes that the archive says`);
        }
        sum = crc32(value, sum);
        take(value, done);
        done += value.length;
    }
    if (done !== size || sum !== entry.sum) {
        throw new ArchiveError(`${name} is damaged: its checksum is wrong`);
    }
}

function dropTree(inode) {
    for (const below of inode.names?.values() ?? []) {
        dropTree(below);
    }
    if (inode.map !== undefined && !inode.dropped) {
        inode.dropped = true;
        inode.giveFrom(0);
    }
}

/**
 * Puts the files of an archive in the place of all stored ones; when anything is wrong with it, nothing changes.
 * @param {Blob} archive
 * @returns {Promise<number>} how many files
 */
export async function importArchive(volume, archive, paths) {
    if (volume.machine === null) {
        volume.attach(offlineMachine());
    }
    const entries = await readZipDirectory(archive);
    const top = new StoredDirectory(volume, 0o755, null, volume.nextNumber++);
    volume.roots.set('import', top);
    volume.record(['r', 'import', top.number]);
    volume.changed.add(top);
    const folderAt = (parts) => {
        let folder = top;
        for (const part of parts) {
            let next = folder.find(part);
            if (next === undefined) {
                next = folder.makeDirectory(0o755);
                folder.link(part, next);
            }
            if (next.names === undefined) {
                throw new ArchiveError(`the archive has a file and a folder named ${part}`);
            }
            folder = next;
        }
        return folder;
    };
    let count = 0;
    try {
        for (const entry of entries) {
            const parts = zipPath(entry, paths);
            const kind = entry.mode & S_IFMT;
            if (entry.name.endsWith('/')) {
                const folder = folderAt(parts);
                folder.mode = S_IFDIR | ((entry.mode & 0o7777) || 0o755);
                continue;
            }
            const folder = folderAt(parts.slice(0, -1));
            const name = parts.at(-1);
            if (folder.find(name) !== undefined) {
                throw new ArchiveError(`the archive has ${entry.name} twice`);
            }
            if (kind !== 0 && kind !== S_IFREG && kind !== S_IFLNK) {
                throw new ArchiveError(`${entry.name} is neither a file, a folder nor a link`);
            }
            if (kind === S_IFLNK) {
                if (entry.size > 4095) {
                    throw new ArchiveError(`${entry.name} is a link that is too long`);
                }
                const target = new Uint8Array(entry.size);
                await unpack(archive, entry, (bytes, at) => target.set(bytes, at));
                folder.link(name, folder.makeLink(decodeName(target, 0, target.length)));
            } else {
                const file = folder.makeFile((entry.mode & 0o7777) || 0o644);
                folder.link(name, file);
                await unpack(archive, entry, (bytes, at) => {
                    if (file.writeBytes(bytes, 0, bytes.length, at) !== bytes.length) {
                        throw new ArchiveError('no space is left for the files of the archive');
                    }
                });
            }
            count++;
        }
        const old = paths.map((path) => volume.roots.get(path)).filter((root) => root !== undefined);
        volume.change(() => {
            for (const path of paths) {
                const root = folderAt(path.split('/').slice(1));
                volume.roots.set(path, root);
                volume.record(['r', path, root.number]);
            }
            volume.roots.delete('import');
            volume.record(['r', 'import', 0]);
        });
        if (volume.sync() < 0) {
            throw new ArchiveError('no space is left');
        }
        old.forEach(dropTree);
        volume.startGeneration();
        return count;
    } catch (error) {
        if (volume.roots.delete('import')) {
            dropTree(top);
            volume.record(['r', 'import', 0]);
            volume.sync();
        }
        throw error;
    }
}
