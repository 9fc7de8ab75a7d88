// The same in a browser's worker: posts the result to the server of run.mjs.
if (typeof document === 'object') {
    new Worker('page.mjs' + location.search, { type: 'module' });
} else {
    const { benchmark } = await import('./switch.mjs');
    const backend = new URLSearchParams(self.location.search).get('backend') ?? undefined;
    let result;
    try {
        const response = await fetch('../../GlueTests/programs/contexts.wasm');
        const firefox = /Firefox/.test(navigator.userAgent);
        result = await benchmark(await WebAssembly.compile(await response.arrayBuffer()),
            { backend, ...(firefox ? { rounds: 5, switches: 30000 } : {}) });
    } catch (error) {
        result = { error: String(error) };
    }
    await fetch('/result', { method: 'POST', body: JSON.stringify(result) });
}
