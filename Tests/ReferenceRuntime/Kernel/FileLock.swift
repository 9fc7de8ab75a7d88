/// A lock on a range of a file, or on all of it.
struct FileLock {
    /// The open file that holds it; nil: the process (record locks of `fcntl`).
    var owner: ObjectIdentifier?
    var isWholeFile: Bool
    var isExclusive: Bool
    var range: Range<Int64>
}

extension Kernel {
    func dropLocks(_ inode: Inode, owner: Description?) {
        let key = ObjectIdentifier(inode)
        locks[key]?.removeAll { $0.owner == owner.map { ObjectIdentifier($0) } && (owner != nil || !$0.isWholeFile) }
    }

    /// `flock`: a lock on the whole file that belongs to the open file.
    func lockWhole(_ description: Description, _ operation: Int32) throws(Errno) {
        let key = ObjectIdentifier(description.inode)
        let owner = ObjectIdentifier(description)
        var held = (locks[key] ?? []).filter { !($0.isWholeFile && $0.owner == owner) }
        switch operation & ~4 {
        case 8: break
        case 1, 2:
            let isExclusive = operation & ~4 == 2
            if held.contains(where: { $0.isWholeFile && ($0.isExclusive || isExclusive) }) { throw .EAGAIN }
            held.append(FileLock(owner: owner, isWholeFile: true, isExclusive: isExclusive, range: 0..<Int64.max))
        default: throw .EINVAL
        }
        locks[key] = held
    }

    /// `fcntl` locks: the process has them all, so none of its own can conflict; open-file locks (OFD) can.
    func lockRange(_ description: Description, _ command: Int32, _ address: UInt32) throws(Errno) -> Int32 {
        let isOpenFileLock = command >= 36
        let type = try memory.u16(address)
        var start = try memory.i64(address + 8)
        let length = try memory.i64(address + 16)
        switch try memory.u16(address + 2) {
        case 0: break
        case 1: start += try description.seek(0, 1)
        case 2: start += description.inode.size
        default: throw .EINVAL
        }
        guard start >= 0, length >= 0 else { throw .EINVAL }
        let range = start..<(length == 0 ? Int64.max : start + length)
        let key = ObjectIdentifier(description.inode)
        let owner = isOpenFileLock ? ObjectIdentifier(description) : nil
        let held = (locks[key] ?? [])
        let conflict = held.first {
            !$0.isWholeFile && $0.owner != owner && $0.range.overlaps(range) && ($0.isExclusive || type == 1)
        }
        if command == 12 || command == 36 {
            if let conflict {
                try memory.write(UInt16(conflict.isExclusive ? 1 : 0), at: address)
                try memory.write(conflict.range.lowerBound, at: address + 8)
            } else {
                try memory.write(UInt16(2), at: address)
            }
            return 0
        }
        if type != 2, conflict != nil { throw .EAGAIN }
        if type == 0, !description.canRead { throw .EBADF }
        if type == 1, !description.canWrite { throw .EBADF }
        var kept: [FileLock] = []
        for lock in held {
            guard !lock.isWholeFile, lock.owner == owner, lock.range.overlaps(range) else {
                kept.append(lock)
                continue
            }
            if lock.range.lowerBound < range.lowerBound {
                kept.append(
                    FileLock(
                        owner: owner, isWholeFile: false, isExclusive: lock.isExclusive,
                        range: lock.range.lowerBound..<range.lowerBound))
            }
            if lock.range.upperBound > range.upperBound {
                kept.append(
                    FileLock(
                        owner: owner, isWholeFile: false, isExclusive: lock.isExclusive,
                        range: range.upperBound..<lock.range.upperBound))
            }
        }
        if type != 2 { kept.append(FileLock(owner: owner, isWholeFile: false, isExclusive: type == 1, range: range)) }
        locks[key] = kept
        return 0
    }
}
