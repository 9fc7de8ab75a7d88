import Foundation
import GlueGenerator
import Support
import Templates
import Testing
import Verification
import WasmBinary

extension EndToEnd {
    /// Does `frond verify` see what is wrong? Deliberately broken glues (Tests/Verify/mutants.json) run a program that touches
    /// everything (Tests/Verify/probe); each must be caught, and with a place in the trace.
    @Suite(.serialized, .timeLimit(.minutes(20))) struct MutantTests {
        struct Mutant: Decodable, Sendable {
            var name: String
            /// The part of the probe that shows it.
            var part: String
            /// A template, or `app.wasm`.
            var file: String
            var find: String
            var replace: String

            /// What is broken is the program itself.
            var isProgram: Bool { file == "app.wasm" }
        }

        private static let probe = Workshop.package.appending(path: "Tests/Verify/probe")

        /// All of them with `FROND_MUTANTS=all` (`make mutants`); every fifth in the ordinary tests, which have less time.
        private func mutants() throws -> [Mutant] {
            let file = Workshop.package.appending(path: "Tests/Verify/mutants.json")
            let all = try JSONDecoder().decode([Mutant].self, from: Data(contentsOf: file))
            #expect(all.count >= 30)
            if ProcessInfo.processInfo.environment["FROND_MUTANTS"] == "all" { return all }
            return all.indices.filter { $0 % 5 == 0 }.map { all[$0] }
        }

        private func check(_ part: String) -> Check {
            var check = Check(
                name: part, arguments: ["python3", "main.py", part], environment: [("PROBE", "yes"), ("A", "1")],
                directory: "/app")
            check.input = "one\ntwo\nthree"
            check.status = 0
            return check
        }

        /// A copy of the templates in which one place of one file is another.
        private func templates(with mutant: Mutant?, in folder: URL) throws -> Templates {
            let place = folder.appending(path: "templates")
            try FileManager.default.copyItem(at: Templates.find().folder, to: place)
            let templates = Templates(folder: place)
            if let mutant, !mutant.isProgram {
                let text = try templates.text(mutant.file)
                #expect(
                    text.ranges(of: mutant.find).count == 1, "\(mutant.name): its place in \(mutant.file) has changed")
                try AtomicFile.write(
                    text.replacing(mutant.find, with: mutant.replace), to: place.appending(path: mutant.file))
            }
            return templates
        }

        @Test func everyMutantIsCaught() async throws {
            let mutants = try mutants()
            let site = try SiteFolder(try await Sites.shared.site(Self.probe), name: "probe")
            let program = try site.program(joined: site.root.appending(path: "../joined.img"))
            let module = try Module.read(Bytes(Data(contentsOf: program.module)))
            let reference = ReferencePlayer(limit: 600)
            var plays: [String: Play] = [:]
            for part in Set(mutants.map(\.part)).sorted() {
                plays[part] = try await reference.play(check(part), of: program)
                let complaints = check(part).complaints(about: try #require(plays[part]))
                #expect(complaints.isEmpty, "\(part): \(complaints)")
            }
            /// What is wrong with a glue, or nothing.
            func problem(_ mutant: Mutant?, _ part: String, limit: Int) async throws -> String? {
                try await Workshop.withFolder { folder in
                    let templates = try templates(with: mutant, in: folder)
                    var program = program
                    if mutant?.isProgram == true {
                        program.module = folder.appending(path: "app.wasm")
                        try Data(withoutStackPointers(module).write()).write(to: program.module)
                    }
                    program.glue = folder.appending(path: "glue.mjs")
                    let glue = try GlueGenerator(templates: templates).generate(for: module, isReadable: true)
                    try AtomicFile.write(glue.source, to: program.glue)
                    let node = EnginePlayer(
                        name: "node", version: "", executable: URL(filePath: Workshop.node),
                        options: ["--experimental-wasm-jspi", "--no-warnings"],
                        templates: templates.folder.appending(path: "verify"), limit: limit)
                    let expected = try #require(plays[part])
                    let play = try await node.play(check(part), of: program, atMost: expected.trace.count + 1000)
                    if let difference = Comparison.difference(reference: expected.trace, other: play.trace) {
                        return difference
                    }
                    return check(part).complaints(about: play).first
                }
            }
            // The sound glue passes, or catching proves nothing.
            for part in plays.keys.sorted() {
                let found = try await problem(nil, part, limit: 300)
                #expect(found == nil, "\(part): \(found ?? "")")
            }
            var caught = 0
            for mutant in mutants {
                // Some never end; the time only decides how long one waits for that.
                let found = try await problem(mutant, mutant.part, limit: 12)
                if found != nil { caught += 1 }
                let place = found?.split(separator: "\n").suffix(2).map { $0.trimmingCharacters(in: .whitespaces) }
                print(
                    "mutant: \(found == nil ? "MISSED" : "caught") \(mutant.name): \(place?.joined(separator: "  ") ?? "")"
                )
                #expect(found != nil, "not caught: \(mutant.name)")
            }
            print("mutants caught: \(caught)/\(mutants.count)")
        }

        /// The program with a switch that does not restore the stack pointer. That is the program's own work, not the glue's:
        /// `frond_context_park` is `if (switch(…)) unreachable; stack pointer = its own`, and drops it here instead.
        private func withoutStackPointers(_ module: Module) throws -> Module {
            var module = module
            let functions = module.imports.filter { if case .function = $0.type { true } else { false } }
            let number = try #require(functions.firstIndex { $0.module == "frond" && $0.name == "switch" })
            let drop: UInt8 = 0x1A
            var changed = 0
            for index in module.code.indices {
                let code = module.code[index].instructions
                var reader = InstructionReader(code)
                var hasSwitched = false
                while let instruction = try reader.next() {
                    if instruction.opcode == .call, Int(instruction.index) == number { hasSwitched = true }
                    guard hasSwitched, instruction.opcode == .globalSet, instruction.index == 0 else { continue }
                    var output = ByteWriter()
                    output.append(code[code.startIndex..<instruction.start])
                    output.byte(drop)
                    output.append(code[instruction.end..<code.endIndex])
                    module.code[index].instructions = output.finish()
                    changed += 1
                    break
                }
            }
            try #require(changed == 1)
            return module
        }

        /// One of them through the whole command.
        @Test func theCommandSaysWhere() async throws {
            let mutant = Mutant(
                name: "a broken pipe", part: "network", file: "kernel/pipe.mjs", find: "? -EPIPE : -EAGAIN;",
                replace: "? -EBADF : -EAGAIN;")
            try await Workshop.withFolder { folder in
                let templates = try templates(with: mutant, in: folder)
                let result = try await Workshop.frond(
                    ["verify", Self.probe.path, "--engine", "reference,node", "--quiet"],
                    environment: ["FROND_TEMPLATES": templates.folder.path], timeout: .seconds(300))
                #expect(result.status == 1)
                #expect(result.text.contains("network: node: not what reference does"), "\(result.text)")
                #expect(result.text.contains("frond.fd_write"), "\(result.text)")
            }
        }
    }
}
