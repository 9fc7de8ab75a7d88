import Support

/// What makes one module and its glue out of the interpreter and the extension modules of an app.
///
/// A value with a closure in it, so that tests of the site need neither a linker nor an interpreter.
public struct AppCompiler: Sendable {
    /// An extension module.
    public struct Library: Sendable, Equatable {
        /// Where Python will look for it, absolute.
        public var path: String
        /// Its name for messages: the wheel's and its own.
        public var name: String
        /// The module.
        public var bytes: [UInt8]

        /// Makes a library.
        public init(path: String, name: String, bytes: [UInt8]) {
            self.path = path
            self.name = name
            self.bytes = bytes
        }
    }

    /// What comes out.
    public struct Output: Sendable, Equatable {
        /// The linked module.
        public var module: [UInt8]
        /// The glue for exactly this module.
        public var glue: [UInt8]
        /// The same for apps with files that outlive the program.
        public var keepingGlue: [UInt8]
        /// The linker's map: who brought what.
        public var map: String
        /// What the user should hear about.
        public var warnings: [Diagnostic]

        /// Makes an output.
        public init(
            module: [UInt8], glue: [UInt8], keepingGlue: [UInt8], map: String = "", warnings: [Diagnostic] = []
        ) {
            self.module = module
            self.glue = glue
            self.keepingGlue = keepingGlue
            self.map = map
            self.warnings = warnings
        }
    }

    /// Changes whenever the same input could give another output: the version of the linker and the templates.
    public var identity: String
    /// Links and generates.
    public var compile: @Sendable (_ interpreter: [UInt8], _ libraries: [Library]) async throws -> Output

    /// Makes a compiler.
    public init(
        identity: String,
        compile: @escaping @Sendable (_ interpreter: [UInt8], _ libraries: [Library]) async throws -> Output
    ) {
        self.identity = identity
        self.compile = compile
    }
}
