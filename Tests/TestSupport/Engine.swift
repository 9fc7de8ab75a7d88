import Foundation
import Support

/// The JavaScript engines that tests use: what `FROND_NODE`, `NODE`, `FROND_DENO` or `DENO` name, those that `make tools`
/// installs, or the first on `PATH`.
package enum Engine: String, Sendable {
    case node
    case deno

    /// Where it is, if it is there.
    package var path: String? { Self.find(rawValue, named: ["FROND_\(rawValue.uppercased())", rawValue.uppercased()]) }

    /// A program that one of these environment variables names, or that `make tools` installs, or that is on `PATH`.
    package static func find(_ program: String, named variables: [String]) -> String? {
        let environment = ProcessInfo.processInfo.environment
        if let given = variables.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) { return given }
        let folders =
            [CacheDirectory().tools.appending(path: "bin").path]
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs it.
    ///
    /// - Parameter seconds: after which it is ended, and `Diagnostic` (`command-timeout`) is thrown.
    package func run(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String?] = [:], input: [UInt8] = [],
        seconds: Int = 280
    ) async throws -> ChildProcess.Result {
        guard let path else {
            throw Diagnostic.input(
                "no-engine", "\(rawValue) is needed: put it on PATH, or name it in \(rawValue.uppercased())")
        }
        return try await ChildProcess(path, arguments, in: folder, environment: environment)
            .collect(input: input, timeout: .seconds(seconds))
    }

    /// Runs the tests (`*.test.mjs`) of a folder in Node, or only those with the given names.
    ///
    /// - Returns: how many files there were, and what went wrong, if anything did.
    package static func test(
        _ folder: URL, only names: [String]? = nil, options: [String] = [], environment: [String: String?] = [:]
    ) async throws -> (files: Int, failure: String?) {
        let all = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let files = names ?? all.filter { $0.hasSuffix(".test.mjs") }.sorted()
        let result = try await node.run(
            options + ["--test", "--test-reporter=dot"] + files, in: folder, environment: environment)
        return (files.count, result.status == 0 ? nil : result.text + result.errorText)
    }
}
