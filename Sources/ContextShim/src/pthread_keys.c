// Thread-specific data, C++ thread_local destructors and pthread_cleanup handlers: what a thread leaves behind.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "pthread_internal.h"

#define DESTRUCTOR_ROUNDS 4  // PTHREAD_DESTRUCTOR_ITERATIONS

static bool used[FROND_KEYS];
static void (*key_destructors[FROND_KEYS])(void *);

FROND_PUBLIC int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
    for (unsigned k = 0; k < FROND_KEYS; k++) {
        if (used[k]) continue;
        used[k] = true;
        key_destructors[k] = destructor;
        for (int i = 0; i < frond_threads_used; i++)
            if (frond_threads[i]) frond_threads[i]->keys[k] = NULL;
        *key = k;
        return 0;
    }
    return EAGAIN;
}

FROND_PUBLIC int pthread_key_delete(pthread_key_t key) {
    if ((unsigned)key >= FROND_KEYS || !used[key]) return EINVAL;
    used[key] = false;
    key_destructors[key] = NULL;
    return 0;
}

FROND_PUBLIC void *pthread_getspecific(pthread_key_t key) {
    return (unsigned)key < FROND_KEYS ? frond_self->keys[key] : NULL;
}

FROND_PUBLIC int pthread_setspecific(pthread_key_t key, const void *value) {
    if ((unsigned)key >= FROND_KEYS || !used[key]) return EINVAL;
    frond_self->keys[key] = (void *)(uintptr_t)value;
    frond_self->keys_used = true;
    return 0;
}

void frond_run_key_destructors(frond_thread *thread) {
    for (int round = 0; round < DESTRUCTOR_ROUNDS && thread->keys_used; round++) {
        thread->keys_used = false;
        for (unsigned k = 0; k < FROND_KEYS; k++) {
            void *value = thread->keys[k];
            if (!value || !used[k]) continue;
            thread->keys[k] = NULL;
            if (key_destructors[k]) key_destructors[k](value);
        }
    }
}

// --- C++ thread_local objects ---

struct frond_thread_destructor {
    void (*destroy)(void *);
    void *object;
    struct frond_thread_destructor *next;
};

FROND_PUBLIC int __cxa_thread_atexit(void (*destroy)(void *), void *object, void *library) {
    (void)library;
    struct frond_thread_destructor *entry = malloc(sizeof *entry);
    if (!entry) return -1;
    *entry = (struct frond_thread_destructor){destroy, object, frond_self->destructors};
    frond_self->destructors = entry;
    return 0;
}

void frond_run_destructors(frond_thread *thread) {
    while (thread->destructors) {
        struct frond_thread_destructor entry = *thread->destructors;
        free(thread->destructors);
        thread->destructors = entry.next;
        entry.destroy(entry.object);
    }
}

// --- pthread_cleanup_push ---

#ifdef __wasm__  // elsewhere the macros of <pthread.h> are not functions
FROND_PUBLIC void _pthread_cleanup_push(struct __ptcb *entry, void (*handler)(void *), void *argument) {
    entry->__f = handler;
    entry->__x = argument;
    entry->__next = frond_self->cleanups;
    frond_self->cleanups = entry;
}

FROND_PUBLIC void _pthread_cleanup_pop(struct __ptcb *entry, int run) {
    frond_self->cleanups = entry->__next;
    if (run) entry->__f(entry->__x);
}

void frond_run_cleanups(frond_thread *thread) {
    while (thread->cleanups) {
        struct __ptcb *entry = thread->cleanups;
        thread->cleanups = entry->__next;
        entry->__f(entry->__x);
    }
}
#else
void frond_run_cleanups(frond_thread *thread) {
    (void)thread;
}
#endif
