import Testing
import WasmBinary

/// The table of instructions, and the reader that it drives.
@Suite struct InstructionTests {
    @Test func everyOpcodeHasARowAndNamesAgree() {
        for opcode in Opcode.allCases {
            let words = opcode.mnemonic.split { $0 == "." || $0 == "_" }
            let camel =
                words.first.map(String.init)!
                + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            #expect("\(opcode)" == camel)
        }
        #expect(Opcode.allCases.count == 571)
        #expect(Opcode.i8x16Shuffle.immediate == .v128)
        #expect(Opcode.i32x4RelaxedDotI8x16I7x16AddS.rawValue == 0x300 + 0x113)
    }

    @Test func everyOpcodeSurvivesWritingAndReading() throws {
        for opcode in Opcode.allCases where opcode.immediate == .none {
            var writer = ByteWriter()
            writer.opcode(opcode)
            let bytes = writer.finish()
            var reader = InstructionReader(bytes)
            let instruction = try #require(try reader.next())
            #expect(instruction.opcode == opcode)
            #expect(instruction.end == bytes.endIndex)
            #expect(reader.isAtEnd)
        }
    }

    private func read(_ bytes: [UInt8]) throws -> (Instruction, InstructionReader) {
        var reader = InstructionReader(Bytes(bytes))
        let instruction = try #require(try reader.next())
        #expect(reader.isAtEnd)
        return (instruction, reader)
    }

    @Test func constants() throws {
        #expect(try read([0x41, 0x7F]).0.i32 == -1)
        #expect(try read([0x42, 0x80, 0x7F]).0.i64 == -128)
        #expect(try read([0x43, 0, 0, 0x80, 0x3F]).0.f32Bits == Float(1).bitPattern)
        #expect(try read([0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]).0.f64Bits == 1.0.bitPattern)
        let (vector, _) = try read([0xFD, 0x0C] + Array(1...16))
        #expect(vector.bits == 0x0807_0605_0403_0201)
        #expect(vector.high == 0x100F_0E0D_0C0B_0A09)
    }

    @Test func memoryArguments() throws {
        let (load, _) = try read([0x28, 0x02, 0x90, 0x03])
        #expect(load.opcode == .i32Load && load.secondIndex == 2 && load.memoryOffset == 400 && load.index == 0)
        let (other, _) = try read([0x28, 0x42, 0x05, 0x10])
        #expect(other.index == 5 && other.secondIndex == 2 && other.memoryOffset == 16)
        let (lane, _) = try read([0xFD, 0x54, 0x00, 0x07, 0x0F])
        #expect(lane.opcode == .v128Load8Lane && lane.memoryOffset == 7 && lane.lane == 15)
    }

    @Test func blockTypes() throws {
        #expect(try read([0x02, 0x40]).0.blockType == .empty)
        #expect(try read([0x02, 0x7F]).0.blockType == .value(.i32))
        #expect(try read([0x02, 0x70]).0.blockType == .value(.reference(.function)))
        #expect(try read([0x02, 0x05]).0.blockType == .type(5))
        #expect(try read([0x02, 0xC0, 0x00]).0.blockType == .type(64))
        let typed = ReferenceType(isNullable: false, heapType: .type(3))
        #expect(try read([0x02, 0x64, 0x03]).0.blockType == .value(.reference(typed)))
    }

    @Test func immediatesOfVariableLength() throws {
        let (table, reader) = try read([0x0E, 0x02, 0x01, 0x00, 0x03])
        #expect(try reader.labels(of: table) == [1, 0, 3])
        let (select, types) = try read([0x1C, 0x01, 0x7E])
        #expect(try types.valueTypes(of: select) == [.i64])
        let (tryTable, clauses) = try read([0x1F, 0x40, 0x02, 0x00, 0x04, 0x01, 0x03, 0x00])
        #expect(
            try clauses.catchClauses(of: tryTable) == [
                CatchClause(tag: 4, pushesReference: false, label: 1),
                CatchClause(tag: nil, pushesReference: true, label: 0),
            ])
        let (cast, _) = try read([0xFB, 0x18, 0x03, 0x02, 0x6E, 0x05])
        #expect(cast.opcode == .brOnCast && cast.index == 2 && cast.heapType == .any && cast.secondHeapType == .type(5))
    }

    @Test(
        arguments: [
            ([0xE0], "stack switching"), ([0xFF], "illegal opcode ff"), ([0xFC, 0x7F], "illegal opcode fc 7f"),
            ([0xFD, 0xFF, 0xFF, 0xFF, 0x7F], "illegal opcode fd"), ([0x28, 0x80, 0x01, 0x00], "malformed memop flags"),
            ([0x02, 0x5F, 0x00], "malformed block type"), ([0x0E, 0xFF, 0xFF, 0x03], "length out of bounds"),
        ] as [([UInt8], String)])
    func malformed(_ bytes: [UInt8], _ message: String) throws {
        var reader = InstructionReader(Bytes(bytes))
        let error = try #require(throws: WasmError.self) { try reader.next() }
        #expect(error.kind.message.contains(message), "\(error)")
    }

    @Test func deepNestingNeedsNoStack() throws {
        let depth = 1_000_000
        var code = [UInt8](repeating: 0x02, count: 0)
        code.reserveCapacity(depth * 3 + 1)
        for _ in 0..<depth { code += [0x02, 0x40] }
        code += [UInt8](repeating: 0x0B, count: depth + 1)
        var module = Module()
        module.types = [DefinedType(.function(FunctionType(parameters: [], results: [])))]
        module.functions = [0]
        module.code = [FunctionBody(instructions: Bytes(code))]
        let bytes = module.write()
        #expect(try Module.read(bytes).write() == bytes)
        module.code = [FunctionBody(instructions: Bytes(code.dropLast()))]
        #expect(throws: WasmError.self) { try Module.read(module.write()) }
    }
}
