#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <threads.h>
#include <time.h>

#include "scheduler.h"
#include "test.h"
#include "thread_local.h"

static void *same(void *argument) {
    return argument;
}

TEST(create_and_join) {
    for (int i = 0; i < 1000; i++) {
        pthread_t thread;
        void *result;
        CHECK_EQUAL(pthread_create(&thread, NULL, same, &thread), 0);
        CHECK_EQUAL(pthread_join(thread, &result), 0);
        CHECK(result == &thread);
    }
    CHECK_EQUAL(frond_context_counts.fresh, 1);
    CHECK_EQUAL(frond_threads_used, 1);
}

TEST(a_thousand_at_once) {
    static pthread_t threads[1000];
    for (int i = 0; i < 1000; i++) CHECK_EQUAL(pthread_create(&threads[i], NULL, same, &threads[i]), 0);
    for (int i = 999; i >= 0; i--) {
        void *result;
        CHECK_EQUAL(pthread_join(threads[i], &result), 0);
        CHECK(result == &threads[i]);
    }
}

TEST(joining_oneself_or_a_detached_thread_fails) {
    CHECK_EQUAL(pthread_join(pthread_self(), NULL), EDEADLK);
    pthread_t thread;
    pthread_create(&thread, NULL, same, NULL);
    CHECK_EQUAL(pthread_detach(thread), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), EINVAL);
    sched_yield();
    CHECK_EQUAL(frond_threads_used, 1);  // it is gone
}

static void nested_exit(int depth) {
    if (depth) nested_exit(depth - 1);
    else pthread_exit((void *)42);
}
static void *exits(void *argument) {
    nested_exit(20);
    return argument;
}

TEST(pthread_exit_from_the_depth) {
    for (int i = 0; i < 100; i++) {
        pthread_t thread;
        void *result;
        pthread_create(&thread, NULL, exits, NULL);
        CHECK_EQUAL(pthread_join(thread, &result), 0);
        CHECK(result == (void *)42);
    }
    pthread_t thread;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, &detached, exits, NULL);
    sched_yield();
    sched_yield();
    CHECK_EQUAL(frond_threads_used, 1);
    CHECK(frond_context_counts.live <= 1);
}

// --- mutex ---

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int order[100], orders;

static void *takes_lock(void *argument) {
    pthread_mutex_lock(&lock);
    order[orders++] = (int)(intptr_t)argument;
    sched_yield();
    pthread_mutex_unlock(&lock);
    return NULL;
}

TEST(a_lock_is_taken_first_come_first_served) {
    pthread_t threads[10];
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 10; i++) {
        pthread_create(&threads[i], NULL, takes_lock, (void *)(intptr_t)i);
        sched_yield();
    }
    CHECK_EQUAL(orders, 0);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 10; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 10; i++) CHECK_EQUAL(order[i], i);
}

TEST(a_free_lock_suspends_nobody) {
    int before = test_switches;
    for (int i = 0; i < 1000000; i++) {
        pthread_mutex_lock(&lock);
        pthread_mutex_unlock(&lock);
    }
    CHECK_EQUAL(test_switches, before);
}

static void *unlocks(void *argument) {
    return (void *)(intptr_t)pthread_mutex_unlock(argument);
}
static void *tries(void *argument) {
    return (void *)(intptr_t)pthread_mutex_trylock(argument);
}
static long run(void *(*start)(void *), void *argument) {
    pthread_t thread;
    void *result;
    CHECK_EQUAL(pthread_create(&thread, NULL, start, argument), 0);
    CHECK_EQUAL(pthread_join(thread, &result), 0);
    return (long)(intptr_t)result;
}

TEST(kinds_of_mutexes) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutex_t recursive, checked;
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &kind);

    CHECK_EQUAL(pthread_mutex_lock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_lock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_trylock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), 0);
    CHECK_EQUAL(run(tries, &recursive), EBUSY);
    CHECK_EQUAL(run(unlocks, &recursive), EPERM);
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), EPERM);

    CHECK_EQUAL(pthread_mutex_lock(&checked), 0);
    CHECK_EQUAL(pthread_mutex_lock(&checked), EDEADLK);
    CHECK_EQUAL(pthread_mutex_destroy(&checked), EBUSY);
    CHECK_EQUAL(pthread_mutex_unlock(&checked), 0);
    CHECK_EQUAL(pthread_mutex_destroy(&checked), 0);
}

static struct timespec after(double ms) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    double nanoseconds = (double)time.tv_nsec + ms * 1e6;
    while (nanoseconds >= 1e9) {
        nanoseconds -= 1e9;
        time.tv_sec++;
    }
    time.tv_nsec = (long)nanoseconds;
    return time;
}

static void *timed_lock(void *argument) {
    struct timespec until = after(50);
    return (void *)(intptr_t)pthread_mutex_timedlock(argument, &until);
}

TEST(timed_locks_time_out) {
    pthread_mutex_lock(&lock);
    CHECK_EQUAL(run(timed_lock, &lock), ETIMEDOUT);
    CHECK(test_now > 49.9 && test_now < 50.1);
}

// --- condition ---

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int tokens;
static void *takes_token(void *argument) {
    pthread_mutex_lock(&lock);
    while (!tokens) pthread_cond_wait(&condition, &lock);
    tokens--;
    order[orders++] = (int)(intptr_t)argument;
    pthread_mutex_unlock(&lock);
    return NULL;
}

TEST(conditions_wake_in_order) {
    pthread_t threads[10];
    for (int i = 0; i < 10; i++) {
        pthread_create(&threads[i], NULL, takes_token, (void *)(intptr_t)i);
        sched_yield();
    }
    for (int i = 0; i < 5; i++) {
        pthread_mutex_lock(&lock);
        tokens++;
        pthread_cond_signal(&condition);
        pthread_mutex_unlock(&lock);
        sched_yield();
        CHECK_EQUAL(orders, i + 1);
    }
    pthread_mutex_lock(&lock);
    tokens = 5;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 10; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 10; i++) CHECK_EQUAL(order[i], i);
}

static void *waits_in_pieces(void *argument) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 4; i++) {
        struct timespec until = after(5);
        if (pthread_cond_timedwait(&condition, &lock, &until) == 0) break;
    }
    order[orders++] = (int)(intptr_t)argument;
    pthread_mutex_unlock(&lock);
    return NULL;
}

TEST(who_times_out_and_waits_again_keeps_his_place) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, i == 0 ? waits_in_pieces : takes_token, (void *)(intptr_t)i);
        sched_yield();
    }
    struct timespec time = {.tv_nsec = 12000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&lock);
        if (i) tokens++;
        pthread_cond_signal(&condition);
        pthread_mutex_unlock(&lock);
        sched_yield();
        CHECK_EQUAL(orders, i + 1);
        CHECK_EQUAL(order[i], i);
    }
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}

TEST(a_timed_wait_times_out_and_holds_the_lock) {
    struct timespec until = after(25);
    pthread_mutex_lock(&lock);
    CHECK_EQUAL(pthread_cond_timedwait(&condition, &lock, &until), ETIMEDOUT);
    CHECK_EQUAL(run(tries, &lock), EBUSY);
    CHECK(test_now > 24.9 && test_now < 25.1);
}

// --- semaphore ---

static sem_t ping, pong;
static void *ponger(void *argument) {
    for (int i = 0; i < 1000; i++) {
        sem_wait(&ping);
        sem_post(&pong);
    }
    return argument;
}

TEST(semaphores_hand_over_and_back) {
    pthread_t thread;
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    pthread_create(&thread, NULL, ponger, NULL);
    long before = test_allocations;
    for (int i = 0; i < 1000; i++) {
        sem_post(&ping);
        sem_wait(&pong);
    }
    CHECK_EQUAL(test_allocations, before);  // no switch of threads allocates
    pthread_join(thread, NULL);
    CHECK_EQUAL(sem_trywait(&ping), -1);
    CHECK_EQUAL(errno, EAGAIN);
    struct timespec until = after(5);
    CHECK_EQUAL(sem_timedwait(&ping, &until), -1);
    CHECK_EQUAL(errno, ETIMEDOUT);
}

// --- read-write lock, barrier, once ---

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static bool writing;
static void *reader(void *argument) {
    for (int i = 0; i < 20; i++) {
        pthread_rwlock_rdlock(&rwlock);
        CHECK(!writing);
        sched_yield();
        pthread_rwlock_unlock(&rwlock);
    }
    return argument;
}
static void *writer(void *argument) {
    pthread_rwlock_wrlock(&rwlock);
    writing = true;
    sched_yield();
    sched_yield();
    writing = false;
    order[orders++] = 1;
    pthread_rwlock_unlock(&rwlock);
    return argument;
}

TEST(writers_are_alone_and_do_not_starve) {
    pthread_t readers[5], writers[5];
    for (int i = 0; i < 5; i++) pthread_create(&readers[i], NULL, reader, NULL);
    for (int i = 0; i < 5; i++) pthread_create(&writers[i], NULL, writer, NULL);
    for (int i = 0; i < 5; i++) pthread_join(writers[i], NULL);
    for (int i = 0; i < 5; i++) pthread_join(readers[i], NULL);
    CHECK_EQUAL(orders, 5);
    CHECK_EQUAL(pthread_rwlock_trywrlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_rdlock(&rwlock), EDEADLK);
    CHECK_EQUAL(pthread_rwlock_unlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_unlock(&rwlock), EPERM);
}

static pthread_barrier_t barrier;
static int serial;
static void *meets(void *argument) {
    for (int i = 0; i < 10; i++)
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) serial++;
    return argument;
}

TEST(barriers_open_when_all_are_there) {
    pthread_t threads[4];
    CHECK_EQUAL(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, meets, NULL);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    CHECK_EQUAL(serial, 10);
}

static pthread_once_t once_control = PTHREAD_ONCE_INIT;
static int initialised;
static void initialise(void) {
    sched_yield();
    initialised++;
}
static void *uses_once(void *argument) {
    pthread_once(&once_control, initialise);
    CHECK_EQUAL(initialised, 1);
    return argument;
}

TEST(once_is_once_even_if_it_parks) {
    pthread_t threads[5];
    for (int i = 0; i < 5; i++) pthread_create(&threads[i], NULL, uses_once, NULL);
    for (int i = 0; i < 5; i++) pthread_join(threads[i], NULL);
}

// --- what is a thread's own ---

static pthread_key_t key;
static int destroyed;
static void destroy(void *value) {
    destroyed++;
    if ((intptr_t)value > 1) pthread_setspecific(key, (void *)((intptr_t)value - 1));
}
static void *sets_key(void *argument) {
    CHECK(!pthread_getspecific(key));
    pthread_setspecific(key, argument);
    sched_yield();
    CHECK(pthread_getspecific(key) == argument);
    return NULL;
}

TEST(keys_belong_to_threads) {
    CHECK_EQUAL(pthread_key_create(&key, destroy), 0);
    pthread_setspecific(key, &key);
    run(sets_key, (void *)3);
    CHECK_EQUAL(destroyed, 3);
    run(sets_key, (void *)100);
    CHECK_EQUAL(destroyed, 7);  // four rounds, then it is left
    CHECK(pthread_getspecific(key) == &key);
    CHECK_EQUAL(pthread_key_delete(key), 0);
    CHECK_EQUAL(pthread_setspecific(key, NULL), EINVAL);
}

static long early = 11, late[3] = {1, 2, 3};
static int ended;
static void ends(void) {
    ended = (int)early;
}
static void *has_locals(void *argument) {
    long mine = (long)(intptr_t)argument;
    CHECK_EQUAL(early, 11);
    early = mine;
    for (int i = 0; i < 5; i++) {
        sched_yield();
        CHECK_EQUAL(early, mine);
        if (i > 2) {
            CHECK_EQUAL(late[2], i == 3 ? 3 : mine + 3);
            late[2] = mine + i;
        }
    }
    return NULL;
}

TEST(registered_variables_are_thread_local) {
    CHECK_EQUAL(frond_thread_local(&early, sizeof early, ends), 0);
    early = 12;
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, has_locals, (void *)(intptr_t)(i + 100));
    sched_yield();
    sched_yield();
    CHECK_EQUAL(frond_thread_local(late, sizeof late, NULL), 0);  // while others are parked
    late[2] = 77;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    CHECK_EQUAL(early, 12);
    CHECK_EQUAL(late[2], 77);
    CHECK_EQUAL(ended, 102);
}

static void *name_of(void *argument) {
    char name[16];
    pthread_setname_np(pthread_self(), "worker-1");
    pthread_getname_np(pthread_self(), name, sizeof name);
    CHECK(!strcmp(name, argument));
    CHECK_EQUAL(pthread_setname_np(pthread_self(), "a name that is too long"), ERANGE);
    return NULL;
}
TEST(threads_have_names) {
    run(name_of, "worker-1");
}

static int c11(void *argument) {
    mtx_lock(argument);
    mtx_unlock(argument);
    return 7;
}
TEST(c11_threads_work_too) {
    thrd_t thread;
    mtx_t mutex;
    int result;
    CHECK_EQUAL(mtx_init(&mutex, mtx_recursive), thrd_success);
    CHECK_EQUAL(thrd_create(&thread, c11, &mutex), thrd_success);
    CHECK_EQUAL(thrd_join(thread, &result), thrd_success);
    CHECK_EQUAL(result, 7);
    mtx_lock(&mutex);
    CHECK_EQUAL(mtx_trylock(&mutex), thrd_success);
}
