// Time, identity, memory mappings and the end of the program.

/// What `exit` and `proc_exit` stop the program with.
struct ExitRequest: Error {
    var status: Int32
}

/// What `abort` stops the program with.
struct AbortRequest: Error, CustomStringConvertible {
    var description: String
}

extension SystemCalls {
    private static func nanoseconds(_ kernel: Kernel, _ clock: Int32) throws(Errno) -> Int64 {
        let now = kernel.now()
        switch clock {
        case 0, 5: return now.realTime
        case 1, 4, 6, 7: return now.monotonic
        case 2, 3: return now.monotonic
        default: throw .EINVAL
        }
    }

    mutating func addTime() {
        let kernel = kernel
        let wasi = "wasi_snapshot_preview1."
        addPositive(wasi + "clock_time_get") { call throws(Errno) in
            try kernel.memory.write(Self.nanoseconds(kernel, call.i32(0)), at: call.u32(2))
            return call.returns(0 as Int32)
        }
        addPositive(wasi + "clock_res_get") { call throws(Errno) in
            _ = try Self.nanoseconds(kernel, call.i32(0))
            try kernel.memory.write(Int64([0, 5].contains(call.i32(0)) ? 1_000_000 : 5_000), at: call.u32(1))
            return call.returns(0 as Int32)
        }
        add("env.emscripten_get_now") { call throws(Errno) in call.returns(kernel.now().milliseconds) }
        add("env.emscripten_get_now_res") { call throws(Errno) in call.returns(5_000.0) }
        add("env.emscripten_date_now") { call throws(Errno) in call.returns(kernel.now().date) }
        add("env._tzset_js") { call throws(Errno) in
            try kernel.memory.write(Int32(0), at: call.u32(0))
            try kernel.memory.write(Int32(0), at: call.u32(1))
            try kernel.memory.write(Array("UTC\0".utf8), at: call.u32(2))
            try kernel.memory.write(Array("UTC\0".utf8), at: call.u32(3))
            return .returned
        }
        for name in ["env._gmtime_js", "env._localtime_js"] {
            add(name) { call throws(Errno) in
                guard abs(call.i64(0)) <= 8_640_000_000_000 else { return call.returns(1 as Int32) }
                for (index, field) in CivilTime(call.i64(0)).fields.enumerated() {
                    try kernel.memory.write(field, at: call.u32(1) + UInt32(index) * 4)
                }
                return call.returns(0 as Int32)
            }
        }
        for name in ["env._timegm_js", "env._mktime_js"] {
            add(name) { call throws(Errno) in
                var fields: [Int32] = []
                for index in 0..<6 { fields.append(try kernel.memory.i32(call.u32(0) + UInt32(index) * 4)) }
                let seconds = CivilTime.seconds(fields)
                for (index, field) in CivilTime(seconds).fields.enumerated() {
                    try kernel.memory.write(field, at: call.u32(0) + UInt32(index) * 4)
                }
                return call.returns(seconds)
            }
        }
        add("env._setitimer_js") { call throws(Errno) in throw .ENOSYS }
    }

    mutating func addProcess() {
        let kernel = kernel
        for name in ["getuid32", "geteuid32", "getgid32", "getegid32"] {
            add("env.__syscall_\(name)") { call throws(Errno) in call.returns(1000 as Int32) }
        }
        for name in ["wasi_snapshot_preview1.proc_exit", "env.exit"] {
            add(name) { call throws(Errno) in call.fails(ExitRequest(status: call.i32(0) & 255)) }
        }
        for name in ["env._abort_js", "env.abort"] {
            add(name) { call throws(Errno) in call.fails(AbortRequest(description: "abort() was called")) }
        }
        add("env.__assert_fail") { call throws(Errno) in
            let memory = kernel.memory
            let condition = String(decoding: try memory.string(call.u32(0)), as: UTF8.self)
            let file = String(decoding: try memory.string(call.u32(1)), as: UTF8.self)
            let message = "assertion failed: \(condition) (\(file):\(call.i32(2)))"
            return call.fails(AbortRequest(description: message))
        }
        add("env.emscripten_get_heap_max") { call throws(Errno) in call.returns(Int32.max) }
        add("env.emscripten_resize_heap") { call throws(Errno) in
            let missing = (Int(call.u32(0)) - kernel.memory.memory.count + 65_535) / 65_536
            return call.returns(missing <= 0 || kernel.memory.memory.grow(missing) != nil ? 1 as Int32 : 0)
        }
        add("env._emscripten_system") { call throws(Errno) in
            call.returns(call.u32(0) == 0 ? 0 : -Errno.ENOSYS.number)
        }
        add("env._emscripten_get_progname") { call throws(Errno) in
            try kernel.memory.write(Array("python3\0".utf8).prefix(Int(call.i32(1))), at: call.u32(0))
            return .returned
        }
        for name in ["env._emscripten_runtime_keepalive_clear", "env._emscripten_log_formatted"] {
            add(name) { call throws(Errno) in .returned }
        }
        add("frond.uname") { call throws(Errno) in
            let fields = ["Emscripten", "frond", "6.0.5", "#1", "wasm32", "(none)"]
            try kernel.memory.write([UInt8](repeating: 0, count: 390), at: call.u32(0))
            for (index, field) in fields.enumerated() {
                try kernel.memory.write(Array(field.utf8), at: call.u32(0) + UInt32(index) * 65)
            }
            return call.returns(0 as Int32)
        }
        add("frond.getrusage") { call throws(Errno) in
            try kernel.memory.write([UInt8](repeating: 0, count: 152), at: call.u32(1))
            let time = kernel.now().monotonic / 1000
            try kernel.memory.write(time / 1_000_000, at: call.u32(1))
            try kernel.memory.write(time % 1_000_000, at: call.u32(1) + 8)
            try kernel.memory.write(Int32(kernel.memory.memory.count / 1024), at: call.u32(1) + 32)
            return call.returns(0 as Int32)
        }
        add("frond.getpid") { call throws(Errno) in call.returns(kernel.processNumber) }
        add("frond.getppid") { call throws(Errno) in call.returns(kernel.parentNumber) }
        add("frond.killed_by") { call throws(Errno) in
            kernel.deadlySignal = call.i32(0)
            return .returned
        }
        addChildren()
        add("frond.prlimit") { call throws(Errno) in
            guard call.i32(0) == 0 || call.i32(0) == kernel.processNumber else { throw .ESRCH }
            guard (0...15).contains(call.i32(1)) else { throw .EINVAL }
            let limit: Int64
            switch call.i32(1) {
            case 7: limit = 4096
            case 3: limit = 524_288
            case 4: limit = 0
            default: limit = -1
            }
            if call.u32(3) != 0 {
                try kernel.memory.write(limit, at: call.u32(3))
                try kernel.memory.write(limit, at: call.u32(3) + 8)
            }
            if call.u32(2) != 0 {
                let soft = try kernel.memory.read(call.u32(2), as: UInt64.self)
                let hard = try kernel.memory.read(call.u32(2) + 8, as: UInt64.self)
                guard soft <= hard else { throw .EINVAL }
                guard hard <= UInt64(bitPattern: limit) else { throw .EPERM }
            }
            return call.returns(0 as Int32)
        }
        addMappings()
    }

    /// A mapping is a copy of the file in memory that the program allocates; a shared one is written back.
    private mutating func addMappings() {
        let kernel = kernel
        add("env._mmap_js") { call throws(Errno) in
            let (length, flags) = (Int(call.u32(0)), call.i32(2))
            guard let file = try kernel.description(call.i32(3)) as? FileDescription else { throw .ENODEV }
            guard file.canRead else { throw .EACCES }
            if flags & 1 != 0, call.i32(1) & 2 != 0, !file.canWrite { throw .EACCES }
            let size = UInt32(max(length, 1))
            let address = UInt32(bitPattern: kernel.callProgram(call.context, "malloc", [.i32(size)]))
            guard address != 0 else { throw .ENOMEM }
            let target = try kernel.memory.range(address, length)
            target.initializeMemory(as: UInt8.self, repeating: 0)
            _ = file.file.read(target, at: Int(call.i64(4)))
            try kernel.memory.write(Int32(1), at: call.u32(5))
            try kernel.memory.write(address, at: call.u32(6))
            return call.returns(0 as Int32)
        }
        func writeBack(_ call: HostCall) throws(Errno) {
            guard call.i32(3) & 1 != 0, call.i32(2) & 2 != 0 else { return }
            guard let file = try kernel.description(call.i32(4)) as? FileDescription else { return }
            let source = try kernel.memory.range(call.u32(0), Int(call.u32(1)))
            let count = max(0, min(source.count, Int(file.file.size - call.i64(5))))
            file.file.write(UnsafeRawBufferPointer(rebasing: source[..<count]), at: Int(call.i64(5)), kernel)
        }
        add("env._msync_js") { call throws(Errno) in
            try writeBack(call)
            return call.returns(0 as Int32)
        }
        add("env._munmap_js") { call throws(Errno) in
            try writeBack(call)
            return call.returns(0 as Int32)
        }
    }
}

/// Broken-down time in UTC, by the proleptic Gregorian calendar.
struct CivilTime {
    /// The fields of `struct tm` up to `tm_gmtoff`.
    let fields: [Int32]

    init(_ seconds: Int64) {
        let days = Self.floor(seconds, 86_400)
        let time = seconds - days * 86_400
        // Days are counted from 1 March of year 0, so that leap days come last (Hinnant, "chrono-compatible low-level
        // date algorithms").
        let shifted = days + 719_468
        let era = Self.floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let weekday = (days % 7 + 11) % 7
        let yearDay = days - Self.days(year, 1, 1)
        fields = [time % 60, time / 60 % 60, time / 3600, day, month - 1, year - 1900, weekday, yearDay, 0, 0].map {
            Int32(truncatingIfNeeded: $0)
        }
    }

    static func seconds(_ fields: [Int32]) -> Int64 {
        let months = Int64(fields[4])
        let year = Int64(fields[5]) + 1900 + floor(months, 12)
        let month = months - floor(months, 12) * 12 + 1
        let days = days(year, month, 1) + Int64(fields[3]) - 1
        return days * 86_400 + Int64(fields[2]) * 3600 + Int64(fields[1]) * 60 + Int64(fields[0])
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floor(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor)
    }
}
