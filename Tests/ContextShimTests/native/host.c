// A host for the shim without an engine: contexts are ucontexts, time is a number that only moves when everybody waits (or
// when a test says so), and descriptors are switches that a test turns on at a given time.
#include "host.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>

#include "scheduler.h"
#include "test.h"

int frond_context_entry(int id);
int frond_next(void);
extern int frond_events_pending;

#define MOST 20000
static ucontext_t stacks[MOST];
static bool started[MOST], killed[MOST];
static ucontext_t idle_stack;
static char idle_memory[64 * 1024];
static double idle_wait;

double test_now;
int test_pool = 4, test_cap = 8000, test_kills, test_host_turns, test_switches;
jmp_buf test_deadlock;
bool test_expects_deadlock;

double frond_host_now(void) {
    return test_now;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    (void)clock;
    double ms = test_now + 1.7e12;
    time->tv_sec = (time_t)(ms / 1e3);
    time->tv_nsec = (long)((ms - (double)time->tv_sec * 1e3) * 1e6);
    return 0;
}

int frond_host_pool(void) {
    return test_pool;
}
int frond_host_cap(void) {
    return test_cap;
}
void frond_host_trace(int kind, int a, int b) {
    printf("trace %d %d %d\n", kind, a, b);
}

static void go_idle(double wait_ms);
static void resume(int id);

static void body(int id) {
    int next = frond_context_entry(id);
    started[id] = false;
    if (next < 0) go_idle(frond_wait_ms());
    else resume(next);
}

static void resume(int id) {
    if (id == 0 || started[id]) {
        setcontext(&stacks[id]);
        abort();
    }
    started[id] = true;
    killed[id] = false;
    frond_context *context = frond_context_by_id(id);
    getcontext(&stacks[id]);
    stacks[id].uc_stack.ss_sp = context->stack;
    stacks[id].uc_stack.ss_size = context->stack_size;
    stacks[id].uc_link = NULL;
    makecontext(&stacks[id], (void (*)(void))body, 1, id);
    setcontext(&stacks[id]);
    abort();
}

// --- descriptors ---

typedef struct {
    double ready_at;
    int watcher;
    bool nonblocking;
} descriptor;
static descriptor descriptors[64];
static int events[256], event_count;
int test_watches;

void test_ready_at(int fd, double ms) {
    descriptors[fd].ready_at = ms;
}
void test_set_nonblocking(int fd, bool on) {
    descriptors[fd].nonblocking = on;
}
static bool is_ready(int fd) {
    return descriptors[fd].ready_at && descriptors[fd].ready_at <= test_now;
}

static void collect_events(void) {
    for (int fd = 0; fd < 64; fd++)
        if (descriptors[fd].watcher && is_ready(fd)) {
            events[event_count++] = descriptors[fd].watcher - 1;
            descriptors[fd].watcher = 0;
            frond_events_pending = 1;
        }
}

static double next_event(void) {
    double next = FROND_NEVER;
    for (int fd = 0; fd < 64; fd++)
        if (descriptors[fd].watcher && descriptors[fd].ready_at > test_now && descriptors[fd].ready_at < next)
            next = descriptors[fd].ready_at;
    return next;
}

int frond_host_watch(int fd, int wanted, int thread) {
    (void)wanted;
    if (fd < 0 || fd >= 64) return -EBADF;
    if (is_ready(fd)) return 1;
    test_watches++;
    descriptors[fd].watcher = thread + 1;
    return 0;
}
void frond_host_unwatch(int thread) {
    for (int fd = 0; fd < 64; fd++)
        if (descriptors[fd].watcher == thread + 1) descriptors[fd].watcher = 0;
}
int frond_host_take_event(void) {
    if (!event_count) return -1;
    int first = events[0];
    memmove(events, events + 1, (size_t)--event_count * sizeof *events);
    return first;
}
int frond_host_is_nonblocking(int fd) {
    return descriptors[fd].nonblocking;
}
double frond_host_socket_timeout(int fd, int sending) {
    (void)fd, (void)sending;
    return -1;
}

/// Reading takes the readiness away.
int frond_host_fd_read(int fd, const void *vectors, size_t count, size_t *done) {
    const struct iovec *vector = vectors;
    (void)count;
    if (!is_ready(fd)) return EAGAIN;
    descriptors[fd].ready_at = 0;
    memset(vector->iov_base, 'x', vector->iov_len);
    *done = vector->iov_len;
    return 0;
}
int test_written[64], test_write_room = 1 << 20;
int frond_host_fd_write(int fd, const void *vectors, size_t count, size_t *done) {
    const struct iovec *vector = vectors;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += vector[i].iov_len;
    if (!test_write_room) {
        if (!is_ready(fd)) return EAGAIN;
        test_write_room = 100;
    }
    *done = total < (size_t)test_write_room ? total : (size_t)test_write_room;
    test_write_room -= (int)*done;
    test_written[fd] += (int)*done;
    return 0;
}
int frond_host_poll(struct pollfd *fds, int count) {
    int ready = 0;
    for (int i = 0; i < count; i++) {
        fds[i].revents = fds[i].fd >= 0 && is_ready(fds[i].fd) ? POLLIN : 0;
        ready += fds[i].revents != 0;
    }
    return ready;
}
int frond_host_epoll_wait(int fd, struct epoll_event *list, int count) {
    (void)list, (void)count;
    return is_ready(fd);
}
int frond_host_wait4(int pid, int *status, int options, struct rusage *usage) {
    (void)pid, (void)status, (void)options, (void)usage;
    return -ECHILD;
}
int frond_host_kill_process(int pid, int signum) {
    (void)pid, (void)signum;
    return -ESRCH;
}
void frond_host_killed_by(int signum) {
    (void)signum;
}
int frond_host_accept4(int fd, struct sockaddr *address, unsigned *length, int flags) {
    (void)address, (void)length, (void)flags;
    if (!is_ready(fd)) return -EAGAIN;
    descriptors[fd].ready_at = 0;
    return fd + 1;
}
int frond_host_connect(int fd, const struct sockaddr *address, unsigned length) {
    (void)address, (void)length;
    return is_ready(fd) ? 0 : -EAGAIN;
}
int frond_host_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, unsigned *length) {
    (void)data, (void)flags, (void)from, (void)length;
    return is_ready(fd) ? (int)size : -EAGAIN;
}
int frond_host_recvmsg(int fd, struct msghdr *message, int flags) {
    (void)message, (void)flags;
    return is_ready(fd) ? 0 : -EAGAIN;
}
int frond_host_sendto(
    int fd, const void *data, size_t size, int flags, const struct sockaddr *to, unsigned length) {
    (void)data, (void)flags, (void)to, (void)length;
    return is_ready(fd) ? (int)(size < 10 ? size : 10) : -EAGAIN;
}
int frond_host_sendmsg(int fd, const struct msghdr *message, int flags) {
    (void)message, (void)flags;
    return is_ready(fd) ? 0 : -EAGAIN;
}

// --- stacks ---

static void idle_loop(void) {
    for (double wait = idle_wait;;) {
        test_host_turns++;
        double until = wait < 0 ? FROND_NEVER : test_now + wait;
        double event = next_event();
        if (event < until) until = event;
        if (until >= FROND_NEVER) {
            if (test_expects_deadlock) longjmp(test_deadlock, 1);
            fprintf(stderr, "deadlock\n%s", frond_describe());
            exit(98);
        }
        if (until > test_now) test_now = until;
        collect_events();
        int next = frond_next();
        if (next >= 0) resume(next);
        wait = frond_wait_ms();
    }
}

static void go_idle(double wait_ms) {
    idle_wait = wait_ms;
    getcontext(&idle_stack);
    idle_stack.uc_stack.ss_sp = idle_memory;
    idle_stack.uc_stack.ss_size = sizeof idle_memory;
    idle_stack.uc_link = NULL;
    makecontext(&idle_stack, idle_loop, 0);
    setcontext(&idle_stack);
}

int frond_host_switch(int me, int next, double wait_ms) {
    volatile bool back = false;
    test_switches++;
    getcontext(&stacks[me]);
    if (back) return killed[me];
    back = true;
    if (next < 0) go_idle(wait_ms);
    else resume(next);
    abort();
}

void frond_host_kill(int id) {
    test_kills++;
    started[id] = false;  // nobody resumes it: its memory may go
    killed[id] = true;
}
