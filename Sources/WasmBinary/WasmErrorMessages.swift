/// All messages of the reader.
extension WasmError.Kind {
    static let unexpectedEnd = Self("unexpected end: the bytes stop in the middle of something")
    static let integerTooLong = Self("integer representation too long")
    static let integerTooLarge = Self("integer too large")
    static let malformedUTF8 = Self("malformed UTF-8 encoding in a name")
    static let badMagic = Self("magic header not detected: this is not a WebAssembly file")
    static let sectionSizeMismatch = Self("section size mismatch: the contents are shorter than the section says")
    static let sectionTooShort = Self("section size mismatch: the contents are longer than the section says")
    static let malformedMutability = Self("malformed mutability: neither 0 nor 1")
    static let malformedMemoryArgument = Self("malformed memop flags")
    static let functionAndCodeCounts = Self("function and code section have inconsistent lengths")
    static let dataCounts = Self("data count and data section have inconsistent lengths")
    static let dataCountRequired = Self("data count section required by memory.init or data.drop")
    static let tooManyLocals = Self("too many locals")
    static let endExpected = Self("END opcode expected: the function's code goes on past its end")
    static let bodyUnfinished = Self("unexpected end of section or function: a block is not closed")
    static let elseWithoutIf = Self("`else` outside of an `if`")
    static let catchWithoutTry = Self("`catch`, `catch_all` or `delegate` outside of a `try`")
    static let zeroByteExpected = Self("zero byte expected")
    static let malformedTag = Self("malformed tag attribute: not zero")
    static let expressionTooLong = Self("constant expression is too long")

    static func unknownVersion(_ version: UInt32) -> Self {
        version & 0xFFFF_0000 == 0x0001_0000
            ? Self(
                "unknown binary version: this is a component, not a module", unsupportedFeature: "component model")
            : Self("unknown binary version \(version)")
    }

    static func malformedSection(_ identifier: UInt8) -> Self {
        Self("malformed section id \(identifier)")
    }

    static func sectionOrder(_ name: String) -> Self {
        Self("unexpected content after last section: the \(name) section comes twice or too late")
    }

    static func lengthOutOfBounds(_ length: UInt32) -> Self {
        Self("length out of bounds: \(length) bytes do not fit into what is left")
    }

    static func countOutOfBounds(_ count: UInt32, of what: String) -> Self {
        Self("length out of bounds: \(count) \(what) do not fit into what is left (unexpected end)")
    }

    static func malformedImportKind(_ kind: UInt8) -> Self {
        Self("malformed import kind 0x\(String(kind, radix: 16))")
    }

    static func malformedExportKind(_ kind: UInt8) -> Self {
        Self("malformed export kind 0x\(String(kind, radix: 16))")
    }

    static func malformedLimits(_ flags: UInt8) -> Self {
        Self("malformed limits flags 0x\(String(flags, radix: 16)) (or integer too large)")
    }

    static func malformedValueType(_ code: UInt8) -> Self {
        Self("malformed value type 0x\(String(code, radix: 16))")
    }

    static func malformedReferenceType(_ code: UInt8) -> Self {
        Self("malformed reference type 0x\(String(code, radix: 16))")
    }

    static func malformedHeapType(_ code: Int64) -> Self {
        Self("malformed heap type \(code)")
    }

    static func malformedBlockType(_ code: Int64) -> Self {
        Self("malformed block type \(code)")
    }

    static func malformedTypeForm(_ code: UInt8) -> Self {
        Self("malformed type form 0x\(String(code, radix: 16))")
    }

    static func malformedSegmentFlags(_ what: String, _ flags: UInt32) -> Self {
        Self("malformed \(what) segment kind \(flags)")
    }

    static func malformedElementKind(_ kind: UInt8) -> Self {
        Self("malformed element kind 0x\(String(kind, radix: 16))")
    }

    static func malformedCatch(_ kind: UInt8) -> Self {
        Self("malformed catch clause kind 0x\(String(kind, radix: 16))")
    }

    static func malformedCastFlags(_ flags: UInt8) -> Self {
        Self("malformed br_on_cast flags 0x\(String(flags, radix: 16))")
    }

    static func illegalOpcode(_ opcode: UInt8) -> Self {
        Self("illegal opcode \(String(opcode, radix: 16))")
    }

    static func illegalOpcode(prefix: UInt8, _ opcode: UInt32) -> Self {
        Self("illegal opcode \(String(prefix, radix: 16)) \(String(opcode, radix: 16))")
    }

    static func unsupported(_ feature: String) -> Self {
        Self("unsupported feature: \(feature)", unsupportedFeature: feature)
    }
}
