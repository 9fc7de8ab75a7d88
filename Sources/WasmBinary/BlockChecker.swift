/// Follows the blocks of a function body: `else` belongs to an `if`, `catch` to a `try`, and the function's own `end` comes
/// once.
///
/// Blocks are kept on an explicit stack of one byte each, so nesting costs memory that the input paid for (a block is at
/// least two bytes of it), never stack.
public struct BlockChecker: Sendable {
    private enum Block: UInt8 {
        case plain, `if`, `else`, `try`, `catch`, catchAll
    }

    private var blocks: [Block] = []

    /// A checker at the start of a function.
    public init() {}

    /// Goes back to the start of a function.
    public mutating func reset() {
        blocks.removeAll(keepingCapacity: true)
    }

    /// Takes note of an instruction.
    /// - Returns: whether it ends the function.
    /// - Throws: when it can't stand where it stands.
    @inline(__always)
    public mutating func follow(_ instruction: Instruction) throws(WasmError) -> Bool {
        // The opcodes of blocks are all below this one.
        if instruction.opcode.rawValue > Opcode.tryTable.rawValue { return false }
        return try followBlock(instruction)
    }

    private mutating func followBlock(_ instruction: Instruction) throws(WasmError) -> Bool {
        switch instruction.opcode {
        case .block, .loop, .tryTable: blocks.append(.plain)
        case .if: blocks.append(.if)
        case .else:
            guard blocks.last == .if else { throw WasmError(.elseWithoutIf, at: instruction.start) }
            blocks[blocks.count - 1] = .else
        case .try: blocks.append(.try)
        case .catch: try replaceTry(with: .catch, at: instruction.start)
        case .catchAll: try replaceTry(with: .catchAll, at: instruction.start)
        case .delegate:
            guard blocks.last == .try else { throw WasmError(.catchWithoutTry, at: instruction.start) }
            blocks.removeLast()
        case .end: return blocks.popLast() == nil
        default: break
        }
        return false
    }

    private mutating func replaceTry(with new: Block, at offset: Int) throws(WasmError) {
        guard blocks.last == .try || blocks.last == .catch else { throw WasmError(.catchWithoutTry, at: offset) }
        blocks[blocks.count - 1] = new
    }
}
