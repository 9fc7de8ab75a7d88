// What contexts and threads cost in C: one line each, `name nanoseconds`.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#include "context.h"
#include "start.h"

void frond_program_initialise(void) {}

static double now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static frond_context *origin;
static frond_context *pings(void *argument) {
    for (;;) frond_context_switch(origin);
    return argument;
}
static frond_context *finishes(void *argument) {
    (void)argument;
    return origin;
}
static void *returns(void *argument) {
    return argument;
}
#define ROUNDS 200000
static sem_t ping, pong;
static void *ponger(void *argument) {
    for (int i = 0; i < ROUNDS; i++) sem_wait(&ping), sem_post(&pong);
    return argument;
}

#define MEASURE(name, times, each) \
    do { \
        double before = now_ns(); \
        for (int i = 0; i < (times); i++) each; \
        printf("%-24s %.1f\n", name, (now_ns() - before) / (times)); \
    } while (0)

int frond_program(int count, char **arguments) {
    (void)count, (void)arguments;
    origin = frond_context_current();
    frond_context *there = frond_context_create(pings, NULL);
    for (int warm = 0; warm < ROUNDS; warm++) frond_context_switch(there);
    for (int round = 0; round < 3; round++) MEASURE("there-and-back", ROUNDS * 2, frond_context_switch(there));
    MEASURE("create-run-finish", ROUNDS, frond_context_switch(frond_context_create(finishes, NULL)));
    pthread_t thread;
    MEASURE("thread-create-join", 20000, (pthread_create(&thread, NULL, returns, NULL), pthread_join(thread, NULL)));
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    pthread_create(&thread, NULL, ponger, NULL);
    MEASURE("semaphore-round-trip", ROUNDS, (sem_post(&ping), sem_wait(&pong)));
    pthread_join(thread, NULL);
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    long switches = frond_context_counts.switches;
    MEASURE("lock-unlock", 10000000, (pthread_mutex_lock(&lock), pthread_mutex_unlock(&lock)));
    printf("%-24s %ld\n", "switches-while-locking", frond_context_counts.switches - switches);
    return 0;
}
