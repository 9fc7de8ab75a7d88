// A server under `frond run`: it answers outside and inside, and a signal ends it as it does elsewhere.
//
//     node servers.mjs 'what it answers' SIGNAL STATUS 'its last words' FROND run … {port} …
//
// STATUS is an exit status or the name of the signal that it dies of.
//
// {port} becomes a free port. The program asks itself from inside (Apps/servers/visit.py) and prints what it was told.
// Says every check on standard output; exit status 1 when one fails.

import { spawn } from 'node:child_process';
import net from 'node:net';

const [answer, signal, status, words, program, ...rest] = process.argv.slice(2);

const port = await new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = server.address();
        server.close(() => resolve(free));
    });
});
// A group of its own: a terminal's ^C goes to everybody in it, and so does this one.
const child = spawn(program, rest.map((word) => word.replaceAll('{port}', String(port))),
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
let said = '';
for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { said += chunk; });
const ended = new Promise((resolve) => child.on('close', (code, died) => resolve(died ?? code)));

let failures = 0;
const check = (what, seen, wanted) => {
    const passed = JSON.stringify(seen) === JSON.stringify(wanted);
    if (!passed) failures += 1;
    console.log(passed ? `ok   ${what}` : `FAIL ${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
async function until(what, condition) {
    const end = Date.now() + 120_000;
    while (!await condition()) {
        if (child.exitCode !== null || Date.now() > end) throw new Error(`no ${what}`);
        await pause();
    }
}
const ask = async (path) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`);
    return [reply.status, (await reply.text()).trim()];
};

try {
    await until('answer', () => ask('/').then(() => true, () => false));
    check('it answers this machine', await ask('/'), [200, answer]);
    check('it has a 404', (await ask('/nowhere'))[0], 404);
    const several = await Promise.all(Array.from({ length: 20 }, () => ask('/')));
    check('20 at once', several.filter(([code, text]) => code === 200 && text === answer).length, 20);
    await until('answer inside', () => said.includes('inside: '));
    check('it answers inside', /inside: (.*)/.exec(said)[1], `200 ${answer}`);
    process.kill(-child.pid, signal);
    const limit = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 60_000);
    check(`how it ends on ${signal}`, String(await ended), status);
    clearTimeout(limit);
    check(`it says "${words}"`, said.includes(words), true);
    const refused = await ask('/').then(() => 'answered', (error) => error.cause?.code ?? String(error));
    check('the port is free again', refused, 'ECONNREFUSED');
} catch (error) {
    failures += 1;
    console.log(`FAIL ${error.message}`);
    try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ }
}
if (failures > 0) console.log(said);
process.exit(failures === 0 ? 0 : 1);
