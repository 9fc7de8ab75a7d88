/// Makes what `marshal.dumps` wrote depend on nothing but the object.
///
/// Model: a marshal stream is a tree in prefix order. An object whose type byte has the flag 0x80 gets the next number, and
/// `r` with a number stands for that object again. CPython sets the flag on whatever has more than one reference *in the
/// process*, so the same code gives different bytes depending on what else was compiled before. Here the flag stays only
/// where some `r` needs it, and the numbers are counted anew. (Fedora's marshalparser does the same.)
package struct MarshalStream {
    /// A stream that is cut off, too deep, or has a type that this version of Python does not write.
    package struct Malformed: Error { package let offset: Int }

    private static let reference: UInt8 = 0x80
    /// CPython's own bound.
    private static let deepest = 2000

    private var bytes: [UInt8]
    private var at: Int
    /// Where the objects with a number begin, by number.
    private var numbered: [Int] = []
    /// Where the numbers of references stand, with the number, and whether a table of lines is meant.
    private var references: [(at: Int, number: Int, isLines: Bool)] = []
    /// The tables of lines: where they begin, and their contents.
    private var lines: [(start: Int, contents: Range<Int>)] = []

    /// The canonical form of a stream that begins at `start`; what is before it stays.
    package static func canonical(_ bytes: [UInt8], from start: Int) throws(Malformed) -> [UInt8] {
        var stream = MarshalStream(bytes: bytes, at: start)
        try stream.object(depth: 0)
        guard stream.at == bytes.count else { throw Malformed(offset: stream.at) }
        stream.renumber()
        return stream.bytes
    }

    /// A stream that begins at `start`, without the columns of its code objects (see `LineTable`).
    package static func withoutColumns(_ bytes: [UInt8], from start: Int) throws(Malformed) -> [UInt8] {
        var stream = MarshalStream(bytes: bytes, at: start)
        try stream.object(depth: 0)
        guard stream.at == bytes.count else { throw Malformed(offset: stream.at) }
        // Equal bytes are one object, so a table may also be some constant; then it stays.
        let constants = Set(stream.references.filter { !$0.isLines }.map { stream.numbered[$0.number] })
        var output: [UInt8] = []
        var copied = 0
        for table in stream.lines where !constants.contains(table.start) {
            guard let short = LineTable.withoutColumns(bytes[table.contents]) else { continue }
            output += bytes[copied..<table.contents.lowerBound - 4]
            output.append(littleEndian: UInt32(short.count))
            output += short
            copied = table.contents.upperBound
        }
        return output + bytes[copied...]
    }

    private init(bytes: [UInt8], at: Int) {
        self.bytes = bytes
        self.at = at
    }

    private mutating func renumber() {
        var used = [Bool](repeating: false, count: numbered.count)
        for reference in references { used[reference.number] = true }
        var names: [Int] = []
        var next = 0
        for (number, place) in numbered.enumerated() {
            names.append(next)
            if used[number] { next += 1 } else { bytes[place] &= ~Self.reference }
        }
        for reference in references {
            for byte in 0..<4 {
                bytes[reference.at + byte] = UInt8(truncatingIfNeeded: names[reference.number] >> (8 * byte))
            }
        }
    }

    /// Passes over one object; true when it was the mark that ends a dictionary.
    @discardableResult
    private mutating func object(depth: Int, isLines: Bool = false) throws(Malformed) -> Bool {
        guard depth < Self.deepest else { throw Malformed(offset: at) }
        let start = at
        let type = try byte()
        if type & Self.reference != 0 { numbered.append(start) }
        switch Character(UnicodeScalar(type & ~Self.reference)) {
        case "0": return true
        case "N", "F", "T", "S", ".": break
        case "i": try skip(4)
        case "I", "g": try skip(8)
        case "y": try skip(16)
        case "l": try skip(2 * Int(try long().magnitude))
        case "f": try skip(Int(try byte()))
        case "x":
            try skip(Int(try byte()))
            try skip(Int(try byte()))
        case "s", "t", "u", "a", "A":
            let count = try count()
            let contents = at
            try skip(count)
            if isLines { lines.append((start, contents..<at)) }
        case "z", "Z": try skip(Int(try byte()))
        case "r":
            let place = at
            let number = try count()
            guard number < numbered.count else { throw Malformed(offset: place) }
            references.append((place, number, isLines))
        case ")": try objects(Int(try byte()), depth)
        case "(", "[", "<", ">": try objects(try count(), depth)
        case ":": try objects(3, depth)
        case "{":
            while try !object(depth: depth + 1) { try object(depth: depth + 1) }
        case "c":
            try skip(5 * 4)  // argument counts, stack size, flags
            try objects(8, depth)  // code, constants, names, variables and their kinds, file, name, qualified name
            try skip(4)  // first line
            try object(depth: depth + 1, isLines: true)
            try objects(1, depth)  // exceptions
        default: throw Malformed(offset: start)
        }
        return false
    }

    private mutating func objects(_ count: Int, _ depth: Int) throws(Malformed) {
        for _ in 0..<count { try object(depth: depth + 1) }
    }

    private mutating func byte() throws(Malformed) -> UInt8 {
        guard at < bytes.count else { throw Malformed(offset: at) }
        at += 1
        return bytes[at - 1]
    }

    private mutating func skip(_ count: Int) throws(Malformed) {
        guard count <= bytes.count - at else { throw Malformed(offset: at) }
        at += count
    }

    private mutating func long() throws(Malformed) -> Int32 {
        var value: UInt32 = 0
        for shift in stride(from: UInt32(0), to: 32, by: 8) { value |= UInt32(try byte()) << shift }
        return Int32(bitPattern: value)
    }

    private mutating func count() throws(Malformed) -> Int {
        let value = try long()
        guard value >= 0 else { throw Malformed(offset: at - 4) }
        return Int(value)
    }
}
