// The second part of the files image (docs/site.md): what a start does not read. The worker fetches it when the program has
// started, or at once when the program asks for one of its files.

import { fetchAsset } from './loader.mjs';

/** `late` for the glue's `boot`, see glue.d.ts. */
export class RestOfFiles {
    /**
     * @param {import('./loader.mjs').AssetEntry} asset
     * @param {import('./loader.mjs').Way} way how the host is best asked
     */
    constructor(asset, way) {
        this.asset = asset;
        this.way = way;
        this.bytes = null;
        this.loading = false;
        this.failure = null;
        this.callbacks = [];
    }

    /** Starts to fetch it, once. */
    async fetch() {
        if (this.loading || this.bytes !== null) return;
        this.loading = true;
        try {
            const response = await fetchAsset(this.asset, this.way, 'application/octet-stream', () => {});
            this.#take(await response.arrayBuffer());
        } catch (error) {
            // Nobody waits: then the next one who asks tries again.
            if (this.callbacks.length > 0) this.failure = error;
        }
        this.loading = false;
        for (const callback of this.callbacks.splice(0)) callback();
    }

    read(offset, size, now) {
        if (now && this.bytes === null) this.#take(fetchNow(this.asset));
        if (this.bytes !== null) return this.bytes.subarray(offset, offset + size);
        if (this.failure !== null) {
            const { failure } = this;
            this.failure = null;
            throw failure;
        }
        return null;
    }

    arrival(callback) {
        this.callbacks.push(callback);
        this.fetch();
    }

    #take(buffer) {
        if (buffer.byteLength !== this.asset.size) {
            throw new Error(`the rest of the files arrived with ${buffer.byteLength} bytes instead of ${this.asset.size}`);
        }
        this.bytes ??= new Uint8Array(buffer);
    }
}

/** Fetches while everything waits; a worker may. */
function fetchNow(asset) {
    const request = new XMLHttpRequest();
    request.open('GET', asset.url, false);
    request.responseType = 'arraybuffer';
    request.send();
    if (request.status !== 200) throw new Error(`${asset.url}: the server says ${request.status}`);
    return request.response;
}
