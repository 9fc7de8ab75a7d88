// Sleeping.
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include "host.h"
#include "pthread_internal.h"
#include "scheduler.h"

static int sleep_until(double deadline) {
    if (deadline <= frond_now()) {
        frond_yield();
        return 0;
    }
    int error = frond_park(NULL, deadline, FROND_WAIT_SLEEP);
    return error == ETIMEDOUT ? 0 : error;
}

static double as_ms(const struct timespec *time) {
    return (double)time->tv_sec * 1e3 + (double)time->tv_nsec / 1e6;
}

static int nanosleep_on(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    if (clock == CLOCK_THREAD_CPUTIME_ID) return EINVAL;
    if (!wanted || wanted->tv_sec < 0 || wanted->tv_nsec < 0 || wanted->tv_nsec >= 1000000000) return EINVAL;
    bool absolute = flags & TIMER_ABSTIME;
    double deadline = absolute ? frond_deadline(clock, wanted) : frond_now() + as_ms(wanted);
    int error = sleep_until(deadline);
    if (error == EINTR && left && !absolute) {
        double rest = deadline - frond_now();
        if (rest < 0) rest = 0;
        left->tv_sec = (time_t)(rest / 1e3);
        left->tv_nsec = (long)((rest - (double)left->tv_sec * 1e3) * 1e6);
    }
    return error;
}

FROND_PUBLIC int __clock_nanosleep(
    clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    return nanosleep_on(clock, flags, wanted, left);
}
FROND_PUBLIC int clock_nanosleep(
    clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    return nanosleep_on(clock, flags, wanted, left);
}

FROND_PUBLIC void emscripten_thread_sleep(double ms) {
    double deadline = frond_now() + ms;
    while (sleep_until(deadline) == EINTR) {}
}
