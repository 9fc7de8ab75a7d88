/// The table in a code object that says which line (and column) an instruction comes from.
///
/// Since Python 3.11 it has a column range for every instruction, for the `~~~^^^` under a line of a traceback. Nothing in
/// compiled Python compresses worse: in a site's packages columns are a quarter of what is sent. Python itself can leave them out
/// (`-X no_debug_ranges`); this does the same to a table that exists, and joins neighbours of the same line.
///
///     entry: 1cccclll, then by c      0…9 one byte of columns        line as before, lll+1 units of code
///                                     10…12 two bytes of columns     line + 0, 1, 2
///                                     13 signed number               line + number, no columns
///                                     14 signed number, 3 numbers    line + number, last line, columns
///                                     15                             no line
///
/// CPython: InternalDocs/code_objects.md.
package struct LineTable {
    private static let withoutColumns: UInt8 = 13
    private static let withoutLine: UInt8 = 15

    private var input: ArraySlice<UInt8>
    private var output: [UInt8] = []
    /// The entry that is being put together: what it adds to the line, nothing for one without a line, and how long it is.
    private var pending: (delta: Int?, units: Int) = (nil, 0)

    /// A table without columns; nothing when it can't be understood.
    package static func withoutColumns(_ table: ArraySlice<UInt8>) -> [UInt8]? {
        var reader = LineTable(input: table)
        while let first = reader.input.popFirst() {
            guard first & 0x80 != 0, reader.entry(code: first >> 3 & 15, units: Int(first & 7) + 1) else { return nil }
        }
        reader.flush()
        return reader.output
    }

    private init(input: ArraySlice<UInt8>) { self.input = input }

    private mutating func entry(code: UInt8, units: Int) -> Bool {
        switch code {
        case Self.withoutLine:
            add(nil, units)
            return true
        case Self.withoutColumns, 14:
            guard let number = number(),
                code == 13 || [self.number(), self.number(), self.number()].allSatisfy({ $0 != nil })
            else { return false }
            add(number & 1 == 0 ? number >> 1 : -(number >> 1), units)
            return true
        default:
            let columns = code < 10 ? 1 : 2
            guard input.count >= columns else { return false }
            input = input.dropFirst(columns)
            add(code < 10 ? 0 : Int(code) - 10, units)
            return true
        }
    }

    private mutating func add(_ delta: Int?, _ units: Int) {
        let continues =
            pending.units > 0 && (delta == 0 && pending.delta != nil || delta == nil && pending.delta == nil)
        if !continues {
            flush()
            pending.delta = delta
        }
        pending.units += units
    }

    private mutating func flush() {
        var delta = pending.delta
        while pending.units > 0 {
            let units = min(8, pending.units)
            pending.units -= units
            let code = delta == nil ? Self.withoutLine : Self.withoutColumns
            output.append(0x80 | code << 3 | UInt8(units - 1))
            if let number = delta {
                write(number < 0 ? -number << 1 | 1 : number << 1)
                delta = 0
            }
        }
    }

    /// Six bits at a time, the lowest first; bit 6 says that there are more.
    private mutating func number() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 36, by: 6) {
            guard let byte = input.popFirst(), byte & 0x80 == 0 else { return nil }
            value |= Int(byte & 63) << shift
            if byte & 64 == 0 { return value }
        }
        return nil
    }

    private mutating func write(_ value: Int) {
        var value = value
        while value > 63 {
            output.append(UInt8(value & 63) | 64)
            value >>= 6
        }
        output.append(UInt8(value))
    }
}
