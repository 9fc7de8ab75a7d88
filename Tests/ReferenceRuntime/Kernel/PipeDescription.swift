/// Bytes on their way, at most so many.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var start = 0
    let capacity: Int

    init(capacity: Int = 65_536) { self.capacity = capacity }

    var count: Int { bytes.count - start }
    var room: Int { capacity - count }

    mutating func append(_ buffer: UnsafeRawBufferPointer) -> Int {
        let count = min(buffer.count, room)
        bytes.append(contentsOf: buffer.prefix(count))
        return count
    }

    mutating func take(_ buffer: UnsafeMutableRawBufferPointer, peek: Bool = false) -> Int {
        let count = min(buffer.count, self.count)
        buffer.copyBytes(from: bytes[start..<start + count])
        if peek { return count }
        start += count
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 1 << 16 {
            bytes.removeFirst(start)
            start = 0
        }
        return count
    }
}

/// What both ends of a pipe share.
final class Pipe {
    var queue = ByteQueue()
    var readers: [PipeDescription] = []
    var writers: [PipeDescription] = []
    /// Whether anybody has ever written: a FIFO without a writer yet is not at its end.
    var hadWriter = false
}

/// One end of a pipe.
final class PipeDescription: Description {
    private let pipe: Pipe

    init(_ kernel: Kernel, _ inode: PipeInode, _ flags: Int32) {
        pipe = inode.pipe
        super.init(kernel, inode, flags)
        if canRead { pipe.readers.append(self) }
        if canWrite {
            pipe.writers.append(self)
            pipe.hadWriter = true
        }
    }

    override func read(_ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        guard canRead else { throw .EBADF }
        if buffer.count == 0 { return 0 }
        if pipe.queue.count == 0 {
            if pipe.writers.isEmpty, pipe.hadWriter { return 0 }
            throw .EAGAIN
        }
        let count = pipe.queue.take(buffer)
        for writer in pipe.writers { writer.changed() }
        return count
    }

    override func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int {
        guard canWrite else { throw .EBADF }
        if pipe.readers.isEmpty { throw .EPIPE }
        // At most PIPE_BUF bytes go in as a whole or not at all.
        if buffer.count <= 4096 ? pipe.queue.room < buffer.count : pipe.queue.room == 0 { throw .EAGAIN }
        let count = pipe.queue.append(buffer)
        for reader in pipe.readers { reader.changed() }
        return count
    }

    override func availableBytes() -> Int? { pipe.queue.count }

    override func readyEvents() -> Int32 {
        var events: Int32 = 0
        if canRead {
            if pipe.queue.count > 0 { events |= PollEvents.input }
            if pipe.writers.isEmpty, pipe.hadWriter { events |= PollEvents.hangUp }
        }
        if canWrite {
            if pipe.readers.isEmpty {
                events |= PollEvents.output | PollEvents.error
            } else if pipe.queue.room >= 4096 {
                events |= PollEvents.output
            }
        }
        return events
    }

    override func close() {
        pipe.readers.removeAll { $0 === self }
        pipe.writers.removeAll { $0 === self }
        for end in pipe.readers + pipe.writers { end.changed() }
    }
}
