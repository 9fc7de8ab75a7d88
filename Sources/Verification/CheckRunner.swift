/// Plays checks in the reference runtime first and then in every engine, and holds what happened against what is expected and
/// against the reference.
package struct CheckRunner: Sendable {
    /// The reference first, if it is among them.
    package var players: [any Player]
    package var program: VerifiedProgram

    package init(players: [any Player], program: VerifiedProgram) {
        self.players = players
        self.program = program
    }

    /// Plays one check everywhere.
    ///
    /// - Parameter tell: given each finding as soon as it is there.
    package func run(_ check: Check, tell: (Finding) -> Void) async throws {
        var reference: (name: String, play: Play)?
        for player in players {
            let clock = ContinuousClock()
            let start = clock.now
            // A program that goes on for much longer than in the reference has gone wrong long before.
            let most = reference.map { $0.play.trace.count + 1000 } ?? Trace.mostEvents
            let play = try await player.play(check, of: program, atMost: most)
            let duration = start.duration(to: clock.now)
            let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
            var complaints = check.complaints(about: play)
            var agreement = ""
            if let reference {
                if let difference = Comparison.difference(reference: reference.play.trace, other: play.trace) {
                    complaints.append("not what \(reference.name) does: \(difference)")
                } else if reference.play.responses != play.responses {
                    complaints.append("the answers differ from those in \(reference.name)")
                }
                agreement = ", the same as in \(reference.name)"
            } else {
                reference = (player.name, play)
            }
            let detail =
                complaints.isEmpty
                ? "\(play.trace.count) events\(agreement)" : complaints.joined(separator: "\n")
            tell(Finding(check.name, player.name, complaints.isEmpty ? .passed : .failed, detail, seconds: seconds))
        }
    }
}
