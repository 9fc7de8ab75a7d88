/// JavaScript's jobs: microtasks run one after the other until none is left, then the host goes on.
///
/// Promises follow ECMAScript's rules step by step, because the order of events depends on them: resolving with a promise or
/// with a thenable takes one job to call `then`, and each reaction is a job of its own.
public final class EventLoop {
    private var microtasks: [() -> Void] = []

    /// An empty loop.
    public init() {}

    /// Queues a microtask.
    public func enqueue(_ job: @escaping () -> Void) { microtasks.append(job) }

    /// Runs microtasks until there are none.
    public func drain() {
        var next = 0
        while next < microtasks.count {
            let job = microtasks[next]
            next += 1
            job()
        }
        microtasks.removeAll()
    }
}

/// A value of JavaScript, as far as WebAssembly's interface meets it.
public indirect enum HostValue {
    /// `undefined`
    case undefined
    /// `null`
    case null
    /// A number.
    case number(Double)
    /// A BigInt (of 64 bits).
    case bigInt(Int64)
    /// A string.
    case string(String)
    /// An array.
    case list([HostValue])
    /// An error.
    case error(HostError)
    /// A promise.
    case promise(HostPromise)
    /// An object with a method `then`, which calls its first argument with a value at once.
    case thenable(HostValue, onThen: () -> Void)
    /// A `WebAssembly.Exception`.
    case exception(ExceptionReference)
    /// An exported function.
    case function(FunctionInstance)
    /// A function of JavaScript.
    case callable
    /// An object without a method `then`.
    case object
}

/// An error object; its identity counts.
public final class HostError: Error {
    /// `RangeError`, `SuspendError`…
    public let name: String
    /// Its message.
    public let message: String

    /// An error.
    public init(_ name: String, _ message: String) {
        self.name = name
        self.message = message
    }
}

/// A promise.
public final class HostPromise {
    private enum State {
        case pending([(fulfilled: (HostValue) -> Void, rejected: (HostValue) -> Void)])
        case fulfilled(HostValue)
        case rejected(HostValue)
    }

    private let loop: EventLoop
    private var state = State.pending([])
    /// Of a class derived from `Promise`.
    private let isDerived: Bool
    /// Resolved, perhaps with a promise that is itself still pending.
    private var isResolved = false

    /// A pending promise.
    public init(_ loop: EventLoop, isDerived: Bool = false) {
        self.loop = loop
        self.isDerived = isDerived
    }

    /// `Promise.resolve(value)`: a promise is returned as it is, but for one of a derived class.
    public static func resolve(_ value: HostValue, in loop: EventLoop) -> HostPromise {
        if case .promise(let promise) = value, !promise.isDerived { return promise }
        let promise = HostPromise(loop)
        promise.resolve(value)
        return promise
    }

    /// Resolves it; only the first time counts.
    public func resolve(_ value: HostValue) {
        guard !isResolved else { return }
        isResolved = true
        switch value {
        case .promise(let other):
            loop.enqueue { other.then({ self.fulfil($0) }, { self.settleRejected($0) }) }
        case .thenable(let inner, let onThen):
            loop.enqueue {
                onThen()
                self.isResolved = false
                self.resolve(inner)
            }
        default: fulfil(value)
        }
    }

    /// Rejects it; only the first time counts.
    public func reject(_ reason: HostValue) {
        guard !isResolved else { return }
        isResolved = true
        settleRejected(reason)
    }

    /// Adds reactions; each runs as a microtask.
    public func then(_ fulfilled: @escaping (HostValue) -> Void, _ rejected: @escaping (HostValue) -> Void) {
        switch state {
        case .pending(let reactions): state = .pending(reactions + [(fulfilled, rejected)])
        case .fulfilled(let value): loop.enqueue { fulfilled(value) }
        case .rejected(let reason): loop.enqueue { rejected(reason) }
        }
    }

    private func fulfil(_ value: HostValue) {
        guard case .pending(let reactions) = state else { return }
        state = .fulfilled(value)
        for reaction in reactions { loop.enqueue { reaction.fulfilled(value) } }
    }

    private func settleRejected(_ reason: HostValue) {
        guard case .pending(let reactions) = state else { return }
        state = .rejected(reason)
        for reaction in reactions { loop.enqueue { reaction.rejected(reason) } }
    }
}
