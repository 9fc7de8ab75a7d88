/// Something that links but may surprise at run time.
public struct LinkWarning: Hashable, Sendable {
    /// What is the matter.
    public enum Kind: Hashable, Sendable {
        /// A function that nothing defines; a call of it traps in a function of this name.
        case undefinedFunction
        /// A function that is imported with another type than it has; a call of it traps in a function of this name.
        case signatureMismatch
        /// A function whose body is JavaScript (`EM_JS`), which Frond does not run.
        case javaScriptFunction
        /// Start-up code that could not be run when linking; it runs when the program starts.
        case startUpCode
    }

    /// What is the matter.
    public var kind: Kind
    /// The name of the symbol or function.
    public var symbol: String
    /// The name of the file that uses it.
    public var file: String
    /// One line for people, file and symbol included.
    public var message: String
}

/// Warnings in the order in which they were found, each once.
struct WarningList {
    private(set) var all: [LinkWarning] = []
    private var seen: Set<LinkWarning> = []

    mutating func add(_ kind: LinkWarning.Kind, _ symbol: String, in file: String) {
        let message =
            switch kind {
            case .undefinedFunction:
                "\(file) uses the function \(symbol), which nothing defines: calling it will trap"
            case .signatureMismatch:
                "\(file) calls \(symbol) with another type than it is defined with: the call will trap"
            case .javaScriptFunction:
                "\(file) calls \(symbol), which it defines in JavaScript (EM_JS): the call will trap"
            case .startUpCode:
                "\(file): \(symbol) could not be evaluated when linking and runs at start-up"
            }
        let warning = LinkWarning(kind: kind, symbol: symbol, file: file, message: message)
        if seen.insert(warning).inserted { all.append(warning) }
    }
}
