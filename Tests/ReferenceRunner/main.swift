import Foundation
import ReferenceRuntime
import WasmBinary

// Runs a linked program in the reference runtime, as `Templates/glue/run.mjs` runs it in Node.
//
//     reference-run --wasm app.wasm [--image files.img] [--cwd FOLDER] [--env NAME=VALUE]… [--trace FILE] [--compare FILE]
//                   -- ARGV0 ARGUMENTS…
//
// `--trace` writes the events; `--compare` takes the trace of another run (of the glue, say) and shows where it differs.

/// What the command line says.
struct CommandLineOptions {
    var wasm: String?
    var image: String?
    var trace: String?
    var compare: String?
    var program = Program.Options()

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst(), name != "--" {
            guard let value = rest.popFirst() else { throw UsageError(description: "\(name) wants a value") }
            switch name {
            case "--wasm": wasm = value
            case "--image": image = value
            case "--trace": trace = value
            case "--compare": compare = value
            case "--pace": program.countsImports = value == "imports"
            case "--cwd": program.directory = value
            case "--env":
                let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2 else { throw UsageError(description: "--env wants NAME=VALUE, not \(value)") }
                program.environment.append((parts[0], parts[1]))
            default: throw UsageError(description: "unknown option \(name)")
            }
        }
        if !rest.isEmpty { program.arguments = Array(rest) }
        guard wasm != nil else { throw UsageError(description: "--wasm is missing") }
    }
}

struct UsageError: Error, CustomStringConvertible {
    var description: String
}

func load(_ path: String) throws -> Bytes {
    Bytes(try Data(contentsOf: URL(fileURLWithPath: path)))
}

func run() throws -> Int32 {
    var options = try CommandLineOptions(Array(CommandLine.arguments.dropFirst()))
    var events: [String] = []
    options.program.output = { FileHandle(fileDescriptor: Int32($0)).write(Data($1)) }
    if options.trace != nil || options.compare != nil { options.program.trace = { events.append($0) } }
    if isatty(0) == 0 { options.program.input = { Array(FileHandle.standardInput.availableData) } }
    let image = try options.image.map { try FileImage(load($0)) }
    let program = try Program(load(options.wasm ?? ""), image: image, options: options.program)
    let status = program.run()
    if let path = options.trace {
        try Data((events.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
    guard let path = options.compare else { return status }
    let other = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    guard let difference = TraceComparison.firstDifference(reference: events, other: other) else { return status }
    FileHandle.standardError.write(Data("reference-run: the traces differ at \(difference)\n".utf8))
    return 1
}

do {
    exit(try run())
} catch {
    FileHandle.standardError.write(Data("reference-run: \(error)\n".utf8))
    exit(2)
}
