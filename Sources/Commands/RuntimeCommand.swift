import ArgumentParser
import Foundation
import PythonRuntime
import Support

/// `frond runtime`: the kit that every app is built from.
struct RuntimeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Build, show or remove the runtime kit (Python itself, compiled to WebAssembly).")
}
