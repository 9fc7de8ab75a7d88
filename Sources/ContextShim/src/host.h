// The imports of module `frond`: everything that the shim asks of its host. Templates/host-abi.json describes each.
//
// One of them suspends: `frond_host_switch`. All others answer at once; those named after a system call are the attempt
// that does not block, and answer -EAGAIN (`fd_read`, `fd_write`: EAGAIN) where a blocking descriptor would have to wait.
#ifndef FROND_HOST_H
#define FROND_HOST_H

#include "port.h"

struct pollfd;
struct sockaddr;
struct msghdr;
struct rusage;
struct epoll_event;

// --- stacks ---

/// Parks context `me`, then resumes or starts `next`. `next` = -1: the host idles until an event or for `wait_ms`
/// (-1 = without end; 0 = its event loop takes one turn), then goes on with what `frond_next` says.
/// Returns 0, or 1 when `me` was killed.
FROND_IMPORT("switch") int frond_host_switch(int me, int next, double wait_ms);
/// Resumes parked context `id` with 1, later; or forgets it if it was never started.
FROND_IMPORT("kill") void frond_host_kill(int id);
/// How many finished contexts are worth keeping for reuse on this engine.
FROND_IMPORT("pool") int frond_host_pool(void);
/// How many contexts may exist at once.
FROND_IMPORT("cap") int frond_host_cap(void);

// --- events ---

/// Puts `thread` in the event queue once `fd` is ready for `events` (POLLIN…). 1: it is ready now, nothing registered;
/// 0: registered; negative: errno. `fd` -1 stands for "a child process ended".
FROND_IMPORT("watch") int frond_host_watch(int fd, int events, int thread);
/// Forgets every watch of `thread`.
FROND_IMPORT("unwatch") void frond_host_unwatch(int thread);
/// The next thread that an event woke, or -1.
FROND_IMPORT("take_event") int frond_host_take_event(void);
/// Milliseconds of a monotonic clock.
#ifdef __wasm__
double emscripten_get_now(void);
static inline double frond_host_now(void) {
    return emscripten_get_now();
}
#else
double frond_host_now(void);
#endif

// --- system calls that would block ---

FROND_IMPORT("is_nonblocking") int frond_host_is_nonblocking(int fd);
/// SO_RCVTIMEO (`sending` 0) or SO_SNDTIMEO (1) of a socket, in milliseconds; -1 = none.
FROND_IMPORT("socket_timeout") double frond_host_socket_timeout(int fd, int sending);
FROND_IMPORT("fd_read") int frond_host_fd_read(int fd, const void *vectors, size_t count, size_t *done);
FROND_IMPORT("fd_write") int frond_host_fd_write(int fd, const void *vectors, size_t count, size_t *done);
FROND_IMPORT("poll") int frond_host_poll(struct pollfd *fds, int count);
FROND_IMPORT("epoll_wait") int frond_host_epoll_wait(int fd, struct epoll_event *events, int count);
FROND_IMPORT("accept4") int frond_host_accept4(int fd, struct sockaddr *address, unsigned *length, int flags);
FROND_IMPORT("connect") int frond_host_connect(int fd, const struct sockaddr *address, unsigned length);
FROND_IMPORT("recvfrom")
int frond_host_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, unsigned *length);
FROND_IMPORT("recvmsg") int frond_host_recvmsg(int fd, struct msghdr *message, int flags);
FROND_IMPORT("sendto")
int frond_host_sendto(
    int fd, const void *data, size_t size, int flags, const struct sockaddr *to, unsigned length);
FROND_IMPORT("sendmsg") int frond_host_sendmsg(int fd, const struct msghdr *message, int flags);
/// As wait4 with WNOHANG: 0 = children, but none ended.
FROND_IMPORT("wait4") int frond_host_wait4(int pid, int *status, int options, struct rusage *usage);

// --- functions that are made at run time ---

/// Puts the function `f` of a module, which imports `env.memory` and `env.table`, into a slot of the table, which becomes as long
/// as that takes; no size: no function. Slot -1 is a new one at the end. Returns the slot, or -1.
FROND_IMPORT("set_function") int frond_host_set_function(int slot, const void *bytes, size_t size);

/// Sends a signal (0 = none, only look) to another process. 0 or a negative errno.
FROND_IMPORT("kill_process") int frond_host_kill_process(int pid, int signum);

/// The default action of `signum` is about to end this program: for whoever waits for it.
FROND_IMPORT("killed_by") void frond_host_killed_by(int signum);

/// One line of the event trace; called only while `frond_trace_enabled` is set.
FROND_IMPORT("trace") void frond_host_trace(int kind, int a, int b);

#endif
