#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "scheduler.h"
#include "test.h"

static void sleep_ms(double ms) {
    struct timespec time = {(time_t)(ms / 1e3), (long)((ms - (double)(time_t)(ms / 1e3) * 1e3) * 1e6)};
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL), 0);
}

static double woke[10];
static void *sleeper(void *argument) {
    int i = (int)(intptr_t)argument;
    sleep_ms(100 - i * 10);
    woke[i] = test_now;
    return NULL;
}

TEST(sleepers_wake_on_time) {
    pthread_t threads[10];
    for (int i = 0; i < 10; i++) pthread_create(&threads[i], NULL, sleeper, (void *)(intptr_t)i);
    for (int i = 0; i < 10; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 10; i++) CHECK_EQUAL(woke[i], 100 - i * 10);
}

static bool stop;
static int rounds_of[2];
/// A program that computes: each check of the interpreter's loop takes a microsecond.
static void *busy(void *argument) {
    static int countdown = 50;
    frond_check_countdown = &countdown;
    while (!stop) {
        test_now += 0.001;
        rounds_of[(intptr_t)argument]++;
        if (--countdown <= 0) frond_check();
    }
    return NULL;
}

TEST(busy_threads_share_and_sleepers_are_on_time) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, busy, (void *)(intptr_t)i);
    double most_late = 0;
    for (int i = 0; i < 20; i++) {
        double before = test_now;
        sleep_ms(10);
        double late = test_now - before - 10;
        if (late > most_late) most_late = late;
    }
    stop = true;
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    CHECK(most_late <= 6);
    CHECK(test_now >= 200);
    double share = (double)rounds_of[0] / (rounds_of[0] + rounds_of[1]);
    CHECK(share > 0.4 && share < 0.6);
}

static void *stops_after_a_second(void *argument) {
    sleep_ms(1000);
    stop = true;
    return argument;
}

TEST(the_host_gets_its_turn_from_a_busy_thread) {
    pthread_t thread;
    pthread_create(&thread, NULL, stops_after_a_second, NULL);
    busy((void *)0);
    pthread_join(thread, NULL);
    CHECK(test_now < 1006);
    CHECK(test_host_turns >= 40 && test_host_turns <= 60);
}

TEST(a_busy_program_alone_is_rarely_interrupted) {
    static int countdown = 1;
    frond_check_countdown = &countdown;
    for (int i = 0; i < 1000000; i++) {
        test_now += 0.0001;  // 100 ms in all
        if (--countdown <= 0) frond_check();
    }
    CHECK(test_switches <= 6);
}

static void *waits_on(void *argument) {
    pthread_setname_np(pthread_self(), "worker");
    sem_wait(argument);
    return NULL;
}

TEST(a_deadlock_is_described) {
    static sem_t never;
    static pthread_t thread;
    sem_init(&never, 0, 0);
    pthread_create(&thread, NULL, waits_on, &never);
    test_expects_deadlock = true;
    if (!setjmp(test_deadlock)) {
        pthread_join(thread, NULL);
        CHECK(false);
    }
    const char *report = frond_describe();
    CHECK(strstr(report, "main: waits for a thread to end\n"));
    CHECK(strstr(report, "worker: waits for a lock or semaphore\n"));
}

TEST(parking_is_refused_below_host_frames) {
    frond_host_depth = 1;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    struct timespec time = {0, 1000000};
    CHECK_EQUAL(pthread_mutex_lock(&lock), 0);  // free: needs no parking
    CHECK_EQUAL(pthread_mutex_lock(&lock), EDEADLK);
    CHECK_EQUAL(sem_wait(&semaphore), -1);
    CHECK_EQUAL(errno, EDEADLK);
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL), EDEADLK);
    CHECK(!frond_context_can_switch());
    frond_host_depth = 0;
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL), 0);
    CHECK_EQUAL(test_switches, 1);
}

// --- signals ---

static volatile int handled[65];  // libc declares raise as if it called nobody back
static void handler(int signum) {
    handled[signum]++;
}
static void handle(int signum) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    CHECK_EQUAL(sigaction(signum, &action, NULL), 0);
}

TEST(raise_runs_the_handler_unless_blocked) {
    handle(SIGUSR1);
    raise(SIGUSR1);
    CHECK_EQUAL(handled[SIGUSR1], 1);
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK_EQUAL(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
    raise(SIGUSR1);
    CHECK_EQUAL(handled[SIGUSR1], 1);
    sigset_t pending;
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGUSR1));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    CHECK_EQUAL(handled[SIGUSR1], 2);
}

void frond_raise(int signum);
static void *interrupts(void *argument) {
    sleep_ms(10);
    frond_raise(SIGINT);
    return argument;
}

TEST(an_interrupt_gets_main_out_of_its_wait) {
    handle(SIGINT);
    pthread_t thread;
    pthread_create(&thread, NULL, interrupts, NULL);
    sem_t never;
    sem_init(&never, 0, 0);
    CHECK_EQUAL(sem_wait(&never), -1);
    CHECK_EQUAL(errno, EINTR);
    CHECK_EQUAL(handled[SIGINT], 1);
    CHECK_EQUAL(test_now, 10);
    pthread_join(thread, NULL);
}

TEST(alarm_interrupts_sleep) {
    handle(SIGALRM);
    alarm(2);
    struct timespec time = {5, 0}, left;
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &left), EINTR);
    CHECK_EQUAL(handled[SIGALRM], 1);
    CHECK_EQUAL(left.tv_sec, 3);
    CHECK_EQUAL(alarm(0), 0);
}

TEST(interval_timers_repeat) {
    handle(SIGALRM);
    struct itimerval value = {{0, 100000}, {0, 50000}};
    setitimer(ITIMER_REAL, &value, NULL);
    for (int i = 0; i < 5; i++) pause();
    CHECK_EQUAL(handled[SIGALRM], 5);
    CHECK_EQUAL(test_now, 450);
    getitimer(ITIMER_REAL, &value);
    CHECK_EQUAL(value.it_interval.tv_usec, 100000);
    CHECK_EQUAL(value.it_value.tv_usec, 100000);
}

static sem_t forever;
static void *waits_forever(void *argument) {
    *(int *)argument = sem_wait(&forever) ? errno : 0;
    return NULL;
}

TEST(pthread_kill_reaches_one_thread) {
    handle(SIGUSR2);
    sem_init(&forever, 0, 0);
    int results[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, waits_forever, &results[i]);
    sched_yield();
    CHECK_EQUAL(pthread_kill(threads[1], SIGUSR2), 0);
    pthread_join(threads[1], NULL);
    CHECK_EQUAL(results[1], EINTR);
    CHECK_EQUAL(handled[SIGUSR2], 1);
    sem_post(&forever);
    pthread_join(threads[0], NULL);
    CHECK_EQUAL(results[0], 0);
}

static void *raises_later(void *argument) {
    sleep_ms(30);
    kill(getpid(), SIGUSR1);
    return argument;
}

TEST(sigtimedwait_waits_and_times_out) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    struct timespec time = {0, 20000000};
    CHECK_EQUAL(sigtimedwait(&set, NULL, &time), -1);
    CHECK_EQUAL(errno, EAGAIN);
    pthread_t thread;
    pthread_create(&thread, NULL, raises_later, NULL);
    siginfo_t info;
    CHECK_EQUAL(sigtimedwait(&set, &info, NULL), SIGUSR1);
    CHECK_EQUAL(info.si_signo, SIGUSR1);
    CHECK_EQUAL(test_now, 50);
}
