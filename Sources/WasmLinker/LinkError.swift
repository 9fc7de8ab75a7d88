import WasmBinary

/// Why files could not be linked.
public struct LinkError: Error, Equatable, Sendable {
    /// The name of the file that is to blame.
    public var file: String
    /// Where in that file, in bytes, if there is one place.
    public var offset: Int?
    /// One line, without file and offset.
    public var message: String
    /// The feature of WebAssembly or of its toolchain that is used and not supported, if that is the reason.
    public var unsupportedFeature: String?

    init(_ message: String, in file: String, at offset: Int? = nil, unsupportedFeature: String? = nil) {
        self.message = message
        self.file = file
        self.offset = offset
        self.unsupportedFeature = unsupportedFeature
    }
}

extension LinkError: CustomStringConvertible {
    /// `file: message (at offset 0x12)`
    public var description: String {
        "\(file): \(message)" + (offset.map { " (at offset 0x\(String($0, radix: 16)))" } ?? "")
    }
}

/// All messages of the linker's errors.
extension LinkError {
    static func unreadable(_ error: WasmError, in file: String) -> LinkError {
        LinkError(
            error.kind.message, in: file, at: error.offset, unsupportedFeature: error.kind.unsupportedFeature)
    }

    static func unsupported(_ feature: String, in file: String, at offset: Int? = nil) -> LinkError {
        LinkError("uses \(feature), which Frond can't link", in: file, at: offset, unsupportedFeature: feature)
    }

    static func notDynamic(_ file: String) -> LinkError {
        LinkError("is not a dynamic library: it has no dylink.0 section", in: file)
    }

    static func badIndex(_ what: String, _ index: UInt32, in file: String, at offset: Int? = nil) -> LinkError {
        LinkError("\(what) \(index) does not exist", in: file, at: offset)
    }

    static func unknownImport(_ module: String, _ name: String, in file: String) -> LinkError {
        LinkError("imports \(module).\(name), which neither the host nor a library offers", in: file)
    }

    static func hostType(_ module: String, _ name: String, wants: FunctionType, has: FunctionType, in file: String)
        -> LinkError
    {
        LinkError("imports \(module).\(name) as \(wants.text), but the host offers it as \(has.text)", in: file)
    }

    static func missingSymbol(_ name: String, why: String, in file: String) -> LinkError {
        LinkError("does not export \(name), \(why)", in: file)
    }

    static func undefinedData(_ name: String, in file: String) -> LinkError {
        LinkError("needs the data symbol \(name), which nothing defines", in: file)
    }

    static func missingLibrary(_ needed: String, in file: String) -> LinkError {
        LinkError("needs the library \(needed), which is not among the files to link", in: file)
    }

    static func duplicatePath(_ path: String, in file: String) -> LinkError {
        LinkError("has the same path as another library: \(path)", in: file)
    }

    static func wrongImport(_ module: String, _ name: String, _ problem: String, in file: String) -> LinkError {
        LinkError("imports \(module).\(name), but \(problem)", in: file)
    }

    static func tooLarge(_ what: String, _ size: UInt64, limit: UInt64, in file: String) -> LinkError {
        LinkError("needs \(size) \(what), which makes more than \(limit) in all", in: file)
    }

    static func notConstant(_ what: String, in file: String) -> LinkError {
        LinkError("\(what) is not a constant that is known when linking", in: file)
    }

    static func outside(_ what: String, in file: String) -> LinkError {
        LinkError("\(what) lies outside of what its dylink.0 section asks for", in: file)
    }

    static func constantImportSet(_ name: String, in file: String, at offset: Int) -> LinkError {
        LinkError("changes the imported address \(name)", in: file, at: offset)
    }

    static func mixedExceptions(_ other: String, in file: String, at offset: Int) -> LinkError {
        LinkError(
            "uses the standard exception handling instructions, but \(other) uses the legacy ones, and one module can't "
                + "have both", in: file, at: offset, unsupportedFeature: "mixed exception handling")
    }

    static func sbrk(_ problem: String, in file: String) -> LinkError {
        LinkError("the heap can't be moved to make room for libraries: \(problem)", in: file)
    }
}

extension FunctionType {
    /// `(i32, i64) -> (f64)`
    var text: String {
        func list(_ types: [ValueType]) -> String { types.map { "\($0)" }.joined(separator: ", ") }
        return "(\(list(parameters))) -> (\(list(results)))"
    }
}
