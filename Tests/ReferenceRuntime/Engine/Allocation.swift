#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension MemoryInstance {
    /// Zeroed memory; pages that are never touched cost nothing.
    static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        guard let base = calloc(max(size, 1), 1) else { fatalError("out of memory: \(size) bytes") }
        return base
    }

    /// Moves memory to where there is room for more; what is added is zero.
    static func resize(_ base: UnsafeMutableRawPointer, from old: Int, to size: Int) -> UnsafeMutableRawPointer? {
        guard let new = realloc(base, size) else { return nil }
        memset(new + old, 0, size - old)
        return new
    }

    static func release(_ base: UnsafeMutableRawPointer) { free(base) }
}
