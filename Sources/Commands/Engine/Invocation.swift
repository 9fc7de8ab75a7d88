import Support

/// What `frond run` was asked to run, read the way `python` reads its own command line.
///
///     -u app/ --port 80       options of the interpreter, the app, the app's arguments
///     -c 'print(1)' a b       code and its arguments
///     -m package a b          a module and its arguments
///     -                       standard input
package struct Invocation: Equatable {
    /// What runs.
    package enum Target: Equatable {
        case app(String)
        case code(String)
        case module(String)
        case standardInput
    }

    /// The interpreter's own options, as they were written.
    package var options: [String] = []
    package var target: Target
    /// What the program finds in `sys.argv[1:]`.
    package var arguments: [String] = []

    /// Options of the interpreter without and with a value of their own.
    private static let flags = Set("bBdEiIOPqRsSuvx")
    private static let valued = Set("WX")

    /// Reads the words after `frond run` and its options.
    ///
    /// - Throws: `Diagnostic` (`run-usage`).
    package init(_ words: [String]) throws(Diagnostic) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--", !rest.isEmpty { continue }
            guard word.hasPrefix("-"), word != "-" else {
                target = word == "-" ? .standardInput : .app(word)
                arguments = Array(rest)
                return
            }
            var letters = word.dropFirst()
            while let letter = letters.popFirst() {
                if letter == "c" || letter == "m" {
                    // The value may be glued on, as in -mvenv; options before it in the same word stay options.
                    let before = word.dropFirst().prefix { $0 != letter }
                    if !before.isEmpty { options.append("-" + before) }
                    guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
                        throw .input("run-usage", "-\(letter) needs \(letter == "c" ? "some code" : "a module")")
                    }
                    target = letter == "c" ? .code(value) : .module(value)
                    arguments = Array(rest)
                    return
                }
                if Self.valued.contains(letter) {
                    options.append(word)
                    if letters.isEmpty {
                        guard let value = rest.popFirst() else {
                            throw .input("run-usage", "-\(letter) needs a value")
                        }
                        options.append(value)
                    }
                    break
                }
                guard Self.flags.contains(letter) else {
                    throw .input(
                        "run-usage", "frond run has no option \(word), and neither has python",
                        hints: ["options of the app come after it; see frond run --help"])
                }
                if letters.isEmpty { options.append(word) }
            }
        }
        throw .input(
            "run-usage", "say what to run: an app, -c CODE, -m MODULE, or - for standard input",
            hints: ["see frond run --help"])
    }

    /// The interpreter's command line.
    ///
    /// - Parameter entry: how the app starts, for a target that is an app.
    package func commandLine(_ app: [String]) -> [String] {
        let target =
            switch target {
            case .app: Array(app.dropFirst())
            case .code(let text): ["-c", text]
            case .module(let name): ["-m", name]
            case .standardInput: ["-"]
            }
        return ["python3"] + options + target + arguments
    }
}
