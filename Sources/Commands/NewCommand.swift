import ArgumentParser
import Foundation
import Support

/// `frond new`: a project to start from.
struct NewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Start a new app in a new folder.",
        discussion: """
            EXAMPLES:
              frond new hello
              frond serve hello
            """)

    @Argument(help: "The folder, which must not exist or must be empty.", completion: .directory)
    var folder: String

    @OptionGroup var said: OutputOptions

    func run() async throws {
        let url = URL(filePath: folder).standardizedFileURL
        let name = Requirement.normalised(url.lastPathComponent)
        guard let first = name.first, first.isASCII, name.allSatisfy({ $0.isASCII }), first.isLetter || first.isNumber
        else { throw Diagnostic.input("new-name", "\(folder) can't be the name of a Python project") }
        if FileManager.default.fileExists(atPath: url.path) {
            let contents = try? FileManager.default.contentsOfDirectory(atPath: url.path)
            guard let contents, contents.isEmpty else {
                throw Diagnostic.input("new-exists", "\(folder) exists and is not an empty folder")
            }
        }
        try await AtomicDirectory.write(to: url) { staging in
            for (path, text) in Self.files(name: name) {
                try AtomicFile.write(text, to: staging.appending(path: path))
            }
        }
        said.console.say("\(folder) is there. Now: frond serve \(shellQuoted(folder))")
    }

    /// The files of a new project.
    static func files(name: String) -> [(path: String, text: String)] {
        let project = """
            [project]
            name = "\(name)"
            version = "0.1.0"
            requires-python = ">=3.10"
            dependencies = []

            [tool.frond]
            title = "\(name)"
            entry = "main.py"

            """
        let main = """
            name = input("What is your name? ")
            print(f"Hello, {name}.")

            """
        return [("main.py", main), ("pyproject.toml", project)]
    }
}
