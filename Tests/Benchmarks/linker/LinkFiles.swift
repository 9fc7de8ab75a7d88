import Foundation
import WasmBinary
import WasmLinker
import Wheels

/// Links the interpreter with the extension modules of wheels, once, and says what it took; `run.mjs` beside it asks.
///
///     link-files OUTPUT python.wasm [WHEEL…]   →   {"libraries":4,"input":…,"output":…,"seconds":…,"memory":…}
///
/// The seconds begin with the files in memory and end with the linked module in memory. The memory is the most that the
/// whole process ever had, wheels included.
@main
struct LinkFiles {
    private struct Answer: Encodable {
        var libraries: Int
        /// Bytes of all modules that went in.
        var input: Int
        /// Bytes of the module that came out.
        var output: Int
        var seconds: Double
        var memory: Int
    }

    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.count >= 2 else {
            FileHandle.standardError.write(Data("usage: link-files OUTPUT python.wasm [WHEEL…]\n".utf8))
            exit(2)
        }
        let output = URL(filePath: words[1])
        let main = LinkInput(name: "python.wasm", bytes: Bytes(try read(words[2])))
        let libraries = try words.dropFirst(2).flatMap(libraries)
        var options = LinkOptions()
        options.threads = ProcessInfo.processInfo.activeProcessorCount
        let clock = ContinuousClock()
        let began = clock.now
        let linked = try WasmLinker.link(main: main, libraries: libraries, options: options)
        let taken = began.duration(to: clock.now)
        try Data(Array(linked.bytes)).write(to: output)
        var usage = rusage()
        getrusage(0, &usage)  // RUSAGE_SELF, which has another type in each C library
        let answer = Answer(
            libraries: libraries.count, input: ([main] + libraries).reduce(0) { $0 + $1.bytes.count },
            output: linked.bytes.count, seconds: taken / .seconds(1), memory: usage.ru_maxrss * 1024)
        FileHandle.standardOutput.write(try JSONEncoder().encode(answer))
    }

    private static func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    /// The extension modules of a wheel.
    private static func libraries(_ path: String) throws -> [LinkInput] {
        let installation = try Installation(
            Wheel(try read(path), filename: URL(filePath: path).lastPathComponent))
        return installation.files.filter { $0.path.hasSuffix(".so") }.map {
            LinkInput(path: $0.path, name: $0.path, bytes: Bytes($0.contents))
        }
    }
}
