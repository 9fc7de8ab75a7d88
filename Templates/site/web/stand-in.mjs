// A class of ours in the place of one of the browser's, in the app's pages: what socket-shim.mjs and event-source-shim.mjs share.

/**
 * Puts a class in the place of the browser's class of that name. Like those of the shims, the text of this function goes into a
 * script, so it refers to nothing outside of itself.
 *
 * @param {string} name of the browser's class
 * @param {typeof EventTarget} Ours
 * @param {{ states: Record<string, number>, events: string[], make(...parameters: unknown[]): object | null }} how `states`:
 *     constants of the class; `events`: those that have a handler (`onopen` and so on); `make`: an instance of ours, or null where
 *     the browser's own class is to be used
 */
export function standIn(name, Ours, { states, events, make }) {
    const Native = globalThis[name];
    const handlers = new WeakMap();
    for (const [state, value] of Object.entries(states)) Object.defineProperty(Ours.prototype, state, { value, enumerable: true });
    for (const type of events) {
        // A listener whose place is kept when it is exchanged.
        Object.defineProperty(Ours.prototype, `on${type}`, {
            configurable: true,
            enumerable: true,
            get() { return handlers.get(this)?.[type]?.call ?? null; },
            set(call) {
                if (!handlers.has(this)) handlers.set(this, {});
                const own = handlers.get(this);
                if (own[type] === undefined) {
                    const entry = { call: null };
                    own[type] = entry;
                    this.addEventListener(type, (event) => entry.call?.call(this, event));
                }
                own[type].call = typeof call === 'function' ? call : null;
            },
        });
    }
    globalThis[name] = new Proxy(Native, {
        construct(target, parameters, newTarget) {
            const made = make(...parameters);
            // What is refused, the browser's own class refuses in its own words.
            if (made === null) return Reflect.construct(target, parameters, newTarget);
            if (newTarget !== globalThis[name]) Object.setPrototypeOf(made, newTarget.prototype);
            return made;
        },
        get(target, property) {
            if (property === Symbol.hasInstance) return (value) => value instanceof target || value instanceof Ours;
            return Reflect.get(target, property, target);
        },
    });
}
