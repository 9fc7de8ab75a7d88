import WasmBinary

/// Who brought what into the output, and what was left out.
public struct LinkMap: Sendable {
    /// A file that was linked.
    public struct File: Sendable {
        /// Its name.
        public var name: String
        /// Where `dlopen` finds it.
        public var path: String
        /// How many of its functions are in the output, and their size in bytes.
        public var functions = 0
        /// The size of those, in bytes.
        public var codeSize = 0
        /// How many of its functions nothing reaches.
        public var droppedFunctions = 0
        /// Their size in the input, in bytes.
        public var droppedSize = 0
        /// The size of its initialised data, in bytes.
        public var dataSize = 0
        /// Where its memory starts.
        public var memoryBase: UInt32 = 0
        /// How much memory it has, in bytes; 0 for the main module.
        public var memorySize: UInt32 = 0
        /// Where its table elements start.
        public var tableBase: UInt32 = 0
        /// How many table elements it has; 0 for the main module.
        public var tableSize: UInt32 = 0
    }

    /// A function of the output.
    public struct Function: Sendable {
        /// Its index in the output.
        public var index: UInt32
        /// Its name, if it has one.
        public var name: String?
        /// The file that it is from, as an index of `files`; nil for functions that the linker made.
        public var file: Int?
        /// Its size in bytes.
        public var size: Int
    }

    /// A function that nothing reaches.
    public struct Dropped: Sendable {
        /// Its name, if it has one.
        public var name: String?
        /// The file that it is from, as an index of `files`.
        public var file: Int
        /// Its size in the input, in bytes.
        public var size: Int
    }

    /// A symbol that a file defines itself, but takes from a file that was loaded before, as a dynamic loader would.
    public struct Duplicate: Hashable, Sendable {
        /// The symbol.
        public var symbol: String
        /// The name of the file whose definition is used.
        public var used: String
        /// The name of the file whose definition is not.
        public var ignored: String
    }

    /// A section of the output.
    public struct Section: Sendable {
        /// Its name; that of custom sections is what they are called.
        public var name: String
        /// Its size in bytes, with its header.
        public var size: Int
    }

    /// The files, in load order; the main module first.
    public var files: [File] = []
    /// The functions of the output, in order, without imports.
    public var functions: [Function] = []
    /// The functions that were left out.
    public var dropped: [Dropped] = []
    /// Symbols with several definitions, sorted by file and name.
    public var duplicates: [Duplicate] = []
    /// The sections of the output, in order.
    public var sections: [Section] = []
    /// The size of the table of linked libraries, in bytes.
    public var libraryTableSize = 0
    /// The size of the output, in bytes.
    public var outputSize = 0
    /// Where the heap starts; 0 when the main module does not say.
    public var heapBase: UInt32 = 0
    /// The number of table slots.
    public var tableSize: UInt32 = 0

    init(_ link: Link, _ numbering: Numbering, sizes: [Int], output: Bytes) {
        outputSize = output.count
        sections = Self.sections(of: output)
        duplicates = link.duplicates.sorted { ($0.ignored, $0.symbol, $0.used) < ($1.ignored, $1.symbol, $1.used) }
        heapBase = link.layout.heapBase
        tableSize = link.layout.tableSize
        libraryTableSize = link.libraries.isEmpty ? 0 : link.libraryTable.size
        for file in link.files {
            files.append(
                File(
                    name: file.name, path: file.path,
                    dataSize: file.image.segments().reduce(0) { $0 + $1.bytes.count },
                    memoryBase: file.memoryBase, memorySize: file.isMain ? 0 : file.dylink.memorySize,
                    tableBase: file.tableBase, tableSize: file.isMain ? 0 : file.dylink.tableSize))
        }
        for (offset, id) in numbering.functions.dropFirst(numbering.importCount).enumerated() {
            let index = UInt32(numbering.importCount + offset)
            switch link.functions[id] {
            case .file(let file, let body):
                files[file].functions += 1
                files[file].codeSize += sizes[offset]
                let name = link.files[file].functionNames[body + link.files[file].importedFunctions.count]
                functions.append(Function(index: index, name: name, file: file, size: sizes[offset]))
            case .synthetic(let synthetic):
                functions.append(Function(index: index, name: synthetic.name, size: sizes[offset]))
            case .host: break
            }
        }
        for index in 0..<link.functions.count where !link.live.contains(FunctionID(index: index)) {
            guard case .file(let file, let body) = link.functions[FunctionID(index: index)] else { continue }
            let size = link.files[file].module.code[body].instructions.count
            let name = link.files[file].functionNames[body + link.files[file].importedFunctions.count]
            dropped.append(Dropped(name: name, file: file, size: size))
            files[file].droppedFunctions += 1
            files[file].droppedSize += size
        }
    }

    private static func sections(of output: Bytes) -> [Section] {
        var sections: [Section] = []
        var cursor = ByteCursor(output)
        cursor.offset += 8
        while !cursor.isAtEnd {
            let start = cursor.offset
            guard let number = try? cursor.byte(), let identifier = SectionIdentifier(rawValue: number),
                let contents = try? cursor.lengthPrefixed()
            else { break }
            var inside = ByteCursor(contents)
            let name = identifier == .custom ? (try? inside.name()) ?? "" : "\(identifier)"
            sections.append(Section(name: name, size: cursor.offset - start))
        }
        return sections
    }

    /// The map as text, for people: files first, then the functions of the output by size, then what was left out.
    public func text() -> String {
        var lines = [
            "output: \(outputSize) bytes, \(functions.count) functions, \(tableSize) table slots, heap from \(heapBase)",
            "",
        ]
        lines.append("      code  functions       data   dropped      memory       table  file")
        for file in files {
            lines.append(
                [
                    pad(file.codeSize, 10), pad(file.functions, 10), pad(file.dataSize, 10), pad(file.droppedSize, 9),
                    pad(Int(file.memoryBase), 11), pad(Int(file.tableBase), 11), " " + file.name,
                ].joined(separator: " "))
        }
        lines += ["", "      size  section"]
        for section in sections { lines.append("\(pad(section.size, 10))  \(section.name)") }
        if !duplicates.isEmpty { lines += ["", "symbols with several definitions: used, not used"] }
        for item in duplicates { lines.append("  \(item.symbol): \(item.used), \(item.ignored)") }
        lines += ["", "     index       size  function"]
        for function in functions.sorted(by: { ($1.size, $0.index) < ($0.size, $1.index) }) {
            lines.append(
                "\(pad(Int(function.index), 10)) \(pad(function.size, 10))  \(label(function.name, function.file))")
        }
        lines += ["", "dropped: nothing that is kept calls it or takes its address", "      size  function"]
        for function in dropped { lines.append("\(pad(function.size, 10))  \(label(function.name, function.file))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func label(_ name: String?, _ file: Int?) -> String {
        "\(name ?? "(no name)")  [\(file.map { files[$0].name } ?? "linker")]"
    }

    private func pad(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
