import Foundation
import GlueGenerator
import ReferenceRuntime
import SiteBuilder
import Support
import WasmBinary

/// What can be said of a site without running anything.
package struct SiteChecks {
    private let site: SiteFolder
    private let generator: GlueGenerator

    package init(_ site: SiteFolder) throws {
        self.site = site
        generator = try GlueGenerator()
    }

    /// All checks, in order. Each gives what it saw, or throws what is wrong.
    package func run(tell: (Finding) -> Void) {
        let checks: [(String, () throws -> String)] = [
            ("files", files), ("compressed files", compressed), ("names", names), ("module", module),
            ("imports", imports), ("glue", glue), ("pages", pages), ("headers", headers),
            ("service worker", serviceWorker),
        ]
        for (name, check) in checks {
            do {
                tell(Finding("site", name, .passed, try check()))
            } catch let problem as Diagnostic {
                tell(Finding("site", name, .failed, problem.message))
            } catch let problems as Diagnostics {
                tell(Finding("site", name, .failed, problems.all.map(\.message).joined(separator: "\n")))
            } catch let problem as Problem {
                tell(Finding("site", name, .failed, problem.text))
            } catch {
                tell(Finding("site", name, .failed, "\(error)"))
            }
        }
    }

    /// What is wrong, a line for each thing.
    struct Problem: Error {
        var text: String

        static func unless(_ complaints: [String]) throws(Problem) {
            if !complaints.isEmpty { throw Problem(text: complaints.joined(separator: "\n")) }
        }
    }

    private func bytes(_ path: String) throws(Problem) -> [UInt8] {
        guard let place = site.place(path) else { throw Problem(text: "\(path) leads out of the site") }
        guard let data = try? Data(contentsOf: place) else {
            throw Problem(text: "\(path) is missing or can't be read")
        }
        return [UInt8](data)
    }

    private func text(_ role: String) throws(Problem) -> String {
        guard let file = site.files.first(where: { $0.role == role }) else {
            throw Problem(text: "the manifest names no \(role)")
        }
        return String(decoding: try bytes(file.path), as: UTF8.self)
    }

    /// Every file is what the manifest says, and nothing else is there.
    private func files() throws -> String {
        var complaints: [String] = []
        var expected: Set<String> = [SiteMarker.fileName]
        for file in site.files {
            expected.insert(file.path)
            if file.br != nil { expected.insert(file.path + Encoding.brotli.suffix) }
            if file.gz != nil { expected.insert(file.path + Encoding.gzip.suffix) }
            do {
                let bytes = try bytes(file.path)
                if bytes.count != file.size {
                    complaints.append("\(file.path) has \(bytes.count) bytes, and the manifest says \(file.size)")
                } else if Hash.integrity(bytes) != file.integrity {
                    complaints.append("\(file.path) has another SHA-384 than the manifest says")
                }
            } catch { complaints.append(error.text) }
        }
        let found = FileManager.default.enumerator(atPath: site.root.path)
        while let path = found?.nextObject() as? String {
            let isFolder = found?.fileAttributes?[.type] as? FileAttributeType == .typeDirectory
            if !isFolder, !expected.contains(path) { complaints.append("\(path) is not in the manifest") }
        }
        try Problem.unless(complaints)
        return "\(site.files.count) files are what the manifest says (size, SHA-384), and nothing else is there"
    }

    private func compressed() throws -> String {
        var complaints: [String] = []
        var count = 0
        for file in site.files {
            for (encoding, size) in [(Encoding.brotli, file.br), (.gzip, file.gz)] {
                guard let size else { continue }
                count += 1
                let path = file.path + encoding.suffix
                do {
                    let packed = try bytes(path)
                    let original = try bytes(file.path)
                    if packed.count != size {
                        complaints.append("\(path) has \(packed.count) bytes, and the manifest says \(size)")
                    } else if encoding.decompress(packed, exactly: original.count) != original {
                        complaints.append("\(path) does not decompress to \(file.path)")
                    }
                } catch { complaints.append(error.text) }
            }
        }
        try Problem.unless(complaints)
        return "\(count) compressed files equal their originals"
    }

    /// A name with a hash says what is in the file, or browsers would keep something else for ever.
    private func names() throws -> String {
        var complaints: [String] = []
        var count = 0
        for file in site.files where file.path.hasPrefix("assets/") {
            count += 1
            let hash = Hash.sha256(try bytes(file.path)).prefix(12)
            if !file.path.contains(".\(hash)") {
                complaints.append("\(file.path) is not named by its contents (\(hash))")
            }
        }
        try Problem.unless(complaints)
        return "\(count) assets are named by their contents"
    }

    private func module() throws -> String {
        let bytes = Bytes(try bytes(site.files.first { $0.role == "module" }?.path ?? ""))
        let store = Store()
        do {
            let valid = try ValidModule(bytes, in: store)
            _ = valid
        } catch {
            throw Problem(text: "the module is not valid WebAssembly: \(error)")
        }
        return "the module is valid (\(Readable.bytes(bytes.count)))"
    }

    private func readModule() throws -> Module {
        try Module.read(Bytes(try bytes(site.files.first { $0.role == "module" }?.path ?? "")))
    }

    private func imports() throws -> String {
        let module = try readModule()
        let glue = try generator.generate(for: module)
        let missing = Set(glue.imports).subtracting(Program.implementedImports)
            .subtracting(["env.__cpp_exception", "env.__c_longjmp"])
        guard missing.isEmpty else {
            throw Problem(text: "the reference runtime does not have \(missing.sorted().joined(separator: ", "))")
        }
        return "\(glue.imports.count) imports, each in the host ABI with its signature; the exports that the glue needs"
    }

    /// The glue suspends exactly what the table says and nothing else, and enters exactly the entries on stacks of their own.
    private func glue() throws -> String {
        let expected = try generator.generate(for: readModule())
        let source = try text("glue")
        for (key, wanted) in [
            ("suspending", expected.suspending), ("promising", expected.promising), ("imports", expected.imports),
        ] {
            guard let start = source.firstRange(of: "\(key):["),
                let end = source[start.upperBound...].firstIndex(of: "]")
            else { throw Problem(text: "the glue does not say its \(key)") }
            let found = source[start.upperBound..<end].split(separator: ",").map {
                String($0.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst().dropLast())
            }
            guard found == wanted else {
                let difference = Set(found).symmetricDifference(wanted).sorted().joined(separator: ", ")
                throw Problem(
                    text: "\(key): the glue and the host ABI differ in \(difference.isEmpty ? "order" : difference)")
            }
        }
        return
            "suspends \(expected.suspending.joined(separator: ", ")); enters \(expected.promising.joined(separator: ", "))"
    }

    private func pages() throws -> String {
        var complaints: [String] = []
        let integrities = Dictionary(
            site.files.map { (site.base + $0.path, $0.integrity) }, uniquingKeysWith: { first, _ in first })
        let pages = site.files.filter { $0.role == "page" }
        for page in pages {
            let html = String(decoding: try bytes(page.path), as: UTF8.self)
            complaints += PageRules.complaints(html, base: site.base, integrities: integrities).map {
                "\(page.path): \($0)"
            }
        }
        if pages.isEmpty { complaints.append("there is no page") }
        try Problem.unless(complaints)
        return "\(pages.count) pages: policy, integrity, no inline script, addresses below \(site.base)"
    }

    private func headers() throws -> String {
        let text = String(decoding: try bytes("_headers"), as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.contains("Content-Security-Policy:") }) else {
            throw Problem(text: "_headers has no Content-Security-Policy")
        }
        try Problem.unless(PageRules.complaints(policy: String(line.drop { $0 != ":" }.dropFirst())))
        guard text.contains("\n\(site.base)assets/*") else {
            throw Problem(text: "_headers has no rules for \(site.base)assets/*")
        }
        return "_headers has the policy, and rules for \(site.base)assets/*"
    }

    private func serviceWorker() throws -> String {
        let path = "sw.js"
        guard FileManager.default.fileExists(atPath: site.root.appending(path: path).path) else {
            return "none; the site does without"
        }
        guard site.files.contains(where: { $0.path == path }) else {
            throw Problem(text: "sw.js is not in the manifest")
        }
        let source = String(decoding: try bytes(path), as: UTF8.self)
        if source.contains("eval(") || source.contains("new Function") { throw Problem(text: "sw.js evaluates text") }
        return "sw.js lies at the root of the site"
    }
}
