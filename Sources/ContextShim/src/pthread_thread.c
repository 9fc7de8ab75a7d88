// pthread_create, join, detach, exit: a thread is a scheduler entity whose first context runs its start function.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pthread_internal.h"
#include "thread_local.h"

static frond_thread *handle(pthread_t thread) {
    return (frond_thread *)(uintptr_t)thread;
}

static void release(frond_thread *thread) {
    frond_thread_remove(thread);
    free(thread);
}

/// Everything that ends with a thread. Afterwards it may be joined; a detached one is gone when this returns.
static void finish(frond_thread *me, void *result) {
    frond_run_destructors(me);
    frond_run_key_destructors(me);
    frond_locals_destroy(me);
    me->result = result;
    me->finished = true;
    while (frond_wake_first(&me->joiners)) {}
    frond_thread_finished();
}

static frond_context *thread_job(void *argument) {
    frond_thread *me = argument;
    frond_locals_restore(me);
    frond_set_limits(me);
    finish(me, me->start(me->argument));
    if (me->detached) release(me);
    return NULL;
}

FROND_PUBLIC int pthread_create(
    pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*start)(void *),
    void *restrict argument) {
    frond_thread *new = calloc(1, sizeof *new);
    if (!new) return EAGAIN;
    new->context = frond_context_create(thread_job, new);
    if (!new->context) {
        free(new);
        return EAGAIN;
    }
    new->start = start;
    new->argument = argument;
    new->signal_mask = frond_self->signal_mask;
    int detach = PTHREAD_CREATE_JOINABLE;
    if (attributes) pthread_attr_getdetachstate(attributes, &detach);
    new->detached = detach == PTHREAD_CREATE_DETACHED;
    if (!frond_thread_add(new)) {
        frond_context_kill(new->context);
        free(new->locals);
        free(new);
        return EAGAIN;
    }
    new->context->thread = new;
    frond_thread_started();
    *thread = (pthread_t)(uintptr_t)new;
    return 0;
}

static int join_until(pthread_t thread, void **result, double deadline) {
    frond_thread *other = handle(thread);
    if (other == frond_self) return EDEADLK;
    if (other->detached) return EINVAL;
    while (!other->finished) {
        frond_self->subject = other->id;
        int error = frond_park(&other->joiners, deadline, FROND_WAIT_JOIN);
        if (error == ETIMEDOUT || error == EDEADLK) return error;
    }
    if (result) *result = other->result;
    release(other);
    return 0;
}

FROND_PUBLIC int pthread_join(pthread_t thread, void **result) {
    return join_until(thread, result, FROND_NEVER);
}

FROND_PUBLIC int pthread_tryjoin_np(pthread_t thread, void **result) {
    return handle(thread)->finished ? join_until(thread, result, FROND_NEVER) : EBUSY;
}

FROND_PUBLIC int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until) {
    return join_until(thread, result, frond_deadline(CLOCK_REALTIME, until));
}

FROND_PUBLIC int pthread_detach(pthread_t thread) {
    frond_thread *other = handle(thread);
    if (other->detached) return EINVAL;
    other->detached = true;
    if (other->finished) release(other);
    return 0;
}

FROND_PUBLIC _Noreturn void pthread_exit(void *result) {
    frond_thread *me = frond_self;
    frond_run_cleanups(me);
    finish(me, result);
    if (me == &frond_main_thread) {
        // The process goes on until its last thread ends.
        while (frond_threads_running() > 0) frond_park(NULL, FROND_NEVER, FROND_WAIT_FOREVER);
        exit(0);
    }
    // Only this context ends here. Greenlets that the thread left parked on others are their owner's to free.
    if (me->detached) {
        frond_context *here = frond_running;
        here->thread = &frond_main_thread;  // whoever gets here next reaps; `me` must not be looked at again
        frond_self = &frond_main_thread;
        release(me);
    }
    frond_context_abandon(frond_scheduler_pick());
}

#ifdef __wasm__  // elsewhere it is inline
#undef pthread_equal
FROND_PUBLIC int pthread_equal(pthread_t a, pthread_t b) {
    return a == b;
}
#endif

FROND_PUBLIC pthread_t pthread_self(void) {
    return (pthread_t)(uintptr_t)frond_self;
}

FROND_PUBLIC int sched_yield(void) {
    frond_yield();
    return 0;
}

FROND_PUBLIC int pthread_setname_np(pthread_t thread, const char *name) {
    size_t length = strlen(name);
    frond_thread *named = handle(thread);
    if (length >= sizeof named->name) return ERANGE;
    memcpy(named->name, name, length + 1);
    return 0;
}

FROND_PUBLIC int pthread_getname_np(pthread_t thread, char *name, size_t size) {
    frond_thread *named = handle(thread);
    if (size <= strlen(named->name)) return ERANGE;
    strcpy(name, named->name);
    return 0;
}

FROND_PUBLIC int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
    (void)prepare, (void)parent, (void)child;
    return 0;  // there is no fork
}

// Cancellation is refused, not ignored: nothing may believe that a thread will end which will not.
FROND_PUBLIC int pthread_cancel(pthread_t thread) {
    (void)thread;
    return ENOSYS;
}
FROND_PUBLIC void pthread_testcancel(void) {}
FROND_PUBLIC int pthread_setcancelstate(int state, int *before) {
    if (before) *before = PTHREAD_CANCEL_DISABLE;
    (void)state;
    return 0;
}
FROND_PUBLIC int pthread_setcanceltype(int type, int *before) {
    if (before) *before = PTHREAD_CANCEL_DEFERRED;
    (void)type;
    return 0;
}

FROND_PUBLIC int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes) {
    void *base;
    size_t size;
    frond_context_bounds(handle(thread)->context, &base, &size);
    int error = pthread_attr_init(attributes);
    if (!error) error = pthread_attr_setdetachstate(
        attributes, handle(thread)->detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE);
    if (!error) error = pthread_attr_setguardsize(attributes, 0);
    if (!error) error = pthread_attr_setstack(attributes, base, size);
    return error;
}
