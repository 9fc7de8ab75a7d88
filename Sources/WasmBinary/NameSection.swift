/// The `name` custom section: names of functions and other things, for people who read stack traces.
///
/// Names are a convenience, so a name section that can't be read is no error of the module: `Module.names` leaves out what
/// it can't understand.
public struct NameSection: Equatable, Sendable {
    /// An index and its name.
    public struct Entry: Equatable, Sendable {
        /// The index that has the name.
        public var index: UInt32
        /// The name.
        public var name: String

        /// An entry.
        public init(index: UInt32, name: String) {
            self.index = index
            self.name = name
        }
    }

    /// The name of the module.
    public var module: String?
    /// Names of functions, in ascending order of their indices.
    public var functions: [Entry] = []
    /// Names of globals, in ascending order of their indices.
    public var globals: [Entry] = []
    /// Names of data segments, in ascending order of their indices.
    public var dataSegments: [Entry] = []

    /// No names.
    public init() {}

    /// Reads the contents of a name section; subsections of other kinds (locals, labels, types…) are skipped.
    public init(reading contents: Bytes) throws(WasmError) {
        var cursor = ByteCursor(contents)
        while !cursor.isAtEnd {
            let kind = try cursor.byte()
            var subsection = ByteCursor(try cursor.lengthPrefixed())
            switch kind {
            case 0: module = try subsection.name()
            case 1: functions = try subsection.nameMap()
            case 7: globals = try subsection.nameMap()
            case 9: dataSegments = try subsection.nameMap()
            default: break
            }
        }
    }

    /// The contents of a name section with these names.
    public func write() -> Bytes {
        var output = ByteWriter(capacity: 1 << 12)
        if let module {
            output.subsection(0) { $0.name(module) }
        }
        for (kind, entries) in [(1, functions), (7, globals), (9, dataSegments)] as [(UInt8, [Entry])]
        where !entries.isEmpty {
            output.subsection(kind) { output in
                output.u32(UInt32(entries.count))
                for entry in entries {
                    output.u32(entry.index)
                    output.name(entry.name)
                }
            }
        }
        return output.finish()
    }
}

extension Module {
    /// The names that the module carries; empty when there is no name section or it makes no sense.
    public var names: NameSection {
        guard let section = customSection("name"), let names = try? NameSection(reading: section.contents) else {
            return NameSection()
        }
        return names
    }
}

extension ByteCursor {
    fileprivate mutating func nameMap() throws(WasmError) -> [NameSection.Entry] {
        let count = try count(of: "names", minimumSize: 2)
        var entries: [NameSection.Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let index = try u32()
            entries.append(NameSection.Entry(index: index, name: try name()))
        }
        return entries
    }
}

extension ByteWriter {
    /// A kind, a length and contents: what several custom sections are made of.
    mutating func subsection(_ kind: UInt8, _ write: (inout ByteWriter) -> Void) {
        var contents = ByteWriter()
        write(&contents)
        byte(kind)
        lengthPrefixed(contents)
    }
}
