/// What a site's pages may load and run: its own files, WebAssembly, and nothing else.
enum ContentPolicy {
    /// The Content-Security-Policy, for a header or a meta element.
    static let text = [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    ].joined(separator: "; ")
}
