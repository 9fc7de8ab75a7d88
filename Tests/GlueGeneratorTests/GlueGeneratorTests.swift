import Foundation
import GlueGenerator
import Support
import Templates
import TestSupport
import Testing
import WasmBinary

@Suite("Generating glue")
struct GlueGeneratorTests {
    /// The program of the glue's own tests: a whole Frond program.
    static func program() throws -> Module {
        let file = HostABITests.repository.appendingPathComponent("Tests/GlueTests/programs/contexts.wasm")
        return try Module.read(Bytes([UInt8](try Data(contentsOf: file))))
    }

    @Test("The glue of a module knows its imports, and is the same every time")
    func generate() throws {
        let generator = try GlueGenerator(templates: HostABITests.templates)
        let module = try Self.program()
        let glue = try generator.generate(for: module)
        #expect(glue.suspending == ["frond.switch"])
        #expect(glue.promising == ["frond_start", "frond_context_entry"])
        #expect(glue.imports.contains("wasi_snapshot_preview1.args_get"))
        let again = try GlueGenerator(templates: HostABITests.templates).generate(for: module)
        #expect(glue == again)
        let manifest = try #require(
            glue.source.split(separator: "\n").first { $0.contains("suspending:['frond.switch']") })
        let value = try #require(manifest.firstRange(of: "{suspending:"))
        try expectSnapshot(manifest[value.lowerBound...] + "\n", named: "manifest.txt")
        #expect(glue.source.contains("export function boot("))
        #expect(!glue.source.contains("import "))
        #expect(!glue.source.contains("frond:manifest"))
    }

    @Test("Only apps that keep files get what keeps them")
    func keepsFiles() throws {
        let generator = try GlueGenerator(templates: HostABITests.templates)
        let module = try Self.program()
        let exports = { (keepsFiles: Bool) in
            try generator.generate(for: module, keepsFiles: keepsFiles).source
                .matches(of: /export function (\w+)\(/).map { String($0.output.1) }
        }
        #expect(try exports(false) == ["boot"])
        #expect(
            try exports(true).sorted()
                == ["boot", "deleteStore", "exportFiles", "importFiles", "openStore", "openVolume"])
        let small = try generator.generate(for: module, keepsFiles: false)
        #expect(small.source.utf8.count < (try generator.generate(for: module).source.utf8.count) * 9 / 10)
    }

    @Test(
        "The generated file passes the tests of the files that it is made of", .timeLimit(.minutes(5)),
        arguments: [true, false])
    func runs(keepsFiles: Bool) async throws {
        let glue = try GlueGenerator(templates: HostABITests.templates)
            .generate(for: try Self.program(), keepsFiles: keepsFiles)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("glue-\(UUID().uuidString).mjs")
        try glue.source.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try await Engine.test(
            HostABITests.repository.appendingPathComponent("Tests/GlueTests/JavaScript"), only: ["contexts.test.mjs"],
            options: ["--experimental-wasm-jspi"], environment: ["FROND_GLUE": file.path])
        #expect(result.failure == nil)
    }

    @Test("An unknown import is named with those who want it, and with the nearest known one")
    func unknownImport() throws {
        var module = try Self.program()
        let position = try #require(module.imports.firstIndex { $0.name == "fd_write" })
        module.imports[position].name = "fd_wriite"
        let errors = try #require(Self.problems(module))
        #expect(errors.count == 1)
        #expect(
            errors.first?.message
                == "the module imports frond.fd_wriite (i32, i32, i32, i32) → i32, which is not in the host ABI")
        #expect(errors.first?.notes.first?.hasPrefix("it is wanted by ") == true)
        #expect(errors.first?.notes.first?.contains("put") == true)
        #expect(errors.first?.hints.first == "the host has frond.fd_write")
    }

    @Test("A wrong signature shows both")
    func signature() throws {
        var module = try Self.program()
        let position = try #require(module.imports.firstIndex { $0.name == "emscripten_get_now" })
        module.types.append(DefinedType(.function(FunctionType(parameters: [.i64], results: []))))
        module.imports[position].type = .function(UInt32(module.types.count - 1))
        let errors = try #require(Self.problems(module))
        #expect(
            errors.map(\.message) == [
                "the module imports env.emscripten_get_now as (i64) → nothing, and the host has it as () → f64"
            ])
    }

    @Test("Imports that are no functions, and exports that are missing or wrong, are all reported at once")
    func everything() throws {
        var module = try Self.program()
        module.imports.append(
            Import(module: "env", name: "memory", type: .memory(MemoryType(limits: Limits(minimum: 1)))))
        module.imports.append(
            Import(module: "env", name: "base", type: .global(GlobalType(value: .i32, isMutable: false))))
        module.exports.removeAll { $0.name == "frond_next" || $0.name == "memory" }
        let position = try #require(module.exports.firstIndex { $0.name == "frond_raise" })
        module.exports[position].index = try #require(module.exports.first { $0.name == "frond_start" }).index
        let messages = try #require(Self.problems(module)).map(\.message)
        #expect(
            messages == [
                "the module imports its memory (env.memory); the glue expects it to export one",
                "the module imports a global (env.base), which no host has",
                "the module does not export frond_next",
                "the module's export frond_raise is () → i32, and the glue calls it as (i32) → nothing",
                "the module does not export its memory",
            ])
    }

    private static func problems(_ module: Module) -> [Diagnostic]? {
        let error = #expect(throws: Diagnostics.self) {
            try GlueGenerator(templates: HostABITests.templates).generate(for: module)
        }
        return error?.all
    }
}

@Suite("Templates")
struct TemplatesTests {
    @Test("Files are listed by their bytes, read, and missed with a sentence")
    func files() throws {
        let names = try HostABITests.templates.names(in: "glue")
        #expect(names.contains("boot.mjs"))
        #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let boot = try HostABITests.templates.text("glue/boot.mjs")
        #expect(boot.contains("export function boot"))
        let error = #expect(throws: TemplatesError.self) { try HostABITests.templates.bytes("glue/no-such-file") }
        #expect(error?.description.hasPrefix("can't read the template glue/no-such-file in ") == true)
    }

    @Test("The templates of this executable are found")
    func find() throws {
        let table = try Templates.find().text("host-abi.json")
        #expect(table.contains("\"version\": 1"))
    }
}
