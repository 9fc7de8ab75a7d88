// Downloads the two large files of a site with as few bytes as the host allows, and says how far it is.
//
// Each of them lies on the host three times: plain, as `.br`, as `.gz`. Whether a host sends the small forms by itself is
// seen from the file that the browser already has: when this module arrived with exactly the size of its `.br` or `.gz`,
// the host negotiates, and a plain request is best (the browser decodes it, and keeps compiled code for the next visit).
// Otherwise the small form is asked for by name and decoded here.

/**
 * @typedef {{ url: string, size: number, br?: number, gz?: number }} AssetEntry
 * @typedef {'plain' | 'br' | 'gz'} Way
 */

/**
 * Chooses how to ask for files.
 * @param {AssetEntry} known a file that was loaded already
 * @param {Pick<PerformanceResourceTiming, 'encodedBodySize'> | undefined} timing how that went
 * @param {(format: string) => boolean} canDecode
 * @returns {Way}
 */
export function chooseWay(known, timing, canDecode) {
    const size = timing?.encodedBodySize ?? 0;
    if (known.br !== undefined && size === known.br) return 'plain';
    if (canDecode('brotli')) return 'br';
    return 'gz';
}

/** Whether `DecompressionStream` knows a format. */
export function canDecodeFormat(format) {
    try {
        return new DecompressionStream(format) !== null;
    } catch {
        return false;
    }
}

/**
 * Fetches a file; the response's body is the plain contents.
 * @param {AssetEntry} asset
 * @param {Way} way
 * @param {string} type
 * @param {(received: number, total: number) => void} onProgress in bytes as they cross the network
 */
export async function fetchAsset(asset, way, type, onProgress) {
    const small = way !== 'plain' && asset[way] !== undefined;
    return plainContents(await fetchChecked(small ? `${asset.url}.${way}` : asset.url), asset, way, type, onProgress);
}

function plainContents(response, asset, way, type, onProgress) {
    const small = way !== 'plain' && asset[way] !== undefined;
    // Some hosts label `.br` files with their encoding; the browser has decoded those.
    const encoding = response.headers.get('content-encoding') ?? '';
    const decoded = encoding !== '' && encoding !== 'identity';
    const arriving = small && !decoded ? asset[way] : asset.size;
    const sent = small ? asset[way] : encoding.includes('br') ? asset.br ?? asset.size
        : encoding.includes('gzip') ? asset.gz ?? asset.size : asset.size;
    let received = 0;
    onProgress(0, sent);
    const counter = new TransformStream({
        transform(chunk, controller) {
            received += chunk.byteLength;
            onProgress(Math.round(sent * Math.min(1, received / arriving)), sent);
            controller.enqueue(chunk);
        },
        flush() {
            onProgress(sent, sent);
        },
    });
    let body = response.body.pipeThrough(counter);
    if (small && !decoded) body = body.pipeThrough(new DecompressionStream(way === 'br' ? 'brotli' : 'gzip'));
    return new Response(body, { headers: { 'content-type': type } });
}

async function fetchChecked(url) {
    let response;
    try {
        response = await fetch(url);
    } catch (error) {
        throw new Error(`${fileNameOf(url)} could not be downloaded: ${error.message}`);
    }
    if (!response.ok) throw new Error(`${fileNameOf(url)} could not be downloaded: the server says ${response.status}`);
    return response;
}

function fileNameOf(url) {
    return url.slice(url.lastIndexOf('/') + 1);
}

/** Compiles the module while it arrives. */
async function compileModule(asset, way, onProgress) {
    if (way !== 'plain') return WebAssembly.compileStreaming(await fetchAsset(asset, way, 'application/wasm', onProgress));
    const response = await fetchChecked(asset.url);
    if (response.headers.get('content-type') !== 'application/wasm') {
        return WebAssembly.compileStreaming(plainContents(response, asset, way, 'application/wasm', onProgress));
    }
    // The response as it is, not one around it: only for such does a browser keep the compiled code for the next visit.
    const sent = asset.br ?? asset.size;
    onProgress(0, sent);
    const module = await WebAssembly.compileStreaming(response);
    onProgress(sent, sent);
    return module;
}

/**
 * Downloads and compiles the module, and downloads the image, or what of it a start needs, and the snapshot if there is one.
 * @param {{ module: AssetEntry, image: AssetEntry, snapshot?: AssetEntry, shell: AssetEntry }} assets
 * @param {(received: number, total: number) => void} onProgress
 * @param {(name: 'image' | 'module' | 'snapshot') => void} onDone
 * @param {WebAssembly.Module} [known] the module, when it was compiled before
 * @returns {Promise<{ module: WebAssembly.Module, image: ArrayBuffer, snapshot: ArrayBuffer | null, way: Way }>}
 */
export async function loadProgram(assets, onProgress, onDone = () => {}, known = undefined) {
    const timing = performance.getEntriesByName(new URL(assets.shell.url, location.href).href)[0];
    const way = chooseWay(assets.shell, timing, canDecodeFormat);
    const names = ['module', 'image', 'snapshot'].filter((name) => assets[name]);
    const state = Object.fromEntries(names.map((name) => [name, [0, assets[name].size]]));
    const sum = (index) => names.reduce((total, name) => total + state[name][index], 0);
    const report = (name) => (received, total) => {
        state[name] = [received, total];
        onProgress(sum(0), sum(1));
    };
    const wholeFile = async (name) => {
        const bytes = await (await fetchAsset(assets[name], way, 'application/octet-stream', report(name))).arrayBuffer();
        if (bytes.byteLength !== assets[name].size) {
            throw new Error(`${fileNameOf(assets[name].url)} arrived with ${bytes.byteLength} bytes instead of ${assets[name].size}`);
        }
        onDone(name);
        return bytes;
    };
    const [module, image, snapshot] = await Promise.all([
        known ?? compileModule(assets.module, way, report('module')).then((compiled) => {
            onDone('module');
            return compiled;
        }),
        wholeFile('image'),
        assets.snapshot ? wholeFile('snapshot') : null,
    ]);
    return { module, image, snapshot, way };
}
