import Foundation
import ReferenceRuntime
import Testing
import WasmBinary

/// A C program that asks the kernel for files, pipes, sockets, poll and time (Tests/GlueTests/programs/kernel.c). What it has to
/// print is in a file that the JavaScript kernel is held against, too (Tests/GlueTests/JavaScript/kernel-program.test.mjs).
@Suite("Conformance of the kernel in Swift")
struct KernelProgramTests {
    private static let programs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "GlueTests/programs")

    @Test func printsWhatPOSIXPrescribes() throws {
        let module = Bytes(try Data(contentsOf: Self.programs.appending(path: "kernel.wasm")))
        let expected = try String(contentsOf: Self.programs.appending(path: "kernel.txt"), encoding: .utf8)
        var options = Program.Options()
        options.arguments = ["kernel"]
        var output: [UInt8] = []
        options.output = { output += $1 }
        let status = try Program(module, image: nil, options: options).run()
        #expect(status == 0)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        for (wanted, line) in zip(expected.split(separator: "\n"), lines) { #expect(wanted == line) }
        #expect(lines.count == expected.split(separator: "\n").count)
    }
}
