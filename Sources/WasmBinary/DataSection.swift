/// Bytes that go into a memory.
public struct DataSegment: Hashable, Sendable {
    /// When they go there.
    public enum Mode: Hashable, Sendable {
        /// When the module is instantiated, to an offset of a memory.
        case active(memory: UInt32, offset: ConstantExpression)
        /// By `memory.init`.
        case passive
    }

    /// When they go there.
    public var mode: Mode
    /// The bytes.
    public var contents: Bytes

    /// A data segment.
    public init(mode: Mode, contents: Bytes) {
        self.mode = mode
        self.contents = contents
    }
}

extension ModuleReader {
    mutating func readData(_ cursor: inout ByteCursor) throws(WasmError) {
        let count = try cursor.count(of: "data segments", minimumSize: 2)
        module.data.reserveCapacity(count)
        for _ in 0..<count {
            let start = cursor.offset
            let mode: DataSegment.Mode
            switch try cursor.u32() {
            case 0: mode = .active(memory: 0, offset: try cursor.constantExpression())
            case 1: mode = .passive
            case 2:
                let memory = try cursor.u32()
                mode = .active(memory: memory, offset: try cursor.constantExpression())
            case let flags: throw WasmError(.malformedSegmentFlags("data", flags), at: start)
            }
            module.data.append(DataSegment(mode: mode, contents: try cursor.lengthPrefixed()))
        }
    }
}

extension ModuleWriter {
    mutating func writeData(_ module: Module) {
        if module.data.isEmpty { return }
        section(.data) { output in
            output.reserve(module.data.reduce(0) { $0 + $1.contents.count + 12 })
            output.u32(UInt32(module.data.count))
            for segment in module.data {
                switch segment.mode {
                case .passive: output.u32(1)
                case .active(let memory, let offset):
                    output.u32(memory == 0 ? 0 : 2)
                    if memory != 0 { output.u32(memory) }
                    output.constantExpression(offset)
                }
                output.lengthPrefixed(segment.contents)
            }
        }
    }
}
