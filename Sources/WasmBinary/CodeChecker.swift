/// Checks what the binary format demands of a function body: every instruction can be decoded, blocks nest, and the `end`
/// of the function is the last byte.
///
/// Blocks are kept on an explicit stack of one byte each, so nesting costs memory that the input paid for (a block is at
/// least two bytes of it), never stack.
struct CodeChecker {
    private enum Block: UInt8 {
        case plain, `if`, `else`, `try`, `catch`, catchAll
    }

    private var blocks: [Block] = []
    private(set) var firstUseOfDataCount: Int?

    mutating func check(_ instructions: Bytes) throws(WasmError) {
        blocks.removeAll(keepingCapacity: true)
        var reader = InstructionReader(instructions)
        while let instruction = try reader.next() {
            switch instruction.opcode {
            case .block, .loop, .tryTable: blocks.append(.plain)
            case .if: blocks.append(.if)
            case .else: try replace(.if, with: .else, at: instruction.start)
            case .try: blocks.append(.try)
            case .catch: try replaceTry(with: .catch, at: instruction.start)
            case .catchAll: try replaceTry(with: .catchAll, at: instruction.start)
            case .delegate:
                guard blocks.last == .try else { throw WasmError(.catchWithoutTry, at: instruction.start) }
                blocks.removeLast()
            case .end:
                if blocks.popLast() == nil {
                    guard reader.offset == instructions.endIndex else {
                        throw WasmError(.endExpected, at: reader.offset)
                    }
                    return
                }
            case .memoryInit, .dataDrop, .arrayNewData, .arrayInitData:
                if firstUseOfDataCount == nil { firstUseOfDataCount = instruction.start }
            default: break
            }
        }
        throw WasmError(.bodyUnfinished, at: instructions.endIndex)
    }

    private mutating func replace(_ old: Block, with new: Block, at offset: Int) throws(WasmError) {
        guard blocks.last == old else { throw WasmError(.elseWithoutIf, at: offset) }
        blocks[blocks.count - 1] = new
    }

    private mutating func replaceTry(with new: Block, at offset: Int) throws(WasmError) {
        guard blocks.last == .try || blocks.last == .catch else { throw WasmError(.catchWithoutTry, at: offset) }
        blocks[blocks.count - 1] = new
    }
}
