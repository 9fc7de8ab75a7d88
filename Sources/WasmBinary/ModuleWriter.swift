/// Writes a module: the mirror of `ModuleReader`. Each section is written in the file that bears its name; sections
/// without contents are left out unless the module says that they were there.
struct ModuleWriter: ~Copyable {
    private var output: ByteWriter
    /// Function bodies that are encoded already, if they are.
    private let encodedBodies: [Bytes]

    init(encodedBodies: [Bytes] = []) {
        self.encodedBodies = encodedBodies
        output = ByteWriter(capacity: encodedBodies.reduce(1 << 16) { $0 + $1.count + $1.count / 4 })
    }

    mutating func write(_ module: Module) {
        output.fixed32(0x6D73_6100)
        output.fixed32(1)
        var custom = module.customSections[...]
        let order = SectionIdentifier.allCases.sorted { $0.rank < $1.rank }
        for identifier in order {
            if module.emptySections.contains(identifier) {
                section(identifier) { $0.u32(0) }
            } else {
                write(identifier, of: module)
            }
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

    /// Writes the code section without a copy of it in between.
    private mutating func writeCode(_ bodies: [Bytes], count: Int) {
        var head = ByteWriter()
        head.u32(UInt32(count))
        output.byte(SectionIdentifier.code.rawValue)
        output.u32(UInt32(bodies.reduce(head.count) { $0 + $1.count }))
        output.append(head)
        for chunk in bodies { output.append(chunk) }
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
        case .code:
            if encodedBodies.isEmpty {
                writeCode(module)
            } else {
                writeCode(encodedBodies, count: module.functions.count)
            }
        case .data: writeData(module)
        }
    }
}
