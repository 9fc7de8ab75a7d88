// What strings compile to, from one start of a program for the next: two files of the program's own machine (the context shim's
// compiled_strings.c). It reads the one and appends to the other, where they are.

const folder = '/usr/lib/frond';
const knownFile = 'compiled-strings';
const newFile = `${knownFile}.new`;

/**
 * Before the start. A site's files image has a file of known strings already.
 * @param {import('../kernel/files.mjs').Files} files
 * @param {{ known?: Uint8Array | null, keep?: boolean }} strings
 */
export function placeStrings(files, { known, keep }) {
    if (known) files.fileAt(`${folder}/${knownFile}`, known);
    if (keep) files.fileAt(`${folder}/${newFile}`, '');
}

/**
 * What was appended; nothing when the program has put something else in its place.
 * @param {import('../kernel/files.mjs').Files} files
 * @returns {Uint8Array}
 */
export function newStrings(files) {
    const file = files.directoryAt(folder).names?.get(newFile);
    return file?.bytes?.subarray(0, file.length) ?? new Uint8Array(0);
}
