// Can this browser run the program? Asked before anything is downloaded.

/** The browsers that can, with their first version; the page for the others is drawn from it. */
export const knownBrowsers = Object.freeze([
    { name: 'Chrome', version: 137 },
    { name: 'Edge', version: 137 },
    { name: 'Firefox', version: 153 },
    { name: 'Safari', version: 27 },
]);

// (module (func try catch_all end)): exceptions as Python's extension modules use them.
const exceptionsProbe = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11,
];

// (module (type $t (func)) (func (param funcref) (result i32) (ref.test (ref $t) (local.get 0)))): calls through casts.
const castsProbe = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 0, 0, 96, 1, 112, 1, 127, 3, 2, 1, 1, 10, 9, 1, 7, 0, 32, 0, 251, 20, 0,
    11,
];

/** What this browser lacks, as a list of names; empty when the program can run. */
export function missingFeatures(scope = globalThis) {
    const missing = [];
    const { WebAssembly: wasm } = scope;
    if (typeof wasm !== 'object') return ['WebAssembly'];
    if (typeof wasm.Suspending !== 'function' || typeof wasm.promising !== 'function') {
        missing.push('WebAssembly stack switching (JSPI)');
    }
    if (!wasm.validate(new Uint8Array(exceptionsProbe))) missing.push('WebAssembly exceptions');
    if (!wasm.validate(new Uint8Array(castsProbe))) missing.push('WebAssembly function types');
    if (typeof scope.Worker !== 'function') missing.push('web workers');
    if (typeof scope.DecompressionStream !== 'function') missing.push('decompression streams');
    return missing;
}
