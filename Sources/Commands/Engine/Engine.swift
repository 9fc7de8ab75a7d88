import ArgumentParser
import Foundation
import Support

/// A JavaScript engine outside a browser that can run a linked app.
enum EngineKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    case node, deno

    /// The environment variable that names the program.
    var variable: String { "FROND_\(rawValue.uppercased())" }

    /// The oldest major version that has what we need: JSPI, and wasm's garbage-collected types.
    var oldest: Int { self == .node ? 24 : 2 }

    /// What comes before the script.
    var options: [String] {
        switch self {
        // Node knows JSPI from version 24 on, still behind a flag there, and would warn about it.
        case .node: ["--experimental-wasm-jspi", "--no-warnings"]
        case .deno: ["run", "--quiet", "--no-config", "--allow-all"]
        }
    }
}

/// An engine that was found, and where.
struct Engine: Sendable, Equatable {
    let kind: EngineKind
    let executable: URL
    /// As the engine says it, without a leading `v`.
    let version: String

    /// Finds an engine that is new enough: in its variable, then in `PATH`, then among Frond's own tools.
    ///
    /// - Throws: `Diagnostic` (`engine-missing`, `engine-too-old`) that says what to do.
    static func find(
        _ kind: EngineKind, environment: [String: String], cache: CacheDirectory
    ) async throws -> Engine {
        var tooOld: [String] = []
        if let given = environment[kind.variable], !given.isEmpty {
            guard let file = ChildProcess.find(given, environment: environment) else {
                throw Diagnostic.input("engine-missing", "\(kind.variable) is \(given), which is not a program")
            }
            guard let engine = try await probe(kind, file), engine.isNewEnough else {
                throw Diagnostic.input(
                    "engine-too-old", "\(kind.variable) is \(given), which is not \(kind.rawValue) ≥ \(kind.oldest)")
            }
            return engine
        }
        let own = cache.tools.appending(path: "bin/\(kind.rawValue)")
        for candidate in [ChildProcess.find(kind.rawValue, environment: environment), ChildProcess.find(own.path)] {
            guard let candidate, let engine = try await probe(kind, candidate) else { continue }
            if engine.isNewEnough { return engine }
            tooOld.append("\(candidate.path) is version \(engine.version)")
        }
        throw Diagnostic(
            .error, tooOld.isEmpty ? "engine-missing" : "engine-too-old",
            "frond run needs \(kind.rawValue) ≥ \(kind.oldest), and there is none", notes: tooOld,
            hints: [
                "run make tools in Frond's repository, which puts one into \(cache.tools.path)",
                "or set \(kind.variable) to one",
            ])
    }

    private var isNewEnough: Bool {
        (Int(version.prefix { $0 != "." }) ?? 0) >= kind.oldest
    }

    /// Asks a program for its version; nothing when it is not the engine that it seems to be.
    static func probe(_ kind: EngineKind, _ file: URL) async throws -> Engine? {
        let child = ChildProcess(file.path, ["--version"])
        guard let result = try? await child.collect(timeout: .seconds(20)), result.status == 0 else { return nil }
        let line = result.text.prefix { !$0.isNewline }
        let words = line.split(separator: " ")
        switch kind {
        case .node:
            guard line.hasPrefix("v") else { return nil }
            return Engine(kind: kind, executable: file, version: String(line.dropFirst()))
        case .deno:
            guard words.first == "deno", words.count > 1 else { return nil }
            return Engine(kind: kind, executable: file, version: String(words[1]))
        }
    }
}
