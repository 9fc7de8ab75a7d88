/// Tells open pages to load themselves again.
///
/// A page that the server sends gets a script, the script listens at `/__frond/events`, and each `reload()` is one event.
/// The built site itself knows nothing of this.
actor LiveReload {
    static let eventsPath = "/__frond/events"
    static let scriptPath = "/__frond/live.mjs"
    static let injection = "<script type=\"module\" src=\"\(scriptPath)\"></script>\n"

    /// What the page runs: reload when told, and when the server came back after it was away.
    static let script = """
        const events = new EventSource('\(eventsPath)');
        let seen = null;
        events.addEventListener('hello', ({ data }) => {
            if (seen !== null && seen !== data) location.reload();
            seen = data;
        });
        events.addEventListener('reload', () => location.reload());
        events.addEventListener('problem', ({ data }) => console.error(JSON.parse(data)));
        addEventListener('pagehide', () => events.close());

        """

    private var listeners: [Int: AsyncStream<String>.Continuation] = [:]
    private var next = 0
    private let session: String

    init() { session = String(UInt64.random(in: 0...UInt64.max), radix: 36) }

    /// A stream of event texts for one page; it ends when the page's connection does or the server stops.
    func listen() -> (id: Int, events: AsyncStream<String>) {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(16))
        let id = next
        next += 1
        listeners[id] = continuation
        continuation.yield("event: hello\ndata: \(session)\nretry: 500\n\n")
        return (id, stream)
    }

    func leave(_ id: Int) {
        listeners.removeValue(forKey: id)?.finish()
    }

    func send(_ event: String, data: String = "") {
        for listener in listeners.values { listener.yield("event: \(event)\ndata: \(data)\n\n") }
    }

    /// A comment, so that a connection that broke is noticed.
    func keepAlive() {
        for listener in listeners.values { listener.yield(": here\n\n") }
    }

    func finish() {
        for listener in listeners.values { listener.finish() }
        listeners = [:]
    }

    var count: Int { listeners.count }
}
