import Support
import Templates
import WasmBinary

/// The JavaScript that goes with one linked module.
public struct Glue: Sendable, Equatable {
    /// An ES module that exports `boot`; see Templates/glue/glue.d.ts.
    public var source: String
    /// The module's imports as `module.name`, in its order.
    public var imports: [String]
    /// Those of them that park the calling context.
    public var suspending: [String]
    /// The exports that the glue starts on stacks of their own.
    public var promising: [String]
}

/// Makes the glue for a linked module: checks what the module imports against the host ABI, and joins the files of
/// `Templates/glue` and `Templates/kernel` into one, with what was found put in at the mark in `glue/manifest.mjs`.
///
///     let glue = try GlueGenerator().generate(for: module)
public struct GlueGenerator: Sendable {
    private let abi: HostABI
    private let modules: [String: String]

    /// The exports that run on stacks of their own.
    static let promising = ["frond_start", "frond_context_entry"]

    /// A generator with the templates of this executable.
    public init() throws {
        try self.init(templates: try Templates.find())
    }

    /// A generator with other templates.
    public init(templates: Templates) throws {
        abi = try HostABI(templates: templates)
        var modules: [String: String] = [:]
        for folder in ["glue", "kernel"] {
            for name in try templates.names(in: folder) where name.hasSuffix(".mjs") && name != "run.mjs" {
                modules["\(folder)/\(name)"] = try templates.text("\(folder)/\(name)")
            }
        }
        self.modules = modules
    }

    /// The glue for a module.
    /// - Parameters:
    ///   - keepsFiles: whether the page may open files that outlive the program; without it, only `boot` is exported.
    ///   - isReadable: keeps comments, indentation and names, for looking into it.
    /// - Throws: `Diagnostics` with everything in which module and host differ, or a `Diagnostic` about a template.
    public func generate(for module: Module, keepsFiles: Bool = true, isReadable: Bool = false) throws -> Glue {
        let problems = ImportCheck(module: module, abi: abi).problems()
        if !problems.isEmpty { throw Diagnostics(problems) }
        let imports = module.imports.map { "\($0.module).\($0.name)" }
        let suspends = Set(abi.imports.filter(\.suspends).map(\.fullName))
        let suspending = imports.filter(suspends.contains)
        let manifest = "{suspending:\(list(suspending)),promising:\(list(Self.promising)),imports:\(list(imports))}"
        let source = try ModuleBundler.bundle(
            entry: "glue/boot.mjs", modules: modules, exports: keepsFiles ? nil : ["boot"],
            replacing: ["manifest": manifest], isReadable: isReadable)
        return Glue(source: source, imports: imports, suspending: suspending, promising: Self.promising)
    }

    /// A JavaScript list of strings. Names of imports are any UTF-8; what could end a string or a script is escaped.
    private func list(_ names: [String]) -> String {
        let quoted = names.map { name in
            let escaped = name.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "$", "-": String(scalar)
                default: "\\u{\(String(scalar.value, radix: 16))}"
                }
            }
            return "'\(escaped.joined())'"
        }
        return "[\(quoted.joined(separator: ","))]"
    }
}
