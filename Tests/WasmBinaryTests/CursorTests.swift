import Testing
import WasmBinary

/// Primitive encodings: numbers, names, offsets of errors.
@Suite struct CursorTests {
    @Test(
        arguments: [
            ([0x00], 0), ([0x7F], 127), ([0x80, 0x01], 128), ([0xE5, 0x8E, 0x26], 624_485),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], UInt32.max), ([0x83, 0x00], 3), ([0x80, 0x80, 0x80, 0x80, 0x00], 0),
        ] as [([UInt8], UInt32)])
    func unsigned(_ bytes: [UInt8], _ value: UInt32) throws {
        var cursor = ByteCursor(Bytes(bytes))
        #expect(try cursor.u32() == value)
        #expect(cursor.isAtEnd)
    }

    @Test(
        arguments: [
            ([0x00], 0), ([0x7F], -1), ([0x40], -64), ([0x3F], 63), ([0xC0, 0x00], 64), ([0x80, 0x7F], -128),
            ([0x80, 0x80, 0x80, 0x80, 0x78], Int32.min), ([0xFF, 0xFF, 0xFF, 0xFF, 0x07], Int32.max),
        ] as [([UInt8], Int32)])
    func signed(_ bytes: [UInt8], _ value: Int32) throws {
        var cursor = ByteCursor(Bytes(bytes))
        #expect(try cursor.s32() == value)
        #expect(cursor.isAtEnd)
    }

    @Test(
        arguments: [
            ([], "unexpected end", 0), ([0x80], "unexpected end", 1),
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x00], "integer representation too long", 0),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0x1F], "integer too large", 0),
        ] as [([UInt8], String, Int)])
    func malformedNumbers(_ bytes: [UInt8], _ message: String, _ offset: Int) throws {
        var cursor = ByteCursor(Bytes(bytes))
        let error = try #require(throws: WasmError.self) { try cursor.u32() }
        #expect(error.kind.message.hasPrefix(message))
        #expect(error.offset == offset)
    }

    @Test func numbersSurviveARoundTrip() throws {
        for shift in 0..<64 {
            for delta in [-1, 0, 1] as [Int64] {
                let value = (Int64(1) << Int64(shift)) &+ delta
                for number in [value, 0 &- value] {
                    var writer = ByteWriter()
                    writer.s64(number)
                    writer.u64(UInt64(bitPattern: number))
                    writer.s32(Int32(truncatingIfNeeded: number))
                    writer.u32(UInt32(truncatingIfNeeded: number))
                    var cursor = ByteCursor(writer.finish())
                    #expect(try cursor.s64() == number)
                    #expect(try cursor.u64() == UInt64(bitPattern: number))
                    #expect(try cursor.s32() == Int32(truncatingIfNeeded: number))
                    #expect(try cursor.u32() == UInt32(truncatingIfNeeded: number))
                }
            }
        }
    }

    @Test func slicesKeepTheOffsetsOfTheFile() throws {
        let file = Bytes([9, 2, 0xC3, 0x28, 7])
        var cursor = ByteCursor(file[1..<4])
        let error = try #require(throws: WasmError.self) { try cursor.name() }
        #expect(error.offset == 1)
        #expect(error.kind.message.contains("UTF-8"))
        #expect(file[1..<3].startIndex == 1)
        #expect(file[1..<3] == Bytes([2, 0xC3]))
    }

    @Test func hugeCountsAreRefusedBeforeMemoryIsReserved() throws {
        // A type section of 6 bytes that says it has 2³² − 1 types.
        let bytes: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
        let error = try #require(throws: WasmError.self) { try Module.read(Bytes(bytes)) }
        #expect(error.offset == 10)
        #expect(error.kind.message.contains("4294967295 types"))
    }
}
