import Foundation
import SiteBuilder
import Support
import Templates

extension Engine {
    /// Runs programs for the builder in Node.
    static func runner(
        cache: CacheDirectory, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> HeadlessRunner {
        { program in
            let engine: Engine
            do {
                engine = try await find(.node, environment: environment, cache: cache)
            } catch let error as Diagnostic where ["engine-missing", "engine-too-old"].contains(error.identifier) {
                if error.category == .input { throw error }  // FROND_NODE names something wrong
                return nil
            }
            let arguments =
                engine.kind.options + [
                    try Templates.find().folder.appending(path: program.script).path, "--glue", program.glue.path,
                    "--wasm", program.module.path, "--image", program.image.path,
                ] + program.options + ["--"] + program.arguments
            let result = try await ChildProcess(engine.executable.path, arguments)
                .collect(limit: 1 << 30, timeout: .seconds(program.limit))
            guard result.status == 0 else {
                throw Diagnostic(
                    .error, "headless-failed",
                    "Python ended with status \(result.status) while it worked for the build",
                    notes: result.errorText.split(whereSeparator: \.isNewline).suffix(8).map(String.init))
            }
            return result.output
        }
    }
}
