// The entry of the glue: see glue.d.ts for what it takes and gives.

import { exportArchive, importArchive } from '../kernel/archive.mjs';
import { deleteStorage, openStorage } from '../kernel/host-storage.mjs';
import { createKernel } from '../kernel/kernel.mjs';
import { Volume } from '../kernel/volume.mjs';
import { bootProgram } from './program.mjs';

/**
 * Starts a program.
 * @param {import('./glue.d.ts').BootOptions} options
 * @returns {import('./glue.d.ts').Handle}
 */
export function boot(options) {
    return bootProgram(options, createKernel);
}

/**
 * Opens the files of a browser that outlive the program, for `storage` of `boot`. In dedicated workers only.
 * @param {{ name: string, salvage?: boolean, onFull?(): void }} options
 */
export function openStore(options) {
    return openStorage(options);
}

/** Deletes them; no program may run on them. */
export function deleteStore(name) {
    return deleteStorage(name);
}

/** All files of a store, as a zip archive in a Blob. */
export function exportFiles(volume) {
    return exportArchive(volume);
}

/** Puts the files of a zip archive in the place of all files below `paths`, or changes nothing and says why. */
export function importFiles(volume, archive, paths) {
    return importArchive(volume, archive, paths);
}

/** Stored files over three files of any host, which have the interface of FileSystemSyncAccessHandle. */
export function openVolume(files, options) {
    return new Volume(files, options);
}
