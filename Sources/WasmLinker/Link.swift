import WasmBinary

/// Links dynamic-linking modules into one ordinary module, ahead of time.
///
///     main module  ─┐                        ┌─▶ one module: no dynamic loader, every address a constant
///     library a.so ─┼─ resolve, lay out, mark ┤
///     library b.so ─┘                        └─▶ table of linked libraries, map, warnings
///
/// The steps are lld's, one file each: `InputFile` and `TypeTable` (read), `SymbolTable` (who means what), `Layout`
/// (addresses and table slots), `Relocation` (what start-up code would store, stored now), `SyntheticSections` (the table
/// that `dlopen` answers from), `MarkLive` (what can be reached), `LargeFunctions` (thunks), `FunctionRewriter` and
/// `OutputWriter`, `MapFile`.
/// `docs/linker.md` tells the story.
public enum WasmLinker {
    /// Links.
    /// - Parameters:
    ///   - main: the main module: it defines the memory and the table.
    ///   - libraries: the libraries, in the order in which a dynamic loader would load them; those that others need are
    ///     moved before the ones that need them.
    ///   - options: what to keep, and what the host offers.
    /// - Returns: the module, the same bytes for the same inputs.
    /// - Throws: what is wrong with which file, at which offset.
    public static func link(
        main: LinkInput, libraries: [LinkInput] = [], options: LinkOptions = LinkOptions()
    ) throws(LinkError) -> LinkedModule {
        let files = try InputFile.read(main: main, libraries: libraries)
        let link = Link(files: files, options: options)
        try link.run()
        return try OutputWriter(link).write()
    }
}

/// The state of one run of the linker, and the order of its steps.
final class Link {
    /// The main module first, then the libraries in load order.
    let files: [InputFile]
    let options: LinkOptions
    /// All functions of all files, and the ones that the linker makes.
    var functions = FunctionTable()
    var types = TypeTable()
    var globals: [LinkedGlobal] = []
    var tags: [LinkedTag] = []
    var layout = Layout()
    var exports: [LinkedExport] = []
    /// The globals among the exports.
    var exportedGlobals: Set<Int> = []
    var libraryTable = LibraryTable()
    var live = LiveSet()
    var largeFunctions = LargeFunctions()
    var warnings = WarningList()
    /// Passive data segments of all files.
    var passiveData: [Bytes] = []
    /// Functions that must run when the program starts, before or after the main module's constructors.
    var startUp: [FunctionID] = []
    /// What replaces the main module's `__wasm_call_ctors`, if anything must run at start-up.
    var callConstructors: FunctionID?
    /// The constructor of each library, by its ordinal.
    var constructors: [Int: FunctionID?] = [:]
    /// Words of memory that the link changes.
    var patches: [(address: UInt32, bytes: Bytes)] = []
    /// Symbols that a file defines itself and takes from elsewhere.
    var duplicates: Set<LinkMap.Duplicate> = []
    /// Who uses the functions that nothing defines.
    var undefinedUses: [FunctionID: [UndefinedUse]] = [:]
    /// Tags that several files import and none defines.
    var sharedTags: [String: UInt32] = [:]
    /// What the host offers: types as indices of the type table.
    var hostTypes: [HostName: UInt32] = [:]

    init(files: [InputFile], options: LinkOptions) {
        self.files = files
        self.options = options
    }

    var main: InputFile { files[0] }
    var libraries: ArraySlice<InputFile> { files.dropFirst() }

    private func collectHostFunctions() throws(LinkError) {
        if let offered = options.hostFunctions {
            for item in offered {
                hostTypes[HostName(module: item.module, name: item.name)] = types.index(of: item.type)
            }
            return
        }
        for item in main.importedFunctions {
            guard Int(item.type) < main.types.count else { throw .badIndex("type", item.type, in: main.name) }
            hostTypes[HostName(module: item.symbol.module, name: item.symbol.name)] = main.types[Int(item.type)]
        }
    }

    func run() throws(LinkError) {
        for file in files { try types.merge(file) }
        try collectHostFunctions()
        try assignAddresses()
        try resolveSymbols()
        try fillTable()
        try relocate()
        try synthesize()
        try chooseExports()
        try markLive()
        try addThunks()
    }
}
