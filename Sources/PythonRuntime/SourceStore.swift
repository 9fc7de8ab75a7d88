import Foundation
import Support

/// The sources of a recipe on this machine: looked for, downloaded, and always checked by SHA-256.
struct SourceStore: Sendable {
    /// Where downloads are kept.
    let folder: URL
    /// A folder that is looked in first.
    let given: URL?

    /// The file of `source`.
    ///
    /// - Throws: `Diagnostic` (`source-unavailable`) with what every place answered.
    func file(of source: Recipe.Source, step: Activity.Step) async throws -> URL {
        let kept = folder.appending(path: source.file)
        var refusals: [String] = []
        if let given {
            let file = given.appending(path: source.file)
            switch check(file, source) {
            case .right: return file
            case .wrong(let sha256): refusals.append("\(file.path) has the SHA-256 \(sha256), not \(source.sha256).")
            case .missing: refusals.append("\(file.path) does not exist.")
            }
        }
        switch check(kept, source) {
        case .right: return kept
        case .wrong: try? FileManager.default.removeItem(at: kept)
        case .missing: break
        }
        for place in source.places {
            do {
                for url in try await PlaceFinder.addresses(of: place, source: source) {
                    step.advance(source.file)
                    do {
                        try await Download.fetch(url, sha256: source.sha256, to: kept, name: source.file)
                        return kept
                    } catch {
                        refusals.append(([error.message] + error.notes).joined(separator: "; "))
                    }
                }
            } catch let error as Diagnostic {
                refusals.append(error.message)
            }
        }
        throw Diagnostic(
            .error, "source-unavailable", "\(source.file) can't be had", notes: refusals,
            hints: ["put the file into a folder and name that with --sources DIR or FROND_SOURCES"])
    }

    private enum Check {
        case right, missing
        case wrong(sha256: String)
    }

    private func check(_ file: URL, _ source: Recipe.Source) -> Check {
        guard let sha256 = try? Hash.sha256(ofFile: file) else { return .missing }
        return sha256 == source.sha256 ? .right : .wrong(sha256: sha256)
    }
}

/// Turns a recipe's places into addresses, by asking the machine's own configuration: no host is named in a file.
enum PlaceFinder {
    static func addresses(of place: Recipe.Place, source: Recipe.Source) async throws -> [URL] {
        switch place {
        case .address(let url): return [url]
        case .debian(let path): return try await debianRepositories().compactMap { URL(string: $0 + path) }
        case .index(let project, let version):
            return [try await sourceDistribution(of: project, version: version, file: source.file)]
        }
    }

    /// The URIs of the Debian repositories that apt is configured for, each once, ending with a slash.
    static func debianRepositories() async throws -> [String] {
        guard ChildProcess.find("apt-get") != nil else {
            throw Diagnostic(.error, "no-apt", "this machine has no apt, so no Debian repository is known")
        }
        let result = try await ChildProcess(
            "apt-get", ["indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"]
        ).collect(timeout: .seconds(60))
        var seen: [String] = []
        for line in result.text.split(whereSeparator: \.isNewline) where line.hasPrefix("Debian ") {
            let uri = String(line.dropFirst("Debian ".count))
            if uri.hasPrefix("http"), !uri.contains("security"), !seen.contains(uri) { seen.append(uri) }
        }
        guard !seen.isEmpty else {
            throw Diagnostic(.error, "no-repository", "apt is configured for no Debian repository")
        }
        return seen.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }

    /// The address of a source distribution in the package index that pip is configured for (PEP 691).
    private static func sourceDistribution(of project: String, version: String, file: String) async throws -> URL {
        struct Page: Decodable {
            struct File: Decodable {
                let filename: String
                let url: String
            }
            let files: [File]
        }
        let index = try await packageIndex()
        guard let page = URL(string: "\(index)\(project)/") else {
            throw Diagnostic(.error, "no-index", "the package index “\(index)” is not an address")
        }
        let data = try await Download.bytes(
            of: page, accepting: "application/vnd.pypi.simple.v1+json", name: "the list of \(project)'s files")
        guard let listing = try? JSONDecoder().decode(Page.self, from: data),
            let entry = listing.files.first(where: { $0.filename == file }),
            let url = URL(string: entry.url, relativeTo: page)?.absoluteURL
        else {
            throw Diagnostic(.error, "not-in-index", "the package index does not list \(file) of \(project) \(version)")
        }
        return url
    }

    /// The address of the package index: pip's configuration, else the one that pip was built for.
    private static func packageIndex() async throws -> String {
        for name in ["PIP_INDEX_URL", "UV_DEFAULT_INDEX"] {
            if let given = ProcessInfo.processInfo.environment[name], given.hasPrefix("http") { return slashed(given) }
        }
        let questions = [
            ["-m", "pip", "config", "get", "global.index-url"],
            ["-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"],
        ]
        for question in questions {
            guard ChildProcess.find("python3") != nil else { break }
            let result = try await ChildProcess("python3", question).collect(timeout: .seconds(60))
            let answer = result.text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
            if result.status == 0, answer.hasPrefix("http") { return slashed(answer) }
        }
        throw Diagnostic(.error, "no-index", "no package index is known: python3 with pip is not installed")
    }

    private static func slashed(_ address: String) -> String { address.hasSuffix("/") ? address : address + "/" }
}
