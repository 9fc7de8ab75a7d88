"""Files: positions, short reads, errors by number, links, locks, order of names."""

import errno
import fcntl
import mmap
import os
import stat
import sqlite3
import tempfile


def failing(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]


def run():
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    with open("a", "wb") as file:
        file.write(bytes(range(256)) * 40)
    fd = os.open("a", os.O_RDWR)
    print(os.lseek(fd, -10, os.SEEK_END), os.read(fd, 100)[:3], os.read(fd, 1), os.lseek(fd, 5, os.SEEK_SET))
    print(os.pread(fd, 3, 300), os.read(fd, 2), os.lseek(fd, 0, os.SEEK_CUR), os.pwrite(fd, b"xyz", 2))
    print(os.readv(fd, [bytearray(3), bytearray(70000)]), os.writev(fd, [b"1", b"22", b""]))
    os.ftruncate(fd, 20)
    print(os.fstat(fd).st_size, os.lseek(fd, 100, os.SEEK_SET), os.write(fd, b"!"), os.fstat(fd).st_size)
    other = os.dup(fd)
    print(os.lseek(other, 0, os.SEEK_CUR), failing(os.lseek, 99, 0, 0), failing(os.lseek, fd, -1, 0))
    with mmap.mmap(fd, 0) as mapped:
        mapped[0:2] = b"MM"
    print(os.pread(other, 4, 0))
    fcntl.flock(fd, fcntl.LOCK_EX)
    again = os.open("a", os.O_RDWR | os.O_APPEND)
    print(failing(fcntl.flock, again, fcntl.LOCK_EX | fcntl.LOCK_NB), os.write(again, b"end"))
    for each in (fd, other, again):
        os.close(each)
    print(failing(os.read, fd, 1), failing(os.open, "no/such", os.O_RDONLY), failing(os.mkdir, "a"))
    print(failing(os.open, "a/b", os.O_RDONLY), failing(os.rmdir, "a"), failing(os.open, ".", os.O_WRONLY))
    for name in "zebra apple mango".split():
        os.mkdir(name)
    os.symlink("apple", "link")
    os.symlink("loop", "loop")
    print(os.listdir("."), os.readlink("link"), failing(os.stat, "loop"), failing(os.rmdir, "link"))
    open("apple/x", "w").close()
    print(failing(os.rmdir, "apple"), failing(os.rename, "apple", "apple/sub"), failing(os.link, "mango", "hard"))
    os.link("a", "hard")
    os.rename("a", "zebra/a")
    print(os.stat("hard").st_nlink, oct(stat.S_IMODE(os.stat("hard").st_mode)), os.path.realpath("link/x"))
    os.chmod("hard", 0o400)
    print(failing(os.open, "hard", os.O_WRONLY), os.access("hard", os.W_OK), oct(os.umask(0o77)), oct(os.umask(0o22)))
    os.utime("hard", ns=(1, 2_000_000_001))
    print(os.stat("hard").st_mtime_ns, failing(os.open, "hard", os.O_CREAT | os.O_EXCL), failing(os.truncate, ".", 1))
    os.unlink("hard")
    with open("zebra/a", "rb") as file:
        os.unlink("zebra/a")
        print(len(file.read()), os.listdir("zebra"))
    database = sqlite3.connect("data.db")
    with database:
        database.execute("create table t (x)")
        database.executemany("insert into t values (?)", [(i,) for i in range(500)])
    print(database.execute("select sum(x) from t").fetchone())
    database.close()
    print(failing(os.write, os.open("/dev/full", os.O_WRONLY), b"x"), os.read(os.open("/dev/zero", os.O_RDONLY), 3))
    print(failing(os.open, "x" * 300, os.O_CREAT), failing(os.statvfs, "/nowhere"), os.path.ismount("/"))
