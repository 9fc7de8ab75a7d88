/// Where a socket is.
enum SocketAddress: Equatable {
    case none
    /// IPv4, or IPv6's loopback and any addresses mapped onto it: host as 32 bits, port.
    case internet(host: UInt32, port: UInt16, isVersion6: Bool)
    case unix(Name)

    static let loopback: UInt32 = 0x7F00_0001

    var port: UInt16? {
        if case .internet(_, let port, _) = self { port } else { nil }
    }
}

/// The loopback network: who listens where.
final class Network {
    var listeners: [UInt16: StreamSocket] = [:]
    var datagrams: [UInt16: DatagramSocket] = [:]
    var abstractNames: [Name: Description] = [:]
    private var nextPort: UInt16 = 32_768

    func freePort(_ isUsed: (UInt16) -> Bool) -> UInt16 {
        while true {
            let port = nextPort
            nextPort = nextPort == 60_999 ? 32_768 : nextPort + 1
            if !isUsed(port) { return port }
        }
    }
}

/// What all sockets have in common.
class Socket: Description {
    let family: Int32
    let type: Int32
    var local = SocketAddress.none
    var remote = SocketAddress.none
    /// Options that are only remembered.
    var options: [UInt64: [UInt8]] = [:]
    var receiveTimeout: Double = -1
    var sendTimeout: Double = -1

    init(_ kernel: Kernel, family: Int32, type: Int32, flags: Int32 = 0) {
        self.family = family
        self.type = type
        let inode = SocketInode(kernel)
        super.init(kernel, inode, OpenFlags.readWrite | flags)
        inode.socket = self
    }

    var isVersion6: Bool { family == 10 }

    func bind(_ address: SocketAddress) throws(Errno) { throw .EINVAL }
    func listen(_ backlog: Int32) throws(Errno) { throw .EOPNOTSUPP }
    func accept() throws(Errno) -> Socket { throw .EINVAL }
    func connect(_ address: SocketAddress) throws(Errno) { throw .EINVAL }
    func shutdown(_ how: Int32) throws(Errno) { throw .ENOTCONN }
    func receive(
        _ buffers: [UnsafeMutableRawBufferPointer], flags: Int32
    ) throws(Errno) -> (count: Int, from: SocketAddress, isTruncated: Bool) { throw .ENOTCONN }
    func send(_ bytes: [UInt8], to: SocketAddress?) throws(Errno) -> Int { throw .ENOTCONN }

    override func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try receive([buffer], flags: 0).count
    }

    override func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int { try send([UInt8](buffer), to: nil) }

    /// The socket that a Unix address names.
    func socket(at name: Name) throws(Errno) -> Description {
        if name.first == 0 {
            guard let socket = kernel.network.abstractNames[name] else { throw .ECONNREFUSED }
            return socket
        }
        guard let inode = try kernel.find(name, from: kernel.directory) as? SocketInode else { throw .ECONNREFUSED }
        guard let socket = inode.socket else { throw .ECONNREFUSED }
        return socket
    }

    func bindUnix(_ name: Name) throws(Errno) {
        if name.first == 0 {
            guard kernel.network.abstractNames[name] == nil else { throw .EADDRINUSE }
            kernel.network.abstractNames[name] = self
        } else {
            guard let inode = inode as? SocketInode else { throw .EINVAL }
            let place = try kernel.place(name, from: kernel.directory, follow: false)
            guard place.inode == nil else { throw .EADDRINUSE }
            place.directory.add(place.name, inode)
        }
        local = .unix(name)
    }
}

/// A TCP socket of the loopback network, or a Unix stream socket.
final class StreamSocket: Socket {
    private enum State { case new, listening, connected, closed }

    private var state = State.new
    private var waiting: [StreamSocket] = []
    private var backlog = 0
    private var incoming = ByteQueue(capacity: 1 << 18)
    private weak var peer: StreamSocket?
    /// The other side will send no more.
    private var isAtEnd = false
    private var hasShutDownWrite = false
    private var hasShutDownRead = false
    private var isReset = false

    static func pair(_ kernel: Kernel, family: Int32, flags: Int32) -> (StreamSocket, StreamSocket) {
        let first = StreamSocket(kernel, family: family, type: 1, flags: flags)
        let second = StreamSocket(kernel, family: family, type: 1, flags: flags)
        first.join(second)
        return (first, second)
    }

    private func join(_ other: StreamSocket) {
        (peer, other.peer) = (other, self)
        (state, other.state) = (.connected, .connected)
    }

    override func bind(_ address: SocketAddress) throws(Errno) {
        guard local == .none else { throw .EINVAL }
        switch address {
        case .internet(let host, let port, let isVersion6):
            guard host == 0 || host >> 24 == 127 else { throw .EADDRNOTAVAIL }
            if port != 0, kernel.network.listeners[port] != nil { throw .EADDRINUSE }
            let chosen = port != 0 ? port : kernel.network.freePort { kernel.network.listeners[$0] != nil }
            local = .internet(host: host, port: chosen, isVersion6: isVersion6)
        case .unix(let name): try bindUnix(name)
        case .none: throw .EAFNOSUPPORT
        }
    }

    override func listen(_ backlog: Int32) throws(Errno) {
        guard state == .new || state == .listening else { throw .EINVAL }
        if local == .none {
            if family == 1 { throw .EDESTADDRREQ }
            try bind(.internet(host: 0, port: 0, isVersion6: isVersion6))
        }
        if let port = local.port {
            if let other = kernel.network.listeners[port], other !== self { throw .EADDRINUSE }
            kernel.network.listeners[port] = self
        }
        self.backlog = max(1, min(Int(backlog), 4096))
        state = .listening
    }

    override func accept() throws(Errno) -> Socket {
        guard state == .listening else { throw .EINVAL }
        guard !waiting.isEmpty else { throw .EAGAIN }
        return waiting.removeFirst()
    }

    override func connect(_ address: SocketAddress) throws(Errno) {
        if state == .connected { throw .EISCONN }
        guard state == .new else { throw .EINVAL }
        let listener: StreamSocket
        switch address {
        case .internet(let host, let port, _):
            guard host == 0 || host >> 24 == 127 else { throw .ENETUNREACH }
            guard let found = kernel.network.listeners[port] else { throw .ECONNREFUSED }
            listener = found
            if local == .none {
                let port = kernel.network.freePort { kernel.network.listeners[$0] != nil }
                local = .internet(host: SocketAddress.loopback, port: port, isVersion6: isVersion6)
            }
        case .unix(let name):
            guard let found = try socket(at: name) as? StreamSocket else { throw .EPROTONOSUPPORT }
            listener = found
        case .none: throw .EAFNOSUPPORT
        }
        guard listener.state == .listening else { throw .ECONNREFUSED }
        guard listener.waiting.count <= listener.backlog else { throw .ECONNREFUSED }
        let server = StreamSocket(kernel, family: family, type: 1)
        join(server)
        if case .internet(let host, let port, let isVersion6) = address {
            server.local = .internet(
                host: host == 0 ? SocketAddress.loopback : host, port: port, isVersion6: isVersion6)
        } else {
            server.local = listener.local
        }
        server.remote = local
        remote = server.local
        listener.waiting.append(server)
        listener.changed()
    }

    override func shutdown(_ how: Int32) throws(Errno) {
        guard state == .connected else { throw .ENOTCONN }
        guard (0...2).contains(how) else { throw .EINVAL }
        if how != 1 { hasShutDownRead = true }
        if how != 0, !hasShutDownWrite {
            hasShutDownWrite = true
            peer?.isAtEnd = true
            peer?.changed()
        }
        changed()
    }

    override func receive(
        _ buffers: [UnsafeMutableRawBufferPointer], flags: Int32
    ) throws(Errno) -> (count: Int, from: SocketAddress, isTruncated: Bool) {
        guard state == .connected else { throw state == .listening ? .EINVAL : .ENOTCONN }
        if isReset {
            isReset = false
            throw .ECONNRESET
        }
        if incoming.count == 0 {
            if isAtEnd || hasShutDownRead || peer == nil { return (0, remote, false) }
            if buffers.allSatisfy({ $0.isEmpty }) { return (0, remote, false) }
            throw .EAGAIN
        }
        var count = 0
        let peeks = flags & 2 != 0
        for buffer in buffers {
            let taken = incoming.take(buffer, peek: peeks)
            count += taken
            if taken < buffer.count || peeks { break }
        }
        if !peeks { peer?.changed() }
        return (count, remote, false)
    }

    override func send(_ bytes: [UInt8], to: SocketAddress?) throws(Errno) -> Int {
        guard state == .connected else { throw state == .closed || family != 1 ? .EPIPE : .ENOTCONN }
        if hasShutDownWrite { throw .EPIPE }
        guard let peer, peer.state == .connected else { throw isReset ? .ECONNRESET : .EPIPE }
        if peer.hasShutDownRead { throw .EPIPE }
        if bytes.isEmpty { return 0 }
        let count = bytes.withUnsafeBytes { peer.incoming.append($0) }
        if count == 0 { throw .EAGAIN }
        peer.changed()
        return count
    }

    override func availableBytes() -> Int? { incoming.count }

    override func readyEvents() -> Int32 {
        switch state {
        case .new: return PollEvents.output | PollEvents.hangUp
        case .listening: return waiting.isEmpty ? 0 : PollEvents.input
        case .closed: return PollEvents.hangUp
        case .connected:
            var events: Int32 = 0
            let isOver = isAtEnd || hasShutDownRead || peer == nil
            if incoming.count > 0 || isOver { events |= PollEvents.input }
            if isOver { events |= PollEvents.peerHangUp }
            if isOver, hasShutDownWrite || peer == nil { events |= PollEvents.hangUp }
            if isReset { events |= PollEvents.error }
            if (peer?.incoming.room ?? 1) > 0 { events |= PollEvents.output }
            return events
        }
    }

    override func close() {
        if state == .listening {
            if let port = local.port { kernel.network.listeners[port] = nil }
            for socket in waiting { socket.close() }
            waiting = []
        }
        if case .unix(let name) = local, name.first == 0 { kernel.network.abstractNames[name] = nil }
        if state == .connected, let peer {
            peer.isAtEnd = true
            // Unread data is lost: the other side gets to know.
            if incoming.count > 0 { peer.isReset = true }
            peer.peer = nil
            peer.changed()
        }
        state = .closed
        peer = nil
    }
}

/// A UDP socket of the loopback network, or a Unix datagram socket.
final class DatagramSocket: Socket {
    private var incoming: [(bytes: [UInt8], from: SocketAddress)] = []
    private weak var peer: DatagramSocket?
    private static let most = 256

    static func pair(_ kernel: Kernel, family: Int32, flags: Int32) -> (DatagramSocket, DatagramSocket) {
        let first = DatagramSocket(kernel, family: family, type: 2, flags: flags)
        let second = DatagramSocket(kernel, family: family, type: 2, flags: flags)
        (first.peer, second.peer) = (second, first)
        return (first, second)
    }

    override func bind(_ address: SocketAddress) throws(Errno) {
        guard local == .none else { throw .EINVAL }
        switch address {
        case .internet(let host, let port, let isVersion6):
            guard host == 0 || host >> 24 == 127 else { throw .EADDRNOTAVAIL }
            if port != 0, kernel.network.datagrams[port] != nil { throw .EADDRINUSE }
            let chosen = port != 0 ? port : kernel.network.freePort { kernel.network.datagrams[$0] != nil }
            kernel.network.datagrams[chosen] = self
            local = .internet(host: host, port: chosen, isVersion6: isVersion6)
        case .unix(let name): try bindUnix(name)
        case .none: throw .EAFNOSUPPORT
        }
    }

    override func connect(_ address: SocketAddress) throws(Errno) {
        if case .internet(let host, _, _) = address, host != 0, host >> 24 != 127 { throw .ENETUNREACH }
        if local == .none, family != 1 {
            try bind(.internet(host: SocketAddress.loopback, port: 0, isVersion6: isVersion6))
        }
        remote = address
    }

    override func receive(
        _ buffers: [UnsafeMutableRawBufferPointer], flags: Int32
    ) throws(Errno) -> (count: Int, from: SocketAddress, isTruncated: Bool) {
        guard let first = incoming.first else { throw .EAGAIN }
        var count = 0
        for buffer in buffers {
            let part = first.bytes[count...].prefix(buffer.count)
            buffer.copyBytes(from: part)
            count += part.count
        }
        if flags & 2 == 0 { incoming.removeFirst() }
        return (flags & 32 != 0 ? first.bytes.count : count, first.from, count < first.bytes.count)
    }

    override func send(_ bytes: [UInt8], to: SocketAddress?) throws(Errno) -> Int {
        guard bytes.count <= 65_507 else { throw .EMSGSIZE }
        let target: DatagramSocket?
        if let peer {
            target = peer
        } else {
            let address = to ?? remote
            switch address {
            case .none: throw .EDESTADDRREQ
            case .unix(let name): target = try socket(at: name) as? DatagramSocket
            case .internet(let host, let port, _):
                guard host == 0 || host >> 24 == 127 else { throw .ENETUNREACH }
                if local == .none {
                    try bind(.internet(host: SocketAddress.loopback, port: 0, isVersion6: isVersion6))
                }
                target = kernel.network.datagrams[port]
            }
        }
        // A datagram for nobody is lost, as on any network.
        guard let target else { return bytes.count }
        guard target.incoming.count < Self.most else { throw .EAGAIN }
        target.incoming.append((bytes, local))
        target.changed()
        return bytes.count
    }

    override func availableBytes() -> Int? { incoming.first?.bytes.count ?? 0 }

    override func readyEvents() -> Int32 { PollEvents.output | (incoming.isEmpty ? 0 : PollEvents.input) }

    override func close() {
        if let port = local.port { kernel.network.datagrams[port] = nil }
        if case .unix(let name) = local, name.first == 0 { kernel.network.abstractNames[name] = nil }
    }
}
