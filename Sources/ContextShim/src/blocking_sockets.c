// accept, connect, send and receive.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "blocking.h"
#include "host.h"

/// After -EAGAIN: 0 to try again, or the negative errno to give up with.
static int again(int fd, int events, int flags) {
    if (flags & MSG_DONTWAIT) return -EAGAIN;
    return -frond_wait_or_give_up(fd, events);
}

FROND_PUBLIC int __syscall_accept4(
    int fd, struct sockaddr *address, socklen_t *length, int flags, int unused1, int unused2) {
    (void)unused1, (void)unused2;
    for (;;) {
        int result = frond_host_accept4(fd, address, length, flags);
        if (result != -EAGAIN) return result;
        if ((result = again(fd, POLLIN, 0))) return result;
    }
}

FROND_PUBLIC int __syscall_connect(
    int fd, const struct sockaddr *address, socklen_t length, int unused1, int unused2, int unused3) {
    (void)unused1, (void)unused2, (void)unused3;
    for (bool waited = false;; waited = true) {
        int result = frond_host_connect(fd, address, length);
        if (waited && result == -EISCONN) return 0;
        if (result != -EAGAIN && result != -EINPROGRESS && !(waited && result == -EALREADY)) return result;
        if (frond_host_is_nonblocking(fd)) return -EINPROGRESS;
        if ((result = -frond_wait_for(fd, POLLOUT, FROND_WAIT_DESCRIPTOR))) return result;
    }
}

FROND_PUBLIC int __syscall_recvfrom(
    int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
    for (;;) {
        int result = frond_host_recvfrom(fd, data, size, flags, from, length);
        if (result != -EAGAIN) return result;
        if ((result = again(fd, POLLIN, flags))) return result;
    }
}

FROND_PUBLIC int __syscall_recvmsg(
    int fd, struct msghdr *message, int flags, int unused1, int unused2, int unused3) {
    (void)unused1, (void)unused2, (void)unused3;
    for (;;) {
        int result = frond_host_recvmsg(fd, message, flags);
        if (result != -EAGAIN) return result;
        if ((result = again(fd, POLLIN, flags))) return result;
    }
}

/// A blocking send to a stream returns when all is sent; the host may take less at a time.
FROND_PUBLIC int __syscall_sendto(
    int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    size_t sent = 0;
    for (;;) {
        int result = frond_host_sendto(fd, (const char *)data + sent, size - sent, flags, to, length);
        if (result >= 0) {
            sent += (size_t)result;
            if (sent >= size || !result || (flags & MSG_DONTWAIT) || frond_host_is_nonblocking(fd)) break;
        } else {
            if (result == -EAGAIN) result = again(fd, POLLOUT, flags);
            if (result && !sent) return result;
            if (result) break;
        }
    }
    return (int)sent;
}

FROND_PUBLIC int __syscall_sendmsg(
    int fd, const struct msghdr *message, int flags, int unused1, int unused2, int unused3) {
    (void)unused1, (void)unused2, (void)unused3;
    for (;;) {
        int result = frond_host_sendmsg(fd, message, flags);
        if (result != -EAGAIN) return result;
        if ((result = again(fd, POLLOUT, flags))) return result;
    }
}
