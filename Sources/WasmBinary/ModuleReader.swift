/// Reads a module: the header, then section after section in the order that the format prescribes. What is inside each
/// section is read in the file that bears its name.
struct ModuleReader {
    var module = Module()
    let codeCheck: Module.CodeCheck
    /// Where the first `memory.init` or `data.drop` was seen: those demand a data count section.
    var firstUseOfDataCount: Int?

    init(_ codeCheck: Module.CodeCheck) {
        self.codeCheck = codeCheck
    }

    mutating func read(_ bytes: Bytes) throws(WasmError) {
        var cursor = ByteCursor(bytes)
        try readHeader(&cursor)
        var last = SectionIdentifier.custom
        while !cursor.isAtEnd {
            let start = cursor.offset
            let number = try cursor.byte()
            guard let identifier = SectionIdentifier(rawValue: number) else {
                throw WasmError(.malformedSection(number), at: start)
            }
            var section = ByteCursor(try cursor.lengthPrefixed())
            if identifier == .custom {
                let custom = CustomSection(name: try section.name(), contents: section.takeRest(), after: last)
                module.customSections.append(custom)
                continue
            }
            guard identifier.rank > last.rank else {
                throw WasmError(.sectionOrder("\(identifier)"), at: start)
            }
            last = identifier
            if section.remaining == 1, try section.peek() == 0, identifier != .start, identifier != .dataCount {
                module.emptySections.append(identifier)
            }
            try read(identifier, &section)
            guard section.isAtEnd else { throw section.error(.sectionSizeMismatch) }
        }
        guard module.functions.count == module.code.count else {
            throw WasmError(.functionAndCodeCounts, at: bytes.endIndex)
        }
        if let count = module.dataCount, Int(count) != module.data.count {
            throw WasmError(.dataCounts, at: bytes.endIndex)
        }
        if module.dataCount == nil, let offset = firstUseOfDataCount {
            throw WasmError(.dataCountRequired, at: offset)
        }
    }

    private func readHeader(_ cursor: inout ByteCursor) throws(WasmError) {
        let start = cursor.offset
        guard cursor.remaining >= 4, try cursor.fixed32() == 0x6D73_6100 else { throw WasmError(.badMagic, at: start) }
        let version = try cursor.fixed32()
        guard version == 1 else { throw WasmError(.unknownVersion(version), at: start + 4) }
    }

    private mutating func read(_ identifier: SectionIdentifier, _ cursor: inout ByteCursor) throws(WasmError) {
        switch identifier {
        case .custom: break
        case .type: try readTypes(&cursor)
        case .import: try readImports(&cursor)
        case .function: try readFunctions(&cursor)
        case .table: try readTables(&cursor)
        case .memory: try readMemories(&cursor)
        case .tag: try readTags(&cursor)
        case .global: try readGlobals(&cursor)
        case .export: try readExports(&cursor)
        case .start: module.start = try cursor.u32()
        case .element: try readElements(&cursor)
        case .dataCount: module.dataCount = try cursor.u32()
        case .code: try readCode(&cursor)
        case .data: try readData(&cursor)
        }
    }
}
