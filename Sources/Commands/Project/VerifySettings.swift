import Support
import Verification

/// What `[tool.frond.verify]` says; docs/verify.md describes it.
package struct VerifySettings: Equatable {
    private static let commandKeys = [
        "name", "args", "code", "module", "stdin", "status", "stdout", "stdout-contains", "stderr", "env",
    ]
    private static let requestKeys = [
        "method", "path", "headers", "body", "status", "body-is", "body-contains",
    ]

    /// A command as it is written; what it does not say is the app's.
    package struct Command: Equatable {
        var name: String?
        var arguments: [String]?
        var code: String?
        var module: String?
        var input: String?
        var status: Int?
        var output: String?
        var outputContains: String?
        var errors: String?
        var environment: [String: String] = [:]
    }

    var commands: [Command] = []
    var requests: [Check.Request] = []
    var port: Int?

    /// No checks of its own.
    init() {}

    /// Reads the table.
    init(_ section: TOMLDocument.Section) throws {
        try section.requireKeys(among: ["commands", "requests", "port"])
        port = try section.integer("port", in: 1...65_535)
        for item in try section.sections("commands") ?? [] {
            try item.requireKeys(among: Self.commandKeys)
            var command = Command()
            command.name = try item.string("name")
            command.arguments = try item.strings("args")
            command.code = try item.string("code")
            command.module = try item.string("module")
            if command.code != nil, command.module != nil { throw item.invalid("code", "not together with module") }
            command.input = try item.string("stdin")
            command.status = try item.integer("status", in: 0...255)
            command.output = try item.string("stdout")
            command.outputContains = try item.string("stdout-contains")
            command.errors = try item.string("stderr")
            command.environment = try item.stringTable("env") ?? [:]
            commands.append(command)
        }
        for item in try section.sections("requests") ?? [] {
            try item.requireKeys(among: Self.requestKeys)
            var request = Check.Request()
            request.method = try item.string("method") ?? "GET"
            request.path = try item.string("path") ?? "/"
            request.headers = try item.stringTable("headers") ?? [:]
            request.body = try item.string("body") ?? ""
            request.status = try item.integer("status", in: 100...599)
            request.expectedBody = try item.string("body-is")
            request.bodyContains = try item.string("body-contains")
            let fields = [request.method, request.path] + request.headers.keys + request.headers.values
            if fields.contains(where: { $0.contains(where: \.isNewline) }) || request.path.contains(" ") {
                throw item.invalid("path", "a request can't have line breaks, or spaces in its path")
            }
            requests.append(request)
        }
    }

    /// The checks of an app that starts with this command line. An app that has none of its own is run once as it is; a server,
    /// which would run for ever, is asked for its first page.
    func checks(
        command: [String], environment: [(name: String, value: String)], directory: String, isServer: Bool
    ) -> [Check] {
        var checks: [Check] = []
        let requests = isServer && commands.isEmpty && requests.isEmpty ? [Check.Request()] : requests
        for (index, item) in commands.enumerated() {
            let start = item.code.map { ["python3", "-c", $0] } ?? item.module.map { ["python3", "-m", $0] }
            // What the app's own settings give as arguments is what an explicit list replaces.
            let words = start ?? (item.arguments == nil ? command : Self.withoutArguments(command))
            var check = Check(
                name: item.name ?? "command \(index + 1)", arguments: words + (item.arguments ?? []),
                environment: environment.filter { item.environment[$0.name] == nil }
                    + item.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                directory: directory)
            check.input = item.input ?? ""
            check.status = item.status ?? (item.output != nil || item.outputContains != nil ? 0 : nil)
            (check.output, check.outputContains, check.errors) = (item.output, item.outputContains, item.errors)
            checks.append(check)
        }
        if !requests.isEmpty {
            var check = Check(name: "requests", arguments: command, environment: environment, directory: directory)
            check.requests = requests
            check.port = port
            checks.append(check)
        }
        if checks.isEmpty {
            checks.append(Check(name: "run", arguments: command, environment: environment, directory: directory))
        }
        return checks
    }

    /// `python3 main.py a b` → `python3 main.py`, and the like for `-m` and `-c`.
    private static func withoutArguments(_ command: [String]) -> [String] {
        let isOption = command.count > 2 && ["-m", "-c"].contains(command[1])
        return Array(command.prefix(isOption ? 3 : 2))
    }
}
