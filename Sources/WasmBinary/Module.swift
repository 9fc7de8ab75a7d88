/// A module, section by section: what `Module.read` makes of bytes and `write` makes bytes of.
///
/// Code and data are slices of what was read. Indices are the module's own: imports of a kind come first, then what the
/// module defines itself.
public struct Module: Sendable, Equatable {
    /// All types, in order, whatever group they are in.
    public var types: [DefinedType] = []
    /// Which types are in an explicit recursion group, as ranges of `types` in ascending order.
    public var recursionGroups: [Range<Int>] = []
    /// What the module imports.
    public var imports: [Import] = []
    /// The type index of each function that the module defines; as many as there are bodies in `code`.
    public var functions: [UInt32] = []
    /// The tables that the module defines.
    public var tables: [Table] = []
    /// The memories that the module defines.
    public var memories: [MemoryType] = []
    /// The type index of each tag that the module defines.
    public var tags: [UInt32] = []
    /// The globals that the module defines.
    public var globals: [Global] = []
    /// What the module exports.
    public var exports: [Export] = []
    /// The function that runs when the module is instantiated.
    public var start: UInt32?
    /// The element segments.
    public var elements: [ElementSegment] = []
    /// The number of data segments as the data count section says it, if the module has that section.
    public var dataCount: UInt32?
    /// The bodies of the functions that the module defines.
    public var code: [FunctionBody] = []
    /// The data segments.
    public var data: [DataSegment] = []
    /// All custom sections, understood or not.
    public var customSections: [CustomSection] = []
    /// Sections that are there although they contain nothing; kept so that what is read can be written again.
    public var emptySections: [SectionIdentifier] = []

    /// An empty module.
    public init() {}

    /// How strictly code is looked at while a module is read.
    public enum CodeCheck: Sendable {
        /// Every instruction is decoded once, so that later decoding can't fail and blocks are known to nest.
        case full
        /// Bodies are taken as they are; whoever decodes them later finds what is wrong.
        case deferred
    }

    /// Reads a module. Everything that the binary format demands is checked (what the specification calls *malformed*);
    /// what validation demands (types of operands, ranges of indices) is not.
    /// - Throws: what is wrong, with its offset. Memory use is bounded by a small multiple of the size of the bytes.
    public static func read(_ bytes: Bytes, code: CodeCheck = .full) throws(WasmError) -> Module {
        var reader = ModuleReader(code)
        try reader.read(bytes)
        return reader.module
    }

    /// The module in the binary format. Numbers take their shortest form; sections without contents are left out unless
    /// `emptySections` lists them.
    public func write() -> Bytes {
        var writer = ModuleWriter()
        writer.write(self)
        return writer.finish()
    }

    /// The same, with function bodies that are encoded already: bytes that each hold some bodies, every body with its size
    /// before it. `code` must be empty.
    public func write(encodedBodies: [Bytes]) -> Bytes {
        precondition(code.isEmpty, "the bodies are given twice")
        var writer = ModuleWriter(encodedBodies: encodedBodies)
        writer.write(self)
        return writer.finish()
    }
}

extension Module {
    /// The type indices of imported functions, in order.
    public var importedFunctions: [UInt32] {
        imports.compactMap { if case .function(let type) = $0.type { type } else { nil } }
    }

    /// The function type of a function, imported or not; nil when the index or the type is out of range.
    public func functionType(ofFunction index: UInt32) -> FunctionType? {
        let imported = importedFunctions
        let type: UInt32
        if Int(index) < imported.count {
            type = imported[Int(index)]
        } else {
            guard Int(index) - imported.count < functions.count else { return nil }
            type = functions[Int(index) - imported.count]
        }
        return functionType(type)
    }

    /// The function type at a type index; nil when there is none.
    public func functionType(_ index: UInt32) -> FunctionType? {
        Int(index) < types.count ? types[Int(index)].function : nil
    }
}

/// The sections of a module, by the number that stands before each.
public enum SectionIdentifier: UInt8, Sendable, CaseIterable {
    /// Custom sections.
    case custom = 0
    /// Types.
    case type = 1
    /// Imports.
    case `import` = 2
    /// Functions.
    case function = 3
    /// Tables.
    case table = 4
    /// Memories.
    case memory = 5
    /// Globals.
    case global = 6
    /// Exports.
    case export = 7
    /// The start function.
    case start = 8
    /// Element segments.
    case element = 9
    /// Code.
    case code = 10
    /// Data segments.
    case data = 11
    /// The number of data segments.
    case dataCount = 12
    /// Exception tags.
    case tag = 13

    /// The place of the section in a module; sections come in this order, custom ones anywhere.
    var rank: Int {
        switch self {
        case .custom: 0
        case .type: 1
        case .import: 2
        case .function: 3
        case .table: 4
        case .memory: 5
        case .tag: 6
        case .global: 7
        case .export: 8
        case .start: 9
        case .element: 10
        case .dataCount: 11
        case .code: 12
        case .data: 13
        }
    }
}
