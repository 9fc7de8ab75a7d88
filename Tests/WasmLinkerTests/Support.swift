import Foundation
import TestSupport
import Testing
import WasmBinary
import WasmLinker

/// The modules that the tests link; `Fixtures/*.wat` is their source.
enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func bytes(_ name: String) throws -> Bytes {
        Bytes([UInt8](try Data(contentsOf: folder.appending(path: "\(name).wasm"))))
    }

    static var main: LinkInput {
        get throws { LinkInput(name: "main.wasm", bytes: try bytes("main")) }
    }

    static func library(_ name: String) throws -> LinkInput {
        LinkInput(path: "/lib/lib\(name).so", name: "lib\(name).so", bytes: try bytes(name))
    }

    static var all: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".wasm") }
                .map { String($0.dropLast(5)) }.sorted()
        }
    }
}

/// Links fixtures, and has the output validated when there is a tool for it.
func link(_ libraries: String..., keep: Set<String> = [], change: (inout LinkOptions) -> Void = { _ in }) throws
    -> LinkedModule
{
    var options = LinkOptions()
    options.keepExports = keep
    change(&options)
    let linked = try WasmLinker.link(
        main: try Fixture.main, libraries: try libraries.map(Fixture.library), options: options)
    try Tool.validate(linked.bytes)
    return linked
}

/// Programs that we did not write, used when they are there.
enum Tool {
    /// `wasm-tools`, by `FROND_WASM_TOOLS` or on the path.
    static let wasmTools = tool("wasm-tools", at: Engine.find("wasm-tools", named: ["FROND_WASM_TOOLS"]))
    /// `node`; see `Engine`.
    static let node = tool("node", at: Engine.node.path)

    private static func tool(_ name: String, at path: String?) -> URL? {
        if path == nil { print("skipped what needs \(name): put it on PATH") }
        return path.map { URL(filePath: $0) }
    }

    static func validate(_ bytes: Bytes, _ what: String = "the output") throws {
        guard let wasmTools else { return }
        let result = try run(wasmTools, ["validate", "--features", "all", "-"], input: Data(bytes))
        #expect(result.status == 0, "\(what) is not valid: \(result.output)")
    }

    /// Runs a linked module in Node: constructors first, then an export; what that returns, or the trap.
    static func call(_ bytes: Bytes, _ export: String, _ arguments: Int...) throws -> String? {
        guard let node else { return nil }
        let file = FileManager.default.temporaryDirectory.appending(path: "frond-linker-\(UUID().uuidString).wasm")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = """
            const { exports } = (await WebAssembly.instantiate(require('node:fs').readFileSync(process.argv[1]), {})).instance;
            try {
                exports.__wasm_call_ctors();
                console.log(exports[process.argv[2]](...process.argv.slice(3).map(Number)));
            } catch (error) { console.log(error.stack); }
            """
        let wrapped = "(async () => { \(script) })()"
        return try run(node, ["-e", wrapped, file.path, export] + arguments.map(String.init), input: Data()).output
            .trimmingCharacters(in: .newlines)
    }

    private static func run(_ program: URL, _ arguments: [String], input: Data) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let (stdin, output) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // A file of tests is smaller than a pipe, or the program reads all of it before it writes.
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}

/// A linked module, read again for a look inside.
struct Inspection {
    let module: Module

    init(_ linked: LinkedModule) throws {
        module = try Module.read(linked.bytes)
    }

    /// The instructions of a function, by name: mnemonics and the index or constant of those that have one.
    func code(_ name: String) throws -> [String] {
        let index = try #require(module.names.functions.first { $0.name == name }, "no function \(name)").index
        let imported = module.importedFunctions.count
        var lines: [String] = []
        var reader = InstructionReader(module.code[Int(index) - imported].instructions)
        while let instruction = try reader.next() {
            switch instruction.immediate {
            case .none: lines.append(instruction.opcode.mnemonic)
            case .i32: lines.append("\(instruction.opcode.mnemonic) \(instruction.i32)")
            case .function: lines.append("\(instruction.opcode.mnemonic) \(self.name(instruction.index) ?? "?")")
            default: lines.append("\(instruction.opcode.mnemonic) \(instruction.index)")
            }
        }
        return lines
    }

    func name(_ function: UInt32) -> String? {
        module.names.functions.first { $0.index == function }?.name
    }

    var functionNames: [String] { module.names.functions.map(\.name) }

    /// A word of the initial memory.
    func word(_ address: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(byte(address + $1)) << UInt32(8 * $1) }
    }

    func byte(_ address: Int) -> UInt8 {
        var value: UInt8 = 0
        for segment in module.data {
            guard case .active(_, .i32(let start)) = segment.mode else { continue }
            let offset = address - Int(start)
            if offset >= 0, offset < segment.contents.count {
                value = segment.contents[segment.contents.startIndex + offset]
            }
        }
        return value
    }

    func string(_ address: Int) -> String {
        var bytes: [UInt8] = []
        while byte(address + bytes.count) != 0 { bytes.append(byte(address + bytes.count)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The name of the function in a table slot.
    func slot(_ number: UInt32) -> String? {
        for segment in module.elements {
            guard case .active(_, .i32(let start)) = segment.mode, case .functions(let functions) = segment.items else {
                continue
            }
            let offset = Int(number) - Int(start)
            if offset >= 0, offset < functions.count { return name(functions[offset]) }
        }
        return nil
    }

    func constant(_ export: String) -> Int32? {
        guard let item = module.exports.first(where: { $0.name == export }), item.kind == .global,
            case .i32(let value) = module.globals[Int(item.index)].initial
        else { return nil }
        return value
    }
}
