import HTTPTypes
import Hummingbird
import NIOCore

/// Joins the parts of the server to Hummingbird: who may ask, routes, live reload, files.
struct SiteResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let site: StaticSite
    let routes: [Route]
    /// Nothing when pages are not told to reload.
    let reloads: LiveReload?

    func respond(to request: Request, context: Context) async throws -> Response {
        guard Self.namesThisMachine(request.head.authority) else {
            return text(421, "This server answers requests to 127.0.0.1 and localhost only.\n")
        }
        let target = request.head.path ?? "/"
        let path = String(target.prefix { $0 != "?" })
        let query = String(target.dropFirst(path.count + 1))
        if let route = routes.first(where: { $0.path == path && $0.method == request.method.rawValue }) {
            let body = try await request.body.collect(upTo: 64 << 20)
            let answer = await route.handle(Route.Request(query: query, body: Array(buffer: body)))
            return Response(
                status: .init(code: answer.status),
                headers: [.contentType: answer.contentType, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        if let reloads, request.method == .get {
            if path == LiveReload.eventsPath { return await events(reloads) }
            if path == LiveReload.scriptPath {
                return Response(
                    status: .ok, headers: [.contentType: "text/javascript; charset=utf-8", .cacheControl: "no-store"],
                    body: .init(byteBuffer: ByteBuffer(string: LiveReload.script)))
            }
        }
        let headers = StaticSite.RequestHeaders(
            acceptEncoding: request.headers[.acceptEncoding], range: request.headers[.range],
            ifRange: request.headers[.ifRange], ifNoneMatch: request.headers[.ifNoneMatch])
        return response(
            to: request, site.answer(method: request.method.rawValue, target: target, headers: headers))
    }

    private func response(to request: Request, _ answer: StaticSite.Answer) -> Response {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        fields[.xContentTypeOptions] = "nosniff"
        if answer.status != 304 { fields[.contentLength] = String(answer.length) }
        let status = HTTPResponse.Status(code: answer.status)
        guard request.method != .head else { return Response(status: status, headers: fields) }
        switch answer.body {
        case .empty: return Response(status: status, headers: fields)
        case .bytes(let bytes):
            return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .file(let file, let range):
            let body = ResponseBody(contentLength: range.count) { writer in
                var offset = range.lowerBound
                while offset < range.upperBound {
                    let piece = try file.read(at: offset, count: min(256 << 10, range.upperBound - offset))
                    // A file that shrinks while it is sent must not look complete.
                    guard !piece.isEmpty else { throw FileShrank() }
                    try await writer.write(ByteBuffer(bytes: piece))
                    offset += piece.count
                }
                try await writer.finish(nil)
            }
            return Response(status: status, headers: fields, body: body)
        }
    }

    private func events(_ reloads: LiveReload) async -> Response {
        let (id, events) = await reloads.listen()
        let body = ResponseBody { writer in
            do {
                for await event in events { try await writer.write(ByteBuffer(string: event)) }
                try await writer.finish(nil)
            } catch {
                await reloads.leave(id)
                throw error
            }
            await reloads.leave(id)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    private func text(_ status: Int, _ message: String) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: message)))
    }

    /// Whether the host that a request names is this machine, whatever the port.
    static func namesThisMachine(_ authority: String?) -> Bool {
        guard let authority else { return false }
        let host = authority.split(separator: ":").first.map { $0.lowercased() } ?? ""
        return host == "127.0.0.1" || host == "localhost" || host.hasSuffix(".localhost")
    }
}

private struct FileShrank: Error {}
