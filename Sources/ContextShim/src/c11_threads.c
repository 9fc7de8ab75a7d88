// <threads.h>, over pthreads. libc's own versions look into its mutexes, which are not ours.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>

#include "port.h"

static int outcome(int error) {
    switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    case ENOMEM:
    case EAGAIN: return thrd_nomem;
    default: return thrd_error;
    }
}

FROND_PUBLIC int thrd_create(thrd_t *thread, thrd_start_t start, void *argument) {
    // On wasm the types of functions are checked at the call; both return one word.
    return outcome(pthread_create((pthread_t *)thread, NULL, (void *(*)(void *))(uintptr_t)start, argument));
}
FROND_PUBLIC _Noreturn void thrd_exit(int result) {
    pthread_exit((void *)(intptr_t)result);
}
FROND_PUBLIC int thrd_join(thrd_t thread, int *result) {
    void *value;
    int error = pthread_join((pthread_t)thread, &value);
    if (!error && result) *result = (int)(intptr_t)value;
    return outcome(error);
}
FROND_PUBLIC int thrd_detach(thrd_t thread) {
    return outcome(pthread_detach((pthread_t)thread));
}
FROND_PUBLIC void thrd_yield(void) {
    sched_yield();
}
FROND_PUBLIC int thrd_sleep(const struct timespec *wanted, struct timespec *left) {
    int error = clock_nanosleep(CLOCK_REALTIME, 0, wanted, left);
    return error == EINTR ? -1 : error ? -2 : 0;
}
FROND_PUBLIC thrd_t thrd_current(void) {
    return (thrd_t)pthread_self();
}
#ifdef __wasm__  // elsewhere it is inline
#undef thrd_equal
FROND_PUBLIC int thrd_equal(thrd_t a, thrd_t b) {
    return a == b;
}
#endif

FROND_PUBLIC int mtx_init(mtx_t *lock, int kind) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(
        &attributes, kind & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    int error = pthread_mutex_init((pthread_mutex_t *)lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return outcome(error);
}
FROND_PUBLIC void mtx_destroy(mtx_t *lock) {
    pthread_mutex_destroy((pthread_mutex_t *)lock);
}
FROND_PUBLIC int mtx_lock(mtx_t *lock) {
    return outcome(pthread_mutex_lock((pthread_mutex_t *)lock));
}
FROND_PUBLIC int mtx_trylock(mtx_t *lock) {
    return outcome(pthread_mutex_trylock((pthread_mutex_t *)lock));
}
FROND_PUBLIC int mtx_timedlock(mtx_t *restrict lock, const struct timespec *restrict until) {
    return outcome(pthread_mutex_timedlock((pthread_mutex_t *)lock, until));
}
FROND_PUBLIC int mtx_unlock(mtx_t *lock) {
    return outcome(pthread_mutex_unlock((pthread_mutex_t *)lock));
}

FROND_PUBLIC int cnd_init(cnd_t *condition) {
    return outcome(pthread_cond_init((pthread_cond_t *)condition, NULL));
}
FROND_PUBLIC void cnd_destroy(cnd_t *condition) {
    pthread_cond_destroy((pthread_cond_t *)condition);
}
FROND_PUBLIC int cnd_signal(cnd_t *condition) {
    return outcome(pthread_cond_signal((pthread_cond_t *)condition));
}
FROND_PUBLIC int cnd_broadcast(cnd_t *condition) {
    return outcome(pthread_cond_broadcast((pthread_cond_t *)condition));
}
FROND_PUBLIC int cnd_wait(cnd_t *condition, mtx_t *lock) {
    return outcome(pthread_cond_wait((pthread_cond_t *)condition, (pthread_mutex_t *)lock));
}
FROND_PUBLIC int cnd_timedwait(
    cnd_t *restrict condition, mtx_t *restrict lock, const struct timespec *restrict until) {
    return outcome(
        pthread_cond_timedwait((pthread_cond_t *)condition, (pthread_mutex_t *)lock, until));
}

FROND_PUBLIC int tss_create(tss_t *key, tss_dtor_t destructor) {
    return outcome(pthread_key_create((pthread_key_t *)key, destructor));
}
FROND_PUBLIC void tss_delete(tss_t key) {
    pthread_key_delete((pthread_key_t)key);
}
FROND_PUBLIC void *tss_get(tss_t key) {
    return pthread_getspecific((pthread_key_t)key);
}
FROND_PUBLIC int tss_set(tss_t key, void *value) {
    return outcome(pthread_setspecific((pthread_key_t)key, value));
}

FROND_PUBLIC void call_once(once_flag *flag, void (*initialise)(void)) {
    pthread_once((pthread_once_t *)flag, initialise);
}
