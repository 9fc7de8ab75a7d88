import Dispatch
import WasmBinary

/// Writes the output: sections out of what the link has decided, code by `FunctionRewriter`.
///
/// Code is rewritten in chunks of consecutive functions, several at a time; the chunks don't depend on the number of threads
/// and are put together in order, so the output is always the same.
struct OutputWriter {
    private let link: Link
    private let numbering: Numbering
    private var module = Module()

    init(_ link: Link) {
        self.link = link
        numbering = Numbering(link)
    }

    consuming func write() throws(LinkError) -> LinkedModule {
        try writeTypes()
        writeImportsAndFunctions()
        try writeTables()
        module.memories = [memory()]
        module.tags = link.tags.map { numbering.typeIndices[Int($0.type)] }
        try writeGlobals()
        writeExports()
        writeElements()
        writeData()
        if let start = link.main.module.start { module.start = numbering[link.main.functions[Int(start)]] }
        let code = try rewriteCode()
        if link.options.keepNames { writeNames() }
        let bytes = module.write(encodedBodies: code.map(\.bytes))
        return LinkedModule(
            bytes: bytes, imports: imports(), exports: module.exports,
            map: LinkMap(link, numbering, sizes: code.flatMap(\.sizes), output: bytes),
            warnings: link.warnings.all)
    }

    /// How many zeros are written rather than starting another data segment; from trying with CPython and Brotli 9.
    private static let joinedGap = 64

    // MARK: Sections

    private mutating func writeTypes() throws(LinkError) {
        for (number, group) in link.types.groups.enumerated() where link.live.hasTypeGroup(number) {
            let start = module.types.count
            for type in link.types.types[Int(group.start)..<Int(group.start + group.count)] {
                module.types.append(type.mappedSafely { numbering.typeIndices[Int($0)] })
            }
            if group.isExplicit { module.recursionGroups.append(start..<module.types.count) }
        }
    }

    private mutating func writeImportsAndFunctions() {
        for (index, id) in numbering.functions.enumerated() {
            let type = numbering.typeIndices[Int(link.functions.type(of: id))]
            if index < numbering.importCount, case .host(let module, let name) = link.functions[id] {
                self.module.imports.append(Import(module: module, name: name, type: .function(type)))
            } else {
                module.functions.append(type)
            }
        }
    }

    private func imports() -> [HostFunction] {
        numbering.functions.prefix(numbering.importCount).compactMap { id in
            guard case .host(let module, let name) = link.functions[id],
                let type = link.types.function(link.functions.type(of: id))
            else { return nil }
            return HostFunction(module: module, name: name, type: type)
        }
    }

    private mutating func writeTables() throws(LinkError) {
        for (index, table) in link.main.module.tables.enumerated() {
            var table = table
            if index == 0 {
                let size = UInt64(link.layout.tableSize)
                table.type.limits.minimum = max(table.type.limits.minimum, size)
                if let maximum = table.type.limits.maximum { table.type.limits.maximum = max(maximum, size) }
            }
            if case .type(let type) = table.type.element.heapType {
                table.type.element.heapType = .type(numbering.files[0].types[Int(type)])
            }
            table.initial = try table.initial.map { (initial) throws(LinkError) in try mapped(initial, link.main) }
            module.tables.append(table)
        }
    }

    /// The main module's memory, large enough for all data.
    private func memory() -> MemoryType {
        var memory = link.main.module.memories[0]
        let pages = (UInt64(link.layout.heapBase) + 65535) / 65536
        memory.limits.minimum = max(memory.limits.minimum, link.libraries.isEmpty ? 0 : pages)
        if let maximum = memory.limits.maximum { memory.limits.maximum = max(maximum, memory.limits.minimum) }
        return memory
    }

    private mutating func writeGlobals() throws(LinkError) {
        for index in numbering.globals {
            let global = link.globals[index]
            var type = global.type
            if case .reference(let reference) = type.value, case .type(let heap) = reference.heapType {
                let mapped = numbering.files[global.file.ordinal].types[Int(heap)]
                type.value = .reference(ReferenceType(isNullable: reference.isNullable, heapType: .type(mapped)))
            }
            module.globals.append(Global(type: type, initial: try mapped(global.initial, global.file)))
        }
    }

    /// A constant expression with the output's indices.
    private func mapped(_ expression: ConstantExpression, _ file: InputFile) throws(LinkError) -> ConstantExpression {
        let maps = numbering.files[file.ordinal]
        switch expression {
        case .i32, .i64, .f32, .f64: return expression
        case .functionReference(let index): return .functionReference(maps.functions[Int(index)])
        case .globalGet(let index):
            switch maps.globals[Int(index)] {
            case .constant(let value): return .i32(value)
            case .global(let global): return .globalGet(global)
            }
        case .null(.type(let type)): return .null(.type(maps.types[Int(type)]))
        case .null: return expression
        case .other(let bytes):
            var rewriter = FunctionRewriter(numbering)
            var output = ByteWriter()
            do throws(WasmError) {
                try rewriter.rewriteExpression(bytes, of: file.ordinal, to: &output)
            } catch {
                throw .unreadable(error, in: file.name)
            }
            return .other(output.finish())
        }
    }

    private mutating func writeExports() {
        for export in link.exports {
            let (kind, index): (Export.Kind, UInt32) =
                switch export.target {
                case .function(let id): (.function, numbering[id])
                case .global(let global): (.global, numbering.globalIndices[global])
                case .tag(let tag): (.tag, tag)
                case .table(let table): (.table, table)
                case .memory(let memory): (.memory, memory)
                }
            module.exports.append(Export(name: export.name, kind: kind, index: index))
        }
    }

    private mutating func writeElements() {
        var declared: Set<FunctionID> = []
        for placement in link.layout.segments {
            declared.formUnion(placement.functions.compactMap(\.self))
            var type = placement.type
            if case .type(let index) = type.heapType { type.heapType = .type(numbering.typeIndices[Int(index)]) }
            module.elements.append(
                ElementSegment(
                    mode: mode(placement.mode), type: type, items: items(placement.functions, of: type)))
        }
        let added = link.layout.addedSlots
        if !added.isEmpty {
            declared.formUnion(added)
            let start = link.layout.tableSize - UInt32(added.count)
            module.elements.append(
                ElementSegment(
                    mode: .active(table: 0, offset: .i32(Int32(bitPattern: start))),
                    items: .functions(added.map { numbering[$0] })))
        }
        // What `ref.func` names must appear outside of code, too.
        let undeclared = link.live.referenced.filter { declared.insert($0).inserted }
        if !undeclared.isEmpty {
            module.elements.append(
                ElementSegment(mode: .declarative, items: .functions(undeclared.map { numbering[$0] })))
        }
    }

    private func mode(_ mode: ElementPlacement.Mode) -> ElementSegment.Mode {
        switch mode {
        case .active(let slot, let table): .active(table: table, offset: .i32(Int32(bitPattern: slot)))
        case .passive: .passive
        case .declarative: .declarative
        }
    }

    private func items(_ functions: [FunctionID?], of type: ReferenceType) -> ElementSegment.Items {
        if type == .function, !functions.contains(nil) {
            return .functions(functions.compactMap { $0.map { numbering[$0] } })
        }
        return .expressions(functions.map { $0.map { .functionReference(numbering[$0]) } ?? .null(type.heapType) })
    }

    /// Passive segments first, so that their indices are known; patches last, so that they win.
    private mutating func writeData() {
        module.data = link.passiveData.map { DataSegment(mode: .passive, contents: $0) }
        // Files are in the order of their addresses, and so are the segments of each.
        let segments = DataImage.join(link.files.flatMap { $0.image.segments() }, gap: Self.joinedGap)
        for (address, bytes) in segments + link.patches {
            module.data.append(
                DataSegment(mode: .active(memory: 0, offset: .i32(Int32(bitPattern: address))), contents: bytes))
        }
        if link.live.usesDataSegments { module.dataCount = UInt32(module.data.count) }
    }

    private mutating func writeNames() {
        var names = NameSection()
        for (index, id) in numbering.functions.enumerated() {
            let name: String? =
                switch link.functions[id] {
                case .host(_, let name): name
                case .file(let file, let body):
                    link.files[file].functionNames[body + link.files[file].importedFunctions.count]
                case .synthetic(let synthetic): synthetic.name
                }
            if let name { names.functions.append(NameSection.Entry(index: UInt32(index), name: name)) }
        }
        module.customSections.append(CustomSection(name: "name", contents: names.write()))
    }

    // MARK: Code

    private struct Chunk: Sendable {
        var bytes: Bytes
        var sizes: [Int]
    }

    /// One function to write.
    private enum Job: Sendable {
        case copy(FunctionBody, file: Int, isThunked: Bool)
        case synthetic(Bytes)
    }

    private func rewriteCode() throws(LinkError) -> [Chunk] {
        var chunks: [[Job]] = []
        var chunk: [Job] = []
        var size = 0
        for id in numbering.functions.dropFirst(numbering.importCount) {
            switch link.functions[id] {
            case .file(let file, let body):
                let body = link.files[file].module.code[body]
                size += body.instructions.count
                chunk.append(.copy(body, file: file, isThunked: link.largeFunctions.thunked.contains(id)))
            case .synthetic(let function): chunk.append(.synthetic(encode(function)))
            case .host: break
            }
            if size > 1 << 19 {
                chunks.append(chunk)
                (chunk, size) = ([], 0)
            }
        }
        if !chunk.isEmpty { chunks.append(chunk) }
        let results = ChunkResults(count: chunks.count)
        let (jobs, numbering) = (chunks, numbering)
        let workers = max(1, min(link.options.threads, chunks.count))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: jobs.count, by: workers) {
                results.set(index, Self.rewrite(jobs[index], numbering))
            }
        }
        var done: [Chunk] = []
        for result in results.all {
            switch result {
            case .success(let chunk)?: done.append(chunk)
            case .failure(let failure)?: throw .unreadable(failure.error, in: link.files[failure.file].name)
            case nil: preconditionFailure("a chunk was not written")
            }
        }
        return done
    }

    private struct Failure: Error {
        var error: WasmError
        var file: Int
    }

    /// Where threads put what they have made.
    private final class ChunkResults: @unchecked Sendable {
        // Unchecked: every element is written by one thread, and read when all have ended.
        private let elements: UnsafeMutableBufferPointer<Result<Chunk, Failure>?>

        init(count: Int) {
            elements = .allocate(capacity: count)
            elements.initialize(repeating: nil)
        }

        deinit {
            elements.deinitialize()
            elements.deallocate()
        }

        func set(_ index: Int, _ result: Result<Chunk, Failure>) { elements[index] = result }
        var all: [Result<Chunk, Failure>?] { Array(elements) }
    }

    private static func rewrite(_ jobs: [Job], _ numbering: Numbering) -> Result<Chunk, Failure> {
        var rewriter = FunctionRewriter(numbering)
        var output = ByteWriter(capacity: 1 << 20)
        var sizes: [Int] = []
        sizes.reserveCapacity(jobs.count)
        for job in jobs {
            let start = output.count
            switch job {
            case .synthetic(let body): output.lengthPrefixed(body)
            case .copy(let body, let file, let isThunked):
                do throws(WasmError) {
                    try rewriter.rewrite(body, of: file, isThunked: isThunked, to: &output)
                } catch {
                    return .failure(Failure(error: error, file: file))
                }
            }
            sizes.append(output.count - start)
        }
        return .success(Chunk(bytes: output.finish(), sizes: sizes))
    }

    /// The body of a function that the linker makes.
    private func encode(_ function: SyntheticFunction) -> Bytes {
        var output = ByteWriter()
        output.u32(0)
        switch function.body {
        case .trap: output.byte(0x00)
        case .calls(let calls): call(calls, &output)
        case .callsOnce(let calls, let flag):
            // if (!*flag) { *flag = 1; … }
            let address = Int32(bitPattern: flag)
            output.constant(address)
            output.opcode(.i32Load)
            output.u32(2)
            output.u32(0)
            output.opcode(.i32Eqz)
            output.opcode(.if)
            output.byte(0x40)
            output.constant(address)
            output.constant(1)
            output.opcode(.i32Store)
            output.u32(2)
            output.u32(0)
            call(calls, &output)
            output.opcode(.end)
        case .callsIndirectly(let type, let parameters):
            for parameter in 0...UInt32(parameters) {
                output.opcode(.localGet)
                output.u32(parameter)
            }
            output.opcode(.callIndirect)
            output.u32(numbering.typeIndices[Int(type)])
            output.u32(0)
        }
        output.opcode(.end)
        return output.finish()
    }

    private func call(_ calls: [FunctionID], _ output: inout ByteWriter) {
        for call in calls {
            output.opcode(.call)
            output.u32(numbering[call])
        }
    }
}

extension ByteWriter {
    fileprivate mutating func constant(_ value: Int32) {
        opcode(.i32Const)
        s32(value)
    }
}
