import ArgumentParser
import Foundation
import Support

/// How much a command says. Its own output goes to standard output, everything else to standard error.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Say what is done, step by step.")
    var verbose = false

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    var console: Console { Console(verbosity: quiet ? .quiet : verbose ? .verbose : .normal) }

    func validate() throws {
        if verbose && quiet { throw ValidationError("--verbose and --quiet contradict each other.") }
    }
}

/// Prints a value as JSON with sorted keys, for machines.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
