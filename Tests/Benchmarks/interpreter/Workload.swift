import Foundation
import ReferenceRuntime
import WasmBinary

/// An exported function of a module, to be called once.
///
/// `programs.wasm` is `programs.c` compiled with `clang --target=wasm32 -O2 -nostdlib -mno-bulk-memory
/// -Wl,--no-entry,--export-dynamic`.
struct Workload {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    var name: String
    var module: URL
    /// The function's argument; with 1, there is next to nothing to do.
    var argument: UInt32

    static let programs = [
        program("loop", 30_000_000), program("fib", 34), program("sieve", 20), program("sort", 20),
        program("mandel", 400),
    ]

    private static func program(_ name: String, _ argument: UInt32) -> Workload {
        let module = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "programs.wasm")
        return Workload(name: name, module: module, argument: argument)
    }

    /// `frond run --runtime reference -c "print('hello')"`.
    static func hello(runs: Int) throws -> Row {
        let times = try (0..<runs).map { _ in
            try seconds { try frond(["run", "--quiet", "--runtime", "reference", "-c", "print('hello')"]) }
        }
        return Row(program: "hello", instructions: nil, ours: Times(times), wasmkit: nil)
    }

    /// Both engines take turns, so that what else the machine does meets both.
    func measure(runs: Int) throws -> Row {
        let bytes = Bytes(try Data(contentsOf: module))
        let instructions = try countInstructions(bytes)
        var ours: [Double] = []
        var theirs: [Double] = []
        for _ in 0..<runs {
            ours.append(try runReference(bytes))
            if let time = try runWasmKit() { theirs.append(time) }
        }
        return Row(
            program: name, instructions: instructions, ours: Times(ours),
            wasmkit: theirs.count == runs ? Times(theirs) : nil)
    }

    private func runReference(_ bytes: Bytes) throws -> Double {
        let store = Store()
        let instance = try ModuleInstance(ValidModule(bytes, in: store), in: store) { _ in nil }
        return try Self.seconds { try call(instance, store) }
    }

    private func call(_ instance: ModuleInstance, _ store: Store) throws {
        guard let function = instance.function(name) else { throw Failure("there is no function \(name)") }
        let outcome = ExecutionContext(store).invoke(function, [.i32(argument)])
        guard case .returned = outcome else { throw Failure("\(name): \(outcome)") }
    }

    private func countInstructions(_ bytes: Bytes) throws -> UInt64 {
        let store = Store()
        let counted = try InstructionCounter.instrument(Module.read(bytes))
        let instance = try ModuleInstance(ValidModule(counted, in: store), in: store) { _ in nil }
        try call(instance, store)
        guard case .i64(let count)? = instance.global(InstructionCounter.export)?.value else {
            throw Failure("nothing was counted")
        }
        return count
    }

    /// Seconds that wasmkit takes for a call, without those for loading the module; nil when there is no wasmkit.
    private func runWasmKit() throws -> Double? {
        guard let load = try WasmKit.run(module, name, 1), let total = try WasmKit.run(module, name, argument)
        else { return nil }
        return max(total - load, 0.001)
    }

    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body)
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func frond(_ arguments: [String]) throws {
        let given = ProcessInfo.processInfo.environment["FROND"]
        let process = Process()
        process.executableURL = given.map { URL(filePath: $0) } ?? package.appending(path: ".build/release/frond")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("frond \(arguments[0]) failed") }
    }
}

/// Why a figure could not be had.
struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// The engine to compare with.
enum WasmKit {
    static let version: String = {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["wasmkit", "--version"]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return "?" }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// Seconds for a call in a process of its own; nil when there is no wasmkit.
    ///
    /// - Throws: when it can't run the module.
    static func run(_ module: URL, _ function: String, _ argument: UInt32) throws -> Double? {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["wasmkit", "run", module.path, function, "i32:\(argument)"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        var said = Data()
        let time = try Workload.seconds {
            try process.run()
            said = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
        }
        // env has found no such program.
        if process.terminationStatus == 127 { return nil }
        guard process.terminationStatus == 0 else {
            throw Failure("wasmkit does not run \(function): \(String(decoding: said, as: UTF8.self))")
        }
        return time
    }
}
