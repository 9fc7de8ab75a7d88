import WasmBinary

/// A file that goes into the link.
public struct LinkInput: Sendable {
    /// Where `dlopen` will look for a library, e.g. `/usr/lib/python3.14/site-packages/greenlet/_greenlet.so`; the
    /// main module has none.
    public var path: String
    /// What messages and the map call the file.
    public var name: String
    /// The module.
    public var bytes: Bytes

    /// An input.
    public init(path: String = "", name: String, bytes: Bytes) {
        self.path = path
        self.name = name
        self.bytes = bytes
    }
}

/// How to link.
public struct LinkOptions: Sendable {
    /// Exports of the main module (or else of a library) to keep besides the ones that every host needs.
    public var keepExports: Set<String> = []
    /// What the host offers. An import that is not there becomes a trap with its name if it comes from `env`, and an error
    /// if it comes from elsewhere. Nil: the host offers whatever the main module imports.
    public var hostFunctions: [HostFunction]?
    /// Whether to keep the names of functions, which make stack traces readable.
    public var keepNames = true
    /// How many threads rewrite code; the output does not depend on it.
    public var threads = 2

    /// The usual way.
    public init() {}

    /// Exports that are always kept when the main module has them; what starts with `frond_` is kept, too.
    public static let hostExports: Set<String> = [
        "memory", "__indirect_function_table", "__wasm_call_ctors", "malloc", "free",
    ]

    func isKept(_ name: String) -> Bool {
        name.hasPrefix("frond_") || Self.hostExports.contains(name) || keepExports.contains(name)
    }
}

/// A function that the host offers.
public struct HostFunction: Hashable, Sendable {
    /// The first name of the import.
    public var module: String
    /// The second name of the import.
    public var name: String
    /// Its type.
    public var type: FunctionType

    /// A host function.
    public init(module: String, name: String, type: FunctionType) {
        self.module = module
        self.name = name
        self.type = type
    }
}

/// What linking makes.
public struct LinkedModule: Sendable {
    /// The module.
    public var bytes: Bytes
    /// What the module imports: functions only.
    public var imports: [HostFunction]
    /// What the module exports.
    public var exports: [Export]
    /// Who brought what, and where it went.
    public var map: LinkMap
    /// What may surprise at run time.
    public var warnings: [LinkWarning]
}
