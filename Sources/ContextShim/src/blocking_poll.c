// poll and epoll_wait (select is libc's, over poll). The host answers at once what is ready; to wait, every descriptor is
// watched for the same thread, and the first event wakes it.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>

#include "blocking.h"
#include "host.h"

static double deadline_after(int timeout) {
    return timeout < 0 ? FROND_NEVER : frond_now() + timeout;
}

/// Parks until an event, the deadline, or a signal; `watched` says what watching answered.
static int park_watching(int watched, double deadline) {
    frond_thread *me = frond_self;
    int error = watched < 0 ? -watched : watched ? 0 : frond_park(NULL, deadline, FROND_WAIT_POLL);
    frond_host_unwatch(me->id);
    return error;
}

FROND_PUBLIC int __syscall_poll(struct pollfd *fds, nfds_t count, int timeout) {
    double deadline = 0;
    for (bool first = true;; first = false) {
        int ready = frond_host_poll(fds, (int)count);
        if (ready || !timeout) return ready;
        if (frond_host_depth) return -EDEADLK;
        if (first) deadline = deadline_after(timeout);
        int watched = 0;
        for (nfds_t i = 0; i < count && !watched; i++)
            if (fds[i].fd >= 0) watched = frond_host_watch(fds[i].fd, fds[i].events, frond_self->id);
        int error = park_watching(watched, deadline);
        if (error == ETIMEDOUT) return frond_host_poll(fds, (int)count);
        if (error) return -error;
    }
}

FROND_PUBLIC int __syscall_poll_nonblocking(struct pollfd *fds, nfds_t count) {
    return frond_host_poll(fds, (int)count);
}

FROND_PUBLIC int __syscall_epoll_pwait(
    int fd, struct epoll_event *events, int room, int timeout, const sigset_t *mask, size_t mask_size) {
    (void)mask_size;
    sigset_t before;
    if (mask) pthread_sigmask(SIG_SETMASK, mask, &before);
    double deadline = 0;
    int result;
    for (bool first = true;; first = false) {
        result = frond_host_epoll_wait(fd, events, room);
        if (result || !timeout) break;
        if (frond_host_depth) {
            result = -EDEADLK;
            break;
        }
        if (first) deadline = deadline_after(timeout);
        int error = park_watching(frond_host_watch(fd, POLLIN, frond_self->id), deadline);
        if (error == ETIMEDOUT) result = frond_host_epoll_wait(fd, events, room);
        else if (error) result = -error;
        else continue;
        break;
    }
    if (mask) pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
