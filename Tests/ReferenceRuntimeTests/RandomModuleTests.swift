import Foundation
import ReferenceRuntime
import Testing
import WasmBinary

/// Random modules (`Tests/Scenarios/random`) do the same here as in V8 and in wasmkit. `FROND_RANDOM_MODULES` names another folder
/// that `Tests/Scenarios/random/generate.mjs` has filled.
@Suite("Random modules")
struct RandomModuleTests {
    @Test("same results and traps as V8", arguments: RandomModule.all)
    func module(_ module: RandomModule) throws {
        let lines = try module.play()
        #expect(lines.count == module.expected.count)
        for (line, expected) in zip(lines, module.expected) where line != expected {
            Issue.record("got \(line), expected \(expected)")
        }
    }

    @Test("there are modules")
    func present() { #expect(RandomModule.all.count >= 100) }

    /// Each function on an instance of its own. What wasmkit does not take (vectors, exceptions, what its translator trips over) is left out,
    /// and counted.
    @Test("same results and traps as wasmkit", .enabled(if: WasmKit.isThere))
    func agreesWithWasmKit() throws {
        var (compared, leftOut) = (0, 0)
        for module in RandomModule.all where module.name.hasPrefix("core-") {
            for name in module.functions {
                guard let theirs = WasmKit.run(module.place, name) else {
                    leftOut += 1
                    continue
                }
                compared += 1
                let ours = try module.outcome(of: name)
                #expect(ours == theirs, "\(module.name) \(name.debugDescription)")
            }
        }
        print("random modules: \(compared) functions compared with wasmkit, \(leftOut) left out")
        #expect(compared >= 30)
    }
}

/// The engine of the Swift toolchain.
enum WasmKit {
    static let isThere = run(ScenarioFile.folder.appending(path: "probes.wasm"), nil) != nil

    /// What a call gives, as ``RandomModule/outcome(of:)`` says it; nil when wasmkit can't be asked.
    ///
    /// - Parameter function: nil only asks whether there is a wasmkit.
    static func run(_ module: URL, _ function: String?) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["wasmkit"] + (function.map { ["run", module.path, $0] } ?? ["--version"])
        process.standardOutput = output
        process.standardError = output
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus != 0 { return text.contains("Error: Trap: ") ? "trap" : nil }
        if function == nil { return "" }
        // [WasmTypes.Value.i32(55), WasmTypes.Value.f64(4655697269864005632)]
        guard !text.contains(".ref(") else { return nil }
        return text.matches(of: /\.(i32|i64|f32|f64)\((\d+)\)/).map { "\($0.1) \($0.2)" }.joined(separator: ", ")
    }
}

struct RandomModule: Sendable, CustomTestStringConvertible {
    var name: String
    var exports: [JSON]
    var expected: [String]

    var testDescription: String { name }

    private static let folder =
        ProcessInfo.processInfo.environment["FROND_RANDOM_MODULES"].map { URL(filePath: $0) }
        ?? ScenarioFile.folder.appending(path: "random")

    var place: URL { Self.folder.appending(path: name) }

    /// Exported functions without parameters whose names a command line can hold.
    var functions: [String] {
        exports.filter { $0["kind"]?.string == "func" && $0["type"]?["params"]?.number == 0 }
            .compactMap { $0["name"]?.string }.filter { !$0.isEmpty && !$0.hasPrefix("-") && !$0.contains("\0") }
    }

    /// What the call of a function of a fresh instance gives.
    func outcome(of function: String) throws -> String {
        let store = Store()
        let valid = try ValidModule(Bytes(try Data(contentsOf: place)), in: store)
        // Data or elements out of bounds are a trap of the instantiation.
        guard let instance = try? ModuleInstance(valid, in: store, imports: { _ in nil }) else { return "trap" }
        guard let called = instance.function(function) else { return "there is no such function" }
        switch ExecutionContext(store).invoke(called) {
        case .returned(let values): return values.map(Self.bits).joined(separator: ", ")
        case .trapped: return "trap"
        case .threw: return "threw"
        case .suspended: return "suspended"
        }
    }

    private static func bits(_ value: Value) -> String {
        switch value {
        case .i32(let bits): "i32 \(bits)"
        case .i64(let bits): "i64 \(bits)"
        case .f32(let bits): "f32 \(bits)"
        case .f64(let bits): "f64 \(bits)"
        default: "reference"
        }
    }

    static let all: [RandomModule] = {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("modules.json")),
            case .object(let modules)? = try? JSONDecoder().decode(JSON.self, from: data)
        else { return [] }
        return modules.sorted { $0.key < $1.key }.map { name, item in
            RandomModule(
                name: name, exports: item["exports"]?.list ?? [],
                expected: (item["expected"]?.list ?? []).compactMap(\.string))
        }
    }()

    func play() throws -> [String] {
        let store = Store()
        let bytes = Bytes(try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        let valid = try ValidModule(bytes, in: store)
        guard let instance = try? ModuleInstance(valid, in: store, imports: { _ in nil }) else {
            return ["no instance"]
        }
        var lines: [String] = []
        for item in exports {
            guard let name = item["name"]?.string else { continue }
            switch item["kind"]?.string {
            case "func":
                guard item["type"]?["params"]?.number == 0, let function = instance.function(name) else { continue }
                lines.append("\(name): \(Self.show(ExecutionContext(store).invoke(function)))")
            case "global":
                guard let global = instance.global(name) else { continue }
                lines.append("\(name)= \(Self.show(global.value))")
            case "memory":
                guard let memory = instance.memory(name) else { continue }
                lines.append("\(name)# \(memory.pages) \(Self.hash(memory))")
            default: continue
            }
        }
        return lines
    }

    /// The first MiB of a memory as a number (FNV-1a).
    private static func hash(_ memory: MemoryInstance) -> UInt32 {
        memory.bytes.prefix(1 << 20).reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    private static func show(_ outcome: ExecutionContext.Outcome) -> String {
        switch outcome {
        case .returned(let values): values.map(show).joined(separator: ",")
        case .trapped(let trap): trap.code == .callStackExhausted ? "trap limit" : "trap"
        case .threw: "threw"
        case .suspended: "suspended"
        }
    }

    private static func show(_ value: Value) -> String {
        switch value {
        case .i32(let bits): "\(Int32(bitPattern: bits))"
        case .i64(let bits): "\(Int64(bitPattern: bits))"
        case .f32(let bits): Float(bitPattern: bits).isNaN ? "nan" : "f\(bits)"
        case .f64(let bits): Double(bitPattern: bits).isNaN ? "nan" : "d\(bits)"
        case .v128: "vector"
        case .function(let bits): bits == 0 ? "null" : "func"
        case .external(let bits), .exception(let bits): bits == 0 ? "null" : "ext"
        }
    }
}
