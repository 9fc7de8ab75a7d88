/// Writes a module: the mirror of `ModuleReader`. Each section is written in the file that bears its name; sections
/// without contents are left out.
struct ModuleWriter: ~Copyable {
    private var output = ByteWriter(capacity: 1 << 16)

    mutating func write(_ module: Module) {
        output.fixed32(0x6D73_6100)
        output.fixed32(1)
        var custom = module.customSections[...]
        let order = SectionIdentifier.allCases.sorted { $0.rank < $1.rank }
        for identifier in order {
            write(identifier, of: module)
            while let section = custom.first, section.after.rank <= identifier.rank {
                self.section(.custom) { output in
                    output.name(section.name)
                    output.append(section.contents)
                }
                custom = custom.dropFirst()
            }
        }
    }

    consuming func finish() -> Bytes {
        output.finish()
    }

    /// Writes a section: number, length, contents.
    mutating func section(_ identifier: SectionIdentifier, _ write: (inout ByteWriter) -> Void) {
        var contents = ByteWriter()
        write(&contents)
        output.byte(identifier.rawValue)
        output.lengthPrefixed(contents)
    }

    private mutating func write(_ identifier: SectionIdentifier, of module: Module) {
        switch identifier {
        case .custom: break
        case .type: writeTypes(module)
        case .import: writeImports(module)
        case .function: writeFunctions(module)
        case .table: writeTables(module)
        case .memory: writeMemories(module)
        case .tag: writeTags(module)
        case .global: writeGlobals(module)
        case .export: writeExports(module)
        case .start: if let start = module.start { section(.start) { $0.u32(start) } }
        case .element: writeElements(module)
        case .dataCount: if let count = module.dataCount { section(.dataCount) { $0.u32(count) } }
        case .code: writeCode(module)
        case .data: writeData(module)
        }
    }
}
