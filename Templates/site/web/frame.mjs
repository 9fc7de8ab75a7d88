// The app's pages in the shell: a frame at the path that the address bar shows, and everything that keeps the two in step.
//
//     link in the frame ─▶ pushState on top + replace in the frame      back ─▶ popstate on top ─▶ replace in the frame
//     hash, pushState, forms in the frame ─▶ replaceState on top        title, icon ─▶ on top
//
// The history of a tab belongs to top level and frame together; if only the top level adds entries, a reload keeps them all.

/** Registers the service worker and waits until it answers this page. */
export async function controlPage(base) {
    const { serviceWorker } = navigator;
    if (!serviceWorker) throw new Error('this browser has no service workers here; the site needs https or localhost');
    await serviceWorker.register(`${base}sw.js`, { scope: base, type: 'module', updateViaCache: 'none' });
    const { active } = await serviceWorker.ready;
    while (!serviceWorker.controller) {
        // First visit, or a hard reload, which browsers leave without a controller.
        active.postMessage({ type: 'claim' });
        await new Promise((resolve) => {
            const timer = setTimeout(resolve, 500);
            serviceWorker.addEventListener('controllerchange', () => {
                clearTimeout(timer);
                resolve();
            }, { once: true });
        });
    }
}

/** Takes away the service worker of a server that was at this address before: another app on the same port, usually. */
export async function releasePage(base) {
    const registration = await navigator.serviceWorker?.getRegistration(base).catch(() => undefined);
    if (registration?.scope !== new URL(base, location.href).href) return;
    if (registration.active?.scriptURL !== new URL(`${base}sw.js`, location.href).href) return;
    await registration.unregister();
    if (navigator.serviceWorker.controller) location.reload();
}

/** Keeps the service worker supplied with a way to the program. */
export class Switchboard {
    constructor(onAsk) {
        this.instance = null;
        this.program = null;
        this.ended = null;
        this.pings = 0;
        const { serviceWorker } = navigator;
        serviceWorker.addEventListener('message', ({ data }) => {
            if (data?.type !== 'need-port') return;
            this.push();
            onAsk?.();
        });
        serviceWorker.addEventListener('controllerchange', () => this.push());
        serviceWorker.startMessages();
        addEventListener('pagehide', () => {
            if (this.instance !== null) this.#send({ type: 'bye', instance: this.instance });
        });
    }

    #send(message, transfer = []) {
        navigator.serviceWorker.controller?.postMessage(message, transfer);
    }

    /** A program is on its way: requests wait for it, even if one before it has ended. */
    start() {
        this.ended = null;
        this.#send({ type: 'starting' });
    }

    /** The program listens. */
    announce(program, instance) {
        this.program = program;
        this.instance = instance;
        this.ended = null;
        this.push();
    }

    /** The program ended; `text` says how. */
    end(text) {
        this.instance = null;
        this.program = null;
        this.ended = text;
        this.setOpen(0);
        this.push();
    }

    push() {
        if (this.instance !== null) {
            const { port1, port2 } = new MessageChannel();
            this.program.connect(port1);
            this.#send({ type: 'port', instance: this.instance }, [port2]);
        } else if (this.ended !== null) this.#send({ type: 'ended', text: this.ended });
    }

    /** While answers are under way, Firefox must not think that the service worker has nothing to do. */
    setOpen(count) {
        if (count > 0 && this.pings === 0) this.pings = setInterval(() => this.#send({ type: 'ping' }), 5000);
        else if (count === 0) {
            clearInterval(this.pings);
            this.pings = 0;
        }
    }
}

/** Shows the app's cookies to scripts, and what scripts set to the app. */
export class CookieMirror {
    constructor(onChange) {
        globalThis.cookieStore?.addEventListener('change', (event) => {
            const changed = [...event.changed].map(({ name, value, path, expires }) =>
                ({ name, value, path: path ?? location.pathname.replace(/[^/]*$/, ''), expires: expires ?? null }));
            const deleted = [...event.deleted].map(({ name, path }) => ({ name, value: '', path: path ?? '/', expires: 0 }));
            onChange([...changed, ...deleted].filter((cookie) => !this.#isOwn(cookie)));
        });
    }

    #own = new Map();

    /** Changes that come from here are not news for the app. */
    #isOwn({ name, value }) {
        return this.#own.get(name) === value;
    }

    show(cookies) {
        for (const { name, value, path, expires, secure } of cookies) {
            const gone = expires !== null && expires <= Date.now();
            this.#own.set(name, gone ? '' : value);
            const until = expires === null ? '' : `; expires=${new Date(expires).toUTCString()}`;
            document.cookie = `${name}=${value}; path=${path}${until}${secure ? '; secure' : ''}; samesite=lax`;
        }
    }
}

function pathOf({ pathname, search, hash }) {
    return pathname + search + hash;
}

function withoutFragment(url) {
    return new URL(url, location.href).href.replace(/#.*$/s, '');
}

/** The frame in which the app is seen. */
export class AppFrame {
    constructor(base) {
        this.base = base;
        this.node = document.createElement('iframe');
        this.node.className = 'frond-frame';
        this.node.name = 'frond-app';
        this.node.allow = 'fullscreen; clipboard-read; clipboard-write';
        this.node.addEventListener('load', () => this.#loaded());
        this.icon = null;
        /** The address of the page that is on its way, without its fragment. */
        this.pending = null;
    }

    /** Shows what the address bar says. */
    start() {
        this.#awaits(location.href);
        this.node.src = pathOf(location);
        addEventListener('popstate', () => {
            const inner = this.#location();
            if (inner === null || pathOf(inner) !== pathOf(location)) this.#go(pathOf(location));
        });
    }

    reload() {
        this.#go(pathOf(location));
    }

    /** A service worker ended before it had a page: goes there again if the frame still waits. */
    resume([url, ...before]) {
        if (this.pending === null || ![url, ...before].some((page) => withoutFragment(page) === this.pending)) return;
        // Chromium leaves a navigation out that leads where one that is under way does.
        this.node.contentWindow.stop();
        this.#go(pathOf(new URL(url)));
    }

    #awaits(url) {
        this.pending = withoutFragment(url);
    }

    #go(path) {
        this.#awaits(path);
        try {
            this.node.contentWindow.location.replace(path);
        } catch {
            this.node.src = path;
        }
    }

    /** The frame's address; null while it shows another origin. */
    #location() {
        try {
            const inner = this.node.contentWindow.location;
            return inner.href === 'about:blank' ? null : new URL(inner.href);
        } catch {
            return null;
        }
    }

    #mirror() {
        const inner = this.#location();
        if (inner === null) return;
        if (inner.origin === location.origin && pathOf(inner) !== pathOf(location)) {
            history.replaceState(null, '', pathOf(inner));
        }
        const page = this.node.contentDocument;
        document.title = page.title || document.title;
        const icon = page.querySelector('link[rel~="icon" i]')?.href;
        if (icon && icon !== this.icon) {
            this.icon = icon;
            const link = document.querySelector('link[rel~="icon"]');
            if (link) link.href = icon;
        }
    }

    #loaded() {
        this.pending = null;
        this.#mirror();
        const inner = this.node.contentWindow;
        try {
            if (inner.document === null) return;
        } catch {
            return;
        }
        inner.addEventListener('hashchange', () => this.#mirror());
        inner.addEventListener('popstate', () => this.#mirror());
        inner.navigation?.addEventListener('currententrychange', () => this.#mirror());
        inner.navigation?.addEventListener('navigate', (event) => this.#navigating(event));
        inner.document.addEventListener('click', (event) => this.#clicked(event));
        inner.document.addEventListener('submit', (event) => this.#submitted(event));
        const head = inner.document.head ?? inner.document.documentElement;
        new inner.MutationObserver(() => this.#mirror()).observe(head, {
            childList: true, subtree: true, characterData: true,
        });
        if (document.activeElement === document.body || document.activeElement === null) this.node.focus();
    }

    #navigating(event) {
        if (!event.destination.sameDocument && event.downloadRequest == null) this.#awaits(event.destination.url);
        if (event.navigationType !== 'push' || !event.cancelable || event.formData || event.destination.sameDocument) return;
        if (event.downloadRequest !== null && event.downloadRequest !== undefined) return;
        const url = new URL(event.destination.url);
        if (!/^https?:$/.test(url.protocol)) return;
        event.preventDefault();
        if (url.origin !== location.origin) {
            location.href = url.href;
            return;
        }
        const path = this.#pathOnSite(url);
        history.pushState(null, '', path);
        queueMicrotask(() => this.#go(path));
    }

    /** Where a link to the root of its host leads, when the site lies in a folder of that host. */
    #pathOnSite(url) {
        return url.pathname.startsWith(this.base) ? pathOf(url) : this.base + pathOf(url).slice(1);
    }

    /** Forms lead where links do. */
    #submitted(event) {
        if (event.defaultPrevented) return;
        const { target: form, submitter } = event;
        const own = submitter?.hasAttribute('formaction');
        // Attributes, because a form may have a field that is called "action".
        const given = own ? submitter.getAttribute('formaction') : form.getAttribute('action');
        const url = new URL(given || form.ownerDocument.location.href, form.ownerDocument.baseURI);
        if (url.origin !== location.origin || url.pathname.startsWith(this.base)) return;
        if (own) submitter.setAttribute('formaction', this.#pathOnSite(url));
        else form.setAttribute('action', this.#pathOnSite(url));
    }

    /** Chromium downloads `<a download>` past the service worker. */
    #clicked(event) {
        const link = event.target.closest?.('a[download][href]');
        if (!link || event.defaultPrevented || event.button !== 0) return;
        const url = new URL(link.href);
        if (url.origin !== location.origin || !/^https?:$/.test(url.protocol)) return;
        event.preventDefault();
        const name = link.getAttribute('download') || url.pathname.split('/').at(-1) || 'download';
        const inner = this.node.contentWindow;
        inner.fetch(url).then((response) => response.blob()).then((blob) => {
            const copy = document.createElement('a');
            copy.href = URL.createObjectURL(blob);
            copy.download = name;
            copy.click();
            setTimeout(() => URL.revokeObjectURL(copy.href), 60_000);
        }, () => {});
    }
}
