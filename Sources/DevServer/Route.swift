/// An address that the server answers by itself, besides the site's files; tests collect results with it.
public struct Route: Sendable {
    /// A request for it.
    public struct Request: Sendable {
        /// What follows the `?`, undecoded.
        public let query: String
        /// The body, at most 64 MiB.
        public let body: [UInt8]
    }

    /// Its answer.
    public struct Response: Sendable {
        /// The status.
        public var status: Int
        /// The type of the body.
        public var contentType: String
        /// The body.
        public var body: [UInt8]

        /// Makes an answer.
        public init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: [UInt8] = []) {
            self.status = status
            self.contentType = contentType
            self.body = body
        }
    }

    /// The method, in upper case.
    public let method: String
    /// The path, exactly.
    public let path: String
    let handle: @Sendable (Request) async -> Response

    /// Makes a route.
    public init(method: String, path: String, handle: @escaping @Sendable (Request) async -> Response) {
        self.method = method
        self.path = path
        self.handle = handle
    }
}
