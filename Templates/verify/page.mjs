// The page on which `frond verify` plays checks in a browser: asks the server for one check after the other, plays each in a
// worker of its own and sends back what happened.

const send = (path, body) => fetch(path, { method: 'POST', body });

for (;;) {
    const response = await send('/verify/next', navigator.userAgent);
    if (response.status !== 200) break;
    const job = await response.json();
    const worker = new Worker('worker.mjs', { type: 'module' });
    const { trace, outcome } = await new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve({ trace: '', outcome: { status: 126, responses: [], failure: message } });
        worker.postMessage(job);
    });
    worker.terminate();
    await send('/verify/result', `${trace}\n${JSON.stringify(outcome)}\n`);
}
document.title = 'done';
