// Measures what an app with FastAPI, pydantic and SQLAlchemy costs: import times in Node, and sizes as they are sent (Brotli).
//
//     node Tests/Benchmarks/imports/run.mjs [--frond .build/release/frond] [--runs 5] [--json FILE]
//
// The app whose imports are timed is Tests/EndToEnd/Apps/packages, copied and locked anew, so the packages are the current
// ones of the index. Each import is timed by the program itself in a new process; a run before the first one fills the caches.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function option(name, otherwise) {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
}

const frond = path.resolve(option('frond', path.join(root, '.build/release/frond')));
const runs = Number(option('runs', '5'));

function must(args) {
    const result = spawnSync(frond, args, { encoding: 'utf8', timeout: 600_000 });
    if (result.status !== 0) throw new Error(`frond ${args.join(' ')}: ${result.stderr || result.error || result.status}`);
    return result.stdout;
}

const rows = [];
function report(name, values, unit, limit) {
    const sorted = [...values].sort((a, b) => a - b);
    const row = { name, unit, limit, median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1), runs: values.length };
    rows.push(row);
    const spread = row.runs > 1 ? `${row.min.toFixed(2)} to ${row.max.toFixed(2)}` : '';
    const promised = limit === undefined ? '' : `≤ ${limit} ${unit}`;
    console.log(`${name.padEnd(52)} ${row.median.toFixed(2).padStart(7)} ${unit.padEnd(3)} ${spread.padEnd(14)} ${promised}`);
}

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-imports-'));
try {
    const app = path.join(work, 'packages');
    fs.cpSync(path.join(root, 'Tests/EndToEnd/Apps/packages'), app, { recursive: true });
    // The interpreter's own way out would finish what the import began; only the import is asked for.
    const time = (module) => Number(must(['run', '--app', app, '-c',
        `import os, time; t = time.perf_counter(); import ${module}; os.write(1, str(time.perf_counter() - t).encode()); os._exit(0)`]));
    console.log(`${'figure'.padEnd(52)} ${'median'.padStart(7)}     spread         promised`);
    for (const [module, limit] of [['fastapi', 0.45], ['sqlalchemy.ext.asyncio', undefined], ['pydantic', undefined]]) {
        time(module);
        report(`import ${module} in Node`, Array.from({ length: runs }, () => time(module)), 's', limit);
    }
    const sizesOf = (name) => JSON.parse(must(['size', path.join(root, 'Examples', name), '--json']));
    const sizes = sizesOf('fastapi-sqlalchemy');
    report('Examples/fastapi-sqlalchemy until it has started', [sizes.start / 1e6], 'MB', 7);
    report('— and afterwards, what it has not read', [(sizes.site.brotli - sizes.start) / 1e6], 'MB', undefined);
    report('Python core in it (estimate)', [sizes.pythonCore / 1e6], 'MB', undefined);
    report('Python core of Examples/greenlets (estimate)', [sizesOf('greenlets').pythonCore / 1e6], 'MB', 4.5);
    const json = option('json');
    if (json) {
        const machine = { cpu: os.cpus()[0].model, cores: os.cpus().length, node: process.version };
        fs.writeFileSync(json, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
    }
} finally {
    fs.rmSync(work, { recursive: true, force: true });
}
