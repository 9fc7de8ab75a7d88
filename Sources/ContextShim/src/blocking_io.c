// read and write. Sockets: blocking_sockets.c.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/uio.h>

#ifdef __wasm__
#include <wasi/api.h>
#else
typedef int __wasi_fd_t;
typedef unsigned short __wasi_errno_t;
typedef struct iovec __wasi_iovec_t;
typedef struct iovec __wasi_ciovec_t;
typedef size_t __wasi_size_t;
#endif

#include "blocking.h"
#include "host.h"

int frond_wait_for(int fd, int events, double deadline, frond_wait_kind kind) {
    frond_thread *me = frond_self;
    if (frond_host_depth) return EDEADLK;
    int ready = frond_host_watch(fd, events, me->id);
    if (ready) return ready < 0 ? -ready : 0;
    me->subject = fd;
    int error = frond_park(NULL, deadline, kind);
    if (error) frond_host_unwatch(me->id);
    return error;
}

int frond_wait_or_give_up(int fd, int events) {
    if (frond_host_is_nonblocking(fd)) return EAGAIN;
    return frond_wait_for(fd, events, FROND_NEVER, FROND_WAIT_DESCRIPTOR);
}

FROND_PUBLIC __wasi_errno_t __wasi_fd_read(
    __wasi_fd_t fd, const __wasi_iovec_t *vectors, size_t count, __wasi_size_t *done) {
    for (;;) {
        int error = frond_host_fd_read(fd, vectors, count, done);
        if (error != EAGAIN) return (__wasi_errno_t)error;
        error = frond_wait_or_give_up(fd, POLLIN);
        if (error) return (__wasi_errno_t)error;
    }
}

#define PIECES 8

/// What is left of `from` after its first `skip` bytes: at most PIECES vectors, the caller comes again.
static size_t rest_of(struct iovec *to, const struct iovec *from, size_t count, size_t skip) {
    size_t used = 0;
    for (size_t i = 0; i < count && used < PIECES; i++) {
        if (skip >= from[i].iov_len) {
            skip -= from[i].iov_len;
            continue;
        }
        to[used].iov_base = (char *)from[i].iov_base + skip;
        to[used++].iov_len = from[i].iov_len - skip;
        skip = 0;
    }
    return used;
}

/// A blocking write returns when all is written, or when something goes wrong after a part was.
FROND_PUBLIC __wasi_errno_t __wasi_fd_write(
    __wasi_fd_t fd, const __wasi_ciovec_t *given, size_t count, __wasi_size_t *done) {
    const struct iovec *all = (const struct iovec *)given, *vectors = all;
    const size_t all_count = count;
    struct iovec rest[PIECES];
    size_t total = 0, written = 0;
    for (size_t i = 0; i < count; i++) total += all[i].iov_len;
    for (;;) {
        size_t part = 0;
        int error = frond_host_fd_write(fd, vectors, count, &part);
        if (error == EAGAIN) {
            error = frond_wait_or_give_up(fd, POLLOUT);
        } else if (!error) {
            written += part;
            if (written >= total || !part || frond_host_is_nonblocking(fd)) break;
            count = rest_of(rest, all, all_count, written);
            vectors = rest;
        }
        if (error && !written) return (__wasi_errno_t)error;
        if (error) break;
    }
    *done = written;
    return 0;
}
