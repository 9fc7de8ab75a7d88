import Support

/// Which environment variables a program gets.
///
/// A site has no environment but the app's own, so `frond run` starts from there as well: what `[tool.frond] env` sets,
/// plus the variables of this machine that change how Python itself behaves, plus what `--env` asks for.
package enum EnvironmentRules {
    /// Variables that are taken over by `frond run` when they are set: about Python, the terminal and time.
    static let inherited = [
        "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "PYTHONASYNCIODEBUG", "PYTHONBREAKPOINT", "PYTHONDEVMODE",
        "PYTHONDONTWRITEBYTECODE", "PYTHONFAULTHANDLER", "PYTHONHASHSEED", "PYTHONINSPECT", "PYTHONINTMAXSTRDIGITS",
        "PYTHONIOENCODING", "PYTHONOPTIMIZE", "PYTHONPROFILEIMPORTTIME", "PYTHONSAFEPATH", "PYTHONTRACEMALLOC",
        "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONVERBOSE", "PYTHONWARNINGS", "PYTHON_COLORS", "TERM", "TZ",
    ]

    static func isName(_ text: String) -> Bool { !text.isEmpty && !text.contains("=") && !text.contains("\0") }

    /// The environment of a run.
    ///
    /// - Parameters:
    ///   - app: what the app's settings say.
    ///   - requests: `NAME=VALUE`, or `NAME` to take this machine's value; the last one of a name wins.
    package static func environment(
        app: [String: String], host: [String: String], requests: [String]
    ) throws(Diagnostic) -> [String: String] {
        var result: [String: String] = [:]
        for name in inherited { result[name] = host[name] }
        result.merge(app) { $1 }
        for request in requests {
            let name = String(request.prefix { $0 != "=" })
            guard isName(name) else {
                throw .input("env-invalid", "--env \(shellQuoted(request)): write NAME=VALUE or NAME")
            }
            if name.count < request.count {
                result[name] = String(request.dropFirst(name.count + 1))
            } else if let value = host[name] {
                result[name] = value
            } else {
                throw .input("env-unset", "--env \(name): there is no variable \(name) to take over")
            }
        }
        return result
    }
}
