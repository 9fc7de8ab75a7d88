// Plays JSPI scenarios in the engine that runs this file, and compares the events with what each scenario expects. Works in
// Node, Deno and in a page.

/** Values of the host that are no exported functions. */
const hostObjects = {
    object: {},
    function: () => 1,
    /** What the proposal's tests make of asm.js is a function of JavaScript like any other. */
    asm: (function module() {
        'use asm';
        function x(v) {
            v = v | 0;
        }
        return x;
    })(),
};

/** One scenario being played. */
class Play {
    constructor(scenario) {
        this.scenario = scenario;
        this.events = [];
        this.names = new Map();
        this.deferred = new Map();
        this.ownErrors = new WeakSet();
        this.calls = new Map();
        this.ctag = new WebAssembly.Tag({ parameters: ['i32'] });
    }

    /** Makes the instance; before it another one, when an import is to be that one's export. */
    start(module) {
        const own = this.scenario.imports ?? {};
        const linked = Object.fromEntries(Object.entries(own).filter(([, script]) => 'export' in script));
        try {
            if (Object.keys(linked).length > 0) {
                const scripts = Object.fromEntries(Object.entries(own).filter(([name]) => !(name in linked)));
                this.others = this.instantiate(module, scripts);
            }
            this.exports = this.instantiate(module, own);
            return true;
        } catch (error) {
            this.events.push(`instance threw ${this.show(error)}`);
            return false;
        }
    }

    instantiate(module, own) {
        const imports = { tag: WebAssembly.JSTag, ctag: this.ctag };
        const scripts = { s: {}, sx: {}, smv: {}, si64: {}, js: {}, ...own };
        for (const [name, script] of Object.entries(scripts)) imports[name] = this.importOf(name, script);
        return new WebAssembly.Instance(module, { env: imports }).exports;
    }

    importOf(name, script) {
        let body = (...args) => this.perform(name, script, args);
        if ('export' in script) body = this.others[script.export];
        if (script.proxy) body = new Proxy(body, {});
        return name === 'js' ? body : new WebAssembly.Suspending(body);
    }

    perform(name, script, args) {
        const count = this.calls.get(name) ?? 0;
        this.calls.set(name, count + 1);
        const calls = (script.calls ?? [{ return: { argument: 0 } }]).flatMap((call) => Array(call.times ?? 1).fill(call));
        const action = calls[Math.min(count, calls.length - 1)];
        if (action.log) this.events.push(`${name}(${args.map((x) => this.show(x)).join(', ')})`);
        if ('throw' in action) throw this.value(action.throw, args);
        return this.value(action.return, args);
    }

    value(expression, args = []) {
        if (expression === undefined) return undefined;
        if (expression === null || typeof expression !== 'object') return expression;
        if ('argument' in expression) return args[expression.argument];
        if ('next' in expression) return args[expression.next] + 1;
        if ('bigint' in expression) return BigInt(expression.bigint);
        if ('list' in expression) return expression.list.map((item) => this.value(item, args));
        if ('resolved' in expression) return Promise.resolve(this.value(expression.resolved, args));
        if ('rejected' in expression) return Promise.reject(this.value(expression.rejected, args));
        if ('observed' in expression) {
            const promise = Promise.resolve(this.value(expression.observed, args));
            promise.then = (...reactions) => {
                this.events.push('then called');
                return Promise.prototype.then.apply(promise, reactions);
            };
            return promise;
        }
        if ('derived' in expression) {
            return (class extends Promise {}).resolve(this.value(expression.derived, args));
        }
        if ('host' in expression) return hostObjects[expression.host];
        if ('export' in expression) return this.exports[expression.export];
        if ('table' in expression) return this.exports.tbl.get(expression.table);
        if ('thenable' in expression) {
            const value = this.value(expression.thenable, args);
            return {
                then: (resolve) => {
                    this.events.push('then called');
                    resolve(value);
                },
            };
        }
        if ('deferred' in expression) {
            const { promise, resolve, reject } = Promise.withResolvers();
            this.deferred.set(expression.deferred, { resolve, reject });
            return promise;
        }
        if ('named' in expression) return this.names.get(expression.named);
        if ('error' in expression) {
            const [name, message] = expression.error;
            const error = new globalThis[name](message);
            this.ownErrors.add(error);
            return error;
        }
        if ('exception' in expression) return new WebAssembly.Exception(this.ctag, expression.exception);
        if ('call' in expression) return this.callee(expression.call)(...this.arguments(expression, args));
        if ('promising' in expression) {
            const promise = WebAssembly.promising(this.callee(expression.promising))(...this.arguments(expression, args));
            if (expression.as) this.watch(expression.as, promise);
            return promise;
        }
        throw new Error(`what is ${JSON.stringify(expression)}?`);
    }

    arguments(expression, args) {
        return (expression.arguments ?? []).map((item) => this.value(item, args));
    }

    /** What is called: an export by its name, or any value. */
    callee(expression) {
        return typeof expression === 'string' ? this.exports[expression] : this.value(expression);
    }

    show(value) {
        if (typeof value === 'bigint') return `${value}n`;
        if (Array.isArray(value)) return `[${value.map((item) => this.show(item)).join(', ')}]`;
        if (value instanceof Error) return this.ownErrors.has(value) ? `${value.name}: ${value.message}` : value.name;
        if (value instanceof WebAssembly.Exception) return 'Exception';
        if (typeof value === 'function') return 'function';
        if (value instanceof WebAssembly.Suspending) return 'Suspending';
        return String(value);
    }

    watch(name, promise) {
        this.names.set(name, promise);
        promise.then((value) => this.events.push(`${name} = ${this.show(value)}`),
            (error) => this.events.push(`${name} rejected ${this.show(error)}`));
    }

    /** The interface itself, with any value. */
    wrap({ wrap, value }) {
        const wrapped = this.value(value);
        if (wrap === 'promising') return WebAssembly.promising(wrapped);
        return wrap === 'new Suspending' ? new WebAssembly.Suspending(wrapped) : WebAssembly.Suspending(wrapped);
    }

    async step(step) {
        if ('log' in step) this.events.push(step.log);
        else if ('turn' in step) await new Promise((resolve) => setTimeout(resolve, 0));
        else if ('microtasks' in step) {
            let chain = Promise.resolve();
            for (let index = 1; index <= step.microtasks; index++) {
                chain = chain.then(() => { this.events.push(`m${index}`); });
            }
        } else if ('resolve' in step) this.deferred.get(step.resolve).resolve(this.value(step.value));
        else if ('reject' in step) this.deferred.get(step.reject).reject(this.value(step.value));
        else if ('global' in step) this.events.push(`${step.global} is ${this.exports[step.global].value}`);
        else if ('promising' in step || 'call' in step || 'wrap' in step) {
            const what = step.as ?? step.call;
            try {
                const result = 'wrap' in step ? this.wrap(step) : this.value(step);
                if (!('promising' in step)) this.events.push(`${what} returned ${this.show(result)}`);
            } catch (error) {
                this.events.push(`${what} threw ${this.show(error)}`);
            }
        } else throw new Error(`what is ${JSON.stringify(step)}?`);
    }
}

/** As `differences` in a scenario names engines: `v8-13`, `firefox-153`. */
export function engineName() {
    const { v8, deno } = globalThis.process?.versions ?? {};
    const version = v8 ?? globalThis.Deno?.version?.v8 ?? deno;
    if (version) return `v8-${version.split('.')[0]}`;
    const agent = globalThis.navigator?.userAgent ?? '';
    // Chromium's version is that of V8, times ten.
    const [, chromium] = /Chrome\/(\d+)/.exec(agent) ?? [];
    if (chromium) return `v8-${Math.floor(chromium / 10)}`;
    const [, firefox] = /Firefox\/(\d+)/.exec(agent) ?? [];
    return firefox ? `firefox-${firefox}` : 'other';
}

/**
 * @param {WebAssembly.Module} module probes.wasm
 * @param {object[]} scenarios
 * @returns {Promise<{ count: number, failures: string[] }>}
 */
export async function playAll(module, scenarios) {
    const failures = [];
    for (const scenario of scenarios) {
        const play = new Play(scenario);
        for (const step of play.start(module) ? scenario.steps : []) {
            // Steps follow each other without a break; only a turn waits.
            const done = play.step(step);
            if ('turn' in step) await done;
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
        const engine = engineName();
        const difference = (scenario.differences ?? [])
            .find(({ engines }) => engines.some((name) => name === engine || engine.startsWith(`${name}-`)));
        const expected = (difference?.events ?? scenario.events).join(' | ');
        const actual = play.events.join(' | ');
        if (actual !== expected) failures.push(`${scenario.name}:\n    expected ${expected}\n    got      ${actual}`);
    }
    return { count: scenarios.length, failures };
}
