// Where a browser keeps the three files of a store (volume.mjs).
//
// OPFS: frond/<name>/{blocks,journal-0,journal-1}, opened for as long as the program runs. Only a dedicated worker may do that,
// and only one at a time; after a worker was ended, its files become free a moment later, so opening is tried again.
//
// Where OPFS is missing, or has no synchronous handles, IndexedDB keeps pieces of the files (piece-storage.mjs). `durable` says
// which of the two it is.

import { deletePieces, openPieces, StoreBusy } from './piece-storage.mjs';
import { Volume } from './volume.mjs';

const storeFiles = ['blocks', 'journal-0', 'journal-1'];
const openPatience = 10000;

/** The OPFS folder of a store, or null where there is no OPFS. */
async function opfsFolder(name, create) {
    let root;
    if (!('createSyncAccessHandle' in (globalThis.FileSystemFileHandle?.prototype ?? {}))) {
        return null;
    }
    try {
        root = await navigator.storage.getDirectory();
    } catch {
        return null;
    }
    const all = await root.getDirectoryHandle('frond', { create });
    return all.getDirectoryHandle(name, { create });
}

async function openHandle(folder, name) {
    const file = await folder.getFileHandle(name, { create: true });
    const end = Date.now() + openPatience;
    for (;;) {
        try {
            return await file.createSyncAccessHandle();
        } catch (error) {
            if (error.name !== 'NoModificationAllowedError' && error.name !== 'InvalidStateError') {
                throw error;
            }
            if (Date.now() > end) {
                throw new StoreBusy();
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
}

/**
 * Opens a store, or makes one.
 * @param {{name: string, salvage?: boolean, onFull?: () => void, onLost?: () => void}} options `name`: one folder name;
 *     `onLost`: another worker has taken the files over, which is possible where they are not locked
 * @returns {Promise<{volume: Volume, durable: boolean, close(): Promise<void>}>} `close`: lets go of the files; resolved when
 *     everything is safe
 * @throws {StoreDamaged | StoreBusy}
 */
export async function openStorage({ name, salvage = false, onFull = () => {}, onLost = () => {} }) {
    const folder = await opfsFolder(name, true);
    const opened = [];
    let pieces = null;
    try {
        if (folder === null) {
            pieces = await openPieces(`frond/${name}`, storeFiles, { onFull, onLost });
            opened.push(...pieces.files);
        } else {
            for (const file of storeFiles) {
                opened.push(await openHandle(folder, file));
            }
        }
        const [blocks, ...journals] = opened;
        const volume = new Volume({ blocks, journals }, {
            salvage, onFull, together: pieces !== null, defer: (action, milliseconds) => setTimeout(action, milliseconds),
        });
        return {
            volume,
            durable: folder !== null,
            async close() {
                volume.close();
                await pieces?.settle();
            },
        };
    } catch (error) {
        opened.forEach((handle) => handle.close());
        throw error;
    }
}

/** Deletes a store. Nothing may have it open. */
export async function deleteStorage(name) {
    const folder = await opfsFolder(name, true);
    if (folder === null) {
        await deletePieces(`frond/${name}`);
        return;
    }
    // The files must be free, or a program that is just ending would write into them.
    for (const file of storeFiles) {
        (await openHandle(folder, file)).close();
    }
    for (const file of [...storeFiles].reverse()) {
        await folder.removeEntry(file);
    }
}
