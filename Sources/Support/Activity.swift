import Synchronization

/// Where a library says what it is doing, without knowing who listens.
///
///     try await progress.step("Compressing") { step in
///         step.advance("3 of 7 files")
///     }
public struct Activity: Sendable {
    /// What can be said.
    public enum Event: Sendable, Hashable {
        /// A step began.
        case began(identifier: Int, title: String)
        /// A step that is running came to somewhere.
        case advanced(identifier: Int, detail: String)
        /// A step ended, one way or the other.
        case ended(identifier: Int, title: String, duration: Duration, failed: Bool)
        /// A line worth a reader's time whether or not anything takes long.
        case noted(String)
    }

    /// A step that is running.
    public struct Step: Sendable {
        let identifier: Int
        let handle: @Sendable (Event) -> Void

        /// Says how far the step is: `3 of 7 files`, `4.2 of 9.1 MB`.
        public func advance(_ detail: String) { handle(.advanced(identifier: identifier, detail: detail)) }
    }

    private let handle: @Sendable (Event) -> Void
    private static let identifiers = Mutex(0)

    /// Makes an activity that hands every event to `handle`, from whatever thread it happens on.
    public init(handle: @escaping @Sendable (Event) -> Void) { self.handle = handle }

    /// An activity that nobody listens to.
    public static let silent = Activity { _ in }

    /// Does something that may take long, under a title such as `Compiling CPython`.
    public func step<Result>(
        _ title: String, isolation: isolated (any Actor)? = #isolation, _ body: (Step) async throws -> Result
    ) async rethrows -> Result {
        let (identifier, started) = begin(title)
        do {
            let result = try await body(Step(identifier: identifier, handle: handle))
            end(identifier, title, started, failed: false)
            return result
        } catch {
            end(identifier, title, started, failed: true)
            throw error
        }
    }

    /// Does something that may take long and does not suspend.
    public func step<Result>(_ title: String, _ body: (Step) throws -> Result) rethrows -> Result {
        let (identifier, started) = begin(title)
        do {
            let result = try body(Step(identifier: identifier, handle: handle))
            end(identifier, title, started, failed: false)
            return result
        } catch {
            end(identifier, title, started, failed: true)
            throw error
        }
    }

    /// Says a line that a reader wants to see: a path, a size, a decision.
    public func note(_ text: String) { handle(.noted(text)) }

    private func begin(_ title: String) -> (Int, ContinuousClock.Instant) {
        let identifier = Self.identifiers.withLock { next in
            next += 1
            return next
        }
        handle(.began(identifier: identifier, title: title))
        return (identifier, .now)
    }

    private func end(_ identifier: Int, _ title: String, _ started: ContinuousClock.Instant, failed: Bool) {
        let duration = started.duration(to: .now)
        handle(.ended(identifier: identifier, title: title, duration: duration, failed: failed))
    }
}
