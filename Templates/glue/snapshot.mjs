// Starts in two parts, and snapshots of linear memory between them.
//
//     first start:   constructors ─▶ initialise, import modules ─▶ (copy of memory) ─▶ the program
//     later start:                      memory := copy ──────────────────────────────▶ the program
//
// Between the parts no wasm frame is on any stack, so memory is all that the program has, but for what the kernel keeps for
// it: files that it changed, descriptors, children. A first part that left some of that behind, or wrote output, or started a
// thread, can't be repeated from its memory; then there is no snapshot, and the program goes on as if nobody had asked.
//
// The monotonic clock of a later start continues where the copy was made: times that the program has noted stay in the past.

const pageSize = 65536;

/**
 * What a program has in memory, without the zeros at its end.
 * @param {import('./memory.mjs').Memory} memory
 * @param {number} now the program's monotonic clock, ms
 * @returns {import('./glue.d.ts').Snapshot}
 */
export function takeSnapshot(memory, now) {
    const { u8, u32, size } = memory;
    let words = u32.length;
    while (words > 0 && u32[words - 1] === 0) words--;
    return { memory: u8.slice(0, words * 4), size, now };
}

/**
 * Whether a snapshot has the form of one. Whether it is one of this module, only its keeper knows.
 * @param {any} snapshot
 */
export function isSnapshot(snapshot) {
    if (!(snapshot?.memory instanceof Uint8Array) || !Number.isFinite(snapshot.now)) return false;
    const { size, differs = 0 } = snapshot;
    if (!(differs >= 0 && differs <= snapshot.memory.length)) return false;
    return Number.isInteger(size) && size % pageSize === 0 && size <= 2 ** 31 && snapshot.memory.length <= size;
}

/**
 * Puts a snapshot into a new instance's memory.
 * @param {import('./memory.mjs').Memory} memory
 * @param {import('./glue.d.ts').Snapshot} snapshot
 */
export function restoreSnapshot(memory, snapshot) {
    const missing = snapshot.size - memory.size;
    if (missing < 0) throw new Error('the snapshot is smaller than the module\'s memory at its start');
    if (missing > 0) memory.wasm.grow(missing / pageSize);
    const { u8 } = memory;
    const { differs = 0 } = snapshot;
    for (let at = 0; at < differs; at++) u8[at] ^= snapshot.memory[at];
    u8.set(snapshot.memory.subarray(differs), differs);
    // What the module's own data segments have put behind it.
    u8.fill(0, snapshot.memory.length, snapshot.size - missing);
}
