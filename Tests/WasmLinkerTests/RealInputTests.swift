import Foundation
import Testing
import WasmBinary
import WasmLinker

/// The interpreter with libraries from real wheels: set `FROND_KIT` to a folder with `python.wasm`, and
/// `FROND_LINK_LIBRARIES` to one with `.so` files out of wheels. Prints the figures that the project promises.
@Suite(.serialized) struct RealInputTests {
    @Test(.timeLimit(.minutes(5)))
    func interpreterAndWheels() throws {
        let environment = ProcessInfo.processInfo.environment
        guard let kit = environment["FROND_KIT"], let folder = environment["FROND_LINK_LIBRARIES"] else {
            print("RealInputTests: skipped (set FROND_KIT and FROND_LINK_LIBRARIES)")
            return
        }
        let main = LinkInput(
            name: "python.wasm", bytes: Bytes(try Data(contentsOf: URL(filePath: kit).appending(path: "python.wasm"))))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".so") }.sorted()
        let libraries = try names.map { name in
            LinkInput(
                path: "/usr/lib/python3.14/site-packages/\(name)", name: name,
                bytes: Bytes(try Data(contentsOf: URL(filePath: folder).appending(path: name))))
        }
        let start = Date()
        let linked = try WasmLinker.link(main: main, libraries: libraries)
        let seconds = Date().timeIntervalSince(start)
        try Tool.validate(linked.bytes)
        let input = ([main] + libraries).reduce(0) { $0 + $1.bytes.count }
        print(
            "RealInputTests: \(libraries.count) libraries, \(input) bytes in, \(linked.bytes.count) out, "
                + "\(Int(seconds * 1000)) ms (meant for a release build)")
        for warning in linked.warnings { print("RealInputTests: \(warning.message)") }
        // Every library is known, and nothing that Python asks a library for is missing.
        #expect(linked.map.files.count == libraries.count + 1)
        let alone = try WasmLinker.link(main: main)
        #expect(alone.bytes.count < main.bytes.count)
    }
}
