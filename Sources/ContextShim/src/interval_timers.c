// alarm and setitimer. All three timers count wall-clock time: the processor time of one thread among others is not known.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/time.h>

#include "signals.h"

#ifdef __GLIBC__
typedef __itimer_which_t timer_kind;
#else
typedef int timer_kind;
#endif

typedef struct {
    frond_timer timer;  // first: `ring` gets a pointer to it
    double interval;
    int signum;
} interval_timer;

static void ring(frond_timer *timer) {
    interval_timer *self = (interval_timer *)timer;
    if (self->interval > 0) {
        double next = timer->deadline + self->interval, now = frond_now();
        if (next <= now) next = now + self->interval;  // late by more than a round: don't ring for each one missed
        frond_timer_start(timer, next);
    }
    frond_signals_send(self->signum);
}

static interval_timer timers[3] = {
    [ITIMER_REAL] = {.timer.fire = ring, .signum = SIGALRM},
    [ITIMER_VIRTUAL] = {.timer.fire = ring, .signum = SIGVTALRM},
    [ITIMER_PROF] = {.timer.fire = ring, .signum = SIGPROF},
};

static struct timeval from_ms(double ms) {
    if (ms < 0) ms = 0;
    long seconds = (long)(ms / 1e3);
    return (struct timeval){.tv_sec = seconds, .tv_usec = (long)((ms - (double)seconds * 1e3) * 1e3)};
}

static double to_ms(struct timeval time) {
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

FROND_PUBLIC int getitimer(timer_kind which, struct itimerval *value) {
    if ((unsigned)which > ITIMER_PROF) {
        errno = EINVAL;
        return -1;
    }
    const interval_timer *timer = &timers[which];
    value->it_value = from_ms(timer->timer.position ? timer->timer.deadline - frond_now() : 0);
    value->it_interval = from_ms(timer->interval);
    return 0;
}

static bool is_valid(const struct timeval *time) {
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

FROND_PUBLIC int setitimer(
    timer_kind which, const struct itimerval *restrict value, struct itimerval *restrict before) {
    if ((unsigned)which > ITIMER_PROF || !is_valid(&value->it_value) || !is_valid(&value->it_interval)) {
        errno = EINVAL;
        return -1;
    }
    interval_timer *timer = &timers[which];
    double first = to_ms(value->it_value), interval = to_ms(value->it_interval);
    if (before) getitimer(which, before);
    frond_timer_stop(&timer->timer);
    timer->interval = interval;
    if (first > 0) {
        if (!frond_timers_reserve(frond_threads_used + 4)) {
            errno = ENOMEM;
            return -1;
        }
        frond_timer_start(&timer->timer, frond_now() + first);
    }
    return 0;
}

FROND_PUBLIC unsigned alarm(unsigned seconds) {
    struct itimerval value = {.it_value.tv_sec = seconds}, before = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &value, &before);
    return (unsigned)before.it_value.tv_sec + (before.it_value.tv_usec != 0);
}
