import Foundation
import Support
import Templates

/// A start of an app in Node, of which something is to be found out.
struct HeadlessStart {
    private let app: AppDescription
    private let assembled: AssembledApp
    private let script: String
    private let hashes: [String]

    /// - Parameter scripts: names in `Templates`: the one that runs, and all that it imports.
    /// - Throws: `Diagnostic` when a template can't be read.
    init(_ app: AppDescription, _ assembled: AssembledApp, scripts: [String]) throws(Diagnostic) {
        (self.app, self.assembled) = (app, assembled)
        script = "\(scripts[0]).mjs"
        do {
            let templates = try SiteTemplates.find()
            hashes = try scripts.map { Hash.sha256(try templates.bytes("\($0).mjs")) }
        } catch {
            throw error as? Diagnostic ?? Diagnostic(.error, "templates-unusable", "\(error)")
        }
    }

    /// The app's program, run by the script with further options.
    func program(options more: [String], limit: Int) -> HeadlessProgram {
        var options = ["--cwd", ImageContents.appRoot]
        for (name, value) in app.environment.sorted(by: { bytewise($0.key, $1.key) }) {
            options += ["--env", "\(name)=\(value)"]
        }
        return HeadlessProgram(
            module: assembled.module, glue: assembled.glue, image: assembled.image, arguments: app.commandLine,
            script: script, options: options + more, limit: limit)
    }

    /// The hash of all that its answer depends on.
    func key(_ program: HeadlessProgram, version: String) -> String {
        // Module and image lie in folders that are named by what they were made from.
        let made = [assembled.module, assembled.image].map { $0.deletingLastPathComponent().lastPathComponent }
        return Hash.sha256(
            ([version] + made + hashes + program.options + ["--"] + program.arguments).joined(separator: "\0"))
    }
}
