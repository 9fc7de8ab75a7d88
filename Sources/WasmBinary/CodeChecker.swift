/// Checks what the binary format demands of a function body: every instruction can be decoded, blocks nest, and the `end`
/// of the function is the last byte.
struct CodeChecker {
    private var blocks = BlockChecker()
    private(set) var firstUseOfDataCount: Int?

    mutating func check(_ instructions: Bytes) throws(WasmError) {
        blocks.reset()
        var reader = InstructionReader(instructions)
        while let instruction = try reader.next() {
            switch instruction.immediate {
            case .dataMemory, .data, .typeData:
                if firstUseOfDataCount == nil { firstUseOfDataCount = instruction.start }
            default:
                if try blocks.follow(instruction) {
                    guard reader.isAtEnd else { throw WasmError(.endExpected, at: reader.offset) }
                    return
                }
            }
        }
        throw WasmError(.bodyUnfinished, at: instructions.endIndex)
    }
}
