// Stored files as a zip archive: what Python's zipfile makes of it, the way back, and archives that lie.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Guest } from './guest.mjs';
import { fragileFiles, mapFiles } from './fragile-handle.mjs';
import { exportArchive, importArchive } from '../../../Templates/kernel/archive.mjs';
import { Volume } from '../../../Templates/kernel/volume.mjs';

const paths = ['/data'];

function guestOn(files) {
    return new Guest({ memoryBytes: 1 << 21, storage: { volume: new Volume(files), paths } });
}

function python(script, ...args) {
    return execFileSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
}

/** An archive that Python writes. */
function archiveOf(script) {
    const folder = mkdtempSync(join(tmpdir(), 'frond-zip-'));
    try {
        const file = join(folder, 'a.zip');
        python(`import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n${script.replace(/^/gmu, '    ')}`, file);
        return readFileSync(file);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test('an archive of everything, as Python reads it, and back again', async () => {
    const guest = guestOn(fragileFiles());
    guest.mkdir('/data/ä');
    guest.writeFile('/data/ä/b.txt', 'x'.repeat(70000), 0o600);
    guest.writeFile('/data/empty', '');
    guest.symlink('ä/b.txt', '/data/link');
    const archive = exportArchive(guest.volume ?? guest.kernel.machine.volume);
    const folder = mkdtempSync(join(tmpdir(), 'frond-zip-'));
    writeFileSync(join(folder, 'a.zip'), Buffer.from(await archive.arrayBuffer()));
    const seen = python('import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(z.testzip(), [(i.filename, i.file_size) '
        + 'for i in z.infolist()])', join(folder, 'a.zip'));
    rmSync(folder, { recursive: true });
    assert.equal(seen.trim(), "None [('data/', 0), ('data/empty', 0), ('data/link', 8), ('data/ä/', 0), ('data/ä/b.txt', 70000)]");

    const files = fragileFiles();
    const old = guestOn(files);
    old.writeFile('/data/old', 'y'.repeat(9000));
    old.kernel.machine.volume.sync();
    const closed = mapFiles(files, (handle) => handle.afterKill());
    const volume = new Volume(closed);
    assert.equal(await importArchive(volume, archive, paths), 3);
    const next = guestOn(mapFiles(closed, (handle) => handle.afterKill()));
    assert.equal(next.readFile('/data/link'), 'x'.repeat(70000));
    assert.equal(next.stat('/data/ä/b.txt').mode & 0o777, 0o600);
    assert.equal(typeof next.readFile('/data/old'), 'number');
    assert.equal(next.kernel.machine.volume.blocks.taken, 18);
});

const bad = {
    'no plain path': "z.writestr('data/../x', 'x')",
    'no plain path ': "z.writestr('/data/x', 'x')",
    'not below': "z.writestr('etc/passwd', 'x')",
    twice: "z.writestr('data/x', 'x')\nimport warnings\nwarnings.simplefilter('ignore')\nz.writestr('data/x', 'y')",
    'a file and a folder': "z.writestr('data/x', 'x')\nz.writestr('data/x/y', 'y')",
};

test('archives that lie are refused, and nothing changes', async () => {
    const files = fragileFiles();
    const guest = guestOn(files);
    guest.writeFile('/data/old', 'kept');
    guest.kernel.machine.volume.sync();
    const refuse = async (bytes, expected) => {
        const closed = mapFiles(files, (handle) => handle.afterKill());
        const volume = new Volume(closed);
        await assert.rejects(importArchive(volume, new Blob([bytes]), paths), expected);
        const after = guestOn(mapFiles(closed, (handle) => handle.afterKill()));
        assert.equal(after.readFile('/data/old'), 'kept');
        assert.equal(after.kernel.machine.volume.blocks.taken, 1);
    };
    for (const [expected, script] of Object.entries(bad)) {
        await refuse(archiveOf(script), new RegExp(expected.trim(), 'u'));
    }
    const good = archiveOf("z.writestr('data/x', 'x' * 100000, compress_type=zipfile.ZIP_DEFLATED)");
    const central = good.lastIndexOf(Buffer.from('PK\x01\x02'));
    const wrongSum = Buffer.from(good);
    wrongSum[central + 16] ^= 1;
    await refuse(wrongSum, /checksum/u);
    const tooLong = Buffer.from(good);
    tooLong.writeUInt32LE(5000, central + 24);
    await refuse(tooLong, /longer than/u);
    const bomb = Buffer.from(good);
    bomb.writeUInt32LE(0x7fffffff, central + 24);
    await refuse(bomb, /what can't be/u);
    await refuse(good.subarray(0, good.length - 30), /zip archive/u);
    await refuse(Buffer.from('hello'), /zip archive/u);
    // Any byte may be wrong (every second is tried): the import succeeds or refuses, and never does anything else.
    for (let at = 0; at < good.length; at += 2) {
        const broken = Buffer.from(good);
        broken[at] ^= 0x55;
        const volume = new Volume(mapFiles(files, (handle) => handle.afterKill()));
        await importArchive(volume, new Blob([broken]), paths).catch((error) => {
            assert.equal(error.name, 'ArchiveError', `byte ${at}: ${error.stack}`);
        });
    }
});
