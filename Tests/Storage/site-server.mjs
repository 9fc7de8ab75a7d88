// Serves a built site, and perhaps files of a test's own, on 127.0.0.1.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

/**
 * @param {string} folder
 * @param {Record<string, string>} [extra] file by path
 */
export function serveSite(folder, extra = {}) {
    const server = createServer((request, response) => {
        const path = new URL(request.url, 'http://localhost').pathname;
        try {
            const bytes = readFileSync(extra[path] ?? join(folder, path === '/' ? 'index.html' : path));
            response.writeHead(200, { 'content-type': types[extname(path) || '.html'] ?? 'application/octet-stream' });
            response.end(bytes);
        } catch {
            response.writeHead(404).end();
        }
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
