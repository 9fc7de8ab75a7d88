/// Why a module is not valid, in the words of the specification's test suite where it has some.
public struct ValidationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var message: String
    /// The offset in the file, where one is known.
    public var offset: Int?
    /// The index of the function whose body is wrong.
    public var function: Int?

    init(_ message: String, offset: Int? = nil, function: Int? = nil) {
        self.message = message
        self.offset = offset
        self.function = function
    }

    /// `message, function 3 (at offset 0x12)`
    public var description: String {
        var text = message
        if let function { text += ", function \(function)" }
        if let offset { text += " (at offset 0x\(String(offset, radix: 16)))" }
        return text
    }
}
