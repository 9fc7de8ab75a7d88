import Foundation
import ReferenceRuntime
import WasmBinary

/// A value in a script: `{"type": "i32", "value": "5"}`.
struct ScriptValue: Decodable {
    var type: String
    var laneType: String?
    var value: Text?
    var values: [ScriptValue]?

    enum Text: Decodable {
        case one(String)
        case many([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else {
                self = .many(try container.decode([String].self))
            }
        }
    }

    enum CodingKeys: String, CodingKey {
        case type, value, values
        case laneType = "lane_type"
    }
}

/// One command of a script.
struct ScriptCommand: Decodable {
    struct Action: Decodable {
        var type: String
        var module: String?
        var field: String
        var args: [ScriptValue]?
    }

    var type: String
    var line: Int
    var filename: String?
    var moduleType: String?
    var name: String?
    var instance: String?
    var module: String?
    var asName: String?
    var action: Action?
    var expected: [ScriptValue]?
    var text: String?

    enum CodingKeys: String, CodingKey {
        case type, line, filename, name, instance, module, action, expected, text
        case moduleType = "module_type"
        case asName = "as"
    }
}

/// Runs one script of the specification's test suite.
final class ScriptRunner {
    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    private struct Script: Decodable { var commands: [ScriptCommand] }

    let script: SuiteFolder.Script
    let commands: [ScriptCommand]
    private(set) var failures: [Failure] = []

    private let store: Store
    private let context: ExecutionContext
    private var registered: [String: ModuleInstance] = [:]
    private var named: [String: ModuleInstance] = [:]
    private var definitions: [String: ValidModule] = [:]
    private var current: ModuleInstance?
    private var test: [String: External] = [:]

    init(_ script: SuiteFolder.Script) throws {
        self.script = script
        commands = try JSONDecoder().decode(Script.self, from: Data(contentsOf: script.url)).commands
        var limits = Store.Limits()
        limits.stackSlots = 1 << 18
        store = Store(limits: limits)
        context = ExecutionContext(store)
        test = Self.testModule(store)
    }

    /// How many commands are out of scope, by reason.
    func countOutOfScope() -> [String: Int] {
        var counts: [String: Int] = [:]
        for command in commands {
            if let reason = outOfScope(command) { counts[reason, default: 0] += 1 }
        }
        return counts
    }

    private func outOfScope(_ command: ScriptCommand) -> String? {
        if let reason = script.reason ?? script.lines[command.line] { return reason }
        return command.moduleType == "text" ? "the text format" : nil
    }

    func run() throws {
        if script.reason != nil { return }
        for command in commands where outOfScope(command) == nil {
            do {
                try run(command)
            } catch {
                failures.append(Failure("\(script.name):\(command.line): \(command.type): \(error)"))
            }
        }
    }

    private func run(_ command: ScriptCommand) throws {
        switch command.type {
        case "module":
            current = nil
            let instance = try instantiate(try load(command))
            current = instance
            if let name = command.name { named[name] = instance }
        case "module_definition":
            definitions[command.name ?? ""] = try load(command)
        case "module_instance":
            guard let definition = definitions[command.module ?? ""] else { throw Failure("no such definition") }
            let instance = try instantiate(definition)
            current = instance
            if let name = command.instance { named[name] = instance }
        case "register":
            guard let instance = try command.name.map(find) ?? current else { throw Failure("nothing to register") }
            registered[command.asName ?? ""] = instance
        case "action":
            _ = try perform(command)
        case "assert_return":
            let results = try values(perform(command))
            let expected = command.expected ?? []
            guard results.count == expected.count, zip(results, expected).allSatisfy(matches) else {
                throw Failure("got \(results), expected \(expected)")
            }
        case "assert_trap", "assert_exhaustion":
            guard case .trapped(let trap) = try perform(command) else { throw Failure("did not trap") }
            let expected = command.text ?? ""
            let message = trap.code.message
            guard message.hasPrefix(expected) || expected.hasPrefix(message) else {
                throw Failure("trapped with “\(message)”, expected “\(expected)”")
            }
        case "assert_exception":
            guard case .threw = try perform(command) else { throw Failure("did not throw") }
        case "assert_invalid":
            guard let bytes = try? Bytes(read(command)) else { throw Failure("no file") }
            do {
                _ = try ValidModule(bytes, in: store)
            } catch {
                return
            }
            throw Failure("is valid: \(command.text ?? "")")
        case "assert_malformed":
            do {
                _ = try Module.read(Bytes(read(command)))
            } catch {
                return
            }
            throw Failure("could be read: \(command.text ?? "")")
        case "assert_unlinkable", "assert_uninstantiable":
            let module = try load(command)
            do {
                _ = try instantiate(module)
            } catch {
                return
            }
            throw Failure("could be instantiated: \(command.text ?? "")")
        default:
            throw Failure("unknown command")
        }
    }

    private func read(_ command: ScriptCommand) throws -> Data {
        let folder = script.url.deletingLastPathComponent()
        return try Data(contentsOf: folder.appendingPathComponent(command.filename ?? ""))
    }

    private func load(_ command: ScriptCommand) throws -> ValidModule {
        try ValidModule(Bytes(read(command)), in: store)
    }

    private func instantiate(_ module: ValidModule) throws -> ModuleInstance {
        try ModuleInstance(module, in: store) { item in
            item.module == "spectest" ? test[item.name] : registered[item.module]?.export(item.name)
        }
    }

    private func find(_ name: String) throws -> ModuleInstance {
        guard let instance = named[name] else { throw Failure("no module \(name)") }
        return instance
    }

    private func perform(_ command: ScriptCommand) throws -> ExecutionContext.Outcome {
        guard let action = command.action else { throw Failure("no action") }
        guard let instance = try action.module.map(find) ?? current else { throw Failure("no module") }
        if action.type == "get" {
            guard let global = instance.global(action.field) else { throw Failure("no global \(action.field)") }
            return .returned([global.value])
        }
        guard let function = instance.function(action.field) else { throw Failure("no function \(action.field)") }
        return context.invoke(function, try (action.args ?? []).map(value))
    }

    private func values(_ outcome: ExecutionContext.Outcome) throws -> [Value] {
        switch outcome {
        case .returned(let values): values
        case .trapped(let trap): throw Failure("\(trap)")
        case .threw: throw Failure("threw an exception")
        case .suspended: throw Failure("suspended")
        }
    }

    // MARK: Values

    private func value(_ source: ScriptValue) throws -> Value {
        switch (source.type, source.value) {
        case ("i32", .one(let text)?): return .i32(UInt32(text) ?? UInt32(bitPattern: Int32(text) ?? 0))
        case ("f32", .one(let text)?): return .f32(UInt32(text) ?? 0)
        case ("i64", .one(let text)?): return .i64(UInt64(text) ?? UInt64(bitPattern: Int64(text) ?? 0))
        case ("f64", .one(let text)?): return .f64(UInt64(text) ?? 0)
        case ("externref", .one(let text)?): return .external(text == "null" ? 0 : (UInt64(text) ?? 0) + 1)
        case ("exnref", .one("null")?): return .exception(0)
        case ("funcref", .one("null")?): return .function(0)
        case ("v128", .many(let lanes)?):
            let (low, high) = Self.vector(source.laneType ?? "", lanes) { Self.bits($0) }
            return .v128(low: low, high: high)
        default: throw Failure("a value that the runner does not know: \(source)")
        }
    }

    private static func bits(_ text: String) -> UInt64 {
        UInt64(text) ?? UInt64(bitPattern: Int64(text) ?? 0)
    }

    private static func width(_ laneType: String) -> Int {
        switch laneType {
        case "i8": 8
        case "i16": 16
        case "i32", "f32": 32
        default: 64
        }
    }

    private static func vector(_ laneType: String, _ lanes: [String], _ bits: (String) -> UInt64) -> (UInt64, UInt64) {
        let width = width(laneType)
        let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
        var words: [UInt64] = [0, 0]
        for (index, lane) in lanes.enumerated() {
            words[index * width / 64] |= (bits(lane) & mask) << UInt64(index * width % 64)
        }
        return (words[0], words[1])
    }

    private func matches(_ result: Value, _ expected: ScriptValue) -> Bool {
        if expected.type == "either" { return (expected.values ?? []).contains { matches(result, $0) } }
        switch (result, expected.type, expected.value) {
        case (.f32(let bits), "f32", .one(let text)?): return Self.matches(UInt64(bits), 32, text)
        case (.f64(let bits), "f64", .one(let text)?): return Self.matches(bits, 64, text)
        case (.v128(let low, let high), "v128", .many(let lanes)?):
            let width = Self.width(expected.laneType ?? "")
            let isFloat = expected.laneType?.first == "f"
            for (index, lane) in lanes.enumerated() {
                let word = index * width / 64 == 0 ? low : high
                let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
                let bits = word >> UInt64(index * width % 64) & mask
                if isFloat ? !Self.matches(bits, width, lane) : bits != Self.bits(lane) & mask { return false }
            }
            return true
        case (.function(let bits), "refnull", _), (.external(let bits), "refnull", _),
            (.exception(let bits), "refnull", _):
            return bits == 0
        case (.function(let bits), "funcref", nil): return bits != 0
        case (.external(let bits), "externref", nil): return bits != 0
        case (.exception(let bits), "exnref", nil): return bits != 0
        case (.function(let bits), "nullref", _), (.function(let bits), "anyref", .one("null")?),
            (.function(let bits), "eqref", .one("null")?), (.function(let bits), "i31ref", .one("null")?),
            (.function(let bits), "structref", .one("null")?), (.function(let bits), "arrayref", .one("null")?):
            return bits == 0
        case (.function(let bits), "nullfuncref", _), (.external(let bits), "nullexternref", _),
            (.exception(let bits), "nullexnref", _):
            return bits == 0
        default:
            guard let value = try? value(expected) else { return false }
            return value == result
        }
    }

    private static func matches(_ bits: UInt64, _ width: Int, _ text: String) -> Bool {
        let quiet: UInt64 = width == 32 ? 0x7FC0_0000 : 0x7FF8_0000_0000_0000
        let sign: UInt64 = width == 32 ? 0x8000_0000 : 1 << 63
        switch text {
        case "nan:canonical": return bits & ~sign == quiet
        case "nan:arithmetic": return bits & quiet == quiet
        default: return bits == self.bits(text)
        }
    }

    /// The module `spectest` that the scripts import from.
    private static func testModule(_ store: Store) -> [String: External] {
        var module: [String: External] = [:]
        let prints: [(String, [ValueType])] = [
            ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]), ("print_f64", [.f64]),
            ("print_i32_f32", [.i32, .f32]), ("print_f64_f64", [.f64, .f64]),
        ]
        for (name, parameters) in prints {
            module[name] = .function(
                FunctionInstance(store, name: "spectest.\(name)", parameters: parameters, results: []) { _ in .returned
                })
        }
        module["global_i32"] = .global(GlobalInstance(store, .i32(UInt32(666)), isMutable: false))
        module["global_i64"] = .global(GlobalInstance(store, .i64(666), isMutable: false))
        module["global_f32"] = .global(GlobalInstance(store, .f32(Float(666.6).bitPattern), isMutable: false))
        module["global_f64"] = .global(GlobalInstance(store, .f64(Double(666.6).bitPattern), isMutable: false))
        if let table = TableInstance(store, minimum: 10, maximum: 20) { module["table"] = .table(table) }
        if let memory = MemoryInstance(store, minimum: 1, maximum: 2) { module["memory"] = .memory(memory) }
        return module
    }
}
