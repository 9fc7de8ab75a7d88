// The smallest kernel that the contexts' test program can live on: stdin with watches, stdout, arguments, time.

const AGAIN = 6;

/** @param {any} options as `createKernel` of Templates/kernel takes them */
export function createStubKernel(options) {
    const { memory } = options;
    const input = [];
    const woken = [];
    let inputEnded = false;
    let watcher = -1;

    function wake() {
        if (watcher < 0) return;
        woken.push(watcher);
        watcher = -1;
        options.onEvent();
    }

    function textList(list, pointers, buffer) {
        for (const text of list) {
            memory.u32[pointers >> 2] = buffer;
            pointers += 4;
            buffer += memory.writeString(buffer, text, 1024) + 1;
        }
        return 0;
    }

    return {
        imports: {
            env: { emscripten_get_now: options.now },
            wasi_snapshot_preview1: {
                args_sizes_get(count, size) {
                    memory.u32[count >> 2] = options.args.length;
                    memory.u32[size >> 2] = options.args.reduce((sum, text) => sum + text.length + 1, 0);
                    return 0;
                },
                args_get: (argv, buffer) => textList(options.args, argv, buffer),
                proc_exit: (status) => options.exit(status),
            },
            frond: {
                fd_write(fd, iov, count, written) {
                    let total = 0;
                    for (let i = 0; i < count; i++) {
                        const at = memory.u32[(iov >> 2) + 2 * i];
                        const size = memory.u32[(iov >> 2) + 2 * i + 1];
                        (fd === 2 ? options.stderr : options.stdout)(memory.u8.slice(at, at + size));
                        total += size;
                    }
                    memory.u32[written >> 2] = total;
                    return 0;
                },
                fd_read(fd, iov, count, got) {
                    if (input.length === 0 && !inputEnded) return AGAIN;
                    const chunk = input.shift() ?? new Uint8Array(0);
                    memory.u8.set(chunk, memory.u32[iov >> 2]);
                    memory.u32[got >> 2] = chunk.length;
                    return 0;
                },
                watch(fd, events, thread) {
                    if (input.length > 0 || inputEnded) return 1;
                    watcher = thread;
                    return 0;
                },
            },
        },
        stdin: {
            write(data) {
                input.push(typeof data === 'string' ? new TextEncoder().encode(data) : data);
                wake();
            },
            end() {
                inputEnded = true;
                wake();
            },
        },
        takeEvent: () => woken.shift() ?? -1,
        hasEvents: () => woken.length > 0,
        hasExternalSources: () => watcher >= 0 && !inputEnded,
        resize() {},
    };
}
