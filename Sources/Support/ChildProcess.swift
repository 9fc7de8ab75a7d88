import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A program to run: what, with which arguments, where, and for how long at most.
///
///     let made = try await ChildProcess("make", ["-j2"], in: folder).run(log: log, timeout: .seconds(600))
///
/// A program that ends with a status other than zero is an ordinary result; call `requireSuccess` to make it an error.
/// Every program runs in a process group of its own, and the whole group is ended on a timeout or a cancelled task.
public struct ChildProcess: Sendable {
    /// A path when it has a slash, otherwise a name that is looked up in `PATH`.
    public var executable: String
    /// The arguments, without the program's name.
    public var arguments: [String]
    /// The working directory; the current one when nothing is given.
    public var directory: URL?
    /// Changes to the inherited environment: a value sets, `nil` removes.
    public var environment: [String: String?]

    /// Describes a program; nothing runs yet.
    public init(
        _ executable: String, _ arguments: [String] = [], in directory: URL? = nil,
        environment: [String: String?] = [:]
    ) {
        self.executable = executable
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
    }

    /// How a program ended.
    public struct Result: Sendable {
        /// The exit status; 128 plus the signal's number for a program that a signal ended.
        public var status: Int32
        /// What it wrote to standard output (empty when that went to a log).
        public var output: [UInt8]
        /// What it wrote to standard error (empty when that went to a log).
        public var errorOutput: [UInt8]
        /// The log file that has the output, if there is one.
        public var log: URL?

        /// Standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
        /// Standard error as text.
        public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    }

    /// Runs the program with nothing on standard input and collects what it writes.
    ///
    /// - Parameters:
    ///   - input: what it reads on standard input.
    ///   - limit: the most bytes taken of each stream; more is an error.
    ///   - timeout: after which it is ended and `Diagnostic` (`command-timeout`) is thrown.
    public func collect(
        input: [UInt8] = [], limit: Int = 64 << 20, timeout: Duration? = nil
    ) async throws -> Result {
        let configuration = configuration
        return try await limited(timeout) {
            let result = try await Subprocess.run(
                configuration, input: .array(input), output: .bytes(limit: limit), error: .bytes(limit: limit))
            return Result(
                status: result.terminationStatus.shellStatus, output: result.standardOutput,
                errorOutput: result.standardError)
        }
    }

    /// Runs the program with nothing on standard input and both its outputs appended to a log file.
    public func run(log: URL, timeout: Duration? = nil) async throws -> Result {
        let folder = log.deletingLastPathComponent()
        let descriptor: FileDescriptor
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            descriptor = try FileDescriptor.open(
                FilePath(log.path), .writeOnly, options: [.append, .create],
                permissions: FilePermissions(rawValue: 0o644))
        } catch {
            throw Diagnostic.unwritable(log, error)
        }
        defer { try? descriptor.close() }
        let line = ([executable] + arguments).map(shellQuoted).joined(separator: " ")
        _ = try? descriptor.writeAll("$ \(line)\n".utf8)
        let configuration = configuration
        return try await limited(timeout) {
            let result = try await Subprocess.run(
                configuration, input: .none,
                output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false), error: .combinedWithOutput)
            return Result(status: result.terminationStatus.shellStatus, output: [], errorOutput: [], log: log)
        }
    }

    /// Runs the program on our own standard input, output and error, in our own process group.
    public func passThrough(timeout: Duration? = nil) async throws -> Int32 {
        var configuration = configuration
        configuration.platformOptions.processGroupID = nil
        let final = configuration
        return try await limited(timeout) {
            let result = try await Subprocess.run(
                final, input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError)
            return result.terminationStatus.shellStatus
        }
    }

    /// Becomes the program: same process, same streams, same terminal, so signals and the exit status need no
    /// forwarding. Returns only when it fails.
    public func replaceCurrentProcess() -> Diagnostic {
        if let directory, chdir(directory.path) != 0 { return .unreadable(directory, POSIXError.current) }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if let value { setenv(name, value, 1) } else { unsetenv(name) }
        }
        // The dispatch and concurrency runtimes leave signals alone, but a mask survives exec; start with a clean one.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        signal(SIGPIPE, SIG_DFL)
        let words = ([executable] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        execvp(executable, words + [nil])
        return unstartable(systemReason(of: POSIXError.current))
    }

    private var configuration: Configuration {
        var platform = PlatformOptions()
        platform.processGroupID = 0
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { changes.updateValue(value, forKey: key) }
        }
        return Configuration(
            executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(arguments), environment: .inherit.updating(changes),
            workingDirectory: directory.map { FilePath($0.path) }, platformOptions: platform)
    }

    /// Runs `body`, which cancellation ends, and cancels it when the time is over.
    private func limited<Value: Sendable>(
        _ timeout: Duration?, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            guard let timeout else { return try await body() }
            return try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask { try await body() }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                if let first = try await group.next(), let value = first { return value }
                throw Diagnostic(
                    .error, "command-timeout",
                    "\(executable) did not end within \(Readable.duration(timeout)) and was stopped")
            }
        } catch let error as SubprocessError {
            throw error.code == .executableNotFound
                ? Diagnostic(
                    .error, "command-not-found", "can't find the program \(executable)",
                    hints: executable.contains("/") ? [] : ["install it, or put its folder into PATH"])
                : unstartable(String(describing: error))
        }
    }

    private func unstartable(_ reason: String) -> Diagnostic {
        Diagnostic(.error, "command-failed", "can't run \(executable): \(reason)")
    }
}

extension ChildProcess.Result {
    /// Makes a status other than zero an error that says what failed, where the log is and how its output ended.
    @discardableResult
    public func requireSuccess(_ what: String) throws(Diagnostic) -> ChildProcess.Result {
        guard status != 0 else { return self }
        var tail = errorText.isEmpty ? text : errorText
        var notes: [String] = []
        if let log {
            notes.append("the log is \(log.path)")
            tail = (try? String(decoding: Data(contentsOf: log), as: UTF8.self)) ?? ""
        }
        let lines = tail.split(separator: "\n", omittingEmptySubsequences: true).suffix(12)
        if !lines.isEmpty { notes.append("its output ended with:\n" + lines.joined(separator: "\n")) }
        throw Diagnostic(.error, "command-failed", "\(what) failed with status \(status)", notes: notes)
    }
}

extension ChildProcess {
    /// Finds a program as a shell would: a path when the name has a slash, otherwise the first match in `PATH`.
    public static func find(
        _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL? {
        if name.contains("/") { return isExecutable(name) ? URL(filePath: name) : nil }
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let candidate = "\(folder)/\(name)"
            if isExecutable(candidate) { return URL(filePath: candidate) }
        }
        return nil
    }

    private static func isExecutable(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}

/// A word as a POSIX shell would have to read it.
public func shellQuoted(_ word: String) -> String {
    let safe = word.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            || "_-+=.,:/@%".unicodeScalars.contains(scalar)
    }
    return safe && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}

extension TerminationStatus {
    /// The status as a shell gives it.
    fileprivate var shellStatus: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
