// The shim on a real engine and a real kernel: one case per run, `conformance NAME`. Prints "ok" when all is well; what
// differs is said on standard error, with status 1. The unit tests of the shim proper are in ../native.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "context.h"
#include "start.h"

void frond_program_initialise(void) {}

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not true: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno); \
            exit(1); \
        } \
    } while (0)

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void *writes_later(void *argument) {
    usleep(20000);
    CHECK(write(*(int *)argument, "hello", 5) == 5);
    return NULL;
}

static void pipes(void) {
    int ends[2];
    char text[16];
    pthread_t thread;
    CHECK(!pipe(ends));
    CHECK(!pthread_create(&thread, NULL, writes_later, &ends[1]));
    double before = now_ms();
    CHECK(read(ends[0], text, sizeof text) == 5 && !memcmp(text, "hello", 5));
    CHECK(now_ms() - before >= 19);
    pthread_join(thread, NULL);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    CHECK(read(ends[0], text, 1) < 0 && errno == EAGAIN);
    close(ends[1]);
    CHECK(read(ends[0], text, 1) == 0);
}

static size_t drained;
static void *drains(void *argument) {
    static char block[5000];
    for (ssize_t got; (got = read(*(int *)argument, block, sizeof block)) > 0;) drained += (size_t)got;
    return NULL;
}

static void full_pipe(void) {
    int ends[2];
    pthread_t thread;
    static char data[1000000];
    CHECK(!pipe(ends));
    CHECK(!pthread_create(&thread, NULL, drains, &ends[0]));
    CHECK(write(ends[1], data, sizeof data) == sizeof data);
    close(ends[1]);
    pthread_join(thread, NULL);
    CHECK(drained == sizeof data);
}

static void *echoes(void *argument) {
    char byte;
    while (recv(*(int *)argument, &byte, 1, 0) == 1) CHECK(send(*(int *)argument, &byte, 1, 0) == 1);
    return NULL;
}

static void sockets(void) {
    int pair[2];
    pthread_t thread;
    CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    CHECK(!pthread_create(&thread, NULL, echoes, &pair[1]));
    for (int i = 0; i < 100; i++) {
        char byte = (char)i;
        CHECK(send(pair[0], &byte, 1, 0) == 1);
        CHECK(recv(pair[0], &byte, 1, 0) == 1 && byte == (char)i);
    }
    struct pollfd fds = {pair[0], POLLIN, 0};
    double before = now_ms();
    CHECK(poll(&fds, 1, 15) == 0);
    CHECK(now_ms() - before >= 14);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[0], &set);
    struct timeval timeout = {0, 5000};
    CHECK(select(pair[0] + 1, &set, NULL, NULL, &timeout) == 0);
    shutdown(pair[0], SHUT_WR);
    pthread_join(thread, NULL);
}

static volatile int caught;
static void handler(int signum) {
    caught = signum;
}

static void signals(void) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    raise(SIGUSR1);
    CHECK(caught == SIGUSR1);
    kill(getpid(), SIGUSR1);
    struct itimerval timer = {{0, 0}, {0, 10000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    CHECK(pause() < 0 && errno == EINTR && caught == SIGALRM);
    setitimer(ITIMER_REAL, &timer, NULL);
    struct timespec second = {1, 0}, left;
    CHECK(nanosleep(&second, &left) < 0 && errno == EINTR && left.tv_nsec > 900000000);
}

static void *own_errno(void *argument) {
    errno = (int)(intptr_t)argument;
    for (int i = 0; i < 5; i++) {
        sched_yield();
        if (errno != (int)(intptr_t)argument) return NULL;
    }
    return argument;
}

static void threads(void) {
    pthread_t some[1000];
    for (int i = 0; i < 1000; i++) CHECK(!pthread_create(&some[i], NULL, own_errno, (void *)(intptr_t)(i + 1)));
    for (int i = 0; i < 1000; i++) {
        void *result;
        CHECK(!pthread_join(some[i], &result));
        CHECK(result == (void *)(intptr_t)(i + 1));
    }
}

static frond_context *origin;
static frond_context *parks(void *argument) {
    volatile int depth[100];
    for (int i = 0; i < 100; i++) depth[i] = i;
    frond_context_switch(origin);
    for (int i = 0; i < 100; i++) CHECK(depth[i] == i);
    return argument = NULL, origin;
}

static void many(void) {
    static frond_context *contexts[3000];
    origin = frond_context_current();
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3000; i++) {
            contexts[i] = frond_context_create(parks, NULL);
            CHECK(contexts[i]);
            frond_context_switch(contexts[i]);
            CHECK(frond_context_parked_bytes(contexts[i]) >= sizeof(int[100]));
        }
        for (int i = 0; i < 3000; i += 2) frond_context_kill(contexts[i]);
        for (int i = 1; i < 3000; i += 2) frond_context_switch(contexts[i]);
        usleep(1000);  // the host's turn: killed stacks go
        CHECK(frond_context_counts.live == frond_context_counts.pooled);
    }
}

static void *exits_deep(void *argument) {
    volatile char data[1000];
    data[0] = 1;
    pthread_exit(argument);
}

static void exits(void) {
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        void *result;
        CHECK(!pthread_create(&thread, NULL, exits_deep, &thread + 0 * i));
        CHECK(!pthread_join(thread, &result) && result == &thread);
    }
}

static sem_t never;
static void *waits(void *argument) {
    pthread_setname_np(pthread_self(), "the other");
    sem_wait(&never);
    return argument;
}

static void deadlock(void) {
    pthread_t thread;
    sem_init(&never, 0, 0);
    pthread_create(&thread, NULL, waits, NULL);
    pthread_join(thread, NULL);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"pipes", pipes},     {"full_pipe", full_pipe}, {"sockets", sockets}, {"signals", signals},
    {"threads", threads}, {"many", many},           {"exits", exits},     {"deadlock", deadlock},
};

int frond_program(int count, char **arguments) {
    for (size_t i = 0; count > 1 && i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(cases[i].name, arguments[1])) continue;
        cases[i].run();
        puts("ok");
        return 0;
    }
    return 2;
}
