import Foundation
import GlueGenerator
import Support
import Templates
import WasmBinary
import WasmLinker

extension AppCompiler {
    /// The real compiler: `WasmLinker`, then `GlueGenerator`.
    ///
    /// - Parameter templates: where the glue is made from.
    /// - Throws: `Diagnostic` when the templates can't be read.
    public static func linking(templates: Templates) throws(Diagnostic) -> AppCompiler {
        let abi: HostABI
        let generator: GlueGenerator
        do {
            abi = try HostABI(templates: templates)
            generator = try GlueGenerator(templates: templates)
        } catch {
            throw error as? Diagnostic ?? Diagnostic(.error, "templates-unusable", "\(error)")
        }
        return AppCompiler(identity: try identity(of: templates)) { interpreter, libraries in
            var options = LinkOptions()
            options.hostFunctions = try hostFunctions(of: abi)
            options.threads = ProcessInfo.processInfo.activeProcessorCount
            let linked: LinkedModule
            do throws(LinkError) {
                linked = try WasmLinker.link(
                    main: LinkInput(name: "python.wasm", bytes: Bytes(interpreter)),
                    libraries: libraries.map { LinkInput(path: $0.path, name: $0.name, bytes: Bytes($0.bytes)) },
                    options: options)
            } catch {
                throw diagnostic(for: error)
            }
            let module: Module
            do {
                module = try Module.read(linked.bytes)
            } catch {
                throw Diagnostic(.error, "link-broken", "the linked module can't be read back: \(error)")
            }
            return Output(
                module: Array(linked.bytes),
                glue: Array(try generator.generate(for: module, keepsFiles: false).source.utf8),
                keepingGlue: Array(try generator.generate(for: module, keepsFiles: true).source.utf8),
                map: linked.map.text(),
                warnings: linked.warnings.map { Diagnostic(.warning, "link-\(name(of: $0.kind))", $0.message) })
        }
    }

    /// Changes with this executable (the linker is in it) and with the templates of the glue.
    private static func identity(of templates: Templates) throws(Diagnostic) -> String {
        var parts: [String] = []
        if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath(),
            let attributes = try? FileManager.default.attributesOfItem(atPath: executable.path)
        {
            let changed = attributes[.modificationDate] as? Date ?? .distantPast
            parts.append("\(attributes[.size] ?? 0) \(changed.timeIntervalSinceReferenceDate)")
        }
        do {
            parts.append(Hash.sha256(try templates.bytes("host-abi.json")))
            for folder in ["glue", "kernel"] {
                for name in try templates.names(in: folder) where name.hasSuffix(".mjs") {
                    parts.append("\(name) \(Hash.sha256(try templates.bytes("\(folder)/\(name)")))")
                }
            }
        } catch {
            throw Diagnostic(.error, "templates-unusable", "\(error)")
        }
        return Hash.sha256(parts.joined(separator: "\n"))
    }

    private static func hostFunctions(of abi: HostABI) throws(Diagnostic) -> [HostFunction] {
        var functions: [HostFunction] = []
        for entry in abi.imports where entry.kind == nil {
            functions.append(
                HostFunction(
                    module: entry.module, name: entry.name,
                    type: FunctionType(
                        parameters: try entry.params.map(valueType), results: try entry.results.map(valueType))))
        }
        return functions
    }

    private static func valueType(_ name: String) throws(Diagnostic) -> ValueType {
        switch name {
        case "i32": .i32
        case "i64": .i64
        case "f32": .f32
        case "f64": .f64
        default: throw Diagnostic(.error, "host-abi-unreadable", "the host ABI table has a type \(name)")
        }
    }

    private static func diagnostic(for error: LinkError) -> Diagnostic {
        var hints: [String] = []
        if error.unsupportedFeature != nil {
            hints.append("a wheel built for pyemscripten_2026_0 should link; this one uses more than that ABI has")
        }
        let place =
            error.offset.map { Diagnostic.Location(file: error.file, byteOffset: $0) }
            ?? Diagnostic.Location(file: error.file)
        return .input("link-failed", error.message, at: place, hints: hints)
    }

    private static func name(of kind: LinkWarning.Kind) -> String {
        switch kind {
        case .undefinedFunction: "undefined-function"
        case .signatureMismatch: "signature-mismatch"
        case .javaScriptFunction: "javascript-function"
        case .startUpCode: "start-up-code"
        }
    }
}

extension AppAssembler {
    /// Makes an assembler with the linker and the templates of this executable.
    public init(
        kit: KitFiles, cache: CacheDirectory, runner: @escaping HeadlessRunner
    ) throws(Diagnostic) {
        let templates = try SiteTemplates.find()
        self.init(kit: kit, compiler: try .linking(templates: templates), cache: cache, runner: runner)
    }
}

extension SiteBuilder {
    /// Makes a builder with the linker and the templates of this executable.
    public init(kit: KitFiles, runner: @escaping HeadlessRunner) throws(Diagnostic) {
        let templates = try SiteTemplates.find()
        self.init(
            kit: kit, compiler: try .linking(templates: templates), templates: try SiteTemplates(templates),
            runner: runner)
    }
}

extension SiteTemplates {
    static func find() throws(Diagnostic) -> Templates {
        do {
            return try Templates.find()
        } catch {
            throw Diagnostic(.error, "templates-missing", "\(error)")
        }
    }
}
