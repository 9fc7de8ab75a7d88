// Python's side of the page: a worker that runs one program and passes its input and output on.
//
//     page ──start, input, end-input, interrupt, resize──▶ worker ──output, step, tty, exit, failed──▶ page

let handle = null;

function post(message, transfer) {
    self.postMessage(message, transfer);
}

async function start({ glue, module, image, command, environment, directory, size }) {
    const { boot } = await import(glue);
    const output = (stream) => (chunk) => {
        // The glue hands over a copy; what shares its buffer with anything else must not be transferred.
        const whole = chunk.byteLength === chunk.buffer.byteLength;
        post({ type: 'output', stream, chunk }, whole ? [chunk.buffer] : []);
    };
    handle = boot({
        module,
        image,
        args: command,
        env: environment,
        cwd: directory,
        isatty: true,
        size,
        stdout: output(1),
        stderr: output(2),
        progress: (step) => post({ type: 'step', step }),
    });
    const running = handle;
    running.ready.then(() => {
        running.kernel?.tty?.onAttributes?.(({ echo }) => post({ type: 'tty', echo }));
    }, () => {});
    const status = await running.exit;
    post({ type: 'exit', status, stats: running.stats() });
}

self.addEventListener('message', ({ data }) => {
    switch (data.type) {
        case 'start':
            start(data).catch((error) => post({ type: 'failed', message: String(error?.message ?? error) }));
            break;
        case 'input':
            handle?.stdin.write(data.text);
            break;
        case 'end-input':
            // One empty read, as Ctrl-D gives on a terminal; later reads wait again.
            handle?.stdin.write('');
            break;
        case 'interrupt':
            handle?.interrupt();
            break;
        case 'resize':
            handle?.resize?.(data.columns, data.rows);
            break;
        default:
            break;
    }
});

self.addEventListener('unhandledrejection', (event) => {
    post({ type: 'failed', message: `something went wrong in the glue: ${event.reason?.stack ?? event.reason}` });
});
