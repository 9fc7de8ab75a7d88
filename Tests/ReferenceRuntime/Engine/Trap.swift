/// Why execution stopped for good.
public enum TrapCode: UInt8, Sendable {
    /// `unreachable` was executed.
    case unreachable
    /// An access beyond the end of the memory.
    case memoryOutOfBounds
    /// An access beyond the end of a table.
    case tableOutOfBounds
    /// An indirect call beyond the end of the table.
    case undefinedElement
    /// An indirect call of a null element.
    case uninitializedElement
    /// An indirect call of a function with another type.
    case indirectCallTypeMismatch
    /// Division by zero.
    case integerDivideByZero
    /// A quotient or a converted number that does not fit.
    case integerOverflow
    /// A NaN converted to an integer.
    case invalidConversionToInteger
    /// The frames do not fit into the context's stack.
    case callStackExhausted
    /// A call through a null reference.
    case nullFunctionReference
    /// A null reference where none may be.
    case nullReference
    /// `throw_ref` of null.
    case nullExceptionReference
    /// `ref.cast` to a type that the reference does not have.
    case castFailure
    /// All fuel is used up.
    case outOfFuel
    /// A function needs more slots than a frame can have.
    case functionTooLarge
    /// An import has stopped the program; ``Store/hostError`` says why.
    case host

    /// The message, in the words of the specification's test suite.
    public var message: String {
        switch self {
        case .unreachable: "unreachable"
        case .memoryOutOfBounds: "out of bounds memory access"
        case .tableOutOfBounds: "out of bounds table access"
        case .undefinedElement: "undefined element"
        case .uninitializedElement: "uninitialized element"
        case .indirectCallTypeMismatch: "indirect call type mismatch"
        case .integerDivideByZero: "integer divide by zero"
        case .integerOverflow: "integer overflow"
        case .invalidConversionToInteger: "invalid conversion to integer"
        case .callStackExhausted: "call stack exhausted"
        case .nullFunctionReference: "null function reference"
        case .nullReference: "null reference"
        case .nullExceptionReference: "null exception reference"
        case .castFailure: "cast failure"
        case .outOfFuel: "out of fuel"
        case .functionTooLarge: "function needs more than 65,535 slots"
        case .host: "stopped by an import"
        }
    }
}

/// A trap, and where it happened.
public struct Trap: Error, Sendable, CustomStringConvertible {
    /// Why.
    public var code: TrapCode
    /// The functions on the stack, innermost first.
    public var frames: [StackFrame]
    /// More about it, if there is more to say.
    public var detail: String?

    /// The message, then one line for each function on the stack.
    public var description: String {
        var text = "wasm trap: \(detail ?? code.message)"
        let shown = frames.prefix(40)
        for frame in shown { text += "\n    at \(frame)" }
        if frames.count > shown.count { text += "\n    … and \(frames.count - shown.count) more" }
        return text
    }
}

/// One function on a stack.
public struct StackFrame: Sendable, Equatable, CustomStringConvertible {
    /// Its name out of the name section, or an export's, or an import's; nil when it has none.
    public var name: String?
    /// Its index in the module, or -1 for an import's implementation.
    public var index: Int

    /// `name (wasm function 12)`
    public var description: String {
        switch (name, index) {
        case (let name?, -1): "\(name) (import)"
        case (nil, -1): "an import"
        case (let name?, let index): "\(name) (wasm function \(index))"
        case (nil, let index): "wasm function \(index)"
        }
    }
}
