import SiteBuilder

/// The command line that starts a server, as one would type it, taken apart without a shell.
///
///     uvicorn main:app --port 8000            a command of an installed package
///     DEBUG=1 python manage.py runserver      a script, with a variable
///     python -m http.server 8000              a module
///
/// Words are split as in a POSIX shell: quotes and backslashes work, what only a shell could do is refused.
package struct ServeLine: Equatable {
    /// Why a line can't be used; one phrase.
    package struct Problem: Error, CustomStringConvertible {
        /// The phrase.
        package let description: String
    }

    /// What runs.
    package let entry: AppDescription.Entry
    /// Its arguments.
    package let arguments: [String]
    /// The variables that stand before the command.
    package let environment: [String: String]

    /// Takes a line apart.
    package init(_ text: String) throws(Problem) {
        var words = try Self.words(text)
        var environment: [String: String] = [:]
        while let word = words.first, let equals = word.firstIndex(of: "="),
            PythonName.isIdentifier(word[..<equals])
        {
            environment[String(word[..<equals])] = String(word[word.index(after: equals)...])
            words.removeFirst()
        }
        guard let command = words.first, !command.isEmpty else { throw Problem(description: "names no command") }
        self.environment = environment
        var rest = Array(words.dropFirst())
        if command.hasSuffix(".py") {
            entry = .script(Self.path(command))
        } else if ["python", "python3", "python3.14"].contains(command) {
            guard let first = rest.first else {
                throw Problem(description: "starts Python without saying what it runs")
            }
            rest.removeFirst()
            if first == "-m", let module = rest.first {
                rest.removeFirst()
                entry = .module(module)
            } else if first.hasSuffix(".py") {
                entry = .script(Self.path(first))
            } else {
                throw Problem(description: "has \(first) after python; only -m MODULE or a .py file can stand there")
            }
        } else {
            entry = .code(Self.launcher)
            rest.insert(command, at: 0)
        }
        arguments = rest
    }

    /// Runs the command of an installed package that is the first argument, as its script in `bin` would.
    private static let launcher = """
        import sys
        from importlib.metadata import entry_points
        del sys.argv[0]
        found = list(entry_points(group="console_scripts", name=sys.argv[0]))
        if not found:
            sys.exit(f"frond: no installed package has the command {sys.argv[0]}; is it among the dependencies?")
        if "" in sys.path: sys.path.remove("")
        sys.path.insert(0, "/app")
        sys.exit(found[0].load()())
        """

    private static func path(_ word: String) -> String {
        word.hasPrefix("./") ? String(word.dropFirst(2)) : word
    }

    private static func words(_ text: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else if "|&;<>`$()".contains(character) {
                throw Problem(description: "has \(character), which only a shell understands, and there is none")
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil || isEscaped { throw Problem(description: "ends inside of a quotation") }
        if let done = word { words.append(done) }
        return words
    }
}
