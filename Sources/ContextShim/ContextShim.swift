import Foundation
import Support

/// The C sources of the context shim, as files: they are compiled for WebAssembly by the runtime kit's recipe, never for
/// the machine that builds the kit.
public enum ContextShim {
    /// The folder with the sources; `FROND_CONTEXT_SHIM` may name another.
    ///
    /// - Throws: `Diagnostic` (`installation-incomplete`).
    public static func folder() throws(Diagnostic) -> URL {
        try ResourceFolder.find("src", target: "ContextShim", override: "FROND_CONTEXT_SHIM", marker: "context.c")
    }
}
