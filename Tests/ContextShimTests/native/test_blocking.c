#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "scheduler.h"
#include "test.h"

unsigned short __wasi_fd_read(int fd, const struct iovec *vectors, size_t count, size_t *done);
unsigned short __wasi_fd_write(int fd, const struct iovec *vectors, size_t count, size_t *done);
int __syscall_poll(struct pollfd *fds, nfds_t count, int timeout);
int __syscall_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags, int a, int b);
int __syscall_sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length);
void frond_raise(int signum);

static int read_one(int fd) {
    char byte = 0;
    struct iovec vector = {&byte, 1};
    size_t done = 0;
    int error = __wasi_fd_read(fd, &vector, 1, &done);
    if (!error) CHECK(done == 1 && byte == 'x');
    return error;
}

TEST(what_is_ready_does_not_suspend) {
    for (int i = 0; i < 1000; i++) {
        test_now = 1;
        test_ready_at(5, 1);
        CHECK_EQUAL(read_one(5), 0);
    }
    CHECK_EQUAL(test_switches, 0);
    CHECK_EQUAL(test_watches, 0);
}

static int ticks;
static void *ticker(void *argument) {
    for (int i = 0; i < 10; i++) {
        struct timespec time = {0, 10000000};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
        ticks++;
    }
    return argument;
}

TEST(a_read_parks_only_its_thread) {
    pthread_t thread;
    pthread_create(&thread, NULL, ticker, NULL);
    test_ready_at(5, 55);
    CHECK_EQUAL(read_one(5), 0);
    CHECK_EQUAL(test_now, 55);
    CHECK_EQUAL(ticks, 5);
    pthread_join(thread, NULL);
}

TEST(non_blocking_is_eagain) {
    test_set_nonblocking(5, true);
    CHECK_EQUAL(read_one(5), EAGAIN);
    CHECK_EQUAL(test_switches, 0);
}

TEST(an_unknown_descriptor_is_an_error) {
    CHECK_EQUAL(read_one(1000), EBADF);
}

static void handler(int signum) {
    (void)signum;
}
static void *interrupts(void *argument) {
    frond_raise(SIGINT);
    return argument;
}

TEST(signals_interrupt_reads) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGINT, &action, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, interrupts, NULL);
    CHECK_EQUAL(read_one(5), EINTR);
    test_ready_at(5, 1);
    pthread_join(thread, NULL);
    struct timespec time = {0, 5000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);  // the stale event wakes nobody
    CHECK_EQUAL(test_now, 5);
}

TEST(poll_waits_for_the_first) {
    struct pollfd fds[3] = {{5, POLLIN, 0}, {6, POLLIN, 0}, {-1, POLLIN, 0}};
    CHECK_EQUAL(__syscall_poll(fds, 3, 0), 0);
    CHECK_EQUAL(__syscall_poll(fds, 3, 20), 0);
    CHECK_EQUAL(test_now, 20);
    test_ready_at(6, 70);
    CHECK_EQUAL(__syscall_poll(fds, 3, -1), 1);
    CHECK_EQUAL(fds[1].revents, POLLIN);
    CHECK_EQUAL(test_now, 70);
    int before = test_switches;
    CHECK_EQUAL(__syscall_poll(fds, 3, -1), 1);
    CHECK_EQUAL(test_switches, before);
}

TEST(select_waits_for_fractions_of_a_millisecond) {
    fd_set reading;
    FD_ZERO(&reading);
    FD_SET(5, &reading);
    struct timeval timeout = {0, 900};
    CHECK_EQUAL(select(6, &reading, NULL, NULL, &timeout), 0);
    CHECK(test_now > 0.89 && test_now < 0.91);
    CHECK(!FD_ISSET(5, &reading));
    FD_SET(5, &reading);
    test_ready_at(5, 30);
    CHECK_EQUAL(select(6, &reading, NULL, NULL, NULL), 1);
    CHECK(FD_ISSET(5, &reading));
    CHECK_EQUAL(test_now, 30);
}

TEST(a_blocking_write_writes_everything) {
    char data[300];
    struct iovec vectors[3] = {{data, 100}, {data, 50}, {data, 150}};
    size_t done = 0;
    test_write_room = 120;
    test_ready_at(7, 30);
    CHECK_EQUAL(__wasi_fd_write(7, vectors, 3, &done), 0);
    CHECK_EQUAL(done, 300);
    CHECK_EQUAL(test_written[7], 300);
    CHECK_EQUAL(test_now, 30);
    test_set_nonblocking(7, true);
    test_write_room = 120;
    CHECK_EQUAL(__wasi_fd_write(7, vectors, 3, &done), 0);
    CHECK_EQUAL(done, 120);
}

TEST(accept_waits_and_send_sends_all) {
    test_ready_at(8, 15);
    CHECK_EQUAL(__syscall_accept4(8, NULL, NULL, 0, 0, 0), 9);
    CHECK_EQUAL(test_now, 15);
    test_ready_at(10, 20);
    CHECK_EQUAL(__syscall_sendto(10, "a message of some length", 24, 0, NULL, 0), 24);
    CHECK_EQUAL(test_now, 20);
}
