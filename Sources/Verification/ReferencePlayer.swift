import Foundation
import ReferenceRuntime
import WasmBinary

/// Plays checks in the reference runtime, inside this process.
package struct ReferencePlayer: Player {
    package let name = "reference"
    package let version = "in this executable"
    /// How long a check may take at most, in seconds; counted in work, so that it does not depend on the machine.
    package var limit: Int

    /// Calls and backward branches in a second, of a slow machine.
    private static let workPerSecond = 50_000_000

    package init(limit: Int) { self.limit = limit }

    package func play(_ check: Check, of program: VerifiedProgram, atMost events: Int) async throws -> Play {
        var options = Program.Options()
        options.arguments = check.arguments
        options.environment = check.environment
        options.directory = check.directory
        options.countsImports = true
        options.limits.fuel = limit * Self.workPerSecond
        var trace = Trace()
        var count = 0
        options.trace = { event in
            count += 1
            if count <= events { trace.append(event) }
        }
        var input = Array(check.input.utf8)
        options.input = {
            defer { input = [] }
            return input
        }
        let visitor = check.requests.map { Visitor($0.map(\.bytes), port: check.port.map { UInt16(clamping: $0) }) }
        if let visitor { options.idle = visitor.act }
        do {
            let module = Bytes(try Data(contentsOf: program.module))
            let image = try FileImage(Bytes(try Data(contentsOf: program.image)))
            let status = try Program(module, image: image, options: options).run()
            let failure = count > events ? "it did not end within \(events) events" : nil
            return Play(trace: trace, status: Int(status), responses: visitor?.responses ?? [], failure: failure)
        } catch {
            return Play(trace: trace, status: 126, failure: "it can't start: \(error)")
        }
    }
}

/// Plays the browser: sends one request after the other, each when all contexts of the program wait. Templates/verify/play.mjs does
/// the same, step by step.
private final class Visitor {
    private let requests: [[UInt8]]
    private let port: UInt16?
    private(set) var responses: [[UInt8]] = []
    private var connection: HostConnection?
    private var unsent: ArraySlice<UInt8> = []
    private var received: [UInt8] = []

    init(_ requests: [[UInt8]], port: UInt16?) {
        self.requests = requests
        self.port = port
    }

    func act(_ program: Program) -> Bool {
        if connection == nil {
            if responses.count == requests.count {
                program.terminate(0)
                return true
            }
            guard let port = port ?? program.listeningPorts.first, let made = program.connect(port: port) else {
                return false
            }
            connection = made
            unsent = requests[responses.count][...]
        }
        guard let connection else { return false }
        var acted = false
        if !unsent.isEmpty {
            let count = connection.send(Array(unsent))
            unsent = unsent.dropFirst(count)
            acted = count > 0
        }
        let bytes = connection.receive()
        if !bytes.isEmpty {
            received += bytes
            acted = true
        } else if connection.isAtEnd {
            connection.close()
            self.connection = nil
            responses.append(received)
            received = []
            acted = true
        }
        return acted
    }
}
