import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Fetches files whose contents are known by their hash.
public enum Download {
    /// Fetches `url` and keeps it as `file` when its SHA-256 is the one wanted; else nothing is left.
    ///
    /// - Parameter name: what a message calls it.
    /// - Throws: `Diagnostic`: `download-failed` or `download-corrupt`.
    public static func fetch(_ url: URL, sha256: String, to file: URL, name: String) async throws(Diagnostic) {
        let bytes = try await bytes(of: url, name: name)
        let received = Hash.sha256(bytes)
        guard received == sha256 else {
            throw Diagnostic(
                .error, "download-corrupt", "the download of \(name) is not the file that is wanted",
                notes: [
                    "SHA-256 wanted \(sha256)", "SHA-256 received \(received)",
                    "The address was \(url.absoluteString).",
                ])
        }
        try AtomicFile.write(bytes, to: file)
    }

    /// Fetches a text or a small file whose contents are not known beforehand; for finding addresses, never for code.
    public static func bytes(
        of url: URL, accepting type: String? = nil, name: String
    ) async throws(Diagnostic) -> Data {
        func failed(_ reason: String) -> Diagnostic {
            Diagnostic(
                .error, "download-failed", "\(name) could not be downloaded: \(reason)",
                notes: ["The address was \(url.absoluteString)."])
        }
        guard url.scheme == "https" || url.scheme == "http" else { throw failed("it is not a web address") }
        var request = URLRequest(url: url)
        request.timeoutInterval = 60
        if let type { request.setValue(type, forHTTPHeaderField: "Accept") }
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await URLSession.shared.data(for: request)
        } catch {
            throw failed(systemReason(of: error))
        }
        guard let http = response as? HTTPURLResponse, http.statusCode == 200 else {
            throw failed("HTTP status \((response as? HTTPURLResponse)?.statusCode ?? 0)")
        }
        return data
    }
}
