// What runs inside the measured pages; `inPage` is put into each of them as text, before its own scripts.

/** Defines `frondBenchmark` in a page and, as the page's frames are pages too, in the app's. */
export function inPage() {
    const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

    /** Longest stretch, ms, in which the main thread of this page let no task through; reset by reading. */
    const blocked = { longest: 0, tasks: 0 };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            blocked.tasks += 1;
            blocked.longest = Math.max(blocked.longest, entry.duration);
        }
    }).observe({ type: 'longtask' });
    /** Ends and lengths, ms, of stretches of more than 10 ms. */
    const ticks = { last: performance.now(), longest: 0, gaps: [] };
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
        const now = performance.now();
        ticks.longest = Math.max(ticks.longest, now - ticks.last);
        if (now - ticks.last > 10) ticks.gaps.push([now, now - ticks.last]);
        ticks.last = now;
        setTimeout(() => channel.port2.postMessage(0), 4);
    };
    channel.port2.postMessage(0);

    globalThis.frondBenchmark = {
        /** `count` requests, `width` at once. */
        async fetches(path, count, width) {
            let next = 0;
            let bytes = 0;
            const lane = async () => {
                while (next < count) {
                    next += 1;
                    const response = await fetch(path, { cache: 'no-store' });
                    if (!response.ok) throw new Error(`${path}: status ${response.status}`);
                    bytes += (await response.arrayBuffer()).byteLength;
                }
            };
            const began = performance.now();
            await Promise.all(Array.from({ length: width }, lane));
            return { milliseconds: performance.now() - began, bytes };
        },

        /** Requests with a number each, all at once; those whose answer was another's, or none. */
        async numbered(path, first, count) {
            const wrong = await Promise.all(Array.from({ length: count }, async (_, index) => {
                try {
                    const { number } = await (await fetch(`${path}${first + index}`, { cache: 'no-store' })).json();
                    return number === first + index ? 0 : 1;
                } catch {
                    return 1;
                }
            }));
            return wrong.reduce((sum, each) => sum + each, 0);
        },

        /** Delays, ms, from the moment at which the server made an event to its arrival. */
        events(path, count) {
            return new Promise((resolve, reject) => {
                const delays = [];
                const source = new EventSource(path);
                source.onmessage = ({ data }) => {
                    const arrived = performance.timeOrigin + performance.now();
                    const [number, made] = data.split(' ').map(Number);
                    if (number !== delays.length) reject(new Error(`event ${number} came as event ${delays.length}`));
                    delays.push(arrived - made);
                    if (delays.length === count) {
                        source.close();
                        resolve(delays);
                    }
                };
                source.onerror = () => {
                    source.close();
                    reject(new Error(`the stream broke after ${delays.length} of ${count} events`));
                };
            });
        },

        /** How long the main thread was blocked since the last call; `gaps` are pairs of when that ended and how long it was. */
        takeBlocked() {
            const taken = { longTask: blocked.longest, longTasks: blocked.tasks, gap: ticks.longest, gaps: ticks.gaps };
            Object.assign(blocked, { longest: 0, tasks: 0 });
            Object.assign(ticks, { last: performance.now(), longest: 0, gaps: [] });
            return taken;
        },

        pause,
    };
}

/** The page of the peer: plain fetches through a service worker that passes everything on. */
export const peer = {
    '/': ['text/html', `<!doctype html><title>Peer</title><script type="module">
        await navigator.serviceWorker.register('/sw.js');
        await navigator.serviceWorker.ready;
        if (!navigator.serviceWorker.controller)
            await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
        document.title = 'Ready';
    </script>`],
    '/sw.js': ['text/javascript', `
        self.addEventListener('install', () => self.skipWaiting());
        self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
        self.addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));`],
};
