import Foundation
import Testing
import WasmBinary
import WasmLinker

/// Modules of the specification's test suite as main modules: whatever the linker accepts must come out valid, with all
/// that its exports reach. They use instructions and types that no compiler of ours emits yet.
@Suite struct SpecificationLinkTests {
    @Test(.timeLimit(.minutes(5)))
    func validModulesStayValid() throws {
        let beside = Fixture.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "shared/wasm-testsuite").resolvingSymlinksInPath()
        let folder = ProcessInfo.processInfo.environment["FROND_WASM_TESTSUITE"].map { URL(filePath: $0) } ?? beside
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("SpecificationLinkTests: skipped, no suite (set FROND_WASM_TESTSUITE)")
            return
        }
        var (linked, refused) = (0, 0)
        var seen: Set<Bytes> = []
        for path in try modules(in: folder) {
            let bytes = Bytes([UInt8](try Data(contentsOf: path)))
            guard let module = try? Module.read(bytes), seen.insert(bytes).inserted else { continue }
            do throws(LinkError) {
                let output = try link(module)
                linked += 1
                // A process for each module would take minutes; every eighth shows as much.
                if linked.isMultiple(of: 8) { try? Tool.validate(output.bytes, path.lastPathComponent) }
            } catch {
                refused += 1
            }
        }
        print("SpecificationLinkTests: \(linked) modules linked, \(refused) refused with an error")
        #expect(linked > 500)
    }

    /// Links a module; one without a memory gets one.
    private func link(_ module: Module) throws(LinkError) -> LinkedModule {
        var module = module
        if module.memories.isEmpty { module.memories = [MemoryType(limits: Limits(minimum: 1))] }
        var options = LinkOptions()
        options.keepExports = Set(module.exports.map(\.name))
        options.hostFunctions = nil
        return try WasmLinker.link(main: LinkInput(name: "main", bytes: module.write()), options: options)
    }

    /// The modules of `module` commands: those that are valid.
    private func modules(in folder: URL) throws -> [URL] {
        struct File: Decodable {
            struct Command: Decodable {
                var type: String
                var filename: String?
            }

            var commands: [Command]
        }
        guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        let scripts = files.compactMap { $0 as? URL }.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        return try scripts.flatMap { script in
            try JSONDecoder().decode(File.self, from: Data(contentsOf: script)).commands
                .filter { $0.type == "module" }
                .compactMap { $0.filename.map { script.deletingLastPathComponent().appending(path: $0) } }
                .filter { $0.pathExtension == "wasm" }
        }
    }
}
