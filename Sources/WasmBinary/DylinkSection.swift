/// The `dylink.0` custom section: what a dynamic loader must know of a module.
///
/// Source: the tool-conventions document "WebAssembly dynamic linking"
/// (`WebAssembly/tool-conventions`, `DynamicLinking.md`).
public struct DylinkSection: Equatable, Sendable {
    /// A symbol and its flags.
    public struct Symbol: Equatable, Sendable {
        /// The module that it is imported from (imports only).
        public var module: String?
        /// Its name.
        public var name: String
        /// `WASM_SYMBOL_*` flags.
        public var flags: UInt32

        /// A symbol.
        public init(module: String? = nil, name: String, flags: UInt32) {
            self.module = module
            self.name = name
            self.flags = flags
        }

        /// Another definition may take its place; as an import, it may be missing.
        public var isWeak: Bool { flags & 0x03 == 0x01 }
        /// It lies in thread-local storage: its value is an offset in there.
        public var isThreadLocal: Bool { flags & 0x100 != 0 }
    }

    /// How much memory the module's data needs, in bytes.
    public var memorySize: UInt32 = 0
    /// The alignment of that memory, as an exponent of two.
    public var memoryAlignment: UInt32 = 0
    /// How many table elements it needs.
    public var tableSize: UInt32 = 0
    /// The alignment of those, as an exponent of two.
    public var tableAlignment: UInt32 = 0
    /// Names of the libraries that must be loaded before.
    public var needed: [String] = []
    /// Exports with flags.
    public var exports: [Symbol] = []
    /// Imports with flags.
    public var imports: [Symbol] = []
    /// Where to look for the libraries.
    public var runtimePath: [String] = []

    /// An empty section.
    public init() {}

    /// Reads the contents of a `dylink.0` section; subsections of other kinds are skipped.
    public init(reading contents: Bytes) throws(WasmError) {
        var cursor = ByteCursor(contents)
        while !cursor.isAtEnd {
            let kind = try cursor.byte()
            var part = ByteCursor(try cursor.lengthPrefixed())
            switch kind {
            case 1:
                memorySize = try part.u32()
                memoryAlignment = try part.u32()
                tableSize = try part.u32()
                tableAlignment = try part.u32()
            case 2: needed = try part.names()
            case 3:
                for _ in 0..<(try part.count(of: "exports", minimumSize: 2)) {
                    let name = try part.name()
                    exports.append(Symbol(name: name, flags: try part.u32()))
                }
            case 4:
                for _ in 0..<(try part.count(of: "imports", minimumSize: 3)) {
                    let module = try part.name()
                    let name = try part.name()
                    imports.append(Symbol(module: module, name: name, flags: try part.u32()))
                }
            case 5: runtimePath = try part.names()
            default: continue
            }
            guard part.isAtEnd else { throw part.error(.sectionSizeMismatch) }
        }
    }

    /// The contents of a `dylink.0` section that says the same.
    public func write() -> Bytes {
        var output = ByteWriter()
        output.subsection(1) { part in
            part.u32(memorySize)
            part.u32(memoryAlignment)
            part.u32(tableSize)
            part.u32(tableAlignment)
        }
        if !needed.isEmpty { output.subsection(2) { $0.names(needed) } }
        if !exports.isEmpty {
            output.subsection(3) { part in
                part.u32(UInt32(exports.count))
                for symbol in exports {
                    part.name(symbol.name)
                    part.u32(symbol.flags)
                }
            }
        }
        if !imports.isEmpty {
            output.subsection(4) { part in
                part.u32(UInt32(imports.count))
                for symbol in imports {
                    part.name(symbol.module ?? "env")
                    part.name(symbol.name)
                    part.u32(symbol.flags)
                }
            }
        }
        if !runtimePath.isEmpty { output.subsection(5) { $0.names(runtimePath) } }
        return output.finish()
    }
}

extension ByteCursor {
    fileprivate mutating func names() throws(WasmError) -> [String] {
        let count = try count(of: "names")
        var names: [String] = []
        names.reserveCapacity(count)
        for _ in 0..<count { names.append(try name()) }
        return names
    }
}

extension ByteWriter {
    fileprivate mutating func names(_ names: [String]) {
        u32(UInt32(names.count))
        for name in names { self.name(name) }
    }
}
