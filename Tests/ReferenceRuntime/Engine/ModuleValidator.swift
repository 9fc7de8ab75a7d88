import WasmBinary

/// What the specification's section 3.4 demands of a module, body by body and section by section.
struct ModuleValidator {
    let valid: ValidModule
    private var module: Module { valid.module }
    /// Functions that occur outside of bodies: only those can be named by `ref.func`.
    private var declared: Set<UInt32> = []

    init(_ valid: ValidModule) {
        self.valid = valid
    }

    mutating func validate() throws(ValidationError) {
        try checkTypes()
        try checkLimits()
        collectDeclared()
        try checkGlobals()
        try checkTables()
        try checkElements()
        try checkData()
        try checkExports()
        if let start = module.start {
            try function(start)
            let signature = valid.signature(ofFunction: Int(start))
            guard signature.parameters.isEmpty, signature.results.isEmpty else {
                throw ValidationError("start function")
            }
        }
        for tag in valid.tags where !valid.registry.signature(tag).results.isEmpty {
            throw ValidationError("non-empty tag result type")
        }
        var validator = FunctionValidator(valid, declared: declared)
        for (offset, body) in module.code.enumerated() {
            try validator.validate(body, index: valid.importedFunctions + offset)
        }
    }

    private func checkTypes() throws(ValidationError) {
        for type in module.types {
            guard case .function(let function) = type.composite else { continue }
            for value in function.parameters + function.results {
                if case .reference(let reference) = value, case .type(let index) = reference.heapType {
                    guard Int(index) < valid.types.count else { throw ValidationError("unknown type \(index)") }
                }
            }
        }
    }

    private func checkLimits() throws(ValidationError) {
        for limits in valid.memories {
            guard !limits.is64Bit else { throw ValidationError("64-bit memories are not supported") }
            guard !limits.isShared else { throw ValidationError("shared memories are not supported") }
            guard limits.minimum <= 65_536, limits.maximum ?? 0 <= 65_536 else {
                throw ValidationError("memory size must be at most 65536 pages (4GiB)")
            }
            try check(limits)
        }
        for table in valid.tables {
            guard !table.limits.is64Bit else { throw ValidationError("64-bit tables are not supported") }
            try check(table.limits)
        }
    }

    private func check(_ limits: Limits) throws(ValidationError) {
        if let maximum = limits.maximum, maximum < limits.minimum {
            throw ValidationError("size minimum must not be greater than maximum")
        }
    }

    private mutating func collectDeclared() {
        var declared: Set<UInt32> = []
        func collect(_ expression: ConstantExpression) {
            switch expression {
            case .functionReference(let index): declared.insert(index)
            case .other(let bytes):
                var reader = InstructionReader(bytes)
                while let instruction = try? reader.next() {
                    if instruction.opcode == .refFunc { declared.insert(instruction.index) }
                }
            default: break
            }
        }
        for item in module.exports where item.kind == .function { declared.insert(item.index) }
        for global in module.globals { collect(global.initial) }
        for table in module.tables { if let initial = table.initial { collect(initial) } }
        for segment in module.elements {
            switch segment.items {
            case .functions(let functions): declared.formUnion(functions)
            case .expressions(let expressions): expressions.forEach(collect)
            }
        }
        self.declared = declared
    }

    private func checkGlobals() throws(ValidationError) {
        for (offset, global) in module.globals.enumerated() {
            let index = valid.importedGlobals + offset
            try constant(global.initial, valid.globals[index].type, globals: index)
        }
    }

    private func checkTables() throws(ValidationError) {
        for (offset, table) in module.tables.enumerated() {
            let type = valid.tables[valid.importedTables + offset].element
            if let initial = table.initial {
                try constant(initial, type, globals: valid.importedGlobals)
            } else if !type.isNullable {
                throw ValidationError("type mismatch: a table of non-null references needs an initial value")
            }
        }
    }

    private func checkElements() throws(ValidationError) {
        for segment in module.elements {
            let type: StackType
            switch segment.items {
            case .functions(let functions):
                // Function indices are never null.
                type = StackType(heap: .function, nullable: false)
                for index in functions { try function(index) }
            case .expressions(let expressions):
                type = try stackType(.reference(segment.type))
                for expression in expressions { try constant(expression, type) }
            }
            if case .active(let table, let offset) = segment.mode {
                guard Int(table) < valid.tables.count else { throw ValidationError("unknown table \(table)") }
                guard valid.registry.matches(type, valid.tables[Int(table)].element) else {
                    throw ValidationError("type mismatch")
                }
                try constant(offset, .i32)
            }
        }
    }

    private func checkData() throws(ValidationError) {
        for segment in module.data {
            guard case .active(let memory, let offset) = segment.mode else { continue }
            guard Int(memory) < valid.memories.count else { throw ValidationError("unknown memory \(memory)") }
            try constant(offset, .i32)
        }
    }

    private func checkExports() throws(ValidationError) {
        // Byte by byte: equal strings of Swift may be different names.
        var names: Set<[UInt8]> = []
        for item in module.exports {
            guard names.insert(Array(item.name.utf8)).inserted else { throw ValidationError("duplicate export name") }
            let (count, what) =
                switch item.kind {
                case .function: (valid.functions.count, "function")
                case .table: (valid.tables.count, "table")
                case .memory: (valid.memories.count, "memory")
                case .global: (valid.globals.count, "global")
                case .tag: (valid.tags.count, "tag")
                }
            guard Int(item.index) < count else { throw ValidationError("unknown \(what) \(item.index)") }
        }
    }

    private func function(_ index: UInt32) throws(ValidationError) {
        guard Int(index) < valid.functions.count else { throw ValidationError("unknown function \(index)") }
    }

    private func stackType(_ type: ValueType) throws(ValidationError) -> StackType {
        if case .reference(let reference) = type, case .type(let index) = reference.heapType {
            guard Int(index) < valid.types.count else { throw ValidationError("unknown type \(index)") }
        }
        return TypeRegistry.stackType(type) { valid.types[Int($0)] }
    }

    /// A constant expression; it can read the first so many globals.
    private func constant(
        _ expression: ConstantExpression, _ expected: StackType, globals: Int? = nil
    ) throws(ValidationError) {
        let type: StackType
        switch expression {
        case .i32: type = .i32
        case .i64: type = .i64
        case .f32: type = .f32
        case .f64: type = .f64
        case .globalGet(let index): type = try global(index, globals)
        case .functionReference(let index):
            try function(index)
            type = StackType(heap: .type(valid.functions[Int(index)]), nullable: false)
        case .null(let heapType):
            type = try stackType(.reference(ReferenceType(isNullable: true, heapType: heapType)))
        case .other(let bytes):
            type = try constant(bytes, globals: globals)
        }
        guard valid.registry.matches(type, expected) else { throw ValidationError("type mismatch") }
    }

    private func global(_ index: UInt32, _ limit: Int?) throws(ValidationError) -> StackType {
        guard Int(index) < limit ?? valid.globals.count else { throw ValidationError("unknown global \(index)") }
        let global = valid.globals[Int(index)]
        guard !global.isMutable else { throw ValidationError("constant expression required") }
        return global.type
    }

    private func constant(_ bytes: Bytes, globals: Int?) throws(ValidationError) -> StackType {
        var stack: [StackType] = []
        var reader = InstructionReader(bytes)
        while let instruction = try Self.next(&reader) {
            switch instruction.opcode {
            case .i32Const: stack.append(.i32)
            case .i64Const: stack.append(.i64)
            case .f32Const: stack.append(.f32)
            case .f64Const: stack.append(.f64)
            case .v128Const: stack.append(.v128)
            case .globalGet: stack.append(try global(instruction.index, globals))
            case .refFunc:
                try function(instruction.index)
                stack.append(StackType(heap: .type(valid.functions[Int(instruction.index)]), nullable: false))
            case .refNull:
                let type = ReferenceType(isNullable: true, heapType: instruction.heapType)
                stack.append(try stackType(.reference(type)))
            case .i32Add, .i32Sub, .i32Mul, .i64Add, .i64Sub, .i64Mul:
                let isLong = [.i64Add, .i64Sub, .i64Mul].contains(instruction.opcode)
                let type: StackType = isLong ? .i64 : .i32
                guard stack.popLast() == type, stack.popLast() == type else { throw ValidationError("type mismatch") }
                stack.append(type)
            case .end:
                guard stack.count == 1 else { throw ValidationError("type mismatch") }
                return stack[0]
            default: throw ValidationError("constant expression required")
            }
        }
        throw ValidationError("constant expression required")
    }

    static func next(_ reader: inout InstructionReader) throws(ValidationError) -> Instruction? {
        do {
            return try reader.next()
        } catch {
            throw ValidationError(error.kind.message, offset: error.offset)
        }
    }
}
