import Support
import WasmBinary

/// Holds what a linked module imports and exports against what the host has.
///
/// Every mismatch is one diagnostic, and all are found at once: whoever adds a system call to a wheel wants the list, not
/// the first line of it.
struct ImportCheck {
    let module: Module
    let abi: HostABI

    /// Exports that the glue calls or reads, and their types; nil for globals.
    static let neededExports: [(name: String, type: FunctionType?)] = [
        ("__wasm_call_ctors", FunctionType(parameters: [], results: [])),
        ("frond_start", FunctionType(parameters: [], results: [.i32])),
        ("frond_context_entry", FunctionType(parameters: [.i32], results: [.i32])),
        ("frond_next", FunctionType(parameters: [], results: [.i32])),
        ("frond_wait_ms", FunctionType(parameters: [], results: [.f64])),
        ("frond_raise", FunctionType(parameters: [.i32], results: [])),
        ("malloc", FunctionType(parameters: [.i32], results: [.i32])),
        ("free", FunctionType(parameters: [.i32], results: [])),
        ("frond_host_depth", nil),
        ("frond_events_pending", nil),
    ]

    /// Everything that does not fit, in the order of the module.
    func problems() -> [Diagnostic] {
        let known = Dictionary(abi.imports.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [Diagnostic] = []
        var functionIndex: UInt32 = 0
        for item in module.imports {
            let name = "\(item.module).\(item.name)"
            var index: UInt32?
            if case .function = item.type {
                index = functionIndex
                functionIndex += 1
            }
            if let problem = check(item, name, known[name], index) { found.append(problem) }
        }
        return found + exportProblems()
    }

    private func check(_ item: Import, _ name: String, _ entry: HostABI.Entry?, _ index: UInt32?) -> Diagnostic? {
        switch item.type {
        case .function(let typeIndex):
            let type = Int(typeIndex) < module.types.count ? module.types[Int(typeIndex)].function : nil
            guard let entry, entry.kind == nil else {
                return unknown(name, type, importers: index.map { Importers.find(of: $0, in: module) } ?? [])
            }
            guard let type, type.matches(entry) else {
                return Diagnostic(
                    .error, "import-signature",
                    "the module imports \(name) as \(type?.signatureText ?? "something else than a function"),"
                        + " and the host has it as \(entry.signature)",
                    notes: notes(index.map { Importers.find(of: $0, in: module) } ?? []))
            }
            return nil
        case .tag:
            if entry?.kind == "tag" { return nil }
            return Diagnostic(.error, "import-unknown", "the module imports the tag \(name), which no host has")
        case .memory:
            return Diagnostic(
                .error, "import-unknown", "the module imports its memory (\(name)); the glue expects it to export one")
        case .table:
            return Diagnostic(.error, "import-unknown", "the module imports a table (\(name)), which no host has")
        case .global:
            return Diagnostic(.error, "import-unknown", "the module imports a global (\(name)), which no host has")
        }
    }

    private func unknown(_ name: String, _ type: FunctionType?, importers: [String]) -> Diagnostic {
        let near = NearestMatch.of(name, among: abi.imports.map(\.fullName))
        return Diagnostic(
            .error, "import-unknown",
            "the module imports \(name)\(type.map { " " + $0.signatureText } ?? ""), which is not in the host ABI",
            notes: notes(importers),
            hints: (near.map { ["the host has \($0)"] } ?? [])
                + ["docs/host-abi.md lists what a module may import"])
    }

    private func notes(_ importers: [String]) -> [String] {
        if importers.isEmpty { return [] }
        let shown = importers.prefix(5).joined(separator: ", ")
        let more = importers.count > 5 ? " and \(importers.count - 5) more" : ""
        return ["it is wanted by \(shown)\(more)"]
    }

    private func exportProblems() -> [Diagnostic] {
        var found: [Diagnostic] = []
        for (name, type) in Self.neededExports {
            let export = module.exports.first { $0.name == name }
            guard let export else {
                found.append(Diagnostic(.error, "export-missing", "the module does not export \(name)"))
                continue
            }
            guard let type else {
                if case .global = export.kind { continue }
                found.append(Diagnostic(.error, "export-kind", "the module's export \(name) is not a global"))
                continue
            }
            guard case .function = export.kind, let actual = module.functionType(ofFunction: export.index) else {
                found.append(Diagnostic(.error, "export-kind", "the module's export \(name) is not a function"))
                continue
            }
            if actual != type {
                found.append(
                    Diagnostic(
                        .error, "export-kind",
                        "the module's export \(name) is \(actual.signatureText),"
                            + " and the glue calls it as \(type.signatureText)"))
            }
        }
        if !module.exports.contains(where: { $0.name == "memory" && $0.kind == .memory }) {
            found.append(Diagnostic(.error, "export-missing", "the module does not export its memory"))
        }
        return found
    }
}

/// Finds who wants an import.
enum Importers {
    /// The names of the functions that call or take the address of a function, in their order in the module.
    static func find(of target: UInt32, in module: Module) -> [String] {
        let imported = module.importedFunctions.count
        let names = Dictionary(
            module.names.functions.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
        var found: [String] = []
        for (position, body) in module.code.enumerated() {
            var reader = InstructionReader(body.instructions)
            while let instruction = try? reader.next() {
                guard instruction.index == target else { continue }
                switch instruction.opcode {
                case .call, .returnCall, .refFunc: break
                default: continue
                }
                let index = UInt32(imported + position)
                found.append(names[index] ?? "function \(index)")
                break
            }
        }
        return found
    }
}
