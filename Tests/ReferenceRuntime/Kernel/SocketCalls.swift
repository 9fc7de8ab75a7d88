// The system calls about sockets, and names of hosts.

extension GuestMemory {
    func address(_ pointer: UInt32, _ length: UInt32) throws(Errno) -> SocketAddress {
        guard length >= 2, length <= 128 else { throw .EINVAL }
        _ = try range(pointer, Int(length))
        switch try u16(pointer) {
        case 2:
            guard length >= 16 else { throw .EINVAL }
            return .internet(
                host: try u32(pointer + 4).byteSwapped, port: try u16(pointer + 2).byteSwapped, isVersion6: false)
        case 10:
            guard length >= 24 else { throw .EINVAL }
            return .internet(
                host: Self.host(try bytes(pointer + 8, 16)), port: try u16(pointer + 2).byteSwapped, isVersion6: true)
        case 1:
            guard length <= 110 else { throw .EINVAL }
            var name = try bytes(pointer + 2, Int(length) - 2)
            if name.first != 0, let end = name.firstIndex(of: 0) { name.removeSubrange(end...) }
            return name.isEmpty ? .none : .unix(name)
        case 0: return .none
        default: throw .EAFNOSUPPORT
        }
    }

    /// The 32 bits that stand for an IPv6 address: any and loopback become IPv4's, mapped addresses theirs.
    private static func host(_ bytes: [UInt8]) -> UInt32 {
        if bytes == [UInt8](repeating: 0, count: 16) { return 0 }
        if bytes == [UInt8](repeating: 0, count: 15) + [1] { return SocketAddress.loopback }
        if bytes[..<12] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
            return bytes[12...].reduce(0) { $0 << 8 | UInt32($1) }
        }
        // Anything else is beyond loopback: 192.0.2.0, a documentation address, stands for it.
        return 0xC000_0200
    }

    func write(_ address: SocketAddress, family: Int32, at pointer: UInt32, _ lengthPointer: UInt32) throws(Errno) {
        if pointer == 0 { return }
        let bytes = Self.bytes(of: address, family: family)
        let room = Int(try i32(lengthPointer))
        guard room >= 0 else { throw .EINVAL }
        try write(bytes.prefix(room), at: pointer)
        try write(Int32(bytes.count), at: lengthPointer)
    }

    static func bytes(of address: SocketAddress, family: Int32) -> [UInt8] {
        func big(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xFF)] }
        func big(_ host: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: host >> UInt32(24 - $0 * 8)) } }
        switch address {
        case .internet(let host, let port, let isVersion6):
            if !isVersion6 { return [2, 0] + big(port) + big(host) + [UInt8](repeating: 0, count: 8) }
            var inner = [UInt8](repeating: 0, count: 16)
            if host == SocketAddress.loopback {
                inner[15] = 1
            } else if host != 0 {
                inner = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + big(host)
            }
            return [10, 0] + big(port) + [0, 0, 0, 0] + inner + [0, 0, 0, 0]
        case .unix(let name): return [1, 0] + name + (name.first == 0 ? [] : [0])
        case .none:
            switch family {
            case 2: return bytes(of: .internet(host: 0, port: 0, isVersion6: false), family: family)
            case 10: return bytes(of: .internet(host: 0, port: 0, isVersion6: true), family: family)
            default: return [1, 0]
            }
        }
    }
}

extension SystemCalls {
    private static func make(_ kernel: Kernel, _ family: Int32, _ type: Int32) throws(Errno) -> Socket {
        guard [1, 2, 10].contains(family) else { throw .EAFNOSUPPORT }
        let flags = type & OpenFlags.nonblocking
        switch type & 15 {
        case 1: return StreamSocket(kernel, family: family, type: 1, flags: flags)
        case 2: return DatagramSocket(kernel, family: family, type: 2, flags: flags)
        default: throw .ESOCKTNOSUPPORT
        }
    }

    private static func socket(_ kernel: Kernel, _ descriptor: Int32) throws(Errno) -> Socket {
        guard let socket = try kernel.description(descriptor) as? Socket else { throw .ENOTSOCK }
        return socket
    }

    private static func pair(_ kernel: Kernel, _ call: HostCall) throws(Errno) -> HostOutcome {
        guard call.i32(0) == 1 else { throw [2, 10].contains(call.i32(0)) ? .EOPNOTSUPP : .EAFNOSUPPORT }
        let flags = call.i32(1) & OpenFlags.nonblocking
        let ends: (Socket, Socket)
        switch call.i32(1) & 15 {
        case 1, 5: ends = StreamSocket.pair(kernel, family: 1, flags: flags)
        case 2: ends = DatagramSocket.pair(kernel, family: 1, flags: flags)
        default: throw .ESOCKTNOSUPPORT
        }
        let closes = call.i32(1) & OpenFlags.closeOnExec != 0
        try kernel.memory.write(try kernel.add(ends.0, closesOnExec: closes), at: call.u32(3))
        try kernel.memory.write(try kernel.add(ends.1, closesOnExec: closes), at: call.u32(3) + 4)
        return call.returns(0 as Int32)
    }

    mutating func addSockets() {
        let kernel = kernel
        add("env.__syscall_socket") { call throws(Errno) in
            let type = call.i32(1)
            let socket = try Self.make(kernel, call.i32(0), type)
            let protocols: [Int32] = call.i32(0) == 1 ? [0] : type & 15 == 1 ? [0, 6] : [0, 17]
            guard protocols.contains(call.i32(2)) else { throw .EPROTONOSUPPORT }
            return call.returns(try kernel.add(socket, closesOnExec: type & OpenFlags.closeOnExec != 0))
        }
        add("env.__syscall_socketpair") { call throws(Errno) in try Self.pair(kernel, call) }
        add("frond.socketpair") { call throws(Errno) in try Self.pair(kernel, call) }
        add("env.__syscall_bind") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            try socket.bind(kernel.memory.address(call.u32(1), call.u32(2)))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_listen") { call throws(Errno) in
            try Self.socket(kernel, call.i32(0)).listen(call.i32(1))
            return call.returns(0 as Int32)
        }
        add("frond.accept4") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0)).accept()
            socket.flags |= call.i32(3) & OpenFlags.nonblocking
            let descriptor = try kernel.add(socket, closesOnExec: call.i32(3) & OpenFlags.closeOnExec != 0)
            try kernel.memory.write(socket.remote, family: socket.family, at: call.u32(1), call.u32(2))
            return call.returns(descriptor)
        }
        add("frond.connect") { call throws(Errno) in
            try Self.socket(kernel, call.i32(0)).connect(kernel.memory.address(call.u32(1), call.u32(2)))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_getsockname") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            try kernel.memory.write(socket.local, family: socket.family, at: call.u32(1), call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_getpeername") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            if socket.remote == .none, socket.family != 1 { throw .ENOTCONN }
            try kernel.memory.write(socket.remote, family: socket.family, at: call.u32(1), call.u32(2))
            return call.returns(0 as Int32)
        }
        add("env.__syscall_shutdown") { call throws(Errno) in
            try Self.socket(kernel, call.i32(0)).shutdown(call.i32(1))
            return call.returns(0 as Int32)
        }
        add("frond.recvfrom") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            let buffer = try kernel.memory.range(call.u32(1), Int(call.u32(2)))
            let received = try socket.receive([buffer], flags: call.i32(3))
            if socket is DatagramSocket {
                try kernel.memory.write(received.from, family: socket.family, at: call.u32(4), call.u32(5))
            }
            return call.returns(received.count)
        }
        add("frond.recvmsg") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            let message = call.u32(1)
            let buffers = try kernel.memory.vectors(
                kernel.memory.u32(message + 8), Int(kernel.memory.i32(message + 12)))
            let received = try socket.receive(buffers, flags: call.i32(2))
            let name = try kernel.memory.u32(message)
            if name != 0 { try kernel.memory.write(received.from, family: socket.family, at: name, message + 4) }
            try kernel.memory.write(UInt32(0), at: message + 20)
            try kernel.memory.write(UInt32(received.isTruncated ? 32 : 0), at: message + 24)
            return call.returns(received.count)
        }
        add("frond.sendto") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            let bytes = try kernel.memory.bytes(call.u32(1), Int(call.u32(2)))
            let to = call.u32(4) == 0 ? nil : try kernel.memory.address(call.u32(4), call.u32(5))
            return call.returns(try socket.send(bytes, to: to))
        }
        add("frond.sendmsg") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            let message = call.u32(1)
            let buffers = try kernel.memory.vectors(
                kernel.memory.u32(message + 8), Int(kernel.memory.i32(message + 12)))
            let name = try kernel.memory.u32(message)
            let to = name == 0 ? nil : try kernel.memory.address(name, kernel.memory.u32(message + 4))
            return call.returns(try socket.send(buffers.flatMap { [UInt8]($0) }, to: to))
        }
        add("frond.socket_timeout") { call throws(Errno) in
            guard let socket = try? Self.socket(kernel, call.i32(0)) else { return call.returns(-1.0) }
            return call.returns(call.i32(1) == 0 ? socket.receiveTimeout : socket.sendTimeout)
        }
        addOptions()
        addNames()
    }

    private mutating func addOptions() {
        let kernel = kernel
        add("env.__syscall_setsockopt") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            let (level, name, length) = (call.i32(1), call.i32(2), Int(call.u32(4)))
            let value = try kernel.memory.bytes(call.u32(3), length)
            if level == 1, name == 66 || name == 67 {
                guard length >= 16 else { throw .EINVAL }
                let microseconds = try kernel.memory.i64(call.u32(3) + 8)
                guard (0..<1_000_000).contains(microseconds) else { throw .EDOM }
                let milliseconds = Double(try kernel.memory.i64(call.u32(3))) * 1000 + Double(microseconds) / 1000
                let timeout = milliseconds == 0 ? -1 : max(0, milliseconds)
                if name == 66 { socket.receiveTimeout = timeout } else { socket.sendTimeout = timeout }
                return call.returns(0 as Int32)
            }
            guard length >= 4 || level == 0 && length >= 1 else { throw .EINVAL }
            guard Self.options(level).contains(name) else { throw .ENOPROTOOPT }
            var stored = Array(value.prefix(8))
            if level == 1, name == 7 || name == 8 {
                // Linux doubles the value, for its own bookkeeping.
                let size = max(4608, min(1 << 23, Int64(try kernel.memory.i32(call.u32(3))) * 2))
                stored = (0..<4).map { UInt8(truncatingIfNeeded: size >> Int64($0 * 8)) }
            }
            socket.options[Self.key(level, name)] = stored
            return call.returns(0 as Int32)
        }
        add("env.__syscall_getsockopt") { call throws(Errno) in
            let socket = try Self.socket(kernel, call.i32(0))
            let (level, name) = (call.i32(1), call.i32(2))
            let room = Int(try kernel.memory.i32(call.u32(4)))
            guard room >= 0 else { throw .EINVAL }
            func number(_ value: Int32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
            let value: [UInt8]
            switch (level, name) {
            case (1, 3): value = number(socket.type)
            case (1, 4): value = number(0)
            case (1, 30):
                value = number(socket.local.port.map { kernel.network.listeners[$0] === socket } == true ? 1 : 0)
            case (1, 38): value = number(socket.family == 1 ? 0 : socket.type == 1 ? 6 : 17)
            case (1, 39): value = number(socket.family)
            case (1, 66), (1, 67):
                let timeout = max(0, name == 66 ? socket.receiveTimeout : socket.sendTimeout)
                let seconds = Int64(timeout / 1000)
                let microseconds = Int64((timeout - Double(seconds) * 1000) * 1000)
                value = [seconds, microseconds].flatMap { part in
                    (0..<8).map { UInt8(truncatingIfNeeded: part >> Int64($0 * 8)) }
                }
            case (1, 7), (1, 8): value = socket.options[Self.key(level, name)] ?? number(212_992)
            case (1, 13): value = socket.options[Self.key(level, name)] ?? [UInt8](repeating: 0, count: 8)
            default:
                guard Self.options(level).contains(name) else { throw .ENOPROTOOPT }
                value = socket.options[Self.key(level, name)] ?? number(0)
            }
            try kernel.memory.write(value.prefix(room), at: call.u32(3))
            try kernel.memory.write(Int32(min(room, value.count)), at: call.u32(4))
            return call.returns(0 as Int32)
        }
    }

    private static func key(_ level: Int32, _ name: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: level)) << 32 | UInt64(UInt32(bitPattern: name))
    }

    private static func options(_ level: Int32) -> [Int32] {
        switch level {
        case 0: [1, 2, 8, 10, 32, 33, 34, 35, 36]
        case 1: [1, 2, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 18, 19, 66, 67]
        case 6: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 18, 23]
        case 41: [16, 17, 18, 19, 26, 67]
        default: []
        }
    }

    // MARK: Names of hosts

    private static let services: [String: (port: UInt16, isStream: Bool)] = [
        "http": (80, true), "https": (443, true), "ftp": (21, true), "ssh": (22, true), "telnet": (23, true),
        "smtp": (25, true), "domain": (53, false),
    ]

    /// The hosts that a name stands for: 32 bits each, and whether in IPv6. nil: there is none.
    private static func hosts(_ name: String, _ family: Int32, numeric: Bool) -> [(UInt32, Bool)]? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        if parts.count == 4, !parts.contains(nil) {
            if family == 10 { return nil }
            return [(parts.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }, false)]
        }
        if name == "::1" || name == "::" {
            return family == 2 ? nil : [(name == "::" ? 0 : SocketAddress.loopback, true)]
        }
        let lower = name.lowercased()
        guard !numeric, lower == "localhost" || lower.hasSuffix(".localhost") || lower == "ip6-localhost" else {
            return nil
        }
        var found: [(UInt32, Bool)] = []
        if family != 2 { found.append((SocketAddress.loopback, true)) }
        if family != 10 { found.append((SocketAddress.loopback, false)) }
        return found
    }

    private mutating func addNames() {
        let kernel = kernel
        add("env.getaddrinfo") { call throws(Errno) in
            let memory = kernel.memory
            func text(_ pointer: UInt32) throws(Errno) -> String? {
                pointer == 0 ? nil : String(decoding: try memory.string(pointer), as: UTF8.self)
            }
            let node = try text(call.u32(0))
            let service = try text(call.u32(1))
            var (flags, family, type, protocolNumber) = (Int32(0), Int32(0), Int32(0), Int32(0))
            if call.u32(2) != 0 {
                flags = try memory.i32(call.u32(2))
                family = try memory.i32(call.u32(2) + 4)
                type = try memory.i32(call.u32(2) + 8)
                protocolNumber = try memory.i32(call.u32(2) + 12)
            }
            if node == nil, service == nil { return call.returns(-2 as Int32) }
            guard [0, 2, 10].contains(family) else { return call.returns(-6 as Int32) }
            let kinds = [(Int32(1), Int32(6)), (2, 17)].filter {
                (type == 0 || type == $0.0) && (protocolNumber == 0 || protocolNumber == $0.1)
            }
            if kinds.isEmpty { return call.returns(type == 0 || type == 1 || type == 2 ? -8 as Int32 : -7) }
            var port: UInt16 = 0
            if let service {
                if let number = UInt16(service) {
                    port = number
                } else if flags & 1024 == 0, let known = Self.services[service] {
                    port = known.port
                } else {
                    return call.returns(flags & 1024 != 0 ? -2 as Int32 : -8)
                }
            }
            var hosts: [(UInt32, Bool)] = []
            if let node {
                guard let found = Self.hosts(node, family, numeric: flags & 4 != 0) else {
                    return call.returns(-2 as Int32)
                }
                hosts = found
            } else {
                let host = flags & 1 != 0 ? 0 : SocketAddress.loopback
                if family != 10 { hosts.append((host, false)) }
                if family != 2 { hosts.append((host, true)) }
            }
            var next: UInt32 = 0
            var isFirst = true
            let list = hosts.flatMap { host in kinds.map { (host, $0) } }
            for (host, kind) in list.reversed() {
                let address = SocketAddress.internet(host: host.0, port: port, isVersion6: host.1)
                let bytes = GuestMemory.bytes(of: address, family: 0)
                isFirst = next == 0 && isFirst
                let block = UInt32(bitPattern: kernel.callProgram(call.context, "malloc", [.i32(UInt32(32))]))
                let inner = UInt32(bitPattern: kernel.callProgram(call.context, "malloc", [.i32(UInt32(bytes.count))]))
                guard block != 0, inner != 0 else { return call.returns(-10 as Int32) }
                try memory.write(bytes, at: inner)
                let fields: [UInt32] = [
                    0, host.1 ? 10 : 2, UInt32(kind.0), UInt32(kind.1), UInt32(bytes.count), inner, 0, next,
                ]
                for (index, field) in fields.enumerated() { try memory.write(field, at: block + UInt32(index) * 4) }
                next = block
            }
            if flags & 2 != 0, let node, next != 0 {
                let bytes = Array(node.utf8) + [0]
                let name = UInt32(bitPattern: kernel.callProgram(call.context, "malloc", [.i32(UInt32(bytes.count))]))
                if name != 0 {
                    try memory.write(bytes, at: name)
                    try memory.write(name, at: next + 24)
                }
            }
            try memory.write(next, at: call.u32(3))
            return call.returns(0 as Int32)
        }
        add("env.getnameinfo") { call throws(Errno) in
            let flags = call.i32(6)
            guard let address = try? kernel.memory.address(call.u32(0), call.u32(1)),
                case .internet(let host, let port, let isVersion6) = address
            else { return call.returns(-6 as Int32) }
            var name: String
            if flags & 1 == 0, host == SocketAddress.loopback {
                name = "localhost"
            } else if flags & 8 != 0 {
                return call.returns(-2 as Int32)
            } else if isVersion6 {
                name = host == 0 ? "::" : host == SocketAddress.loopback ? "::1" : "::ffff:" + Self.dotted(host)
            } else {
                name = Self.dotted(host)
            }
            var service = "\(port)"
            if flags & 2 == 0,
                let known = Self.services.first(where: {
                    $0.value.port == port && $0.value.isStream == (flags & 16 == 0)
                })
            {
                service = known.key
            }
            for (text, pointer, room) in [(name, call.u32(2), call.u32(3)), (service, call.u32(4), call.u32(5))] {
                if pointer == 0 || room == 0 { continue }
                let bytes = Array(text.utf8) + [0]
                guard bytes.count <= room else { return call.returns(-12 as Int32) }
                try kernel.memory.write(bytes, at: pointer)
            }
            return call.returns(0 as Int32)
        }
        add("env._emscripten_lookup_name") { call throws(Errno) in
            let name = String(decoding: try kernel.memory.string(call.u32(0)), as: UTF8.self)
            guard let host = Self.hosts(name, 2, numeric: false)?.first?.0 else { return call.returns(0 as Int32) }
            return call.returns(Int32(bitPattern: host.byteSwapped))
        }
        add("env.getprotobyname") { call throws(Errno) in call.returns(0 as Int32) }
    }

    private static func dotted(_ host: UInt32) -> String {
        (0..<4).map { "\(host >> UInt32(24 - $0 * 8) & 255)" }.joined(separator: ".")
    }
}
