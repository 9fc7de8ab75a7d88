import Foundation
import ReferenceRuntime
import Testing
import WasmBinary

/// The scenarios of `Tests/Scenarios` on the reference runtime; `Tests/Scenarios/run.mjs` plays the same in engines.
@Suite("JSPI scenarios")
struct ScenarioTests {
    @Test("scenario", arguments: ScenarioFile.all)
    func scenario(_ scenario: Scenario) throws {
        let play = try ScenarioPlay(scenario)
        play.run()
        #expect(play.events == scenario.events, "\(scenario.rule)")
    }

    @Test("there are scenarios")
    func present() { #expect(ScenarioFile.all.count >= 58) }
}

/// One scenario: see `jspi.json`.
struct Scenario: Sendable, CustomTestStringConvertible {
    var name: String
    var rule: String
    var imports: [String: JSON]
    var steps: [JSON]
    var events: [String]

    var testDescription: String { name }
}

/// Any JSON.
indirect enum JSON: Decodable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case list([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var list: [JSON] { if case .list(let value) = self { value } else { [] } }
}

enum ScenarioFile {
    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Scenarios")

    static let all: [Scenario] = {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("jspi.json")),
            let file = try? JSONDecoder().decode(JSON.self, from: data)
        else { return [] }
        return (file["scenarios"]?.list ?? []).map { item in
            var imports: [String: JSON] = [:]
            if case .object(let object)? = item["imports"] { imports = object }
            return Scenario(
                name: item["name"]?.string ?? "", rule: item["rule"]?.string ?? "", imports: imports,
                steps: item["steps"]?.list ?? [], events: (item["events"]?.list ?? []).compactMap(\.string))
        }
    }()
}

/// A scenario being played.
final class ScenarioPlay {
    private(set) var events: [String] = []
    private let scenario: Scenario
    private let store = Store()
    private let host: PromiseIntegration
    private let tag: TagInstance
    private var instance: ModuleInstance?
    private var calls: [String: Int] = [:]
    private var deferred: [String: HostPromise] = [:]
    private var ownErrors: Set<ObjectIdentifier> = []
    private var keptErrors: [HostError] = []

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        host = PromiseIntegration(store)
        tag = TagInstance(store, parameters: [.i32])
        let module = try Data(contentsOf: ScenarioFile.folder.appendingPathComponent("probes.wasm"))
        let valid = try ValidModule(Bytes(module), in: store)
        let linked = scenario.imports.compactMapValues { $0["export"]?.string }
        var other: ModuleInstance?
        if !linked.isEmpty { other = try instantiate(valid, linked: [:], from: nil) }
        instance = try instantiate(valid, linked: linked, from: other)
    }

    /// - Parameter linked: the imports that are to be another instance's exports.
    private func instantiate(_ valid: ValidModule, linked: [String: String], from other: ModuleInstance?) throws
        -> ModuleInstance
    {
        let extern = ValueType.reference(.external)
        let types: [String: ([ValueType], [ValueType])] = [
            "s": ([.i32], [.i32]), "sx": ([], [extern]), "smv": ([], [.i32, .i32]), "si64": ([], [.i64]),
            "js": ([.i32], [.i32]),
        ]
        return try ModuleInstance(valid, in: store) { [host, tag] item in
            switch item.name {
            case "tag": return .tag(host.hostTag)
            case "ctag": return .tag(tag)
            default:
                guard let (parameters, results) = types[item.name] else { return nil }
                let name = item.name
                var body: PromiseIntegration.Body = { [unowned self] in try self.perform(name, $0) }
                if let export = linked[name], let function = other?.function(export) {
                    if name == "js" { return .function(function) }
                    body = { [unowned self] in try self.host.call(function, $0) }
                }
                return .function(
                    name == "js"
                        ? host.plain(name, parameters, results, body) : host.suspending(name, parameters, results, body)
                )
            }
        }
    }

    func run() {
        for step in scenario.steps { perform(step) }
        host.loop.drain()
    }

    private func perform(_ step: JSON) {
        if let text = step["log"]?.string {
            events.append(text)
        } else if step["turn"] != nil {
            host.loop.drain()
        } else if let count = step["microtasks"]?.number {
            tick(1, Int(count))
        } else if let name = step["resolve"]?.string {
            deferred[name]?.resolve((try? value(step["value"] ?? .null, [])) ?? .undefined)
        } else if let name = step["reject"]?.string {
            deferred[name]?.reject((try? value(step["value"] ?? .null, [])) ?? .undefined)
        } else if let name = step["global"]?.string {
            events.append("\(name) is \(instance?.global(name).map { show(host.value(of: $0)) } ?? "not there")")
        } else {
            let name = step["as"]?.string ?? step["call"]?.string ?? ""
            do {
                let result = try step["wrap"]?.string.map { try wrap($0, step) } ?? show(value(step, []))
                if step["promising"] == nil { events.append("\(name) returned \(result)") }
            } catch {
                events.append("\(name) threw \(show(thrown(error)))")
            }
        }
    }

    /// The interface itself, with any value.
    private func wrap(_ what: String, _ step: JSON) throws -> String {
        let wrapped = try value(step["value"] ?? .null, [])
        if what == "promising" { return show(.function(try host.promising(wrapped))) }
        try host.checkSuspending(wrapped, isConstructing: what == "new Suspending")
        return "Suspending"
    }

    /// What is called: an export by its name, or any value.
    private func callee(_ expression: JSON?) throws -> FunctionInstance? {
        guard let expression else { return nil }
        if let name = expression.string { return instance?.function(name) }
        guard case .function(let function) = try value(expression, []) else { return nil }
        return function
    }

    private func tick(_ number: Int, _ last: Int) {
        host.loop.enqueue { [self] in
            events.append("m\(number)")
            if number < last { tick(number + 1, last) }
        }
    }

    private func thrown(_ error: any Error) -> HostValue {
        switch error {
        case let error as HostError: .error(error)
        case let error as PromiseIntegration.Thrown: error.value
        default: .string("\(error)")
        }
    }

    private func perform(_ name: String, _ arguments: [HostValue]) throws -> HostValue {
        let count = calls[name, default: 0]
        calls[name] = count + 1
        let script = (scenario.imports[name]?["calls"]?.list ?? [])
            .flatMap { Array(repeating: $0, count: $0["times"]?.number.map { Int($0) } ?? 1) }
        guard !script.isEmpty else { return arguments.first ?? .number(1) }
        let action = script[min(count, script.count - 1)]
        if action["log"] != nil { events.append("\(name)(\(arguments.map(show).joined(separator: ", ")))") }
        if let reason = action["throw"] { throw PromiseIntegration.Thrown(value: try value(reason, arguments)) }
        return try value(action["return"] ?? .null, arguments)
    }

    private func value(_ expression: JSON, _ arguments: [HostValue]) throws -> HostValue {
        switch expression {
        case .null: return .null
        case .bool(let value): return .number(value ? 1 : 0)
        case .number(let value): return .number(value)
        case .string(let value): return .string(value)
        case .list(let items): return .list(try items.map { try value($0, arguments) })
        case .object: break
        }
        if let index = expression["argument"]?.number {
            return arguments.indices.contains(Int(index)) ? arguments[Int(index)] : .undefined
        }
        if let index = expression["next"]?.number, case .number(let number) = arguments[Int(index)] {
            return .number(number + 1)
        }
        if let text = expression["bigint"]?.string { return .bigInt(Int64(text) ?? 0) }
        if let items = expression["list"] { return .list(try items.list.map { try value($0, arguments) }) }
        if let inner = expression["resolved"] {
            return .promise(HostPromise.resolve(try value(inner, arguments), in: host.loop))
        }
        if let inner = expression["rejected"] {
            let promise = HostPromise(host.loop)
            promise.reject(try value(inner, arguments))
            return .promise(promise)
        }
        // A native promise is awaited without its own method then, so there is nothing to observe.
        if let inner = expression["observed"] {
            return .promise(HostPromise.resolve(try value(inner, arguments), in: host.loop))
        }
        if let inner = expression["derived"] {
            let promise = HostPromise(host.loop, isDerived: true)
            promise.resolve(try value(inner, arguments))
            return .promise(promise)
        }
        if let kind = expression["host"]?.string { return kind == "object" ? .object : .callable }
        if let name = expression["export"]?.string {
            return instance?.function(name).map { .function($0) } ?? .undefined
        }
        if let index = expression["table"]?.number {
            return instance?.table("tbl")?.function(at: Int(index)).map { .function($0) } ?? .undefined
        }
        if let inner = expression["thenable"] {
            return .thenable(try value(inner, arguments)) { [unowned self] in self.events.append("then called") }
        }
        if let name = expression["deferred"]?.string {
            let promise = HostPromise(host.loop)
            deferred[name] = promise
            return .promise(promise)
        }
        if let parts = expression["error"]?.list.compactMap(\.string), parts.count == 2 {
            let error = HostError(parts[0], parts[1])
            keptErrors.append(error)
            ownErrors.insert(ObjectIdentifier(error))
            return .error(error)
        }
        if let values = expression["exception"]?.list.compactMap(\.number) {
            return .exception(store.exception(tag, values.map { .i32(Int32($0)) }))
        }
        let actual = try (expression["arguments"]?.list ?? []).map { try value($0, arguments) }
        if let function = try callee(expression["call"]) {
            return try host.call(function, actual)
        }
        if let function = try callee(expression["promising"]) {
            let promise = host.callPromising(function, actual)
            if let label = expression["as"]?.string { watch(label, promise) }
            return .promise(promise)
        }
        return .undefined
    }

    private func watch(_ label: String, _ promise: HostPromise) {
        promise.then(
            { [unowned self] in self.events.append("\(label) = \(self.show($0))") },
            { [unowned self] in self.events.append("\(label) rejected \(self.show($0))") })
    }

    private func show(_ value: HostValue) -> String {
        switch value {
        case .undefined: "undefined"
        case .null: "null"
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .bigInt(let number): "\(number)n"
        case .string(let text): text
        case .list(let items): "[\(items.map(show).joined(separator: ", "))]"
        case .error(let error):
            ownErrors.contains(ObjectIdentifier(error)) ? "\(error.name): \(error.message)" : error.name
        case .promise, .thenable, .object: "[object]"
        case .function, .callable: "function"
        case .exception: "Exception"
        }
    }
}
