/// The program's linear memory as system calls use it: every access is checked, and one beyond the end is `EFAULT`.
struct GuestMemory {
    let memory: MemoryInstance

    func range(_ address: UInt32, _ count: Int) throws(Errno) -> UnsafeMutableRawBufferPointer {
        guard count >= 0, Int(address) + count <= memory.count else { throw .EFAULT }
        let bytes = memory.bytes
        return UnsafeMutableRawBufferPointer(rebasing: bytes[Int(address)..<Int(address) + count])
    }

    func read<T: FixedWidthInteger>(_ address: UInt32, as type: T.Type) throws(Errno) -> T {
        let bytes = try range(address, MemoryLayout<T>.size)
        return T(littleEndian: bytes.loadUnaligned(as: T.self))
    }

    func u32(_ address: UInt32) throws(Errno) -> UInt32 { try read(address, as: UInt32.self) }
    func i32(_ address: UInt32) throws(Errno) -> Int32 { try read(address, as: Int32.self) }
    func u16(_ address: UInt32) throws(Errno) -> UInt16 { try read(address, as: UInt16.self) }
    func i64(_ address: UInt32) throws(Errno) -> Int64 { try read(address, as: Int64.self) }

    func write<T: FixedWidthInteger>(_ value: T, at address: UInt32) throws(Errno) {
        let bytes = try range(address, MemoryLayout<T>.size)
        bytes.storeBytes(of: value.littleEndian, as: T.self)
    }

    func write(_ source: some Collection<UInt8>, at address: UInt32) throws(Errno) {
        let bytes = try range(address, source.count)
        bytes.copyBytes(from: source)
    }

    func bytes(_ address: UInt32, _ count: Int) throws(Errno) -> [UInt8] { [UInt8](try range(address, count)) }

    /// The bytes of a C string, without the zero.
    func string(_ address: UInt32, limit: Int = 1 << 20) throws(Errno) -> [UInt8] {
        guard address != 0, Int(address) < memory.count else { throw .EFAULT }
        let bytes = memory.bytes
        var end = Int(address)
        let last = min(bytes.count, end + limit)
        while end < last, bytes[end] != 0 { end += 1 }
        guard end < last else { throw .ENAMETOOLONG }
        return [UInt8](bytes[Int(address)..<end])
    }

    /// The buffers of an `iovec` array.
    func vectors(_ address: UInt32, _ count: Int) throws(Errno) -> [UnsafeMutableRawBufferPointer] {
        guard count >= 0, count <= 1024 else { throw .EINVAL }
        var buffers: [UnsafeMutableRawBufferPointer] = []
        for index in 0..<UInt32(count) {
            let base = try u32(address + index * 8)
            let size = try u32(address + index * 8 + 4)
            if size > 0 { buffers.append(try range(base, Int(size))) }
        }
        return buffers
    }
}
