/// The internal code of one function while it is being made.
struct CodeBuffer {
    private(set) var words: [UInt64] = []

    var count: Int { words.count }

    mutating func reserve(_ count: Int) { words.reserveCapacity(count) }

    @inline(__always)
    mutating func append(_ word: CodeWord) { words.append(unsafeBitCast(word, to: UInt64.self)) }

    mutating func append(_ number: UInt64) { words.append(number) }

    mutating func append(distance: Int) { words.append(UInt64(bitPattern: Int64(distance))) }

    mutating func append<T>(_ pointer: UnsafeMutablePointer<T>) { words.append(pointer.bits) }

    mutating func append(_ pointer: UnsafeMutableRawPointer) { words.append(UInt64(UInt(bitPattern: pointer))) }

    mutating func removeLast() { words.removeLast() }

    subscript(index: Int) -> CodeWord {
        get { unsafeBitCast(words[index], to: CodeWord.self) }
        set { words[index] = unsafeBitCast(newValue, to: UInt64.self) }
    }

    /// Makes the branch whose distance is the word at `index` go to `target`.
    mutating func patch(_ index: Int, to target: Int) {
        words[index] = UInt64(bitPattern: Int64(target - index))
    }
}

/// What happens to an exception that is thrown in a range of code: one `try` or `try_table`.
struct HandlerRegion {
    struct Clause {
        /// nil catches everything.
        var tag: Unmanaged<TagInstance>?
        /// Whether the exception itself follows its values.
        var pushesReference: Bool
        /// Where the code goes on.
        var target: Int
    }

    enum Action {
        case catches([Clause])
        /// Go on with the region that has this number; nil: leave the function.
        case delegates(Int?)
    }

    var number: Int
    var start: Int
    var end: Int
    var action: Action
    /// Where a caught exception's values go.
    var values: Int
    /// Where the exception itself is kept for `rethrow`.
    var exception: Int?
}
