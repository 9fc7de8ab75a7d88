// SIMD.

extension ExecutionState {
    @inline(never)
    static func simd(_ state: UnsafeMutablePointer<ExecutionState>, _ i: Code) -> TrapCode? {
        return .unreachable
    }
}
