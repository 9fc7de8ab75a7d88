import Foundation
import Support

/// What compiles the kit: a private Debian root, or the machine's own tools when they are new enough.
///
/// The private root is made by mmdebstrap below the cache and used through `enter-root.sh`; the machine's own apt is only
/// asked which mirror it is configured for. It is keyed by the suite and the packages, apart from the kit, so that a
/// change of the recipe does not make it anew.
struct Toolchain: Sendable {
    /// Where the tools are.
    enum Kind: Sendable, Equatable {
        case root(URL)
        case machine
    }

    let kind: Kind
    /// `emcc --version`'s number, for the manifest and as an input of every step.
    let emscripten: String

    /// The machine's tools when all that the recipe needs are there and new enough, else `nil`.
    static func ofMachine(
        _ requirements: Recipe.ToolchainRequirements, environment: [String: String]
    ) async throws -> Toolchain? {
        let names = [
            "emcc", requirements.gcCompiler, requirements.python, "make", "patch", "xz", "bzip2", "wasm-tools",
        ]
        guard names.allSatisfy({ ChildProcess.find($0, environment: environment) != nil }),
            let emcc = ChildProcess.find("emcc", environment: environment)
        else { return nil }
        let version = try await version(ChildProcess(emcc.path, ["--version"]))
        guard let version, Version(version) >= Version(requirements.emscripten) else { return nil }
        // Not every distribution of Emscripten has it; CPython's step reads the profile with it.
        let profdata = try await ChildProcess(emcc.path, ["-print-prog-name=llvm-profdata"])
            .collect(timeout: .seconds(120)).text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard FileManager.default.isExecutableFile(atPath: profdata) else { return nil }
        return Toolchain(kind: .machine, emscripten: version)
    }

    /// The private root in `folder`, made now when it is missing.
    static func privateRoot(
        _ requirements: Recipe.ToolchainRequirements, folder: URL, enter: URL, log: URL, activity: Activity
    ) async throws -> Toolchain {
        let key = Hash.sha256(
            "root 1\n\(requirements.suite)\n\(requirements.packages.sorted().joined(separator: "\n"))\n")
        let place = folder.appending(path: String(key.prefix(24)))
        let root = place.appending(path: "root")
        let stamp = place.appending(path: "emscripten")
        if let version = try? String(contentsOf: stamp, encoding: .utf8) {
            return Toolchain(kind: .root(root), emscripten: version)
        }
        try? FileManager.default.removeItem(at: place)
        try await activity.step("Installing the compiler (Emscripten) into a private root") { _ in
            try await install(requirements, root: root, log: log)
        }
        let question = ChildProcess("sh", [enter.path, root.path, "--", "emcc", "--version"])
        guard let version = try await version(question) else {
            throw Diagnostic(
                .error, "toolchain-broken", "the compiler in the private root does not run",
                notes: ["Its folder is \(root.path)."])
        }
        guard Version(version) >= Version(requirements.emscripten) else {
            throw Diagnostic(
                .error, "toolchain-old",
                "the mirror's suite \(requirements.suite) has Emscripten \(version); \(requirements.emscripten) is needed"
            )
        }
        try AtomicFile.write(version, to: stamp)
        return Toolchain(kind: .root(root), emscripten: version)
    }

    private static func install(_ requirements: Recipe.ToolchainRequirements, root: URL, log: URL) async throws {
        let mirror = try await PlaceFinder.debianRepositories().first ?? ""
        do {
            try FileManager.default.createDirectory(
                at: root.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw Diagnostic.unwritable(root, error)
        }
        // A snapshot's Release file may have expired; its signature is checked all the same.
        let result = try await ChildProcess(
            "mmdebstrap",
            [
                "--variant=apt", "--components=main", "--aptopt=Acquire::Check-Valid-Until \"false\"",
                "--include=\(requirements.packages.joined(separator: ","))", requirements.suite, root.path, mirror,
            ]
        ).run(log: log, timeout: .seconds(1800))
        guard result.status == 0 else {
            try? FileManager.default.removeItem(at: root)
            throw Diagnostic(
                .error, "toolchain-install", "the compiler could not be installed into a private root",
                notes: LogTail.lines(of: log), hints: ["the whole log is in \(log.path)"])
        }
    }

    private static func version(_ question: ChildProcess) async throws -> String? {
        let result = try await question.collect(timeout: .seconds(120))
        // emcc (Emscripten gcc/clang-like replacement + linker emulating GNU ld) 6.0.5 (…)
        return result.text.split(whereSeparator: \.isWhitespace).map(String.init).first { word in
            word.first?.isNumber == true && word.contains(".") && word.allSatisfy { $0.isNumber || $0 == "." }
        }
    }

    /// A version number: 6.0.5 comes after 5.10.
    struct Version: Comparable {
        let parts: [Int]

        init(_ text: String) { parts = text.split(separator: ".").map { Int($0) ?? 0 } }

        static func < (left: Version, right: Version) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
    }
}

/// The last lines of a log, for a message.
enum LogTail {
    static func lines(of log: URL, count: Int = 12) -> [String] {
        guard let data = try? Data(contentsOf: log) else { return [] }
        return String(decoding: data.suffix(20_000), as: UTF8.self).split(whereSeparator: \.isNewline).suffix(count)
            .map(String.init)
    }
}
