// poll, select and epoll_wait. The host answers at once what is ready; to wait, every descriptor is
// watched for the same thread, and the first event wakes it.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "blocking.h"
#include "host.h"

/// Parks until an event, the deadline, or a signal; `watched` says what watching answered.
static int park_watching(int watched, double deadline) {
    frond_thread *me = frond_self;
    int error = watched < 0 ? -watched : watched ? 0 : frond_park(NULL, deadline, FROND_WAIT_POLL);
    frond_host_unwatch(me->id);
    return error;
}

/// poll with a timeout in milliseconds that may have a fraction; negative = none.
static int poll_for(struct pollfd *fds, nfds_t count, double timeout) {
    double deadline = 0;
    frond_give_way();  // the interpreter's lock is free here: else a loop that is always ready keeps it from the others
    for (bool first = true;; first = false) {
        int ready = frond_host_poll(fds, (int)count);
        if (ready || timeout == 0) return ready;
        if (frond_host_depth) return -EDEADLK;
        if (first) deadline = timeout < 0 ? FROND_NEVER : frond_now() + timeout;
        int watched = 0;
        for (nfds_t i = 0; i < count && !watched; i++)
            if (fds[i].fd >= 0) watched = frond_host_watch(fds[i].fd, fds[i].events, frond_self->id);
        int error = park_watching(watched, deadline);
        if (error == ETIMEDOUT) return frond_host_poll(fds, (int)count);
        if (error) return -error;
    }
}

FROND_PUBLIC int __syscall_poll(struct pollfd *fds, nfds_t count, int timeout) {
    return poll_for(fds, count, timeout);
}

FROND_PUBLIC int __syscall_poll_nonblocking(struct pollfd *fds, nfds_t count) {
    frond_give_way();
    return frond_host_poll(fds, (int)count);
}

FROND_PUBLIC int __syscall_epoll_pwait(
    int fd, struct epoll_event *events, int room, int timeout, const sigset_t *mask, size_t mask_size) {
    (void)mask_size;
    sigset_t before;
    if (mask) pthread_sigmask(SIG_SETMASK, mask, &before);
    double deadline = 0;
    int result;
    frond_give_way();
    for (bool first = true;; first = false) {
        result = frond_host_epoll_wait(fd, events, room);
        if (result || !timeout) break;
        if (frond_host_depth) {
            result = -EDEADLK;
            break;
        }
        if (first) deadline = timeout < 0 ? FROND_NEVER : frond_now() + timeout;
        int error = park_watching(frond_host_watch(fd, POLLIN, frond_self->id), deadline);
        if (error == ETIMEDOUT) result = frond_host_epoll_wait(fd, events, room);
        else if (error) result = -error;
        else continue;
        break;
    }
    if (mask) pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

// --- select, over poll; libc's own rounds its timeout to milliseconds and would spin for the rest ---

static int outcome(int result) {
    if (result >= 0) return result;
    errno = -result;
    return -1;
}

static int select_for(int count, fd_set *reading, fd_set *writing, fd_set *urgent, double timeout) {
    if (count < 0 || count > FD_SETSIZE) return -EINVAL;
    struct pollfd fds[count ? count : 1];
    nfds_t used = 0;
    for (int fd = 0; fd < count; fd++) {
        int events = 0;
        if (reading && FD_ISSET(fd, reading)) events |= POLLIN;
        if (writing && FD_ISSET(fd, writing)) events |= POLLOUT;
        if (urgent && FD_ISSET(fd, urgent)) events |= POLLPRI;
        if (events) fds[used++] = (struct pollfd){.fd = fd, .events = (short)events};
    }
    int ready = poll_for(fds, used, timeout);
    if (ready < 0) return ready;
    for (nfds_t i = 0; i < used; i++)
        if (fds[i].revents & POLLNVAL) return -EBADF;
    if (reading) FD_ZERO(reading);
    if (writing) FD_ZERO(writing);
    if (urgent) FD_ZERO(urgent);
    int bits = 0;
    for (nfds_t i = 0; i < used; i++) {
        int fd = fds[i].fd, asked = fds[i].events, got = fds[i].revents;
        // An end or an error makes the next read or write return at once.
        if ((asked & POLLIN) && (got & (POLLIN | POLLHUP | POLLERR))) FD_SET(fd, reading), bits++;
        if ((asked & POLLOUT) && (got & (POLLOUT | POLLERR))) FD_SET(fd, writing), bits++;
        if ((asked & POLLPRI) && (got & POLLPRI)) FD_SET(fd, urgent), bits++;
    }
    return bits;
}

FROND_PUBLIC int select(
    int count, fd_set *restrict reading, fd_set *restrict writing, fd_set *restrict urgent,
    struct timeval *restrict timeout) {
    if (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0)) return outcome(-EINVAL);
    double ms = timeout ? (double)timeout->tv_sec * 1e3 + (double)timeout->tv_usec / 1e3 : -1;
    return outcome(select_for(count, reading, writing, urgent, ms));
}

FROND_PUBLIC int pselect(
    int count, fd_set *restrict reading, fd_set *restrict writing, fd_set *restrict urgent,
    const struct timespec *restrict timeout, const sigset_t *restrict mask) {
    if (timeout && (timeout->tv_sec < 0 || timeout->tv_nsec < 0)) return outcome(-EINVAL);
    double ms = timeout ? (double)timeout->tv_sec * 1e3 + (double)timeout->tv_nsec / 1e6 : -1;
    sigset_t before;
    if (mask) pthread_sigmask(SIG_SETMASK, mask, &before);
    int result = select_for(count, reading, writing, urgent, ms);
    if (mask) pthread_sigmask(SIG_SETMASK, &before, NULL);
    return outcome(result);
}
