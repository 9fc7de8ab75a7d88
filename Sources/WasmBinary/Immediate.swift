/// What follows an opcode. Each instruction has exactly one of these; `Instruction` says where the parts end up.
public enum Immediate: UInt8, CaseIterable, Sendable {
    /// Nothing.
    case none
    /// A block type.
    case blockType
    /// A label.
    case label
    /// Labels and a default: `br_table`.
    case labels
    /// A function.
    case function
    /// A type, then a table: `call_indirect`.
    case typeTable
    /// A type.
    case type
    /// A type, then a field of it.
    case typeField
    /// A type, then a number.
    case typeCount
    /// A type, then a data segment.
    case typeData
    /// A type, then an element segment.
    case typeElement
    /// Two types.
    case typeType
    /// A local.
    case local
    /// A global.
    case global
    /// A table.
    case table
    /// Two tables: destination, source.
    case tableTable
    /// An element segment, then a table.
    case elementTable
    /// An element segment.
    case element
    /// A data segment, then a memory.
    case dataMemory
    /// A data segment.
    case data
    /// A memory.
    case memory
    /// Two memories: destination, source.
    case memoryMemory
    /// Alignment, memory and offset.
    case memoryArgument
    /// Alignment, memory and offset, then a lane.
    case memoryArgumentLane
    /// A lane.
    case lane
    /// A constant.
    case i32
    /// A constant.
    case i64
    /// A constant.
    case f32
    /// A constant.
    case f64
    /// A constant of 16 bytes.
    case v128
    /// A heap type.
    case heapType
    /// The result types of `select`.
    case valueTypes
    /// A tag.
    case tag
    /// A block type, then catch clauses: `try_table`.
    case tryTable
    /// Flags, a label and two heap types: `br_on_cast`.
    case castBranch
    /// A byte that is zero.
    case zeroByte
}

/// An entry of the table that the instruction reader works with.
struct OpcodeInformation {
    var opcode: Opcode
    var immediate: Immediate
    var isDefined: Bool

    /// One entry for each raw value of `Opcode` below `limit`, defined or not; made once, never freed.
    nonisolated(unsafe) static let table: UnsafePointer<OpcodeInformation> = {
        let table = UnsafeMutablePointer<OpcodeInformation>.allocate(capacity: limit)
        table.initialize(
            repeating: OpcodeInformation(opcode: .unreachable, immediate: .none, isDefined: false), count: limit)
        var immediates: [String: Immediate] = [:]
        for immediate in Immediate.allCases { immediates["\(immediate)"] = immediate }
        for (opcode, columns) in OpcodeTable.parsed {
            guard let immediate = immediates[columns[1]] else {
                preconditionFailure("bad row in the table of instructions: \(columns)")
            }
            let raw = opcode.rawValue
            table[Int(raw)] = OpcodeInformation(opcode: opcode, immediate: immediate, isDefined: true)
        }
        return UnsafePointer(table)
    }()

    /// One more than the largest raw value that a prefix and a number can make.
    static let limit = 0x600

    /// Where the raw values of a prefix start, and how many there are.
    @inline(__always)
    static func base(ofPrefix prefix: UInt8) -> (start: Int, count: Int)? {
        switch prefix {
        case 0xFB: (0x100, 0x100)
        case 0xFC: (0x200, 0x100)
        case 0xFD: (0x300, 0x200)
        case 0xFE: (0x500, 0x100)
        default: nil
        }
    }
}

extension Opcode {
    /// What follows the opcode.
    public var immediate: Immediate {
        OpcodeInformation.table[Int(rawValue)].immediate
    }

    /// The name in the text format: `i32.load8_u`. Where two opcodes share one, the second has a suffix (`select_typed`).
    public var mnemonic: String {
        Self.mnemonics[self] ?? "\(self)"
    }

    private static let mnemonics: [Opcode: String] = {
        var names: [Opcode: String] = [:]
        for (opcode, columns) in OpcodeTable.parsed { names[opcode] = columns[0] }
        return names
    }()
}

extension OpcodeTable {
    /// The rows: opcode, and what follows it in the row. (As bytes: splitting characters takes ten times as long.)
    fileprivate static var parsed: [(Opcode, [String])] {
        rows.utf8.split(separator: UInt8(ascii: "\n")).map { row in
            let columns = row.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard columns.count == 3, let raw = UInt16(columns[0], radix: 16), let opcode = Opcode(rawValue: raw) else {
                preconditionFailure("bad row in the table of instructions: \(columns)")
            }
            return (opcode, Array(columns[1...]))
        }
    }
}
