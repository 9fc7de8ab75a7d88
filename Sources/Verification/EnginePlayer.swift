import Foundation
import Support

/// Plays checks in a JavaScript engine outside a browser: Node or Deno, a fresh process for each.
package struct EnginePlayer: Player {
    package let name: String
    package let version: String
    private let executable: URL
    private let options: [String]
    private let templates: URL
    private let limit: Int

    /// - Parameters:
    ///   - options: what comes before the script.
    ///   - templates: the folder `verify` of the templates.
    ///   - limit: seconds after which a check is ended.
    package init(
        name: String, version: String, executable: URL, options: [String], templates: URL, limit: Int
    ) {
        self.name = name
        self.version = version
        self.executable = executable
        self.options = options
        self.templates = templates
        self.limit = limit
    }

    package func play(_ check: Check, of program: VerifiedProgram, atMost events: Int) async throws -> Play {
        let folder = FileManager.default.temporaryDirectory.appending(path: "frond-verify-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let job = folder.appending(path: "job.json")
        let result = folder.appending(path: "result.txt")
        let description = Job(
            glue: program.glue.path, wasm: program.module.path, image: program.image.path, check: Job.Check(check),
            most: events)
        try JSONEncoder().encode(description).write(to: job)
        let process = ChildProcess(
            executable.path, options + [templates.appending(path: "node.mjs").path, job.path, result.path],
            environment: ["TZ": "UTC", "NO_COLOR": "1"])
        var failure: String?
        do {
            let ended = try await process.collect(timeout: .seconds(limit))
            if ended.status != 0 {
                let said = ended.errorText.split(separator: "\n").prefix(12).joined(separator: "\n")
                failure = "\(name) ended with status \(ended.status)\(said.isEmpty ? "" : ":\n\(said)")"
            }
        } catch let problem as Diagnostic where problem.identifier == "command-timeout" {
            failure = "it did not end within \(limit) s"
        }
        return Job.play((try? Data(contentsOf: result)) ?? Data(), failure: failure)
    }
}

/// What an engine is told to play, and what it tells; see Templates/verify/play.mjs.
struct Job: Codable {
    struct Check: Codable {
        var args: [String]
        var env: [[String]]
        var cwd: String
        var stdin: String?
        var port: Int?
        var requests: [String]?

        init(_ check: Verification.Check) {
            args = check.arguments
            env = check.environment.map { [$0.name, $0.value] }
            cwd = check.directory
            stdin = check.input.isEmpty ? nil : Data(check.input.utf8).base64EncodedString()
            port = check.port
            requests = check.requests?.map { Data($0.bytes).base64EncodedString() }
        }
    }

    struct Outcome: Decodable {
        var status: Int
        var responses: [String]
        var failure: String?
    }

    var glue: String
    var wasm: String
    var image: String
    var check: Check
    var most: Int

    /// What was played, out of the trace with the outcome in its last line.
    static func play(_ text: some RandomAccessCollection<UInt8>, failure: String?) -> Play {
        let all = text.last == Trace.lineFeed ? text.dropLast() : text[...]
        let start = all.lastIndex(of: Trace.lineFeed).map { all.index(after: $0) } ?? all.startIndex
        guard let outcome = try? JSONDecoder().decode(Outcome.self, from: Data(all[start...])) else {
            return Play(trace: Trace(text), status: -1, failure: failure ?? "the engine said nothing of the outcome")
        }
        return Play(
            trace: Trace(all[..<start]), status: outcome.status,
            responses: outcome.responses.map { Array(Data(base64Encoded: $0) ?? Data()) },
            failure: failure ?? outcome.failure)
    }
}
