import Foundation
import ReferenceRuntime
import WasmBinary

// Measures the reference runtime's engine against the `wasmkit` of the Swift toolchain, on the same module, in one run.
//
//     swift run -c release interpreter-benchmark [--json FILE]
//
// `programs.wasm` is `programs.c` compiled with `clang --target=wasm32 -O2 -nostdlib -mno-bulk-memory
// -Wl,--no-entry,--export-dynamic`.

struct Benchmark {
    var name: String
    var argument: UInt32
}

struct Row: Codable {
    var program: String
    var instructions: UInt64
    var seconds: Double
    var millionsPerSecond: Double
    var wasmkitSeconds: Double?
    var ratio: Double?
}

let benchmarks = [
    Benchmark(name: "loop", argument: 30_000_000), Benchmark(name: "fib", argument: 34),
    Benchmark(name: "sieve", argument: 20), Benchmark(name: "sort", argument: 20),
    Benchmark(name: "mandel", argument: 400),
]

let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
let module = folder.appendingPathComponent("programs.wasm")

func measure(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let duration = try clock.measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func instance(_ bytes: Bytes) throws -> (Store, ModuleInstance) {
    let store = Store()
    return (store, try ModuleInstance(ValidModule(bytes, in: store), in: store) { _ in nil })
}

func runReference(_ bytes: Bytes, _ benchmark: Benchmark) throws -> Double {
    let (store, instance) = try instance(bytes)
    guard let function = instance.function(benchmark.name) else { return 0 }
    let context = ExecutionContext(store)
    return measure {
        if case .trapped(let trap) = context.invoke(function, [.i32(benchmark.argument)]) { print(trap) }
    }
}

func countInstructions(_ bytes: Bytes, _ benchmark: Benchmark) throws -> UInt64 {
    let counted = try InstructionCounter.instrument(Module.read(bytes))
    let store = Store()
    let instance = try ModuleInstance(ValidModule(counted, in: store), in: store) { _ in nil }
    guard let function = instance.function(benchmark.name) else { return 0 }
    _ = ExecutionContext(store).invoke(function, [.i32(benchmark.argument)])
    guard case .i64(let count)? = instance.global(InstructionCounter.export)?.value else { return 0 }
    return count
}

/// Seconds that `wasmkit` takes for a call, without those for starting it; nil when there is no wasmkit.
func runWasmKit(_ benchmark: Benchmark) -> Double? {
    func run(_ argument: UInt32) -> Double? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "wasmkit", "run", module.path, benchmark.name, "i32:\(argument)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        var succeeded = false
        let seconds = measure {
            guard (try? process.run()) != nil else { return }
            process.waitUntilExit()
            succeeded = process.terminationStatus == 0
        }
        return succeeded ? seconds : nil
    }
    guard let start = run(1), let total = run(benchmark.argument) else { return nil }
    return max(total - start, 0.001)
}

let bytes = Bytes(try Data(contentsOf: module))
var rows: [Row] = []
let only = CommandLine.arguments.firstIndex(of: "--only").map { CommandLine.arguments[$0 + 1] }
for benchmark in benchmarks where only == nil || only == benchmark.name {
    let instructions = try countInstructions(bytes, benchmark)
    // The better of two: other programs run on the same machine.
    let seconds = try min(runReference(bytes, benchmark), runReference(bytes, benchmark))
    let wasmkit = [runWasmKit(benchmark), runWasmKit(benchmark)].compactMap { $0 }.min()
    rows.append(
        Row(
            program: benchmark.name, instructions: instructions, seconds: seconds,
            millionsPerSecond: Double(instructions) / seconds / 1e6, wasmkitSeconds: wasmkit,
            ratio: wasmkit.map { $0 / seconds }))
}

func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

func number(_ value: Double?, _ digits: Int) -> String {
    value.map { String(format: "%.\(digits)f", $0) } ?? "–"
}

print("program   wasm instructions   seconds   million/s   wasmkit s   speed against wasmkit")
for row in rows {
    print(
        row.program.padding(toLength: 8, withPad: " ", startingAt: 0), column("\(row.instructions)", 18),
        column(number(row.seconds, 3), 9), column(number(row.millionsPerSecond, 0), 11),
        column(number(row.wasmkitSeconds, 3), 11), column(number(row.ratio, 2), 22))
}
if let index = CommandLine.arguments.firstIndex(of: "--json"), CommandLine.arguments.count > index + 1 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(rows).write(to: URL(fileURLWithPath: CommandLine.arguments[index + 1]))
}
