import ArgumentParser

/// `frond`: the root of the command line.
struct FrondCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frond",
        abstract: "Turns a Python app into a static website that runs in the browser.",
        discussion: """
            EXAMPLES:
              frond serve notes/            build it, serve it, rebuild on changes
              frond build notes/ -o dist    make the site
              frond run notes/ --port 80    run it without a browser, as python would
              frond run -c 'print(1)'

            An app is a folder with a pyproject.toml (or with main.py, app.py or
            __main__.py), or one .py file. Settings stand in [tool.frond] of its
            pyproject.toml.
            """,
        version: FrondVersion.current,
        subcommands: [
            BuildCommand.self, ServeCommand.self, RunCommand.self, CheckCommand.self, VerifyCommand.self,
            SizeCommand.self, TraceCommand.self, LockCommand.self, RuntimeCommand.self, DoctorCommand.self,
            NewCommand.self,
        ])
}

/// The version of the tool.
public enum FrondVersion {
    /// As `frond --version` prints it.
    public static let current = "0.1.0"
}
