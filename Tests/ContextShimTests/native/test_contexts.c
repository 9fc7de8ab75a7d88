#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "context.h"
#include "scheduler.h"
#include "test.h"

static frond_context *origin;
static int hits;

static frond_context *ping(void *argument) {
    for (int i = 0; i < *(int *)argument; i++) {
        hits++;
        frond_context_switch(origin);
    }
    return origin;
}

TEST(switching_goes_there_and_back) {
    origin = frond_context_current();
    int rounds = 1000;
    frond_context *there = frond_context_create(ping, &rounds);
    CHECK_EQUAL(hits, 0);
    for (int i = 0; i < rounds; i++) {
        frond_context_switch(there);
        CHECK_EQUAL(hits, i + 1);
    }
    frond_context_switch(there);  // lets it finish
    CHECK_EQUAL(there->state, FROND_CONTEXT_POOLED);
    CHECK(frond_context_current() == origin);
}

TEST(switching_allocates_nothing) {
    origin = frond_context_current();
    int rounds = 1000000;
    frond_context *there = frond_context_create(ping, &rounds);
    frond_context_switch(there);
    long before = test_allocations;
    for (int i = 0; i < 1000; i++) frond_context_switch(there);
    CHECK_EQUAL(test_allocations, before);
}

static frond_context *once(void *argument) {
    (void)argument;
    hits++;
    return origin;
}

TEST(finished_contexts_are_used_again) {
    origin = frond_context_current();
    for (int i = 0; i < 100000; i++) frond_context_switch(frond_context_create(once, NULL));
    CHECK_EQUAL(hits, 100000);
    CHECK_EQUAL(frond_context_counts.fresh, 1);
    CHECK_EQUAL(frond_context_counts.live, 1);
}

TEST(more_than_the_pool_are_retired) {
    origin = frond_context_current();
    test_pool = 2;
    frond_context *many[100];
    int rounds = 1;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            many[i] = frond_context_create(ping, &rounds);
            frond_context_switch(many[i]);
        }
        CHECK_EQUAL(frond_context_counts.live, 100);
        for (int i = 0; i < 100; i++) frond_context_switch(many[i]);
        CHECK_EQUAL(frond_context_counts.live, 2);
        CHECK_EQUAL(frond_context_counts.pooled, 2);
    }
}

// A finished context that retires must not stay its thread's: the next yield would resume it.
TEST(a_thread_goes_on_where_a_retired_context_said) {
    origin = frond_context_current();
    test_pool = 0;
    for (int i = 0; i < 10; i++) {
        frond_context_switch(frond_context_create(once, NULL));
        CHECK(frond_self->context == origin);
        frond_yield_to_host();
        CHECK(frond_context_current() == origin);
    }
}

TEST(the_cap_is_an_error_not_a_crash) {
    origin = frond_context_current();
    test_cap = 10;
    int rounds = 1;
    frond_context *many[10];
    for (int i = 0; i < 10; i++) {
        many[i] = frond_context_create(ping, &rounds);
        CHECK(many[i]);
        frond_context_switch(many[i]);
    }
    CHECK(!frond_context_create(ping, &rounds));
    CHECK_EQUAL(errno, EAGAIN);
    CHECK(strstr(frond_context_create_failed_reason(), "10 exist already"));
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, (void *(*)(void *))(uintptr_t)once, NULL), EAGAIN);
    frond_context_switch(many[3]);
    CHECK(frond_context_create(ping, &rounds));
}

TEST(killed_contexts_give_everything_back) {
    origin = frond_context_current();
    test_cap = 50;
    int rounds = 5;
    for (int round = 0; round < 1000; round++) {
        frond_context *there = frond_context_create(ping, &rounds);
        frond_context_switch(there);
        frond_context_kill(there);
    }
    CHECK_EQUAL(frond_context_counts.live, 0);
    CHECK_EQUAL(test_kills, 1000);
}

TEST(killing_what_never_ran_needs_no_host) {
    origin = frond_context_current();
    frond_context_kill(frond_context_create(once, NULL));
    frond_context_switch(frond_context_create(once, NULL));
    frond_context_kill(frond_context_create(once, NULL));  // a pooled one
    CHECK_EQUAL(hits, 1);
    CHECK_EQUAL(test_kills, 0);
    frond_context_switch(frond_context_create(once, NULL));
    CHECK_EQUAL(hits, 2);
}

static int deep(int depth, int seed) {
    volatile int data[8];
    for (int i = 0; i < 8; i++) data[i] = seed * 31 + depth * 7 + i;
    int below = depth ? deep(depth - 1, seed) : (frond_context_switch(origin), 0);
    for (int i = 0; i < 8; i++) CHECK_EQUAL(data[i], seed * 31 + depth * 7 + i);
    return below + 1;
}

static frond_context *keeps_its_stack(void *argument) {
    int seed = *(int *)argument;
    for (int round = 0; round < 5; round++) CHECK_EQUAL(deep(10 + seed % 20, seed), 11 + seed % 20);
    return origin;
}

TEST(stacks_keep_what_is_on_them) {
    origin = frond_context_current();
    enum { COUNT = 200 };
    static frond_context *many[COUNT];
    static int seeds[COUNT];
    for (int i = 0; i < COUNT; i++) {
        seeds[i] = i;
        many[i] = frond_context_create(keeps_its_stack, &seeds[i]);
    }
    for (int round = 0; round < 6; round++)
        for (int i = 0; i < COUNT; i++) frond_context_switch(many[(i * 7919) % COUNT]);
}

static frond_context *chain(void *argument) {
    int left = *(int *)argument - 1;
    frond_context *parent = origin;
    if (left) {
        frond_context *here = frond_context_current();
        origin = here;
        frond_context_switch(frond_context_create(chain, &left));
        origin = parent;
    }
    hits++;
    return parent;
}

TEST(contexts_start_contexts) {
    origin = frond_context_current();
    int length = 500;
    frond_context_switch(frond_context_create(chain, &length));
    CHECK_EQUAL(hits, 500);
}

TEST(parked_bytes_are_what_is_in_use) {
    origin = frond_context_current();
    int seed = 3;
    frond_context *there = frond_context_create(keeps_its_stack, &seed);
    CHECK_EQUAL(frond_context_parked_bytes(there), 0);
    frond_context_switch(there);
    size_t parked = frond_context_parked_bytes(there);
    CHECK(parked > 13 * 8 * sizeof(int) && parked < FROND_CONTEXT_STACK);
}

static frond_context *inner(void *argument) {
    struct timespec ten_ms = {0, 10000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &ten_ms, NULL);
    *(double *)argument = test_now;
    return frond_self->id ? argument = NULL, origin : origin;
}

static void *thread_with_contexts(void *argument) {
    origin = frond_context_current();
    CHECK(origin != &frond_main_context);
    frond_context_switch(frond_context_create(inner, argument));
    return NULL;
}

// When a context of a thread blocks, the thread parks, and it is that context that goes on.
TEST(a_blocked_context_parks_its_thread) {
    pthread_t thread;
    double woke = 0;
    CHECK_EQUAL(pthread_create(&thread, NULL, thread_with_contexts, &woke), 0);
    sched_yield();
    CHECK_EQUAL(test_now, 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(woke, 10);
}
