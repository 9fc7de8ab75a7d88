// accept, connect, send and receive.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "blocking.h"
#include "host.h"

/// Waits for one call on a socket, at most SO_RCVTIMEO or SO_SNDTIMEO in all.
typedef struct {
    int fd, events, flags;
    double deadline;  // 0 = nothing waited yet
} attempt;

/// After -EAGAIN: 0 to try again, or the negative errno to give up with.
static int again(attempt *self) {
    if ((self->flags & MSG_DONTWAIT) || frond_host_is_nonblocking(self->fd)) return -EAGAIN;
    if (!self->deadline) {
        double timeout = frond_host_socket_timeout(self->fd, self->events == POLLOUT);
        self->deadline = timeout < 0 ? FROND_NEVER : frond_now() + timeout;
    }
    int error = frond_wait_for(self->fd, self->events, self->deadline, FROND_WAIT_DESCRIPTOR);
    return error == ETIMEDOUT ? -EAGAIN : -error;
}

FROND_PUBLIC int __syscall_accept4(
    int fd, struct sockaddr *address, socklen_t *length, int flags, int unused1, int unused2) {
    (void)unused1, (void)unused2;
    attempt attempt = {fd, POLLIN, 0, 0};
    for (;;) {
        int result = frond_host_accept4(fd, address, length, flags);
        if (result != -EAGAIN) return result;
        if ((result = again(&attempt))) return result;
    }
}

FROND_PUBLIC int __syscall_connect(
    int fd, const struct sockaddr *address, socklen_t length, int unused1, int unused2, int unused3) {
    (void)unused1, (void)unused2, (void)unused3;
    attempt attempt = {fd, POLLOUT, 0, 0};
    for (bool waited = false;; waited = true) {
        int result = frond_host_connect(fd, address, length);
        if (waited && result == -EISCONN) return 0;
        if (result != -EAGAIN && result != -EINPROGRESS && !(waited && result == -EALREADY)) return result;
        if (frond_host_is_nonblocking(fd)) return -EINPROGRESS;
        if ((result = again(&attempt))) return result;
    }
}

FROND_PUBLIC int __syscall_recvfrom(
    int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
    attempt attempt = {fd, POLLIN, flags, 0};
    for (;;) {
        int result = frond_host_recvfrom(fd, data, size, flags, from, length);
        if (result != -EAGAIN) return result;
        if ((result = again(&attempt))) return result;
    }
}

FROND_PUBLIC int __syscall_recvmsg(
    int fd, struct msghdr *message, int flags, int unused1, int unused2, int unused3) {
    (void)unused1, (void)unused2, (void)unused3;
    attempt attempt = {fd, POLLIN, flags, 0};
    for (;;) {
        int result = frond_host_recvmsg(fd, message, flags);
        if (result != -EAGAIN) return result;
        if ((result = again(&attempt))) return result;
    }
}

/// A blocking send to a stream returns when all is sent; the host may take less at a time.
FROND_PUBLIC int __syscall_sendto(
    int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    attempt attempt = {fd, POLLOUT, flags, 0};
    size_t sent = 0;
    for (;;) {
        int result = frond_host_sendto(fd, (const char *)data + sent, size - sent, flags, to, length);
        if (result >= 0) {
            sent += (size_t)result;
            if (sent >= size || !result || (flags & MSG_DONTWAIT) || frond_host_is_nonblocking(fd)) break;
        } else {
            if (result == -EAGAIN) result = again(&attempt);
            if (result && !sent) return result;
            if (result) break;
        }
    }
    return (int)sent;
}

FROND_PUBLIC int __syscall_sendmsg(
    int fd, const struct msghdr *message, int flags, int unused1, int unused2, int unused3) {
    (void)unused1, (void)unused2, (void)unused3;
    attempt attempt = {fd, POLLOUT, flags, 0};
    for (;;) {
        int result = frond_host_sendmsg(fd, message, flags);
        if (result != -EAGAIN) return result;
        if ((result = again(&attempt))) return result;
    }
}
