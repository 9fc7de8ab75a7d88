import Foundation
import Support

/// An app that is ready to run: three files in the cache, for a site and for `frond run` alike.
public struct AssembledApp: Sendable {
    /// The linked module.
    public let module: URL
    /// Where an engine may keep machine code of the module from one run to the next.
    public var machineCode: URL { module.appendingPathExtension("code") }
    /// Where the headless runner may keep what strings compile to from one run to the next.
    public var compiledStrings: URL { module.appendingPathExtension("strings") }
    /// The glue, one JavaScript module.
    public let glue: URL
    /// The files image.
    public let image: URL
    /// The linker's map.
    public let map: URL
    /// What the user should hear about, from every step, also when its result came from the cache.
    public internal(set) var warnings: [Diagnostic]
    /// What of the app's folder was left out, as pairs of path and reason.
    public let omissions: [(path: String, reason: String)]
    /// The sizes of what went into the image, in bytes.
    public let sizes: ImageSizes
}

/// What the files image consists of, in bytes.
public struct ImageSizes: Sendable, Codable, Equatable {
    /// The standard library.
    public var standardLibrary = 0
    /// Packages by wheel.
    public var packages: [String: Int] = [:]
    /// The app's own files.
    public var app = 0
}
