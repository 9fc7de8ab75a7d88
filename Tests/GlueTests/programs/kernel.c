// A program for the tests of both kernels (Templates/kernel in JavaScript, Tests/ReferenceRuntime/Kernel in Swift): files,
// pipes, sockets, poll and time, through the very imports that libc uses, without libc. Every line that it prints is a result that
// POSIX prescribes; kernel.txt beside it is what it has to print anywhere. argv[1] names the part.
//
// Results are printed as they come: 0 or more, or minus the error number (WASI's numbers: 6 EAGAIN, 8 EBADF, 44 ENOENT, …).

#include "program.h"

#define SYSCALL(name) IMPORT("env", "__syscall_" #name) i32 sys_##name

typedef struct { i32 fd; u16 events, revents; } polled;
typedef struct { u16 family, port; u32 address; u8 rest[8]; } place;
typedef struct {
    u32 device, mode, links, user, group, special;
    i64 size;
    i32 block_size, blocks;
    struct { i64 seconds; i32 nanoseconds; } accessed, modified, changed;
    i64 inode;
} status;

IMPORT("frond", "poll") i32 host_poll(polled *list, i32 count);
IMPORT("frond", "connect") i32 host_connect(i32 fd, const place *to, i32 size);
IMPORT("frond", "accept4") i32 host_accept(i32 fd, place *from, u32 *size, i32 flags);
IMPORT("frond", "recvfrom") i32 host_receive(i32 fd, void *at, u32 size, i32 flags, place *from, u32 *from_size);
IMPORT("frond", "sendto") i32 host_send(i32 fd, const void *at, u32 size, i32 flags, const place *to, u32 to_size);
IMPORT("wasi_snapshot_preview1", "fd_close") i32 host_close(i32 fd);
IMPORT("wasi_snapshot_preview1", "fd_seek") i32 host_seek(i32 fd, i64 offset, i32 whence, i64 *position);
IMPORT("wasi_snapshot_preview1", "fd_pread") i32 host_pread(i32 fd, const span *spans, i32 count, i64 at, u32 *got);
IMPORT("wasi_snapshot_preview1", "fd_pwrite") i32 host_pwrite(i32 fd, const span *spans, i32 count, i64 at, u32 *done);
IMPORT("wasi_snapshot_preview1", "clock_time_get") i32 host_clock(i32 clock, i64 precision, i64 *time);
IMPORT("wasi_snapshot_preview1", "clock_res_get") i32 host_resolution(i32 clock, i64 *time);
SYSCALL(openat)(i32 folder, const char *path, i32 flags, const i32 *mode);
SYSCALL(dup)(i32 fd);
SYSCALL(dup3)(i32 fd, i32 to, i32 flags);
SYSCALL(mkdirat)(i32 folder, const char *path, i32 mode);
SYSCALL(rmdir)(const char *path);
SYSCALL(unlinkat)(i32 folder, const char *path, i32 flags);
SYSCALL(renameat)(i32 from, const char *path, i32 to, const char *target);
SYSCALL(linkat)(i32 from, const char *path, i32 to, const char *target, i32 flags);
SYSCALL(symlinkat)(const char *target, i32 folder, const char *path);
SYSCALL(readlinkat)(i32 folder, const char *path, char *at, u32 size);
SYSCALL(stat64)(const char *path, status *to);
SYSCALL(fstat64)(i32 fd, status *to);
SYSCALL(ftruncate64)(i32 fd, i64 size);
SYSCALL(chdir)(const char *path);
SYSCALL(getcwd)(char *at, u32 size);
SYSCALL(pipe2)(i32 *fds, i32 flags);
SYSCALL(socket)(i32 domain, i32 type, i32 protocol, i32, i32, i32);
SYSCALL(socketpair)(i32 domain, i32 type, i32 protocol, i32 *fds, i32, i32);
SYSCALL(bind)(i32 fd, const place *at, u32 size, i32, i32, i32);
SYSCALL(listen)(i32 fd, i32 backlog, i32, i32, i32, i32);
SYSCALL(getsockname)(i32 fd, place *at, u32 *size, i32, i32, i32);
SYSCALL(getpeername)(i32 fd, place *at, u32 *size, i32, i32, i32);
SYSCALL(shutdown)(i32 fd, i32 how, i32, i32, i32, i32);

enum { HERE = -100, READ_WRITE = 2, CREATE = 64, ONLY_NEW = 128, TRUNCATE = 512, APPEND = 1024, NONBLOCK = 2048 };
enum { IN = 1, OUT = 4 };

// --- calls as POSIX has them ---

static i32 open_file(const char *path, i32 flags) {
    static const i32 mode = 0644;
    return sys_openat(HERE, path, flags, &mode);
}

static i64 transfer(i32 error, u32 count) {
    return error ? -error : (i64)count;
}

static i64 read_from(i32 fd, void *at, u32 size) {
    span all = {at, size};
    u32 got = 0;
    return transfer(host_read(fd, &all, 1, &got), got);
}

static i64 write_to(i32 fd, const char *text, u32 size) {
    span all = {(void *)text, size};
    u32 done = 0;
    return transfer(host_write(fd, &all, 1, &done), done);
}

static i64 seek(i32 fd, i64 offset, i32 whence) {
    i64 position = 0;
    i32 error = host_seek(fd, offset, whence, &position);
    return error ? -error : position;
}

static i32 ready(i32 fd, i32 events) {
    polled one = {fd, events, 0};
    i32 count = host_poll(&one, 1);
    return count < 0 ? count : one.revents;
}

// --- one context that can wait ---

static i32 is_woken;
static double deadline = -1;

EXPORT("frond_next") i32 next_ready(void) {
    while (host_take_event() >= 0) is_woken = 1;
    frond_events_pending = 0;
    if (deadline >= 0 && now() >= deadline) is_woken = 1;
    return is_woken ? 0 : -1;
}

EXPORT("frond_wait_ms") double wait_ms(void) {
    if (is_woken) return 0;
    if (deadline < 0) return -1;
    double left = deadline - now();
    return left > 0 ? left : 0;
}

static void park(double until) {
    is_woken = 0, deadline = until;
    host_switch(0, -1, wait_ms());
    deadline = -1;
}

EXPORT("frond_context_entry") i32 entry(i32 id) { return id; }
EXPORT("frond_raise") void raise_signal(i32 signal) { (void)signal; }
EXPORT("frond_describe") const char *describe(void) { return "thread 1 (main)"; }
EXPORT("malloc") void *allocate(u32 size) { (void)size; return 0; }
EXPORT("free") void release(void *at) { (void)at; }
EXPORT("__wasm_call_ctors") void constructors(void) {}

// --- the parts ---

static char buffer[131072];

static void files(void) {
    status s;
    say("mkdir", sys_mkdirat(HERE, "/tmp/k", 0755));
    say("mkdir again", sys_mkdirat(HERE, "/tmp/k", 0755));
    say("chdir", sys_chdir("/tmp/k"));
    say("getcwd", sys_getcwd(buffer, sizeof buffer));
    say("getcwd without room", sys_getcwd(buffer, 3));
    say("open what is not there", open_file("a", READ_WRITE));
    i32 fd = open_file("a", READ_WRITE | CREATE | ONLY_NEW);
    say("create", fd >= 0);
    say("create again", open_file("a", READ_WRITE | CREATE | ONLY_NEW));
    say("open below a file", open_file("a/b", 0));
    say("open a folder for writing", open_file(".", 1));
    say("write", write_to(fd, "0123456789", 10));
    say("seek", seek(fd, 2, 0)), say("seek on", seek(fd, 3, 1)), say("seek back", seek(fd, -1, 2));
    say("seek before the start", seek(fd, -1, 0)), say("seek nowhere", seek(fd, 0, 9));
    say("position", seek(fd, 0, 1));
    say("read the last", read_from(fd, buffer, 5)), say("read at the end", read_from(fd, buffer, 5));
    span two[2] = {{buffer, 3}, {buffer + 3, 4}};
    u32 count = 0;
    say("pread", transfer(host_pread(fd, two, 2, 1, &count), count));
    put_bytes(buffer, 7), put("\n");
    say("pread behind the end", transfer(host_pread(fd, two, 2, 99, &count), count));
    say("pread before the start", transfer(host_pread(fd, two, 2, -1, &count), count));
    say("pwrite", transfer(host_pwrite(fd, two, 1, 12, &count), count));
    say("position after it", seek(fd, 0, 1));
    say("fstat", sys_fstat64(fd, &s)), say("size", s.size), say("mode", s.mode), say("links", s.links);
    say("the hole", transfer(host_pread(fd, two, 1, 10, &count), count)), say("its byte", buffer[0]);
    i32 twin = sys_dup(fd);
    seek(fd, 4, 0);
    say("a twin's position", seek(twin, 0, 1));
    say("dup of nothing", sys_dup(99)), say("dup3 on itself", sys_dup3(fd, fd, 0));
    say("dup3", sys_dup3(fd, 77, 0)), say("close", host_close(77)), say("close again", host_close(77));
    say("truncate", sys_ftruncate64(fd, 4)), say("longer", sys_ftruncate64(fd, 6)), say("negative", sys_ftruncate64(fd, -1));
    i32 end = open_file("a", 1 | APPEND);
    seek(end, 0, 0);
    say("append", write_to(end, "xy", 2)), say("position", seek(end, 0, 1));
    say("read what is for writing", read_from(end, buffer, 1));
    i32 only = open_file("a", 0);
    say("write what is for reading", write_to(only, "x", 1));
    say("link", sys_linkat(HERE, "a", HERE, "b", 0));
    sys_stat64("b", &s), say("links", s.links), say("size", s.size);
    say("symlink", sys_symlinkat("b", HERE, "c")), say("readlink", sys_readlinkat(HERE, "c", buffer, 10));
    say("readlink of a file", sys_readlinkat(HERE, "a", buffer, 10));
    say("symlink to itself", sys_symlinkat("d", HERE, "d")), say("through it", sys_stat64("d", &s));
    say("rename", sys_renameat(HERE, "a", HERE, "e")), say("the old name", sys_stat64("a", &s));
    say("rmdir of a file", sys_rmdir("e")), say("mkdir", sys_mkdirat(HERE, "f", 0700));
    say("rename into it", sys_renameat(HERE, "e", HERE, "f/e"));
    say("rmdir of what is not empty", sys_rmdir("f")), say("into itself", sys_renameat(HERE, "f", HERE, "f/g"));
    say("unlink", sys_unlinkat(HERE, "f/e", 0)), say("rmdir", sys_rmdir("f"));
    say("unlink of nothing", sys_unlinkat(HERE, "e", 0)), say("what is open stays", seek(fd, 0, 2));
    say("truncate on open", open_file("b", 1 | TRUNCATE) >= 0), say("size", seek(fd, 0, 2));
}

static void pipes(void) {
    i32 fds[2];
    say("pipe", sys_pipe2(fds, NONBLOCK));
    say("read from an empty one", read_from(fds[0], buffer, 1));
    say("ready to read", ready(fds[0], IN)), say("ready to write", ready(fds[1], OUT));
    i64 total = 0, done;
    while ((done = write_to(fds[1], buffer, 5000)) > 0) total += done;
    say("its room", total), say("write to a full one", done), say("ready to write", ready(fds[1], OUT));
    say("read", read_from(fds[0], buffer, 100)), say("a write that does not fit whole", write_to(fds[1], buffer, 4096));
    say("one that does", write_to(fds[1], buffer, 100)), say("seek", seek(fds[0], 0, 0));
    say("read from the wrong end", read_from(fds[1], buffer, 1));
    host_close(fds[1]);
    say("ready at the end", ready(fds[0], IN));
    for (total = 0; (done = read_from(fds[0], buffer, sizeof buffer)) > 0;) total += done;
    say("the rest", total), say("the end", done), say("then ready", ready(fds[0], IN));
    host_close(fds[0]);
    sys_pipe2(fds, 0);
    host_close(fds[0]);
    say("nobody reads", write_to(fds[1], "x", 1)), say("ready", ready(fds[1], OUT) & ~OUT);
    say("poll of what is not open", ready(99, IN));
}

static void sockets(void) {
    place here = {2, 0, 0x0100007f, {0}}, there;
    u32 size = sizeof there;
    i32 server = sys_socket(2, 1 | NONBLOCK, 0, 0, 0, 0);
    say("accept before listen", host_accept(server, 0, 0, 0));
    say("bind", sys_bind(server, &here, sizeof here, 0, 0, 0)), say("bind again", sys_bind(server, &here, sizeof here, 0, 0, 0));
    say("listen", sys_listen(server, 5, 0, 0, 0, 0)), say("nobody there", host_accept(server, 0, 0, 0));
    sys_getsockname(server, &here, &size, 0, 0, 0);
    say("it has a port", here.port != 0), say("size of its name", size);
    i32 other = sys_socket(2, 1, 0, 0, 0, 0);
    say("the port is taken", sys_bind(other, &here, sizeof here, 0, 0, 0));
    say("peer of nobody", sys_getpeername(other, &there, &size, 0, 0, 0));
    say("send to nobody", host_send(other, "x", 1, 0, 0, 0));
    say("connect", host_connect(other, &here, sizeof here)), say("connect again", host_connect(other, &here, sizeof here));
    say("somebody there", ready(server, IN));
    size = sizeof there;
    i32 near = host_accept(server, &there, &size, NONBLOCK);
    say("accept", near >= 0), say("family", there.family), say("nobody else", host_accept(server, 0, 0, 0));
    say("nothing yet", host_receive(near, buffer, 9, 0, 0, 0));
    say("send", host_send(other, "hello", 5, 0, 0, 0)), say("ready", ready(near, IN | OUT));
    say("peek", host_receive(near, buffer, 3, 2, 0, 0)), say("receive", host_receive(near, buffer, 9, 0, 0, 0));
    say("half closed", sys_shutdown(other, 1, 0, 0, 0, 0)), say("its end", host_receive(near, buffer, 9, 0, 0, 0));
    say("send after that", host_send(other, "x", 1, 0x4000, 0, 0));
    say("the other way", host_send(near, "back", 4, 0, 0, 0)), say("arrives", host_receive(other, buffer, 9, 0, 0, 0));
    host_close(near), host_close(other), host_close(server);
    other = sys_socket(2, 1, 0, 0, 0, 0);
    say("refused", host_connect(other, &here, sizeof here));
    i32 pair[2];
    say("pair", sys_socketpair(1, 1 | NONBLOCK, 0, pair, 0, 0)), say("pair on the network", sys_socketpair(2, 1, 0, pair, 0, 0));
    say("pair of no family", sys_socketpair(99, 1, 0, pair, 0, 0));
    say("send", write_to(pair[0], "abc", 3)), say("receive", read_from(pair[1], buffer, 9));
    host_close(pair[0]);
    say("closed", read_from(pair[1], buffer, 9)), say("ready", ready(pair[1], IN));
    i32 letters = sys_socket(2, 2 | NONBLOCK, 0, 0, 0, 0);
    here.port = 0, here.address = 0x0100007f, size = sizeof here;
    say("bind", sys_bind(letters, &here, sizeof here, 0, 0, 0)), sys_getsockname(letters, &here, &size, 0, 0, 0);
    say("send", host_send(letters, "one", 3, 0, &here, sizeof here)), say("send", host_send(letters, "two.", 4, 0, &here, sizeof here));
    say("cut off", host_receive(letters, buffer, 2, 0, 0, 0)), say("the next", host_receive(letters, buffer, 9, 0, 0, 0));
    say("no more", host_receive(letters, buffer, 9, 0, 0, 0)), say("not a socket", host_receive(1, buffer, 9, 0, 0, 0));
    say("no such family", sys_socket(99, 1, 0, 0, 0, 0));
}

static void waiting(void) {
    double before = now();
    park(before + 50);
    double took = now() - before;
    say("slept long enough", took >= 50), say("and not for ever", took < 10000);
    i64 first = 0, second = 0;
    say("clock", host_clock(1, 0, &first)), host_clock(1, 0, &second), say("goes on", second >= first);
    say("calendar", host_clock(0, 0, &first)), say("after 2020", first > 1577836800000000000), say("no such clock", host_clock(99, 0, &first));
    say("resolution", host_resolution(1, &first)), say("is there", first > 0);
    i32 fds[2];
    sys_pipe2(fds, NONBLOCK);
    say("watch", host_watch(fds[0], IN, 0)), say("write", write_to(fds[1], "x", 1));
    park(-1);
    say("woken: ready", ready(fds[0], IN)), say("watch what is ready", host_watch(fds[0], IN, 0));
    say("read", read_from(fds[0], buffer, 9));
    say("watch", host_watch(fds[0], IN, 0)), host_close(fds[1]);
    park(-1);
    say("woken: the end", read_from(fds[0], buffer, 9)), say("watch nothing", host_watch(99, IN, 0));
}

EXPORT("frond_start") i32 start(void) {
    static u8 *argv[16], text[1024];
    u32 count, size;
    args_sizes_get(&count, &size);
    if (count > 16 || size > sizeof text) return 100;
    args_get(argv, text);
    const char *part = count > 1 ? (char *)argv[1] : "";
    i32 all = *part == 0;
    if (all || same(part, "files")) put("--- files\n"), files();
    if (all || same(part, "pipes")) put("--- pipes\n"), pipes();
    if (all || same(part, "sockets")) put("--- sockets\n"), sockets();
    if (all || same(part, "waiting")) put("--- waiting\n"), waiting();
    return 0;
}
