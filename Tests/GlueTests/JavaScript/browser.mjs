// Opens a page of this repository in a real browser, headless and with a profile of its own, and waits for what it posts
// to /result (JSON). Used by tests and benchmarks.

import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

const programs = { deno: ['deno'], chromium: ['chromium', 'google-chrome'], firefox: ['firefox', 'firefox-esr'] };
const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** The program that an environment variable (CHROMIUM, FIREFOX, DENO) names, or the one on PATH, or null. */
export function findProgram(kind) {
    const named = process.env[kind.toUpperCase()];
    if (named) return named;
    for (const name of programs[kind]) {
        for (const folder of (process.env.PATH ?? '').split(':')) {
            const file = path.join(folder, name);
            if (folder !== '' && fs.existsSync(file)) return file;
        }
    }
    return null;
}

function argumentsFor(kind, profile, flags) {
    if (kind === 'firefox') return ['--headless', '--no-remote', '--profile', profile, ...flags];
    return [
        '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`, ...flags,
    ];
}

/**
 * @param {'chromium' | 'firefox'} kind
 * @param {string} page path in the repository, with its query
 * @param {{ deadline: number, flags?: string[] }} options deadline in milliseconds
 * @returns {Promise<any>} what the page posted, or { error }
 */
export async function runInBrowser(kind, page, { deadline, flags = [] }) {
    const program = findProgram(kind);
    if (program === null) return { error: `${kind} is not on this machine` };
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'frond-browser-'));
    let child;
    let server;
    try {
        return await new Promise((resolve) => {
            const timer = setTimeout(() => resolve({ error: `no result within ${deadline} ms` }), deadline);
            server = http.createServer((request, response) => {
                const url = new URL(request.url, 'http://localhost');
                if (url.pathname === '/result') {
                    let body = '';
                    request.on('data', (chunk) => { body += chunk; });
                    request.on('end', () => {
                        response.end();
                        clearTimeout(timer);
                        resolve(JSON.parse(body));
                    });
                    return;
                }
                const file = path.join(root, path.normalize(url.pathname));
                if (!file.startsWith(root) || !fs.existsSync(file)) {
                    response.writeHead(404).end();
                    return;
                }
                response.writeHead(200, {
                    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
                    // Isolated pages have clocks of 5 µs instead of 100.
                    'cross-origin-opener-policy': 'same-origin',
                    'cross-origin-embedder-policy': 'require-corp',
                });
                response.end(fs.readFileSync(file));
            });
            server.listen(0, '127.0.0.1', () => {
                const url = `http://127.0.0.1:${server.address().port}/${page}`;
                child = spawn(program, [...argumentsFor(kind, profile, flags), url], { stdio: 'ignore', detached: true });
            });
        });
    } finally {
        server?.closeAllConnections();
        server?.close();
        try {
            if (child?.pid) process.kill(-child.pid, 'SIGKILL');
        } catch { /* it has gone by itself */ }
        await new Promise((resolve) => setTimeout(resolve, 300));
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
}
