import Foundation
import ReferenceRuntime
import Testing
import WasmBinary

/// Random modules (`Tests/Scenarios/random`) do the same here as in V8.
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
    func present() { #expect(RandomModule.all.count >= 70) }
}

struct RandomModule: Sendable, CustomTestStringConvertible {
    var name: String
    var exports: [JSON]
    var expected: [String]

    var testDescription: String { name }

    private static let folder = ScenarioFile.folder.appendingPathComponent("random")

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
