// Runs the cases of programs/contexts.c in a worker of this browser and posts what came out; see browsers.test.mjs.

if (typeof document === 'object') {
    new Worker('page.mjs' + location.search, { type: 'module' });
} else {
    const query = new URLSearchParams(self.location.search);
    const { bootProgram } = await import('../../../Templates/glue/program.mjs');
    const { createStubKernel } = await import('./stub-kernel.mjs');
    const module = await WebAssembly.compileStreaming(fetch('../programs/contexts.wasm'));
    const run = async (words) => {
        const decoder = new TextDecoder();
        let stdout = '';
        let stderr = '';
        const handle = bootProgram({
            module,
            backend: query.get('backend') ?? undefined,
            args: ['contexts', ...words.split(' ')],
            stdout: (chunk) => { stdout += decoder.decode(chunk); },
            stderr: (chunk) => { stderr += decoder.decode(chunk); },
        }, createStubKernel);
        const status = await handle.exit;
        return { status, stdout, stderr, backend: handle.stats().backend };
    };
    const results = {};
    try {
        for (const words of query.get('cases').split(',')) results[words] = await run(words);
    } catch (error) {
        results.error = String(error);
    }
    await fetch('/result', { method: 'POST', body: JSON.stringify(results) });
}
