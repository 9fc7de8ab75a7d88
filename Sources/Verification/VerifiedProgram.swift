import Foundation

/// The three files that are played: as an app was assembled, or as they lie in a site.
package struct VerifiedProgram: Sendable {
    package var module: URL
    package var image: URL
    package var glue: URL

    package init(module: URL, image: URL, glue: URL) {
        (self.module, self.image, self.glue) = (module, image, glue)
    }
}

/// Something that plays checks.
package protocol Player: Sendable {
    /// `reference`, `node`, …
    var name: String { get }
    /// Which one exactly, for reports.
    var version: String { get }
    /// Plays a check; what goes wrong in it is in the result, what keeps it from being played at all is thrown.
    ///
    /// - Parameter events: how many may be in the trace. It is cut off there, and the play has failed.
    func play(_ check: Check, of program: VerifiedProgram, atMost events: Int) async throws -> Play
    /// Nothing more will be played.
    func finish() async
}

extension Player {
    /// Plays a check of which nobody knows how many events it has.
    package func play(_ check: Check, of program: VerifiedProgram) async throws -> Play {
        try await play(check, of: program, atMost: Trace.mostEvents)
    }

    package func finish() async {}
}
