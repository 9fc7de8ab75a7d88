/// Why a module could not be read: what is wrong, and where.
public struct WasmError: Error, Equatable, Sendable {
    /// What is wrong. The messages are static members, all in one file (`WasmErrorMessages.swift`).
    public struct Kind: Equatable, Sendable {
        /// One line, without the offset. Where the specification's test suite has words for it, those.
        public let message: String
        /// Not wrong, but a feature of WebAssembly that Frond does not know; its name.
        public let unsupportedFeature: String?

        init(_ message: String, unsupportedFeature: String? = nil) {
            self.message = message
            self.unsupportedFeature = unsupportedFeature
        }
    }

    /// What is wrong.
    public let kind: Kind
    /// The offset in the file, in bytes, of what is wrong.
    public let offset: Int

    /// An error at an offset.
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension WasmError: CustomStringConvertible {
    /// `message (at offset 0x12)`
    public var description: String {
        "\(kind.message) (at offset 0x\(String(offset, radix: 16)))"
    }
}
