/// A connection from outside to a port on which the program listens: what a browser is to a server.
public final class HostConnection {
    private let socket: StreamSocket
    private let kernel: Kernel

    fileprivate init(_ socket: StreamSocket, _ kernel: Kernel) {
        self.socket = socket
        self.kernel = kernel
    }

    /// Sends bytes; returns how many there was room for.
    public func send(_ bytes: [UInt8]) -> Int { (try? socket.send(bytes, to: nil)) ?? 0 }

    /// What has arrived since the last time.
    public func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: socket.availableBytes() ?? 0)
        guard !buffer.isEmpty else { return [] }
        let count = buffer.withUnsafeMutableBytes { (try? socket.receive([$0], flags: 0).count) ?? 0 }
        return Array(buffer.prefix(count))
    }

    /// Whether the program has ended its side, and everything has been received.
    public var isAtEnd: Bool {
        socket.availableBytes() == 0 && socket.readyEvents() & PollEvents.peerHangUp != 0
    }

    /// Closes the connection.
    public func close() { socket.close() }
}

extension Program {
    /// The ports on which the program listens, in ascending order.
    public var listeningPorts: [UInt16] { kernel.network.listeners.keys.sorted() }

    /// Connects to a port; nil when nobody listens there.
    public func connect(port: UInt16) -> HostConnection? {
        let socket = StreamSocket(kernel, family: 2, type: 1)
        let address = SocketAddress.internet(host: SocketAddress.loopback, port: port, isVersion6: false)
        guard (try? socket.connect(address)) != nil else { return nil }
        return HostConnection(socket, kernel)
    }
}
