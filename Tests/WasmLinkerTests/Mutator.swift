import WasmBinary

/// Changes modules at random, but reproducibly.
///
/// Most changes are made to a module as a value, so that it is well-formed and gets deep into the linker; the others to its
/// bytes, for the reader.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        for _ in 0..<4 { _ = next(2) }
    }

    private mutating func next(_ bound: Int) -> Int {
        // xorshift64*
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(bound, 1)
    }

    private mutating func pick<T>(_ items: [T]) -> T? {
        items.isEmpty ? nil : items[next(items.count)]
    }

    mutating func mutate(_ seeds: [[UInt8]]) -> [UInt8] {
        var bytes = pick(seeds) ?? []
        if next(8) != 0, var module = try? Module.read(Bytes(bytes)) {
            let other = pick(seeds).flatMap { try? Module.read(Bytes($0)) } ?? module
            for _ in 0...next(3) { change(&module, other) }
            bytes = Array(module.write())
            if next(6) != 0 { return bytes }
        }
        for _ in 0...next(2) { change(&bytes) }
        return bytes
    }

    // MARK: Values

    /// An index that exists in small modules, or one that hardly ever does.
    private mutating func index() -> UInt32 {
        next(6) == 0 ? pick([100, 0x7FFF_FFFF, UInt32.max]) ?? 0 : UInt32(next(10))
    }

    private mutating func constant() -> ConstantExpression {
        switch next(7) {
        case 0: .i32(Int32(truncatingIfNeeded: next(Int.max)))
        case 1: .globalGet(index())
        case 2: .functionReference(index())
        case 3: .null(.type(index()))
        case 4: .i64(-1)
        case 5: .other([0x23, UInt8(next(4)), 0x41, UInt8(next(64)), 0x6A, 0x0B])
        default: .i32(Int32(next(5000)))
        }
    }

    private mutating func change(_ module: inout Module, _ other: Module) {
        switch next(14) {
        case 0: if !module.functions.isEmpty { module.functions[next(module.functions.count)] = index() }
        case 1: if !module.exports.isEmpty { module.exports[next(module.exports.count)].index = index() }
        case 2:
            if let item = pick(other.exports), !module.exports.contains(where: { $0.name == item.name }) {
                module.exports.append(item)
            }
        case 3: if let item = pick(other.imports) { module.imports.insert(item, at: next(module.imports.count + 1)) }
        case 4: if !module.imports.isEmpty { module.imports.remove(at: next(module.imports.count)) }
        case 5: if !module.globals.isEmpty { module.globals[next(module.globals.count)].initial = constant() }
        case 6: changeElements(&module)
        case 7: changeData(&module)
        case 8: changeTypes(&module, other)
        case 9: changeDylink(&module)
        case 10: module.start = next(3) == 0 ? nil : index()
        case 11: if !module.imports.isEmpty { changeImport(&module.imports[next(module.imports.count)]) }
        default: if !module.code.isEmpty { changeCode(&module.code[next(module.code.count)]) }
        }
    }

    private mutating func changeElements(_ module: inout Module) {
        guard !module.elements.isEmpty else { return }
        let at = next(module.elements.count)
        switch next(3) {
        case 0: module.elements[at].mode = .active(table: UInt32(next(2)), offset: constant())
        case 1: module.elements[at].items = .functions((0..<next(5)).map { _ in index() })
        default: module.elements[at].items = .expressions((0..<next(4)).map { _ in constant() })
        }
    }

    private mutating func changeData(_ module: inout Module) {
        guard !module.data.isEmpty else { return }
        let at = next(module.data.count)
        switch next(4) {
        case 0: module.data.append(module.data[at])
        case 1:
            module.data[at].mode = .passive
            module.dataCount = UInt32(module.data.count)
        default: module.data[at].mode = .active(memory: 0, offset: constant())
        }
        if module.dataCount != nil { module.dataCount = UInt32(module.data.count) }
    }

    private mutating func changeTypes(_ module: inout Module, _ other: Module) {
        guard !module.types.isEmpty, let type = pick(other.types) else { return }
        module.types[next(module.types.count)] = type
        if next(4) == 0 { module.recursionGroups = [0..<module.types.count] }
        if next(8) == 0 { module.types[0].supertypes = [index()] }
    }

    private mutating func changeDylink(_ module: inout Module) {
        guard let at = module.customSections.firstIndex(where: { $0.name == "dylink.0" }),
            var section = try? DylinkSection(reading: module.customSections[at].contents)
        else { return }
        switch next(4) {
        case 0: section.memorySize = index()
        case 1: section.tableSize = index()
        case 2: section.memoryAlignment = index()
        default: section.imports.append(.init(module: "env", name: "missing", flags: index()))
        }
        module.customSections[at].contents = section.write()
    }

    private mutating func changeImport(_ item: inout Import) {
        switch next(5) {
        case 0: item.module = pick(["env", "GOT.mem", "GOT.func", "frond", "wasi_snapshot_preview1"]) ?? ""
        case 1:
            item.name = pick(["main_twice", "main_data", "a_add", "a_data", "__memory_base", "memory", "run"]) ?? ""
        case 2: item.type = .function(index())
        case 3: item.type = .tag(index())
        default: item.type = .global(GlobalType(value: next(3) == 0 ? .i64 : .i32, isMutable: next(2) == 0))
        }
    }

    private mutating func changeCode(_ body: inout FunctionBody) {
        var code = Array(body.instructions)
        if next(8) == 0 { body.locals.append(.init(count: index(), type: next(2) == 0 ? .i64 : .v128)) }
        guard !code.isEmpty else { return }
        // Between two instructions, so that the rest means the same.
        var starts: [Int] = []
        var reader = InstructionReader(Bytes(code))
        while let instruction = try? reader.next() { starts.append(instruction.start) }
        let at = pick(starts) ?? 0
        switch next(5) {
        case 0: code[next(code.count)] = UInt8(next(256))
        case 1: code.insert(contentsOf: Self.instructions[next(Self.instructions.count)], at: at)
        case 2: code.removeSubrange(at..<min(code.count, (starts.first { $0 > at } ?? at + 1)))
        case 3: code.replaceSubrange(at..<min(code.count, at + 1), with: [0x00])
        default: code.insert(contentsOf: [0x10] + Self.numbers[next(Self.numbers.count)].prefix(5), at: at)
        }
        body.instructions = Bytes(code)
    }

    private static let instructions: [[UInt8]] = [
        [0x23, 0x00], [0x23, 0x05], [0x24, 0x01], [0x41, 0x01, 0x41, 0x02, 0x6A], [0x41, 0x01], [0x6A], [0x10, 0x01],
        [0x11, 0x00, 0x00], [0x02, 0x40, 0x0B], [0x02, 0x01, 0x0B], [0x06, 0x40, 0x19, 0x0B], [0x08, 0x00],
        [0xFC, 0x08, 0x00, 0x00], [0xFC, 0x09, 0x01], [0xFC, 0x0B, 0x00], [0x36, 0x02, 0x00], [0x28, 0x02, 0x00],
        [0x0F],
        [0xD2, 0x01], [0x25, 0x00], [0xFB, 0x14, 0x02], [0x0B], [0x05], [0x1F, 0x40, 0x01, 0x00, 0x00, 0x00, 0x0B],
    ]

    // MARK: Bytes

    /// Numbers in LEB128 that tend to be too large.
    private static let numbers: [[UInt8]] = [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x00], [0xFF, 0x7F],
        [0x80, 0x80, 0x04], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0x80, 0x80, 0x80, 0x80, 0x78],
    ]

    private mutating func change(_ bytes: inout [UInt8]) {
        guard bytes.count > 8 else { return }
        let at = 8 + next(bytes.count - 8)
        switch next(6) {
        case 0: bytes[at] ^= 1 << UInt8(next(8))
        case 1: bytes[at] = UInt8(next(256))
        case 2: bytes.replaceSubrange(at..<at + 1, with: Self.numbers[next(Self.numbers.count)])
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(8)))
        case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + next(16))], at: at)
        default: bytes.removeLast(min(bytes.count - 8, next(32)))
        }
    }
}
