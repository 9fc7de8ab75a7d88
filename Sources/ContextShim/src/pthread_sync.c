// Mutexes, conditions, semaphores, read-write locks, barriers, once.
//
// Each lies in the space of libc's type (all zero = initialised) and is a few words and a wait queue. Only one thread runs
// at a time and none loses the processor but where it parks, so taking a free lock is a test and a store. A lock that is
// given back is not handed over: whoever was woken tries again, and waits at the head if it came too late.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "pthread_internal.h"

#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 0x7fffffff
#endif

double frond_deadline(clockid_t clock, const struct timespec *until) {
    struct timespec now;
    clock_gettime(clock, &now);
    double wait = (double)(until->tv_sec - now.tv_sec) * 1e3 + (double)(until->tv_nsec - now.tv_nsec) / 1e6;
    return frond_now() + wait;
}

static bool is_time(const struct timespec *time) {
    return time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}

#define FITS(ours, theirs) _Static_assert(sizeof(ours) <= sizeof(theirs), #ours " must fit in " #theirs)

// --- mutex ---

typedef struct {
    int kind;  // PTHREAD_MUTEX_NORMAL, _RECURSIVE, _ERRORCHECK: first, static initialisers put it there
    int depth;
    frond_thread *owner;
    frond_queue waiters;
} mutex;
FITS(mutex, pthread_mutex_t);

FROND_PUBLIC int pthread_mutex_init(
    pthread_mutex_t *restrict lock, const pthread_mutexattr_t *restrict attributes) {
    memset(lock, 0, sizeof *lock);
    if (attributes) {
        int kind = 0;
        pthread_mutexattr_gettype(attributes, &kind);
        ((mutex *)lock)->kind = kind;
    }
    return 0;
}

FROND_PUBLIC int pthread_mutex_destroy(pthread_mutex_t *lock) {
    return ((mutex *)lock)->owner ? EBUSY : 0;
}

static int mutex_again(mutex *lock) {
    if (lock->kind == PTHREAD_MUTEX_RECURSIVE) {
        if (lock->depth == INT_MAX) return EAGAIN;
        lock->depth++;
        return 0;
    }
    return lock->kind == PTHREAD_MUTEX_ERRORCHECK ? EDEADLK : -1;
}

static FROND_NOINLINE int mutex_wait(mutex *lock, double deadline) {
    if (lock->owner == frond_self) {
        int result = mutex_again(lock);
        if (result >= 0) return result;
    }
    int error = frond_park(&lock->waiters, deadline, FROND_WAIT_MUTEX);
    while (lock->owner) {
        if (error) return error;
        error = frond_park_first(&lock->waiters, deadline, FROND_WAIT_MUTEX);
    }
    lock->owner = frond_self;
    return 0;
}

FROND_PUBLIC int pthread_mutex_lock(pthread_mutex_t *theirs) {
    mutex *lock = (mutex *)theirs;
    if (lock->owner) return mutex_wait(lock, FROND_NEVER);
    lock->owner = frond_self;
    return 0;
}

FROND_PUBLIC int pthread_mutex_trylock(pthread_mutex_t *theirs) {
    mutex *lock = (mutex *)theirs;
    if (lock->owner) return lock->owner == frond_self && mutex_again(lock) == 0 ? 0 : EBUSY;
    lock->owner = frond_self;
    return 0;
}

FROND_PUBLIC int pthread_mutex_clocklock(
    pthread_mutex_t *restrict theirs, clockid_t clock, const struct timespec *restrict until) {
    mutex *lock = (mutex *)theirs;
    if (!lock->owner) {
        lock->owner = frond_self;
        return 0;
    }
    return is_time(until) ? mutex_wait(lock, frond_deadline(clock, until)) : EINVAL;
}

FROND_PUBLIC int pthread_mutex_timedlock(
    pthread_mutex_t *restrict theirs, const struct timespec *restrict until) {
    return pthread_mutex_clocklock(theirs, CLOCK_REALTIME, until);
}

FROND_PUBLIC int pthread_mutex_unlock(pthread_mutex_t *theirs) {
    mutex *lock = (mutex *)theirs;
    if (lock->kind != PTHREAD_MUTEX_NORMAL && lock->owner != frond_self) return EPERM;
    if (lock->depth) {
        lock->depth--;
        return 0;
    }
    lock->owner = NULL;
    if (lock->waiters.head) frond_wake_first(&lock->waiters);
    return 0;
}

FROND_PUBLIC int pthread_mutex_consistent(pthread_mutex_t *lock) {
    (void)lock;
    return EINVAL;  // there are no robust mutexes: a thread can't die without ending its process
}

// --- condition ---

typedef struct {
    frond_queue waiters;
    clockid_t clock;
} condition;
FITS(condition, pthread_cond_t);

FROND_PUBLIC int pthread_cond_init(
    pthread_cond_t *restrict condition_, const pthread_condattr_t *restrict attributes) {
    memset(condition_, 0, sizeof *condition_);
    clockid_t clock = CLOCK_REALTIME;
    if (attributes) pthread_condattr_getclock(attributes, &clock);
    ((condition *)condition_)->clock = clock;
    return 0;
}

FROND_PUBLIC int pthread_cond_destroy(pthread_cond_t *condition_) {
    return ((condition *)condition_)->waiters.head ? EBUSY : 0;
}

static int condition_wait(condition *waited, pthread_mutex_t *theirs, double deadline) {
    mutex *lock = (mutex *)theirs;
    if (lock->kind != PTHREAD_MUTEX_NORMAL && lock->owner != frond_self) return EPERM;
    if (frond_host_depth) return EDEADLK;
    int depth = lock->depth;
    lock->depth = 0;
    pthread_mutex_unlock(theirs);
    int error = frond_park(&waited->waiters, deadline, FROND_WAIT_CONDITION);
    pthread_mutex_lock(theirs);
    lock->depth = depth;
    return error == EINTR ? 0 : error;
}

FROND_PUBLIC int pthread_cond_wait(pthread_cond_t *restrict waited, pthread_mutex_t *restrict lock) {
    return condition_wait((condition *)waited, lock, FROND_NEVER);
}

FROND_PUBLIC int pthread_cond_clockwait(
    pthread_cond_t *restrict waited, pthread_mutex_t *restrict lock, clockid_t clock,
    const struct timespec *restrict until) {
    if (!is_time(until)) return EINVAL;
    return condition_wait((condition *)waited, lock, frond_deadline(clock, until));
}

FROND_PUBLIC int pthread_cond_timedwait(
    pthread_cond_t *restrict waited, pthread_mutex_t *restrict lock, const struct timespec *restrict until) {
    return pthread_cond_clockwait(waited, lock, ((condition *)waited)->clock, until);
}

FROND_PUBLIC int pthread_cond_signal(pthread_cond_t *waited) {
    frond_wake_first(&((condition *)waited)->waiters);
    return 0;
}

FROND_PUBLIC int pthread_cond_broadcast(pthread_cond_t *waited) {
    while (frond_wake_first(&((condition *)waited)->waiters)) {}
    return 0;
}

// --- semaphore ---

typedef struct {
    unsigned value;
    frond_queue waiters;
} semaphore;
FITS(semaphore, sem_t);

FROND_PUBLIC int sem_init(sem_t *theirs, int shared, unsigned value) {
    (void)shared;
    if (value > SEM_VALUE_MAX) {
        errno = EINVAL;
        return -1;
    }
    memset(theirs, 0, sizeof *theirs);
    ((semaphore *)theirs)->value = value;
    return 0;
}

FROND_PUBLIC int sem_destroy(sem_t *theirs) {
    (void)theirs;
    return 0;
}

FROND_PUBLIC int sem_getvalue(sem_t *restrict theirs, int *restrict value) {
    *value = (int)((semaphore *)theirs)->value;
    return 0;
}

FROND_PUBLIC int sem_post(sem_t *theirs) {
    semaphore *self = (semaphore *)theirs;
    if (self->value == SEM_VALUE_MAX) {
        errno = EOVERFLOW;
        return -1;
    }
    self->value++;
    if (self->waiters.head) frond_wake_first(&self->waiters);
    return 0;
}

static FROND_NOINLINE int semaphore_wait(semaphore *self, double deadline) {
    int error = frond_park(&self->waiters, deadline, FROND_WAIT_SEMAPHORE);
    while (!self->value) {
        if (error) {
            errno = error;
            return -1;
        }
        error = frond_park_first(&self->waiters, deadline, FROND_WAIT_SEMAPHORE);
    }
    // Woken for a value and interrupted at once: the value counts, the signal was handled.
    self->value--;
    return 0;
}

FROND_PUBLIC int sem_wait(sem_t *theirs) {
    semaphore *self = (semaphore *)theirs;
    if (!self->value) return semaphore_wait(self, FROND_NEVER);
    self->value--;
    return 0;
}

FROND_PUBLIC int sem_trywait(sem_t *theirs) {
    semaphore *self = (semaphore *)theirs;
    if (!self->value) {
        errno = EAGAIN;
        return -1;
    }
    self->value--;
    return 0;
}

FROND_PUBLIC int sem_clockwait(sem_t *restrict theirs, clockid_t clock, const struct timespec *restrict until) {
    semaphore *self = (semaphore *)theirs;
    if (!self->value) {
        if (is_time(until)) return semaphore_wait(self, frond_deadline(clock, until));
        errno = EINVAL;
        return -1;
    }
    self->value--;
    return 0;
}

FROND_PUBLIC int sem_timedwait(sem_t *restrict theirs, const struct timespec *restrict until) {
    return sem_clockwait(theirs, CLOCK_REALTIME, until);
}

// --- read-write lock: writers first, or readers that keep coming would starve them ---

typedef struct {
    int readers;
    frond_thread *writer;
    frond_queue waiting_readers, waiting_writers;
} rwlock;
FITS(rwlock, pthread_rwlock_t);

FROND_PUBLIC int pthread_rwlock_init(
    pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attributes) {
    (void)attributes;
    memset(lock, 0, sizeof *lock);
    return 0;
}

FROND_PUBLIC int pthread_rwlock_destroy(pthread_rwlock_t *lock) {
    rwlock *self = (rwlock *)lock;
    return self->readers || self->writer ? EBUSY : 0;
}

FROND_PUBLIC int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
    rwlock *self = (rwlock *)lock;
    if (self->writer) return EBUSY;
    if (self->readers == INT_MAX) return EAGAIN;
    self->readers++;
    return 0;
}

static int read_until(rwlock *self, double deadline) {
    if (self->writer == frond_self) return EDEADLK;
    // Behind waiting writers; but a reader that holds the lock already may come in again, or it would wait for itself.
    bool first = self->waiting_writers.head && !self->readers;
    int error = 0;
    while (self->writer || first) {
        if (error) return error;
        first = false;
        error = frond_park(&self->waiting_readers, deadline, FROND_WAIT_RWLOCK);
    }
    self->readers++;
    return 0;
}

static int write_until(rwlock *self, double deadline) {
    if (self->writer == frond_self) return EDEADLK;
    int error = 0;
    while (self->writer || self->readers) {
        if (error) return error;
        error = frond_park(&self->waiting_writers, deadline, FROND_WAIT_RWLOCK);
    }
    self->writer = frond_self;
    return 0;
}

FROND_PUBLIC int pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
    return read_until((rwlock *)lock, FROND_NEVER);
}
FROND_PUBLIC int pthread_rwlock_timedrdlock(
    pthread_rwlock_t *restrict lock, const struct timespec *restrict until) {
    if (!pthread_rwlock_tryrdlock(lock)) return 0;
    return is_time(until) ? read_until((rwlock *)lock, frond_deadline(CLOCK_REALTIME, until)) : EINVAL;
}

FROND_PUBLIC int pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
    rwlock *self = (rwlock *)lock;
    if (self->writer || self->readers) return EBUSY;
    self->writer = frond_self;
    return 0;
}
FROND_PUBLIC int pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
    return write_until((rwlock *)lock, FROND_NEVER);
}
FROND_PUBLIC int pthread_rwlock_timedwrlock(
    pthread_rwlock_t *restrict lock, const struct timespec *restrict until) {
    if (!pthread_rwlock_trywrlock(lock)) return 0;
    return is_time(until) ? write_until((rwlock *)lock, frond_deadline(CLOCK_REALTIME, until)) : EINVAL;
}

FROND_PUBLIC int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
    rwlock *self = (rwlock *)lock;
    if (self->writer) self->writer = NULL;
    else if (self->readers) self->readers--;
    else return EPERM;
    if (self->readers) return 0;
    if (!frond_wake_first(&self->waiting_writers))
        while (frond_wake_first(&self->waiting_readers)) {}
    return 0;
}

// --- barrier ---

typedef struct {
    unsigned size, arrived, round;
    frond_queue waiters;
} barrier;
FITS(barrier, pthread_barrier_t);

FROND_PUBLIC int pthread_barrier_init(
    pthread_barrier_t *restrict theirs, const pthread_barrierattr_t *restrict attributes, unsigned size) {
    (void)attributes;
    if (!size) return EINVAL;
    memset(theirs, 0, sizeof *theirs);
    ((barrier *)theirs)->size = size;
    return 0;
}

FROND_PUBLIC int pthread_barrier_destroy(pthread_barrier_t *theirs) {
    return ((barrier *)theirs)->waiters.head ? EBUSY : 0;
}

FROND_PUBLIC int pthread_barrier_wait(pthread_barrier_t *theirs) {
    barrier *self = (barrier *)theirs;
    unsigned round = self->round;
    if (++self->arrived == self->size) {
        self->arrived = 0;
        self->round++;
        while (frond_wake_first(&self->waiters)) {}
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (self->round == round) {
        int error = frond_park(&self->waiters, FROND_NEVER, FROND_WAIT_BARRIER);
        if (error == EDEADLK) return error;
    }
    return 0;
}

// --- once: 0 = not yet, 1 = somebody is at it, 2 = done ---

FROND_PUBLIC int pthread_once(pthread_once_t *control, void (*initialise)(void)) {
    static frond_queue waiters;  // rare enough for one queue
    while (*control == 1) {
        int error = frond_park(&waiters, FROND_NEVER, FROND_WAIT_ONCE);
        if (error == EDEADLK) return error;
    }
    if (*control == 2) return 0;
    *control = 1;
    initialise();
    *control = 2;
    while (frond_wake_first(&waiters)) {}
    return 0;
}
