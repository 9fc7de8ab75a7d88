import ArgumentParser
import Foundation
import ReferenceRuntime
import Support
import WasmBinary

/// What `frond run` runs a program in.
enum RuntimeKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// A JavaScript engine.
    case engine
    /// The reference runtime, which is part of the executable.
    case reference
}

/// `frond run --runtime reference`: the program in this process, on our own standard streams.
struct ReferenceRun {
    let module: URL
    let image: URL
    let arguments: [String]
    let environment: [String: String]
    let trace: URL?

    /// Runs the program to its end and returns its exit status.
    func run() throws -> Int32 {
        var options = Program.Options()
        options.arguments = arguments
        options.directory = "/app"
        options.environment = environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        // Read when it is wanted, so that what the program does not read is left to others.
        options.input = {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
            return Array(buffer.prefix(max(0, count)))
        }
        options.output = { descriptor, bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(Int32(descriptor), $0.baseAddress, $0.count) }
                // A reader that has gone away ends the program, as it would end any filter.
                if count < 0, errno != EINTR, errno != EAGAIN { exit(128 + SIGPIPE) }
                rest = rest.dropFirst(max(0, count))
            }
        }
        var file: TraceFile?
        if let trace {
            let made = try TraceFile(trace)
            file = made
            options.trace = made.write
        }
        let program: Program
        do {
            let image = try FileImage(Bytes(try Data(contentsOf: image)))
            program = try Program(Bytes(try Data(contentsOf: module)), image: image, options: options)
        } catch {
            throw Diagnostic(.error, "reference-boot", "the program can't start in the reference runtime: \(error)")
        }
        let status = program.run()
        try file?.finish()
        return status
    }
}

/// A trace on its way to a file, in pieces of 64 KiB. What a run that is interrupted wrote until then is there.
private final class TraceFile {
    private let handle: FileHandle
    private let place: URL
    private var buffer: [UInt8] = []

    init(_ place: URL) throws(Diagnostic) {
        self.place = place
        guard FileManager.default.createFile(atPath: place.path, contents: nil),
            let handle = FileHandle(forWritingAtPath: place.path)
        else { throw .unwritable(place, POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)) }
        self.handle = handle
    }

    func write(_ line: String) {
        buffer += line.utf8
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 65_536 { try? finish() }
    }

    func finish() throws(Diagnostic) {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw .unwritable(place, error)
        }
        buffer = []
    }
}
