/// A system call's error, by musl's number for it (as Emscripten has it: WASI's numbers).
struct Errno: Error, Equatable {
    var number: Int32

    init(_ number: Int32) { self.number = number }

    static let EACCES = Errno(2)
    static let EADDRINUSE = Errno(3)
    static let EADDRNOTAVAIL = Errno(4)
    static let EAFNOSUPPORT = Errno(5)
    static let EAGAIN = Errno(6)
    static let EBADF = Errno(8)
    static let EBUSY = Errno(10)
    static let ECHILD = Errno(12)
    static let ECONNREFUSED = Errno(14)
    static let ECONNRESET = Errno(15)
    static let EDESTADDRREQ = Errno(17)
    static let EEXIST = Errno(20)
    static let EFAULT = Errno(21)
    static let EFBIG = Errno(22)
    static let EINVAL = Errno(28)
    static let EISCONN = Errno(30)
    static let EISDIR = Errno(31)
    static let ELOOP = Errno(32)
    static let EMFILE = Errno(33)
    static let EMSGSIZE = Errno(35)
    static let ENAMETOOLONG = Errno(37)
    static let ENETUNREACH = Errno(40)
    static let ENODEV = Errno(43)
    static let ENOENT = Errno(44)
    static let ENOEXEC = Errno(45)
    static let ENOMEM = Errno(48)
    static let ENOPROTOOPT = Errno(50)
    static let ENOSPC = Errno(51)
    static let ENOSYS = Errno(52)
    static let ENOTCONN = Errno(53)
    static let ENOTDIR = Errno(54)
    static let ENOTEMPTY = Errno(55)
    static let ENOTSOCK = Errno(57)
    static let ENOTTY = Errno(59)
    static let ENXIO = Errno(60)
    static let EPERM = Errno(63)
    static let EPIPE = Errno(64)
    static let EPROTONOSUPPORT = Errno(66)
    static let ERANGE = Errno(68)
    static let EROFS = Errno(69)
    static let ESPIPE = Errno(70)
    static let ESRCH = Errno(71)
    static let EXDEV = Errno(75)
    static let EDOM = Errno(18)
    static let ESOCKTNOSUPPORT = Errno(137)
    static let EOPNOTSUPP = Errno(138)
}

/// Flags of musl on WebAssembly, as far as the kernel looks at them.
enum OpenFlags {
    static let accessMode: Int32 = 3
    static let writeOnly: Int32 = 1
    static let readWrite: Int32 = 2
    static let create: Int32 = 0o100
    static let exclusive: Int32 = 0o200
    static let truncate: Int32 = 0o1000
    static let append: Int32 = 0o2000
    static let nonblocking: Int32 = 0o4000
    static let async: Int32 = 0o20000
    static let largeFile: Int32 = 0o100000
    static let directory: Int32 = 0o200000
    static let noFollow: Int32 = 0o400000
    static let closeOnExec: Int32 = 0o2000000
    static let path: Int32 = 0o10000000
    static let temporary: Int32 = 0o20000000
}

/// `st_mode`.
enum FileMode {
    static let typeMask: UInt32 = 0o170000
    static let socket: UInt32 = 0o140000
    static let link: UInt32 = 0o120000
    static let regular: UInt32 = 0o100000
    static let directory: UInt32 = 0o040000
    static let character: UInt32 = 0o020000
    static let fifo: UInt32 = 0o010000
}

/// Events of `poll`.
enum PollEvents {
    static let input: Int32 = 0x001
    static let priority: Int32 = 0x002
    static let output: Int32 = 0x004
    static let error: Int32 = 0x008
    static let hangUp: Int32 = 0x010
    static let invalid: Int32 = 0x020
    static let peerHangUp: Int32 = 0x2000
    /// What is reported whether it was asked for or not.
    static let always: Int32 = error | hangUp | invalid
}
