// System calls that libc answers with stubs of its own unless somebody defines them. Here they ask the host, or say what is
// true of this machine: one user, one process group.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "blocking.h"
#include "host.h"

#define USER 1000

FROND_IMPORT("getpid") int frond_host_getpid(void);
FROND_IMPORT("getppid") int frond_host_getppid(void);
FROND_IMPORT("socketpair") int frond_host_socketpair(int domain, int type, int protocol, int fds[2]);
FROND_IMPORT("uname") int frond_host_uname(struct utsname *name);
FROND_IMPORT("getrusage") int frond_host_getrusage(int who, struct rusage *usage);
FROND_IMPORT("prlimit")
int frond_host_prlimit(pid_t pid, int resource, const struct rlimit *wanted, struct rlimit *before);
FROND_IMPORT("flock") int frond_host_flock(int fd, int operation);
FROND_IMPORT("sendfile") int frond_host_sendfile(int to, int from, off_t *offset, size_t count);

FROND_PUBLIC pid_t __syscall_getpid(void) {
    return frond_host_getpid();
}

FROND_PUBLIC pid_t __syscall_getppid(void) {
    return frond_host_getppid();
}

/// All processes are in the session and the process group of the first one, which leads both.
static pid_t leader_of(pid_t pid) {
    enum { FIRST_PROCESS = 42 };  // Templates/kernel/machine.mjs
    bool exists = pid == 0 || pid == frond_host_getpid() || kill(pid, 0) == 0;
    return exists ? FIRST_PROCESS : -ESRCH;
}

FROND_PUBLIC pid_t __syscall_getsid(pid_t pid) {
    return leader_of(pid);
}

FROND_PUBLIC pid_t __syscall_getpgid(pid_t pid) {
    return leader_of(pid);
}

/// The main thread's is the process id, as on Linux.
FROND_PUBLIC pid_t gettid(void) {
    return frond_host_getpid() + (frond_self->id << 16);
}

FROND_PUBLIC int __syscall_getuid32(void) {
    return USER;
}
FROND_PUBLIC int __syscall_geteuid32(void) {
    return USER;
}
FROND_PUBLIC int __syscall_getgid32(void) {
    return USER;
}
FROND_PUBLIC int __syscall_getegid32(void) {
    return USER;
}

FROND_PUBLIC int __syscall_getresuid32(uid_t *real, uid_t *effective, uid_t *saved) {
    *real = *effective = *saved = USER;
    return 0;
}
FROND_PUBLIC int __syscall_getresgid32(gid_t *real, gid_t *effective, gid_t *saved) {
    *real = *effective = *saved = USER;
    return 0;
}

// One may become what one is.
static bool is_us(unsigned id) {
    return id == USER || id == (unsigned)-1;
}
FROND_PUBLIC int __syscall_setuid32(uid_t id) {
    return id == USER ? 0 : -EPERM;
}
FROND_PUBLIC int __syscall_setgid32(gid_t id) {
    return id == USER ? 0 : -EPERM;
}
FROND_PUBLIC int __syscall_setreuid32(uid_t real, uid_t effective) {
    return is_us(real) && is_us(effective) ? 0 : -EPERM;
}
FROND_PUBLIC int __syscall_setregid32(gid_t real, gid_t effective) {
    return is_us(real) && is_us(effective) ? 0 : -EPERM;
}
FROND_PUBLIC int __syscall_setresuid32(uid_t real, uid_t effective, uid_t saved) {
    return is_us(real) && is_us(effective) && is_us(saved) ? 0 : -EPERM;
}
FROND_PUBLIC int __syscall_setresgid32(gid_t real, gid_t effective, gid_t saved) {
    return is_us(real) && is_us(effective) && is_us(saved) ? 0 : -EPERM;
}

FROND_PUBLIC int __syscall_getgroups32(int room, gid_t *list) {
    if (room < 0) return -EINVAL;
    if (room > 0) list[0] = USER;
    return 1;
}

FROND_PUBLIC int __syscall_uname(struct utsname *name) {
    return frond_host_uname(name);
}

FROND_PUBLIC int __syscall_getrusage(int who, struct rusage *usage) {
    return frond_host_getrusage(who, usage);
}

FROND_PUBLIC int __syscall_socketpair(int domain, int type, int protocol, int fds[2], int unused1, int unused2) {
    (void)unused1, (void)unused2;
    return frond_host_socketpair(domain, type, protocol, fds);
}

FROND_PUBLIC int __syscall_prlimit64(
    pid_t pid, int resource, const struct rlimit *wanted, struct rlimit *before) {
    return frond_host_prlimit(pid, resource, wanted, before);
}

/// Handlers run on the stack of whoever they interrupt: there is no other to run them on.
FROND_PUBLIC int sigaltstack(const stack_t *restrict wanted, stack_t *restrict before) {
    static stack_t current = {.ss_flags = SS_DISABLE};
    if (before) *before = current;
    if (wanted) current = *wanted;
    return 0;
}

static long outcome(int result) {
    if (result >= 0) return result;
    errno = -result;
    return -1;
}

FROND_PUBLIC int flock(int fd, int operation) {
    return (int)outcome(frond_host_flock(fd, operation));
}

FROND_PUBLIC ssize_t sendfile(int to, int from, off_t *offset, size_t count) {
    return outcome(frond_host_sendfile(to, from, offset, count));
}

FROND_PUBLIC clock_t times(struct tms *times) {
    struct rusage usage;
    if (frond_host_getrusage(RUSAGE_SELF, &usage)) return (clock_t)outcome(-EINVAL);
    long ticks = sysconf(_SC_CLK_TCK);
    if (times) {
        times->tms_utime = (clock_t)(usage.ru_utime.tv_sec * ticks + usage.ru_utime.tv_usec * ticks / 1000000);
        times->tms_stime = (clock_t)(usage.ru_stime.tv_sec * ticks + usage.ru_stime.tv_usec * ticks / 1000000);
        times->tms_cutime = times->tms_cstime = 0;
    }
    return (clock_t)(frond_now() / 1e3 * (double)ticks);
}
