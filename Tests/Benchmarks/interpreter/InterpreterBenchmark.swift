import ArgumentParser
import Foundation
import ReferenceRuntime
import WasmBinary

/// The reference runtime's engine against the `wasmkit` of the Swift toolchain, on the same modules, in one run.
@main
struct InterpreterBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interpreter-benchmark",
        abstract: "Measure the reference runtime's engine against wasmkit.",
        discussion: """
            EXAMPLES:
              swift run -c release interpreter-benchmark
              swift run -c release interpreter-benchmark --only loop --runs 9
              swift run -c release interpreter-benchmark --write

            loop, fib, sieve, sort and mandel are functions of programs.c. hello is CPython's start, print('hello') and
            end, by frond run, for which wasmkit lacks the imports; it needs frond (FROND, or .build/release/frond) and
            the runtime kit.
            """)

    @Option(help: "Only this one.")
    var only: String?

    @Option(help: "How often each is run.")
    var runs = 5

    @Option(help: "Write the figures to this file.")
    var json: String?

    @Flag(help: "Write the table into docs/benchmarks.md.")
    var write = false

    func run() throws {
        var rows: [Row] = []
        print(Row.heading)
        for program in Workload.programs where only == nil || only == program.name {
            let row = try program.measure(runs: runs)
            rows.append(row)
            print(row.line)
        }
        if only == nil || only == "hello" {
            let row = try Workload.hello(runs: runs)
            rows.append(row)
            print(row.line)
        }
        if rows.isEmpty { throw ValidationError("There is no program \(only ?? "").") }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(rows).write(to: URL(filePath: json))
        }
        if write { try Section.write(rows) }
    }
}

/// Seconds of some runs.
struct Times: Codable {
    var median: Double
    var least: Double
    var most: Double

    init(_ times: [Double]) {
        let sorted = times.sorted()
        median = sorted[sorted.count / 2]
        (least, most) = (sorted[0], sorted[sorted.count - 1])
    }
}

/// What was measured of one program.
struct Row: Codable {
    var program: String
    var instructions: UInt64?
    var ours: Times
    var wasmkit: Times?

    var millionsPerSecond: Double? { instructions.map { Double($0) / ours.median / 1e6 } }
    var ratio: Double? { wasmkit.map { $0.median / ours.median } }

    static let heading =
        "program   wasm instructions   seconds (least to most)    million/s   wasmkit s   speed against wasmkit"

    private static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }

    var cells: [String] {
        [
            program, instructions.map { "\($0)" } ?? "–",
            "\(Self.number(ours.median, 3)) (\(Self.number(ours.least, 3)) to \(Self.number(ours.most, 3)))",
            Self.number(millionsPerSecond, 0), Self.number(wasmkit?.median, 3), Self.number(ratio, 2),
        ]
    }

    var line: String {
        zip(cells, [-8, 19, 26, 10, 12, 24]).map { text, width in
            let room = String(repeating: " ", count: max(0, abs(width) - text.count))
            return width < 0 ? text + room : room + text
        }.joined()
    }
}

/// The section of docs/benchmarks.md that this benchmark keeps: from its heading to the next one.
enum Section {
    private static let title = "## The reference runtime's engine"

    static func write(_ rows: [Row]) throws {
        let place = Workload.package.appending(path: "docs/benchmarks.md")
        let opening = "# Benchmarks\n\nEach section is written by the command that it names.\n"
        let text = (try? String(contentsOf: place, encoding: .utf8)) ?? opening
        var parts = ["\(text)\n".split(separator: "\n## ", omittingEmptySubsequences: false)].flatMap { $0 }
            .enumerated().map { $0.offset == 0 ? String($0.element) : "## \($0.element)" }
        let head = [
            "program", "wasm instructions", "seconds", "million instructions/s", "wasmkit, seconds",
            "speed against wasmkit",
        ]
        let table = ([head, head.map { _ in "---" }] + rows.map(\.cells)).map { "| \($0.joined(separator: " | ")) |" }
        let day = Date().formatted(.iso8601.year().month().day())
        let body = """
            \(title)

            `swift run -c release interpreter-benchmark --write`, \(day), \(machine()); wasmkit \(WasmKit.version).

            `hello` is `frond run --runtime reference -c "print('hello')"`, all included.

            \(table.joined(separator: "\n"))
            """
        if let index = parts.firstIndex(where: { $0.hasPrefix("\(title)\n") }) {
            parts[index] = body
        } else {
            parts.append(body)
        }
        let trimmed = parts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        try Data("\(trimmed.joined(separator: "\n\n"))\n".utf8).write(to: place, options: .atomic)
    }

    private static func machine() -> String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = text.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? "?"
        let cores = ProcessInfo.processInfo.processorCount
        return "\(model.trimmingCharacters(in: .whitespaces)), \(cores) cores"
    }
}
