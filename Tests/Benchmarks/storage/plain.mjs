// The same writes as app/main.py makes, straight to a file of the origin private file system: the floor. Runs in a worker.

const block = new Uint8Array(4096).fill(7);
const rounds = 5;

function each(count, action) {
    const found = [];
    for (let round = 0; round < rounds; round++) {
        const began = performance.now();
        for (let number = 0; number < count; number++) action(number);
        found.push((performance.now() - began) / count * 1000);
    }
    found.sort((a, b) => a - b);
    return { median: found[rounds >> 1], least: found[0], most: found.at(-1) };
}

const root = await navigator.storage.getDirectory();
const handle = await (await root.getFileHandle('plain', { create: true })).createSyncAccessHandle();
handle.truncate(0);
const result = {
    'append 4 KiB': each(500, () => handle.write(block, { at: handle.getSize() })),
    'overwrite 4 KiB': each(500, (number) => handle.write(block, { at: number * 4096 })),
    'read 4 KiB': each(500, (number) => handle.read(block, { at: number * 4096 })),
    'overwrite 4 KiB, fsync': each(50, (number) => {
        handle.write(block, { at: number * 4096 });
        handle.flush();
    }),
    'append 4 KiB, fsync': each(50, () => {
        handle.write(block, { at: handle.getSize() });
        handle.flush();
    }),
};
handle.close();
await root.removeEntry('plain');
postMessage(result);
